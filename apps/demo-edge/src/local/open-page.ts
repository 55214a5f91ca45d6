/** Opens the page in the person's browser, where there is a terminal, a screen and an opener. */
import { spawn } from 'node:child_process'
import process from 'node:process'

/** Does nothing on CI, without a terminal, or where no opener is found. */
export function openPage(url: string): void {
  const { CI, DISPLAY, WAYLAND_DISPLAY } = process.env
  const isMac = process.platform === 'darwin'
  const hasScreen = isMac || Boolean(DISPLAY) || Boolean(WAYLAND_DISPLAY)
  if (process.stdout.isTTY !== true || CI || !hasScreen) return
  const opener = spawn(isMac ? 'open' : 'xdg-open', [url], { stdio: 'ignore', detached: true })
  opener.on('error', () => {})
  opener.unref()
}
