/** One page for each error code: what it means, what to check in which order, and how to catch it. */
import { checksOf } from './error-checks.ts'
import type { ErrorCode } from './error-codes.ts'

export function errorPage(error: ErrorCode): string {
  const { code, packageName, folder, meaning, remedy } = error
  return [
    `# ${code}`,
    `An error of [\`${packageName}\`](../packages/${folder}.md).`,
    `## What it means\n\n${sentence(meaning)}`,
    `## What to do\n\n${sentence(remedy)}`,
    `## What to check, in this order\n\n${checksOf(code)
      .map((check, at) => `${at + 1}. ${check}`)
      .join('\n')}`,
    `## How to catch it\n\n${exampleOf(error)}`,
    '[All error codes](./index.md)\n',
  ].join('\n\n')
}

export function errorIndex(codes: readonly ErrorCode[]): string {
  const packages = [...new Set(codes.map(({ packageName }) => packageName))]
  const sections = packages.map((name) => {
    const rows = codes
      .filter(({ packageName }) => packageName === name)
      .map(({ code, meaning }) => `| [\`${code}\`](./${code.toLowerCase()}.md) | ${meaning} |`)
    return [`## ${name}`, '', '| code | meaning |', '| --- | --- |', ...rows].join('\n')
  })
  return [
    '# Error codes',
    'Every error of these packages has a `code`, and `docs`, the address of the page about it. Compare codes with `hasCode`, not classes.',
    ...sections,
    '',
  ].join('\n\n')
}

function exampleOf({ code, packageName }: ErrorCode): string {
  if (packageName === '@isoauth/cli') {
    return [
      'The command writes the message, the code and the address of this page on standard error. With `--json` they are fields:',
      `\`\`\`json\n{ "error": { "code": "${code}", "message": "…", "docs": "…" } }\n\`\`\``,
    ].join('\n\n')
  }
  const from = packageName === '@isoauth/sandbox' ? '@isoauth/core-crypto' : packageName
  return `\`\`\`ts
import { hasCode } from '${from}'

declare const work: () => Promise<void> // what you call of this package

try {
  await work()
} catch (error) {
  if (!hasCode(error, '${code}')) throw error
  console.error(error.message)
}
\`\`\``
}

function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(whole) ? whole : `${whole}.`
}
