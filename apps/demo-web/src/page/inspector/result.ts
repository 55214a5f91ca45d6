/** What an inspection found, as a page shows it: the verdict, the faults, then the parts. */
import { element } from '../view/element.ts'
import { fieldList } from '../view/fields.ts'
import { type BaseStringParts, placeOf } from './base-string.ts'
import { type Difference, type Finding, firstDifference } from './finding.ts'
import type { Inspection } from './inspect.ts'

export function resultOf(inspection: Inspection): HTMLElement {
  const { baseString, findings, header } = inspection
  return element(
    'div',
    { class: 'result', 'data-verdict': inspection.verdict },
    verdict(inspection),
    findings.length > 0 &&
      element(
        'ol',
        { class: 'findings', 'aria-label': 'Findings' },
        ...findings.map((found) => finding(found, baseString)),
      ),
    baseString && parts(baseString),
    header.pairs.length > 0 && pairs(inspection),
  )
}

function verdict({ verdict: result, signature, kind, findings }: Inspection): HTMLElement {
  const faults = findings.filter(({ severity }) => severity === 'fault').length
  const [title, text] = {
    accepted: ['A server accepts it', 'The signature is that of this request.'],
    refused: [
      'A server refuses it',
      faults === 1 ? 'One fault.' : `${faults} faults, the first one first.`,
    ],
    undecided: [
      'The form is right; the signature was not judged',
      'Give the key that the server has, and this page computes what the server would.',
    ],
  }[result] as [string, string]
  return element(
    'div',
    { class: `verdict ${result}` },
    element('h2', { tabindex: '-1' }, title),
    element('p', {}, text),
    element(
      'p',
      { class: 'hint' },
      `Judged as a request for ${kind === 'protected resource' ? 'a protected resource' : kind}; the signature ${
        { matches: 'matches', differs: 'differs', unknown: 'was not compared' }[signature]
      }.`,
    ),
  )
}

function finding(found: Finding, baseString: BaseStringParts | undefined): HTMLElement {
  const { id, severity, title, cause, remedy, difference } = found
  return element(
    'li',
    { class: `finding ${severity}`, 'data-finding': id },
    element('h3', {}, title),
    element('p', {}, element('strong', {}, 'Usual cause: '), cause),
    element('p', {}, element('strong', {}, 'Remedy: '), remedy),
    difference && compared(difference, baseString),
  )
}

const BEFORE = 24
const AFTER = 40

function compared(difference: Difference, baseString: BaseStringParts | undefined): HTMLElement {
  const { of, yours, expected } = difference
  const at = firstDifference(difference)
  const isBaseString = of === 'base string' && baseString !== undefined
  const place = isBaseString ? `, in ${placeOf(baseString, at)}` : ''
  const where = element(
    'p',
    { class: 'hint' },
    `The ${of} first differs at character ${at + 1}${place}.`,
  )
  if (isBaseString && at < baseString.prefix.length) {
    return element(
      'div',
      { class: 'difference' },
      where,
      fieldList([
        { name: 'Signed', value: yours, secret: true },
        { name: 'Expected', value: expected, secret: true },
      ]),
    )
  }
  const from = Math.max(isBaseString ? baseString.prefix.length : 0, at - BEFORE)
  return element(
    'div',
    { class: 'difference' },
    where,
    element(
      'dl',
      { class: 'fields' },
      element('dt', {}, of === 'base string' ? 'Signed' : 'Sent'),
      element('dd', {}, marked(yours, from, at)),
      element('dt', {}, 'Expected'),
      element('dd', {}, marked(expected, from, at)),
    ),
  )
}

/** A piece of the text around the first character that differs. */
function marked(text: string, from: number, at: number): HTMLElement {
  const end = at + AFTER
  return element(
    'code',
    {},
    from > 0 ? '…' : '',
    text.slice(from, at),
    element('mark', {}, at < text.length ? text.slice(at, at + 1) : '(end)'),
    text.slice(at + 1, end),
    end < text.length ? '…' : '',
  )
}

function parts({ prefix, isPrefixUnknown, method, uri, parameters, text }: BaseStringParts) {
  const shown = prefix === '' ? [] : [{ name: 'Prefix', value: prefix, secret: true }]
  return element(
    'section',
    { 'aria-labelledby': 'base-string' },
    element('h2', { id: 'base-string' }, 'The base string, taken apart'),
    isPrefixUnknown &&
      element(
        'p',
        { class: 'hint' },
        'This call needs the prefix, which was not given: the base string begins with it.',
      ),
    fieldList([
      ...shown,
      { name: 'Method', value: method },
      { name: 'Address', value: uri },
      ...parameters.map(([name, value]) => ({ name, value })),
      {
        name: prefix === '' ? 'Joined and encoded' : 'Joined and encoded, behind the prefix',
        value: text.slice(prefix.length),
      },
    ]),
  )
}

function pairs({ header }: Inspection): HTMLElement {
  const fields = header.pairs.flatMap(({ name, raw, value }) => [
    { name, value: raw },
    ...(value === raw ? [] : [{ name: `${name}, decoded`, value }]),
  ])
  return element(
    'section',
    { 'aria-labelledby': 'header-pairs' },
    element('h2', { id: 'header-pairs' }, 'The header, pair by pair'),
    fieldList(fields),
  )
}
