/** What several tests need: openssl, files, the sandbox's portal. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SandboxServer } from '@isoauth/sandbox/node'
import { isoauth, type Run } from './harness.ts'

/** What `npm run build` makes; `npm test` builds before it tests. */
export const builtCommand: string = fileURLToPath(new URL('../dist/bin.js', import.meta.url))
export const isBuilt: boolean = existsSync(builtCommand)

/** Runs openssl; throws unless it accepts. */
function openssl(...args: string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Lets OpenSSL judge every file of `keygen`. */
export function checkFiles(folder: string): void {
  for (const use of ['signature', 'encryption']) {
    openssl('pkey', '-in', join(folder, `private_${use}.pem`), '-check', '-noout')
    const half = openssl('pkey', '-in', join(folder, `private_${use}.pem`), '-pubout')
    if (half !== readFileSync(join(folder, `public_${use}.pem`), 'utf8')) {
      throw new Error(`public_${use}.pem is not the half of private_${use}.pem`)
    }
  }
  openssl('dhparam', '-in', join(folder, 'dhparam.pem'), '-check', '-noout')
}

/** Registers the files of `keygen` at the sandbox's portal; gives a configuration that names them. */
export async function register(server: SandboxServer, folder: string): Promise<unknown> {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  const response = await fetch(`${server.origin}/portal`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      consumerKey: 'KEYGENABC',
      signaturePublicKey: read('public_signature.pem'),
      encryptionPublicKey: read('public_encryption.pem'),
      dhParameters: read('dhparam.pem'),
    }),
  })
  if (response.status !== 201) throw new Error(`The portal answered ${await response.text()}`)
  return {
    ibkr: {
      oauth1: {
        ...(await response.json()),
        signatureKeyFile: 'private_signature.pem',
        encryptionKeyFile: 'private_encryption.pem',
        dhParametersFile: 'dhparam.pem',
      },
    },
  }
}

export interface RunningSandbox {
  readonly origin: string
  /** What it told. */
  readonly text: string
  /** Interrupts it; gives the exit status. */
  readonly stop: () => Promise<number>
  /** Interrupts it; gives what it wrote as well. */
  readonly interrupt: () => Promise<Run>
}

/** Runs `isoauth sandbox` in this process until it has told what to do next. */
export async function startSandbox(argv: readonly string[], cwd: string): Promise<RunningSandbox> {
  const end = new AbortController()
  let text = ''
  let isTold = () => {}
  const told = new Promise<void>((done) => {
    isTold = done
  })
  const running = isoauth(['sandbox', '--port', '0', ...argv], {
    cwd,
    signal: end.signal,
    onOutput: (part) => {
      text += part
      if (text.endsWith('Ctrl-C ends it.\n')) isTold()
    },
  })
  await Promise.race([told, running])
  const origin = /^listening (\S+)\n/.exec(text)?.[1]
  if (origin === undefined) throw new Error(`The sandbox does not listen: ${text}`)
  const interrupt = async () => {
    end.abort()
    return await running
  }
  const stop = async () => (await interrupt()).status
  return { origin, text, stop, interrupt }
}

/** The arguments of each `isoauth` line of a text, as a shell takes them. */
export function commandsIn(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('  isoauth '))
    .map((line) => {
      const words = execFileSync('sh', ['-c', `set -- ${line}; printf '%s\\n' "$@"`], {
        encoding: 'utf8',
      })
      return words.trim().split('\n').slice(1)
    })
}
