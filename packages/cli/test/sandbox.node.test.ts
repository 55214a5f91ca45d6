/** `isoauth sandbox`: what it tells to do next works as it is printed, and each of its flags does something. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { limitOrder } from '../../../tests/support/limit-order.ts'
import { takePreparedKeys } from '../../../tests/support/prepared-keys.ts'
import { flat, isoauth, type Run } from './harness.ts'
import { commandsIn, type RunningSandbox, startSandbox } from './support.ts'

let cwd: string
let running: RunningSandbox | undefined

takePreparedKeys()

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'isoauth-sandbox-command-'))
})

afterEach(async () => {
  await running?.stop()
  running = undefined
  await rm(cwd, { recursive: true, maxRetries: 5 })
})

const FILE = ['--credentials-file', 'a sandbox.json']

async function start(...argv: readonly string[]): Promise<RunningSandbox> {
  running = await startSandbox([...FILE, ...argv], cwd)
  return running
}

async function request(...argv: readonly string[]): Promise<Run> {
  const config = ['--config', 'a sandbox.json', '--no-cache']
  return await isoauth(['request', ...argv, ...config], { cwd })
}

describe('what is told', () => {
  it('the portal, the file, and two commands that work as they are printed', async () => {
    const { origin, text } = await start()
    expect(text).toContain(`\n  portal       ${origin}/portal\n`)
    expect(text).toContain('\n  credentials  a sandbox.json, of this run (mode 0600)\n')
    expect(await (await fetch(`${origin}/portal`)).text()).toContain('Register')
    expect((await fetch(`${origin}/__sandbox/requests`)).status).toBe(200)
    expect(text).toContain(`\n  log          ${origin}/__sandbox/requests\n`)
    const commands = commandsIn(text)
    expect(commands.map(([name]) => name)).toEqual(['doctor', 'request'])
    const env = { XDG_CACHE_HOME: join(cwd, 'cache') }
    const [doctor, accounts] = [
      await isoauth(commands[0] ?? [], { cwd, env }),
      await isoauth(commands[1] ?? [], { cwd, env }),
    ]
    expect(doctor.stdout).toContain('Healthy.')
    expect(JSON.parse(accounts.stdout)).toMatchObject([{ accountId: 'DU1234567' }])
    expect([doctor.status, accounts.status]).toEqual([0, 0])
  })

  it('ends with 0 when it is interrupted', async () => {
    const { stop } = await start()
    expect(await stop()).toBe(0)
  })

  it.each([
    ['written by another run meanwhile', 'SANDBOX_STATE_UNUSABLE', 'by another program', 2],
    ['in a folder that went away', 'SANDBOX_FILE_FAILED', 'there is no such folder', 1],
  ])('tells at its end of a state that was not kept: %s', async (_, code, words, expected) => {
    await mkdir(join(cwd, 'kept'))
    const { origin, interrupt } = await start('--state', 'kept/state.txt')
    const state = join(cwd, 'kept/state.txt')
    if (expected === 2) await writeFile(state, 'isoauth-sandbox-state of another run')
    else await rm(join(cwd, 'kept'), { recursive: true })
    await fetch(`${origin}/v1/api/portfolio/accounts`)
    const { status, stderr } = await interrupt()
    expect(flat(stderr)).toContain(words)
    expect([stderr.includes(`\n${code}\n`), status]).toEqual([true, expected])
  })

  it('names the file that cannot be written, and ends with 1', async () => {
    const argv = ['sandbox', '--port', '0', '--credentials-file', 'none/c.json']
    const { status, stderr } = await isoauth(argv, { cwd })
    expect(flat(stderr)).toMatch(/cannot read or write .*c\.json: there is no such folder/)
    expect([stderr.includes('\nSANDBOX_FILE_FAILED\n'), status]).toEqual([true, 1])
  })
})

describe('a flag', () => {
  it('--pacing holds to the limits, which nothing does without it', async () => {
    const statuses = async () => {
      const first = await request('GET', '/sso/validate')
      return [first.status, (await request('GET', '/sso/validate', '--include')).stdout]
    }
    const { stop } = await start()
    expect(await statuses()).toEqual([0, expect.stringMatching(/^HTTP 200/)])
    await stop()
    await start('--pacing')
    expect(await statuses()).toEqual([0, expect.stringMatching(/^HTTP 429/)])
  })

  it("--sticky-cookie sets the load balancer's cookie, which nothing does without it", async () => {
    const { stop } = await start()
    expect((await request('POST', '/tickle', '--include')).stdout).not.toContain('set-cookie')
    await stop()
    await start('--sticky-cookie')
    const { stdout } = await request('POST', '/tickle', '--include')
    expect(stdout).toMatch(/^set-cookie: x-sess-uuid=[0-9a-f]{32};/m)
  })

  it('--order-question is asked about an order, which nothing is without it', async () => {
    const place = async () => {
      const init = '{"publish":true,"compete":true}'
      await request('POST', '/iserver/auth/ssodh/init', '-d', init)
      await request('GET', '/iserver/accounts')
      const body = JSON.stringify({ orders: [limitOrder] })
      const placed = await request('POST', '/iserver/account/DU1234567/orders', '-d', body)
      return JSON.parse(placed.stdout)
    }
    const { stop } = await start()
    expect(await place()).toMatchObject([{ order_status: 'Submitted' }])
    await stop()
    await start('--order-question', 'o163', '--order-question', 'o354')
    expect(await place()).toMatchObject([{ messageIds: ['o163'] }])
  })
})
