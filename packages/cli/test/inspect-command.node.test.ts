/** What people paste, with a mistake planted in each: the page's engine and `isoauth inspect` say the same. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  inspect,
  type RequestToInspect,
  readRequests,
  type ServerKnowledge,
} from '@isoauth/cli/inspect'
import { bytesToBase64, bytesToHex } from '@isoauth/core-crypto'
import { createSandbox } from '@isoauth/sandbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HandshakeSession } from '../../../apps/demo-web/src/page/handshake/handshake.ts'
import { createRunner } from '../../../apps/demo-web/src/page/handshake/runner.ts'
import { EXAMPLES } from '../../../apps/demo-web/src/page/inspector/examples.ts'
import { shellWords } from '../src/internal/inspect/shell-words.ts'
import { isoauth } from './harness.ts'

const folder = mkdtempSync(join(tmpdir(), 'isoauth-inspect-'))
afterAll(() => rmSync(folder, { recursive: true }))
const now = Date.now()
let session: HandshakeSession
let knowledge: ServerKnowledge
let flags: readonly string[]

beforeAll(async () => {
  const origin = 'http://127.0.0.1:8787'
  const sandbox = await createSandbox({ origin })
  const runner = createRunner({ origin, fetch: sandbox.fetch, mistake: 'none' })
  while (runner.next) await runner.run()
  session = runner.session as HandshakeSession
  const { keys, secret, liveSessionToken, registration } = session
  const files = {
    'signature-key': keys.signature.publicKeyPem,
    'encryption-key': keys.encryption.publicKeyPem,
    'live-session-token': bytesToBase64(liveSessionToken),
    prefix: bytesToHex(secret),
  }
  knowledge = {
    signatureKey: files['signature-key'],
    encryptionKey: files['encryption-key'],
    liveSessionToken: files['live-session-token'],
    prefix: files.prefix,
    consumerKey: registration.consumerKey,
  }
  flags = Object.entries(files).flatMap(([name, text]) => {
    writeFileSync(join(folder, name), text)
    return [`--${name}`, name]
  })
  flags = [...flags, '--consumer-key', registration.consumerKey]
})

it.each([
  ['with a byte order mark', (text: string) => Buffer.from(`\ufeff${text}`)],
  ['in UTF-16, as PowerShell writes it', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
])('reads a file of requests %s', async (_how, write) => {
  const curl = 'curl https://a.example/v1/api/portfolio/accounts -H "Authorization: Bearer x"'
  const said = []
  for (const bytes of [Buffer.from(curl), write(curl)]) {
    writeFileSync(join(folder, 'requests.txt'), bytes)
    const fromFile = await isoauth(['inspect', 'requests.txt', '--json'], { cwd: folder })
    expect(JSON.parse(fromFile.stdout)).toMatchObject([{ method: 'GET' }])
    said.push(fromFile.stdout)
  }
  expect(said[1]).toBe(said[0])
})

const single = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
const double = (text: string) => `"${text.replaceAll(/["\\$`]/g, '\\$&')}"`
const ansi = (text: string) => `$'${text.replaceAll(/['\\]/g, '\\$&').replaceAll('=', '\\u003d')}'`
/** As Chromium copies for `cmd.exe`. */
const cmd = (text: string) => `^"${text.replaceAll('"', '\\"').replaceAll(/[%&|<>^"]/g, '^$&')}^"`

type Write = (request: RequestToInspect) => string

const CURLS: readonly (readonly [what: string, id: string, write: Write])[] = [
  [
    'bash, single quotes, lines joined',
    'prefix-missing',
    ({ method, url, authorization }) =>
      `curl -X ${method} \\\n  ${single(url)} \\\n  -H ${single(`Authorization: ${authorization}`)}`,
  ],
  [
    'bash, double quotes',
    'prefix-upper-case',
    ({ method, url, authorization }) =>
      `$ curl --request ${method} --url ${double(url)} --header ${double(`authorization: ${authorization}`)}`,
  ],
  [
    "bash, $'…', as Firefox writes it",
    'keys-swapped',
    ({ method, url, authorization }) =>
      `curl ${single(url)} -X ${method} -H ${ansi(`Authorization: ${authorization}`)} --compressed`,
  ],
  [
    'cmd.exe, over lines',
    'realm-in-base-string',
    ({ method, url, authorization }) =>
      `curl -X ${method} ^\r\n  ${cmd(url)} ^\r\n  -H ${cmd(`Authorization: ${authorization}`)}`,
  ],
  [
    'cmd.exe, one line',
    'consumer-key-case',
    ({ method, url, authorization }) =>
      `curl.exe ${cmd(url)} -X ${method} -H ${cmd(`Authorization: ${authorization}`)}`,
  ],
  [
    'cmd.exe, before another command',
    'consumer-key-case',
    ({ method, url, authorization }) =>
      `curl.exe ${cmd(url)} -X ${method} -H ${cmd(`Authorization: ${authorization}`)} &\r\ncurl.exe -X PATCH ${cmd('https://other.example/')}`,
  ],
  [
    'short options in one word',
    'timestamp-milliseconds',
    ({ method, url, authorization }) =>
      `curl -sSX${method} -o /dev/null -H${single(`Authorization:${authorization}`)} ${url} | jq .`,
  ],
  [
    'a body in --data-raw',
    'json-body-in-base-string',
    ({ url, authorization, body = '' }) =>
      `curl ${single(url)} -H ${single(`Authorization: ${authorization}`)} -H 'Content-Type: application/json' --data-raw ${single(body)}`,
  ],
  [
    'a query by -G and --data-urlencode',
    'query-in-address',
    ({ url, authorization }) => {
      const [address = '', query = ''] = url.split('?')
      return `curl -G ${single(address)} -d ${single(query)} -H ${single(`Authorization: ${authorization}`)}`
    },
  ],
  [
    'a query by --url-query',
    'query-in-address',
    ({ method, url, authorization }) => {
      const [address = '', query = ''] = url.split('?')
      return `curl -X ${method} ${single(address)} --url-query ${single(`+${query}`)} -H ${single(`Authorization: ${authorization}`)}`
    },
  ],
  [
    '-u in place of a signature',
    'scheme',
    ({ method, url }) => `curl -X ${method} ${single(url)} -u name:password --max-time 5`,
  ],
]

async function example(id: string): Promise<RequestToInspect> {
  const found = EXAMPLES.find((entry) => entry.id === (id === 'scheme' ? '' : id))
  if (found === undefined) throw new Error(`no example ${id}`)
  return found.make(session, now)
}

/** What the page finds, and that the command finds the same. */
async function bothSay(text: string) {
  const page = []
  for (const request of readRequests(text)) page.push(await inspect(request, knowledge))
  writeFileSync(join(folder, 'request'), text)
  const ran = await isoauth(['inspect', 'request', '--json', ...flags], { cwd: folder })
  const command = JSON.parse(ran.stdout) as { verdict: string; findings: { id: string }[] }[]
  const short = (all: readonly { verdict: string; findings: readonly { id: string }[] }[]) =>
    all.map(({ verdict, findings }) => ({ verdict, ids: findings.map(({ id }) => id) }))
  expect(short(command)).toEqual(short(page))
  expect(ran.stdout).not.toContain(knowledge.prefix)
  expect(ran.status).toBe(page.some(({ verdict }) => verdict === 'refused') ? 1 : 0)
  return short(page)
}

describe('a curl command', () => {
  it.each(CURLS)('%s: %s', async (_what, id, write) => {
    const request = await example(id)
    const text = write(request)
    const [read] = readRequests(text)
    if (id !== 'scheme') {
      expect(read).toEqual({
        ...request,
        sentAtMs: undefined,
        authorization: request.authorization.trim(),
      })
    }
    const [found] = await bothSay(text)
    expect(found?.verdict).toBe('refused')
    expect(found?.ids).toContain(id)
  })

  it.each(['-F', '--form'])('%s makes a POST of no method that is named', (flag) => {
    const url = 'https://api.ibkr.com/v1/api/x'
    expect(readRequests(`curl ${url} ${flag} a=b`)).toMatchObject([{ url, method: 'POST' }])
    expect(readRequests(`curl -X PUT ${url} ${flag} a=b`)).toMatchObject([{ method: 'PUT' }])
  })

  it.each([
    ['=a@b c', '?a%40b%20c'],
    ['name=a@b', '?name=a%40b'],
    ['plain', '?plain'],
    // The content of a file, which is not here.
    ['name@file', '?'],
    ['@file', '?'],
  ])('--data-urlencode %j makes the query %j', (value, query) => {
    const text = `curl -G https://api.ibkr.com/v1/api/x --data-urlencode ${single(value)}`
    expect(readRequests(text)).toMatchObject([{ url: `https://api.ibkr.com/v1/api/x${query}` }])
  })

  it('without a mistake is accepted by both', async () => {
    const { method, url, authorization } = await example('')
    const text = `curl -X ${method} ${single(url)} -H ${single(`Authorization: ${authorization}`)}`
    expect(await bothSay(text)).toEqual([{ verdict: 'accepted', ids: [] }])
  })
})

it.each<[string, string[]]>([
  ['', []],
  ['curl', ['curl']],
  ["curl  -H  'a b'  ", ['curl', '-H', 'a b']],
  ['a\'b\'"c"d', ['abcd']],
  ['\'\' ""', ['', '']],
  ['a \\\nb', ['a', 'b']],
  ['a\\ b', ['a b']],
  ['a \\\r\n b\\\r\nc', ['a', 'bc']],
  ["$'\\u00e4\\x41\\t'", ['äA\t']],
  ["$'a\\nb'", ['a\nb']],
  ['a b | c', ['a', 'b']],
  ['a b; c', ['a', 'b']],
  ['a b > c', ['a', 'b']],
  // As `cmd.exe` has it.
  ['a ^\n b ^\r\n c', ['a', 'b', 'c']],
  ['a ^"b c^" "d ^& e"', ['a', 'b c', 'd & e']],
  ['a ^"b^" "c ""d"" e" ^"^" f & g', ['a', 'b', 'c "d" e', '', 'f']],
  ['a ^"b^" ^"c | d^" | e', ['a', 'b', 'c | d']],
  ['a ^"b \\^"c\\^"^"', ['a', 'b "c"']],
])('the words of %j', (text, words) => {
  expect(shellWords(text)).toEqual(words)
})

describe('a HAR', () => {
  const har = (requests: readonly RequestToInspect[]) =>
    JSON.stringify({
      log: {
        entries: requests.map(({ method, url, authorization, body }) => ({
          startedDateTime: new Date(now).toISOString(),
          request: {
            ...{ method, url, headers: [{ name: 'Authorization', value: authorization }] },
            ...(body !== undefined && { postData: { text: body } }),
          },
        })),
      },
    })

  it.each([
    [['clock-off']],
    [['signature-raw', 'key-as-text']],
    [['prefix-ampersand', 'signature-escaped-twice', 'values-escaped-again']],
  ])('with %j', async (ids) => {
    const requests = []
    for (const id of ids) requests.push(await example(id))
    const found = await bothSay(har(requests))
    expect(found).toEqual(ids.map((id) => ({ verdict: 'refused', ids: [id] })))
  })
})

describe('a request as on the wire', () => {
  it('is read with its address from Host', async () => {
    const { method, url, authorization } = await example('prefix-missing')
    const { host, pathname } = new URL(url)
    const text = `${method} ${pathname} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization}\r\n\r\n`
    expect(await bothSay(text)).toEqual([{ verdict: 'refused', ids: ['prefix-missing'] }])
  })
})

describe('the command', () => {
  it('says the verdict first, then the first difference, and never the prefix', async () => {
    const { method, url, authorization } = await example('realm-in-base-string')
    const stdin = `${method} ${url}\nAuthorization: ${authorization}\n`
    const { stdout, status } = await isoauth(['inspect', ...flags], { stdin, cwd: folder })
    expect(status).toBe(1)
    expect(stdout.split('\n')[0]).toBe('A server refuses it: one fault.')
    expect(stdout).toMatch(/first differs at character \d+, in the parameter/)
    expect(stdout).toMatch(/\n {2}Expected: .*\n +\^\n/)
    expect(stdout).not.toContain(knowledge.prefix)
  })

  it('writes all of it as a person reads it', async () => {
    const header = [
      'OAuth realm="limited_poa"',
      'oauth_consumer_key="mykey"',
      'oauth_nonce="ab"',
      `oauth_signature="${encodeURIComponent(btoa('a'.repeat(32)))}"`,
      'oauth_signature_method="HMAC-SHA256"',
      'oauth_timestamp="1700000000"',
      'oauth_token="tok"',
    ].join(', ')
    const stdin = `GET /v1/api/tickle?x=1 HTTP/1.1\nHost: api.ibkr.com\nAuthorization: ${header}\n`
    const { stdout } = await isoauth(['inspect'], { stdin })
    expect(stdout).toBe(`A server refuses it: one fault.

GET https://api.ibkr.com/v1/api/tickle

The consumer key has small letters or blanks
  Usual cause: The portal stores it in capitals whatever was typed; a copied
  blank counts too. The broker answers "invalid consumer".
  Remedy: Send the key as the portal shows it.
  The oauth_consumer_key first differs at character 1.
  Sent:     mykey
  Expected: MYKEY
            ^

The base string, taken apart
  method                  GET
  address                 https://api.ibkr.com/v1/api/tickle
  oauth_consumer_key      mykey
  oauth_nonce             ab
  oauth_signature_method  HMAC-SHA256
  oauth_timestamp         1700000000
  oauth_token             tok
`)
    const right = await isoauth(['inspect'], { stdin: stdin.replace('mykey', 'MYKEY') })
    expect(right.stdout.split('\n')[0]).toBe(
      'The form is right; the signature was not judged: name the key.',
    )
  })

  it('reads a file of very many parts in a time that grows as the file does', async () => {
    const many = 200_000
    const letters = (at: number) =>
      String(at).replace(/\d/g, (digit) => 'abcdefghij'.charAt(+digit))
    const header = `OAuth ${Array.from({ length: many }, (_, at) => `${letters(at)}="b"`).join()}`
    for (const stdin of [
      `curl https://api.ibkr.com/v1/api/tickle ${'a '.repeat(1_000_000)}`,
      `curl https://api.ibkr.com/v1/api/tickle -u ${'a'.repeat(many)}`,
      `GET /v1/api/tickle HTTP/1.1\nHost: api.ibkr.com\nAuthorization: ${header}\n`,
    ]) {
      expect((await isoauth(['inspect'], { stdin })).stdout).toContain('A server refuses it')
    }
    // Where each word moved all that come after it, the first alone took a minute and a half.
  }, 30_000)

  it('lets no file steer a terminal', async () => {
    const evil = '\u001b]0;owned\u0007\u009b2J\r\u001b[2K'
    const authorization = `OAuth realm="limited_poa", oauth_nonce="a${evil}"`
    const request = { method: 'GET', url: `https://api.ibkr.com/v1/api/${evil}`, headers: [] }
    const headers = [{ name: 'Authorization', value: authorization }]
    const stdin = JSON.stringify({ request: { ...request, headers } })
    const outside = { stdin, isTerminal: true, env: { NO_COLOR: '1' } }
    const { stdout } = await isoauth(['inspect'], outside)
    expect(stdout).toContain('^[]0;owned^G\\x9b2J^M^[[2K')
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u)
  })

  it.each([
    ['', 'There is nothing to read'],
    ['hello', 'It is neither a curl command'],
    ["curl 'https://api.ibkr.com", 'is opened and not closed'],
    ['curl -X', 'needs a value'],
    ['curl -s', 'names no address'],
    ['POST /v1/api/tickle HTTP/1.1', 'no Host'],
    ['{"log":{"entries":[]}}', 'No request in it'],
  ])('%j is told', async (stdin, words) => {
    const { stderr, stdout, status } = await isoauth(['inspect', '-'], { stdin })
    expect(status).toBe(2)
    expect([stdout, stderr.replace(/\s+/g, ' ')]).toEqual(['', expect.stringContaining(words)])
  })
})
