/** The inspector's form: a request, and what the server knows of its keys. Nothing of it is stored. */
import { type Attributes, element } from '../view/element.ts'
import type { RequestToInspect, ServerKnowledge } from './request.ts'

export interface InspectorForm {
  readonly element: HTMLFormElement
  readonly request: RequestToInspect
  readonly knowledge: ServerKnowledge
  fill(request: RequestToInspect, knowledge?: ServerKnowledge): void
}

type Control = HTMLInputElement | HTMLTextAreaElement

export function inspectorForm(options: {
  readonly before: readonly HTMLElement[]
  readonly buttons: readonly HTMLElement[]
}): InspectorForm {
  const method = input({ value: 'POST', autocapitalize: 'characters', class: 'short' })
  const url = input({ inputmode: 'url', placeholder: 'https://api.ibkr.com/v1/api/…' })
  const authorization = area(6, { placeholder: 'OAuth realm="limited_poa", …' })
  const body = area(2)
  const sentAt = input({ placeholder: '2026-01-31T12:00:00Z' })
  const liveSessionToken = input({ type: 'password' })
  const prefix = input({ type: 'password' })
  const consumerKey = input()
  const signatureKey = area(3, { placeholder: '-----BEGIN PUBLIC KEY-----' })
  const encryptionKey = area(3, { placeholder: '-----BEGIN PUBLIC KEY-----' })
  const clientBaseString = area(3)
  const known = {
    liveSessionToken,
    prefix,
    consumerKey,
    signatureKey,
    encryptionKey,
    clientBaseString,
  }
  return {
    element: element(
      'form',
      { class: 'inspector-form', autocomplete: 'off', novalidate: true },
      ...options.before,
      element(
        'fieldset',
        {},
        element('legend', {}, 'The request'),
        labelled('Method', method),
        labelled('Address', url),
        labelled('Authorization header', authorization),
        labelled('JSON body, if it has one', body),
        labelled('Sent at, if it matters (ISO 8601)', sentAt),
      ),
      element(
        'details',
        { class: 'knowledge' },
        element('summary', {}, 'What the server knows (optional)'),
        element(
          'p',
          { class: 'hint' },
          'All of it stays in the memory of this page and is sent nowhere. Without a key only the form of a request can be judged.',
        ),
        labelled('Live session token (base64 or hex)', liveSessionToken),
        labelled('Prefix: decrypted access token secret (hex)', prefix),
        labelled('Consumer key', consumerKey),
        labelled('Signature key (PEM, the public half is enough)', signatureKey),
        labelled('Encryption key (PEM, the public half is enough)', encryptionKey),
        labelled('Base string that your program signed', clientBaseString),
      ),
      element('div', { class: 'buttons' }, ...options.buttons),
    ),
    get request() {
      const sentAtMs = Date.parse(sentAt.value.trim())
      return {
        method: method.value.trim(),
        url: url.value.trim(),
        authorization: authorization.value,
        ...(body.value.trim() !== '' && { body: body.value }),
        ...(sentAtMs > 0 && { sentAtMs }),
      }
    },
    get knowledge() {
      const given = Object.entries(known).filter(([, { value }]) => value.trim() !== '')
      return Object.fromEntries(given.map(([name, { value }]) => [name, value]))
    },
    fill(request, knowledge) {
      method.value = request.method
      url.value = request.url
      authorization.value = request.authorization
      body.value = request.body ?? ''
      sentAt.value = request.sentAtMs ? new Date(request.sentAtMs).toISOString() : ''
      if (knowledge === undefined) return
      for (const [name, control] of Object.entries(known)) {
        control.value = knowledge[name as keyof ServerKnowledge] ?? ''
      }
    },
  }
}

function input(attributes: Attributes = {}): HTMLInputElement {
  return element('input', { type: 'text', spellcheck: 'false', autocomplete: 'off', ...attributes })
}

function area(rows: number, attributes: Attributes = {}): HTMLTextAreaElement {
  const common = { rows: String(rows), spellcheck: 'false', autocomplete: 'off' }
  return element('textarea', { ...common, ...attributes })
}

let last = 0

function labelled(text: string, control: Control): HTMLElement {
  last += 1
  control.id = `field-${last}`
  return element('div', { class: 'field' }, element('label', { for: control.id }, text), control)
}
