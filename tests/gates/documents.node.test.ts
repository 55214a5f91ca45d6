import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checksOf } from '../../apps/docs/src/error-checks.ts'
import { errorCodes } from '../../apps/docs/src/error-codes.ts'
import { root } from '../../scripts/lib/workspace.mjs'
import { errorPageProblems } from './error-pages.ts'
import { securityTestProblems } from './security-tests.ts'

describe('the gate of error pages', () => {
  it('names a code of which nobody said what to check, and one that is there twice', () => {
    const problems = errorPageProblems(['CLI_NEW_THING', 'CLI_FILE_EXISTS', 'CLI_FILE_EXISTS'])
    expect(problems[0]).toContain('CLI_NEW_THING')
    expect(problems.at(-1)).toContain('CLI_FILE_EXISTS is in two tables')
  })
})

describe('the pages of errors', () => {
  it('advise no command that prints a private key', () => {
    const advice = errorCodes().flatMap(({ code, remedy }) => [remedy, ...checksOf(code)])
    const isPrinting = /openssl (?:pkey|rsa|ec|pkcs12)\b[^`]* -text\b(?!_pub)/
    expect(advice.filter((text) => isPrinting.test(text))).toEqual([])
  })
})

describe('what is said of this repository', () => {
  const textOf = (file: string) => readFileSync(join(root, file), 'utf8')
  const foldersOf = (parent: string) =>
    readdirSync(join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && /^(?!node_modules)[a-z]/.test(entry.name))
      .map(({ name }) => name)

  it('ARCHITECTURE.md has a line for each folder of packages, apps and tests', () => {
    const tree = textOf('ARCHITECTURE.md')
    const missing = ['packages', 'apps', 'tests'].flatMap((parent) => {
      const [, part = ''] = new RegExp(`^${parent}/\\n((?: {2}.*\\n)+)`, 'm').exec(tree) ?? []
      return foldersOf(parent).filter((name) => !new RegExp(`^ {2}${name}/ `, 'm').test(part))
    })
    expect(missing).toEqual([])
  })

  it('ARCHITECTURE.md names each command of isoauth', () => {
    const [, line = ''] = /^ {2}cli\/ +(.*)$/m.exec(textOf('ARCHITECTURE.md')) ?? []
    const commands = readdirSync(join(root, 'packages/cli/src/internal/commands')).flatMap((file) =>
      [
        ...textOf(`packages/cli/src/internal/commands/${file}`).matchAll(/\.command\('([\w-]+)/g),
      ].map(([, name = '']) => name),
    )
    expect(commands.length).toBeGreaterThan(8)
    expect(commands.filter((name) => !new RegExp(`\\b${name}\\b`).test(line))).toEqual([])
  })

  it('CONTRIBUTING.md tells how many mutants CI draws', () => {
    const [, sample = 'no mutants'] =
      /test:mutation -- (--sample .*)$/m.exec(textOf('.ci/run')) ?? []
    expect(textOf('CONTRIBUTING.md').replaceAll('\n', ' ')).toContain(`\`${sample}\``)
  })
})

describe('the gate of the threat model', () => {
  const page = (cell: string) =>
    `## What is protected\n\n| what | how | test |\n| --- | --- | --- |\n| a | b | ${cell} |\n\n## Next\n`

  it('is content with a file that is there', () => {
    expect(securityTestProblems(page('`tests/gates/gate.ts`'))).toEqual([])
  })

  it.each([
    ['`tests/gates/gone.ts`', 'tests/gates/gone.ts is not there'],
    ['by hand', 'no test is named'],
  ])('refuses %s', (cell, expected) => {
    expect(securityTestProblems(page(cell)).join()).toContain(expected)
  })

  it('refuses a page without the section', () => {
    expect(securityTestProblems('# Security\n')).toHaveLength(1)
  })
})
