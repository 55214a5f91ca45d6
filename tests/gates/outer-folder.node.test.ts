/** What lies in the folders around a clone has no part in it: tools look for their configurations upwards. */
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'
import demoWeb from '../../apps/demo-web/src/vite.config.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

it.each([
  'apps/docs/.vitepress/theme/index.ts',
  'examples/deno/main.ts',
  'scripts/site.ts',
  'bench/main.ts',
])('%s is compiled by a tsconfig.json of the project', (file) => {
  const found = ts.findConfigFile(dirname(join(root, file)), ts.sys.fileExists)
  expect(relative(root, found ?? '/')).toMatch(/^[^.].*tsconfig\.json$|^tsconfig\.json$/)
})

it('the page of the web demo takes no configuration of PostCSS from elsewhere', () => {
  expect(demoWeb).toMatchObject({ css: { postcss: {} } })
})
