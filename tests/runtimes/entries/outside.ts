/** What the process outside needs of the suite: it starts the runtimes, and what they talk to. */
import { checks } from '../suite/all.ts'

export { REDIRECTED } from '../suite/over-http.ts'
export { credentialsFor } from '../suite/sandboxes.ts'
export { BROKER } from '../suite/stream-over-http.ts'

export const names: readonly string[] = checks.map(({ name }) => name)
