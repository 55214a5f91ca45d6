/** The inspector page: a request goes in by hand, as a HAR, from the handshake or as an example. */
import { bytesToBase64, bytesToHex } from '@isoauth/core-crypto'
import type { HandshakeSession, LastRequest } from '../handshake/handshake.ts'
import { lastRequest, sandboxSession } from '../memory.ts'
import { element } from '../view/element.ts'
import { EXAMPLES } from './examples.ts'
import { inspectorForm } from './form.ts'
import { inspect } from './inspect.ts'
import { HarInvalid, readHar } from './read-har.ts'
import type { ServerKnowledge } from './request.ts'
import { resultOf } from './result.ts'

export function inspectorView(): HTMLElement {
  const status = element('p', { class: 'status', role: 'status' }, 'Nothing was inspected yet.')
  const result = element('div', { class: 'results' })
  const example = element(
    'select',
    { id: 'example' },
    element('option', { value: '' }, 'Choose one'),
    ...EXAMPLES.map(({ title }, index) => element('option', { value: String(index) }, title)),
  )
  const file = element('input', {
    type: 'file',
    id: 'har',
    accept: '.har,.json,application/json',
    onchange: () => void readFile(file.files?.[0]),
  })
  const form = inspectorForm({
    before: [
      element(
        'div',
        { class: 'sources' },
        element(
          'div',
          { class: 'field' },
          element('label', { for: 'example' }, 'An example with a usual mistake'),
          element(
            'div',
            { class: 'joined' },
            example,
            // Not at each change: the arrow keys pass by every option.
            element(
              'button',
              { type: 'button', class: 'second', onclick: () => void loadExample() },
              'Load',
            ),
          ),
        ),
        element(
          'div',
          { class: 'field' },
          element('label', { for: 'har' }, 'A HAR file (or drop it on the form)'),
          file,
        ),
      ),
    ],
    buttons: [
      element('button', { type: 'submit' }, 'Inspect'),
      element(
        'button',
        { type: 'button', class: 'second', onclick: () => void fillKnowledge() },
        "Fill in the sandbox's values",
      ),
      element('button', { type: 'button', class: 'second', onclick: () => clear() }, 'Clear'),
    ],
  })
  let taken: LastRequest | undefined

  async function run(): Promise<void> {
    const { request } = form
    const found = await inspect(request, form.knowledge)
    const shown = resultOf(found)
    result.replaceChildren(shown)
    status.textContent = `Inspected: ${request.method} ${pathOf(request.url)}`
    // The verdict is read out, and the keyboard goes on from there.
    shown.querySelector('h2')?.focus()
  }

  async function loadExample(): Promise<void> {
    const chosen = EXAMPLES[Number(example.value || -1)]
    if (chosen === undefined) {
      status.textContent = 'Choose an example first.'
      return
    }
    const session = await sessionOrWords()
    if (session === undefined) return
    form.fill(await chosen.make(session, Date.now()), knowledgeOf(session))
    await run()
  }

  async function fillKnowledge(): Promise<void> {
    const session = await sessionOrWords()
    if (session === undefined) return
    const { request } = form
    const isEmpty = request.url === '' && request.authorization === ''
    const right = isEmpty ? await EXAMPLES[0]?.make(session, Date.now()) : undefined
    form.fill(right ?? request, knowledgeOf(session))
    await run()
  }

  async function sessionOrWords(): Promise<HandshakeSession | undefined> {
    status.textContent = 'Asking the sandbox …'
    try {
      return await sandboxSession()
    } catch (error) {
      status.textContent = `No handshake with the sandbox: ${(error as Error).message}`
      return undefined
    }
  }

  function readText(text: string): void {
    try {
      const found = readHar(text)
      const [first] = found
      if (first === undefined) return
      form.fill(first)
      void run().then(() => {
        if (found.length > 1)
          status.textContent += ` It is the first of ${found.length} in the HAR.`
      })
    } catch (error) {
      if (!(error instanceof HarInvalid)) throw error
      status.textContent = error.message
    }
  }

  async function readFile(chosen: File | undefined): Promise<void> {
    if (chosen) readText(await chosen.text())
  }

  function clear(): void {
    form.fill({ method: 'POST', url: '', authorization: '' }, {})
    example.value = ''
    file.value = ''
    result.replaceChildren()
    status.textContent = 'Everything was cleared.'
  }

  function takeOver(): void {
    const request = lastRequest()
    if (request === undefined || request === taken) return
    taken = request
    const { keys, prefix } = request
    form.fill(request, {
      prefix,
      signatureKey: keys.signature.publicKeyPem,
      encryptionKey: keys.encryption.publicKeyPem,
    })
    void run()
  }

  form.element.addEventListener('submit', (event) => {
    event.preventDefault()
    void run()
  })
  form.element.addEventListener('dragover', (event) => event.preventDefault())
  form.element.addEventListener('drop', (event) => {
    event.preventDefault()
    const [dropped] = event.dataTransfer?.files ?? []
    if (dropped) void readFile(dropped)
    else readText(event.dataTransfer?.getData('text') ?? '')
  })

  const view = element(
    'div',
    {},
    element('h1', { tabindex: '-1' }, 'Signature inspector'),
    element(
      'p',
      { class: 'lead' },
      'Why is a signature refused? Give the request as it was sent, and see what the server computes from it, and where yours first differs.',
    ),
    element(
      'div',
      { class: 'inspector' },
      form.element,
      element('div', { class: 'outcome' }, status, result),
    ),
  )
  view.addEventListener('show', takeOver)
  return view
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url
}

function knowledgeOf({ keys, secret, liveSessionToken, registration }: HandshakeSession) {
  const knowledge: ServerKnowledge = {
    prefix: bytesToHex(secret),
    signatureKey: keys.signature.publicKeyPem,
    encryptionKey: keys.encryption.publicKeyPem,
    liveSessionToken: bytesToBase64(liveSessionToken),
    consumerKey: registration.consumerKey,
  }
  return knowledge
}
