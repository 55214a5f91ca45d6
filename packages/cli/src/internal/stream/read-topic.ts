/** Topics as they are written on the command line: `md+265598+{"fields":["31"]}`. */
import type { StreamTopic, SubscribeOptions } from '@isoauth/ibkr-session'
import { argumentsInvalid } from '../errors.ts'

/** Last, bid and ask: without fields the broker sends no price. */
const FIELDS = ['31', '84', '86']

const CONTRACT = { form: /^\d{1,12}$/, words: 'the contract id, such as 265598' }
const CONTRACT_AT = {
  form: /^\d{1,12}(@[A-Z\d.]{1,12})?$/,
  words: 'the contract id, such as 265598, or that and an exchange, such as 265598@NYSE',
}
const ACCOUNT = { form: /^[A-Za-z]\w{1,19}$/, words: 'the account, such as DU1234567' }
const NONE = { form: /^$/, words: 'nothing behind it but parameters' }

/** What stands behind each topic. */
const KEYS: Readonly<Record<StreamTopic, { readonly form: RegExp; readonly words: string }>> = {
  md: CONTRACT_AT,
  mh: CONTRACT,
  bd: {
    form: /^[A-Za-z]\w{1,19}\+\d{1,12}(\+[A-Z\d.]{1,12})?$/,
    words: 'account and contract id, such as DU1234567+265598',
  },
  or: NONE,
  pl: NONE,
  tr: NONE,
  sd: ACCOUNT,
  ld: ACCOUNT,
}

const NAMES: Readonly<Record<StreamTopic, string>> = {
  md: 'market data',
  mh: 'history',
  bd: 'price ladder',
  or: 'orders',
  pl: 'profit and loss',
  tr: 'trades',
  sd: 'account summary',
  ld: 'ledger',
}

/** The broker sends so many histories at once. */
const HISTORIES = 5
/** Characters of parameters as JSON. */
const PARAMETERS_LIMIT = 10_000

/** What to subscribe to; refused before anything is sent. */
export function readTopics(texts: readonly string[]): SubscribeOptions[] {
  const requests = texts.map(readTopic)
  const names = requests.map(({ topic, key }) => (key === undefined ? topic : `${topic}+${key}`))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    const message = `The topic ${twice} is there twice: write it once, with all its parameters.`
    throw argumentsInvalid(message, 'topic')
  }
  const histories = requests.filter(({ topic }) => topic === 'mh').length
  if (histories > HISTORIES) {
    const message = `These are ${histories} histories (mh), and the broker sends ${HISTORIES} at once: leave some out, or stream them one after the other.`
    throw argumentsInvalid(message, 'topic')
  }
  return requests
}

function readTopic(text: string): SubscribeOptions {
  const at = text.indexOf('+{')
  const [name = '', ...rest] = (at < 0 ? text : text.slice(0, at)).split('+')
  const key = rest.join('+')
  if (!Object.hasOwn(KEYS, name)) {
    const known = Object.entries(NAMES).map(([topic, meaning]) => `${topic} (${meaning})`)
    const message = `There is no topic ${name}. The topics: ${known.join(', ')}. See isoauth stream --help.`
    throw argumentsInvalid(message, 'topic')
  }
  const { form, words } = KEYS[name as StreamTopic]
  if (!form.test(key)) throw argumentsInvalid(`The topic ${name} takes ${words}.`, 'topic')
  const given = at < 0 ? {} : readParameters(text.slice(at + 1))
  const parameters = name === 'md' && !('fields' in given) ? { ...given, fields: FIELDS } : given
  return { topic: name as StreamTopic, ...(key !== '' && { key }), parameters }
}

function readParameters(text: string): Record<string, unknown> {
  if (text.length > PARAMETERS_LIMIT) {
    const message = `The parameters of a topic may have ${PARAMETERS_LIMIT} characters; these are ${text.length}.`
    throw argumentsInvalid(message, 'topic')
  }
  try {
    const value: unknown = JSON.parse(text)
    if (Object(value) === value && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Told below.
  }
  const message =
    'What stands behind the last + of a topic has to be a JSON object, such as md+265598+{"fields":["31"]}. In a shell it needs quotes around it.'
  throw argumentsInvalid(message, 'topic')
}
