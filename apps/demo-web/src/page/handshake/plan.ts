/** The steps of the handshake, in order, with who does them and what travels. */
import type { Message } from '../../trail.ts'

export const LANES: readonly string[] = ['Browser', 'Broker']

export interface PlannedStep {
  readonly title: string
  readonly messages: readonly Message[]
}

export const PLAN: readonly PlannedStep[] = [
  work('Make the keys'),
  call('Register the public halves', 'POST /portal', 'consumer key, token'),
  work('Decrypt the access token secret'),
  work('Draw a Diffie-Hellman challenge'),
  work('Write the base string'),
  work('Sign it'),
  call('Send the request', 'POST live_session_token', 'B and a proof'),
  work('Compute the shared secret'),
  work('Derive the live session token'),
  work('Verify the broker'),
  call('Call with the token', 'GET portfolio/accounts', 'accounts'),
  call('All of it again, by the client', 'the same two requests', 'accounts'),
]

function work(title: string): PlannedStep {
  return { title, messages: [] }
}

function call(title: string, request: string, answer: string): PlannedStep {
  return {
    title,
    messages: [
      { from: 0, to: 1, label: request },
      { from: 1, to: 0, label: answer },
    ],
  }
}
