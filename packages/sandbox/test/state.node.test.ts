/** `--state`: what outlives a restart, and files that are left as they are. */

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takePreparedKeys } from '../../../tests/support/prepared-keys.ts'
import file from '../../../vectors/ibkr-oauth1.json' with { type: 'json' }
import { runSandbox } from '../src/node.ts'
import { OAuth2Client } from './oauth2-client.ts'
import { publicPem, TestClient } from './signer.ts'

let cwd: string
const running: (() => Promise<void>)[] = []

takePreparedKeys()

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'isoauth-state-'))
})

afterEach(async () => {
  for (const stop of running.splice(0)) await stop().catch(() => {})
  await rm(cwd, { recursive: true })
})

/** A run of the command in this process, once it has told everything. */
async function start(options: { readonly state?: string; readonly credentialsFile?: string } = {}) {
  const end = new AbortController()
  let text = ''
  let isTold = () => {}
  const told = new Promise<void>((done) => {
    isTold = done
  })
  const write = (part: string) => {
    text += part
    if (text.endsWith('Ctrl-C ends it.\n')) isTold()
  }
  const command = { port: 0, state: 'state.txt', credentialsFile: 'sandbox.json', ...options }
  const run = runSandbox(command, { write, signal: end.signal, cwd })
  await Promise.race([told, run])
  const stop = () => {
    end.abort()
    return run
  }
  running.push(stop)
  const credentials = JSON.parse(await readFile(join(cwd, 'sandbox.json'), 'utf8'))
  return { origin: /^listening (\S+)\n/.exec(text)?.[1] ?? '', text, stop, credentials }
}

describe('a second run', () => {
  it('knows who was registered, every token, and what was used up; the broker begins anew', async () => {
    const first = await start()
    const { oauth1, oauth2, ...rest } = first.credentials.ibkr
    const registered = await fetch(`${first.origin}/portal`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        consumerKey: 'REMEMBERE',
        signaturePublicKey: await publicPem(oauth1.signatureKey),
        encryptionPublicKey: await publicPem(oauth1.encryptionKey),
        dhParameters: file.dhGroups.openssl.pem,
      }),
    })
    const dhPrime = file.dhGroups.openssl.primeHex
    const client = new TestClient({ ...oauth1, ...(await registered.json()), dhPrime }, fetch)
    await client.handshake()
    const nonce = { parameters: { oauth_nonce: 'usedonce' } }
    expect((await client.call('/tickle', {}, nonce)).status).toBe(200)
    await client.call('/iserver/auth/ssodh/init?publish=true&compete=true', { method: 'POST' })
    const accessToken = await new OAuth2Client(oauth2, fetch).token(Date.now())
    await first.stop()
    expect((await stat(join(cwd, 'state.txt'))).mode & 0o777).toBe(0o600)

    const second = await start()
    expect(second.text).toContain('state        state.txt, as the last run left it\n')
    expect(first.text).toContain('state        state.txt, new\n')
    const moved = (text: string) => text.replaceAll(first.origin, second.origin)
    expect(second.credentials).toEqual(JSON.parse(moved(JSON.stringify(first.credentials))))
    expect(rest.baseUrl).toBe(first.origin)
    // No handshake: the live session token of the first run.
    const again = new TestClient(
      { ...client.credentials, baseUrl: `${second.origin}/v1/api` },
      fetch,
    )
    again.token = client.token
    expect((await again.call('/portfolio/accounts')).status).toBe(200)
    expect((await again.call('/tickle', {}, nonce)).status).toBe(401)
    const { refused } = (await (await fetch(`${second.origin}/__sandbox/requests`)).json()).at(-1)
    expect(refused).toMatch(/^nonce: it may not have been used before/)
    const accounts = await again.call('/iserver/accounts')
    expect(await accounts.json()).toMatchObject({ error: 'Bad Request: no bridge' })
    await again.handshake()
    const moving = { ...oauth2, baseUrl: second.origin }
    const echo = await new OAuth2Client(moving, fetch).get('/gw/api/v1/echo/https', accessToken)
    expect(echo.status).toBe(200)
  })

  it('knows it after an end without a word, too', async () => {
    const { origin } = await start()
    await fetch(`${origin}/v1/api/tickle`, { method: 'POST', headers: { 'user-agent': 'x' } })
    await expect
      .poll(() => readFile(join(cwd, 'state.txt'), 'utf8').catch(() => ''), { timeout: 5000 })
      .toMatch(/^isoauth-sandbox-state 1 [0-9a-f]{64}\n\{/)
    expect((await readdir(cwd)).sort()).toEqual(['sandbox.json', 'state.txt'])
  })

  it('knows what came of a request that was under way when the state was written', async () => {
    const { origin, credentials, stop } = await start()
    const path = join(cwd, 'state.txt')
    const { ino: begun } = await stat(path)
    const { oauth1 } = credentials.ibkr
    const body = JSON.stringify({
      consumerKey: 'SLOWUPLOA',
      signaturePublicKey: await publicPem(oauth1.signatureKey),
      encryptionPublicKey: await publicPem(oauth1.encryptionKey),
      dhParameters: oauth1.dhParameters,
    })
    const upload = request(`${origin}/portal`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': body.length,
        'user-agent': 'x',
      },
    })
    const answered = new Promise<number | undefined>((done, failed) => {
      upload.on('response', (answer) => done(answer.resume().statusCode)).on('error', failed)
    })
    upload.write(body.slice(0, 100))
    await expect.poll(async () => (await stat(path)).ino, { timeout: 10_000 }).not.toBe(begun)
    upload.end(body.slice(100))
    expect(await answered).toBe(201)
    await stop()
    expect((await readFile(path, 'utf8')).includes('SLOWUPLOA')).toBe(true)
  })

  it('is kept also where an earlier process of the same id was killed while it wrote', async () => {
    for (const name of ['state.txt', 'sandbox.json']) {
      await writeFile(join(cwd, `${name}.${process.pid}.partial`), 'half')
    }
    await (await start()).stop()
    expect((await readdir(cwd)).sort()).toEqual(['sandbox.json', 'state.txt'])
  })
})

describe('a file that is', () => {
  const refusal = async () => {
    const error = await start().catch((thrown) => thrown)
    return [error.code, error.message]
  }

  it.each([
    ['a configuration', '{"ibkr":{"oauth1":{"consumerKey":"REALREALR"}}}'],
    ['a text', 'isoauth'],
  ])('%s, which no sandbox wrote, is refused and left', async (_, text) => {
    await writeFile(join(cwd, 'state.txt'), text)
    expect(await refusal()).toEqual(['SANDBOX_FILE_NOT_OWN', expect.stringMatching(/no sandbox/)])
    expect(await readFile(join(cwd, 'state.txt'), 'utf8')).toBe(text)
  })

  it('damaged, or of another version, is told, and left', async () => {
    await (await start()).stop()
    const path = join(cwd, 'state.txt')
    const whole = await readFile(path, 'utf8')
    const damaged: readonly [string, RegExp][] = [
      [whole.slice(0, -1), /it is damaged: cut off, or changed by hand/],
      [whole.replace('limited_poa', 'limited_pob'), /it is damaged/],
      [whole.slice(0, 40), /its first line is damaged/],
      [whole.replace('state 1 ', 'state 2 '), /of version 2, and this sandbox reads version 1/],
    ]
    for (const [text, words] of damaged) {
      await writeFile(path, text)
      expect(await refusal()).toEqual(['SANDBOX_STATE_UNUSABLE', expect.stringMatching(words)])
      expect(await readFile(path, 'utf8')).toBe(text)
    }
  })

  it('that is the credentials file too is refused, since one would end the other', async () => {
    const error = await start({ state: 'sandbox.json', credentialsFile: './sandbox.json' }).catch(
      (thrown) => thrown,
    )
    expect([error.code, error.message]).toEqual([
      'SANDBOX_OPTION_INVALID',
      expect.stringContaining('another file than the one for the credentials is required'),
    ])
    expect(await readdir(cwd)).toEqual([])
  })

  it('empty is a new one, and one that cannot be read is told by its reason', async () => {
    await writeFile(join(cwd, 'state.txt'), '')
    expect((await start()).text).toContain('state.txt, new\n')
    const error = await start({ state: '.' }).catch((thrown) => thrown)
    expect([error.code, error.message]).toEqual([
      'SANDBOX_FILE_FAILED',
      expect.stringContaining('it is a folder'),
    ])
  })

  it('not to be written is told before anything is served', async () => {
    const heard: string[] = []
    const run = runSandbox(
      { port: 0, state: join('none', 'state.txt') },
      { write: (text) => heard.push(text), signal: AbortSignal.timeout(2000), cwd },
    )
    await expect(run).rejects.toMatchObject({
      code: 'SANDBOX_FILE_FAILED',
      message: expect.stringContaining('there is no such folder'),
    })
    expect(heard).toEqual([])
  })

  it('written by two runs at a time is left to the later one, and the other is told', async () => {
    const first = await start()
    const second = await start({ credentialsFile: 'second.json' } as object)
    const path = join(cwd, 'state.txt')
    await fetch(first.origin)
    const whole = await readFile(path, 'utf8')
    await expect(first.stop()).rejects.toMatchObject({
      code: 'SANDBOX_STATE_UNUSABLE',
      message: expect.stringContaining('another program'),
    })
    expect(await readFile(path, 'utf8')).toBe(whole)
    await fetch(second.origin)
    await second.stop()
    // Removed meanwhile, it is written anew.
    const third = await start()
    await rm(path)
    await fetch(third.origin)
    await third.stop()
    expect(await readFile(path, 'utf8')).toMatch(/^isoauth-sandbox-state 1 /)
  })
})
