/** What a release is made of, package by package, in the words of CycloneDX; pnpm makes it from the lockfile. */
import { manifestOf } from './release.mjs'

/**
 * @typedef {object} Component
 * @property {string} name
 * @property {string} version
 * @property {string} [group]
 * @property {string} purl
 * @property {readonly unknown[]} [licenses]
 * @property {ReadonlyArray<{ alg: string, content: string }>} [hashes]
 * @property {ReadonlyArray<{ type: string, hashes?: ReadonlyArray<{ alg: string }> }>} [externalReferences]
 *
 * @typedef {{ bomFormat: string, metadata: { component: Component }, components: readonly Component[] }} Sbom
 * @typedef {Pick<import('./release.mjs').Tarball, 'name' | 'version' | 'integrity' | 'files'>} Packed
 */

/**
 * The list of one package, with the SHA-512 of the tarballs that it names: of its own, and of its siblings.
 *
 * @param {Sbom} sbom
 * @param {ReadonlyArray<Pick<Packed, 'name' | 'version' | 'integrity'>>} tarballs - of the release
 * @returns {Sbom}
 */
export function withTarballs(sbom, tarballs) {
  const integrities = new Map(
    tarballs.map(({ name, version, integrity }) => [`${name}@${version}`, integrity]),
  )
  const hashed = (component) => {
    const integrity = integrities.get(idOf(component))
    if (integrity === undefined) return component
    const content = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex')
    return { ...component, hashes: [{ alg: 'SHA-512', content }] }
  }
  const { metadata, components } = sbom
  return {
    ...sbom,
    metadata: { ...metadata, component: hashed(metadata.component) },
    components: components.map(hashed),
  }
}

/**
 * The list of one package, with what its files and those of its siblings contain of others.
 *
 * @param {Sbom} sbom
 * @param {ReadonlyMap<string, readonly Component[]>} inlined - by the name of the package that contains it
 * @returns {Sbom}
 */
export function withInlined(sbom, inlined) {
  const { metadata, components } = sbom
  const contained = [metadata.component, ...components].flatMap(
    (component) => inlined.get(nameOf(component)) ?? [],
  )
  const listed = new Map([...components, ...contained].map((item) => [idOf(item), item]))
  return { ...sbom, components: [...listed.values()] }
}

/**
 * What is wrong with the list of a package; nothing is for a good one.
 *
 * @param {Sbom} sbom
 * @param {Packed} tarball
 * @returns {string[]}
 */
export function sbomProblems(sbom, tarball) {
  const { bomFormat, metadata, components } = sbom
  const id = `${tarball.name}@${tarball.version}`
  const problems = []
  if (bomFormat !== 'CycloneDX') problems.push(`bomFormat is ${bomFormat}`)
  if (idOf(metadata.component) !== id) problems.push(`it is of ${idOf(metadata.component)}`)
  const listed = new Map(components.map((component) => [nameOf(component), component]))
  const { dependencies, inlinedDependencies } = manifestOf(tarball)
  for (const [name, version] of Object.entries({ ...dependencies, ...inlinedDependencies })) {
    const found = listed.get(name)
    if (found === undefined) problems.push(`${name} is missing`)
    else if (/^\d/.test(version) && found.version !== version) {
      problems.push(`${name} is ${found.version}, packed was ${version}`)
    }
  }
  for (const component of [metadata.component, ...components]) {
    if (!hasHash(component)) problems.push(`${idOf(component)} has no SHA-512`)
    if ((component.licenses ?? []).length === 0) problems.push(`${idOf(component)} has no licence`)
  }
  return problems
}

function hasHash({ hashes = [], externalReferences = [] }) {
  const all = [...hashes, ...externalReferences.flatMap((reference) => reference.hashes ?? [])]
  return all.some(({ alg }) => alg === 'SHA-512')
}

function idOf(component) {
  return `${nameOf(component)}@${component.version}`
}

function nameOf({ group, name }) {
  return group === undefined ? name : `${group}/${name}`
}
