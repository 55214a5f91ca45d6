import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { DESIGN_TOKENS } from '../../packages/sandbox/src/internal/design-tokens.ts'

it('the pages of the sandbox have the colours and sizes of the demos', async () => {
  const file = new URL('../../apps/demo-web/src/page/tokens.css', import.meta.url)
  expect(tokensOf(DESIGN_TOKENS)).toEqual(tokensOf(await readFile(file, 'utf8')))
})

/** The declarations in their order, without what a browser does not read. */
function tokensOf(css: string): string[] {
  const bare = css.replaceAll(/\/\*.*?\*\//gs, '')
  const names = bare.matchAll(/(--[\w-]+|color-scheme|@media)\s*:?\s*([^;{}]+)/g)
  return [...names].map(([, name = '', value = '']) => `${name} ${value.replaceAll(/[\s]+/g, '')}`)
}
