/**
 * The whole set-up of an OAuth 1.0a session: secret decrypted, challenge computed, request signed, answer
 * processed, proof verified. Against the same steps by native code alone, keys read beforehand, and against a
 * client of others that a program would use instead, keys read each time as it does.
 */
import {
  constants,
  createDiffieHellman,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSign,
  diffieHellman,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto'
import {
  base64ToBytes,
  bigIntToTwosComplement,
  bytesToBase64,
  bytesToHex,
  computeDhSharedSecret,
  type DhParameters,
  encodeDhParameters,
  generateDhKeyPair,
  hmacSha1,
  importRsaSigningKey,
  modPow,
  randomBytes,
  signRsaSha256,
} from '@isoauth/core-crypto'
import { decryptRsaPkcs1v15, importRsaDecryptionKey } from '@isoauth/core-crypto/rsaes-pkcs1-v1_5'
import {
  prepareLiveSessionTokenRequest,
  processLiveSessionTokenResponse,
} from '@isoauth/ibkr-oauth1'
import { IbkrClient } from 'ibkr-client'
import { encodeDer, encodeDerInteger } from '../der.ts'
import { expectEqual } from '../expect.ts'
import { bytesOf, GROUP, numberOf, randomNumber } from '../numbers.ts'
import type { Contender, Cost } from '../paired-rounds.ts'

const group = GROUP
const baseString = `${'ab'.repeat(20)}POST&https%3A%2F%2Fapi.ibkr.com%2Fv1%2Fapi%2Foauth%2Flive_session_token&${'x'.repeat(700)}`

export async function sessionSetUpCosts(): Promise<Cost[]> {
  const server = makeServer()
  const [portable, auto] = [await steps(server, 'portable'), await steps(server, 'auto')]
  const exchanges = [preparedExchange(server)]
  if (hasKeyObjects) exchanges.push(keyObjectExchange(server))
  const natives = exchanges.map((exchange) => nativeSteps(server, exchange))
  if (hasKeyObjects) natives.push(await nativeStepsByWebCrypto(server, keyObjectExchange(server)))
  for (const step of [portable, auto, ...natives]) {
    expectEqual(`live session token by ${step.name}`, await step.run(), await portable.run())
  }
  const flows = [
    wholeFlow(server, { name: 'ours', acceleration: 'auto', groups: [group] }),
    wholeFlow(server, { name: 'ours, new primes', acceleration: 'auto', groups: NEW_GROUPS }),
    wholeFlow(server, { name: 'ours, portable', acceleration: 'portable', groups: [group] }),
    peerFlow(server),
  ]
  // Once with each group, so that no round makes the broker's answer.
  for (const flow of NEW_GROUPS.flatMap(() => flows)) {
    expectEqual(`proof by ${flow.name}`, await flow.run(), true)
  }
  return [
    {
      id: 'session-set-up',
      title: 'session set-up, keys read beforehand',
      contenders: [portable, auto, ...natives],
      rounds: 200,
    },
    {
      id: 'session-set-up-whole',
      title: 'session set-up from a configuration to a verified token',
      contenders: flows,
      rounds: 30,
    },
  ]
}

/**
 * The first primes above 2^2047. One more than are remembered once they were tested, so that in turn each is tested
 * anew, as the prime of a program's first client is.
 */
const NEW_GROUPS = [
  1919n,
  2111n,
  2895n,
  5061n,
  6561n,
  6581n,
  7115n,
  10985n,
  11955n,
  12285n,
  14871n,
  17403n,
  22691n,
  23625n,
  23705n,
  23751n,
  26853n,
].map((step) => ({ prime: 2n ** 2047n + step, generator: 2n }))

/** The broker's side: what is fixed for one session, so that every contender comes to one token. */
interface Server {
  readonly signaturePem: string
  readonly encryptionPem: string
  readonly secret: Uint8Array
  readonly ciphertext: Uint8Array
  readonly exponent: bigint
  readonly publicKey: bigint
}

function makeServer(): Server {
  const [signature, encryption] = [0, 1].map(() =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
  )
  if (signature === undefined || encryption === undefined) throw new Error('no keys')
  const secret = randomBytes(32)
  const exponent = randomNumber(256)
  const pem = { format: 'pem', type: 'pkcs1' } as const
  const key = { key: encryption.publicKey, padding: constants.RSA_PKCS1_PADDING }
  return {
    signaturePem: signature.privateKey.export(pem) as string,
    encryptionPem: encryption.privateKey.export(pem) as string,
    secret,
    ciphertext: new Uint8Array(publicEncrypt(key, secret)),
    exponent,
    publicKey: modPow(group.generator, exponent, group.prime),
  }
}

const hasKeyObjects = !('Bun' in globalThis)

/** A fixed exponent, so that all come to the same token. */
const random = () => new Uint8Array(32).fill(0xa5)

async function steps(server: Server, acceleration: 'auto' | 'portable'): Promise<Contender> {
  const signing = await importRsaSigningKey(server.signaturePem)
  const decryption = await importRsaDecryptionKey(server.encryptionPem, { acceleration })
  return {
    name: acceleration === 'auto' ? 'ours' : 'ours, portable',
    async run() {
      const secret = await decryptRsaPkcs1v15(decryption, server.ciphertext)
      const keyPair = generateDhKeyPair(group, { random, acceleration })
      await signRsaSha256(signing, baseString)
      const shared = computeDhSharedSecret({
        parameters: group,
        privateKey: keyPair,
        peerPublicKey: server.publicKey,
        acceleration,
      })
      return bytesToHex(hmacSha1(bigIntToTwosComplement(shared), secret))
    },
  }
}

/** The same steps by `node:crypto` alone, without any check. */
function nativeSteps(server: Server, exchange: NativeExchange): Contender {
  const signatureKey = createPrivateKey(server.signaturePem)
  const encryptionKey = createPrivateKey(server.encryptionPem)
  const padding = constants.RSA_NO_PADDING
  return {
    name: exchange.name,
    run() {
      const encoded = privateDecrypt({ key: encryptionKey, padding }, server.ciphertext)
      const secret = encoded.subarray(encoded.indexOf(0, 2) + 1)
      const agree = exchange.begin()
      createSign('RSA-SHA256').update(baseString).sign(signatureKey)
      const shared = BigInt(`0x${agree().toString('hex')}`)
      return createHmac('sha1', bigIntToTwosComplement(shared)).update(secret).digest('hex')
    },
  }
}

/**
 * The same steps by the same native calls as ours: the signature is Web Cryptography's, whose work is done in another
 * thread, and it is verified. What is left to ours are the checks of keys, numbers and padding.
 */
async function nativeStepsByWebCrypto(
  server: Server,
  exchange: NativeExchange,
): Promise<Contender> {
  const { cryptoKey, publicKey } = await importRsaSigningKey(server.signaturePem)
  const encryptionKey = createPrivateKey(server.encryptionPem)
  const padding = constants.RSA_NO_PADDING
  const data = new TextEncoder().encode(baseString)
  const [algorithm, { subtle }] = ['RSASSA-PKCS1-v1_5', globalThis.crypto]
  return {
    name: `${exchange.name}, Web Cryptography`,
    async run() {
      const encoded = privateDecrypt({ key: encryptionKey, padding }, server.ciphertext)
      const secret = encoded.subarray(encoded.indexOf(0, 2) + 1)
      const agree = exchange.begin()
      const signature = await subtle.sign(algorithm, cryptoKey as CryptoKey, data)
      await subtle.verify(algorithm, publicKey as CryptoKey, signature, data)
      const shared = BigInt(`0x${agree().toString('hex')}`)
      return createHmac('sha1', bigIntToTwosComplement(shared)).update(secret).digest('hex')
    },
  }
}

/** The two powers of an exchange by native code. */
interface NativeExchange {
  readonly name: string
  begin(): () => Buffer
}

/** By an object that is made of the prime beforehand, which takes 300 ms (Bun: 1500), since it proves the prime. */
function preparedExchange({ publicKey }: Server): NativeExchange {
  const exchange = createDiffieHellman(bytesOf(group.prime), bytesOf(group.generator))
  const [peer, generator] = [bytesOf(publicKey), bytesOf(group.generator)]
  return {
    name: 'native, exchange made ahead',
    begin() {
      exchange.setPrivateKey(Buffer.from(random()))
      exchange.computeSecret(generator)
      return () => exchange.computeSecret(peer)
    },
  }
}

/** By key objects, which take any prime at once; Bun and Deno have none of this kind, or slow ones. */
function keyObjectExchange({ publicKey }: Server): NativeExchange {
  const secret = numberOf(random())
  const parameters = encodeDer(
    0x30,
    encodeDerInteger(group.prime),
    encodeDerInteger(group.generator),
  )
  const algorithm = encodeDer(0x30, Buffer.from('06092a864886f70d010301', 'hex'), parameters)
  const octets = encodeDer(0x04, encodeDerInteger(secret))
  const privateDer = Buffer.from(encodeDer(0x30, encodeDerInteger(0n), algorithm, octets))
  const bits = encodeDer(0x03, Buffer.from([0]), encodeDerInteger(publicKey))
  const peerDer = Buffer.from(encodeDer(0x30, algorithm, bits))
  return {
    name: 'native, key objects',
    begin() {
      const privateKey = createPrivateKey({ key: privateDer, format: 'der', type: 'pkcs8' })
      createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
      return () =>
        diffieHellman({
          privateKey,
          publicKey: createPublicKey({ key: peerDer, format: 'der', type: 'spki' }),
        })
    },
  }
}

/** The broker's answer to a challenge. */
function answer(
  { exponent, secret }: Server,
  { prime }: DhParameters,
  challenge: string,
): { response: string; proof: string } {
  const shared = modPow(BigInt(`0x${challenge}`), exponent, prime)
  const token = hmacSha1(bigIntToTwosComplement(shared), secret)
  return {
    response: modPow(2n, exponent, prime).toString(16),
    proof: bytesToHex(hmacSha1(token, 'TESTCONSU')),
  }
}

interface Flow {
  readonly name: string
  readonly acceleration: 'auto' | 'portable'
  /** Taken in turn. */
  readonly groups: readonly DhParameters[]
}

function wholeFlow(server: Server, { name, acceleration, groups }: Flow): Contender {
  const answers = new Map<string, { response: string; proof: string }>()
  const files = groups.map((parameters) => ({ parameters, pem: encodeDhParameters(parameters) }))
  let runs = 0
  return {
    name,
    async run() {
      const file = files[runs++ % files.length]
      if (file === undefined) throw new Error('no group')
      const { request, pending } = await prepareLiveSessionTokenRequest({
        consumerKey: 'TESTCONSU',
        accessToken: 'a1b2c3d4e5f6a7b8c9d0',
        accessTokenSecret: bytesToBase64(server.ciphertext),
        signatureKey: server.signaturePem,
        encryptionKey: server.encryptionPem,
        dhParameters: file.pem,
        random,
        acceleration,
      })
      const header = request.headers.get('authorization') ?? ''
      const challenge = /diffie_hellman_challenge="([0-9a-f]+)"/.exec(header)?.[1] ?? ''
      const { response, proof } =
        answers.get(challenge) ?? answer(server, file.parameters, challenge)
      answers.set(challenge, { response, proof })
      const body = {
        diffie_hellman_response: response,
        live_session_token_signature: proof,
        live_session_token_expiration: Date.now() + 86_400_000,
      }
      const token = await processLiveSessionTokenResponse(
        new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } }),
        pending,
      )
      return token.token.length === 20
    },
  }
}

function peerFlow(server: Server): Contender {
  const { oauth1: client } = new IbkrClient({
    accessToken: 'a1b2c3d4e5f6a7b8c9d0',
    accessTokenSecret: bytesToBase64(server.ciphertext),
    consumerKey: 'TESTCONSU',
    encryption: server.encryptionPem,
    signature: server.signaturePem,
    dhPrime: group.prime.toString(16),
    realm: 'limited_poa',
  })
  if (client === undefined) throw new Error('ibkr-client made no OAuth 1.0a signer')
  const url = 'https://api.ibkr.com/v1/api/oauth/live_session_token'
  const shared = { response: server.publicKey.toString(16) }
  return {
    name: 'ibkr-client',
    run() {
      const { random: exponent, prepend } = client.generateLiveSessionData(url)
      const token = client.generateLiveSessionToken(shared.response, exponent, prepend)
      // What the broker would send as proof: of any token the same work.
      const proof = bytesToHex(hmacSha1(base64ToBytes(token), 'TESTCONSU'))
      return client.validateLiveSessionToken(token, proof)
    },
  }
}
