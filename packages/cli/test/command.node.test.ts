/** The built command as a process: signals, pipes, the shell; and what is told of wrong arguments. */

import { execFileSync, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type SandboxServer, serve } from '@isoauth/sandbox/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installedEngines } from '../../../scripts/lib/engines.ts'
import { takePreparedKeys } from '../../../tests/support/prepared-keys.ts'
import { flat, isoauth, longestLine } from './harness.ts'
import { builtCommand, isBuilt } from './support.ts'

let cwd: string
let server: SandboxServer

takePreparedKeys()

beforeAll(async () => {
  server = await serve({ port: 0 })
  cwd = await mkdtemp(join(tmpdir(), 'isoauth-command-'))
})

afterAll(async () => {
  await server.close()
  await rm(cwd, { recursive: true, maxRetries: 5 })
})

describe('arguments', () => {
  it.each([
    [['keygne'], 'There is no command keygne. Did you mean keygen?'],
    [
      ['help', 'nope'],
      'There is no command nope to show help of. The commands: init, whoami, keygen',
    ],
    [['doctor', '--confg', 'x'], 'There is no option --confg. Did you mean --config?'],
    [['doctor', '--config'], 'Option -c, --config <file> needs its value behind it.'],
    [['keygen'], 'Name the folder for the keys: isoauth keygen --out keys.'],
    [['keygen', '--out', 'x', '--group', 'modp1024'], 'Allowed choices are modp2048, ffdhe2048'],
    [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish'],
    [['sandbox', '--port', '70000'], 'from 0 to 65535'],
    [['sandbox', '--credentials-file', ''], 'A file name is required.'],
    [['sandbox', '--force=yes'], 'There is no option --force with a value. See'],
    [['doctor', 'extra'], 'There are more arguments than doctor takes. See isoauth doctor --help.'],
    [
      ['request', '/portfolio/accounts'],
      'The argument PATH is missing. See isoauth request --help.',
    ],
    [['session', 'start'], 'open, watch, status, close. See isoauth session --help.'],
    [['nope', 'doctor'], 'There is no command nope. See isoauth --help.'],
    [
      ['--config=c.json', 'whoami'],
      'Options stand behind the command: isoauth whoami --config. See isoauth whoami --help.',
    ],
    [['-c', 'c.json', 'whoami'], 'behind the command: isoauth whoami -c. See'],
    [['--compete', 'whoami'], 'There is no option --compete. See isoauth whoami --help.'],
    [[''], 'The name of the command is empty. See isoauth --help.'],
    [['types', '--from', 'x'], 'Option -o, --out <file> is missing. See isoauth types --help.'],
    [['types', '--from', 'x', '--out', ''], 'A file name is required.'],
    [['types', '--from', '', '--out', 'x'], 'A file name or an address is required.'],
    [['inspect', 'x', '--signature-key', ''], 'A file name is required.'],
    [['init', '--yes', '--simple-key-file', ''], 'A file name is required.'],
    [['keygen', '--store-key', '--group', 'modp2048'], '--group is for the keys of a portal'],
  ])('%j: suggests, and ends with 2', async (argv, words) => {
    const { status, stderr, stdout } = await isoauth(argv, { cwd })
    expect(flat(stderr)).toContain(words)
    expect(stderr).toMatch(
      /\nCLI_ARGUMENTS_INVALID\nhttps:\/\/isoauth\.github\.io\/isoauth\/errors\/cli_arguments_invalid\n$/,
    )
    const json = await isoauth([...argv, '--json'], { cwd })
    if (argv[0] === 'doctor' && argv.length === 2 && argv[1] !== '--config') {
      expect(JSON.parse(json.stdout).error.code).toBe('CLI_ARGUMENTS_INVALID')
    }
    expect(status).toBe(2)
    expect(stdout).toBe('')
  })

  const commands = [
    ...['init', 'keygen', 'doctor', 'decrypt-secret', 'request', 'session', 'stream'],
    ...['sandbox', 'completion', 'whoami', 'inspect', 'types'],
  ]
  it.each([[], ...commands.map((command) => [command])])(
    'help of %j fits 80 columns',
    async (...command) => {
      const { status, stdout } = await isoauth([...command, '--help'])
      expect(status).toBe(0)
      expect(longestLine(stdout)).toBeLessThanOrEqual(80)
      if (command.length === 0)
        for (const name of commands) expect(stdout).toContain(`\n  ${name} `)
    },
  )

  it('nothing at all is answered with help, and 2', async () => {
    const { status, stderr } = await isoauth([])
    expect(stderr).toContain('Usage: isoauth')
    expect(status).toBe(2)
  })

  it('--version is the version of the package', async () => {
    const { stdout } = await isoauth(['--version'])
    const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8')
    expect(stdout).toBe(`${JSON.parse(manifest).version}\n`)
  })
})

describe('decrypt-secret', () => {
  it('prints what signs in without the encryption key, warns a terminal, writes 0600', async () => {
    const { ibkr } = server.sandbox.credentials
    await writeFile(join(cwd, 'c.json'), JSON.stringify({ ibkr }), { mode: 0o600 })
    const argv = ['decrypt-secret', '--config', 'c.json']
    const printed = await isoauth(argv, { cwd })
    expect(printed.stdout).toMatch(/^[0-9a-f]{40}\n$/)
    expect(printed.stderr).toBe('')
    const shown = await isoauth(argv, { cwd, isTerminal: true })
    expect(shown.stderr).toContain('This is a secret')
    const json = await isoauth([...argv, '--json'], { cwd })
    expect(JSON.parse(json.stdout)).toEqual({ decryptedAccessTokenSecret: printed.stdout.trim() })

    const named = await isoauth([...argv, '--out', '-'], { cwd })
    expect([named.stdout, existsSync(join(cwd, '-'))]).toEqual([printed.stdout, false])

    const written = await isoauth([...argv, '--out', 'secret.txt'], { cwd })
    expect(written.stdout).not.toContain(printed.stdout.trim())
    expect((await stat(join(cwd, 'secret.txt'))).mode & 0o777).toBe(0o600)
    const { accessTokenSecret: _s, encryptionKey: _e, ...rest } = ibkr.oauth1
    const oauth1 = { ...rest, decryptedAccessTokenSecretFile: 'secret.txt' }
    await writeFile(join(cwd, 'd.json'), JSON.stringify({ ibkr: { oauth1 } }), { mode: 0o600 })
    const doctor = await isoauth(['doctor', '--config', 'd.json'], { cwd })
    expect(flat(doctor.stdout)).toContain('encryptionKey is not needed')
    expect(doctor.status).toBe(0)

    const nowhere = await isoauth([...argv, '--out', 'none/secret.txt'], { cwd })
    expect(flat(nowhere.stderr)).toContain('none/secret.txt: there is no such folder.')
    const file = await isoauth(['keygen', '--group', 'modp2048', '--out', 'c.json'], { cwd })
    expect(flat(file.stderr)).toContain('c.json: there is a file of that name.')

    const again = await isoauth([...argv, '--out', 'secret.txt'], { cwd })
    expect(again.stderr).toContain('CLI_FILE_EXISTS')
    const swapped = { ...ibkr.oauth1, encryptionKey: ibkr.oauth1.signatureKey }
    await writeFile(join(cwd, 'c.json'), JSON.stringify({ ibkr: { oauth1: swapped } }))
    const wrong = await isoauth(argv, { cwd })
    expect(wrong.stderr).toContain('IBKR_OAUTH1_SECRET_DECRYPTION_FAILED')
    expect(wrong.status).toBe(1)
  })

  it('lets the encryption key be taken away from a configuration that still names it', async () => {
    const { encryptionKey: _, ...rest } = server.sandbox.credentials.ibkr.oauth1
    const all = JSON.stringify({ ibkr: server.sandbox.credentials.ibkr })
    await writeFile(join(cwd, 'c.json'), all, { mode: 0o600 })
    const { stdout } = await isoauth(
      ['decrypt-secret', '--config', 'c.json', '--out', 'secret.hex'],
      { cwd },
    )
    expect(flat(stdout)).toContain('"decryptedAccessTokenSecretFile"')
    const named = { decryptedAccessTokenSecretFile: 'secret.hex', encryptionKeyFile: 'gone.pem' }
    const oauth1 = { ...rest, ...named }
    await writeFile(join(cwd, 'd.json'), JSON.stringify({ ibkr: { oauth1 } }), { mode: 0o600 })
    const config = ['--config', 'd.json']
    const doctor = await isoauth(['doctor', ...config], { cwd })
    expect([flat(doctor.stdout), doctor.status]).toEqual([expect.stringContaining('Healthy.'), 0])
    const request = await isoauth(['request', 'GET', '/portfolio/accounts', ...config], { cwd })
    expect([request.stderr, request.status]).toEqual(['', 0])
    const whoami = await isoauth(['whoami', ...config], { cwd })
    expect(flat(whoami.stdout)).toContain('works with doctor, request')
    // To decrypt again takes the key.
    const again = await isoauth(['decrypt-secret', ...config], { cwd })
    expect(flat(again.stderr)).toContain('the file that encryptionKeyFile names')
  })

  it('has nobody ask for what stands in its place: a placeholder, a broken key, nothing', async () => {
    const { encryptionKey: _, ...rest } = server.sandbox.credentials.ibkr.oauth1
    const all = JSON.stringify({ ibkr: server.sandbox.credentials.ibkr })
    await writeFile(join(cwd, 'c.json'), all, { mode: 0o600 })
    await isoauth(['decrypt-secret', '--config', 'c.json', '--out', 'secret.hex'], { cwd })
    const config = ['--config', 'd.json']
    const write = async (more: object) => {
      const ibkr = { oauth1: { ...rest, accessTokenSecret: '...', ...more } }
      await writeFile(join(cwd, 'd.json'), JSON.stringify({ ibkr }), { mode: 0o600 })
    }
    await writeFile(join(cwd, 'broken.pem'), 'rubbish', { mode: 0o600 })
    const named = { encryptionKeyFile: 'broken.pem', decryptedAccessTokenSecretFile: 'secret.hex' }
    await write(named)
    const doctor = await isoauth(['doctor', ...config], { cwd })
    expect([flat(doctor.stdout), doctor.status]).toEqual([expect.stringContaining('Healthy.'), 0])
    const request = await isoauth(['request', 'GET', '/portfolio/accounts', ...config], { cwd })
    expect([request.stderr, request.status]).toEqual(['', 0])
    // A key that nothing reads is none of those that it tells of.
    const whoami = await isoauth(['whoami', ...config], { cwd })
    expect(whoami.stdout).not.toContain('encryptionKey')
    for (const more of [{}, { encryptionKeyFile: undefined, accessTokenSecret: undefined }]) {
      await write({ ...named, ...more, decryptedAccessTokenSecretFile: 'gone.hex' })
      const examined = await isoauth(['doctor', ...config], { cwd })
      expect(examined.stdout.match(/FAIL \S+/g)).toEqual(['FAIL decryptedAccessTokenSecret'])
      const { stdout } = await isoauth(['whoami', '--json', ...config], { cwd })
      expect(JSON.parse(stdout).services).toMatchObject([
        {
          wayIn: 'OAuth 1.0a, with the decrypted access token secret',
          missing: [],
          unreadable: [{ setting: 'decryptedAccessTokenSecret' }],
        },
      ])
      const tried = await isoauth(['request', 'GET', '/portfolio/accounts', ...config], { cwd })
      expect(flat(tried.stderr)).toContain('the file that decryptedAccessTokenSecretFile names')
      expect(tried.status).toBe(2)
    }
  })

  it('says of a file that cannot be read that it cannot, not that the setting lacks', async () => {
    const { encryptionKey: _, ...rest } = server.sandbox.credentials.ibkr.oauth1
    const oauth1 = { ...rest, encryptionKeyFile: 'gone.pem' }
    await writeFile(join(cwd, 'c.json'), JSON.stringify({ ibkr: { oauth1 } }), { mode: 0o600 })
    const argv = ['decrypt-secret', '--config', 'c.json']
    const gone = await isoauth(argv, { cwd })
    expect(gone.stderr).toContain('CLI_FILE_UNREADABLE')
    expect(flat(gone.stderr)).toContain(
      'the file that encryptionKeyFile names: there is no such file',
    )
    await writeFile(join(cwd, 'c.json'), JSON.stringify({ ibkr: { oauth1: rest } }))
    const lacking = await isoauth(argv, { cwd })
    expect(flat(lacking.stderr)).toContain('c.json lacks ibkr.oauth1.encryptionKey')
  })
})

describe('completion', () => {
  const complete = (script: string, words: readonly string[]) =>
    execFileSync(
      'bash',
      [
        '--norc',
        '-c',
        `${script}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _isoauth 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`,
        'bash',
        ...words,
      ],
      { encoding: 'utf8', cwd },
    )
      .trim()
      .split('\n')

  it.each([
    [['key'], ['keygen']],
    [['keygen', '--gr'], ['--group']],
    [
      ['keygen', '--group', ''],
      ['modp2048', 'ffdhe2048'],
    ],
    [
      ['request', 'P'],
      ['POST', 'PUT', 'PATCH'],
    ],
    [
      ['request', 'GET', '/x', '--service', 'ibkr-o'],
      ['ibkr-oauth1', 'ibkr-oauth2'],
    ],
    [['doctor', '--config', 'a name'], ['a name.json']],
    [['completion', 'z'], ['zsh']],
    [['help', 'doc'], ['doctor']],
    [['doctor', '--nothing-like-it'], ['']],
  ])('bash completes %j', async (words, expected) => {
    await writeFile(join(cwd, 'a name.json'), '{}')
    const { stdout } = await isoauth(['completion', 'bash'])
    expect(complete(stdout, ['isoauth', ...words])).toEqual(expected)
  })

  it('zsh and fish are told every command and option', async () => {
    for (const shell of ['zsh', 'fish']) {
      const { stdout } = await isoauth(['completion', shell])
      for (const word of [
        'keygen',
        'ffdhe2048',
        'brokerage',
        'PATCH',
        'signed-origin',
        'store-key',
        'no-cache',
      ]) {
        expect(stdout).toContain(word)
      }
    }
  })
})

describe.runIf(isBuilt)('the process', () => {
  /** A module that tells when the standard input is asked for. */
  const tellsOfReading = `data:text/javascript,${encodeURIComponent(
    'const { read } = process.stdin; process.stdin.read = function (size) { console.error("waits"); return read.call(this, size) }',
  )}`
  const start = (
    runtime: readonly string[],
    argv: readonly string[],
    interruptAt = /Ctrl-C ends it\./,
    signal: NodeJS.Signals = 'SIGINT',
  ) =>
    new Promise<{ readonly code: number | null; readonly text: string }>((resolve, reject) => {
      const [command = process.execPath, ...args] = runtime
      const child = spawn(command, [...args, builtCommand, ...argv], { cwd })
      let text = ''
      let isStopped = false
      const keep = (part: Buffer) => {
        text += part
        if (!isStopped && interruptAt.test(text)) {
          isStopped = true
          process.kill(innermost(child.pid as number), signal)
        }
      }
      child.stdout.on('data', keep)
      child.stderr.on('data', keep)
      child.on('error', reject)
      child.on('close', (code) => resolve({ code, text }))
    })

  it.each([
    [['inspect']],
    [['request', 'POST', '/tickle', '--config', 'waits.json', '-d', '-']],
    [['request', 'POST', '/tickle', '--config', 'waits.json', '-F', 'a=@-']],
  ])('%j: an interruption ends the waiting for the standard input', async (argv) => {
    await writeFile(join(cwd, 'waits.json'), JSON.stringify(server.sandbox.credentials))
    const waits = [process.execPath, '--import', tellsOfReading]
    expect((await start(waits, argv, /waits/)).code).toBe(130)
  })

  it('stops in order where its terminal is closed', async () => {
    const argv = ['sandbox', '--port', '0']
    expect((await start([], argv, /Ctrl-C ends it\.\n/, 'SIGHUP')).code).toBe(0)
    const waits = [process.execPath, '--import', tellsOfReading]
    expect((await start(waits, ['inspect'], /waits/, 'SIGHUP')).code).toBe(129)
  })

  it('stops in order where its terminal answers that it is gone', async () => {
    const hook = `data:text/javascript,${encodeURIComponent(
      'process.stdout.isTTY = true; const { write } = process.stdout; process.stdout.write = function (text) { const isTaken = write.call(this, text); if (text.includes("Ctrl-C ends it.")) setImmediate(() => this.emit("error", Object.assign(new Error("gone"), { code: "EIO" }))); return isTaken }',
    )}`
    const argv = ['sandbox', '--port', '0']
    const { code, text } = await start([process.execPath, '--import', hook], argv, /never/)
    expect(code).toBe(0)
    expect(text).toMatch(/Ctrl-C ends it\.\n$/)
  })

  it.runIf(process.platform === 'linux')(
    'a second interruption ends the waiting for a file',
    async () => {
      execFileSync('mkfifo', [join(cwd, 'pipe.json')])
      const child = spawn(process.execPath, [builtCommand, 'whoami', '--config', 'pipe.json'], {
        cwd,
      })
      const ended = new Promise((resolve) => {
        child.on('close', (code, signal) => resolve([code, signal]))
      })
      // Before its handlers are there the first one ends it; afterwards the second does.
      const again = setInterval(() => child.kill('SIGINT'), 300)
      expect(await ended).toEqual([null, 'SIGINT'])
      clearInterval(again)
    },
  )

  it.each(['stdout', 'stderr'] as const)(
    'ends as by SIGPIPE when the reader of %s has gone',
    async (name) => {
      // Told of nothing else: what is written on the other output is thrown away.
      const argv = name === 'stdout' ? ['help'] : ['doctor', '--config', 'none.json']
      const child = spawn(process.execPath, [builtCommand, ...argv], { cwd })
      const said: string[] = []
      const other = name === 'stdout' ? child.stderr : child.stdout
      other.on('data', (part) => said.push(String(part)))
      child[name].destroy()
      const code = await new Promise((resolve) => child.on('close', resolve))
      expect([code, said]).toEqual([141, []])
    },
  )

  it.runIf(existsSync('/dev/full'))('says that the disk is full, without a stack', async () => {
    await writeFile(join(cwd, 'all.json'), JSON.stringify(server.sandbox.credentials))
    for (const argv of [['whoami', '--config', 'all.json'], ['--version']]) {
      const full = openSync('/dev/full', 'w')
      const child = spawn(process.execPath, [builtCommand, ...argv], {
        cwd,
        stdio: ['ignore', full, 'pipe'],
      })
      closeSync(full)
      let said = ''
      child.stderr?.on('data', (part) => {
        said += part
      })
      const code = await new Promise((resolve) => child.on('close', resolve))
      expect([code, said]).toEqual([
        1,
        'isoauth: Cannot write what was asked for: the output answered ENOSPC. Check the disk, and where the output goes.\n',
      ])
    }
  })

  it('writes many lines for a reader who has gone without a warning of the platform', async () => {
    await writeFile(join(cwd, 'all.json'), JSON.stringify(server.sandbox.credentials))
    const child = spawn(process.execPath, [builtCommand, 'whoami', '--config', 'all.json'], { cwd })
    let said = ''
    child.stderr.on('data', (part) => {
      said += part
    })
    child.stdout.destroy()
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect([code, said]).toEqual([141, ''])
  })

  it('sandbox listens, writes its credentials (0600), and ends with 0 when interrupted', async () => {
    const file = join(cwd, 'sandbox.json')
    const argv = ['sandbox', '--port', '0', '--credentials-file', 'sandbox.json']
    const { code, text } = await start([], argv)
    expect(text).toMatch(/^listening http:\/\/127\.0\.0\.1:\d+\n\n {2}credentials {2}sandbox\.json/)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(file, 'utf8')).ibkr.oauth1.consumerKey).toMatch(/^SANDBOX/)
    expect(code).toBe(0)
  })

  it('sandbox keeps a real configuration, unless it is forced, and replaces its own', async () => {
    const real = JSON.stringify({ ibkr: { oauth1: { consumerKey: 'REALREALR' } } })
    await writeFile(join(cwd, 'real.json'), real)
    const argv = ['sandbox', '--port', '0', '--credentials-file', 'real.json']
    const refused = await start([], argv)
    expect(refused.text).toContain('SANDBOX_FILE_NOT_OWN')
    expect(refused.code).toBe(2)
    expect(await readFile(join(cwd, 'real.json'), 'utf8')).toBe(real)
    expect((await start([], [...argv, '--force'])).code).toBe(0)
    const written = await readFile(join(cwd, 'real.json'), 'utf8')
    expect((await start([], argv)).code).toBe(0)
    expect(await readFile(join(cwd, 'real.json'), 'utf8')).not.toBe(written)
  })

  it('--version loads nothing but what reads it', async () => {
    const alone = join(cwd, 'alone')
    await mkdir(join(alone, 'dist/chunks'), { recursive: true })
    const dist = dirname(builtCommand)
    for (const name of ['bin.js', 'chunks/exit-status.js', 'chunks/version.js']) {
      await copyFile(join(dist, name), join(alone, 'dist', name))
    }
    await copyFile(join(dist, '../package.json'), join(alone, 'package.json'))
    const argv = [join(alone, 'dist/bin.js'), '--version']
    expect(execFileSync(process.execPath, argv, { encoding: 'utf8' })).toMatch(/^\d+\.\d+\.\d+/)
  })

  it('says nothing when the reader leaves early', () => {
    const script = `set -o pipefail; "$0" "$1" completion bash | true; echo "$?"`
    const output = execFileSync('bash', ['-c', `${script} 2>&1`, process.execPath, builtCommand], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    expect(output).toMatch(/^(0|141)\n$/)
  })

  const others = installedEngines().filter(({ name }) => name === 'deno' || name === 'bun')
  const runtimes: Record<string, readonly string[]> = {
    deno: ['run', '-A', '--no-prompt', '--node-modules-dir=manual'],
    bun: ['run'],
  }
  for (const name of ['deno', 'bun']) {
    if (!others.some((engine) => engine.name === name))
      console.warn(`SKIPPED: ${name} is not installed`)
  }
  it.each(others)('runs under $name', async ({ name, path }) => {
    await writeFile(join(cwd, `${name}.json`), JSON.stringify(server.sandbox.credentials), {
      mode: 0o600,
    })
    const runtime = [path, ...(runtimes[name] ?? [])]
    const [doctor, keygen] = await Promise.all([
      start(runtime, ['doctor', '--config', `${name}.json`]),
      start(runtime, ['keygen', '--out', name, '--group', 'modp2048']),
    ])
    expect(doctor.text).toContain('Healthy.')
    expect(doctor.code).toBe(0)
    expect(keygen.code).toBe(0)
    expect(existsSync(join(cwd, name, 'dhparam.pem'))).toBe(true)
    const request = await start(runtime, [
      'request',
      'GET',
      '/iserver/accounts',
      '-c',
      `${name}.json`,
    ])
    expect(request.text).toContain('no bridge')
    expect(request.code).toBe(22)
  })

  it.each(others)('streams and sets up under $name', async ({ name, path }) => {
    const own = await serve({ port: 0 })
    try {
      await streamAndSetUp([path, ...(runtimes[name] ?? [])], name, own)
    } finally {
      await own.close({ timeoutMs: 100 })
    }
  })

  async function streamAndSetUp(
    runtime: readonly string[],
    name: string,
    own: SandboxServer,
  ): Promise<void> {
    const file = `${name}-stream.json`
    await writeFile(join(cwd, file), JSON.stringify(own.sandbox.credentials), { mode: 0o600 })
    // The session is opened, the socket by this runtime's own way; Ctrl-C ends it.
    const topics = ['stream', 'md+265598', '--compete', '-c', file]
    const price = { kind: 'market-data', conid: 265598, fields: { '31': '190.5' } } as const
    const playing = setInterval(() => own.sandbox.broker.play(price), 200)
    const stream = await start(runtime, topics, /"topic":"md"/)
    clearInterval(playing)
    const lines = stream.text.trim().split('\n')
    const told = lines.map((line) => JSON.parse(line))
    expect(told.some(({ event }) => event?.type === 'ready')).toBe(true)
    expect(told.some(({ topic, key }) => topic === 'md' && key === '265598')).toBe(true)
    expect(stream.code).toBe(0)
    const answers = ['--service', 'ibkr-oauth1', '--base-url', own.origin]
    answers.push('--group', 'modp2048', '--profile', name)
    const key = `RUNTIME${name.slice(0, 1)}${name.slice(-1)}`.toUpperCase()
    const init = await start(runtime, ['init', '--yes', ...answers, '--consumer-key', key])
    expect(init.text).toContain('Healthy.')
    expect(init.code).toBe(0)
  }
})

/** The process that does the work: the shims of package managers hand no signal on. */
function innermost(pid: number): number {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
    return child ? innermost(Number(child)) : pid
  } catch {
    return pid
  }
}
