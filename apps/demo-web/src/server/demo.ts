/** The web demo: a sandbox with the page in front of it, on one origin. */
import { fileURLToPath } from 'node:url'
import { type SandboxServer, type ServeOptions, serve } from '@isoauth/sandbox/node'
import { type Handler, notFound } from './answers.ts'
import { createApplication } from './application.ts'
import { readPage } from './page.ts'

export type Demo = Pick<SandboxServer, 'origin' | 'sandbox' | 'close'>

export interface DemoOptions extends Pick<ServeOptions, 'port'> {
  /** The folder of the built page; that of this package by default. */
  readonly folder?: string
}

export async function createDemo({ folder = BUILT, ...options }: DemoOptions = {}): Promise<Demo> {
  const page = await readPage(folder)
  let application: Handler | undefined
  const server = await serve({
    ...options,
    // The application needs credentials, which are there once the sandbox is.
    pages: (request) => (application ?? notFound)(request),
  })
  const { origin, sandbox, close } = server
  const answer = createApplication(sandbox)
  application = (request) => page(request) ?? answer(request)
  return { origin, sandbox, close }
}

const BUILT = fileURLToPath(new URL('../../dist/page/', import.meta.url))
