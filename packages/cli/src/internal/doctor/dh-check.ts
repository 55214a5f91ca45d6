/** Diffie-Hellman parameters of the configuration: read, and looked at as `openssl dhparam -check` does. */
import { checkPrime } from 'node:crypto'
import { promisify } from 'node:util'
import { CryptoError, DH_GROUPS, type DhParameters, parseDhParameters } from '@isoauth/core-crypto'
import type { Report } from './findings.ts'
import { codeAndPage, splitRemedy } from './findings.ts'

const isPrime = promisify(checkPrime)

/**
 * Reads the parameters and adds what is to be said of them.
 *
 * @param dhPrime - the prime in hex, where the configuration tells it beside
 * @returns `doubtful` where they may be of another key
 */
export async function checkDh(
  report: Report,
  text: string,
  dhPrime: string | undefined,
): Promise<'fit' | 'doubtful' | 'unfit'> {
  const check = 'dhParameters'
  let parameters: DhParameters
  try {
    parameters = parseDhParameters(text)
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error
    report.add({ check, level: 'problem', ...codeAndPage(error), ...splitRemedy(error.message) })
    return 'unfit'
  }
  const { prime } = parameters
  const about = `${prime.toString(2).length} bits, ${nameOf(prime)}`
  if (!(await isPrime(prime))) {
    report.add({
      check,
      level: 'problem',
      message: `${about}; the number in it is not prime: the file was altered`,
      remedy: 'take the file that was uploaded to the portal.',
    })
    return 'unfit'
  }
  if (dhPrime !== undefined && !isSame(dhPrime, prime)) {
    report.add({
      check,
      level: 'warning',
      message: `${about}; dhPrime in the configuration is another prime, so one of the two is of another key`,
      remedy: 'put the file that was uploaded to the portal with this consumer key in its place.',
    })
    return 'doubtful'
  }
  if (nameOf(prime) === OWN && !(await isPrime(prime >> 1n))) {
    report.add({
      check,
      level: 'warning',
      message: `${about}, and no safe prime: (p - 1) / 2 is not prime`,
      remedy: 'make new ones (isoauth keygen), upload dhparam.pem and wait for the reset.',
    })
    return 'fit'
  }
  report.add({ check, level: 'ok', message: about })
  return 'fit'
}

const OWN = 'a prime of your own'

function nameOf(prime: bigint): string {
  const known = Object.entries(DH_GROUPS).find(([, group]) => group.prime === prime)
  return known === undefined ? OWN : `the published group ${known[0]}`
}

function isSame(hex: string, prime: bigint): boolean {
  const digits = hex.replace(/^0x|[\s:]+/gi, '')
  return /^[0-9a-f]+$/i.test(digits) && BigInt(`0x${digits}`) === prime
}
