/** What the signature itself shows, where a key or the program's own base string is known. */
import { base64ToBytes } from '@isoauth/core-crypto'
import { type ParsedHeader, pairOf } from './authorization-header.ts'
import { type BaseStringParts, placeOf, serverBaseString } from './base-string.ts'
import { type Finding, fault, firstDifference, note } from './finding.ts'
import { verifiersOf } from './keys.ts'
import { type Mistake, mistakenBaseStrings } from './mistaken-base-strings.ts'
import { kindOf, type RequestToInspect, type ServerKnowledge } from './request.ts'

export interface SignatureResult {
  /** `unknown` without a key. */
  readonly signature: 'matches' | 'differs' | 'unknown'
  readonly findings: readonly Finding[]
}

export async function signatureFindings(
  request: RequestToInspect,
  header: ParsedHeader,
  knowledge: ServerKnowledge,
  right: BaseStringParts,
): Promise<SignatureResult> {
  const { right: verifier, mistaken } = await verifiersOf(kindOf(request.url), knowledge)
  const mistakes = mistakenBaseStrings(request, header, right)
  const said = readBaseString(knowledge.clientBaseString)
  const signature = signatureOf(header)
  if (verifier === undefined || right.isPrefixUnknown || signature === undefined) {
    return { signature: 'unknown', findings: said ? compare(said, right, mistakes) : [] }
  }
  const wire = serverBaseString(request, header, knowledge, 'wire')
  for (const { text } of [right, wire]) {
    if (!(await verifier.matches(signature, text))) continue
    const findings = said && said !== text ? compare(said, right, mistakes) : []
    return { signature: 'matches', findings }
  }
  for (const mistake of mistakes) {
    if (!(await verifier.matches(signature, mistake.baseString))) continue
    return { signature: 'differs', findings: [findingOf(mistake, right)] }
  }
  for (const { id, title, cause, remedy, matches } of mistaken) {
    for (const { text } of [right, wire]) {
      if (!(await matches(signature, text))) continue
      return { signature: 'differs', findings: [fault(id, title, cause, remedy)] }
    }
  }
  if (said === undefined) return { signature: 'differs', findings: [unexplained(verifier.name)] }
  if (said === right.text) return { signature: 'differs', findings: [wrongKey(verifier.name)] }
  return { signature: 'differs', findings: compare(said, right, mistakes) }
}

function signatureOf(header: ParsedHeader): Uint8Array | undefined {
  // What the header spoilt was told already; here it is judged as it was meant.
  const { raw = '' } = pairOf(header, 'oauth_signature') ?? {}
  let text = raw
  for (let times = 0; times < 2 && /%[0-9A-Fa-f]{2}/.test(text); times++) {
    text = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
  }
  try {
    const bytes = base64ToBytes(text.replaceAll('-', '+').replaceAll('_', '/').replace(/\s/g, ''))
    return bytes.length > 0 ? bytes : undefined
  } catch {
    return undefined
  }
}

/** The first difference between what the program signed and what the server computes. */
function compare(said: string, right: BaseStringParts, mistakes: readonly Mistake[]): Finding[] {
  if (said === right.text) {
    return [
      note(
        'base-string-equal',
        'Your base string is the one the server computes',
        'What is signed is right; what is left is the key and the way the signature is written.',
        'Compare the keys: give the one that the server has.',
      ),
    ]
  }
  const mistake = mistakes.find(({ baseString }) => baseString === said)
  if (mistake !== undefined) return [findingOf(mistake, right)]
  const difference = { of: 'base string', yours: said, expected: right.text }
  const place = placeOf(right, firstDifference(difference))
  return [
    fault(
      'base-string-differs',
      `Your base string first differs in ${place}`,
      'None of the usual mistakes gives this text.',
      'Compare the two at the mark below.',
      difference,
    ),
  ]
}

function findingOf({ id, title, cause, remedy, baseString }: Mistake, right: BaseStringParts) {
  return fault(id, title, cause, remedy, {
    of: 'base string',
    yours: baseString,
    expected: right.text,
  })
}

function unexplained(key: string): Finding {
  return fault(
    'signature-differs',
    `The signature is not that of this request under the ${key}`,
    key === 'live session token'
      ? 'None of the usual mistakes explains it. Most often the token is another: replaced by a newer handshake, or derived from a shared secret whose leading zero byte was left out or that was padded to 256 bytes.'
      : 'None of the usual mistakes explains it. Most often the key is another than the registered one, or the prefix is that of another access token.',
    'Give the base string that your program signed, to see where the two first differ.',
  )
}

function wrongKey(key: string): Finding {
  return fault(
    'key-differs',
    'The base string is right, the key is not',
    `Your base string is the one the server computes, and yet the signature is not the ${key}'s.`,
    `Use the ${key} that the server has: register the public half of yours, or make a new handshake.`,
  )
}

function readBaseString(text: string | undefined): string | undefined {
  const trimmed = text?.trim()
  return trimmed === '' ? undefined : trimmed
}
