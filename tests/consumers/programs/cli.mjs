/** The command on the sandbox's file: every finding healthy. And its configuration as a library. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { ibkrOAuth1Options, readConfig } from '@isoauth/cli/config'
import { facts, proven, same, sameRefusal } from './facts.mjs'

const folder = mkdtempSync(join(tmpdir(), 'isoauth-consumer-'))
try {
  const file = join(folder, 'isoauth.json')
  writeFileSync(file, JSON.stringify(facts.sandbox), { mode: 0o600 })

  const { consumerKey } = facts.sandbox.ibkr.oauth1
  same(ibkrOAuth1Options(await readConfig({ file })).consumerKey, consumerKey, 'consumer key')
  const missing = readConfig({ file: join(folder, 'none.json') })
  await sameRefusal(missing, 'CLI_FILE_UNREADABLE', 'a file that is not there')

  process.argv.splice(2, process.argv.length, 'doctor', '--config', file)
  await import(new URL('bin.js', import.meta.resolve('@isoauth/cli/config')).href)
  same(process.exitCode, 0, 'exit code of isoauth doctor')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
proven('configuration, isoauth doctor')
