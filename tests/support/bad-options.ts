/** Values that options of a kind do not take, as every client is given them. */

/** Stands in wrong values where a message might quote them. */
export const HUSH = 'HUSH-HUSH-VALUE'

/** Takes everything, and gives nothing back. */
export const emptyStore = { getItem() {}, setItem() {}, removeItem() {} }

const kinds = {
  text: [
    null,
    '',
    '   ',
    5,
    {},
    [],
    ['a'],
    `${HUSH} `,
    `${HUSH}\n`,
    `${HUSH}\u0000`,
    `${HUSH}\ud800`,
  ],
  function: [null, 5, HUSH, {}],
  flag: [null, 0, 'true', {}],
  duration: [null, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5', 86_400_001],
  url: [
    null,
    '',
    5,
    {},
    ['https://api.ibkr.com'],
    HUSH,
    'ftp://host/x',
    'http://api.ibkr.com',
    'http://api.ibkr.com/v1',
    `https://u:${HUSH}@host`,
    `https://host/x?${HUSH}`,
    'https://host/#x',
    '/v1/api',
  ],
  word: [null, '', 5, HUSH],
  userAgent: [null, '', 5, ['a'], `${HUSH}\r\nX: y`, `${HUSH}ü`],
} as const

export const bad = {
  ...kinds,
  /** What every client refuses when it is made. */
  common: {
    retryUnauthorized: kinds.word,
    userAgent: kinds.userAgent,
    fetch: kinds.function,
    now: kinds.function,
    onEvent: kinds.function,
    lock: kinds.function,
    timeoutMs: kinds.duration,
  },
} as const
