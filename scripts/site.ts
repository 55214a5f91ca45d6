/**
 * `npm run docs:site`: the documentation site, in `apps/docs/dist/`, from the pages of `apps/docs/pages`, the READMEs, `docs/`
 * and the tables of error codes. `npm run test:site` builds it and walks through it.
 */
import { argv } from 'node:process'
import { composePages, SITE } from '../apps/docs/src/compose.ts'
import { setUpBrowsers } from './lib/browsers.mjs'
import { main, PlainError, run } from './lib/process.mjs'
import { toolEnv } from './lib/setup.mjs'
import { runVitest } from './lib/vitest-run.ts'
import { root } from './lib/workspace.mjs'

await main(async () => {
  const count = composePages()
  // A link to a page that is not there ends the build.
  const { code, output } = await run('vitepress', ['build', SITE], {
    cwd: root,
    env: { ...toolEnv(), PATH: `${SITE}/node_modules/.bin:${toolEnv()['PATH']}` },
  })
  if (code !== 0) throw new PlainError(output.trim())
  console.log(`docs: the site of ${count} pages is in apps/docs/dist/`)
  if (argv.includes('--test')) await testSite()
})

async function testSite(): Promise<void> {
  await setUpBrowsers()
  await runVitest('vitest.site.config.ts')
}
