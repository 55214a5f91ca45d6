/** Views of one document: a link to another shows it without a load, so that keys stay in memory. */
import { type ComponentType, h, render } from 'preact'

export interface View {
  readonly title: string
  /** Made once; what it shows is kept while the document lives. */
  readonly content: ComponentType<ViewProps>
}

export interface ViewProps {
  /** Goes to another view. */
  go(path: string): void
  /** Calls `listener` each time the view is shown; gives what stops it. */
  onShow(listener: () => void): () => void
}

export function startRouter(views: Readonly<Record<string, View>>): void {
  const main = document.querySelector('main') as HTMLElement
  const links = [...document.querySelectorAll<HTMLAnchorElement>('nav a')]
  const made = new Map<View, HTMLElement>()

  function create({ content }: View): HTMLElement {
    const element = document.createElement('div')
    const onShow: ViewProps['onShow'] = (listener) => {
      element.addEventListener('show', listener)
      return () => element.removeEventListener('show', listener)
    }
    render(h(content, { go, onShow }), element)
    return element
  }

  const show = () => {
    const path = location.pathname in views ? location.pathname : '/'
    const view = views[path] as View
    const element = made.get(view) ?? create(view)
    made.set(view, element)
    main.replaceChildren(element)
    element.dispatchEvent(new Event('show'))
    document.title = `${view.title} - isoauth`
    for (const link of links) {
      if (link.pathname === path) link.setAttribute('aria-current', 'page')
      else link.removeAttribute('aria-current')
    }
  }
  const go = (path: string) => {
    if (path !== location.pathname) history.pushState(null, '', path)
    show()
    scrollTo(0, 0)
    // A screen reader goes on at the heading of the new view, as it would after a load.
    main.querySelector('h1')?.focus()
  }

  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest('a')
    const leavesAlone = event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0
    if (link === null || leavesAlone || link.target !== '' || link.hash !== '') return
    if (link.origin !== location.origin || !(link.pathname in views)) return
    event.preventDefault()
    go(link.pathname)
  })
  addEventListener('popstate', show)
  show()
}
