/** The steps of the handshake, in order, with who does them and what travels. */
import type { Message } from '../../trail.ts'

export const LANES: readonly string[] = ['Browser', 'Broker']

export interface PlannedStep {
  readonly title: string
  /** What will happen, before it did. */
  readonly about: string
  readonly messages: readonly Message[]
}

export const PLAN: readonly PlannedStep[] = [
  work(
    'Make the keys',
    'Two RSA pairs, one to sign and one to decrypt, and a Diffie-Hellman group are made in this page. The private halves stay in it.',
  ),
  call('Register the public halves', {
    request: 'POST /portal',
    answer: 'consumer key, token',
    about:
      'The portal takes the public halves, and gives a consumer key and an access token with its secret, which is encrypted.',
  }),
  work(
    'Decrypt the access token secret',
    'The private encryption key opens the secret, which will stand before the text that is signed.',
  ),
  work(
    'Draw a Diffie-Hellman challenge',
    'A random exponent a gives the challenge A = g^a mod p. The exponent never leaves the page.',
  ),
  work(
    'Write the base string',
    'Secret, method, address and sorted parameters are joined into the text that is signed.',
  ),
  work(
    'Sign it',
    'The private signature key signs that text, and the signature goes into a header.',
  ),
  call('Send the request', {
    request: 'POST live_session_token',
    answer: 'B and a proof',
    about:
      'The broker checks who asks, when, and whether the signature is right. It answers with its own half B and a proof.',
  }),
  work(
    'Compute the shared secret',
    'B and the exponent a give K. The broker computes the same from A and its own exponent.',
  ),
  work(
    'Derive the live session token',
    'HMAC-SHA1 with K as key over the decrypted secret gives the token of the day.',
  ),
  work('Verify the broker', 'Its proof shows whether the broker computed the same token.'),
  call('Call with the token', {
    request: 'GET portfolio/accounts',
    answer: 'accounts',
    about: 'A call is signed with the live session token: no RSA for the rest of the day.',
  }),
  call('All of it again, by the client', {
    request: 'the same two requests',
    answer: 'accounts',
    about: 'createIbkrOAuth1 does steps 3 to 11 in one call of its fetch.',
  }),
]

function work(title: string, about: string): PlannedStep {
  return { title, about, messages: [] }
}

function call(
  title: string,
  {
    request,
    answer,
    about,
  }: { readonly request: string; readonly answer: string; readonly about: string },
): PlannedStep {
  return {
    title,
    about,
    messages: [
      { from: 0, to: 1, label: request },
      { from: 1, to: 0, label: answer },
    ],
  }
}
