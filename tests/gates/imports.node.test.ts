import { expect, it } from 'vitest'
import { circlesOf, type Graph, upwardProblems } from './imports.ts'

const graph = (edges: Record<string, readonly string[]>): Graph => new Map(Object.entries(edges))

it('finds each circle once', () => {
  const found = circlesOf(graph({ a: ['b', 'c'], b: ['c'], c: ['a'], d: ['d'], e: ['a'] }))
  expect(found).toEqual([
    ['a', 'b', 'c', 'a'],
    ['d', 'd'],
  ])
  expect(circlesOf(graph({ a: ['b', 'c'], b: ['c'], c: [] }))).toEqual([])
})

it('finds what is internal and imports what is not', () => {
  const found = upwardProblems(
    '/p',
    graph({
      '/p/src/client.ts': ['/p/src/internal/a.ts', '/p/src/errors.ts'],
      '/p/src/internal/a.ts': ['/p/src/internal/b.ts', '/p/src/errors.ts', '/q/src/index.ts'],
    }),
  )
  expect(found).toHaveLength(1)
  expect(found[0]).toMatch(/internal\/a\.ts imports .*src\/errors\.ts/)
})
