/** What a person does with the files at the broker's self-service portal, in its words. */
import { shellWord } from '../shell-word.ts'

export const PORTAL = 'https://ndcdyn.interactivebrokers.com/sso/Login?action=OAUTH&RL=1&ip2loc=US'

/** One thing to be done. */
export interface Step {
  readonly text: string
  /** Told by users, and not tried by whoever wrote this. */
  readonly isUnverified?: boolean
}

/** What is done before the portal shows a token. */
export const PORTAL_STEPS: readonly Step[] = [
  {
    text: 'Have an account that is IBKR Pro, open and funded. A paper account works where it belongs to one.',
  },
  {
    text: `Log in at ${PORTAL} with the user name that will trade. A paper account has a user name, a consumer key and tokens of its own: log in with that one for it.`,
  },
  {
    text: 'Choose a consumer key of nine letters, A to Z. The portal stores it in upper case; write it so in the configuration.',
  },
  {
    text: 'Upload public_signature.pem as the public signing key, public_encryption.pem as the public encryption key, and dhparam.pem as the Diffie-Hellman parameters. The private_ files are never uploaded anywhere.',
  },
  {
    text: 'Press "Save Key" where the page has it: consumer key and uploads count only once they are saved.',
    isUnverified: true,
  },
  {
    text: 'Switch "Enable OAuth Access" on, where the page has it.',
    isUnverified: true,
  },
  {
    text: 'Generate the access token. Copy access token and access token secret at once: they are shown only now.',
  },
]

/** What is left to do once everything is filled in. */
export const PORTAL_WAIT =
  'Wait: a new consumer key works after the broker has restarted, overnight or over the weekend; until then it answers 401 "invalid consumer". Keys that change on an active consumer need it too.'

/** A step with its mark. */
export function stepText({ text, isUnverified }: Step): string {
  return isUnverified === true ? `${text} (Told by users; not verified.)` : text
}

/**
 * The steps after `keygen`, in order; each is a paragraph.
 *
 * @param config - the configuration that was written, as a person names it
 */
export function keygenSteps(config: string): readonly string[] {
  return [
    ...PORTAL_STEPS.map(stepText),
    PORTAL_WAIT,
    `Write what the portal showed into ${config}, and run: isoauth doctor --config ${shellWord(config)}`,
  ]
}
