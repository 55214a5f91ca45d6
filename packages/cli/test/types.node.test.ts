/** `isoauth types`: from a description to a file of types. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { correct } from '../src/internal/types/correct.ts'
import { IBKR_CORRECTIONS } from '../src/internal/types/corrections.ts'
import { loadGenerator, placesFor } from '../src/internal/types/generator.ts'
import { flat, isoauth, type Outside } from './harness.ts'

let server: Server
let origin: string
let cwd: string
let answer: (request: IncomingMessage, response: ServerResponse) => void

beforeAll(async () => {
  server = createServer((request, response) => answer(request, response))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
})

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'isoauth-types-'))
  return async () => await rm(cwd, { recursive: true, maxRetries: 5 })
})

const types = (argv: readonly string[], outside: Outside = {}) =>
  isoauth(['types', ...argv], { ...outside, cwd })

const json = (schema: object) => ({ content: { 'application/json': { schema } } })
const text = { type: 'string' }

/** Made for this test: of the broker's description no more than the places that are corrected. */
const DESCRIPTION = {
  openapi: '3.0.1',
  info: { title: 'Of a test */ x', version: '1' },
  paths: {
    '/gw/api/v1/sso-sessions': {
      post: {
        responses: {
          200: { description: '', ...json({ type: 'object', properties: { connected: text } }) },
          401: { $ref: '#/components/responses/Unauthorized' },
        },
      },
    },
    '/sso': {
      post: {
        parameters: [{ $ref: '#/components/parameters/AuthorizationHeaderParam' }],
        responses: {},
      },
    },
    '/oauth/live_session_token': {
      post: {
        responses: {
          200: {
            description: '',
            ...json({ type: 'object', properties: { diffie_hellman_challenge: text } }),
          },
        },
      },
    },
  },
  components: {
    parameters: {
      AuthorizationHeaderParam: {
        name: 'authorization',
        in: 'header',
        required: true,
        schema: text,
      },
    },
    responses: {
      Unauthorized: {
        description: '',
        content: { 'application/problem+json': { schema: { type: 'object' } } },
      },
    },
    schemas: {
      errorResponse: { type: 'object', properties: { statusCode: text } },
      CreateBrowserSessionResponse: {
        type: 'object',
        required: ['access_token'],
        properties: { url: text },
      },
      successfulTickleResponse: {
        type: 'object',
        properties: {
          hmds: {
            type: 'object',
            properties: {
              authStatus: { type: 'array', properties: { connected: { type: 'boolean' } } },
            },
          },
        },
      },
      TokenRequest: { type: 'object', properties: { clientId: text, clientAssertion: text } },
    },
  },
}

const save = (value: unknown, name = 'api.json') =>
  writeFile(join(cwd, name), typeof value === 'string' ? value : JSON.stringify(value))

const ARGV = ['--from', 'api.json', '--out', 'api.d.ts']

describe('types', () => {
  it('of a file, with every correction, told', async () => {
    await save(DESCRIPTION)
    const { stdout, stderr, status } = await types(ARGV)
    expect([stderr, status]).toEqual(['', 0])
    expect(stdout).toMatch(/^Written: api\.d\.ts, 3 paths\n/)
    expect(stdout.match(/^Corrected: /gm)).toHaveLength(IBKR_CORRECTIONS.length)
    const written = await readFile(join(cwd, 'api.d.ts'), 'utf8')
    expect(written).toMatch(
      /^\/\*\* Made by "isoauth types" out of .* "Of a test {2}x", version 1\.\n/,
    )
    for (const { description } of IBKR_CORRECTIONS) {
      expect(written).toContain(`\n * Corrected: ${description}.\n`)
    }
    expect(written).toContain('authorization?: components')
    expect(written).toMatch(/"application\/json": \{\s+error: string;\s+statusCode\?: number;/)
    expect(written).toMatch(/errorResponse: \{\s+statusCode\?: number;/)
    expect(written).toMatch(/CreateBrowserSessionResponse: \{\s+url: string;/)
    expect(written).toMatch(/authStatus\?: \{\s+connected\?: boolean;/)
    expect(written).toContain('diffie_hellman_response?: string')
    expect(written).toContain('client_assertion?: string')
    expect(written).not.toMatch(/clientAssertion|diffie_hellman_challenge|unknown\[\]/)
  })

  it('of an address, and of no broker without corrections', async () => {
    const { '/sso': sso } = DESCRIPTION.paths
    answer = (_, response) =>
      response.end(`\uFEFF${JSON.stringify({ ...DESCRIPTION, paths: { '/sso': sso } })}`)
    const run = await types(['--from', `${origin}/api`, '--out', 'api.d.ts', '--json'])
    expect(JSON.parse(run.stdout)).toEqual({
      out: join(cwd, 'api.d.ts'),
      paths: 1,
      corrections: [],
    })
    expect(await readFile(join(cwd, 'api.d.ts'), 'utf8')).toContain('authorization: components')
  })

  it("of the sandbox's own description, as the example over openapi-fetch has them", async () => {
    const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
    const example = at('tests/peers/sandbox-api.d.ts')
    const out = env['ISOAUTH_WRITE'] === undefined ? join(cwd, 'sandbox-api.d.ts') : example
    const run = await types(['--from', at('packages/sandbox/openapi.json'), '--out', out])
    expect([run.stderr, run.status]).toEqual(['', 0])
    expect(await readFile(out, 'utf8')).toBe(await readFile(example, 'utf8'))
  })

  it('corrects nothing twice, and nothing that is not there', () => {
    const { description, applied } = correct(DESCRIPTION, IBKR_CORRECTIONS)
    expect(applied).toHaveLength(IBKR_CORRECTIONS.length)
    expect(correct(description, IBKR_CORRECTIONS).applied).toEqual([])
    expect(correct({ paths: {} }, IBKR_CORRECTIONS)).toEqual({
      description: { paths: {} },
      applied: [],
    })
    expect(JSON.stringify(DESCRIPTION)).toContain('clientAssertion')
  })
})

describe('--out', () => {
  it('is written anew where this command wrote it, else only by --force', async () => {
    await save(DESCRIPTION)
    expect((await types(ARGV)).status).toBe(0)
    expect((await types(ARGV)).status).toBe(0)
    const own = join(cwd, 'api.d.ts')
    await writeFile(own, 'export interface Mine {}\n')
    const kept = await types(ARGV)
    expect([kept.status, await readFile(own, 'utf8')]).toEqual([1, 'export interface Mine {}\n'])
    expect(kept.stderr).toContain('CLI_FILE_EXISTS')
    expect((await types([...ARGV, '--force'])).status).toBe(0)
    expect((await readdir(cwd)).sort()).toEqual(['api.d.ts', 'api.json'])
  })

  it('that cannot be written is told', async () => {
    await save(DESCRIPTION)
    const run = await types(['--from', 'api.json', '--out', 'gone/api.d.ts'])
    expect(run.stderr).toContain('CLI_FILE_UNWRITABLE')
    expect(run.status).toBe(1)
  })
})

describe('refused, with nothing written', () => {
  const { paths } = DESCRIPTION
  it.each<[string, unknown, string]>([
    ['YAML', 'openapi: 3.0.0\n', 'is no JSON'],
    ['a list', [], 'but no object'],
    ['Swagger 2', { swagger: '2.0', paths }, 'a description of Swagger 2'],
    ['OpenAPI 4', { openapi: '4.0.0', paths }, 'no OpenAPI 3 description'],
    ['no paths', { openapi: '3.0.0' }, 'no OpenAPI 3 description'],
    ['another file', { openapi: '3.0.0', paths: { '/x': { $ref: '/etc/passwd' } } }, '($ref)'],
    [
      'another address',
      { openapi: '3.0.0', paths: { '/x': { $ref: 'http://a.example/' } } },
      '($ref)',
    ],
    [
      'a reference to nothing',
      { openapi: '3.0.0', info: {}, paths: { '/x': { $ref: '#/gone' } } },
      'cannot make types',
    ],
  ])('%s', async (_, description, words) => {
    await save(description)
    const { stderr, status } = await types(ARGV)
    expect(flat(stderr)).toContain(words)
    expect(stderr).toContain('CLI_DESCRIPTION_UNREADABLE')
    expect(status).toBe(1)
    expect(await readdir(cwd)).toEqual(['api.json'])
  })

  it.each([
    ['http://', 2, 'https://'],
    ['http://a.example/x', 2, 'https://'],
    ['https://user:pLaNtEd@a.example/x', 2, 'without a user name'],
    ['ftp://a.example/x', 2, 'https://'],
    ['gone.json', 2, 'CLI_FILE_UNREADABLE'],
  ])('--from %s', async (from, expected, words) => {
    const { stderr, status } = await types(['--from', from, '--out', 'api.d.ts'])
    expect(flat(stderr)).toContain(words)
    expect(stderr).not.toContain('pLaNtEd')
    expect(status).toBe(expected)
  })
})

describe('an address', () => {
  const again: typeof answer = (_, response) =>
    response.writeHead(302, { location: '/again' }).end()
  const from = (...argv: string[]) => [
    '--from',
    `${origin}/api?secret=pLaNtEd`,
    '--out',
    'api.d.ts',
    ...argv,
  ]

  it.each<[string, typeof answer, string]>([
    ['that answers 404', (_, response) => response.writeHead(404).end('no'), 'answered 404'],
    ['that is redirected without an end', again, 'redirected again and again'],
    [
      'that gives a page',
      (_, response) => response.end('<html>'),
      'a page (HTML) is not the description',
    ],
    [
      'that never ends',
      (_, response) => {
        const timer = setInterval(() => response.write(Buffer.alloc(1 << 20, 32)), 1)
        response.on('close', () => clearInterval(timer))
      },
      'larger than 32 MiB',
    ],
  ])('%s', async (_, given, words) => {
    answer = given
    const { stderr, status } = await types(from())
    expect(flat(stderr)).toContain(words)
    expect(stderr).not.toContain('pLaNtEd')
    expect(status).toBe(1)
    expect(await readdir(cwd)).toEqual([])
  })

  it.each(['http://a.example/', 'file:///etc/passwd', 'https://user@a.example/'])(
    'that leads to %s is not followed there',
    async (location) => {
      answer = (_, response) => response.writeHead(302, { location }).end()
      const { stderr, status } = await types(from())
      expect(flat(stderr)).toContain('leads to none that is otherwise')
      expect(status).toBe(2)
    },
  )

  it('that is silent is left at --max-time, and when interrupted', async () => {
    answer = () => {}
    const late = await types(from('--max-time', '0.2'))
    expect(flat(late.stderr)).toContain('not given a description within 0.2 s')
    expect(late.status).toBe(1)
    const controller = new AbortController()
    answer = () => controller.abort()
    const interrupted = await types(from(), { signal: controller.signal })
    expect([interrupted.stderr, interrupted.status]).toEqual(['', 130])
  })
})

describe('the generator', () => {
  it("is found in the user's project, and its absence is told with what to install", async () => {
    const here = new URL('../node_modules/openapi-typescript', import.meta.url)
    await mkdir(join(cwd, 'node_modules'))
    await symlink(here, join(cwd, 'node_modules/openapi-typescript'))
    const none = () => Promise.reject(Object.assign(new Error(), { code: 'ERR_MODULE_NOT_FOUND' }))
    const { openapi, info } = DESCRIPTION
    const [, ofProject = none] = placesFor(cwd)
    const generate = await loadGenerator([none, ofProject])
    expect(await generate({ openapi, info, paths: {} })).toContain('export type paths')
    const missing = loadGenerator([none, none])
    await expect(missing).rejects.toMatchObject({ code: 'CLI_GENERATOR_MISSING' })
    await expect(missing).rejects.toThrow('npm install --save-dev openapi-typescript@7.13.0')
  })

  it('is named with the version that is tested', async () => {
    const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
    const { stdout } = await isoauth(['types', '--help'])
    expect(stdout).toContain(`openapi-typescript@${manifest.devDependencies['openapi-typescript']}`)
  })
})
