/** Where the servers of Node, Deno and Bun listen. */
import { describe, expect, it } from 'vitest'
import { listenFailure, readListening } from '../src/server/listening.ts'

const ORIGIN = 'http://127.0.0.1:9000'
const HOST = 'ISOAUTH_EDGE_LISTEN_HOST'
const PORT = 'ISOAUTH_EDGE_LISTEN_PORT'
const USUAL = { hostname: '127.0.0.1', port: 9000 }

describe('host and port', () => {
  it.each([
    ['none is set', {}, USUAL],
    // As a file of variables leaves them: an empty host would mean every interface.
    ['both are empty', { [HOST]: '', [PORT]: '' }, USUAL],
    ['both are blanks', { [HOST]: ' ', [PORT]: ' ' }, USUAL],
    [
      'blanks stand around them',
      { [HOST]: ' 0.0.0.0\n', [PORT]: ' 80 ' },
      { hostname: '0.0.0.0', port: 80 },
    ],
  ])('where %s', (_, variables, expected) => {
    expect(readListening(variables, ORIGIN)).toEqual(expected)
  })

  it('of an origin without a port are loopback and 8788', () => {
    expect(readListening({}, 'https://trading.example')).toEqual({ ...USUAL, port: 8788 })
  })

  it.each(['0', '65536', '-1', '1e3', '0x50', '80.5', 'http'])('are not port %s', (port) => {
    expect(() => readListening({ [PORT]: port }, ORIGIN)).toThrow(
      expect.objectContaining({ code: 'EDGE_OPTION_INVALID', option: PORT }),
    )
  })
})

it.each([
  [{ code: 'EADDRINUSE', name: 'Error' }, 'EADDRINUSE'],
  [{ name: 'AddrInUse' }, 'AddrInUse'],
  ['text', 'unknown'],
])('a failure is told by its code or its name', (error, told) => {
  const { code, message } = listenFailure(USUAL, error)
  expect(code).toBe('EDGE_LISTEN_FAILED')
  expect(message).toContain(`at 127.0.0.1, port 9000 (${told})`)
  expect(message).toContain(HOST)
})
