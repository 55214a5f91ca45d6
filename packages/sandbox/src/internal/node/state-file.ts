/** The file of `--state`: one line that says what it is, then the state with its digest; whole or not at all. */
import { createHash } from 'node:crypto'
import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { SandboxError } from '../errors.ts'
import type { SandboxState } from '../state/sandbox-state.ts'

const VERSION = 1
const HEAD = /^isoauth-sandbox-state (\d{1,9}) ([0-9a-f]{64})\n/
/** No state of a sandbox is near this, in characters. */
const SIZE_LIMIT = 268_435_456

/** The state of an earlier run; undefined where there is no file yet, or an empty one. */
export async function readStateFile(file: string): Promise<SandboxState | undefined> {
  const text = await contentOf(file)
  if (text === undefined || text === '') return undefined
  const [head, version, digest] = HEAD.exec(text.slice(0, 200)) ?? []
  if (head === undefined || text.length > SIZE_LIMIT) {
    if (text.startsWith('isoauth-sandbox-state')) throw unusable(file, 'its first line is damaged')
    throw new SandboxError(
      `state: ${file} holds something that no sandbox wrote, and was left as it is. Name another file.`,
      { code: 'SANDBOX_FILE_NOT_OWN', option: 'state' },
    )
  }
  if (Number(version) !== VERSION) {
    throw unusable(file, `it is of version ${version}, and this sandbox reads version ${VERSION}`)
  }
  const body = text.slice(head.length)
  if (digestOf(body) !== digest) throw unusable(file, 'it is damaged: cut off, or changed by hand')
  return JSON.parse(body) as SandboxState
}

/** Writes the state with mode 0600, by way of a file beside it that is renamed. */
export async function writeStateFile(file: string, state: SandboxState): Promise<void> {
  const body = JSON.stringify(state)
  const partial = `${file}.${process.pid}.partial`
  try {
    const head = `isoauth-sandbox-state ${VERSION} ${digestOf(body)}\n`
    await writeFile(partial, head + body, { mode: 0o600, flag: 'wx' })
    await chmod(partial, 0o600)
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

function unusable(file: string, reason: string): SandboxError {
  return new SandboxError(
    `state: ${file} cannot be used: ${reason}. It was left as it is: remove it to begin anew, or name another file.`,
    { code: 'SANDBOX_STATE_UNUSABLE', option: 'state' },
  )
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

async function contentOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
