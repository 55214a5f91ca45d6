/** Which causes are told of a handshake that fails, and which first. */
import { describe, expect, it } from 'vitest'
import { likelyCauses } from '../src/internal/doctor/refusal-causes.ts'

const PREFIX = 'IBKR_OAUTH1_'
const usual = { realm: undefined, isDhDoubtful: false, isOtherHost: false }
/** The first words of each. */
const causes = (code: string, change: object = {}) =>
  likelyCauses(PREFIX + code, { consumerKey: 'ABCDEFGHI', ...usual, ...change }).map(
    (cause) => /^(?:\S+ ){1,2}\S+/.exec(cause)?.[0],
  )

describe('the realm', () => {
  const first = (consumerKey: string, realm: string | undefined) =>
    likelyCauses(`${PREFIX}UNAUTHORIZED`, { ...usual, consumerKey, realm })[0]

  it.each([
    ['ABCDEFGHI', 'test_realm', 'limited_poa'],
    ['TESTCONS', 'limited_poa', 'test_realm'],
    ['TESTCONS', undefined, 'test_realm'],
  ])('is the likeliest cause where %s has %s', (consumerKey, realm, wanted) => {
    expect(first(consumerKey, realm)).toBe(`realm should be ${wanted} for this consumer key.`)
  })

  it.each([
    ['ABCDEFGHI', 'limited_poa'],
    ['ABCDEFGHI', undefined],
    ['TESTCONS', 'test_realm'],
  ])('is none where %s has %s', (consumerKey, realm) => {
    expect(first(consumerKey, realm)).toMatch(/^signatureKey is not/)
  })
})

it.each([
  ['CONSUMER_INVALID', {}, ['The consumer key,', 'It is mistyped.', 'It is of']],
  ['CONSUMER_INVALID', { consumerKey: 'abc' }, ['The case of', 'The consumer key,', 'It is']],
  ['ACCESS_TOKEN_UNKNOWN', {}, ['The access token', 'accessToken and', 'dhParameters are of']],
  ['ACCESS_TOKEN_UNKNOWN', { isDhDoubtful: true }, ['dhParameters are of', 'The access token']],
  ['LST_SIGNATURE_MISMATCH', {}, ['dhParameters are of', 'Something between changed']],
  ['DH_RESPONSE_RANGE', { consumerKey: 'abc' }, ['dhParameters are of', 'The case of']],
  ['UNAUTHORIZED', {}, ['signatureKey is not', 'accessToken and', 'The consumer key,', 'dh']],
  ['CLOCK_UNKNOWN', { isDhDoubtful: true }, ['dhParameters are of', 'signatureKey is not']],
  ['NETWORK', {}, []],
])('of %s with %j begin with %j', (code, change, begin) => {
  const found = causes(code, change)
  expect(begin.length === 0 ? found : found.slice(0, begin.length)).toEqual(
    begin.map((words) => expect.stringMatching(new RegExp(`^${words}`))),
  )
})

it('name another address at last but one, where one is signed', () => {
  expect(causes('UNAUTHORIZED', { isOtherHost: true }).at(-2)).toBe('Another address is')
  expect(causes('UNAUTHORIZED')).not.toContain('Another address is')
})
