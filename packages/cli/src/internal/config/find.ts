/**
 * Which file holds the configuration, where none is named: one of the project that the working folder belongs to, else
 * one of the user's configuration folder.
 */
import { readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { argumentsInvalid, type CliError, configInvalid } from '../errors.ts'
import { fileError } from '../files.ts'
import { shellWord } from '../shell-word.ts'

/** How the file came to be used. */
export type ConfigChoice = 'named' | 'project' | 'user' | 'none'

/** The file that is used, and where it was looked for. */
export interface ChosenConfig {
  /** Absolute where it was found, as it was written where it was named; undefined where there is none. */
  readonly file: string | undefined
  readonly choice: ConfigChoice
  /** The profile that was asked for. */
  readonly profile: string | undefined
  /** The paths that were looked at, in their order. */
  readonly looked: readonly string[]
}

export interface FindOptions {
  readonly profile: string | undefined
  readonly cwd: string
  /** The user's folder for configurations of this command. */
  readonly userFolder: string
}

const PROFILE = /^[a-z0-9][a-z0-9_-]{0,39}$/i

/** `isoauth.json`, or `isoauth.paper.json` of the profile `paper`. */
export function configFileName(profile: string | undefined): string {
  if (profile === undefined) return 'isoauth.json'
  if (PROFILE.test(profile)) return `isoauth.${profile}.json`
  throw argumentsInvalid(
    'The name of a profile must be of letters, digits, - and _, at most 40: --profile paper reads isoauth.paper.json.',
    'profile',
  )
}

/** Looks for the file; what is found may not belong to another user. */
export async function findConfigFile(options: FindOptions): Promise<ChosenConfig> {
  const { profile, cwd, userFolder } = options
  const name = configFileName(profile)
  const looked: string[] = []
  for (const folder of [...(await projectFolders(resolve(cwd))), resolve(userFolder)]) {
    const file = join(folder, name)
    if (looked.includes(file)) continue
    looked.push(file)
    const found = await statOf(file)
    if (found?.isFile() !== true) continue
    refuseOfOthers(file, found.uid)
    const choice = folder === resolve(userFolder) ? 'user' : 'project'
    return { file, choice, profile, looked }
  }
  return { file: undefined, choice: 'none', profile, looked }
}

/** Makes the error where a profile was asked for that has no file; it names those that have one. */
export async function profileNotFound({ looked, profile }: ChosenConfig): Promise<CliError> {
  const known = await knownProfiles(looked)
  const others =
    known.length === 0 ? 'There are no profiles there.' : `Profiles there: ${known.join(', ')}.`
  return configInvalid(
    `There is no configuration of the profile ${profile}. Looked for: ${looked.join(', ')}. ${others} A profile is a file of its own: save its configuration under that name.`,
    'profile',
  )
}

/** The profiles that have a file where it was looked for one. */
async function knownProfiles(looked: readonly string[]): Promise<string[]> {
  const names = await Promise.all(
    looked.map(async (file) => {
      try {
        return await readdir(dirname(file))
      } catch {
        return []
      }
    }),
  )
  const profiles = names
    .flat()
    .map((name) => /^isoauth\.([^.]+)\.json$/.exec(name)?.[1])
    .filter((profile) => profile !== undefined && PROFILE.test(profile))
  return [...new Set(profiles as string[])].sort()
}

/**
 * The working folder and those above it up to the root of its project: the folder with `.git`, else the nearest with
 * `package.json`, else the working folder alone. What lies above a project is of something else, and a file there may
 * be planted, as in a folder for temporary files. The home folder is never walked through.
 */
async function projectFolders(cwd: string): Promise<string[]> {
  const folders = [cwd]
  const home = homedir()
  for (let folder = cwd; folder !== home; ) {
    const above = dirname(folder)
    if (above === folder || above === home) break
    folders.push(above)
    folder = above
  }
  for (const mark of ['.git', 'package.json']) {
    for (const [index, folder] of folders.entries()) {
      if ((await statOf(join(folder, mark))) !== undefined) return folders.slice(0, index + 1)
    }
  }
  return [cwd]
}

/** Whoever wrote a file that is merely found chooses where requests go. */
function refuseOfOthers(file: string, owner: number): void {
  const user = process.getuid?.()
  if (user === undefined || owner === user || owner === 0) return
  throw configInvalid(
    `${file} belongs to another user of this machine, so it is not read unasked. If it is meant, name it: --config ${shellWord(file)}.`,
  )
}

async function statOf(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // What may not be looked at is no file of this user's, and reading it would say no more.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return undefined
    throw fileError('CLI_FILE_UNREADABLE', `Cannot look at ${path}`, error)
  }
}
