import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { serveInFolder } from '../../../tests/support/served-folder.ts'
import { describeEvent, describeHealth } from '../src/internal/session/words.ts'
import { flat, isoauth, longestLine, type Outside, plain } from './harness.ts'

const place = serveInFolder('isoauth-session-')

const session = (argv: readonly string[], outside: Outside = {}) =>
  isoauth(['session', ...argv, '--config', 'isoauth.json'], { ...outside, cwd: place.cwd })

/** Runs `watch` until its output shows what is waited for. */
async function watchUntil(pattern: RegExp, argv: readonly string[] = [], outside: Outside = {}) {
  const interrupt = new AbortController()
  let seen = ''
  const onOutput = (text: string) => {
    seen += text
    if (pattern.test(seen)) interrupt.abort()
  }
  return await session(['watch', ...argv], { ...outside, signal: interrupt.signal, onOutput })
}

describe('open, status, close', () => {
  it('over ibkr-oauth1', async () => {
    const opened = await session(['open'])
    expect([opened.status, opened.stdout]).toEqual([0, 'The brokerage session is open.\n'])
    expect(opened.stderr).toContain('isoauth session watch')
    expect(longestLine(opened.stderr)).toBeLessThanOrEqual(80)
    const { status, stdout } = await session(['status'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^ready\n {2}authenticated {2}true\n/)
    const closed = await session(['close', '--json'])
    expect(JSON.parse(closed.stdout)).toMatchObject({ state: 'closed' })
    const said = await session(['status'])
    expect(flat(said.stderr)).toMatch(
      /^"isoauth session open( --config \S+)" opens it; "isoauth session watch\1" keeps it too\. $/,
    )
    const after = await session(['status', '--json'])
    expect(after.status).toBe(1)
    expect(JSON.parse(after.stdout)).toMatchObject({ isReady: false, authenticated: false })
  })

  it('over ibkr-sso a session that nobody would keep is not opened', async () => {
    const { status, stderr } = await session(['open', '--service', 'ibkr-sso'])
    expect(status).toBe(2)
    expect(flat(stderr)).toContain('use "isoauth session watch')
  })
})

describe('watch', () => {
  it('writes lines where nobody looks, and ends by Ctrl-C with 0', async () => {
    const { status, stdout } = await watchUntil(/last tickle \d+ s ago/)
    expect(status).toBe(0)
    expect(stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}The session is open\.\n/)
    expect(stdout).toMatch(/ {2}open, for \d s, last tickle \d s ago\n$/)
    expect(stdout).not.toContain('\u001B')
  })

  it('takes no session from another platform unless it is told to', async () => {
    const sso = ['--service', 'ibkr-sso']
    await session(['open'])
    const { status, stderr } = await watchUntil(/never written/, sso)
    expect(status).toBe(1)
    expect(stderr).toContain('IBKR_SESSION_COMPETING')
    expect((await watchUntil(/last tickle/, [...sso, '--compete'])).status).toBe(0)
    await session(['open', '--compete'])
  })

  it.each([true, false])(
    'one that is not opened is told once, in words of the command, terminal: %s',
    async (isTerminal) => {
      await session(['open'])
      const sso = ['--service', 'ibkr-sso']
      const { status, stdout, stderr } = await watchUntil(/never written/, sso, { isTerminal })
      expect(status).toBe(1)
      // Nothing is tried again, so that no such thing is told, and no line is left that the error would be part of.
      expect(stdout).toBe('')
      expect(flat(stderr)).toContain(
        'holds the session of this user name: sign out there, or take it with --compete, which ends theirs.',
      )
      expect(stderr).not.toContain('compete is false')
    },
  )

  it('--json: the error is one line too', async () => {
    await session(['open'])
    const { stdout } = await watchUntil(/never written/, ['--service', 'ibkr-sso', '--json'])
    const lines = stdout.trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).error.code)).toEqual(['IBKR_SESSION_COMPETING'])
  })

  it('shows how it is in the last line of a terminal', async () => {
    const { status, stdout } = await watchUntil(/last tickle.*\r.*last tickle/s, [], {
      isTerminal: true,
    })
    expect(status).toBe(0)
    expect(plain(stdout)).toContain('\r\u001B[2Kopen, for')
    expect(longestLine(plain(stdout).replaceAll('\r\u001B[2K', '\n'))).toBeLessThanOrEqual(80)
  })

  it('keeps that line as short as the terminal is wide, or each second would leave a line', async () => {
    const { stdout } = await watchUntil(/for.*\r.*for/s, [], { isTerminal: true, columns: 20 })
    const shown = plain(stdout)
      .split('\r\u001B[2K')
      .filter((line) => line.startsWith('open'))
    expect(shown[0]).toBe('open, for 0 s, las…')
    expect(longestLine(shown.join('\n'))).toBe(19)
  })

  it('says since when it is open only of one that is, and first what comes next', () => {
    const health = {
      ...{ epoch: 1, lostReason: undefined, tokenAgeMs: undefined, isKeeper: true },
      ...{ openedAtMs: 0, lastGoodTickleAtMs: 10_000, waitingUntilMs: undefined },
    }
    expect(describeHealth({ ...health, state: 'open' }, 20_000)).toBe(
      'open, for 20 s, last tickle 10 s ago',
    )
    const lost = { ...health, state: 'lost', waitingUntilMs: 25_000 } as const
    expect(describeHealth(lost, 20_000)).toBe(
      'lost, next attempt in 5 s, last tickle 10 s ago, opened 20 s ago',
    )
  })

  it.each([
    ['network', 'No answer came.', 'Nothing is sent for 5 s: the network failed. No answer came.'],
    ['network', undefined, 'Nothing is sent for 5 s: the network failed.'],
    // What another platform means is told once, when it is found.
    ['competing', 'Sign out.', 'Nothing is sent for 5 s: another platform has the session.'],
  ] as const)(
    'says why it waits, %s, and takes no words of ours for those of the broker',
    (reason, message, expected) => {
      expect(describeEvent({ type: 'waiting', untilMs: 5000, reason, message }, 0)).toBe(expected)
    },
  )

  it('--json: one document a line', async () => {
    const { stdout } = await watchUntil(/"health"/, ['--json'])
    const lines = stdout.trim().split('\n')
    const told = lines.map((line) => Object.keys(JSON.parse(line)))
    expect(told).toEqual([
      ['at', 'event'],
      ['at', 'health'],
    ])
  })
})

it('a host that gives no answer is named; the next run says until when it is not asked again', async () => {
  const XDG_CACHE_HOME = join(place.cwd, 'no-answer')
  const env = { ISOAUTH_IBKR_OAUTH1_BASE_URL: 'http://127.0.0.1:1/v1/api', XDG_CACHE_HOME }
  const { status, stderr } = await session(['status'], { env })
  expect(status).toBe(1)
  expect(flat(stderr)).toContain('No answer from 127.0.0.1:1: ')
  // A process ends once it is written; here the next run begins at once.
  await vi.waitFor(async () =>
    expect((await readdir(join(XDG_CACHE_HOME, 'isoauth'))).join()).toMatch(/^\w+\.sealed$/),
  )
  const next = await session(['status'], { env })
  expect(flat(next.stderr)).toMatch(
    /^isoauth: Sign-in got no answer in a run before this one, and is held back until \d{4}-\S+Z, since/,
  )
  const again = await session(['status', '--no-cache'], { env })
  expect(flat(again.stderr)).toContain('No answer from 127.0.0.1:1: ')
})

describe('what is wrong', () => {
  it.each([
    [['nope'], 'The argument ACTION has a value that it does not take.'],
    [[], 'The argument ACTION is missing.'],
    [['watch', '--interval', '0'], 'Seconds from 1 to 240 are required.'],
    [['open', '--service', 'ibkr-oauth2'], 'has a value that it does not take'],
  ])('%j', async (argv, text) => {
    const { status, stderr } = await session(argv)
    expect(status).toBe(2)
    expect(flat(stderr)).toContain(text)
  })

  it('a configuration without the broker', async () => {
    await writeFile(
      join(place.cwd, 'other.json'),
      '{"ultracart":{"redirectUri":"https://app.example/"}}',
    )
    const { status, stderr } = await isoauth(['session', 'open', '-c', 'other.json'], {
      cwd: place.cwd,
    })
    expect(status).toBe(2)
    expect(flat(stderr)).toContain('neither ibkr.oauth1 nor ibkr.oauth2')
  })
})
