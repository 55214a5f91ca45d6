/** What a person does next with the files, in the words of the broker's self-service portal. */

export const PORTAL = 'https://ndcdyn.interactivebrokers.com/sso/Login?action=OAUTH&RL=1&ip2loc=US'

/**
 * The steps, in order; each is a paragraph.
 *
 * @param config - the configuration that was written, as a person names it
 */
export function portalSteps(config: string): readonly string[] {
  return [
    `Log in at ${PORTAL} with the user name that will trade. A paper account has a user name, a consumer key and tokens of its own: log in with that one for it.`,
    'Choose a consumer key of nine letters, A to Z. The portal stores it in upper case; write it so in the configuration.',
    'Upload public_signature.pem as the public signing key, public_encryption.pem as the public encryption key, and dhparam.pem as the Diffie-Hellman parameters. The private_ files are never uploaded anywhere.',
    'Generate the access token. Copy access token and access token secret into the configuration at once: they are shown only now.',
    'Wait: a new consumer key works after the broker has restarted, overnight or over the weekend; until then it answers 401 "invalid consumer". Keys that change on an active consumer need it too.',
    `Write what the portal showed into ${config}, and run: isoauth doctor --config ${config}`,
  ]
}
