import { describe, expect, it } from 'vitest'
import { serveInFolder } from '../../../tests/support/served-folder.ts'
import { readTopics } from '../src/internal/stream/read-topic.ts'
import { flat, isoauth, longestLine, type Outside, plain } from './harness.ts'

const place = serveInFolder('isoauth-stream-')

/** Runs the command; each time that its output since the last time shows what is waited for, something is done. */
async function stream(
  argv: readonly string[],
  script: readonly (readonly [pattern: RegExp, then: () => void])[],
  outside: Outside = {},
) {
  const interrupt = new AbortController()
  const left = [...script]
  let seen = ''
  const onOutput = (text: string) => {
    seen += text
    const [next] = left
    if (!next?.[0].test(plain(seen))) return
    left.shift()
    seen = ''
    // What is done may write too.
    setTimeout(() => (left.length === 0 ? interrupt.abort() : next[1]()))
  }
  const given = ['stream', ...argv, '--config', 'isoauth.json', '--compete']
  return await isoauth(given, { ...outside, cwd: place.cwd, signal: interrupt.signal, onOutput })
}

const price = (value: string) => () =>
  place.server.sandbox.broker.play({ kind: 'market-data', conid: 265598, fields: { '31': value } })
/** The same, once the stream has asked for prices. */
const priceOnceAsked = (value: string) => async () => {
  const { broker } = place.server.sandbox
  const asks = () => broker.sockets.at(-1)?.subscriptions.includes('md+265598')
  await expect.poll(asks).toBe(true)
  price(value)()
}
const end = () => {}

describe('what comes', () => {
  it('in a pipe: one document a line, a cut as a gap, and Ctrl-C ends it with 0', async () => {
    const { broker } = place.server.sandbox
    const { status, stdout, stderr } = await stream(
      ['md+265598', 'tr'],
      [
        [/"type":"ready","connections":1/, priceOnceAsked('190.5')],
        [/"31":"190\.5"/, () => broker.play({ kind: 'cut' })],
        [/"type":"reconciled"/, price('191.5')],
        [/"31":"191\.5"/, end],
      ],
    )
    expect([status, stderr]).toEqual([0, ''])
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    for (const line of lines) expect(line.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    const told = lines.flatMap(({ event }) => event?.type ?? [])
    expect(told).toEqual(['ready', 'lost', 'ready', 'gap', 'reconciled'])
    const gap = lines.find(({ event }) => event?.type === 'gap').event
    expect(gap.topics).toEqual([
      { topic: 'md', key: '265598' },
      { topic: 'tr', key: '' },
    ])
    const prices = lines.filter(({ topic }) => topic === 'md')
    expect(prices.at(-1)).toMatchObject({ key: '265598', isReconciled: false })
    expect(stdout).not.toContain('\u001B')
    await expect
      .poll(() => broker.sockets.every(({ closedAtMs }) => closedAtMs !== null))
      .toBe(true)
    const asked = broker.sockets.flatMap(({ frames }) => frames.map(({ text }) => text))
    expect(asked).toContain('smd+265598+{"fields":["31","84","86"]}')
  })

  it('on a terminal: lines to read', async () => {
    const { status, stdout } = await stream(
      ['md+265598+{"fields":["31"]}'],
      [
        [/The stream is open\./, priceOnceAsked('192.5')],
        [/md 265598 {2}31=192\.5/, () => place.server.sandbox.broker.play({ kind: 'cut' })],
        [/Gap: what happened in \d+ s was not sent, of md 265598\./, end],
      ],
      { isTerminal: true },
    )
    expect(status).toBe(0)
    expect(plain(stdout)).toMatch(/^\d\d:\d\d:\d\d {2}The session is open\.\n/)
    expect(plain(stdout)).toContain('The stream was lost: it was closed, or the network broke.')
  })

  it('on a terminal: nothing that a message holds steers it', async () => {
    const { stdout } = await stream(
      ['md+265598'],
      [
        [/The stream is open/, priceOnceAsked('1\u001b[2J\u009b31m\r\nlost')],
        [/lost/, end],
      ],
      { isTerminal: true },
    )
    const [line = ''] = stdout.split('\n').filter((one) => one.includes('lost'))
    expect(line).toContain('31="1\\u001b[2J\\x9b31m\\r\\nlost"')
  })

  it('on a terminal with --json: documents', async () => {
    const { stdout } = await stream(['pl', '--json'], [[/"ready"/, end]], { isTerminal: true })
    for (const line of stdout.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow()
  })
})

describe('what is wrong', () => {
  it.each([
    [[], 'The argument TOPIC is missing.'],
    [['or+{days:1}'], 'has to be a JSON object'],
    [['or', '--service', 'ibkr-oauth2'], 'has a value that it does not take'],
    [
      ['xx'],
      'There is no topic xx. The topics: md (market data), mh (history), bd (price ladder), or (orders), pl (profit and loss), tr (trades), sd (account summary), ld (ledger). See isoauth stream --help.',
    ],
    [
      ['md+AAPL'],
      'The topic md takes the contract id, such as 265598, or that and an exchange, such as 265598@NYSE.',
    ],
    [['mh+265598@NYSE'], 'The topic mh takes the contract id, such as 265598.'],
    [['or+DU1'], 'The topic or takes nothing behind it but parameters.'],
    [
      ['or', 'md+1', 'md+1+{"fields":["31"]}'],
      'The topic md+1 is there twice: write it once, with all its parameters.',
    ],
    [['or', 'or'], 'The topic or is there twice'],
    [
      [1, 2, 3, 4, 5, 6].map((contract) => `mh+${contract}`),
      'These are 6 histories (mh), and the broker sends 5 at once',
    ],
    [
      [`tr+{"x":"${'y'.repeat(10_000)}"}`],
      'The parameters of a topic may have 10000 characters; these are 10008.',
    ],
  ])('%j', async (argv, text) => {
    const before = place.server.sandbox.counts.requests
    const { status, stderr } = await stream(argv, [])
    expect(status).toBe(2)
    expect(flat(stderr)).toContain(text)
    expect(place.server.sandbox.counts.requests).toBe(before)
  })

  it.each([
    ...[
      'xx',
      'md+AAPL',
      'or+{days:1}',
      'or+[]',
      'md+',
      'md+265598x',
      'mh+x265598',
      'md+1234567890123',
    ],
    ...['sd+1DU', 'ld+DU 1', 'bd+DU1234567', 'bd+DU1234567+x', 'bd+DU1234567+1+smart', 'or+{}+x'],
  ])('%s: the argument is named', (text) => {
    expect(() => readTopics([text])).toThrow(
      expect.objectContaining({ code: 'CLI_ARGUMENTS_INVALID', option: 'topic' }),
    )
  })

  it('five histories beside other topics are none too many', () => {
    const topics = ['or', 'tr', ...[1, 2, 3, 4, 5].flatMap((id) => [`mh+${id}`, `md+${id}`])]
    expect(readTopics(topics)).toHaveLength(12)
  })

  it('its help fits 80 columns', async () => {
    const { status, stdout } = await isoauth(['stream', '--help'])
    expect(status).toBe(0)
    expect(longestLine(stdout)).toBeLessThanOrEqual(80)
  })
})
