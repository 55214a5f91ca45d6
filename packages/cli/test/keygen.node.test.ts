import { checkPrimeSync } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { platform } from 'node:process'
import { serve } from '@isoauth/sandbox/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testCredentials } from '../../../vectors/sandbox-credentials.ts'
import { makeFolders } from '../src/internal/files.ts'
import { keygenSteps, stepText } from '../src/internal/keygen/portal-steps.ts'
import { expectedTests, findSafePrime } from '../src/internal/keygen/safe-prime.ts'
import { flat, isoauth, longestLine } from './harness.ts'
import { checkFiles, register } from './support.ts'

const NAMES = [
  'dhparam.pem',
  'isoauth.json',
  'private_encryption.pem',
  'private_signature.pem',
  'public_encryption.pem',
  'public_signature.pem',
]

let cwd: string

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'isoauth-keygen-'))
})

afterAll(() => rm(cwd, { recursive: true, maxRetries: 5 }))

describe('keygen --group', () => {
  it.runIf(platform === 'linux')('ends with words where no folder can be made', async () => {
    const argv = ['keygen', '--out', '/proc/isoauth/keys', '--group', 'modp2048']
    const { status, stderr } = await isoauth(argv, { cwd })
    expect(status).toBe(1)
    expect(flat(stderr)).toContain('Cannot make the folder /proc/isoauth/keys')
  })

  it('tells a file that stands where a folder would', async () => {
    await writeFile(join(cwd, 'a-file'), 'not a folder')
    const argv = ['keygen', '--out', 'a-file/keys', '--group', 'modp2048']
    const { status, stderr } = await isoauth(argv, { cwd })
    expect(status).toBe(1)
    expect(flat(stderr)).toContain('a part of the path is no folder')
  })

  it('writes files that OpenSSL parses, the portal registers and the doctor finds healthy', async () => {
    const made = await isoauth(['keygen', '--out', 'new/keys', '--group', 'modp2048'], { cwd })
    expect(made.status).toBe(0)
    expect(longestLine(made.stdout)).toBeLessThanOrEqual(80)
    for (const words of [...NAMES, 'upper case', 'weekend', 'ndcdyn.interactivebrokers.com']) {
      expect(flat(made.stdout)).toContain(words)
    }
    const folder = join(cwd, 'new/keys')
    expect((await readdir(folder)).sort()).toEqual(NAMES)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    for (const name of NAMES) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
    }
    checkFiles(folder)

    const server = await serve({ port: 0, credentials: testCredentials })
    try {
      const config = await register(server, folder)
      await writeFile(join(folder, 'isoauth.json'), JSON.stringify(config), { mode: 0o600 })
      const doctor = await isoauth(['doctor', '--config', 'new/keys/isoauth.json'], { cwd })
      expect(flat(doctor.stdout)).toContain('ok handshake')
      expect(doctor.stdout).toContain('Healthy.')
      expect(doctor.status).toBe(0)
    } finally {
      await server.close()
    }
  })

  it.each([[[]], [['--force']]])(
    'takes away what a process of the same id left when it was killed while it wrote, %s',
    async (force) => {
      const folder = join(cwd, `killed${force.length}`)
      await mkdir(folder)
      await writeFile(join(folder, `dhparam.pem.${process.pid}.partial`), 'half')
      const argv = ['keygen', '--out', folder, '--group', 'modp2048', ...force]
      expect((await isoauth(argv, { cwd })).status).toBe(0)
      expect((await readdir(folder)).sort()).toEqual(NAMES)
    },
  )

  it('keeps files that exist, one of them is enough, until --force', async () => {
    const argv = ['keygen', '--out', 'kept', '--group', 'ffdhe2048', '--json']
    const first = await isoauth(argv, { cwd })
    const { files, folder } = JSON.parse(first.stdout)
    expect(Object.values(files)).toEqual(expect.arrayContaining([join(folder, 'dhparam.pem')]))
    for (const name of NAMES.slice(2)) await rm(join(folder, name))
    await writeFile(join(folder, 'isoauth.json'), 'filled in')
    const second = await isoauth(argv, { cwd })
    expect(second.status).toBe(1)
    expect(JSON.parse(second.stdout).error.code).toBe('CLI_FILE_EXISTS')
    expect(await readdir(folder)).toEqual(['dhparam.pem', 'isoauth.json'])
    const forced = await isoauth([...argv, '--force'], { cwd })
    expect(forced.status).toBe(0)
    expect(JSON.parse(forced.stdout).configWritten).toBe(false)
    expect(await readFile(join(folder, 'isoauth.json'), 'utf8')).toBe('filled in')
    expect((await readdir(folder)).sort()).toEqual(NAMES)
  })

  it('--force replaces all keys or none: half of a new set has lost the old one', async () => {
    const argv = ['keygen', '--out', 'whole', '--group', 'modp2048']
    await isoauth(argv, { cwd })
    const folder = join(cwd, 'whole')
    const texts = () => Promise.all(NAMES.map((name) => readFile(join(folder, name), 'utf8')))
    const before = await texts()
    // Where the text of the last one would go.
    const partial = `dhparam.pem.${process.pid}.partial`
    await mkdir(join(folder, partial, 'full'), { recursive: true })
    const { status, stderr } = await isoauth([...argv, '--force'], { cwd })
    expect([status, stderr.includes('CLI_FILE_UNWRITABLE')]).toEqual([1, true])
    expect(await texts()).toEqual(before)
    expect((await readdir(folder)).sort()).toEqual([...NAMES, partial].sort())
    await rm(join(folder, partial), { recursive: true })
    expect((await isoauth([...argv, '--force'], { cwd })).status).toBe(0)
  })

  it('says that a folder of before is open to others, and leaves it', async () => {
    await isoauth(['keygen', '--out', 'open', '--group', 'modp2048'], { cwd })
    await chmod(join(cwd, 'open'), 0o755)
    const argv = ['keygen', '--out', 'open', '--group', 'modp2048', '--force']
    const { stdout } = await isoauth(argv, { cwd })
    expect(flat(stdout)).toContain('Others may list open')
    expect((await stat(join(cwd, 'open'))).mode & 0o777).toBe(0o755)
  })
})

it('folders are made by several at the same time, and one is told that it made the last', async () => {
  const folder = join(cwd, 'many/at/once')
  const made = await Promise.all(Array.from({ length: 5 }, () => makeFolders(folder)))
  expect(made.filter(Boolean)).toEqual([true])
})

it.each([['keygen', '--store-key'], ['decrypt-secret']])(
  '%s: an empty --out prints no secret',
  async (...argv) => {
    const { status, stdout, stderr } = await isoauth([...argv, '--out', ''], { cwd })
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain('--out needs the name of a f')
    expect(stderr).toContain('CLI_ARGUMENTS_INVALID')
  },
)

it('--store-key makes a key that importKey takes, another one each time', async () => {
  const { stdout } = await isoauth(['keygen', '--store-key'], { cwd })
  const raw = Buffer.from(stdout.trim(), 'base64')
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
  expect(key.algorithm).toMatchObject({ length: 256 })
  expect((await isoauth(['keygen', '--store-key'], { cwd })).stdout).not.toBe(stdout)
  const written = await isoauth(['keygen', '--store-key', '--out', 'store'], { cwd })
  const file = join(cwd, 'store/store_key.txt')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const kept = await readFile(file, 'utf8')
  expect(written.stdout).not.toContain(kept.trim())
  const again = ['keygen', '--store-key', '--out', 'store']
  expect((await isoauth(again, { cwd })).stderr).toContain('CLI_FILE_EXISTS')
  expect(await readFile(file, 'utf8')).toBe(kept)
  expect((await isoauth([...again, '--force'], { cwd })).status).toBe(0)
  expect(await readFile(file, 'utf8')).not.toBe(kept)
})

it('the last step quotes a name with blanks where it is part of a command', () => {
  const quote = platform === 'win32' ? '"' : "'"
  expect(keygenSteps('my keys/isoauth.json').at(-1)).toBe(
    `Write what the portal showed into my keys/isoauth.json, and run: isoauth doctor --config ${quote}my keys/isoauth.json${quote}`,
  )
})

it('marks the steps that only users told, and no others', () => {
  expect(stepText({ text: 'Go.' })).toBe('Go.')
  expect(stepText({ text: 'Go.', isUnverified: true })).toBe('Go. (Told by users; not verified.)')
  const marked = keygenSteps('isoauth.json').filter((step) => step.includes('Told by users'))
  expect(marked.length).toBeGreaterThan(0)
  expect(marked.length).toBeLessThan(keygenSteps('isoauth.json').length / 2)
})

describe('the search for a prime', () => {
  it.each([64, 256])('finds safe primes of %i bits that are 23 modulo 24', async (bits) => {
    let tested = 0
    const prime = await findSafePrime({ bits, onTested: (count) => (tested = count) })
    expect(prime.toString(2)).toHaveLength(bits)
    expect(prime % 24n).toBe(23n)
    expect(checkPrimeSync(prime) && checkPrimeSync(prime >> 1n)).toBe(true)
    expect(tested).toBeGreaterThan(0)
    expect(await findSafePrime({ bits })).not.toBe(prime)
  })

  it('knows how long it takes on average', async () => {
    let tests = 0
    const RUNS = 40
    for (let run = 0; run < RUNS; run++) {
      let tested = 0
      await findSafePrime({ bits: 128, onTested: (count) => (tested = count) })
      tests += tested
    }
    // The mean of 40 exponential values is within a factor of two, but for one run in a million.
    expect(tests / RUNS / expectedTests(128)).toBeGreaterThan(0.4)
    expect(tests / RUNS / expectedTests(128)).toBeLessThan(2.2)
  })

  it('ends at once when interrupted, and nothing is written', async () => {
    const interruption = new AbortController()
    const { status, stderr } = await isoauth(['keygen', '--out', 'stopped'], {
      cwd,
      isTerminal: true,
      signal: interruption.signal,
      onOutput: (text) => text.includes('candidates tested') && interruption.abort(),
    })
    expect(status).toBe(130)
    expect(stderr).toContain('candidates tested')
    expect(await readdir(cwd)).not.toContain('stopped')
  })
})
