/** Sign-in by the platform's identity token, and every token that is none. */
import type { Sandbox } from '@isoauth/sandbox'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  cookieOf,
  type Edge,
  edge,
  type Fetch,
  pageRequest,
  refusalOf,
  sandboxOf,
} from './support.ts'

const ISSUER = 'https://team.cloudflareaccess.com'
const AUDIENCE = 'the-application'
const HEADER = 'cf-access-jwt-assertion'
const VARIABLES = {
  ISOAUTH_EDGE_DEVELOPMENT_CODE: undefined,
  ISOAUTH_EDGE_IDENTITY_ISSUER: ISSUER,
  ISOAUTH_EDGE_IDENTITY_AUDIENCE: AUDIENCE,
  ISOAUTH_EDGE_IDENTITY_JWKS_URL: `${ISSUER}/cdn-cgi/access/certs`,
}
const REFUSED = { status: 403, code: 'EDGE_SIGN_IN_REFUSED' }

let sandbox: Sandbox
let usual: Edge
let platform: CryptoKeyPair
let publicJwk: JWK

/** The platform's keys, and the sandbox. */
const fetch = (async (input, init) =>
  String(input) === VARIABLES.ISOAUTH_EDGE_IDENTITY_JWKS_URL
    ? Response.json({ keys: [publicJwk] })
    : sandbox.fetch(input, init)) as Fetch

beforeAll(async () => {
  sandbox = await sandboxOf('identity')
  platform = (await generateKeyPair('RS256')) as CryptoKeyPair
  publicJwk = { ...(await exportJWK(platform.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }
  usual = edge(sandbox, VARIABLES, { fetch })
})

interface TokenChanges {
  readonly claims?: Record<string, unknown>
  readonly key?: CryptoKey | Uint8Array
  readonly alg?: string
  readonly aud?: string
  readonly iss?: string
  readonly expiresIn?: number
}

async function token(changes: TokenChanges = {}): Promise<string> {
  const { claims = { sub: 'person-1', email: 'mara@example.com' }, expiresIn = 600 } = changes
  const nowSeconds = Math.floor(usual.time.now / 1000)
  return new SignJWT(claims)
    .setProtectedHeader({ alg: changes.alg ?? 'RS256', kid: 'k1', typ: 'JWT' })
    .setIssuer(changes.iss ?? ISSUER)
    .setAudience([changes.aud ?? AUDIENCE])
    .setIssuedAt(nowSeconds - 10)
    .setExpirationTime(nowSeconds + expiresIn)
    .sign(changes.key ?? platform.privateKey)
}

const signIn = (value: string, { handle }: Edge = usual) =>
  handle(pageRequest('/session', { method: 'POST', headers: { [HEADER]: value } }))

describe('a verified identity token', () => {
  it('gives a session that ends with it', async () => {
    const answer = await signIn(await token())
    expect(answer.status).toBe(200)
    expect(answer.headers.get('set-cookie')).toMatch(/; Max-Age=(600|599)$/)
    expect(await answer.json()).toMatchObject({
      signIn: 'identity-token',
      session: { subject: 'person-1', name: 'mara@example.com' },
    })
    const headers = { cookie: cookieOf(answer) }
    expect((await usual.handle(pageRequest('/api/portfolio/accounts', { headers }))).status).toBe(
      200,
    )
  })

  it('gives it to those on the list of people only', async () => {
    const people = (list: string) =>
      edge(sandbox, { ...VARIABLES, ISOAUTH_EDGE_IDENTITY_PEOPLE: list }, { fetch })
    const mine = await token()
    expect((await signIn(mine, people('theo@example.com, mara@example.com'))).status).toBe(200)
    expect((await signIn(mine, people('person-1'))).status).toBe(200)
    expect(await refusalOf(signIn(mine, people('theo@example.com')))).toEqual(REFUSED)
  })
})

describe('what is no proof', () => {
  it.each<[string, () => Promise<string> | string]>([
    ['nothing', () => ''],
    ['rubbish', () => 'rubbish'],
    ['another audience', () => token({ aud: 'another-application' })],
    ['another issuer', () => token({ iss: 'https://other.cloudflareaccess.com' })],
    ['a token of the past', () => token({ expiresIn: -60 })],
    ['another key', async () => token({ key: (await generateKeyPair('RS256')).privateKey })],
    ['alg none', async () => withHeader(await token(), { alg: 'none', kid: 'k1' }, '')],
    [
      'alg HS256 under the public key',
      () => token({ alg: 'HS256', key: utf8(JSON.stringify(publicJwk)) }),
    ],
    ['a changed claim', async () => changedClaim(await token())],
    ['a token without subject', () => token({ claims: { email: 'mara@example.com' } })],
    ['a token of a program', () => token({ claims: { sub: '', common_name: 'service' } })],
  ])('is %s', async (_, make) => {
    const answer = await signIn(await make())
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(await refusalOf(answer)).toEqual(REFUSED)
  })

  it('is the development code, or a token in another header', async () => {
    const body = JSON.stringify({ code: 'A'.repeat(22) })
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await token()}` }
    const request = pageRequest('/session', { method: 'POST', headers, body })
    expect(await refusalOf(usual.handle(request))).toEqual(REFUSED)
  })
})

describe('what is told of a refusal', () => {
  const told = async (answer: Response) => (await answer.json()) as { error: { message: string } }

  it('is the claim that does not fit, and nothing that it holds', async () => {
    const { error } = await told(await signIn(await token({ iss: 'https://other.example' })))
    expect(error.message).toContain('(ERR_JWT_CLAIM_VALIDATION_FAILED, iss)')
    expect(error.message).not.toContain('other.example')
  })

  it.each<[string, () => Response | Promise<Response>]>([
    ['are not reached', () => Promise.reject(new TypeError('fetch failed'))],
    ['are not found', () => new Response('no such team', { status: 404 })],
    ['are a page', () => new Response('<!doctype html>')],
    ['are no keys', () => Response.json({ public_certs: [] })],
  ])('is not that the token is wrong, where the keys %s', async (_, certs) => {
    const failing = edge(sandbox, VARIABLES, { fetch: (async () => certs()) as Fetch })
    const answer = await signIn(await token(), failing)
    expect(answer.status).toBe(502)
    const { error } = await told(answer)
    expect(error).toMatchObject({ code: 'EDGE_IDENTITY_KEYS_FAILED' })
    expect(error.message).toContain('ISOAUTH_EDGE_IDENTITY_JWKS_URL')
  })

  it('is that the token is wrong, where no key fits it', async () => {
    const keys = [{ ...publicJwk, kid: 'k2' }]
    const rotated = edge(sandbox, VARIABLES, {
      fetch: (async () => Response.json({ keys })) as Fetch,
    })
    expect(await refusalOf(signIn(await token(), rotated))).toEqual(REFUSED)
  })
})

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function withHeader(jwt: string, header: object, signature: string): string {
  return `${encode(header)}.${jwt.split('.')[1]}.${signature}`
}

function changedClaim(jwt: string): string {
  const [header, payload = '', signature] = jwt.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  return `${header}.${encode({ ...claims, sub: 'person-2' })}.${signature}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
