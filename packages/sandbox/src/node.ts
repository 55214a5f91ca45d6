/** `@isoauth/sandbox/node`: the sandbox as an HTTP server on loopback. */
export type { Pages } from './node/pages.ts'
export { type SandboxServer, type ServeOptions, serve } from './node/server.ts'
