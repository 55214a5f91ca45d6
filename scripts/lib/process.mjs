/** Running other programs: readable when it fails, quiet when it does not. */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { win32 } from 'node:path'

/** A failure whose message is all that a person needs: no stack is printed for it. */
export class PlainError extends Error {}

/**
 * Runs a command and returns `{ code, signal, stdout, output, seconds }`, `output` with what it wrote to standard
 * error as well; never rejects for a non-zero code.
 * `show` passes the output through as it comes, else it is only collected; `signal` ends the command.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string | undefined, env?: NodeJS.ProcessEnv | undefined, show?: boolean | undefined,
 *   signal?: AbortSignal | undefined }} [options]
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null, stdout: string, output: string,
 *   seconds: number }>}
 */
export function run(command, args, { cwd, env = process.env, show = false, signal } = {}) {
  const began = performance.now()
  return new Promise((resolve) => {
    const start = startOf(command, args)
    const child = spawn(start.command, start.args, {
      shell: start.shell,
      cwd,
      env,
      signal,
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let stdout = ''
    const collect = (chunk) => {
      output += chunk
    }
    child.stdout?.setEncoding('utf8').on('data', (chunk) => {
      stdout += chunk
      collect(chunk)
    })
    child.stderr?.setEncoding('utf8').on('data', collect)
    const end = (code, signal) =>
      resolve({ code, signal, stdout, output, seconds: (performance.now() - began) / 1000 })
    child.once('error', (error) => {
      output += `${command}: ${error.message}\n`
      end(127, null)
    })
    child.once('close', end)
  })
}

/**
 * How a program is started. On Windows npm, pnpm and the tools in `node_modules/.bin` are command files (`npm.cmd`),
 * which only the shell starts; what is given by its whole path is a program.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} [platform]
 * @returns {{ command: string, args: readonly string[], shell: boolean }}
 */
export function startOf(command, args, platform = process.platform) {
  if (platform !== 'win32' || win32.isAbsolute(command)) return { command, args, shell: false }
  return { command: [command, ...args].map(quotedForWindows).join(' '), args: [], shell: true }
}

/** Backslashes count as such but before a quotation mark, where each is written twice. */
function quotedForWindows(text) {
  if (/^[\w.:=@\\/+-]+$/.test(text)) return text
  return `"${text.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&')}"`
}

/**
 * Hands the terminal to a program; resolves with `{ code, signal }` once it ended. Signals that reach this process
 * meanwhile are passed on.
 */
export function lend(command, args, { cwd, env = process.env } = {}) {
  const start = startOf(command, args)
  const child = spawn(start.command, start.args, { shell: start.shell, cwd, env, stdio: 'inherit' })
  const forward = (signal) => {
    // A terminal's Ctrl-C reaches the child by itself; a second one would read as "now".
    if (signal === 'SIGINT' && process.stdin.isTTY) return
    child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, forward)
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new PlainError(`${command}: ${error.message}`)))
    child.once('close', (code, signal) => {
      for (const name of signals) process.off(name, forward)
      resolve({ code, signal })
    })
  })
}

/** Ends as a program ended that had the terminal: same exit code, same signal. */
export function endAs({ code, signal }) {
  if (signal === null) process.exit(code ?? 1)
  process.kill(process.pid, signal)
  setTimeout(() => process.exit(128 + constants.signals[signal]), 1000)
}

/**
 * Runs a script's main function; prints a `PlainError` without its stack.
 *
 * @param {() => void | Promise<void>} work
 */
export async function main(work) {
  try {
    await work()
  } catch (error) {
    console.error(error instanceof PlainError ? `\n${error.message}` : error)
    process.exit(1)
  }
}

/** @param {number} value */
export function seconds(value) {
  return `${value.toFixed(1)} s`
}
