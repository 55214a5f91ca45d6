/** What is shown of an address: neither user nor password, no value of its query, no fragment. */
import { expect, it } from 'vitest'
import { shownAddress } from '../src/internal/shown-address.ts'

it.each([
  ['https://api.ibkr.com', 'https://api.ibkr.com'],
  ['https://api.ibkr.com/', 'https://api.ibkr.com'],
  ['http://127.0.0.1:8787/v1/api', 'http://127.0.0.1:8787/v1/api'],
  ['https://user@host/x', 'https://[hidden]@host/x'],
  ['https://:word@host/x', 'https://[hidden]@host/x'],
  ['https://user:word@host/x', 'https://[hidden]@host/x'],
  ['https://host/x?a=1&b=2#c', 'https://host/x?a=[hidden]&b=[hidden]'],
  ['https://host/x?secret', 'https://host/x?[hidden]'],
  ['secret', '[no address]'],
])('%s is shown as %s', (address, shown) => {
  expect(shownAddress(address)).toBe(shown)
})
