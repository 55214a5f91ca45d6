/**
 * What a changelog says of one version, without its heading; undefined where it says nothing.
 *
 * @param {string} changelog - as changesets writes it
 * @param {string} version
 * @returns {string | undefined}
 */
export function notesOf(changelog, version) {
  const [, ...sections] = changelog.split(/^## /m)
  const section = sections.find((text) => text.split('\n', 1)[0]?.trim() === version)
  return section?.slice(section.indexOf('\n')).trim() || undefined
}
