/** Where the service is: its own address, another one, or a sandbox on this machine with a portal to ask. */
import type { InitOptions } from '../commands/init-options.ts'
import type { Context } from '../context.ts'
import { argumentsInvalid } from '../errors.ts'
import type { Step } from '../keygen/portal-steps.ts'
import { isLoopback } from '../loopback.ts'
import { type Draft, problemWith, withSetting } from './draft.ts'
import type { Prompts } from './prompts.ts'
import { isSandbox, USUAL_SANDBOX } from './sandbox-portal.ts'
import type { Way } from './ways.ts'

export interface Place {
  /** With the address, where it is not the service's own. */
  readonly draft: Draft
  readonly isLoopback: boolean
  /** The origin of a sandbox whose portal registers the keys. */
  readonly portal: string | undefined
  /** What a person does instead of the way's own steps. */
  readonly steps: readonly Step[] | undefined
}

export interface Choosing {
  readonly context: Context
  readonly options: InitOptions
  readonly prompts: Prompts | undefined
  readonly way: Way
}

export async function choosePlace(
  { context, options, prompts, way }: Choosing,
  { file, name }: Pick<Draft, 'file' | 'name'>,
): Promise<Place> {
  const { signal } = context.io
  const empty: Draft = { file, name, section: way.section, settings: {} }
  const hasPortal = way.name === 'ibkr-oauth1'
  let { baseUrl } = options
  if (baseUrl === undefined && prompts !== undefined && hasPortal) {
    if (await isSandbox(USUAL_SANDBOX, signal)) baseUrl = await offerSandbox(prompts)
  }
  if (baseUrl === undefined) {
    return { draft: empty, isLoopback: false, portal: undefined, steps: undefined }
  }
  const draft = withBaseUrl(empty, way, baseUrl)
  const problem = await problemWith(draft, 'baseUrl')
  if (problem !== undefined) throw argumentsInvalid(`--base-url: ${problem}`, 'baseUrl')
  const { hostname, origin } = new URL(baseUrl)
  if (!hasPortal || !isLoopback(hostname)) {
    return { draft, isLoopback: isLoopback(hostname), portal: undefined, steps: undefined }
  }
  if (!(await isSandbox(origin, signal))) {
    throw argumentsInvalid(
      `No sandbox answers at ${origin}. Start one in another terminal: isoauth sandbox. Or leave --base-url out for the service itself.`,
      'baseUrl',
    )
  }
  const byHand = options.byHand === true
  const steps = byHand ? [{ text: stepAt(origin) }] : undefined
  return { draft, isLoopback: true, portal: byHand ? undefined : origin, steps }
}

async function offerSandbox(prompts: Prompts): Promise<string | undefined> {
  const place = await prompts.choose({
    message: 'Where?',
    options: [
      { value: 'sandbox', label: `The sandbox at ${USUAL_SANDBOX}`, hint: 'nothing real' },
      { value: 'broker', label: 'The broker', hint: 'https://api.ibkr.com' },
    ],
  })
  return place === 'sandbox' ? USUAL_SANDBOX : undefined
}

/** An origin is for both of the broker's ways in; one with a path is for this one. */
function withBaseUrl(draft: Draft, way: Way, baseUrl: string): Draft {
  const isOrigin = URL.canParse(baseUrl) && new URL(baseUrl).pathname === '/'
  const section = isOrigin && way.section !== 'ultracart' ? 'ibkr' : way.section
  return withSetting(draft, 'baseUrl', baseUrl, section)
}

function stepAt(origin: string): string {
  return `Open ${origin}/portal, choose a consumer key, and give it public_signature.pem, public_encryption.pem and dhparam.pem. Keep the page with what it shows then open.`
}
