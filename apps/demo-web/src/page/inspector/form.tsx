/** The inspector's form: a request part by part, and what the server knows of its keys. Nothing is stored. */

import type { RequestToInspect, ServerKnowledge } from '@isoauth/cli/inspect'
import type { ComponentChildren, InputHTMLAttributes, TextareaHTMLAttributes } from 'preact'

/** The texts of the fields, as they were typed or filled in. */
export interface FormTexts {
  readonly method: string
  readonly url: string
  readonly authorization: string
  readonly body: string
  readonly sentAt: string
  readonly liveSessionToken: string
  readonly prefix: string
  readonly consumerKey: string
  readonly signatureKey: string
  readonly encryptionKey: string
  readonly clientBaseString: string
}

const KNOWN = [
  'liveSessionToken',
  'prefix',
  'consumerKey',
  'signatureKey',
  'encryptionKey',
  'clientBaseString',
] as const

export const EMPTY: FormTexts = textsOf({ method: 'POST', url: '', authorization: '' }, {})

export function textsOf(request: RequestToInspect, knowledge: ServerKnowledge): FormTexts {
  const known = Object.fromEntries(KNOWN.map((name) => [name, knowledge[name] ?? '']))
  return {
    method: request.method,
    url: request.url,
    authorization: request.authorization,
    body: request.body ?? '',
    sentAt: request.sentAtMs ? new Date(request.sentAtMs).toISOString() : '',
    ...(known as Pick<FormTexts, (typeof KNOWN)[number]>),
  }
}

/** Other forms are read as each browser likes. */
const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/i

export function requestOf({ method, url, authorization, body, sentAt }: FormTexts) {
  const time = sentAt.trim()
  const sentAtMs = ISO_8601.test(time) ? Date.parse(time) : Number.NaN
  const request: RequestToInspect = {
    method: method.trim(),
    url: url.trim(),
    authorization,
    ...(body.trim() !== '' && { body }),
    ...(sentAtMs > 0 && { sentAtMs }),
  }
  return request
}

export function knowledgeOf(texts: FormTexts): ServerKnowledge {
  const given = KNOWN.filter((name) => texts[name].trim() !== '')
  return Object.fromEntries(given.map((name) => [name, texts[name]]))
}

interface FormProps {
  readonly texts: FormTexts
  onChange(texts: FormTexts): void
  onSubmit(): void
  /** The buttons. */
  readonly children: ComponentChildren
}

export function InspectorForm({ texts, onChange, onSubmit, children }: FormProps) {
  const bind = (name: keyof FormTexts) => ({
    id: `inspect-${name}`,
    value: texts[name],
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) =>
      onChange({ ...texts, [name]: currentTarget.value }),
  })
  return (
    <form
      class="inspector-form"
      autocomplete="off"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      <fieldset>
        <legend>The request, part by part</legend>
        <Line label="Method" {...bind('method')} autocapitalize="characters" class="short" />
        <Line
          label="Address"
          {...bind('url')}
          inputmode="url"
          placeholder="https://api.ibkr.com/v1/api/…"
        />
        <Area
          label="Authorization header"
          {...bind('authorization')}
          rows={5}
          placeholder='OAuth realm="limited_poa", …'
        />
        <Area label="JSON body, if it has one" {...bind('body')} rows={2} />
        <Line
          label="Sent at, if it matters (ISO 8601)"
          {...bind('sentAt')}
          placeholder="2026-01-31T12:00:00Z"
        />
      </fieldset>
      <details class="knowledge">
        <summary>What the server knows (optional)</summary>
        <p class="hint">
          All of it stays in the memory of this page and is sent nowhere. Without a key only the
          form of a request can be judged.
        </p>
        <Line
          label="Live session token (base64 or hex)"
          {...bind('liveSessionToken')}
          type="password"
        />
        <Line
          label="Prefix: decrypted access token secret (hex)"
          {...bind('prefix')}
          type="password"
        />
        <Line label="Consumer key" {...bind('consumerKey')} />
        <PublicKey name="Signature key" {...bind('signatureKey')} />
        <PublicKey name="Encryption key" {...bind('encryptionKey')} />
        <Area label="Base string that your program signed" {...bind('clientBaseString')} rows={3} />
      </details>
      <div class="buttons">{children}</div>
    </form>
  )
}

const PLAIN = { spellcheck: false, autocomplete: 'off' } as const

function Line({ label, ...input }: InputHTMLAttributes & { label: string; id: string }) {
  return (
    <div class="field">
      <label for={input.id}>{label}</label>
      <input type="text" {...PLAIN} {...input} />
    </div>
  )
}

function PublicKey({ name, ...area }: TextareaHTMLAttributes & { name: string; id: string }) {
  const label = `${name} (PEM, the public half is enough)`
  return <Area label={label} {...area} rows={3} placeholder="-----BEGIN PUBLIC KEY-----" />
}

function Area({ label, ...area }: TextareaHTMLAttributes & { label: string; id: string }) {
  return (
    <div class="field">
      <label for={area.id}>{label}</label>
      <textarea {...PLAIN} {...area} />
    </div>
  )
}
