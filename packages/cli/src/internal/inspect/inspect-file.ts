/** A file of requests, inspected, as text or as JSON. */
import { resolve } from 'node:path'
import type { InspectOptions } from '../commands/inspect-options.ts'
import { type Context, writeJson } from '../context.ts'
import { decodeText, readBytes, readSettingFile } from '../files.ts'
import { allOf } from '../io.ts'
import { inspect } from './inspect.ts'
import { inspectionText, showDifference } from './inspection-text.ts'
import { readRequests } from './read-requests.ts'
import type { ServerKnowledge } from './request.ts'

/** Inspects the requests of a file, or of the standard input. */
export async function inspectFile(
  context: Context,
  file: string,
  options: InspectOptions,
): Promise<void> {
  context.isJson = options.json === true
  const { io, colors } = context
  const bytes = file === '-' ? await allOf(io.stdin) : await readBytes(resolve(io.cwd, file), file)
  const requests = readRequests(decodeText(bytes))
  const knowledge = await readKnowledge(io.cwd, options)
  const found = []
  for (const request of requests) found.push({ request, ...(await inspect(request, knowledge)) })
  if (found.some(({ verdict }) => verdict === 'refused')) context.status = 1
  if (context.isJson) {
    writeJson(
      context,
      found.map(({ request: { method, url }, kind, verdict, signature, findings, baseString }) => ({
        ...{ method, url, kind, verdict, signature },
        findings: findings.map(({ difference, ...rest }) => ({
          ...rest,
          difference: difference && showDifference(difference, baseString),
        })),
      })),
    )
    return
  }
  for (const one of found) await io.stdout.write(inspectionText(one.request, one, colors))
}

async function readKnowledge(cwd: string, options: InspectOptions): Promise<ServerKnowledge> {
  const read = (name: string | undefined) =>
    name === undefined ? undefined : readSettingFile(resolve(cwd, name), name)
  return {
    signatureKey: await read(options.signatureKey),
    encryptionKey: await read(options.encryptionKey),
    liveSessionToken: await read(options.liveSessionToken),
    prefix: await read(options.prefix),
    clientBaseString: await read(options.baseString),
    consumerKey: options.consumerKey,
  }
}
