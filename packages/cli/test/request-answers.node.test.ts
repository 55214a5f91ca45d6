/** What `isoauth request` makes of an answer: on a terminal, in a pipe, by `--query`. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serve } from '@isoauth/sandbox/node'
import { describe, expect, it } from 'vitest'
import { serveInFolder } from '../../../tests/support/served-folder.ts'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { prettyJson } from '../src/internal/request/json-text.ts'
import { showBody } from '../src/internal/request/shown-body.ts'
import { colorsFor } from '../src/internal/text.ts'
import { flat, isoauth, type Outside, plain } from './harness.ts'
import { register } from './support.ts'

const ESCAPE = String.fromCharCode(27)

const place = serveInFolder('isoauth-answers-')

/** Has the service give this once, and asks for it. */
async function answered(
  body: string | Uint8Array<ArrayBuffer>,
  argv: readonly string[] = [],
  {
    status = 200,
    type = 'application/json',
    ...outside
  }: Outside & { status?: number; type?: string } = {},
) {
  const headers = { 'content-type': type }
  place.server.sandbox.respond('/x', () => new Response(body, { status, headers }), { times: 1 })
  return await isoauth(['request', 'GET', '/x', ...argv], { ...outside, cwd: place.cwd })
}

const TERMINAL = { isTerminal: true, env: { NO_COLOR: '1' } }
const BODY = '{"b":[1.0,90071992547409931,-0e2,{}],"b":"\\u00e4",\n"empty":[], "c":null}'
const LAID_OUT = `{
  "b": [
    1.0,
    90071992547409931,
    -0e2,
    {}
  ],
  "b": "\\u00e4",
  "empty": [],
  "c": null
}
`

it('no header of an answer steers a terminal by --verbose', async () => {
  const headers = { 'x-note': '\u009b2J\u0085' }
  place.server.sandbox.respond('/x', () => new Response('{}', { headers }), { times: 1 })
  const { stderr } = await isoauth(['request', 'GET', '/x', '-v'], { ...TERMINAL, cwd: place.cwd })
  expect(stderr).toContain('< x-note: \\x9b2J\\x85\n')
  expect(stderr).not.toMatch(/[^\P{Cc}\n]/u)
})

it.each([{}, TERMINAL])(
  'an answer without a body writes nothing, and is no failure: %j',
  async (how) => {
    place.server.sandbox.respond('/x', () => new Response(null, { status: 204 }), { times: 1 })
    const { stdout, stderr, status } = await isoauth(['request', 'GET', '/x'], {
      ...how,
      cwd: place.cwd,
    })
    expect([stdout, stderr.includes('isoauth:'), status]).toEqual(['', false, 0])
  },
)

describe('JSON', () => {
  it('passes a pipe byte for byte, whatever the environment wants of colours', async () => {
    for (const env of [{}, { FORCE_COLOR: '1' }]) {
      const { stdout, stderr, status } = await answered(BODY, [], { env })
      expect([stdout, stderr, status]).toEqual([BODY, '', 0])
    }
  })

  it('is laid out on a terminal, each value as the service wrote it', async () => {
    expect((await answered(BODY, [], TERMINAL)).stdout).toBe(LAID_OUT)
  })

  it('is coloured on a terminal, in a pipe only by --color always', async () => {
    const name = `${ESCAPE}[34m"c"`
    const colored = await answered(BODY, [], { isTerminal: true })
    expect(colored.stdout).toContain(name)
    expect(plain(colored.stdout)).toBe(LAID_OUT)
    expect((await answered(BODY, ['--color', 'always'])).stdout).toBe(colored.stdout)
    const declined = await answered(BODY, ['--color', 'never'], { isTerminal: true })
    expect(declined.stdout).toBe(LAID_OUT)
    const wanted = await answered(BODY, ['--color', 'always'], TERMINAL)
    expect(wanted.stdout).toBe(colored.stdout)
  })

  it('of any depth, without running out of stack', () => {
    const depth = 3000
    const text = '['.repeat(depth) + ']'.repeat(depth)
    const colors = colorsFor({ isTerminal: false, write: () => {} }, {})
    expect(prettyJson(text, colors)?.replace(/\s/g, '')).toBe(text)
    expect(prettyJson('{"a":1', colors)).toBeUndefined()
  })

  it('cannot steer a terminal', async () => {
    const { stdout } = await answered('{"a":"\u009b31m\u007f"}', [], TERMINAL)
    expect(stdout).toBe('{\n  "a": "\\u009b31m\\u007f"\n}\n')
  })

  it('of more than four million characters is written as it came', async () => {
    const large = JSON.stringify({ a: 'x'.repeat(4_200_000) })
    const { stdout } = await answered(large, [], TERMINAL)
    expect(stdout === `${large}\n`).toBe(true)
  })
})

describe('what is no JSON', () => {
  it('is not written where it is empty, and a piece that ends within a letter waits for the rest', async () => {
    const shown = async (...pieces: readonly number[][]) => {
      const written: string[] = []
      const output = { isTerminal: true, write: (text: unknown) => void written.push(`${text}`) }
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const piece of pieces) controller.enqueue(new Uint8Array(piece))
          controller.close()
        },
      })
      await showBody(
        new Response(body),
        { stdout: output, stderr: output },
        colorsFor(output, {}, 'never'),
      )
      return written
    }
    expect(await shown()).toEqual([])
    expect(await shown([0xc3], [0xa9])).toEqual(['é', '\n'])
  })

  const text = { type: 'text/plain' }

  it('is text on a terminal, with a line end, and without what steers it', async () => {
    const { stdout } = await answered(`a\tb\r\n${ESCAPE}[2Jc`, [], { ...TERMINAL, ...text })
    expect(stdout).toBe('a\tb\r\n^[[2Jc\n')
    expect((await answered(`${ESCAPE}[2J`, [], text)).stdout).toBe(`${ESCAPE}[2J`)
  })

  it('is text also where it calls itself JSON', async () => {
    expect((await answered('{"cut', [], TERMINAL)).stdout).toBe('{"cut\n')
    expect((await answered('', [], TERMINAL)).stdout).toBe('')
  })

  it('is not written on a terminal where it is bytes, and that is told', async () => {
    const bytes = Uint8Array.of(80, 75, 3, 4, 0, 255)
    const type = 'application/zip'
    const { stdout, stderr, status } = await answered(bytes, [], { ...TERMINAL, type })
    expect([stdout, status]).toEqual(['', 1])
    expect(flat(stderr)).toContain('The answer is no text, and was not written on the terminal.')
    const piped = await answered(bytes, [], { type })
    expect([[...piped.bytes], piped.stderr, piped.status]).toEqual([[...bytes], '', 0])
  })
})

describe('--query', () => {
  const accounts = '[{"id":"U1","n":1},{"id":"U2","n":2}]'

  it.each([
    [['--query', '[].id'], '["U1","U2"]\n'],
    [['--query', '[].id', '--raw'], 'U1\nU2\n'],
    [['-q', '[0].id', '-r'], 'U1\n'],
    [['-q', '[0].id'], '"U1"\n'],
    [['-q', 'sum([].n)', '-r'], '3\n'],
    [['-q', 'nothing'], 'null\n'],
    [['-q', '[?n > `1`].{name: id}'], '[{"name":"U2"}]\n'],
  ])('%j', async (argv, expected) => {
    const { stdout, status } = await answered(accounts, argv)
    expect([stdout, status]).toEqual([expected, 0])
  })

  it('is laid out on a terminal, and is the body of --json', async () => {
    const shown = await answered(accounts, ['-q', '[].id'], TERMINAL)
    expect(shown.stdout).toBe('[\n  "U1",\n  "U2"\n]\n')
    const json = await answered(accounts, ['-q', '[1].n', '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ status: 200, body: 2 })
  })

  it.each([
    ['[].', 'it ends in column 4, where more is needed'],
    ['[].id b', 'what begins in column 7 cannot stand there: b'],
    ['a-b', 'what begins in column 2 cannot stand there: -b'],
    ['', 'it ends in column 1'],
    ['nope(@)', 'there is no function of that name'],
    ['length(@, @)', 'too many or too few arguments'],
  ])('%j is refused before anything is sent', async (expression, words) => {
    const before = place.server.sandbox.requests.length
    const { stderr, status } = await isoauth(['request', 'GET', '/x', '-q', expression], {
      cwd: place.cwd,
    })
    expect(flat(stderr)).toContain(words)
    expect(stderr).toContain('CLI_ARGUMENTS_INVALID')
    expect([status, place.server.sandbox.requests.length]).toEqual([2, before])
  })

  it.each([
    ['<html>', 'text/html', '[].id', '--query needs an answer that is JSON'],
    [
      '{"id":1}',
      'application/json',
      'length(id)',
      'takes array or string or object, and was given number',
    ],
  ])('of an answer that it does not fit: %s', async (body, type, expression, words) => {
    const { stdout, stderr, status } = await answered(body, ['-q', expression], { type })
    expect(flat(stderr)).toContain(words)
    expect(stderr).toContain('CLI_ANSWER_UNREADABLE')
    expect([stdout, status]).toEqual(['', 1])
  })

  it('is not asked of a refusal, which is written whole', async () => {
    const { stdout, status } = await answered('{"error":"no"}', ['-q', '[].id'], { status: 404 })
    expect([stdout, status]).toEqual(['{"error":"no"}', 22])
  })

  it('--raw without it is refused', async () => {
    expect((await answered(accounts, ['--raw'])).stderr).toContain('add --query')
  })
})

describe('a 401', () => {
  it.each([
    ['ibkr-oauth1', '/v1/api', '/x'],
    ['ibkr-sso', '/v1/api', '/x'],
    ['ibkr-oauth2', '', '/gw/api/v1/echo/https'],
  ])('has no request of a person sent again: %s', async (service, base, path) => {
    // It shows this clock to be an hour late, which a client mends, to send what is safe again.
    const headers = { date: new Date(Date.now() + 3_600_000).toUTCString() }
    const refuse = () => new Response('{"error":"no"}', { status: 401, headers })
    const takeBack = place.server.sandbox.respond(base + path, refuse)
    const count = () =>
      place.server.sandbox.requests.filter((sent) => sent.path === base + path).length
    const before = count()
    const argv = ['request', 'GET', path, '--service', service]
    const { status, stderr } = await isoauth(argv, { cwd: place.cwd })
    expect([count() - before, status]).toEqual([1, 22])
    expect(flat(stderr)).toMatch(/Why: isoauth doctor $/)
    takeBack()
  })

  it('of a token that was kept makes another, for the next run and not for this one', async () => {
    // Of its own, since its clock is set.
    const other = await serve({ port: 0, credentials: testCredentials })
    try {
      const keygen = ['keygen', '--out', 'own', '--group', 'modp2048']
      expect((await isoauth(keygen, { cwd: place.cwd })).status).toBe(0)
      const { ibkr } = (await register(other, join(place.cwd, 'own'))) as {
        ibkr: { oauth1: object }
      }
      const oauth1 = { baseUrl: `${other.origin}/v1/api`, ...ibkr.oauth1 }
      await writeFile(join(place.cwd, 'own/own.json'), JSON.stringify({ ibkr: { oauth1 } }))
      const paths = () => other.sandbox.requests.map(({ path }) => path.replace('/v1/api', ''))
      const env = { XDG_CACHE_HOME: join(place.cwd, 'cache') }
      const argv = ['request', 'GET', '/portfolio/accounts', '-c', 'own/own.json']
      expect((await isoauth(argv, { cwd: place.cwd, env })).status).toBe(0)
      other.sandbox.advance(120_000)
      const now = () => Date.now() + 120_000
      other.sandbox.respond('/portfolio/accounts', { status: 401, body: 'no' }, { times: 1 })
      const refused = await isoauth(argv, { cwd: place.cwd, env, now })
      expect(paths()).toEqual([
        '/portal',
        '/oauth/live_session_token',
        '/portfolio/accounts',
        '/portfolio/accounts',
        '/oauth/live_session_token',
      ])
      expect(refused.status).toBe(22)
      expect(flat(refused.stderr)).toContain('A new one is kept now: send the request again.')
      expect((await isoauth(argv, { cwd: place.cwd, env, now })).status).toBe(0)
      expect(paths().slice(5)).toEqual(['/portfolio/accounts'])
    } finally {
      await other.close()
    }
  })
})
