/** The keys of a set-up: those that are there, or new ones. */
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { generateRsaKeyPair } from '@isoauth/core-crypto'
import type { InitOptions } from '../commands/init-options.ts'
import type { GroupName } from '../commands/keygen-options.ts'
import type { Context } from '../context.ts'
import { argumentsInvalid } from '../errors.ts'
import {
  isThere,
  makePrivateFolder,
  removeEmptyFolder,
  shownPath,
  writePrivateFile,
} from '../files.ts'
import { KEY_FILES } from '../keygen/key-files.ts'
import { pathsIn, writeKeys } from '../keygen/make-keys.ts'
import { paragraph } from '../text.ts'
import { type Draft, pathFrom, problemWith, withSetting } from './draft.ts'
import type { Setup } from './setup.ts'
import type { Way } from './ways.ts'

const PRIVATE_KEY = 'private_key.pem'
const PUBLIC_KEY = 'public_key.pem'
const OAUTH2_BITS = 3072

/** Where the keys are, or will be. */
export interface KeyPlace {
  readonly folder: string
  /** As a person names it. */
  readonly name: string
  /** The absolute path of each file. */
  readonly files: readonly string[]
}

export function keyFolder(
  context: Pick<Context, 'io'>,
  { keys, profile }: InitOptions,
  way: Way,
): KeyPlace {
  if (keys === '') throw argumentsInvalid('--keys needs the name of a folder.', 'keys')
  const folder = resolve(
    context.io.cwd,
    keys ?? (profile === undefined ? 'keys' : `keys-${profile}`),
  )
  const files =
    way.keys === 'one'
      ? [join(folder, PRIVATE_KEY), join(folder, PUBLIC_KEY)]
      : pathsIn(folder).map(([, path]) => path)
  return { folder, name: shownPath(folder, context.io.cwd), files }
}

/** The configuration with its keys, and the folder that they are in. */
export async function prepareKeys(
  setup: Setup,
  draft: Draft,
): Promise<{ readonly draft: Draft; readonly folder: string }> {
  const { context, options, way } = setup
  if (way.keys === 'none') return { draft, folder: '.' }
  if (way.keys === 'one') return await oneKey(setup, draft)
  const place = keyFolder(context, options, way)
  if (!(await useThere(setup, place))) {
    const group = await chooseGroup(setup)
    await writeKeys(context, { folder: place.folder, group, force: false })
    await tellMade(setup, place)
  }
  const settings = {
    signatureKey: KEY_FILES.privateSignature.name,
    encryptionKey: KEY_FILES.privateEncryption.name,
    dhParameters: KEY_FILES.dhParameters.name,
  }
  let whole = draft
  for (const [setting, file] of Object.entries(settings)) {
    whole = withSetting(whole, `${setting}File`, pathFrom(draft, join(place.folder, file)))
  }
  for (const setting of [...Object.keys(settings), 'keys']) await requireFit(whole, setting, place)
  return { draft: whole, folder: place.name }
}

/** True where every file is there; some of them are no set of keys. */
async function useThere({ prompts, context }: Setup, { name, files }: KeyPlace): Promise<boolean> {
  const there = await Promise.all(files.map(isThere))
  if (!there.includes(true)) return false
  if (there.includes(false)) {
    throw argumentsInvalid(
      `${name} has some of the files of a set of keys, and not all. Name another folder: --keys DIR.`,
      'keys',
    )
  }
  const text = `Using the keys that are in ${name}.`
  if (prompts !== undefined) prompts.say(text)
  else if (!context.isJson) await context.io.stdout.write(paragraph(text))
  return true
}

async function requireFit(draft: Draft, setting: string, { name }: KeyPlace): Promise<void> {
  const problem = await problemWith(draft, setting)
  if (problem === undefined) return
  throw argumentsInvalid(`The keys in ${name} do not do: ${setting}: ${problem}`, 'keys')
}

async function chooseGroup({ prompts, options, place }: Setup): Promise<GroupName | undefined> {
  const published = {
    value: 'modp2048' as const,
    label: 'A published group',
    hint: 'at once; RFC 3526, 2048 bits',
  }
  const own = {
    value: 'own' as const,
    label: 'A prime of your own',
    hint: "as the broker's instructions want; seconds to a few minutes",
  }
  const message = 'Diffie-Hellman parameters?'
  const choices = place.portal === undefined ? [own, published] : [published, own]
  const group =
    options.group ??
    (await prompts?.choose<'own' | GroupName>({ message, options: choices })) ??
    'own'
  return group === 'own' ? undefined : group
}

async function oneKey(
  setup: Setup,
  draft: Draft,
): Promise<{ readonly draft: Draft; readonly folder: string }> {
  const { context, options, prompts, way } = setup
  const place = keyFolder(context, options, way)
  const withKey = (file: string) =>
    withSetting(draft, 'privateKeyFile', pathFrom(draft, resolve(context.io.cwd, file)))
  const judge = async (file: string) => problemWith(withKey(file), 'privateKey')
  const named = options.privateKeyFile ?? (await askForKey(setup, place, judge))
  if (named !== undefined) {
    const problem = await judge(named)
    if (problem !== undefined) {
      throw argumentsInvalid(`--private-key-file: ${problem}`, 'privateKeyFile')
    }
    return { draft: withKey(named), folder: place.name }
  }
  if (!(await useThere(setup, place))) {
    await makeOneKey(context, place)
    await tellMade(setup, place)
  }
  const [file = ''] = place.files
  const problem = await judge(file)
  if (problem !== undefined) throw argumentsInvalid(`${place.name}: ${problem}`, 'keys')
  if (prompts === undefined && !context.isJson) {
    const { stdout } = context.io
    await stdout.write(paragraph(`The broker has to have ${place.name}/${PUBLIC_KEY}.`))
  }
  return { draft: withKey(file), folder: place.name }
}

/** The name of a key that is registered already; undefined where one is to be made, or is there. */
async function askForKey(
  { prompts }: Setup,
  { files }: KeyPlace,
  judge: (file: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  if (prompts === undefined || (await isThere(files[0] ?? ''))) return undefined
  const kind = await prompts.choose({
    message: 'Private key?',
    options: [
      { value: 'new', label: 'Make a new pair', hint: `RSA, ${OAUTH2_BITS} bits` },
      { value: 'own', label: 'Use one that the broker has registered', hint: 'a PEM file' },
    ],
  })
  if (kind === 'new') return undefined
  return await prompts.text({ message: 'Its file', isSecret: false, judge })
}

async function makeOneKey(context: Context, { folder, files }: KeyPlace): Promise<void> {
  const isNew = await makePrivateFolder(folder)
  try {
    const { privateKeyPem, publicKeyPem } = await generateRsaKeyPair({ modulusBits: OAUTH2_BITS })
    context.io.signal.throwIfAborted()
    const [privateFile = '', publicFile = ''] = files
    await writePrivateFile(privateFile, privateKeyPem, { replace: false })
    try {
      await writePrivateFile(publicFile, publicKeyPem, { replace: false })
    } catch (error) {
      // Half of a pair would be in the way of the next run.
      await rm(privateFile, { force: true })
      throw error
    }
  } catch (error) {
    if (isNew) await removeEmptyFolder(folder)
    throw error
  }
}

async function tellMade(setup: Setup, { name, files }: KeyPlace): Promise<void> {
  const { context, prompts, made } = setup
  made.push(...files.map((file) => shownPath(file, context.io.cwd)))
  const text = `Made the keys in ${name}, readable by you alone.`
  if (prompts !== undefined) prompts.say(text)
  else if (!context.isJson) await context.io.stdout.write(paragraph(text))
}
