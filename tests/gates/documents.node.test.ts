import { describe, expect, it } from 'vitest'
import { checksOf } from '../../apps/docs/src/error-checks.ts'
import { errorCodes } from '../../apps/docs/src/error-codes.ts'
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
