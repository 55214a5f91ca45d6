/** Inputs that once were answered wrongly; each is tried first, at every run. */

/** For readers of keys, parameters and encodings. */
export const KEY_CORPUS: readonly string[] = [
  // A megabyte of nested lengths took more than a second to read.
  `-----BEGIN PRIVATE KEY-----\n${'MIIB'.repeat(4096)}\n-----END PRIVATE KEY-----`,
  '-----BEGIN A-----'.repeat(4000),
  '-----BEGIN DH PARAMETERS-----\nMAYCAQQCAQI=\n-----END DH PARAMETERS-----',
  '{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB"}',
  '\ufeff-----BEGIN PRIVATE KEY-----',
  `{"kty":"RSA","n":"${'A'.repeat(100_000)}"}`,
]

/** For answers: body, status, and headers. */
export const ANSWER_CORPUS: readonly (readonly [
  number,
  string,
  Readonly<Record<string, string>>,
])[] = [
  // A date check was quadratic.
  [200, JSON.stringify({ expiration_dts: `2025-${'T'.repeat(80_000)}` }), {}],
  // 6,500 levels were a RangeError.
  [200, `${'{"a":'.repeat(6500)}1${'}'.repeat(6500)}`, {}],
  [200, '{"token_type":{"toString":1}}', {}],
  [429, '{}', { 'retry-after': '9'.repeat(400) }],
  [503, '{}', { 'retry-after': '-5' }],
  [401, '{}', { date: '1' }],
  [401, '{}', { date: 'Fri, 31 Dec 9999 23:59:59 GMT' }],
  [200, '', {}],
  [200, 'null', {}],
  [200, '[]', {}],
  [500, '<html>', { 'content-type': 'text/html' }],
]

/** For frames of a stream. */
export const FRAME_CORPUS: readonly string[] = [
  // Neither has a text: the reader threw.
  '{"message":{"toString":1}}',
  '{"topic":"smh+1","serverId":{"toString":1}}',
  '{"topic":"sts","args":null}',
  '{"topic":"act","args":{"accounts":{}}}',
  '{"topic":"__proto__"}',
  '{"topic":"smd+1+{","31":{}}',
  'tic\u0000',
  `${'['.repeat(10_000)}`,
]
