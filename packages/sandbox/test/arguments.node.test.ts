import { describe, expect, it } from 'vitest'
import { readArguments } from '../src/internal/node/arguments.ts'

describe('--port', () => {
  it.each(['0', '1', '8787', '65535', '08787'])('takes %s', (port) => {
    expect(readArguments(['--port', port])).toMatchObject({ port: Number(port) })
  })

  it.each(['1e3', '0x50', '80.0', '+80', ' 80', '80 ', '65536', '000080', '', 'x8787', '8787x'])(
    'refuses %j',
    (port) => {
      expect(readArguments(['--port', port])).toMatch(/^--port: a whole number from 0 to 65535/)
    },
  )
})
