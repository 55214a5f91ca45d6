/** What was given as options in the place of answers. */
import { resolve } from 'node:path'
import type { InitOptions } from '../commands/init-options.ts'
import type { Context } from '../context.ts'
import { argumentsInvalid } from '../errors.ts'
import { isThere, readSettingFile } from '../files.ts'
import { type Draft, problemWith, withSetting } from './draft.ts'
import { keyFolder } from './keys.ts'
import { flagOf, WAYS, type WantedValue, type Way } from './ways.ts'

/** Values by their setting. */
export type Given = ReadonlyMap<string, string>

/** Refuses what cannot be done without asking, and names every option that is missing. */
export function requireOptions(
  options: InitOptions,
  way: Way | undefined,
  hasPortal: boolean,
): void {
  const missing: string[] = []
  if (options.service === undefined) missing.push('--service')
  for (const { option, isFromPortal } of way?.values ?? []) {
    if (options[option] === undefined && !(hasPortal && isFromPortal)) missing.push(flagOf(option))
  }
  // The defaults are for whoever asks for them.
  if (options.yes !== true) missing.push('--yes')
  if (missing.length === 0) return
  if (missing.length === 1 && missing[0] === '--yes' && way === undefined) return
  const services = WAYS.map(({ name }) => name).join(', ')
  const hint = options.service === undefined ? ` --service is one of: ${services}.` : ''
  const reason =
    options.yes === true || options.json === true ? '' : 'There is no terminal to ask on. '
  throw argumentsInvalid(
    `${reason}Missing: ${missing.join(', ')}.${hint} Each question of isoauth init has an option: see isoauth help init.`,
    missing[0]?.slice(2),
  )
}

/** Reads and judges what was given, before anything is made. */
export async function readGiven(
  context: Context,
  options: InitOptions,
  { way, draft }: { readonly way: Way; readonly draft: Draft },
): Promise<Given> {
  const given = new Map<string, string>()
  for (const value of way.values) {
    const text = await textOf(context, options, value)
    if (text === undefined) continue
    given.set(value.setting, text)
    // What only the keys can tell is judged once they are there.
    if (value.setting === 'accessTokenSecret') {
      await requireKeys(context, options, way)
      continue
    }
    const problem = await problemWith(withSetting(draft, value.setting, text), value.setting)
    if (problem !== undefined) throw refused(value, problem)
  }
  return given
}

/** The refusal of a value that was given as an option. */
export function refused({ option }: WantedValue, problem: string): Error {
  return argumentsInvalid(`${flagOf(option)}: ${problem}`, option)
}

async function textOf(
  { io }: Context,
  options: InitOptions,
  { option, isSecret }: WantedValue,
): Promise<string | undefined> {
  const text = options[option]
  if (typeof text !== 'string') return undefined
  if (text === '') throw argumentsInvalid(`${flagOf(option)} needs its value behind it.`, option)
  return (isSecret ? await readSettingFile(resolve(io.cwd, text), text) : text).trim()
}

async function requireKeys(context: Context, options: InitOptions, way: Way): Promise<void> {
  const { folder, name, files } = keyFolder(context, options, way)
  if (await isThere(files[0] ?? folder)) return
  throw argumentsInvalid(
    `The access token secret is encrypted to a key that was uploaded, and there are no keys in ${name}. Name their folder: --keys DIR.`,
    'keys',
  )
}

/** An option that has no part in the way in that was chosen is a mistake. */
export function refuseOfOtherWays(options: InitOptions, way: Way): void {
  const own = new Set(way.values.map(({ option }) => option as string))
  if (way.keys === 'one') own.add('privateKeyFile')
  if (way.keys === 'signature-and-encryption') own.add('group')
  const all = new Set(WAYS.flatMap(({ values }) => values.map(({ option }) => option as string)))
  for (const option of [...all, 'privateKeyFile', 'group'] as (keyof InitOptions & string)[]) {
    if (options[option] === undefined || own.has(option)) continue
    throw argumentsInvalid(`${flagOf(option)} has no meaning with --service ${way.name}.`, option)
  }
}
