/** What the commands `isoauth-sandbox` and `isoauth sandbox` do: serve until they are stopped, and say what to do next. */
import { relative, resolve } from 'node:path'
import { isObject, optionError, SandboxError } from '../errors.ts'
import type { SandboxOptions } from '../options.ts'
import { checkCredentialsFile, writeCredentialsFile } from './credentials-file.ts'
import { keepState } from './keep-state.ts'
import { nextSteps } from './next-steps.ts'
import { serveHost } from './server.ts'
import { readStateFile } from './state-file.ts'

/** What {@link runSandbox} takes: the options of the command. */
export interface RunSandboxOptions
  extends Pick<SandboxOptions, 'signedOrigins' | 'cors' | 'stickyCookie' | 'orderQuestions'> {
  /** TCP port; 0, the default, takes any free one. */
  readonly port?: number | undefined
  /** The file that the credentials are written to (mode 0600); none by default. */
  readonly credentialsFile?: string | undefined
  /**
   * The file that keeps credentials, consumers, tokens, sessions and logins from one run to the next (mode 0600); none
   * by default. Brokerage sessions, orders and sockets end with a run.
   */
  readonly state?: string | undefined
  /** Replace a credentials file whatever it holds; `false` by default. */
  readonly force?: boolean | undefined
  /** Further user names for SSO sessions, each with an account of its own. */
  readonly users?: readonly string[] | undefined
  /** As the option of the same name of `createSandbox`. */
  readonly pacing?: boolean | undefined
}

/** What {@link runSandbox} has of the outside. */
export interface RunSandboxOutside {
  /** Takes what is told: a line `listening ORIGIN`, then what to do next. */
  readonly write: (text: string) => unknown
  /** Ends the run when it is aborted. */
  readonly signal: AbortSignal
  /** The folder that names of files are relative to; `.` by default. */
  readonly cwd?: string | undefined
  /** How the `isoauth` command is called in what is told; `isoauth` by default. */
  readonly isoauth?: string | undefined
}

/**
 * Serves a sandbox with fresh credentials, or those of its state, until `signal` is aborted: what `isoauth-sandbox` and `isoauth sandbox` do.
 *
 * @param options see {@link RunSandboxOptions}.
 * @param outside see {@link RunSandboxOutside}.
 * @throws SandboxError (rejected) `SANDBOX_OPTION_INVALID`, `SANDBOX_LISTEN_FAILED`, `SANDBOX_FILE_NOT_OWN` when the
 *   credentials file holds something else, `SANDBOX_FILE_FAILED` when it cannot be read or written, `SANDBOX_STATE_UNUSABLE`.
 *
 * *Source*: this package's README, "Options".
 */
export async function runSandbox(
  options: RunSandboxOptions,
  outside: RunSandboxOutside,
): Promise<void> {
  if (!isObject(options)) throw optionError('options', 'an object is required')
  const { write, signal, cwd = '.', isoauth = 'isoauth' } = readOutside(outside)
  const { users = [], credentialsFile, state, force = false, ...served } = options
  if (credentialsFile !== undefined && typeof credentialsFile !== 'string') {
    throw optionError('credentialsFile', 'a file name is required')
  }
  if (state !== undefined && (typeof state !== 'string' || state === '')) {
    throw optionError('state', 'a file name is required')
  }
  const file = credentialsFile === undefined ? undefined : resolve(cwd, credentialsFile)
  const kept = state === undefined ? undefined : resolve(cwd, state)
  if (kept !== undefined && kept === file) {
    throw optionError('state', 'another file than the one for the credentials is required')
  }
  // Before anything is served: what stands in the file may be of more worth than this run.
  if (file !== undefined) await withFile(file, checkCredentialsFile(file, { force }))
  const before = kept === undefined ? undefined : await withFile(kept, readStateFile(kept))
  const { server, host } = await serveHost(
    {
      ...served,
      users: users.map((username, index) => ({ username, accountId: `DU${2_000_001 + index}` })),
    },
    before,
  )
  const keeper = kept === undefined ? undefined : keepState(host, kept)
  try {
    const { origin, sandbox } = server
    // What cannot be written is told now, and not when there is something to lose.
    if (kept !== undefined) await withFile(kept, keeper?.begin())
    if (file !== undefined) {
      await withFile(file, writeCredentialsFile(file, sandbox.credentials, { force }))
    }
    await write(`listening ${origin}\n`)
    const shown = file === undefined ? undefined : relative(resolve(cwd), file)
    await write(
      nextSteps({ origin, isoauth, credentialsFile: shown, state, isKept: before !== undefined }),
    )
    await aborted(signal)
  } finally {
    await server.close()
    if (kept !== undefined) await withFile(kept, keeper?.end())
  }
}

function readOutside(outside: RunSandboxOutside): RunSandboxOutside {
  if (!isObject(outside)) throw optionError('outside', 'an object is required')
  if (typeof outside.write !== 'function') throw optionError('write', 'a function of a text')
  if (!(outside.signal instanceof AbortSignal)) throw optionError('signal', 'an AbortSignal')
  return outside
}

/** What the file system refuses, in words; what the sandbox refuses stays as it is. */
async function withFile<Result>(
  file: string,
  work: Promise<Result> | undefined,
): Promise<Result | undefined> {
  try {
    return await work
  } catch (error) {
    const { code, syscall } = Object(error) as NodeJS.ErrnoException
    // Only the file system is asked for anything here that fails with a system call's name.
    if (code === undefined || syscall === undefined) throw error
    throw new SandboxError(`cannot read or write ${file}: ${REASONS[code] ?? code}.`, {
      code: 'SANDBOX_FILE_FAILED',
    })
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a part of the path is no folder',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }))
}
