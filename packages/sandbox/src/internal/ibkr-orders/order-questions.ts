/**
 * Questions about orders: one is open at a time for a user name, and answers to it come to nothing
 * once anything else was asked of `/iserver`.
 */
import { randomHex } from '../crypto/bytes.ts'

/** What waits for its question to be answered. */
export interface OpenQuestion<Work> {
  readonly id: string
  /** The kind asked now, such as `o163`. */
  readonly messageId: string
  /** Kinds that are asked after it. */
  readonly further: readonly string[]
  readonly work: Work
}

export class OrderQuestions<Work> {
  /** Asked of every order. */
  readonly #standing: readonly string[]
  /** Asked of the next orders, each for so many more. */
  #planned: { readonly messageIds: readonly string[]; left: number }[] = []
  /** By user name. */
  readonly #open = new Map<string, OpenQuestion<Work>>()

  constructor(standing: readonly string[]) {
    this.#standing = standing
  }

  plan(messageIds: readonly string[], times: number): void {
    this.#planned.push({ messageIds, left: times })
  }

  clear(): void {
    this.#planned = []
  }

  /** What has to be asked about the next order, in this order. */
  due(suppressed: ReadonlySet<string>): readonly string[] {
    const [next] = this.#planned
    if (next) {
      next.left--
      if (next.left === 0) this.#planned.shift()
    }
    const messageIds = [...new Set([...(next?.messageIds ?? []), ...this.#standing])]
    return messageIds.filter((messageId) => !suppressed.has(messageId))
  }

  /** Opens the first of the questions. */
  ask(username: string, messageIds: readonly string[], work: Work): OpenQuestion<Work> {
    const [messageId = '', ...further] = messageIds
    const question = { id: questionId(), messageId, further, work }
    this.#open.set(username, question)
    return question
  }

  /** Takes the open question out, if it is this one. */
  take(username: string, id: string): OpenQuestion<Work> | undefined {
    const question = this.#open.get(username)
    if (question?.id !== id) return undefined
    this.#open.delete(username)
    return question
  }

  /** What was open comes to nothing. */
  drop(username: string): void {
    this.#open.delete(username)
  }
}

/** In the form of a UUID. */
function questionId(): string {
  return randomHex(16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
