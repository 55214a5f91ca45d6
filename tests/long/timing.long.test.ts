/**
 * Does the time of `modPow` tell how many bits of a secret exponent are set, and that of a decryption whether the padding
 * was right? Asked on Node, Deno and Bun, of native arithmetic and of ours. The same measurement must find the leak of
 * square and multiply, so that a blind one cannot pass.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installedEngines } from '../../scripts/lib/engines.ts'
import { bundleForNode } from '../support/node-bundle.ts'
import type { Finding } from './welch.ts'

const LIMIT_T = 4.5
const LIMIT_DIFFERENCE = 0.005
const LIMIT_MS = 500_000

let folder: string
let program: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'isoauth-timing-'))
  program = join(folder, 'timing.mjs')
  await bundleForNode(fileURLToPath(new URL('timing-probes.ts', import.meta.url)), program)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const engines = installedEngines()
const runtimes = [
  { name: 'Node', path: execPath, args: [] },
  ...['deno', 'bun'].map((name) => ({
    name,
    path: engines.find((engine) => engine.name === name)?.path,
    args: name === 'deno' ? ['run', '--allow-all', '--quiet'] : [],
  })),
]

describe.each(runtimes)('on $name', ({ name, path, args }) => {
  const title = path === undefined ? ` (SKIPPED: ${name} is not installed)` : ''
  it.runIf(path !== undefined)(`time tells neither exponent nor padding${title}`, () => {
    const findings = measure(path ?? '', [...args, program])
    const [blind, ...others] = [...findings].reverse()
    expect(others).toHaveLength(3)
    for (const finding of others) expect(isLeak(finding), JSON.stringify(finding)).toBe(false)
    // Square and multiply: told by far.
    expect(blind && isLeak(blind), JSON.stringify(blind)).toBe(true)
    expect(blind?.relativeDifference).toBeGreaterThan(0.1)
  })
})

function measure(path: string, args: readonly string[]): Finding[] {
  const text = execFileSync(path, args, { encoding: 'utf8', timeout: LIMIT_MS })
  const findings = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Finding)
  for (const { name, t, relativeDifference } of findings) {
    console.log(`${name}: ${(100 * relativeDifference).toFixed(2)} %, t = ${t.toFixed(1)}`)
  }
  return findings
}

function isLeak({ t, relativeDifference }: Finding): boolean {
  return Math.abs(t) >= LIMIT_T && Math.abs(relativeDifference) >= LIMIT_DIFFERENCE
}
