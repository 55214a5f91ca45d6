/** `/portal`: registration as a form for people, and as JSON for programs. */

import { html } from 'hono/html'
import { type Call, check, checkHost, jsonResponse } from '../call.ts'
import { checkOwnPage, readShownForm } from '../form-guard.ts'
import { BASE_PATH } from '../ibkr-api/sign-in.ts'
import { type FormTokens, page } from '../page.ts'
import { mediaTypeOf } from '../request-body.ts'
import type { IbkrOAuth1Context } from './context.ts'
import { type Registration, type RegistrationForm, register } from './registration.ts'

const KEY_FIELDS: readonly (readonly [name: keyof RegistrationForm, label: string])[] = [
  ['signaturePublicKey', 'Signature public key (PEM)'],
  ['encryptionPublicKey', 'Encryption public key (PEM)'],
  ['dhParameters', 'Diffie-Hellman parameters (PEM)'],
]

/** What the fields are called that take a file in the place of a text. */
const FILE = 'File'

const BEGINNINGS: Readonly<Partial<Record<keyof RegistrationForm, string>>> = {
  signaturePublicKey: '-----BEGIN PUBLIC KEY-----',
  encryptionPublicKey: '-----BEGIN PUBLIC KEY-----',
  dhParameters: '-----BEGIN DH PARAMETERS-----',
}

export function portal(
  call: Call,
  context: IbkrOAuth1Context,
  tokens: FormTokens,
): Promise<Response> {
  const { method } = call.record
  if (method === 'POST') return registerFromPage(call, context, tokens)
  checkHost(call, context.origin)
  check(call, method === 'GET' || method === 'HEAD', {
    name: 'method',
    detail: 'GET or POST is required',
    refuse: () => jsonResponse({ error: 'Method Not Allowed', statusCode: 405 }, 405),
  })
  return showForm(tokens)
}

async function registerFromPage(
  call: Call,
  context: IbkrOAuth1Context,
  tokens: FormTokens,
): Promise<Response> {
  checkOwnPage(call, context.origin)
  // A foreign page cannot send this type without a preflight, which it is not granted here.
  if (mediaTypeOf(call) === 'application/json') return registerFromJson(call, context)
  const fields = await readShownForm(call, tokens, () => 'portal')
  const result = await register(
    context,
    // An empty file is what a browser sends where none was chosen.
    formOf((name) => fields.get(`${name}${FILE}`) || fields.get(name)),
  )
  if ('problem' in result) {
    call.record.refused = `registration: ${result.field}: ${result.problem}`
    return showForm(tokens, `${labelOf(result.field)}: ${result.problem}.`)
  }
  return showResult(context, result)
}

async function registerFromJson(call: Call, context: IbkrOAuth1Context): Promise<Response> {
  const text = await call.body()
  let body: Record<string, unknown> = {}
  try {
    body = Object(JSON.parse(text)) as Record<string, unknown>
  } catch {
    check(call, false, {
      name: 'body',
      detail: 'a JSON object',
      refuse: () => jsonResponse({ error: 'the body has to be a JSON object' }, 400),
    })
  }
  const result = await register(
    context,
    formOf((name) => body[name]),
  )
  if ('problem' in result) {
    call.record.refused = `registration: ${result.field}: ${result.problem}`
    return jsonResponse({ error: result.problem, field: result.field }, 400)
  }
  return jsonResponse({ baseUrl: context.origin + BASE_PATH, ...result }, 201)
}

function formOf(read: (name: keyof RegistrationForm) => unknown): RegistrationForm {
  const text = (name: keyof RegistrationForm) => {
    const value = read(name)
    return typeof value === 'string' ? value : ''
  }
  return {
    consumerKey: text('consumerKey'),
    signaturePublicKey: text('signaturePublicKey'),
    encryptionPublicKey: text('encryptionPublicKey'),
    dhParameters: text('dhParameters'),
    callback: text('callback'),
  }
}

function showForm(tokens: FormTokens, problem?: string): Promise<Response> {
  // What was typed is not shown again: it may have been a private key.
  return page(
    'Register a consumer',
    html`${problem === undefined ? '' : html`<p class="problem" role="alert">${problem}</p>`}
<p>Upload the <strong>public</strong> keys only. Private keys are refused.</p>
<p class="hint">Paste each text, or choose its file; where both are given, the file counts.</p>
<form method="post" action="/portal" enctype="multipart/form-data" autocomplete="off">
<input type="hidden" name="form_token" value="${tokens.issue('portal')}">
<label for="consumerKey">Consumer key (nine letters)</label>
<input type="text" id="consumerKey" name="consumerKey" required maxlength="9" pattern="[A-Za-z]{9}">
${KEY_FIELDS.map(
  ([name, label]) => html`<label for="${name}">${label}</label>
<textarea id="${name}" name="${name}" rows="4" spellcheck="false" placeholder="${BEGINNINGS[name]}"></textarea>
<input type="file" name="${name}${FILE}" accept=".pem,.txt,.key,.pub,application/x-pem-file" aria-label="${label}, as a file">
`,
)}
<label for="callback">Callback URL (third parties only; leave empty otherwise)</label>
<input type="text" id="callback" name="callback" inputmode="url">
<button type="submit">Register</button>
</form>`,
    { status: problem === undefined ? 200 : 400 },
  )
}

function showResult(context: IbkrOAuth1Context, result: Registration): Promise<Response> {
  const rows = Object.entries({ baseUrl: context.origin + BASE_PATH, ...result })
  return page(
    'Consumer registered',
    html`<p>Keep these. The access token secret is encrypted to your encryption key.</p>
<dl>${rows.map(
      ([name, value]) => html`<dt>${name}</dt><dd id="${name}">${value}</dd>
`,
    )}</dl>`,
    { status: 201 },
  )
}

function labelOf(field: keyof RegistrationForm): string {
  return KEY_FIELDS.find(([name]) => name === field)?.[1] ?? field
}
