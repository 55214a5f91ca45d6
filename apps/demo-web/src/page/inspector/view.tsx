/** The inspector page: a request goes in by one box, part by part, from the handshake or as an example. */

import type { RequestToInspect, ServerKnowledge } from '@isoauth/cli/inspect'
import { CliError, type Inspection, inspect, readRequests } from '@isoauth/cli/inspect'
import { bytesToBase64, bytesToHex } from '@isoauth/core-crypto'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { HandshakeSession, LastRequest } from '../handshake/handshake.ts'
import { lastRequest, sandboxSession } from '../memory.ts'
import type { ViewProps } from '../router.ts'
import { Status, type Tone } from '../view/status.tsx'
import { EXAMPLES } from './examples.ts'
import { EMPTY, type FormTexts, InspectorForm, knowledgeOf, requestOf, textsOf } from './form.tsx'
import { Result } from './result.tsx'

interface Said {
  readonly tone: Tone
  readonly text: string
}

const NOTHING: Said = { tone: 'idle', text: 'Nothing was inspected yet.' }

export function InspectorView({ onShow }: ViewProps) {
  const [pasted, setPasted] = useState('')
  const [example, setExample] = useState('')
  const [texts, setTexts] = useState(EMPTY)
  const [said, say] = useState(NOTHING)
  const [inspection, setInspection] = useState<Inspection>()
  const outcome = useRef<HTMLDivElement>(null)
  const taken = useRef<LastRequest>(undefined)
  /** What stands in the form now, for what was begun before it was typed. */
  const latest = useRef(texts)
  latest.current = texts
  /** Counts what a person asked for: what an earlier wish gives after that is dropped. */
  const wishes = useRef(0)

  /** Judges what stands in the form; an empty one is not judged, and what cannot be read is told first. */
  async function run(
    given: FormTexts,
    { more = '', isTyped = false }: { readonly more?: string; readonly isTyped?: boolean } = {},
  ): Promise<void> {
    const wish = ++wishes.current
    setTexts(given)
    const request = requestOf(given)
    const problem = problemOf(request, given.sentAt)
    if (problem !== undefined) {
      setInspection(undefined)
      say({ tone: 'bad', text: problem })
      return
    }
    const found = await inspect(request, knowledgeOf(given))
    if (wish !== wishes.current) return
    say({ tone: 'idle', text: `Inspected: ${request.method} ${pathOf(request.url)}${more}` })
    setInspection(found)
    // The verdict is read out, and the keyboard goes on from there: unless the person still types.
    if (!isTyped) requestAnimationFrame(() => outcome.current?.querySelector('h2')?.focus())
  }

  /** Judges what is made of the sandbox's session, unless the person wishes something else meanwhile. */
  async function runWithSession(
    make: (session: HandshakeSession) => Promise<FormTexts>,
  ): Promise<void> {
    const wish = ++wishes.current
    say({ tone: 'busy', text: 'Asking the sandbox …' })
    let made: FormTexts
    try {
      made = await make(await sandboxSession())
    } catch (error) {
      const { message } = error as Error
      if (wish === wishes.current) {
        say({ tone: 'bad', text: `No handshake with the sandbox: ${message}` })
      }
      return
    }
    if (wish === wishes.current) await run(made)
  }

  function loadExample(): void {
    const chosen = EXAMPLES[Number(example || -1)]
    if (chosen === undefined) {
      say({ tone: 'warn', text: 'Choose an example first.' })
      return
    }
    void runWithSession(async (session) =>
      textsOf(await chosen.make(session, Date.now()), sandboxKnowledge(session)),
    )
  }

  function fillKnowledge(): void {
    void runWithSession(async (session) => {
      const request = requestOf(latest.current)
      const isEmpty = request.url === '' && request.authorization === ''
      const right = isEmpty ? await EXAMPLES[0]?.make(session, Date.now()) : undefined
      return textsOf(right ?? request, sandboxKnowledge(session))
    })
  }

  function readText(text: string, { isTyped = false } = {}): void {
    setPasted(text)
    if (text.trim() === '') return
    try {
      const found = readRequests(text)
      const [first] = found
      if (first === undefined) return
      const more = found.length > 1 ? `. It is the first of ${found.length} in the HAR.` : ''
      void run(textsOf(first, knowledgeOf(texts)), { more, isTyped })
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      wishes.current++
      setInspection(undefined)
      say({ tone: 'bad', text: error.message })
    }
  }

  function clear(): void {
    wishes.current++
    setPasted('')
    setExample('')
    setTexts(EMPTY)
    setInspection(undefined)
    say({ tone: 'idle', text: 'Everything was cleared.' })
  }

  useLayoutEffect(() =>
    onShow(() => {
      const request = lastRequest()
      if (request === undefined || request === taken.current) return
      taken.current = request
      const { keys, prefix } = request
      const signatureKey = keys.signature.publicKeyPem
      const encryptionKey = keys.encryption.publicKeyPem
      void run(textsOf(request, { prefix, signatureKey, encryptionKey }))
    }),
  )

  return (
    <>
      <h1 tabIndex={-1}>Signature inspector</h1>
      <p class="lead">
        Why is a signature refused? Give the request as it was sent, and see what the server
        computes from it, and where yours first differs.
      </p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: to drop a file is a short cut; the box takes it too */}
      <div
        class="inspector"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault()
          const [dropped] = event.dataTransfer?.files ?? []
          if (dropped) void dropped.text().then((text) => readText(text))
          else readText(event.dataTransfer?.getData('text') ?? '')
        }}
      >
        <div class="sources">
          <div class="field">
            <label for="pasted">Paste a request: curl, raw HTTP or a HAR</label>
            <textarea
              id="pasted"
              rows={3}
              spellcheck={false}
              autocomplete="off"
              value={pasted}
              placeholder="It is judged as soon as it is here. A file can be dropped."
              onInput={({ currentTarget, inputType }) =>
                readText(currentTarget.value, { isTyped: inputType !== 'insertFromPaste' })
              }
            />
          </div>
          <div class="joined">
            <div class="field">
              <label for="example">An example</label>
              <select
                id="example"
                value={example}
                onChange={({ currentTarget }) => setExample(currentTarget.value)}
              >
                <option value="">Choose one</option>
                {EXAMPLES.map(({ title }, index) => (
                  <option key={title} value={String(index)}>
                    {title}
                  </option>
                ))}
              </select>
            </div>
            {/* Not at each change: the arrow keys pass by every option. */}
            <button type="button" class="second" onClick={loadExample}>
              Load
            </button>
            <label class="button second" for="har">
              Open a file
              <input
                type="file"
                id="har"
                class="visually-hidden"
                aria-label="A HAR file"
                accept=".har,.json,.txt,application/json"
                onChange={({ currentTarget }) => {
                  void currentTarget.files?.[0]?.text().then((text) => readText(text))
                  // The same file may be chosen again.
                  currentTarget.value = ''
                }}
              />
            </label>
          </div>
        </div>
        <div class="outcome" ref={outcome}>
          <Status {...said} />
          {inspection ? <Result inspection={inspection} /> : <Expected />}
        </div>
        <InspectorForm texts={texts} onChange={setTexts} onSubmit={() => void run(texts)}>
          <button type="submit" class="primary">
            Inspect
          </button>
          <button type="button" class="second" onClick={fillKnowledge}>
            Fill in the sandbox's values
          </button>
          <button type="button" class="second" onClick={clear}>
            Clear
          </button>
        </InspectorForm>
      </div>
    </>
  )
}

/** What stands in the place of a result. */
function Expected() {
  return (
    <div class="expected">
      <h2>What you will see</h2>
      <ol>
        <li>Whether a server accepts the request.</li>
        <li>If it does not: each fault, with its usual cause and its remedy.</li>
        <li>The base string in the colours of its parts, and where yours first differs.</li>
      </ol>
      <p class="hint">Nothing is sent: all of it is computed in this page.</p>
    </div>
  )
}

/** Why a request cannot be judged at all. */
function problemOf(
  { url, authorization, sentAtMs }: RequestToInspect,
  sentAt: string,
): string | undefined {
  if (url === '' && authorization.trim() === '') {
    return 'There is nothing to judge yet: paste a request, or give its address and its Authorization header.'
  }
  if (url === '') return 'The address is missing: give it with https://, host and path.'
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    return `The address cannot be read: ${url}. Give it with https://, host and path, as it was sent.`
  }
  if (sentAt.trim() === '' || sentAtMs !== undefined) return undefined
  return `The time it was sent at cannot be read: ${sentAt.trim()}. Give it as 2026-01-31T12:00:00Z, or leave it empty: the clock is not judged then.`
}

function pathOf(url: string): string {
  return new URL(url).pathname
}

function sandboxKnowledge({
  keys,
  secret,
  liveSessionToken,
  registration,
}: HandshakeSession): ServerKnowledge {
  return {
    prefix: bytesToHex(secret),
    signatureKey: keys.signature.publicKeyPem,
    encryptionKey: keys.encryption.publicKeyPem,
    liveSessionToken: bytesToBase64(liveSessionToken),
    consumerKey: registration.consumerKey,
  }
}
