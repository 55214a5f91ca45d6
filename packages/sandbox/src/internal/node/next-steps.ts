/** What a person does with a sandbox that has just begun to listen. */

export interface NextSteps {
  readonly origin: string
  /** How the `isoauth` command is called. */
  readonly isoauth: string
  /** As a person names it in the folder of the command. */
  readonly credentialsFile: string | undefined
  /** The file of the state, as it was named. */
  readonly state: string | undefined
  /** Whether it was there before. */
  readonly isKept: boolean
}

/** Where the credentials are, where the portal is, and two commands that work at once. */
export function nextSteps({ origin, isoauth, credentialsFile, state, isKept }: NextSteps): string {
  const file = credentialsFile === undefined ? undefined : quoted(credentialsFile)
  const [about, ...commands] =
    file === undefined
      ? [
          'none written; --credentials-file FILE writes them',
          `init --base-url ${origin}`,
          'request GET /portfolio/accounts',
        ]
      : [
          `${credentialsFile}, of this run (mode 0600)`,
          `doctor --config ${file}`,
          `request GET /portfolio/accounts --config ${file}`,
        ]
  const kept = isKept ? 'as the last run left it' : 'new'
  const stateLine = state === undefined ? '' : `\n  state        ${state}, ${kept}`
  return `
  credentials  ${about}
  portal       ${origin}/portal
  log          ${origin}/__sandbox/requests${stateLine}

In another terminal, in this folder:

${commands.map((command) => `  ${isoauth} ${command}\n`).join('')}
Ctrl-C ends it.
`
}

/** As one word of a shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
