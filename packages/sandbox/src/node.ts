/** `@isoauth/sandbox/node`: the sandbox as an HTTP server on loopback, and its credentials file. */
export type { DisposableMember } from './internal/async-disposable.ts'
export {
  type CredentialsFileOptions,
  checkCredentialsFile,
  writeCredentialsFile,
} from './internal/node/credentials-file.ts'
export type { Pages } from './internal/node/pages.ts'
export {
  type RunSandboxOptions,
  type RunSandboxOutside,
  runSandbox,
} from './internal/node/run-sandbox.ts'
export {
  type SandboxServer,
  type SandboxServerMembers,
  type ServeOptions,
  serve,
} from './internal/node/server.ts'
