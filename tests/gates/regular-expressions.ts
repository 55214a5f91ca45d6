/**
 * Every regular expression of the sources takes a time that is linear in the text: what comes from outside must not
 * decide how long it takes to look at it. Judged by recheck, which finds the text that proves the contrary.
 */
import { readFileSync } from 'node:fs'
import { checkSync } from 'recheck'
import ts from 'typescript'
import { publicPackages } from '../../scripts/lib/workspace.mjs'
import { gate, type Outcome } from './gate.ts'
import { sourcesOf } from './isomorphic.ts'
import { nameOf } from './modules.ts'

/** One literal of a source. */
export interface Expression {
  readonly source: string
  readonly flags: string
  readonly line: number
}

function regularExpressionProblems(): Outcome {
  const found = publicPackages()
    .flatMap(sourcesOf)
    .flatMap((file) => expressionsIn(readFileSync(file, 'utf8')).map((one) => ({ ...one, file })))
  const problems = found.flatMap(({ file, line, source, flags }) => {
    const problem = problemOf(source, flags)
    return problem === undefined ? [] : [`${nameOf(file)}:${line} /${source}/${flags}: ${problem}`]
  })
  return { problems, note: `${found.length} regular expressions, all linear` }
}

/** Why an expression is not linear, or that it could not be told; undefined where it is. Exported for its own test. */
export function problemOf(source: string, flags: string): string | undefined {
  // A busy machine may take long, and what it finds must not depend on that.
  const result = checkSync(source, flags, {
    timeout: 60_000,
    seedingTimeout: 5000,
    incubationTimeout: 5000,
    attackTimeout: 15_000,
  })
  if (result.status === 'safe') {
    return result.complexity.type === 'linear' || result.complexity.type === 'safe'
      ? undefined
      : `time is ${result.complexity.summary}`
  }
  if (result.status === 'unknown') return `its time cannot be told (${result.error.kind})`
  const { summary } = result.complexity
  return `time is ${summary}, for instance for ${result.attack.pattern}`
}

/** The literals of a text, and what stands in `new RegExp('…')`. Exported for its own test. */
export function expressionsIn(text: string): Expression[] {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true)
  const found: Expression[] = []
  const visit = (node: ts.Node) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/')
      found.push({ source: node.text.slice(1, end), flags: node.text.slice(end + 1), line })
    }
    if (isConstructed(node)) {
      const [pattern, flags] = node.arguments ?? []
      if (pattern && ts.isStringLiteralLike(pattern)) {
        const given = flags && ts.isStringLiteralLike(flags) ? flags.text : ''
        found.push({ source: pattern.text, flags: given, line })
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function isConstructed(node: ts.Node): node is ts.NewExpression | ts.CallExpression {
  return (
    (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'RegExp'
  )
}

await gate(import.meta.filename, regularExpressionProblems)
