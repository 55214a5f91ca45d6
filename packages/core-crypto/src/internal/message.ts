/**
 * What is signed or authenticated: bytes, or text taken as UTF-8.
 */
import { utf8ToBytes } from '../encoding.ts'
import { isBytes, optionInvalid } from './check.ts'

export function messageBytes(data: unknown): Uint8Array {
  if (typeof data === 'string') return utf8ToBytes(data)
  if (!isBytes(data)) throw optionInvalid('data', 'a Uint8Array or a string')
  return data
}
