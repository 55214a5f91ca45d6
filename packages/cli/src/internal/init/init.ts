/** `isoauth init`, from its first question to the doctor's verdict. */
import { dirname, resolve } from 'node:path'
import type { InitOptions } from '../commands/init-options.ts'
import { configFileName } from '../config/find.ts'
import { loadConfig } from '../config/load.ts'
import { type Context, writeJson } from '../context.ts'
import { diagnose } from '../doctor/examine.ts'
import { argumentsInvalid, CliError } from '../errors.ts'
import { INTERRUPTED } from '../exit-status.ts'
import { isThere, makePrivateFolder, readText, shownPath, writePrivateFile } from '../files.ts'
import { PORTAL_WAIT, stepText } from '../keygen/portal-steps.ts'
import { shellWord } from '../shell-word.ts'
import { paragraph } from '../text.ts'
import { type Draft, draftText } from './draft.ts'
import { prepareKeys } from './keys.ts'
import { readGiven, refuseOfOtherWays, requireOptions } from './options.ts'
import { choosePlace, type Place } from './place.ts'
import { createPrompts, type Prompts, Stopped } from './prompts.ts'
import type { Setup } from './setup.ts'
import { takeValues } from './values.ts'
import { WAYS, type Way, wayOf } from './ways.ts'

/** Sets up, and tells what was made where it ends early. */
export async function init(context: Context, options: InitOptions): Promise<void> {
  context.isJson = options.json === true
  const made: string[] = []
  const { io } = context
  const file = resolve(io.cwd, fileOf(options))
  try {
    await setUp(context, options, { file, made })
  } catch (error) {
    const isStopped = error instanceof Stopped || io.signal.aborted
    context.configFlags = flagFor(context, options, shownPath(file, io.cwd))
    if ((isStopped || made.length > 0) && !context.isJson) {
      await io.stderr.write(
        paragraph(whatThereIs(context, { made, isStopped, config: shownPath(file, io.cwd) })),
      )
    }
    if (!isStopped) throw error
    context.status = INTERRUPTED
  }
}

interface Target {
  /** The absolute path of the configuration. */
  readonly file: string
  readonly made: string[]
}

async function setUp(
  context: Context,
  options: InitOptions,
  { file, made }: Target,
): Promise<void> {
  const { io } = context
  const name = shownPath(file, io.cwd)
  await refuseExisting(file, name)
  const asks = options.yes !== true && !context.isJson ? io.terminal : undefined
  const prompts = asks && (await createPrompts(asks, io.signal))
  prompts?.begin('isoauth init: keys, the portal, isoauth.json, and a first look')
  if (prompts === undefined) requireOptions(options, undefined, false)
  const way = options.service !== undefined ? wayOf(options.service) : await chooseWay(prompts)
  refuseOfOtherWays(options, way)
  const place = await choosePlace({ context, options, prompts, way }, { file, name })
  if (prompts === undefined) requireOptions(options, way, place.portal !== undefined)
  const setup: Setup = { context, options, prompts, way, place, made }
  const given = await readGiven(context, options, { way, draft: place.draft })
  const { draft: withKeys, folder } = await prepareKeys(setup, place.draft)
  await goThroughSteps(setup, folder)
  const draft = await takeValues(setup, { draft: withKeys, given, folder })
  await write(context, draft)
  made.push(name)
  await look(setup, draft, folder)
}

async function chooseWay(prompts: Prompts | undefined): Promise<Way> {
  const options = WAYS.map(({ name, title, hint }) => ({ value: name, label: title, hint }))
  const message = 'What do you sign in to, and how?'
  return wayOf(await (prompts as Prompts).choose({ message, options }))
}

/** One thing at a time, as the person has done the one before. */
async function goThroughSteps({ prompts, way, place }: Setup, folder: string): Promise<void> {
  if (prompts === undefined || place.portal !== undefined) return
  const steps = place.steps ?? way.steps
  for (const [index, step] of steps.entries()) {
    const text = stepText(step).replaceAll(/\b(?:public_\w+|dhparam)\.pem\b/g, `${folder}/$&`)
    await prompts.step(`Step ${index + 1} of ${steps.length}`, text)
  }
}

async function write({ io }: Context, draft: Draft): Promise<void> {
  io.signal.throwIfAborted()
  await makePrivateFolder(dirname(draft.file))
  // Somebody may have written one meanwhile.
  await refuseExisting(draft.file, draft.name)
  await writePrivateFile(draft.file, draftText(draft), { replace: false })
}

async function look(
  { context, options, prompts, way, place }: Setup,
  draft: Draft,
  folder: string,
) {
  const { io, isJson } = context
  const { env, cwd } = io
  const config = await loadConfig({ file: draft.name, env, cwd })
  const say = async (text: string) => isJson || (await io.stdout.write(text))
  const secrets = way.keys === 'none' ? draft.name : `${draft.name} and ${folder}/`
  const keep = `Written: ${draft.name} (mode 0600). Keep ${secrets} out of version control.`
  if (prompts === undefined) await say(`${paragraph(keep)}\n`)
  else prompts.say(keep)
  context.configFlags = flagFor(context, options, draft.name)
  const { healthy, findings } = await diagnose(context, config, false)
  if (isJson) {
    const registered = place.portal !== undefined
    writeJson(context, { config: draft.file, service: way.name, registered, healthy, findings })
    return
  }
  const next = nextWords({ way, place, healthy, flag: context.configFlags })
  if (prompts === undefined) await say(`\n${paragraph(next)}`)
  else prompts.end(next)
}

interface Ending {
  readonly way: Way
  readonly place: Place
  readonly healthy: boolean
  /** What other commands need to find the file. */
  readonly flag: string
}

function nextWords({ way, place, healthy, flag }: Ending): string {
  if (!healthy) {
    const isNew = way.keys === 'signature-and-encryption' && !place.isLoopback
    return `${isNew ? `${PORTAL_WAIT} ` : ''}Look again: isoauth doctor${flag}`
  }
  return way.section === 'ultracart'
    ? `Next: isoauth whoami${flag}`
    : `Next: isoauth request GET ${way.name === 'ibkr-oauth2' ? '/gw/api/v1/echo/https' : '/portfolio/accounts'}${flag}`
}

function flagFor({ io }: Context, options: InitOptions, name: string): string {
  if (options.profile !== undefined) return ` --profile ${options.profile}`
  return resolve(io.cwd, name) === resolve(io.cwd, configFileName(undefined))
    ? ''
    : ` --config ${shellWord(name)}`
}

function fileOf({ config, profile }: InitOptions): string {
  if (config === '') throw argumentsInvalid('--config needs the name of a file.', 'config')
  if (config !== undefined && profile !== undefined) {
    throw argumentsInvalid('Give --config or --profile, not both: each names a file.', 'profile')
  }
  return config ?? configFileName(profile)
}

async function refuseExisting(file: string, name: string): Promise<void> {
  if (!(await isThere(file))) return
  const origin = (await isOfSandbox(file))
    ? ' It is what a sandbox wrote: remove it where a configuration of yours takes its place.'
    : ''
  throw new CliError(
    `${name} exists and is kept: isoauth init never writes over a configuration.${origin} "isoauth doctor --config ${shellWord(name)}" looks at it; --profile NAME or --config FILE writes another one.`,
    { code: 'CLI_FILE_EXISTS' },
  )
}

/** Whether it holds a sandbox's credentials and nothing else. */
async function isOfSandbox(file: string): Promise<boolean> {
  try {
    if ((await readText(file, file)).trim() === '') return false
    const { checkCredentialsFile } = await import('@isoauth/sandbox/node')
    await checkCredentialsFile(file)
    return true
  } catch {
    return false
  }
}

interface Left {
  readonly made: readonly string[]
  readonly isStopped: boolean
  readonly config: string
}

function whatThereIs({ configFlags }: Context, { made, isStopped, config }: Left): string {
  const beginning = isStopped ? 'Stopped.' : 'Not finished.'
  if (made.length === 0) return `${beginning} Nothing was written.`
  const rest = made.includes(config)
    ? `"isoauth doctor --config ${shellWord(config)}" looks at it.`
    : `${config} was not written. Go on with "isoauth init${configFlags}": it uses the keys that are there.`
  return `${beginning} Made and kept: ${made.join(', ')}. ${rest}`
}
