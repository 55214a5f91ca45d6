/**
 * The live session token between two runs: a file of the user's cache folder, sealed under a key that
 * is derived from the configuration and stands nowhere, so that the file is worth nothing without it.
 */
import { createHash } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { IbkrOAuth1Options } from '@isoauth/ibkr-oauth1'
import { oauth1BaseUrl } from '../config/client-options.ts'
import type { LoadedConfig } from '../config/load.ts'
import type { Section } from '../config/settings.ts'
import { makeFolders } from '../files.ts'
import type { Io } from '../io.ts'
import { isLoopback } from '../loopback.ts'
import { createFileLock } from './file-lock.ts'

/** The options of a client that keeps its token so. */
export type TokenCache = Required<Pick<IbkrOAuth1Options, 'store' | 'storeKey' | 'lock'>>

/** No sealed token is near this, in bytes. */
const LARGEST = 65_536

/** Whether the credentials are those of a sandbox, which lapse with it: nothing of them is kept. */
function isOfSandbox(section: Section<'ibkr.oauth1'>, baseUrl: string): boolean {
  const isLocal = URL.canParse(baseUrl) && isLoopback(new URL(baseUrl).hostname)
  return isLocal && section.consumerKey?.startsWith('SANDBOX') === true
}

/** The cache of a configuration's credentials, unless it is declined or there is nothing to keep. */
export async function tokenCacheFor(
  config: LoadedConfig,
  { cache }: { readonly cache?: boolean },
  io: Pick<Io, 'userFolders'>,
): Promise<TokenCache | undefined> {
  const section = config.sections['ibkr.oauth1']
  if (cache === false || section === undefined) return undefined
  return isOfSandbox(section, oauth1BaseUrl(config)) ? undefined : createTokenCache(section, io)
}

/** Makes the cache of these credentials; other ones cannot open what is in it. */
async function createTokenCache(
  section: Section<'ibkr.oauth1'>,
  io: Pick<Io, 'userFolders'>,
): Promise<TokenCache> {
  const { cache: folder } = await io.userFolders()
  const pathOf = (key: string) => join(folder, createHash('sha256').update(key).digest('hex'))
  const fileOf = (key: string) => `${pathOf(key)}.sealed`
  return {
    storeKey: await derivedKey(section),
    store: {
      getItem: (key) => read(fileOf(key)),
      setItem: (key, value) => write(folder, fileOf(key), value),
      removeItem: (key) => rm(fileOf(key), { force: true }),
    },
    // Of commands that run at the same time one signs in: each sign-in ends the token of the one before.
    lock: createFileLock((name) => `${pathOf(name)}.lock`),
  }
}

/** HKDF-SHA-256 over every secret of the section: 256 bits for AES-GCM. */
async function derivedKey(section: Section<'ibkr.oauth1'>): Promise<CryptoKey> {
  const { consumerKey, accessToken, signatureKey, dhParameters } = section
  const { accessTokenSecret, decryptedAccessTokenSecret } = section
  const secrets = [
    consumerKey,
    accessToken,
    signatureKey,
    dhParameters,
    decryptedAccessTokenSecret ?? accessTokenSecret,
  ]
  const material = new TextEncoder().encode(JSON.stringify(secrets))
  const base = await crypto.subtle.importKey('raw', material, 'HKDF', false, ['deriveKey'])
  const info = new TextEncoder().encode('isoauth cli: live session token cache, 1')
  return await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info },
    base,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
}

async function read(file: string): Promise<string | null> {
  try {
    const text = await readFile(file, 'utf8')
    return text.length <= LARGEST ? text : null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Whole or not at all, for its owner only. */
async function write(folder: string, file: string, text: string): Promise<void> {
  await makeFolders(folder)
  const partial = `${file}.${process.pid}.partial`
  try {
    // Where ids of processes come again, as in containers, one that was killed may have left it.
    await rm(partial, { force: true })
    const handle = await open(partial, 'wx', 0o600)
    await handle.writeFile(text).finally(() => handle.close())
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}
