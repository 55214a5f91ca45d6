/** A package's `build`: compiles it into an empty `dist`, and notes what came of it and from which inputs. */
import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { BUILT, outputsOf } from './lib/build.mjs'

rmSync('dist', { recursive: true, force: true })
const { status } = spawnSync('tsc', ['-p', 'tsconfig.json'], { stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)
// turbo's hash of the sources, of what they need and of the tools.
const hash = process.env.TURBO_HASH
writeFileSync(BUILT, `${JSON.stringify({ hash, files: outputsOf(process.cwd()) }, null, 2)}\n`)
