/** Every command of the project can be loaded: each file and each name that it imports is there. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

const scripts = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.mjs'))

it.each(scripts)('%s imports only what is there', async (name) => {
  const { errors } = await build({
    entryPoints: [join(import.meta.dirname, name)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
  }).catch((failure: { errors: { text: string }[] }) => failure)
  expect(errors.map(({ text }) => text)).toEqual([])
})
