/** An inspection for a terminal: the verdict, the faults, then the base string by part. */
import { type Colors, count, paragraph } from '../text.ts'
import { type BaseStringParts, placeOf } from './base-string.ts'
import { type Difference, type Finding, firstDifference } from './finding.ts'
import type { Inspection } from './inspect.ts'
import type { RequestToInspect } from './request.ts'

const BEFORE = 24
const AFTER = 40

export function inspectionText(
  { method, url }: Pick<RequestToInspect, 'method' | 'url'>,
  inspection: Inspection,
  colors: Colors,
): string {
  const { findings, baseString } = inspection
  const [address = ''] = url.split('?')
  return [
    `${verdict(inspection, colors)}\n`,
    `${method} ${address}\n`,
    ...findings.map((found) => findingText(found, baseString, colors)),
    baseString ? parts(baseString, colors) : '',
  ].join('\n')
}

function verdict({ verdict: result, findings }: Inspection, colors: Colors): string {
  const faults = findings.filter(({ severity }) => severity === 'fault').length
  if (result === 'accepted')
    return colors.green('A server accepts it: the signature is that of this request.')
  if (result === 'refused') {
    return colors.red(
      `A server refuses it: ${faults === 1 ? 'one fault' : `${faults} faults, the first one first`}.`,
    )
  }
  return colors.yellow('The form is right; the signature was not judged: name the key.')
}

function findingText(
  { severity, title, cause, remedy, difference }: Finding,
  baseString: BaseStringParts | undefined,
  colors: Colors,
): string {
  return [
    `${colors.bold(severity === 'fault' ? title : `${title} (a note)`)}\n`,
    paragraph(`Usual cause: ${cause}`, 2),
    paragraph(`Remedy: ${remedy}`, 2),
    difference ? compared(difference, baseString) : '',
  ].join('')
}

/** Where two texts first differ, as it may be shown: of a prefix, which is a secret, nothing is. */
export interface ShownDifference {
  readonly of: string
  /** Counts from 1. */
  readonly position: number
  /** The part of the base string, in words. */
  readonly place?: string | undefined
  /** Pieces of both texts around it; none within the prefix. */
  readonly pieces?: { readonly yours: string; readonly expected: string; readonly mark: number }
}

export function showDifference(
  difference: Difference,
  baseString: BaseStringParts | undefined,
): ShownDifference {
  const { of, yours, expected } = difference
  const at = firstDifference(difference)
  const isBaseString = of === 'base string' && baseString !== undefined
  const shown = { of, position: at + 1, place: isBaseString ? placeOf(baseString, at) : undefined }
  const secret = isBaseString ? baseString.prefix.length : 0
  if (at < secret) return shown
  const from = Math.max(secret, at - BEFORE)
  const lead = from > 0 ? '…' : ''
  const piece = (text: string) =>
    `${lead}${text.slice(from, at + AFTER)}${text.length > at + AFTER ? '…' : ''}`
  const mark = lead.length + at - from
  return { ...shown, pieces: { yours: piece(yours), expected: piece(expected), mark } }
}

function compared(difference: Difference, baseString: BaseStringParts | undefined): string {
  const { of, position, place, pieces } = showDifference(difference, baseString)
  const within = place === undefined ? '' : `, in ${place}`
  const where = paragraph(`The ${of} first differs at character ${position}${within}.`, 2)
  if (!pieces) return where
  const label = 'Expected: '
  const first = (of === 'base string' ? 'Signed:' : 'Sent:').padEnd(label.length)
  const mark = ' '.repeat(label.length + pieces.mark)
  return `${where}  ${first}${pieces.yours}\n  ${label}${pieces.expected}\n  ${mark}^\n`
}

function parts(
  { isPrefixUnknown, prefix, method, uri, parameters }: BaseStringParts,
  colors: Colors,
): string {
  const secret = isPrefixUnknown
    ? 'needed, and not given'
    : `${count(prefix.length, 'character')}, a secret`
  const rows: readonly (readonly [string, string])[] = [
    ...(isPrefixUnknown || prefix !== '' ? ([['prefix', secret]] as const) : []),
    ['method', method],
    ['address', uri],
    ...parameters,
  ]
  const width = rows.reduce((most, [name]) => Math.max(most, name.length), 0)
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}\n`)
  return [`${colors.bold('The base string, taken apart')}\n`, ...lines].join('')
}
