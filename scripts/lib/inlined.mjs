/** What of others is in a package's own files: what its manifest names as `inlinedDependencies`, each in one version. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readJson } from './workspace.mjs'

/**
 * @typedef {object} Inlined
 * @property {string} name
 * @property {string} version
 * @property {string} licence - as SPDX names it
 * @property {string} text - of the licence
 */

/**
 * What the files of a package contain, as it is installed here.
 *
 * @param {string} dir
 * @param {import('./workspace.mjs').Manifest} manifest
 * @returns {Inlined[]}
 */
export function inlinedInto(dir, { name: of, inlinedDependencies = {} }) {
  return Object.entries(inlinedDependencies).map(([name, version]) => {
    const folder = join(dir, 'node_modules', name)
    const installed = readJson(join(folder, 'package.json'))
    if (installed.version !== version) {
      throw new Error(
        `${of}: inlinedDependencies names ${name} ${version}, and ${installed.version} is installed: write that version there`,
      )
    }
    const text = readFileSync(join(folder, 'LICENSE'), 'utf8').trim()
    return { name, version, licence: installed.license, text }
  })
}

/**
 * The comment with which a file begins that contains code of others.
 *
 * @param {readonly Inlined[]} inlined
 */
export function noticeOf(inlined) {
  const names = inlined.map(({ name, version, licence }) => `${name} ${version} (${licence})`)
  return `/* With code of ${names.join(' and ')}; the licences are in ${LICENCES}. */`
}

/** Where the licences are, in what is published. */
export const LICENCES = 'THIRD-PARTY-LICENCES.txt'

/**
 * The licences of what is inlined, whole.
 *
 * @param {readonly Inlined[]} inlined
 */
export function licencesOf(inlined) {
  return inlined.map(({ name, version, text }) => `${name} ${version}\n\n${text}\n`).join('\n')
}
