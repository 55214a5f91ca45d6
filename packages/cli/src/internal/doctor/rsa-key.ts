/** An RSA private key of the configuration: read, and told how it is written. */
import { CryptoError, importRsaSigningKey, type RsaSigningKey } from '@isoauth/core-crypto'
import type { Report } from './findings.ts'
import { codeAndPage, splitRemedy } from './findings.ts'
import { breaksRemedy, hasEscapedBreaks, keyForm } from './key-form.ts'

export interface RsaKeyOptions {
  readonly setting: string
  readonly text: string
  /** The smallest size that the service takes. */
  readonly minimumBits: number
}

/** Reads a key and adds what is to be said of it; undefined where it cannot be used. */
export async function checkRsaKey(
  report: Report,
  { setting, text, minimumBits }: RsaKeyOptions,
): Promise<RsaSigningKey | undefined> {
  let key: RsaSigningKey
  try {
    key = await importRsaSigningKey(text)
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error
    const { message, remedy } = splitRemedy(error.message)
    report.add({ check: setting, level: 'problem', ...codeAndPage(error), message, remedy })
    return undefined
  }
  const { modulusBits = 0 } = key
  const about = [`RSA ${modulusBits} bits`, keyForm(text)].filter(Boolean).join(', ')
  if (modulusBits < minimumBits) {
    report.add({
      check: setting,
      level: 'problem',
      message: `${about}: the service takes ${minimumBits} bits and more`,
      remedy: `make a new key (openssl genrsa -out new-private-key.pem ${minimumBits}) and register its public half.`,
    })
    return undefined
  }
  if (hasEscapedBreaks(text)) {
    report.add({
      check: setting,
      level: 'warning',
      message: `${about}, pasted with \\n (a backslash and an n) where line breaks belong. It is read all the same; other tools refuse it`,
      remedy: breaksRemedy(setting),
    })
  } else report.add({ check: setting, level: 'ok', message: about })
  return key
}
