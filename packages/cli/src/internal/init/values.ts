/** What the service's portal shows: taken from a sandbox's, from options, or from whoever types it. */
import { join, resolve } from 'node:path'
import { argumentsInvalid } from '../errors.ts'
import { KEY_FILES } from '../keygen/key-files.ts'
import { type Draft, problemWith, withSetting } from './draft.ts'
import { type Given, refused } from './options.ts'
import type { Prompts } from './prompts.ts'
import { register } from './sandbox-portal.ts'
import type { Setup } from './setup.ts'
import type { WantedValue } from './ways.ts'

export interface Taking {
  /** With its keys. */
  readonly draft: Draft
  readonly given: Given
  /** The folder of the keys. */
  readonly folder: string
}

export async function takeValues(setup: Setup, { draft, given, folder }: Taking): Promise<Draft> {
  const { way, place, prompts } = setup
  let whole = draft
  for (const value of way.values) {
    if (place.portal !== undefined && value.isFromPortal) continue
    const text = given.get(value.setting)
    if (text === undefined) {
      whole = withSetting(whole, value.setting, await ask(prompts as Prompts, whole, value))
    } else {
      const next = withSetting(whole, value.setting, text)
      const problem = await problemWith(next, value.setting)
      if (problem !== undefined) throw refused(value, problem)
      whole = next
    }
    if (place.portal !== undefined && value.setting === 'consumerKey') {
      whole = await askPortal(setup, { draft: whole, given, folder }, value)
    }
  }
  return whole
}

function ask(prompts: Prompts, draft: Draft, value: WantedValue): Promise<string> {
  const { message, isSecret, setting } = value
  const judge = (text: string) => problemWith(withSetting(draft, setting, text), setting)
  return prompts.text({ message, isSecret, judge })
}

/** Has the keys registered; the portal's word on the consumer key leads to another one. */
async function askPortal(
  { context, prompts, place, made }: Setup,
  { draft, given, folder }: Taking,
  value: WantedValue,
): Promise<Draft> {
  const { signal, cwd } = context.io
  const file = (name: string) => join(resolve(cwd, folder), name)
  let whole = draft
  for (;;) {
    const consumerKey = whole.settings['ibkr.oauth1']?.['consumerKey'] ?? ''
    const answer = await register({
      origin: place.portal as string,
      consumerKey,
      signaturePublicKey: file(KEY_FILES.publicSignature.name),
      encryptionPublicKey: file(KEY_FILES.publicEncryption.name),
      dhParameters: file(KEY_FILES.dhParameters.name),
      signal,
    })
    if (typeof answer !== 'string') {
      made.push(`the consumer ${consumerKey} at the sandbox`)
      prompts?.say(`The sandbox's portal registered ${consumerKey} and gave its access token.`)
      const withToken = withSetting(whole, 'accessToken', answer.accessToken)
      const secret = withSetting(withToken, 'accessTokenSecret', answer.accessTokenSecret)
      for (const setting of ['accessToken', 'accessTokenSecret']) {
        const problem = await problemWith(secret, setting)
        if (problem !== undefined)
          throw argumentsInvalid(`What the portal gave: ${problem}`, setting)
      }
      return secret
    }
    if (given.has(value.setting) || prompts === undefined) throw refused(value, answer)
    prompts.refuse(answer)
    whole = withSetting(whole, value.setting, await ask(prompts, whole, value))
  }
}
