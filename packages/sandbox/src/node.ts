/** `@isoauth/sandbox/node`: the sandbox as an HTTP server on loopback. */
export { type SandboxServer, type ServeOptions, serve } from './node/server.ts'
