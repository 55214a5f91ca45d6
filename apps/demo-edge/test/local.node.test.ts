/** `npm run demo:edge` without its set-up: what it prints, and how it ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const PROGRAM = fileURLToPath(new URL('../dist/local/local.mjs', import.meta.url))

function run(...args: string[]) {
  const child = spawn(process.execPath, [PROGRAM, '--no-open', ...args])
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const ended = once(child, 'close').then(([status]) => ({ status: status as number, said }))
  return { child, ended, said: () => said }
}

it('serves the page until a signal, and ends all of it', async () => {
  const { child, ended, said } = run()
  await expect.poll(said).toContain('Ctrl-C ends all of it.')
  const [, origin, code] = /page {5}(\S+)\/#code=(\S+)/.exec(said()) ?? []
  expect(code?.length).toBeGreaterThan(21)
  expect((await fetch(`${origin}/`)).status).toBe(200)
  child.kill('SIGTERM')
  const end = await ended
  expect(end).toMatchObject({ status: 0 })
  expect(end.said).toMatch(/^0 handshakes for 0 authorized calls$/m)
  await expect(fetch(`${origin}/`)).rejects.toThrow()
})

it('says that a port is taken, or an argument wrong', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const [busy, wrong] = await Promise.all([run('--port', `${port}`).ended, run('--porrt').ended])
  taken.close()
  expect(busy.status).toBe(1)
  expect(busy.said).toMatch(/demo:edge: workerd ended .*[\s\S]*Address already in use/)
  expect(wrong.status).toBe(2)
  expect(wrong.said).toContain("'--porrt'")
})
