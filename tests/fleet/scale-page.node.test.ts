/** The page about fleets shows the very file that the tests with Redis run. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it('docs/scale.md shows redis-sharing.ts as it is', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/scale.md'), 'utf8')
  const file = readFileSync(join(import.meta.dirname, 'redis-sharing.ts'), 'utf8')
  const code = file.slice(file.indexOf('import '))
  expect(page).toContain(`\`\`\`ts\n${code}\`\`\``)
})
