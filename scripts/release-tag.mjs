/** After publishing: tags the commit with every version that is new. Pushes nothing. */
import { main, PlainError, run } from './lib/process.mjs'
import { missingTags } from './lib/release-tags.mjs'
import { root } from './lib/workspace.mjs'

await main(async () => {
  for (const tag of await missingTags()) {
    const { code, output } = await run('git', ['tag', tag], { cwd: root })
    if (code !== 0) throw new PlainError(output.trim())
    console.log(`tag: ${tag}`)
  }
})
