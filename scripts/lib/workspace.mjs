/** What is in this workspace: its packages, who needs whom, and hashes that tell when something changed. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
export const rootManifest = readJson(join(root, 'package.json'))

/** Notes of these scripts (stamps, reports), out of git's sight. */
export const notes = join(root, 'node_modules/.isoauth')

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {string} license
 * @property {Record<string, { types: string, default: string }>} exports
 * @property {Record<string, string>} [bin]
 * @property {string[]} files
 * @property {Record<string, string>} [scripts]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [inlinedDependencies] - what its built files contain
 * @property {{ directory?: string }} [repository]
 *
 * @typedef {{ name: string, dir: string, manifest: Manifest }} WorkspacePackage
 */

/**
 * Every workspace package, sorted by folder.
 *
 * @returns {WorkspacePackage[]}
 */
export function workspacePackages() {
  return ['packages', 'apps', 'tests'].flatMap((group) => {
    const folder = join(root, group)
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .sort()
      .map((name) => join(folder, name))
      .filter((dir) => existsSync(join(dir, 'package.json')))
      .map((dir) => {
        const manifest = readJson(join(dir, 'package.json'))
        return { name: manifest.name, dir, manifest }
      })
  })
}

/** The packages that are published. */
export function publicPackages() {
  return workspacePackages().filter(({ manifest }) => manifest.private !== true)
}

/**
 * A package and every workspace package it needs, to build or to run.
 *
 * @param {string} name
 * @returns {WorkspacePackage[]}
 */
export function closureOf(name) {
  const all = new Map(workspacePackages().map((item) => [item.name, item]))
  const found = new Map()
  const visit = (wanted) => {
    const item = all.get(wanted)
    if (item === undefined || found.has(wanted)) return
    found.set(wanted, item)
    const { dependencies, devDependencies } = item.manifest
    for (const next of Object.keys({ ...dependencies, ...devDependencies })) visit(next)
  }
  visit(name)
  return [...found.values()]
}

/**
 * `./dist/x.js` is built from `./src/x.ts`.
 *
 * @param {string} output
 */
export function sourceOf(output) {
  return output.replace(/^\.\/dist\//, './src/').replace(/\.js$/, '.ts')
}

/**
 * Every file below a folder, sorted; `node_modules` and `dist` left out.
 *
 * @param {string} folder
 * @param {{ keep?: (path: string) => boolean }} [options]
 * @returns {string[]}
 */
export function filesBelow(folder, { keep = () => true } = {}) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        return entry.name === 'node_modules' || entry.name === 'dist'
          ? []
          : filesBelow(path, { keep })
      }
      return keep(path) ? [path] : []
    })
}

/**
 * One hash over the names and contents of files; missing ones count as empty.
 *
 * @param {readonly string[]} files
 */
export function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files) {
    hash.update(`${relative(root, file)}\0`)
    if (existsSync(file)) hash.update(readFileSync(file))
    hash.update('\0')
  }
  return hash.digest('hex')
}

/**
 * @param {string} name
 * @returns {any}
 */
export function readNote(name) {
  try {
    return readJson(join(notes, `${name}.json`))
  } catch {
    return undefined
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
export function writeNote(name, value) {
  const file = join(notes, `${name}.json`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(value)}\n`)
}

/**
 * @param {string} path
 * @returns {any}
 */
export function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'))
}
