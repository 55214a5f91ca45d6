/**
 * What is subscribed to: each topic and key is asked for once on a socket, however many callers want it, and asked
 * for again on the next one.
 */
import { refuse } from '../errors.ts'
import { createSubscription, type Member, type StreamSubscription } from './subscription.ts'
import {
  type FullRequest,
  type StreamMessage,
  type StreamTopic,
  subscribeFrame,
  TOPICS,
  unsubscribeFrame,
} from './topics.ts'

/** A topic and its key. */
export interface TopicName {
  readonly topic: StreamTopic
  readonly key: string
}

/** Where frames go: a socket whose login is done. */
export interface SubscriptionWire {
  /** Gives false where it has ended. */
  send(text: string): boolean
}

/** The subscriptions of a stream. */
export interface Subscriptions {
  add(request: FullRequest, bufferLimit: number): StreamSubscription
  /** Asks for everything on a new socket, each once; orders when they may be asked for. */
  attach(wire: SubscriptionWire): Promise<void>
  /** The socket is gone; gives what had been asked for on it. */
  detach(): readonly TopicName[]
  /** Asks again for what ends by itself soon, and for the history that waited until now. */
  refresh(): void
  /** The key that a frame was asked for by: of market data on one exchange the topic may name the contract alone. */
  keyOf(name: TopicName, data: Readonly<Record<string, unknown>>): string
  /** Whether a frame of this topic is wanted; a server's id in it is kept. */
  isWanted(name: TopicName, data: Readonly<Record<string, unknown>>): boolean
  deliver(message: StreamMessage, size: number): void
  /** The end of a history was confirmed: its id may be that of a later one. */
  ended(serverId: string): void
  /** Counts a message that is not delivered. */
  drop(name: TopicName): void
  has(topic: StreamTopic): boolean
  /** Ends all. */
  end(): void
}

interface Entry extends TopicName {
  parameters: Readonly<Record<string, unknown>>
  readonly members: Set<Member>
  /** When it was asked for on this socket, in milliseconds since 1970. */
  sentAtMs: number | undefined
  serverId: string | undefined
}

/** Makes an empty list. */
export function createSubscriptions(parts: {
  readonly now: () => number
  /** Does what must come before orders are subscribed to. */
  readonly beforeOrders: () => Promise<void>
  readonly onOverflow: (name: TopicName) => void
}): Subscriptions {
  const { now, beforeOrders, onOverflow } = parts
  const entries = new Map<string, Entry>()
  /** History that was ended before the server told its id. */
  const leaving = new Set<string>()
  /** Ids of history whose end is not confirmed yet: what is still under way of it is for nobody. */
  const left = new Set<string>()
  let wire: SubscriptionWire | undefined

  async function send(entry: Entry): Promise<void> {
    const { topic, key } = entry
    const target = wire
    if (topic === 'or') await beforeOrders()
    const isCurrent = wire === target && entries.get(nameOf(entry)) === entry
    if (!isCurrent || target === undefined) return
    leaving.delete(nameOf(entry))
    if (target.send(subscribeFrame(topic, key, entry.parameters))) entry.sentAtMs = now()
  }

  function refresh(): void {
    for (const entry of entries.values()) {
      const { topic, sentAtMs } = entry
      const { refreshMs, isEndedByServerId } = TOPICS[topic]
      const ageMs = now() - (sentAtMs ?? now())
      // Of a clock that was set back, no age can be told.
      const isOld = refreshMs !== undefined && (ageMs < 0 || ageMs >= refreshMs)
      const isWaiting = isEndedByServerId && sentAtMs === undefined
      if (isOld || isWaiting) void send(entry)
    }
  }

  function leaveById(topic: StreamTopic, serverId: string): void {
    left.add(serverId)
    wire?.send(unsubscribeFrame(topic, serverId))
  }

  function leave(entry: Entry): void {
    const { topic, key, serverId, sentAtMs } = entry
    if (sentAtMs === undefined) return
    if (!TOPICS[topic].isEndedByServerId) wire?.send(unsubscribeFrame(topic, key))
    else if (serverId !== undefined) leaveById(topic, serverId)
    else leaving.add(nameOf(entry))
  }

  function remove(entry: Entry, member: Member): void {
    entry.members.delete(member)
    if (entry.members.size > 0 || entries.get(nameOf(entry)) !== entry) return
    entries.delete(nameOf(entry))
    leave(entry)
  }

  function tellMembers({ topic, key }: TopicName, tell: (member: Member) => boolean): void {
    for (const member of entries.get(nameOf({ topic, key }))?.members ?? []) {
      if (tell(member)) onOverflow({ topic, key })
    }
  }

  const countOf = (topic: StreamTopic) =>
    [...entries.values()].filter((entry) => entry.topic === topic).length

  /** The entry of a request, made or widened. */
  function entryFor({ topic, key, parameters }: FullRequest): Entry {
    const found = entries.get(nameOf({ topic, key }))
    if (found) {
      const merged = mergeParameters(found.parameters, parameters)
      if (merged === undefined) {
        const form = `those of the subscription to ${nameOf(found)} that there is already, since the broker has one for each topic and key: close that one first`
        return refuse('parameters', parameters, form)
      }
      const isWider = textOf(merged) !== textOf(found.parameters)
      found.parameters = merged
      if (isWider && found.sentAtMs !== undefined) void send(found)
      return found
    }
    const { limit = Number.POSITIVE_INFINITY } = TOPICS[topic]
    if (countOf(topic) >= limit) {
      const form = `one of which there are fewer than ${limit} subscriptions: the broker takes ${limit} of ${topic} at once, so close another one first`
      return refuse('topic', topic, form)
    }
    const members = new Set<Member>()
    const entry = { topic, key, parameters, members, sentAtMs: undefined, serverId: undefined }
    entries.set(nameOf(entry), entry)
    return entry
  }

  return {
    add(request, bufferLimit) {
      const entry = entryFor(request)
      const { topic, key } = entry
      const onClose = () => remove(entry, member)
      const member = createSubscription({ topic, key, bufferLimit, onClose })
      entry.members.add(member)
      // What was ended before its id was told has its place still, and could be taken for a later one of its key.
      const isFull = countOf(topic) + leaving.size > Number(TOPICS[topic].limit)
      const mustWait = isFull || leaving.has(nameOf(entry))
      if (entry.members.size === 1 && !mustWait) void send(entry)
      return member.subscription
    },
    async attach(next) {
      wire = next
      await Promise.all([...entries.values()].map(send))
    },
    detach() {
      wire = undefined
      leaving.clear()
      left.clear()
      const lost = [...entries.values()].filter(({ sentAtMs }) => sentAtMs !== undefined)
      for (const entry of entries.values()) {
        entry.sentAtMs = undefined
        entry.serverId = undefined
      }
      return lost.map(({ topic, key }) => ({ topic, key }))
    },
    refresh,
    keyOf({ topic, key }, { conidEx }) {
      const isAsked = topic === 'md' && typeof conidEx === 'string' && conidEx.startsWith(`${key}@`)
      return isAsked && entries.has(nameOf({ topic, key: conidEx })) ? conidEx : key
    },
    isWanted({ topic, key }, data) {
      const name = nameOf({ topic, key })
      const entry = entries.get(name)
      const { serverId } = data
      const isId = typeof serverId === 'string' || typeof serverId === 'number'
      if (TOPICS[topic].isEndedByServerId && isId && /^\w{1,40}$/.test(`${serverId}`)) {
        const id = `${serverId}`
        if (leaving.delete(name)) {
          leaveById(topic, id)
          if (leaving.size === 0) refresh()
        }
        if (left.has(id)) return false
        if (entry) entry.serverId = id
      }
      return entry !== undefined
    },
    deliver(message, size) {
      tellMembers(message, (member) => member.deliver(message, size))
    },
    ended(serverId) {
      left.delete(serverId)
    },
    drop(name) {
      tellMembers(name, (member) => member.drop())
    },
    has: (topic) => [...entries.values()].some((entry) => entry.topic === topic),
    end() {
      for (const { members } of entries.values()) for (const member of members) member.end()
      entries.clear()
      wire = undefined
    },
  }
}

function nameOf({ topic, key }: TopicName): string {
  return key === '' ? topic : `${topic}+${key}`
}

/** Fields of market data are joined; what differs otherwise cannot be. */
function mergeParameters(
  present: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
  const { fields: presentFields, ...presentRest } = present
  const { fields: wantedFields, ...wantedRest } = wanted
  if (textOf(presentRest) !== textOf(wantedRest)) return undefined
  if (!Array.isArray(presentFields) || !Array.isArray(wantedFields)) {
    return presentFields === wantedFields ? present : undefined
  }
  return { ...presentRest, fields: [...new Set([...presentFields, ...wantedFields])] }
}

/** The same text for the same parameters, in whatever order they are written. */
function textOf(parameters: object): string {
  return JSON.stringify(parameters, (_, value) => {
    if (Object(value) !== value || Array.isArray(value)) return value
    return Object.fromEntries(
      Object.keys(value)
        .sort()
        .map((name) => [name, value[name]]),
    )
  })
}
