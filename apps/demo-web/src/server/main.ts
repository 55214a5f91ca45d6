/** Serves the web demo until Ctrl-C. */
import process from 'node:process'
import { SandboxError } from '@isoauth/sandbox'
import { createDemo, type Demo } from './demo.ts'

/** Fixed, so that the address stays the same from run to run; any free one where it is taken. */
const PORT = 8787
const CTRL_C = 3

async function start(): Promise<Demo> {
  try {
    return await createDemo({ port: PORT })
  } catch (error) {
    if (!(error instanceof SandboxError) || error.code !== 'SANDBOX_LISTEN_FAILED') throw error
    return createDemo({ port: 0 })
  }
}

const demo = await start()

function end(): void {
  if (process.stdin.isTTY) process.stdin.setRawMode(false).pause()
  // Connections that a browser keeps open are no reason to wait.
  void demo.close({ timeoutMs: 500 })
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end)
if (process.stdin.isTTY) {
  // As a key and not as a signal: the signal would reach npm and its shell too, which then report a failure.
  process.stdin.setRawMode(true).on('data', (keys: Buffer) => {
    if (keys.includes(CTRL_C)) end()
  })
}
process.stdout.write(`demo: ${demo.origin}\nCtrl-C ends it\n`)
