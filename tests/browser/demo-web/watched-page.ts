/** A page of the demo that is watched: what it asks for, what it complains of, what moves in it. */
import type { BrowserContext, Page } from 'playwright'

/** What a visit must not have; every list has to stay empty. */
export interface Trouble {
  /** Addresses on other origins. */
  readonly foreign: string[]
  /** Errors on the console and uncaught ones. */
  readonly errors: string[]
}

export interface WatchedPage {
  readonly page: Page
  readonly trouble: Trouble
  /** What the Content-Security-Policy refused, since the last load. */
  violations(): Promise<string[]>
  /** The cumulative layout shift since the last load; `undefined` where the browser does not measure. */
  layoutShift(): Promise<number | undefined>
  /** What moved, and from where to where; as far as it is known. */
  moved(): Promise<string[]>
}

interface Watched {
  readonly violations: string[]
  shift: number | undefined
  readonly moved: string[]
}

/** An entry of the kind `layout-shift`, which TypeScript does not know. */
interface Shift {
  readonly value: number
  readonly hadRecentInput: boolean
  readonly sources: readonly {
    readonly node: Node | null
    readonly previousRect: DOMRectReadOnly
    readonly currentRect: DOMRectReadOnly
  }[]
}

export async function watchPage(context: BrowserContext, origin: string): Promise<WatchedPage> {
  await context.addInitScript(() => {
    const watched: Watched = { violations: [], shift: undefined, moved: [] }
    Object.assign(globalThis, { watched })
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      watched.violations.push(`${violatedDirective} ${blockedURI}`)
    })
    if (!PerformanceObserver.supportedEntryTypes.includes('layout-shift')) return
    watched.shift = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, hadRecentInput, sources } = entry as unknown as Shift
        if (hadRecentInput) continue
        watched.shift = (watched.shift ?? 0) + value
        for (const { node, previousRect: was, currentRect: is } of sources) {
          const { nodeName, className, textContent } = (node ?? {}) as Partial<Element>
          watched.moved.push(
            `${nodeName} ${className} "${textContent?.slice(0, 30)}": ${was.x},${was.y} ${was.width}x${was.height} to ${is.x},${is.y} ${is.width}x${is.height}`,
          )
        }
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
  const page = await context.newPage()
  const trouble: Trouble = { foreign: [], errors: [] }
  context.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) trouble.foreign.push(url)
  })
  page.on('console', (message) => {
    if (message.type() === 'error') trouble.errors.push(message.text())
  })
  page.on('pageerror', (error) => trouble.errors.push(String(error)))
  const watched = () => page.evaluate(() => (globalThis as unknown as { watched: Watched }).watched)
  return {
    page,
    trouble,
    violations: async () => (await watched()).violations,
    layoutShift: async () => (await watched()).shift,
    moved: async () => (await watched()).moved,
  }
}
