/** Frames that clients send: `s<topic>+<key>+{json}` and `u<topic>+<key>+{json}`. */

export type StreamTopic = 'md' | 'mh' | 'bd' | 'or' | 'pl' | 'tr' | 'sd' | 'ld'

export interface TopicFrame {
  readonly subscribes: boolean
  readonly topic: StreamTopic
  /** Contract id, server id, account, or account and contract id; empty where a topic has none. */
  readonly key: string
  readonly args: Readonly<Record<string, unknown>>
}

/** How many keys a topic has, and whether its keys begin with an account or a contract. */
const KEYS: Readonly<
  Record<StreamTopic, 'none' | 'conid' | 'conidEx' | 'account' | 'account+conid'>
> = {
  md: 'conidEx',
  mh: 'conid',
  bd: 'account+conid',
  or: 'none',
  pl: 'none',
  tr: 'none',
  sd: 'account',
  ld: 'account',
}

/** `undefined` for what names no topic, or has no JSON where it belongs. */
export function readTopicFrame(text: string): TopicFrame | undefined {
  const plus = text.indexOf('+{')
  const head = plus < 0 ? text : text.slice(0, plus)
  const [command = '', ...keys] = head.split('+')
  const [, verb, name] = /^([su])([a-z]{2})$/.exec(command) ?? []
  if (!isTopic(name) || keys.includes('')) return undefined
  const args = plus < 0 ? {} : parseObject(text.slice(plus + 1))
  if (!args) return undefined
  const subscribes = verb === 's'
  const key = keys.join('+')
  if (!fits(KEYS[name], keys) && !(name === 'mh' && !subscribes && keys.length === 1)) {
    return undefined
  }
  return { subscribes, topic: name, key, args }
}

/** The session id of `{"session":"…"}`; `undefined` for every other frame. */
export function readSessionFrame(text: string): string | undefined {
  const { session } = parseObject(text) ?? {}
  return typeof session === 'string' ? session : undefined
}

function isTopic(name: string | undefined): name is StreamTopic {
  return name !== undefined && Object.hasOwn(KEYS, name)
}

function fits(kind: (typeof KEYS)[StreamTopic], keys: readonly string[]): boolean {
  const isConid = (key = '') => /^[1-9][0-9]{0,9}$/.test(key)
  switch (kind) {
    case 'none':
      return keys.length === 0
    case 'conid':
      return keys.length === 1 && isConid(keys[0])
    case 'conidEx': {
      // An exchange may follow here too.
      const [conid, exchange = 'SMART', ...more] = keys[0]?.split('@') ?? []
      const isExchange = /^[A-Z0-9.]{1,12}$/.test(exchange) && more.length === 0
      return keys.length === 1 && isConid(conid) && isExchange
    }
    case 'account':
      return keys.length === 1
    default:
      // An exchange may follow.
      return isConid(keys[1]) && keys.length <= 3
  }
}

/** What JSON there is: of a text or a number no member is read. */
function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}
