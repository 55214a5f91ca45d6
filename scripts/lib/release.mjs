/** What is handed from packing to publishing: a folder of tarballs, and a list that says what each must be. */
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { PlainError } from './process.mjs'
import { integrityOf, readTarball } from './tarball.mjs'

const LIST = 'tarballs.json'

/** Writes the list of the tarballs in a folder, and gives its digest. */
export function writeList(folder, tarballs) {
  const list = tarballs.map(({ name, version, file, integrity }) => ({
    ...{ name, version, file: basename(file), integrity },
  }))
  writeFileSync(join(folder, LIST), `${JSON.stringify(list, null, 2)}\n`)
  return digestOf(folder)
}

/** SHA-256 of the list, in hexadecimal: whoever holds it knows every tarball by its digest. */
function digestOf(folder) {
  return createHash('sha256')
    .update(readFileSync(join(folder, LIST)))
    .digest('hex')
}

/**
 * @typedef {object} Tarball
 * @property {string} name
 * @property {string} version
 * @property {string} path
 * @property {string} integrity
 * @property {Map<string, Buffer>} files
 */

/**
 * The tarballs of a folder, each `{ name, version, path, integrity, files }`, after every one was compared with the
 * list, and the list with the digest where one is given.
 *
 * @param {string} folder
 * @param {string} [digest]
 * @returns {Tarball[]}
 */
export function verifiedTarballs(folder, digest) {
  if (!existsSync(join(folder, LIST))) {
    throw new PlainError(`${folder} holds no ${LIST}: make it with scripts/release-pack.mjs`)
  }
  if (digest !== undefined && digest !== digestOf(folder)) {
    throw new PlainError(`${LIST} is not the one that was packed: its digest differs`)
  }
  const list = JSON.parse(readFileSync(join(folder, LIST), 'utf8'))
  const unlisted = readdirSync(folder).filter(
    (name) => name !== LIST && !list.some(({ file }) => file === name),
  )
  if (unlisted.length > 0) throw new PlainError(`not in ${LIST}: ${unlisted.join(', ')}`)
  return list.map(({ name, version, file, integrity }) => {
    const path = join(folder, file)
    if (!existsSync(path)) throw new PlainError(`${file} is missing`)
    if (integrityOf(readFileSync(path)) !== integrity) {
      throw new PlainError(`${file} is not the one that was packed: its SHA-512 differs`)
    }
    return { name, version, path, ...readTarball(path) }
  })
}

/** The same tarballs, each after those that it needs: whoever installs one finds its dependencies. */
export function inOrderOfNeed(tarballs) {
  const byName = new Map(tarballs.map((tarball) => [tarball.name, tarball]))
  const ordered = new Set()
  const visit = (tarball) => {
    if (tarball === undefined || ordered.has(tarball)) return
    for (const name of Object.keys(manifestOf(tarball).dependencies ?? {})) visit(byName.get(name))
    ordered.add(tarball)
  }
  for (const tarball of tarballs) visit(tarball)
  return [...ordered]
}

/**
 * @param {{ files: Map<string, Buffer> }} tarball
 * @returns {import('./workspace.mjs').Manifest}
 */
export function manifestOf({ files }) {
  return JSON.parse(files.get('package.json').toString('utf8'))
}

/** Gives a value to the jobs that follow, where a CI offers that. */
export function setOutput(name, value) {
  const file = process.env.GITHUB_OUTPUT
  if (file) appendFileSync(file, `${name}=${value}\n`)
}
