/**
 * `npm run simulate:fleet [MEMBERS]`: what a fleet asks of the broker and of its store, and how it comes through
 * failures. Ends with 1 where a limit that is stated is broken.
 */
import { argv, memoryUsage, stdout } from 'node:process'
import { build } from '../../scripts/lib/build.mjs'
import { main, PlainError } from '../../scripts/lib/process.mjs'

await main(async () => {
  const size = Number(argv[2] ?? 10_000)
  if (!Number.isInteger(size) || size < 2 || size > 100_000) {
    throw new PlainError(
      'MEMBERS is a whole number from 2 to 100000, such as: npm run simulate:fleet 500',
    )
  }
  await build()
  // Built only now.
  const { runScenarios } = await import('./scenarios.ts')
  const began = performance.now()
  stdout.write(`${size} members, a tickle each minute, on a fake clock\n\n`)
  const broken = await runScenarios(size, (line) => stdout.write(`${line}\n`))
  const seconds = Math.round((performance.now() - began) / 1000)
  const megabytes = Math.round(memoryUsage().rss / 1_000_000)
  stdout.write(`\n${seconds} s and ${megabytes} MB of memory for it.\n`)
  for (const limit of broken) stdout.write(`BROKEN: ${limit}\n`)
  process.exitCode = broken.length === 0 ? 0 : 1
})
