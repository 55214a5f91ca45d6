/** What an inspection found, as a page shows it: the verdict, the faults, then the parts. */

import type { Inspection } from '@isoauth/cli/inspect'
import {
  type BaseStringParts,
  type Difference,
  type Finding,
  firstDifference,
  placeOf,
} from '@isoauth/cli/inspect'
import { FieldList, Parts } from '../view/fields.tsx'
import { BASE_STRING_PARTS, baseStringParts, type Part, sliceParts } from '../view/parts.ts'

export function Result({ inspection }: { readonly inspection: Inspection }) {
  const { baseString, findings, header } = inspection
  return (
    <div class="result" data-verdict={inspection.verdict}>
      <Verdict {...inspection} />
      {findings.length > 0 && (
        <ol class="findings" aria-label="Findings">
          {findings.map((found) => (
            <FindingItem key={found.id} found={found} baseString={baseString} />
          ))}
        </ol>
      )}
      {baseString && <BaseString {...baseString} />}
      {header.pairs.length > 0 && <Pairs {...inspection} />}
    </div>
  )
}

function Verdict({ verdict, signature, kind, findings }: Inspection) {
  const [first, ...others] = findings.filter(({ severity }) => severity === 'fault')
  const [title, text] = {
    accepted: ['A server accepts it', 'The signature is that of this request.'],
    refused: [
      'A server refuses it',
      `${first?.title}${others.length > 0 ? `, and ${others.length} more` : ''}.`,
    ],
    undecided: [
      'The form is right; the signature was not judged',
      'Give the key that the server has, and this page computes what the server would.',
    ],
  }[verdict] as [string, string]
  const compared = { matches: 'matches', differs: 'differs', unknown: 'was not compared' }[
    signature
  ]
  const call = kind === 'protected resource' ? 'a protected resource' : kind
  return (
    <div class={`verdict ${verdict}`}>
      <h2 tabIndex={-1}>{title}</h2>
      <p>{text}</p>
      <p class="hint">
        Judged as a request for {call}; the signature {compared}.
      </p>
    </div>
  )
}

interface FindingProps {
  readonly found: Finding
  readonly baseString: BaseStringParts | undefined
}

function FindingItem({ found, baseString }: FindingProps) {
  const { id, severity, title, cause, remedy, difference } = found
  return (
    <li class={`finding ${severity}`} data-finding={id}>
      <h3>{title}</h3>
      <p>
        <strong>Usual cause: </strong>
        {cause}
      </p>
      <p>
        <strong>Remedy: </strong>
        {remedy}
      </p>
      {difference && <Compared difference={difference} baseString={baseString} />}
    </li>
  )
}

const BEFORE = 40
const AFTER = 60

function Compared({
  difference,
  baseString,
}: { readonly difference: Difference } & Pick<FindingProps, 'baseString'>) {
  const { of, yours, expected } = difference
  const at = firstDifference(difference)
  const isBaseString = of === 'base string' && baseString !== undefined
  const prefix = isBaseString ? baseString.prefix.length : 0
  const place = isBaseString ? `, in ${placeOf(baseString, at)}` : ''
  const signed = isBaseString ? 'Signed' : 'Sent'
  const isInPrefix = at < prefix
  const from = Math.max(prefix, at - BEFORE)
  const cut = (text: string) =>
    isBaseString ? baseStringParts(text, prefix) : [{ kind: 'plain', text } as const]
  return (
    <div class="difference">
      <p class="hint">
        The {of} first differs at character {at + 1}
        {place}.
      </p>
      {isInPrefix ? (
        <FieldList
          fields={[
            { name: signed, value: yours, secret: true },
            { name: 'Expected', value: expected, secret: true },
          ]}
        />
      ) : (
        <dl class="fields">
          <dt>{signed}</dt>
          <dd>
            <Marked parts={cut(yours)} from={from} at={at} />
          </dd>
          <dt>Expected</dt>
          <dd>
            <Marked parts={cut(expected)} from={from} at={at} />
          </dd>
        </dl>
      )}
    </div>
  )
}

/** The text around the first character that differs, in the colours of its parts. */
function Marked({
  parts,
  from,
  at,
}: {
  readonly parts: readonly Part[]
  readonly from: number
  readonly at: number
}) {
  const { length } = parts.map(({ text }) => text).join('')
  const differing = sliceParts(parts, at, at + 1)[0]?.text ?? '(end)'
  return (
    <div class="marked">
      {from > 0 && '…'}
      <Parts parts={sliceParts(parts, from, at)} />
      <mark>{differing}</mark>
      <Parts parts={sliceParts(parts, at + 1, at + AFTER)} />
      {at + AFTER < length && '…'}
    </div>
  )
}

function BaseString({ prefix, isPrefixUnknown, method, uri, parameters, text }: BaseStringParts) {
  const shown = prefix === '' ? [] : [{ name: 'Prefix', value: prefix, secret: true }]
  const behind = text.slice(prefix.length)
  return (
    <section aria-labelledby="base-string">
      <h2 id="base-string">The base string that the server computes</h2>
      {isPrefixUnknown && (
        <p class="hint">
          This call needs the prefix, which was not given: the base string begins with it.
        </p>
      )}
      <ul class="legend" aria-label="Colours of the parts">
        {BASE_STRING_PARTS.filter(([kind]) => kind !== 'prefix').map(([kind, name]) => (
          <li key={kind} class={`part ${kind}`}>
            {name}
          </li>
        ))}
      </ul>
      <div class="whole">
        {prefix !== '' && <span class="hint">prefix of {prefix.length} characters, hidden </span>}
        <Parts parts={baseStringParts(behind, 0)} />
      </div>
      <h3>Taken apart</h3>
      <FieldList
        fields={[
          ...shown,
          { name: 'Method', value: method },
          { name: 'Address', value: uri },
          ...parameters.map(([name, value]) => ({ name, value })),
          {
            name: prefix === '' ? 'Joined and encoded' : 'Joined and encoded, behind the prefix',
            value: behind,
          },
        ]}
      />
    </section>
  )
}

function Pairs({ header }: Inspection) {
  const fields = header.pairs.flatMap(({ name, raw, value }) => [
    { name, value: raw },
    ...(value === raw ? [] : [{ name: `${name}, decoded`, value }]),
  ])
  return (
    <section aria-labelledby="header-pairs">
      <h2 id="header-pairs">The header, pair by pair</h2>
      <FieldList fields={fields} />
    </section>
  )
}
