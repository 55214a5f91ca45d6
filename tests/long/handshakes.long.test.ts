/**
 * Ten thousand handshakes over random exponents, none of which may fail.
 *
 * Client and sandbox share no arithmetic, and OpenSSL computes each shared secret and token a third
 * time. Exponents come from a seed: what fails is printed with the variables that run it again.
 *
 * HANDSHAKES: how many (10000); HANDSHAKE_SEED: any text (random).
 */
import {
  constants,
  createDiffieHellman,
  createHash,
  createHmac,
  type DiffieHellman,
  publicEncrypt,
  randomBytes,
} from 'node:crypto'
import { env } from 'node:process'
import { type DhParameters, parseDhParameters } from '@isoauth/core-crypto'
import {
  createIbkrOAuth1,
  prepareLiveSessionTokenRequest,
  processLiveSessionTokenResponse,
} from '@isoauth/ibkr-oauth1'
import { createSandbox, type Sandbox, type SandboxCredentials } from '@isoauth/sandbox'
import { expect, it } from 'vitest'
import vectors from '../../vectors/ibkr-oauth1.json' with { type: 'json' }

const ORIGIN = 'http://127.0.0.1:8787'
const count = Number(env['HANDSHAKES'] ?? 10_000)
const seed = env['HANDSHAKE_SEED'] ?? randomBytes(8).toString('hex')
const LIMIT_MS = 20 * 60_000

/** One in so many goes through a whole client, which draws its own exponent and sends a request. */
const CLIENT_EVERY = 10
/** One in so many is given everything as text, and decrypts the secret; the others have both read already. */
const TEXTS_EVERY = 21

/** Secrets as long as the broker's with every kind of first byte, and a longer one. */
const SECRETS: readonly Uint8Array[] = [
  randomBytes(20),
  Uint8Array.of(0, 0, ...randomBytes(18)),
  Uint8Array.of(255, ...randomBytes(19)),
  randomBytes(32),
]

interface Party {
  readonly name: string
  readonly group: { readonly primeHex: string; readonly generator: number }
  /** The group, read once: that puts its prime to a test which costs more than a handshake does. */
  readonly parsed: DhParameters
  readonly secret: Uint8Array
  readonly sandbox: Sandbox
  readonly clientExponent: (i: number) => Buffer
  readonly serverExponent: (i: number) => Buffer
  readonly count: number
}

interface Tally {
  done: number
  /** Shared secrets by their length as a number, in bytes. */
  readonly secretBytes: Map<number, number>
  /** Those whose top bit is set, which the token's key spells with a zero byte before. */
  padded: number
  decrypted: number
  byClient: number
  readonly failures: string[]
}

it(`succeeds in ${count} handshakes`, { timeout: LIMIT_MS + 30_000 }, async () => {
  const parties = await makeParties()
  const tally: Tally = {
    done: 0,
    secretBytes: new Map(),
    padded: 0,
    decrypted: 0,
    byClient: 0,
    failures: [],
  }
  const started = performance.now()
  await Promise.all(parties.map((party) => runParty(party, tally, started + LIMIT_MS)))
  report(tally, (performance.now() - started) / 1000)

  expect(tally.failures).toEqual([])
  expect(tally.done).toBe(count)
  const issued = parties.reduce((sum, { sandbox }) => sum + sandbox.counts.handshakes, 0)
  const refused = parties.reduce((sum, { sandbox }) => sum + sandbox.counts.refused, 0)
  expect([issued, refused]).toEqual([count, 0])
})

/** A sandbox for each group and secret, all with the same RSA keys. */
async function makeParties(): Promise<Party[]> {
  const { credentials } = await createSandbox({ origin: ORIGIN })
  const kinds = Object.entries(vectors.dhGroups).flatMap(([groupName, group]) =>
    SECRETS.map((secret, i) => ({ name: `${groupName}/${i}`, group, secret })),
  )
  return Promise.all(
    kinds.map(async ({ name, group, secret }, i) => {
      const share = Math.floor((count + i) / kinds.length)
      const exponent = (side: string) => (index: number) =>
        createHash('sha256').update(`${seed} ${name} ${side} ${index}`).digest()
      const serverExponent = exponent('server')
      const sandbox = await createSandbox({
        origin: ORIGIN,
        credentials: withSecret(credentials, secret, group.pem),
        nextServerExponents: Array.from({ length: share }, (_, at) => toBigInt(serverExponent(at))),
        maxRecords: 1,
      })
      return {
        name,
        group,
        parsed: parseDhParameters(group.pem),
        secret,
        sandbox,
        clientExponent: exponent('client'),
        serverExponent,
        count: share,
      }
    }),
  )
}

function withSecret(
  { ibkr, ultracart }: SandboxCredentials,
  secret: Uint8Array,
  dhParameters: string,
): SandboxCredentials {
  const key = { key: ibkr.oauth1.encryptionKey, padding: constants.RSA_PKCS1_PADDING }
  const accessTokenSecret = publicEncrypt(key, secret).toString('base64')
  const oauth1 = { ...ibkr.oauth1, accessTokenSecret, dhParameters }
  return { ibkr: { ...ibkr, oauth1 }, ultracart }
}

async function runParty(party: Party, tally: Tally, endsAt: number): Promise<void> {
  const openssl = createDiffieHellman(
    Buffer.from(party.group.primeHex, 'hex'),
    party.group.generator,
  )
  for (let i = 0; i < party.count && tally.failures.length < 5; i++) {
    if (performance.now() > endsAt) {
      tally.failures.push(`time was up after ${i} of ${party.count} of ${party.name}`)
      return
    }
    const isByClient = i % CLIENT_EVERY === 0
    try {
      if (isByClient) await signInByClient(party, i, tally)
      else await signInByPair(party, i, tally, openssl)
      tally.done++
    } catch (error) {
      tally.failures.push(describeFailure(party, i, isByClient, error))
    }
  }
}

/** The request and the answer by hand, with a known exponent. */
async function signInByPair(
  party: Party,
  i: number,
  tally: Tally,
  openssl: DiffieHellman,
): Promise<void> {
  const { sandbox, secret } = party
  const exponent = party.clientExponent(i)
  const { request, pending } = await prepareLiveSessionTokenRequest({
    ...credentialsFor(party, i, tally),
    random: () => exponent,
  })
  const { token } = await processLiveSessionTokenResponse(await sandbox.fetch(request), pending)

  openssl.setPrivateKey(exponent)
  const challenge = openssl.generateKeys()
  openssl.setPrivateKey(party.serverExponent(i))
  const shared = minimal(openssl.computeSecret(challenge))
  const isPadded = (shared[0] as number) >= 0x80
  const key = isPadded ? Buffer.concat([Buffer.of(0), shared]) : shared
  const expected = createHmac('sha1', key).update(secret).digest()
  if (!expected.equals(token)) throw new Error('OpenSSL computes another token')
  tally.secretBytes.set(shared.length, (tally.secretBytes.get(shared.length) ?? 0) + 1)
  if (isPadded) tally.padded++
}

/** A client as programs use it, up to an accepted request. */
async function signInByClient(party: Party, i: number, tally: Tally): Promise<void> {
  const fetch = party.sandbox.fetch
  const client = createIbkrOAuth1({ ...credentialsFor(party, i, tally), fetch })
  const { status } = await client.fetch('/portfolio/accounts')
  if (status !== 200) throw new Error(`the request after it was answered with ${status}`)
  tally.byClient++
}

function credentialsFor({ sandbox, secret, parsed }: Party, i: number, tally: Tally) {
  const { accessTokenSecret, encryptionKey, ...rest } = sandbox.credentials.ibkr.oauth1
  if (i % TEXTS_EVERY !== 0) {
    return { ...rest, dhParameters: parsed, decryptedAccessTokenSecret: secret }
  }
  tally.decrypted++
  return { ...rest, accessTokenSecret, encryptionKey }
}

function describeFailure(party: Party, i: number, isByClient: boolean, error: unknown): string {
  const { code = '', message } = error as Error & { code?: string }
  const client = isByClient ? 'its own' : `0x${party.clientExponent(i).toString('hex')}`
  const server = `0x${party.serverExponent(i).toString('hex')}`
  return (
    `${party.name} ${i}: ${code} ${message}; exponents: client ${client}, server ${server}; ` +
    `again with HANDSHAKES=${count} HANDSHAKE_SEED='${seed}'`
  )
}

function report(tally: Tally, seconds: number): void {
  const lengths = [...tally.secretBytes].sort(([a], [b]) => b - a)
  console.log(
    [
      `${tally.done} handshakes in ${seconds.toFixed(0)} s, ${tally.failures.length} failed (seed ${seed})`,
      `by a whole client: ${tally.byClient}; with the secret decrypted anew: ${tally.decrypted}`,
      `shared secrets by bytes: ${lengths.map(([bytes, n]) => `${bytes}: ${n}`).join(', ')}; top bit set: ${tally.padded}`,
    ].join('\n'),
  )
}

function minimal(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0)
  return bytes.subarray(first)
}

function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`)
}
