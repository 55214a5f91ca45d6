/** Plays the browser on the consent page: reads the form, presses a button, stops at the callback. */
import { DemoError } from './errors.ts'

export interface ConsentForm {
  readonly action: URL
  readonly fields: URLSearchParams
}

/** Gets the page and reads its form, as a person's browser would show it. */
export async function openConsentPage(page: URL): Promise<ConsentForm> {
  const response = await fetch(page, { redirect: 'manual', headers: { accept: 'text/html' } })
  const html = await response.text()
  const isPage = /^text\/html\b/.test(response.headers.get('content-type') ?? '')
  if (response.status !== 200 || !isPage) throw unexpected('The consent page did not open.')
  return readForm(html, page)
}

/** Sends the form with the button "Approve"; gives the callback's address, which is not followed. */
export async function approve({ action, fields }: ConsentForm): Promise<URL> {
  const response = await fetch(action, {
    method: 'POST',
    redirect: 'manual',
    // A browser tells which page a form was sent from.
    headers: { origin: action.origin },
    body: fields,
  })
  await response.arrayBuffer()
  const location = response.headers.get('location')
  if (response.status === 302 && location !== null) return new URL(location, action)
  throw unexpected('The consent page did not lead back to the application.')
}

/** The form of a page: its hidden fields, what is chosen already, and what the button "Approve" adds. */
export function readForm(html: string, page: URL): ConsentForm {
  const [, attributes = '', content = ''] = /<form\b([^>]*)>([\s\S]*?)<\/form>/.exec(html) ?? []
  const form = readAttributes(attributes)
  if (form.get('method')?.toLowerCase() !== 'post') throw unexpected('The page holds no form.')
  const action = new URL(form.get('action') ?? '', page)
  if (action.origin !== page.origin) throw unexpected('The form leads to another site.')
  const fields = new URLSearchParams()
  for (const [, text = ''] of content.matchAll(/<input\b([^>]*)>/g)) {
    const input = readAttributes(text)
    const isChosen = input.get('type') === 'radio' && /\schecked\b/.test(text)
    if (input.get('type') === 'hidden' || isChosen) fields.append(...pair(input))
  }
  const buttons = [...content.matchAll(/<button\b([^>]*)>\s*Approve\s*<\/button>/g)]
  if (buttons.length !== 1) throw unexpected('The form has no button "Approve".')
  fields.append(...pair(readAttributes(buttons[0]?.[1] ?? '')))
  return { action, fields }
}

function pair(attributes: ReadonlyMap<string, string>): [name: string, value: string] {
  return [attributes.get('name') ?? '', attributes.get('value') ?? '']
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  const found = text.matchAll(/([\w-]+)="([^"]*)"/g)
  return new Map([...found].map(([, name = '', value = '']) => [name, decodeEntities(value)]))
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity)
}

function unexpected(message: string): DemoError {
  return new DemoError(message, { code: 'DEMO_ANSWER_UNEXPECTED' })
}
