/** A folder that is gone afterwards, and programs that end with us: also after Ctrl-C. */
import { spawn } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { PlainError } from '../../../scripts/lib/process.mjs'

const START_MS = 30_000

/**
 * Does the work with a new folder outside of the project, so that nothing of the project is found from there by
 * accident, and a signal that aborts when the person ends the command.
 */
export async function inTemporaryFolder<T>(
  work: (folder: string, signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'isoauth-consumers-'))
  const stop = new AbortController()
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  let ended: NodeJS.Signals | undefined
  const end = (name: NodeJS.Signals) => {
    // The second time "now" is meant.
    if (ended !== undefined) process.exit(128 + constants.signals[name])
    ended = name
    stop.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, end)
  process.once('exit', remove)
  try {
    return await work(folder, stop.signal)
  } catch (error) {
    if (ended === undefined) throw error
    console.error(`\nended by ${ended}`)
    return undefined
  } finally {
    stop.abort()
    for (const name of signals) process.off(name, end)
    remove()
    if (ended !== undefined) process.exit(128 + constants.signals[ended])
  }
}

/**
 * Starts a server that says `listening http://127.0.0.1:PORT` and runs until `signal` is aborted; resolves to that
 * address. Its standard input is a pipe from here, so that it can see when nobody is there any more.
 */
export function startServer(
  command: string,
  args: readonly string[],
  { cwd, env, signal }: { cwd: string; env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<string> {
  const child = spawn(command, args, { cwd, env, signal, stdio: ['pipe', 'pipe', 'pipe'] })
  return new Promise((resolve, reject) => {
    let output = ''
    const fail = (why: string) =>
      reject(new PlainError(`${command} ${args.join(' ')}\n${output}${why}`))
    const timer = setTimeout(() => {
      child.kill()
      fail('did not say within 30 s where it listens')
    }, START_MS)
    const read = (chunk: string) => {
      output += chunk
      const [, address] = /listening (http:\/\/127\.0\.0\.1:\d+)/.exec(output) ?? []
      if (address === undefined) return
      clearTimeout(timer)
      output = ''
      resolve(address)
    }
    child.stdout.setEncoding('utf8').on('data', read)
    child.stderr.setEncoding('utf8').on('data', read)
    child.once('error', (error) => fail(error.message))
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(`ended with ${code}`)
    })
  })
}
