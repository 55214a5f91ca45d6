/** Addresses as they are shown: a user, a password or a key in one is no reading matter. */

const HIDDEN = '[hidden]'

/** The address without user, password, the values of its query, and its fragment. */
export function shownAddress(address: string): string {
  if (!URL.canParse(address)) return '[no address]'
  const { protocol, host, pathname, search, username, password } = new URL(address)
  const user = username === '' && password === '' ? '' : `${HIDDEN}@`
  const query = search.replace(/=[^&]*/g, `=${HIDDEN}`)
  // A query without names may be a secret as a whole.
  const shown = search !== '' && !search.includes('=') ? `?${HIDDEN}` : query
  return `${protocol}//${user}${host}${pathname === '/' ? '' : pathname}${shown}`
}
