/**
 * A repository that somebody clones may contain an isoauth.json. If it sets only the address, and the credentials are
 * in that person's variables, a command run there would send requests that are signed with them to a host that the
 * author of the repository chose. This is refused.
 */
import { configInvalid } from '../errors.ts'
import { isLoopback } from '../loopback.ts'
import { shellWord } from '../shell-word.ts'
import type { LoadedConfig } from './load.ts'
import { type SectionName, settingsOf, variableName } from './settings.ts'

const IBKR = /(?:^|\.)(?:ibkr|interactivebrokers)\.com$/
/** The services' own hosts. */
const OFFICIAL_HOSTS: Readonly<Record<string, RegExp>> = {
  'ibkr.oauth1': IBKR,
  'ibkr.oauth2': IBKR,
  ultracart: /(?:^|\.)ultracart\.com$/,
}

/** Refuses an address of the file for settings of the environment, whichever they are, unless it is the service's own or loopback. */
export function requireNoForeignAddress({ name, sections, origins }: LoadedConfig): void {
  const isFromFile = (path: string) =>
    origins[path] !== undefined && origins[path]?.variable === undefined
  for (const section of Object.keys(OFFICIAL_HOSTS) as Exclude<SectionName, 'ibkr'>[]) {
    const variable = settingsOf(section)
      .map((setting) => ({ path: `${section}.${setting.name}`, setting: setting.name }))
      .filter(({ setting }) => setting !== 'baseUrl')
      .map(({ path }) => origins[path]?.variable)
      .find((from) => from !== undefined)
    if (variable === undefined) continue
    const own = sections[section]?.baseUrl
    const above = section === 'ultracart' ? undefined : sections.ibkr?.baseUrl
    const path = own === undefined ? 'ibkr.baseUrl' : `${section}.baseUrl`
    const address = own ?? above
    if (address === undefined || !isFromFile(path)) continue
    // One that cannot be read is told where it is used.
    if (!URL.canParse(address)) continue
    const { hostname } = new URL(address)
    if (OFFICIAL_HOSTS[section]?.test(hostname) || isLoopback(hostname)) continue
    const baseVariable = variableName(section, 'baseUrl')
    throw configInvalid(
      `${variable} is set, and ${name}, which was found and not named, would send requests made with it to another host: ${path} is on ${hostname}. If that is meant, name the file (--config ${shellWord(name)}), or set ${baseVariable} too.`,
      'baseUrl',
    )
  }
}
