/** A Vitest browser provider for WebKitGTK. */
import { defineBrowserProvider } from '@vitest/browser'
import { startWebKit, type WebKitSession } from './webkit-driver.ts'

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
  let session: Promise<WebKitSession> | undefined
  return {
    name: 'webkitgtk',
    supportsParallelism: false,
    getCommandsContext: () => ({}),
    async openPage(_sessionId: string, url: string): Promise<void> {
      session ??= startWebKit()
      await (await session).open(url)
    },
    async close(): Promise<void> {
      await (await session?.catch(() => undefined))?.close()
    },
  }
}
