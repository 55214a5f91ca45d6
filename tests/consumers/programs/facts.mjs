/** What every program is given: where the sandbox is, its credentials, and known answers. */
import { readFileSync } from 'node:fs'
import process from 'node:process'

/** `{ sandbox, vectors }`, of the file named on the command line. */
export const facts = JSON.parse(readFileSync(process.argv[2], 'utf8'))

export function same(seen, expected, what) {
  if (seen !== expected) throw new Error(`${what}: expected ${expected}, got ${seen}`)
}

/** What a promise is refused with, by its code; fails where it is not. */
export async function sameRefusal(promise, code, what) {
  let seen = 'no refusal'
  await promise.catch((error) => {
    seen = error.code
  })
  same(seen, code, what)
}

/** Ends the program well: its last line says what was proven. */
export function proven(what) {
  console.log(`proven: ${what}`)
}
