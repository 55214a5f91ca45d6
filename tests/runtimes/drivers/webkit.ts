/**
 * WebKitGTK by plain WebDriver calls to `WebKitWebDriver`, no client library. It takes a free port, and starts its
 * own virtual display where there is none, so that runs side by side do not meet.
 * Source: W3C WebDriver, https://www.w3.org/TR/webdriver2/
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { env } from 'node:process'
import { freePort } from '../../support/free-port.ts'

const START_TIMEOUT_MS = 30_000

/** The driver's path, or the package that is missing. */
export function findWebKit():
  | { readonly driver: string; readonly missing?: never }
  | { readonly missing: string; readonly driver?: never } {
  const driver = onPath('WebKitWebDriver')
  if (driver === undefined) return { missing: 'webkit2gtk-driver (WebKitWebDriver)' }
  if (!env['DISPLAY'] && onPath('Xvfb') === undefined) return { missing: 'xvfb (no display here)' }
  return { driver }
}

/** A browser with one page. */
export interface Browser {
  open(url: string): Promise<unknown>
  /** The value of an expression in the page. */
  evaluate(expression: string): Promise<unknown>
  close(): Promise<void>
}

export async function launchWebKit(): Promise<Browser> {
  const children: ChildProcess[] = []
  const stop = () => {
    for (const child of children.splice(0)) child.kill()
  }
  process.once('exit', stop)
  try {
    const session = await startSession(children)
    return {
      open: async (url) => void (await call('POST', `${session}/url`, { url })),
      evaluate: (expression) =>
        call('POST', `${session}/execute/sync`, { script: `return ${expression}`, args: [] }),
      async close() {
        await call('DELETE', session).catch(() => {})
        stop()
        process.off('exit', stop)
      },
    }
  } catch (error) {
    stop()
    process.off('exit', stop)
    throw error
  }
}

async function startSession(children: ChildProcess[]): Promise<string> {
  const found = findWebKit()
  if (found.driver === undefined) {
    throw new Error(`WebKit cannot be started: ${found.missing} is missing`)
  }
  const display = env['DISPLAY'] || (await startDisplay(children))
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  const driver = spawn(found.driver, ['-p', String(port)], {
    stdio: 'ignore',
    env: { ...env, DISPLAY: display },
  })
  children.push(driver)
  const failed = new Promise((_, reject) => {
    driver.once('error', reject)
  })
  await Promise.race([untilUp(base), failed])
  const browserOptions = { binary: miniBrowser(), args: ['--automation'] }
  const { sessionId } = await call('POST', `${base}/session`, {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': browserOptions } },
  })
  return `${base}/session/${sessionId}`
}

// biome-ignore lint/suspicious/noExplicitAny: what WebDriver answers differs by command
async function call(method: string, url: string, body?: unknown): Promise<any> {
  const response = await fetch(url, { method, ...(body ? { body: JSON.stringify(body) } : {}) })
  const { value } = await response.json()
  if (value?.error) throw new Error(`WebKitWebDriver: ${value.error}: ${value.message}`)
  return value
}

async function untilUp(base: string): Promise<void> {
  for (const end = Date.now() + START_TIMEOUT_MS; ; ) {
    try {
      await call('GET', `${base}/status`)
      return
    } catch (error) {
      if (Date.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** Xvfb chooses a free display number by itself and writes it to the descriptor named. */
function startDisplay(children: ChildProcess[]): Promise<string> {
  const display = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  )
  children.push(display)
  return new Promise((resolve, reject) => {
    display.once('error', reject)
    display.once('exit', (code) => reject(new Error(`Xvfb ended with ${code} before it was ready`)))
    display.stdio[3]?.once('data', (number) => resolve(`:${number.toString().trim()}`))
  })
}

function onPath(command: string): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path))
}

/** Debian keeps MiniBrowser in a folder named for the architecture and the library's version. */
function miniBrowser(): string {
  for (const architecture of readdirSync('/usr/lib')) {
    for (const library of ['webkit2gtk-4.1', 'webkit2gtk-4.0', 'webkitgtk-6.0']) {
      const path = `/usr/lib/${architecture}/${library}/MiniBrowser`
      if (existsSync(path)) return path
    }
  }
  throw new Error('WebKit cannot be started: MiniBrowser is missing (package webkit2gtk-driver)')
}
