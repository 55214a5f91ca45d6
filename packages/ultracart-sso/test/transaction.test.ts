/** Where a login is kept: what the cookie says, one use, other browsers, other keys. */
import {
  createTransactionCookie,
  createTransactionStore,
  isSameIpAddress,
  type TransactionKeeper,
} from '@isoauth/ultracart-sso/transaction'
import { describe, expect, it } from 'vitest'
import { settle } from '../../../tests/support/index.ts'
import { REDIRECT, rejection, START } from './support.ts'

const transaction = {
  stateDigest: 'A'.repeat(43),
  redirectUri: REDIRECT,
  expiresAtMs: START + 300_500,
}
const unknown = { code: 'ULTRACART_SSO_LOGIN_UNKNOWN' }
const aes = (usages: ('encrypt' | 'decrypt')[] = ['encrypt', 'decrypt']) =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, usages) as Promise<CryptoKey>
const pairOf = (setCookie: string) => setCookie.slice(0, setCookie.indexOf(';'))
const time = { now: START }
const now = () => time.now

describe.each<[string, option: string, () => Promise<TransactionKeeper>]>([
  ['the store', 'backend', async () => createTransactionStore({ now })],
  ['the sealed cookie', 'key', async () => createTransactionCookie({ key: await aes(), now })],
])('%s', (_, option, make) => {
  it('sets a cookie that only this host’s server can read', async () => {
    const keeper = await make()
    const setCookie = await keeper.keep(transaction)
    expect(setCookie).toMatch(
      /^__Host-ultracart-login=[\w.-]{43,2000}; Max-Age=301; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    )
    expect(setCookie).not.toContain(transaction.stateDigest)
    expect(keeper.clear).toBe(
      '__Host-ultracart-login=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax',
    )
  })

  it('gives the transaction back among other cookies', async () => {
    const keeper = await make()
    const pair = pairOf(await keeper.keep({ ...transaction, more: 1 } as never))
    expect(await keeper.take(`a=b; ${pair};c="d"`)).toEqual(transaction)
  })

  it('gives the transaction back where a platform joined several headers by a comma', async () => {
    for (const around of [
      (pair: string) => `a=1, ${pair}`,
      (pair: string) => `${pair}, b=2`,
      (pair: string) => `a=1,${pair},b=2; c=3`,
    ]) {
      const keeper = await make()
      expect(await keeper.take(around(pairOf(await keeper.keep(transaction))))).toEqual(transaction)
    }
  })

  it('takes no cookie with a tail, of another name, or among two that a comma joins', async () => {
    const keeper = await make()
    const pair = pairOf(await keeper.keep(transaction))
    for (const header of [
      `${pair}!`,
      `${pair} x`,
      `${pair}\u00e9`,
      `x${pair}`,
      pair.replace('=', 'x='),
      `${pair}, ${pair}`,
      `a=1, ${pair}, ${pair}`,
    ]) {
      expect(await rejection(keeper.take(header))).toMatchObject(unknown)
    }
    expect(await keeper.take(pair)).toEqual(transaction)
  })

  it('reads a cookie of its own before one inside of another’s value', async () => {
    const keeper = await make()
    const pair = pairOf(await keeper.keep(transaction))
    expect(await keeper.take(`a=1,__Host-ultracart-login=forged; ${pair}`)).toEqual(transaction)
  })

  it('never makes the same cookie twice', async () => {
    const keeper = await make()
    expect(await keeper.keep(transaction)).not.toBe(await keeper.keep(transaction))
  })

  it.each([
    [undefined],
    [null],
    [''],
    ['a=b'],
    ['__Host-ultracart-login='],
    ['__Host-ultracart-login=x'],
    ['__Host-ultracart-login=v1.'],
    ['__Host-ultracart-login=v1.AAAA'],
    [`__Host-ultracart-login=${'A'.repeat(43)}`],
    [`__Host-ultracart-login=v1.${'A'.repeat(200)}`],
    [`__Host-ultracart-login=${'A'.repeat(5000)}`],
    ['__Host-ultracart-login=%00; __Host-ultracart-login=b'],
  ])('knows nothing of %s', async (header) => {
    const keeper = await make()
    await keeper.keep(transaction)
    expect(await rejection(keeper.take(header as never))).toMatchObject(unknown)
  })

  it.each([5, [], new Headers(), Promise.resolve('a=b'), Symbol('a')])(
    'refuses what is no text for the header: %o',
    async (header) => {
      const error = await rejection((await make()).take(header as never))
      expect(error).toMatchObject({ code: 'ULTRACART_SSO_OPTION_INVALID', option: 'cookieHeader' })
      expect(error).toMatchObject({ message: expect.stringContaining('header Cookie') })
    },
  )

  it('refuses a cookie that was changed or doubled', async () => {
    const keeper = await make()
    const pair = pairOf(await keeper.keep(transaction))
    const last = pair.at(-5)
    const changed = pair.slice(0, -5) + (last === 'A' ? 'B' : 'A') + pair.slice(-4)
    expect(await rejection(keeper.take(changed))).toMatchObject(unknown)
    expect(await rejection(keeper.take(`${pair}; ${pair}`))).toMatchObject(unknown)
    expect(await keeper.take(pair)).toEqual(transaction)
  })

  it('knows nothing of a login kept elsewhere', async () => {
    const [one, two] = [await make(), await make()]
    const pair = pairOf(await one.keep(transaction))
    const message = `No login is under way in this browser: it was used, is over, or began in another process, or before a restart, with another option ${option}. Start a new login.`
    expect(await rejection(two.take(pair))).toMatchObject({ ...unknown, message })
  })

  it('says of a browser without its cookie that none came', async () => {
    const message =
      'No login is under way in this browser: it was used, is over, began in another browser, or the cookie did not come (it needs https). Start a new login.'
    expect(await rejection((await make()).take('a=b'))).toMatchObject({ ...unknown, message })
  })
})

describe('the store', () => {
  it('gives a transaction once, to callers at the same time too', async () => {
    const keeper = createTransactionStore({ now })
    const pair = pairOf(await keeper.keep(transaction))
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => keeper.take(pair)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await rejection(keeper.take(pair))).toMatchObject(unknown)
  })

  it('forgets a login when it is over', async () => {
    const own = { now: START }
    const keeper = createTransactionStore({ now: () => own.now })
    const pair = pairOf(await keeper.keep(transaction))
    own.now = START + 300_999
    expect(await keeper.take(pair)).toEqual(transaction)
    own.now = START
    const again = pairOf(await keeper.keep(transaction))
    own.now = START + 301_000
    expect(await rejection(keeper.take(again))).toMatchObject(unknown)
  })

  it('holds so many and drops what is over first, then the oldest', async () => {
    const own = { now: START }
    const keeper = createTransactionStore({ now: () => own.now, maxEntries: 2 })
    const keep = async (expiresAtMs: number) =>
      pairOf(await keeper.keep({ ...transaction, expiresAtMs }))
    const first = await keep(START + 900_000)
    const short = await keep(START + 1000)
    own.now += 2000
    const third = await keep(START + 900_000)
    const fourth = await keep(START + 900_000)
    expect(await rejection(keeper.take(short))).toMatchObject(unknown)
    expect(await rejection(keeper.take(first))).toMatchObject(unknown)
    expect(await keeper.take(third)).toBeDefined()
    expect(await keeper.take(fourth)).toBeDefined()
  })

  it('works upon a store of others, told the time to live in seconds', async () => {
    const kept = new Map<string, string>()
    const lives: number[] = []
    const backend = {
      async setItem(key: string, value: string, { ttl }: { ttl: number }) {
        await settle()
        lives.push(ttl)
        kept.set(key, value)
      },
      async takeItem(key: string) {
        await settle()
        const value = kept.get(key)
        kept.delete(key)
        return value === undefined ? null : JSON.parse(value)
      },
    }
    const keeper = createTransactionStore({ backend, now, cookieName: '__Host-login' })
    const pair = pairOf(await keeper.keep(transaction))
    const id = pair.slice('__Host-login='.length)
    expect([...kept.keys()]).toEqual([`isoauth:ultracart-sso:${id}`])
    expect(lives).toEqual([301])
    expect(await keeper.take(pair)).toEqual(transaction)
    expect(await rejection(keeper.take(pair))).toMatchObject(unknown)
  })

  it.each([['rubbish'], ['{}'], [5], [{ stateDigest: 'x' }]])(
    'knows nothing where its store gives %o',
    async (value) => {
      const backend = { setItem: () => {}, takeItem: () => value }
      const keeper = createTransactionStore({ backend, now })
      const pair = pairOf(await keeper.keep(transaction))
      expect(await rejection(keeper.take(pair))).toMatchObject(unknown)
    },
  )

  it.each<[string, (text: string) => unknown]>([
    ['the row that holds it', (text) => ({ value: text })],
    ['a list of rows', (text) => [text]],
    ['bytes', (text) => new TextEncoder().encode(text)],
    ['a text in quotation marks', (text) => JSON.stringify(text)],
    ['a text that its column cut', (text) => text.slice(0, 64)],
    ['whether it was there', () => true],
  ])('says which option is wrong where its store gives %s', async (_, give) => {
    let kept = ''
    const backend = {
      setItem: (_key: string, text: string) => {
        kept = text
      },
      takeItem: () => give(kept),
    }
    const keeper = createTransactionStore({ backend, now })
    const pair = pairOf(await keeper.keep(transaction))
    const message = `No login could be read: takeItem of option backend gave ${typeof give(kept) === 'string' ? 'another text' : 'no text'}. It must give the text that setItem was given, whole, and not the row or reply that holds it. Mend that, and start a new login.`
    expect(await rejection(keeper.take(pair))).toMatchObject({
      ...unknown,
      option: 'backend',
      message,
    })
  })

  it.each([[undefined], [null], [''], [false]])(
    'takes %o for nothing, as its store has no entry',
    async (nothing) => {
      const keeper = createTransactionStore({
        backend: { setItem: () => {}, takeItem: () => nothing },
        now,
      })
      const error = await rejection(keeper.take(pairOf(await keeper.keep(transaction))))
      expect(error).toMatchObject({
        ...unknown,
        message: expect.stringMatching(/^No login is under way/),
      })
      expect(error).not.toHaveProperty('option', 'backend')
    },
  )

  it('passes on what its store throws', async () => {
    const down = new Error('store down')
    const backend = { setItem: () => Promise.reject(down), takeItem: () => Promise.reject(down) }
    const keeper = createTransactionStore({ backend, now })
    expect(await rejection(keeper.keep(transaction))).toBe(down)
    expect(await rejection(keeper.take(`__Host-ultracart-login=${'A'.repeat(43)}`))).toBe(down)
  })
})

describe('the sealed cookie', () => {
  it('names its form, and is read in that form alone', async () => {
    const keeper = createTransactionCookie({ key: await aes(), now })
    const pair = pairOf(await keeper.keep(transaction))
    expect(pair).toMatch(/^__Host-ultracart-login=v1\.[\w-]+$/)
    for (const form of ['', 'v2.']) {
      expect(await rejection(keeper.take(pair.replace('v1.', form)))).toMatchObject(unknown)
    }
  })

  it('opens with each key of a rotation, and is sealed with the first', async () => {
    const [old, fresh, other] = [await aes(), await aes(), await aes()]
    const pair = pairOf(await createTransactionCookie({ key: old, now }).keep(transaction))
    const rotated = createTransactionCookie({ key: [fresh, old], now })
    expect(await rotated.take(pair)).toEqual(transaction)
    const next = pairOf(await rotated.keep(transaction))
    expect(await createTransactionCookie({ key: fresh, now }).take(next)).toEqual(transaction)
    for (const key of [old, other]) {
      const keeper = createTransactionCookie({ key, now })
      expect(await rejection(keeper.take(next))).toMatchObject(unknown)
    }
  })

  it('does not open under another name', async () => {
    const key = await aes()
    const pair = pairOf(await createTransactionCookie({ key, now }).keep(transaction))
    const other = createTransactionCookie({ key, now, cookieName: '__Host-other' })
    const moved = pair.replace('__Host-ultracart-login', '__Host-other')
    expect(await rejection(other.take(moved))).toMatchObject(unknown)
  })

  it('is not single-use, as its docs say', async () => {
    const keeper = createTransactionCookie({ key: await aes(), now })
    const pair = pairOf(await keeper.keep(transaction))
    expect(await keeper.take(pair)).toEqual(await keeper.take(pair))
  })
})

describe('isSameIpAddress', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:0:0:0:0:0:1', '2001:DB8::1'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['::FFFF:0:1', '0.0.0.1'],
    ['::ffff:1:0', '0.1.0.0'],
    ['255.255.255.255', '::ffff:ffff:ffff'],
    ['1.20.100.199', '1.20.100.199'],
    ['0000:0000:0000:0000:0000:ffff:255.255.255.255', '255.255.255.255'],
    ['::1', '0:0:0:0:0:0:0:1'],
  ])('%s is %s', (a, b) => {
    expect([isSameIpAddress(a, b), isSameIpAddress(b, a)]).toEqual([true, true])
  })

  it.each([
    ['203.0.113.7', '203.0.113.8'],
    ['2001:db8::1', '2001:db8::2'],
    ['0.0.0.1', '::1'],
    ['203.0.113.7', '203.0.113.07'],
    ['203.0.113.256', '203.0.113.256'],
    ['1', '0.0.0.1'],
    ['localhost', 'localhost'],
    ['', ''],
    ['::1]/x[', '::1'],
    [undefined, undefined],
    [5, 5],
    [['203.0.113.7'], ['203.0.113.7']],
    ['203.0.113', '203.0.113'],
    ['203.0.113.7.1', '203.0.113.7.1'],
    ['203.0.113.1000', '203.0.113.1000'],
    ['203.0.113.-7', '203.0.113.-7'],
    ['x203.0.113.7', 'x203.0.113.7'],
    ['203.0.113.7x', '203.0.113.7x'],
    ['fe80::1%25eth0', 'fe80::1%25eth0'],
    ['00000:0000:0000:0000:0000:ffff:255.255.255.255', '255.255.255.255'],
    ['::1:ffff:cb00:7107', '203.0.113.7'],
  ])('%s is not %s', (a, b) => {
    expect(isSameIpAddress(a as never, b as never)).toBe(false)
  })
})

it('keys that are taken out of the list later seal and open all the same', async () => {
  const keys = [await aes()]
  const keeper = createTransactionCookie({ key: keys, now })
  keys.length = 0
  expect(await keeper.take(pairOf(await keeper.keep(transaction)))).toEqual(transaction)
})

it('an end of which no time can be made is refused', async () => {
  for (const expiresAtMs of [1e308, Number.NaN, Number.POSITIVE_INFINITY, '5', null]) {
    const error = await rejection(
      createTransactionStore().keep({ ...transaction, expiresAtMs } as never),
    )
    expect(error).toMatchObject({ code: 'ULTRACART_SSO_OPTION_INVALID', option: 'transaction' })
  }
})
