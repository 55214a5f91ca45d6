/** What of others is in a package's own files: what its manifest names as `inlinedDependencies`, each in one version. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
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
    const folder = folderOf(name, dir)
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
 * Where a package finds another. `npm start` installs for one package without its development dependencies: then it is
 * in the root's `node_modules`, among what building takes.
 *
 * @param {string} name
 * @param {string} from - the folder of the package that needs it
 */
function folderOf(name, from) {
  const searched = createRequire(join(from, 'package.json')).resolve.paths(name) ?? []
  const folder = searched.map((path) => join(path, name)).find((path) => existsSync(path))
  if (folder === undefined) throw new Error(`${name} is inlined into ${from}, and is not installed`)
  return folder
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
