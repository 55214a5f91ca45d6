/** Workflows run what was looked at: an action that others keep by its commit, whose tag is told beside it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../../scripts/lib/workspace.mjs'

const folder = join(root, '.github/workflows')
const uses = readdirSync(folder).flatMap((file) =>
  [...readFileSync(join(folder, file), 'utf8').matchAll(/\buses: *(.+)/g)].map(
    ([, action = '']) => ({ file, action }),
  ),
)
const foreign = uses.filter(({ action }) => !action.startsWith('./'))

it('names the actions of others by commit and tag', () => {
  expect(foreign.length).toBeGreaterThan(10)
  const pinned = /^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/
  expect(foreign.filter(({ action }) => !pinned.test(action))).toEqual([])
})

it('has one commit for each action', () => {
  const commits = new Set(foreign.map(({ action }) => action))
  const names = new Set(foreign.map(({ action }) => action.split('@')[0]))
  expect([...commits]).toHaveLength(names.size)
})
