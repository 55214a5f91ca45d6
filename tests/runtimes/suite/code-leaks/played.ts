/** A service that is played: it notes what it was sent, and answers as a code wants. */
import { type Sent, sentBy } from './marks.ts'

export type Play = (sent: Sent) => Response | Promise<Response>

/** Answers by the beginning of what the address ends with; anything else is a mistake of the test. */
export function played(plays: Readonly<Record<string, Play>>) {
  const secrets: string[] = []
  const events: unknown[] = []
  return {
    secrets,
    events,
    onEvent: (event: unknown) => void events.push(event),
    async fetch(input: unknown, init?: RequestInit): Promise<Response> {
      const sent = await sentBy(input, init)
      secrets.push(...sent.secrets)
      const play = Object.entries(plays).find(([path]) => String(input).includes(path))?.[1]
      if (play === undefined) throw new Error(`nothing is played at ${input}`)
      return await play(sent)
    },
  }
}

export const answer =
  (fields: object): Play =>
  () =>
    Response.json(fields)
export const never: Play = () => new Promise(() => {})
