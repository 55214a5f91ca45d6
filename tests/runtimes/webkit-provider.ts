/** A Vitest browser provider for WebKitGTK, by the driver that the runtime matrix uses too. */
import { defineBrowserProvider } from '@vitest/browser'
import { findWebKit, launchWebKit } from './drivers/webkit.ts'

export { findWebKit }

export function webkitgtk() {
  return defineBrowserProvider({
    name: 'webkitgtk',
    options: {},
    supportedBrowser: ['webkit'],
    // Vitest types the list of browsers and providers as closed; WebKitGTK is outside it.
    providerFactory: () => createProvider() as never,
  } as never)
}

function createProvider() {
  let browser: ReturnType<typeof launchWebKit> | undefined
  return {
    name: 'webkitgtk',
    supportsParallelism: false,
    getCommandsContext: () => ({}),
    async openPage(_sessionId: string, url: string): Promise<void> {
      browser ??= launchWebKit()
      await (await browser).open(url)
    },
    async close(): Promise<void> {
      await (await browser?.catch(() => undefined))?.close()
    },
  }
}
