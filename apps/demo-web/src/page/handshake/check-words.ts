/** What the sandbox checks, in the words of people: its record names each check by a short name of its own. */

const WORDS: readonly (readonly [words: string, names: readonly string[]])[] = [
  [
    'the request has the form that is asked for',
    [
      'user-agent',
      'content-length',
      'method',
      'query',
      'header',
      'readings',
      'parameters',
      'version',
      'body',
      'signature-method',
    ],
  ],
  ['consumer key, realm and access token are known', ['consumer', 'realm', 'token', 'permission']],
  ['it was sent now, and not before', ['timestamp', 'clock', 'nonce']],
  ['the signature is right', ['signature']],
  ['the challenge A is one of the registered group', ['challenge']],
]

const NAMES: Readonly<Record<string, string>> = {
  'user-agent': 'User-Agent header',
  'content-length': 'length of the body',
  'signature-method': 'signature method',
  consumer: 'consumer key',
  token: 'access token',
  query: 'query of the address',
  header: 'Authorization header',
  readings: 'Authorization header',
  challenge: 'Diffie-Hellman challenge',
}

/** What a request proved by passing these checks: one line for those that belong together. */
export function wordsOfChecks(passed: readonly string[]): string[] {
  const said = WORDS.filter(([, names]) => names.some((name) => passed.includes(name)))
  return said.map(([words]) => `the broker: ${words}`)
}

/** A refusal as the record tells it, `name: what is wrong`, with the name in words. */
export function wordsOfRefusal(refused: string): string {
  const [, name = '', rest = refused] = /^([\w-]+)(: .*)$/s.exec(refused) ?? []
  return `${NAMES[name] ?? name}${rest}`
}
