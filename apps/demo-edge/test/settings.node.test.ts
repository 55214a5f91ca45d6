/** Settings that do not fit are refused by name, and a broker is never served to nobody in particular. */
import type { Sandbox } from '@isoauth/sandbox'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createHandler } from '../src/handler.ts'
import { readSettings } from '../src/settings.ts'
import { edge, PAGE, sandboxOf } from './support.ts'

const BROKER = 'https://api.ibkr.com/v1/api'
const IDENTITY = {
  ISOAUTH_EDGE_IDENTITY_ISSUER: 'https://team.cloudflareaccess.com',
  ISOAUTH_EDGE_IDENTITY_AUDIENCE: 'aud',
  ISOAUTH_EDGE_IDENTITY_JWKS_URL: 'https://team.cloudflareaccess.com/cdn-cgi/access/certs',
  ISOAUTH_EDGE_DEVELOPMENT_CODE: undefined,
}

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await sandboxOf('settings')
})

function refusedBy(changes: Record<string, string | undefined>): Record<string, unknown> {
  try {
    edge(sandbox, changes)
  } catch (error) {
    return error as Record<string, unknown>
  }
  throw new Error('expected a refusal')
}

it('whether a session is kept is one of two words', () => {
  const ISOAUTH_EDGE_KEEP_SESSION = 'yes'
  expect(refusedBy({ ISOAUTH_EDGE_KEEP_SESSION })).toMatchObject({
    code: 'EDGE_OPTION_INVALID',
    option: 'ISOAUTH_EDGE_KEEP_SESSION',
  })
  expect(() => edge(sandbox, { ISOAUTH_EDGE_KEEP_SESSION: 'compete' })).not.toThrow()
})

describe('an upstream that is not loopback', () => {
  it.each([
    ['the broker', { ISOAUTH_IBKR_OAUTH1_BASE_URL: BROKER }],
    ['the default, which is the broker', { ISOAUTH_IBKR_OAUTH1_BASE_URL: undefined }],
    [
      'a name that looks like loopback',
      { ISOAUTH_IBKR_OAUTH1_BASE_URL: 'https://127.0.0.1.nip.io/v1/api' },
    ],
    [
      'localhost with another end',
      { ISOAUTH_IBKR_OAUTH1_BASE_URL: 'https://localhost.example/v1/api' },
    ],
    [
      'loopback as the user',
      { ISOAUTH_IBKR_OAUTH1_BASE_URL: 'https://127.0.0.1@api.ibkr.com/v1/api' },
    ],
    ['a public page', { ISOAUTH_EDGE_ORIGIN: 'https://trading.example' }],
  ])('is refused without identity tokens: %s', (_, changes) => {
    expect(refusedBy(changes)).toMatchObject({
      code: 'EDGE_UPSTREAM_REFUSED',
      message: expect.stringContaining('ISOAUTH_EDGE_IDENTITY_ISSUER'),
    })
  })

  it('is refused by the handler itself, whoever made the settings', () => {
    const settings = readSettings(edge(sandbox).variables)
    const ibkr = { ...settings.ibkr, baseUrl: BROKER }
    expect(() => createHandler({ ...settings, ibkr }, { page: PAGE })).toThrow(/identity tokens/)
  })

  it('is served with identity tokens', () => {
    const ISOAUTH_EDGE_ORIGIN = 'https://trading.example'
    edge(sandbox, { ISOAUTH_IBKR_OAUTH1_BASE_URL: BROKER, ISOAUTH_EDGE_ORIGIN, ...IDENTITY })
  })
})

describe('a setting', () => {
  it.each([
    ['ISOAUTH_EDGE_ORIGIN', undefined],
    ['ISOAUTH_EDGE_ORIGIN', 'trading.example'],
    ['ISOAUTH_EDGE_ORIGIN', 'http://trading.example'],
    ['ISOAUTH_EDGE_ORIGIN', 'https://trading.example/'],
    ['ISOAUTH_EDGE_COOKIE_KEY', undefined],
    ['ISOAUTH_EDGE_COOKIE_KEY', 'HUSH'],
    ['ISOAUTH_EDGE_STORE_KEY', `${'A'.repeat(43)} HUSH`],
    ['ISOAUTH_EDGE_DEVELOPMENT_CODE', 'HUSH'],
    ['ISOAUTH_IBKR_OAUTH1_CONSUMER_KEY', ''],
    ['ISOAUTH_IBKR_OAUTH1_SIGNATURE_KEY', undefined],
    ['ISOAUTH_IBKR_OAUTH1_DH_PARAMETERS', ' \n'],
  ])('is refused by name: %s as %j', (name, value) => {
    const error = refusedBy({ [name]: value })
    expect(error).toMatchObject({ code: 'EDGE_OPTION_INVALID', option: name })
    expect(String(error['message'])).toContain(name)
    expect(String(error['message'])).not.toContain('HUSH')
  })

  it('must say how people sign in, in one way', () => {
    const code = { ISOAUTH_EDGE_DEVELOPMENT_CODE: undefined }
    expect(refusedBy(code)).toMatchObject({ option: 'ISOAUTH_EDGE_IDENTITY_ISSUER' })
    const both = { ...IDENTITY, ISOAUTH_EDGE_DEVELOPMENT_CODE: 'A'.repeat(22) }
    expect(refusedBy(both)).toMatchObject({ option: 'ISOAUTH_EDGE_DEVELOPMENT_CODE' })
    for (const name of ['ISOAUTH_EDGE_IDENTITY_AUDIENCE', 'ISOAUTH_EDGE_IDENTITY_JWKS_URL']) {
      expect(refusedBy({ ...IDENTITY, [name]: undefined })).toMatchObject({ option: name })
    }
    const http = { ...IDENTITY, ISOAUTH_EDGE_IDENTITY_JWKS_URL: 'http://team.example/certs' }
    expect(refusedBy(http)).toMatchObject({ option: 'ISOAUTH_EDGE_IDENTITY_JWKS_URL' })
  })
})

it('that only the client can judge is told in one line too, and no value with it', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {})
  for (const name of ['HTML', 'SCRIPT', 'STYLE', 'ICON']) vi.stubGlobal(`PAGE_${name}`, '')
  const { start } = await import('../src/server/start.ts')
  const listen = vi.fn()
  const { variables } = edge(sandbox)
  const ISOAUTH_IBKR_OAUTH1_BASE_URL = 'http://127.0.0.1:8787/v1/api?hush=HUSH'
  const status = await start({ ...variables, ISOAUTH_IBKR_OAUTH1_BASE_URL }, listen)
  const [[line] = []] = said.mock.calls
  vi.unstubAllGlobals()
  said.mockRestore()
  expect([status, listen.mock.calls]).toEqual([2, []])
  expect(line).toMatch(/^demo-edge: IBKR_OAUTH1_OPTION_INVALID: .*baseUrl/)
  expect(line).not.toContain('HUSH')
})
