/** The keys of a consumer, made in the page, and their registration at the portal. */
import {
  DH_GROUPS,
  type DhParameters,
  encodeDhParameters,
  generateRsaKeyPair,
  type RsaKeyPairPem,
  randomBytes,
} from '@isoauth/core-crypto'
import { type Service, StepFailed } from './service.ts'

export interface ConsumerKeys {
  readonly signature: RsaKeyPairPem
  readonly encryption: RsaKeyPairPem
  readonly dhParameters: DhParameters
  /** PEM. */
  readonly dhParametersPem: string
}

/** What the portal hands out. */
export interface Registration {
  readonly baseUrl: string
  readonly realm: string
  readonly consumerKey: string
  readonly accessToken: string
  readonly accessTokenSecret: string
}

export async function makeKeys(): Promise<ConsumerKeys> {
  const [signature, encryption] = await Promise.all([generateRsaKeyPair(), generateRsaKeyPair()])
  const dhParameters = DH_GROUPS.modp2048
  return {
    signature,
    encryption,
    dhParameters,
    dhParametersPem: encodeDhParameters(dhParameters),
  }
}

/** What is uploaded: nothing private. */
export function registrationForm(keys: ConsumerKeys): Readonly<Record<string, string>> {
  return {
    consumerKey: `DEMO${[...randomBytes(5)].map(letter).join('')}`,
    signaturePublicKey: keys.signature.publicKeyPem,
    encryptionPublicKey: keys.encryption.publicKeyPem,
    dhParameters: keys.dhParametersPem,
  }
}

export async function register(
  service: Service,
  form: Readonly<Record<string, string>>,
): Promise<Registration> {
  const response = await service.fetch(`${service.origin}/portal`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(form),
  })
  const answer = (await response.json()) as Registration & { error?: string; field?: string }
  if (response.status === 201) return answer
  throw new StepFailed(`The portal answered ${response.status}.`, {
    answered: `${response.status}, refused`,
    reason: `${answer.field ?? 'registration'}: ${answer.error ?? 'refused'}`,
  })
}

function letter(byte: number): string {
  return String.fromCharCode(65 + (byte % 26))
}
