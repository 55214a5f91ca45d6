/** The little of DER that a key file of Diffie-Hellman needs. */
import { bytesOf } from './numbers.ts'

export function encodeDer(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

export function encodeDerInteger(value: bigint): Buffer {
  const bytes = bytesOf(value)
  const isSigned = (bytes[0] ?? 0) >= 0x80
  return encodeDer(0x02, isSigned ? Buffer.from([0]) : Buffer.from([]), bytes)
}
