/** Paths of requests, compared with what a rule says. */

/** Where the services' own calls begin. */
const BASES: readonly string[] = [
  '/v1/api',
  '/tradingapi/v1',
  '/oauth2/api/v1',
  '/gw/api/v1',
  '/rest/v2',
]

/** The path without its base; itself outside of every base. */
export function pathBelowBase(path: string): string {
  const base = BASES.find((candidate) => path.startsWith(`${candidate}/`))
  return base === undefined ? path : path.slice(base.length)
}

/** What stands for the names in braces; `undefined` when the path is another. */
export function matchPath(
  pattern: string,
  path: string,
): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const segment = given[index] ?? ''
    const isName = part.startsWith('{') && part.endsWith('}')
    if (isName && segment !== '') parameters[part.slice(1, -1)] = segment
    else if (part !== segment) return undefined
  }
  return parameters
}
