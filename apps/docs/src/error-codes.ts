/** The error codes of all packages as the tables of their READMEs have them: the one place where they are written. */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { publicPackages } from '../../../scripts/lib/workspace.mjs'

export interface ErrorCode {
  readonly code: string
  /** Name on npm. */
  readonly packageName: string
  /** The package's folder below `packages/`. */
  readonly folder: string
  /** Markdown. */
  readonly meaning: string
  /** Markdown. */
  readonly remedy: string
}

const ROW = /^\|\s*`((?:CLI|CRYPTO|IBKR|SANDBOX|ULTRACART)(?:_[A-Z0-9]+)+)`\s*\|(.*)\|\s*$/gm

export function errorCodes(): ErrorCode[] {
  return publicPackages().flatMap(({ dir, manifest }) => {
    const readme = readFileSync(join(dir, 'README.md'), 'utf8')
    return [...readme.matchAll(ROW)].map(([, code = '', cells = '']) => {
      const [meaning = '', remedy = ''] = cells.split(/(?<!\\)\|/).map((cell) => cell.trim())
      return { code, packageName: manifest.name, folder: basename(dir), meaning, remedy }
    })
  })
}
