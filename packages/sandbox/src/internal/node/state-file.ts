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

/**
 * Writes the state, for its owner alone; gives the first line of what was written. `last` is the one that this run
 * wrote before: where another stands in the file, another run wrote it, and it is left.
 */
export async function writeStateFile(
  file: string,
  state: SandboxState,
  last: string | undefined,
): Promise<string> {
  const found = last === undefined ? undefined : await readIfThere(file)
  if (found !== undefined && last !== undefined && !found.startsWith(last)) {
    throw new SandboxError(
      `state: ${file} was written by another program while this one ran, and was left as it is: what this run was asked since is not in it. Give each sandbox that runs a file of its own.`,
      { code: 'SANDBOX_STATE_UNUSABLE', option: 'state' },
    )
  }
  const body = JSON.stringify(state)
  const head = `isoauth-sandbox-state ${VERSION} ${digestOf(body)}\n`
  await writePrivate(file, head + body)
  return head
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
