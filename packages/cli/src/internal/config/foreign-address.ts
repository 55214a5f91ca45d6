/**
 * Variables of the user, addresses of a file that was merely found: whoever clones a repository would send what is
 * signed with keys of their own to where its author says.
 */
import { configInvalid } from '../errors.ts'
import { isLoopback } from '../loopback.ts'
import type { LoadedConfig } from './load.ts'
import { type SectionName, settingsOf, variableName } from './settings.ts'

const HOMES: Readonly<Record<string, RegExp>> = {
  'ibkr.oauth1': /(?:^|\.)(?:ibkr|interactivebrokers)\.com$/,
  'ibkr.oauth2': /(?:^|\.)(?:ibkr|interactivebrokers)\.com$/,
  ultracart: /(?:^|\.)ultracart\.com$/,
}

/** Refuses an address of the file for credentials of the environment, unless it is the service's own or loopback. */
export function requireNoForeignAddress({ name, sections, origins }: LoadedConfig): void {
  const isFromFile = (path: string) =>
    origins[path] !== undefined && origins[path]?.variable === undefined
  for (const section of Object.keys(HOMES) as Exclude<SectionName, 'ibkr'>[]) {
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
    if (!URL.canParse(address)) continue
    const { hostname } = new URL(address)
    if (HOMES[section]?.test(hostname) || isLoopback(hostname)) continue
    const baseVariable = variableName(section, 'baseUrl')
    throw configInvalid(
      `${variable} is set, and ${name}, which was found and not named, sends it to another host: ${path} is on ${hostname}. If that is meant, name the file (--config ${name}), or set ${baseVariable} too.`,
      'baseUrl',
    )
  }
}
