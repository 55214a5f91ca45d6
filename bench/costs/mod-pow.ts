/** B^a modulo a prime of 2048 bits, with a secret exponent of 256 bits. */
import { createDiffieHellman } from 'node:crypto'
import { DH_GROUPS, modPow } from '@isoauth/core-crypto'
import { pow } from '@noble/curves/abstract/modular.js'
import { pow as microPow } from 'micro-rsa-dsa-dh/utils.js'
import { expectEqual } from '../expect.ts'
import { bytesOf, numberOf, randomNumber } from '../numbers.ts'
import type { Cost } from '../paired-rounds.ts'

export function modPowCosts(): Cost[] {
  const { prime, generator } = DH_GROUPS.modp2048
  const exponent = randomNumber(256)
  const base = modPow(generator, randomNumber(256), prime)
  const native = createDiffieHellman(bytesOf(prime), bytesOf(generator))
  native.setPrivateKey(bytesOf(exponent))
  const peer = bytesOf(base)

  const contenders = [
    { name: 'ours', run: () => modPow(base, exponent, prime) },
    { name: '@noble/curves pow', run: () => pow(base, exponent, prime) },
    { name: 'micro-rsa-dsa-dh pow', run: () => microPow(base, exponent, prime) },
    { name: 'native', run: () => native.computeSecret(peer) },
  ]
  const expected = pow(base, exponent, prime)
  for (const { name, run } of contenders) {
    const result = run()
    expectEqual(
      `power by ${name}`,
      typeof result === 'bigint' ? result : numberOf(result),
      expected,
    )
  }
  return [{ id: 'mod-pow', title: 'B^a mod p, 2048 bits, exponent of 256 bits', contenders }]
}
