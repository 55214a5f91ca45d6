/** Fingerprints of what is public: SHA-256 in hex over DER. */
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { encodeDhParameters, parseDhParameters } from '@isoauth/core-crypto'

/** Of a setting, where its text can be read; undefined where it holds no key, or none that is fit. */
export function fingerprintOf(setting: string, text: string): string | undefined {
  try {
    if (setting === 'dhParameters')
      return sha256(derOf(encodeDhParameters(parseDhParameters(text))))
    if (!/^(?:signature|encryption|private)Key$/.test(setting)) return undefined
    const publicKey = createPublicKey(createPrivateKey(readable(text)))
    return sha256(publicKey.export({ type: 'spki', format: 'der' }))
  } catch {
    // The doctor says what is wrong with it.
    return undefined
  }
}

/** A key pasted into a variable may have the two characters backslash and n for its line breaks. */
function readable(text: string) {
  if (text.trimStart().startsWith('{')) return { key: JSON.parse(text), format: 'jwk' } as const
  return text.replaceAll('\\r', '').replaceAll('\\n', '\n').trim()
}

function derOf(pem: string): Uint8Array {
  return Buffer.from(pem.replace(/-----[^-]*-----/g, ''), 'base64')
}

function sha256(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex')
}
