/** What is in a package's tarball, read without unpacking it. Form: POSIX.1-1988 ustar, gzip. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { PlainError } from './process.mjs'

const BLOCK = 512
const REGULAR_FILE = '0'
/** npm takes off the first folder, whatever its name; packers call it so. */
const TOP = 'package/'

/** `{ integrity, files }`: the digest as registries write it, and the contents by path. */
export function readTarball(path) {
  const bytes = readFileSync(path)
  return { integrity: integrityOf(bytes), files: filesOf(gunzipSync(bytes), basename(path)) }
}

/** `sha512-<base64>`, as in `dist.integrity` of a registry. */
export function integrityOf(bytes) {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`
}

function filesOf(archive, name) {
  const files = new Map()
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const text = (from, length) =>
      archive.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '')
    const file = text(0, 100)
    if (file === '') break
    const prefix = text(345, 155)
    const path = prefix === '' ? file : `${prefix}/${file}`
    const size = Number.parseInt(text(124, 12), 8)
    if (text(156, 1) !== REGULAR_FILE || !path.startsWith(TOP) || Number.isNaN(size)) {
      throw new PlainError(`${name}: ${path} is not a plain file of a package`)
    }
    const start = at + BLOCK
    files.set(path.slice(TOP.length), archive.subarray(start, start + size))
    at = start + Math.ceil(size / BLOCK) * BLOCK
  }
  return files
}
