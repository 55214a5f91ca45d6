/** The base string that a server computes, and the parts that it is made of. */
import { type Parameter, signatureBaseString } from '@isoauth/ibkr-oauth1/signing'
import { argumentsInvalid } from '../errors.ts'
import { decode, type ParsedHeader } from './authorization-header.ts'
import { kindOf, type RequestToInspect, type ServerKnowledge } from './request.ts'

export interface BaseStringParts {
  /** Lower-case hex, or empty. */
  readonly prefix: string
  /** True where a prefix is needed and not known. */
  readonly isPrefixUnknown: boolean
  readonly method: string
  readonly uri: string
  /** Sorted, as they stand in the header. */
  readonly parameters: readonly Parameter[]
  /** Complete. */
  readonly text: string
}

/**
 * @throws IbkrOAuth1Error for a method, URL or prefix that none can be made of
 */
export function serverBaseString(
  { method, url }: RequestToInspect,
  header: ParsedHeader,
  knowledge: ServerKnowledge,
  querySigning: 'omit' | 'wire' = 'omit',
): BaseStringParts {
  const needsPrefix = kindOf(url) === 'live_session_token'
  const prefix = needsPrefix ? (knowledge.prefix ?? '').trim().toLowerCase() : ''
  const parameters = header.pairs.map(({ name, value }): Parameter => [name, value])
  const text = signatureBaseString({ method, url, parameters, prefix, querySigning })
  const [verb, uri, joined] = text.slice(prefix.length).split('&') as [string, string, string]
  return {
    prefix,
    isPrefixUnknown: needsPrefix && prefix === '',
    method: verb,
    uri: decode(uri),
    parameters: decode(joined)
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair): Parameter => {
        const at = pair.indexOf('=')
        return [pair.slice(0, at), pair.slice(at + 1)]
      }),
    text,
  }
}

/** In which part of a base string an index lies, in words. */
export function placeOf(parts: BaseStringParts, index: number): string {
  const { prefix, text } = Object(parts) as BaseStringParts
  if (typeof prefix !== 'string' || typeof text !== 'string') {
    throw argumentsInvalid('parts must be the baseString of an inspection.')
  }
  if (index < prefix.length) return 'the prefix'
  const before = text.slice(prefix.length, index)
  const marks = before.split('&').length - 1
  if (marks === 0) return 'the method'
  if (marks === 1) return 'the address'
  const name = decode(before.slice(before.lastIndexOf('&') + 1))
    .split('&')
    .at(-1)
    ?.split('=')[0]
  return name ? `the parameter ${name}` : 'the parameters'
}
