/** The file of `--state`: one line that says what it is, then the state with its digest; whole or not at all. */
import { createHash } from 'node:crypto'
import { SandboxError } from '../errors.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import { readIfThere, writePrivate } from './private-file.ts'

const VERSION = 1
const HEAD = /^isoauth-sandbox-state (\d{1,9}) ([0-9a-f]{64})\n/
/** No state of a sandbox is near this, in characters. */
const SIZE_LIMIT = 268_435_456

/** The state of an earlier run; undefined where there is no file yet, or an empty one. */
export async function readStateFile(file: string): Promise<SandboxState | undefined> {
  const text = await readIfThere(file)
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

/** Writes the state, for its owner alone. */
export async function writeStateFile(file: string, state: SandboxState): Promise<void> {
  const body = JSON.stringify(state)
  await writePrivate(file, `isoauth-sandbox-state ${VERSION} ${digestOf(body)}\n${body}`)
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
