import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../tests/support/temporary-folder.ts'
import { raised } from './lib/example-versions.mjs'
import { inOrderOfNeed, verifiedTarballs, writeList } from './lib/release.mjs'
import { notesOf } from './lib/release-notes.mjs'
import { sbomProblems, withInlined, withTarballs } from './lib/sbom.mjs'
import { integrityOf, readTarball } from './lib/tarball.mjs'
import { tarballProblems } from './lib/tarball-problems.mjs'

const manifest = {
  name: '@isoauth/one',
  version: '1.2.3',
  description: 'One of the packages, as an example',
  keywords: ['one', 'two', 'three'],
  homepage: 'https://github.com/isoauth/isoauth/tree/main/packages/one#readme',
  bugs: 'https://github.com/isoauth/isoauth/issues',
  repository: {
    type: 'git',
    url: 'git+https://github.com/isoauth/isoauth.git',
    directory: 'packages/one',
  },
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  main: './dist/index.js',
  publishConfig: { access: 'public', provenance: true },
  dependencies: { '@isoauth/two': '2.0.0', ky: '1.14.3' },
}
const files = {
  'package.json': JSON.stringify(manifest),
  'README.md': '# one',
  LICENSE: 'MIT',
  'dist/index.js': 'export {}\n//# sourceMappingURL=index.js.map',
  'dist/index.js.map': JSON.stringify({ sources: ['../src/index.ts'] }),
  'src/index.ts': 'export {}',
}

const folder = useTemporaryFolder()

it('finds nothing wrong with a good tarball', () => {
  expect(problems({})).toEqual([])
})

it.each([
  ['a range of the workspace', { dependencies: { '@isoauth/two': 'workspace:*' } }, 'workspace:*'],
  ['a sibling of another version', { dependencies: { '@isoauth/two': '1.0.0' } }, '2.0.0'],
  ['a sibling by a range', { dependencies: { '@isoauth/two': '^2.0.0' } }, 'should be 2.0.0'],
  [
    'code of others in no one version',
    { inlinedDependencies: { noble: '^1.0.0' } },
    'noble: ^1.0.0 is not exact',
  ],
  [
    'code of others without its licence',
    { inlinedDependencies: { noble: '1.0.0' } },
    'its licence is not in dist/THIRD-PARTY-LICENCES.txt',
  ],
  ['a range without an end', { dependencies: { ky: '>=1' } }, 'neither exact nor a caret range'],
  ['a script that runs at install', { scripts: { postinstall: 'x' } }, 'postinstall'],
  ['a package kept private', { private: true }, 'private is not'],
  ['an entry that was not packed', { main: './dist/other.js' }, './dist/other.js'],
  [
    'another repository',
    { repository: { ...manifest.repository, directory: 'one' } },
    'repository',
  ],
  ['another home page', { homepage: 'https://example.com' }, 'homepage'],
  [
    'a description that ends like a sentence',
    { description: 'One of the packages, all in all.' },
    'description',
  ],
  ['no keywords', { keywords: undefined }, 'keywords'],
  ['no provenance', { publishConfig: { access: 'public' } }, 'publishConfig'],
])('finds %s', (_, change, expected) => {
  const found = problems({ 'package.json': JSON.stringify({ ...manifest, ...change }) })
  expect(found).toHaveLength(1)
  expect(found[0]).toContain(expected)
})

it.each([
  ['a map whose source is missing', { 'src/index.ts': undefined }, 'leads to src/index.ts'],
  ['a file without its map', { 'dist/index.js': 'export {}' }, 'has no source map'],
  ['a test', { 'src/index.test.ts': '' }, 'should not be packed'],
  ['no licence', { LICENSE: undefined }, 'LICENSE is missing'],
])('finds %s', (_, change, expected) => {
  expect(problems(change).join('\n')).toContain(expected)
})

it('takes code of others in one version, with its licence', () => {
  const change = {
    'package.json': JSON.stringify({ ...manifest, inlinedDependencies: { noble: '1.0.0' } }),
    'dist/THIRD-PARTY-LICENCES.txt': 'noble 1.0.0\n\nThe MIT License',
  }
  expect(problems(change)).toEqual([])
  const ofAnother = {
    ...change,
    'dist/THIRD-PARTY-LICENCES.txt': 'noble 1.0.01\n\nThe MIT License',
  }
  expect(problems(ofAnother)).toHaveLength(1)
})

it('refuses tarballs that are not the ones that were packed', () => {
  const path = join(folder(), 'one.tgz')
  const bytes = archive(files)
  writeFileSync(path, bytes)
  const listed = { name: manifest.name, version: manifest.version, file: path }
  const digest = writeList(folder(), [{ ...listed, integrity: integrityOf(bytes) }])
  expect(verifiedTarballs(folder(), digest)).toHaveLength(1)
  expect(() => verifiedTarballs(folder(), '0'.repeat(64))).toThrow('its digest differs')

  const another = archive({ ...files, LICENSE: 'mit' })
  writeFileSync(path, another)
  expect(() => verifiedTarballs(folder(), digest)).toThrow('its SHA-512 differs')
  writeList(folder(), [{ ...listed, integrity: integrityOf(another) }])
  expect(() => verifiedTarballs(folder(), digest)).toThrow('its digest differs')

  writeFileSync(join(folder(), 'two.tgz'), another)
  expect(() => verifiedTarballs(folder(), undefined)).toThrow('two.tgz')
})

it('puts what is needed before what needs it', () => {
  const tarball = (name: string, dependencies: object) => ({
    name,
    files: new Map([['package.json', Buffer.from(JSON.stringify({ dependencies }))]]),
  })
  const a = tarball('a', { b: '^1.0.0', c: '^1.0.0' })
  const b = tarball('b', { c: '^1.0.0' })
  const c = tarball('c', { elsewhere: '1.0.0' })
  expect(inOrderOfNeed([a, b, c]).map(({ name }) => name)).toEqual(['c', 'b', 'a'])
})

it('raises the ranges of our packages in examples, and no others', () => {
  const versions = new Map([['@isoauth/one', '2.0.0']])
  const text =
    '"@isoauth/one": "^1.2.3", "npm:@isoauth/one@^1.2.3", "@types/one": "^1.2.3", "ky": "^1.0.0"'
  expect(raised(text, versions)).toBe(
    '"@isoauth/one": "^2.0.0", "npm:@isoauth/one@^2.0.0", "@types/one": "^1.2.3", "ky": "^1.0.0"',
  )
})

it('takes what a changelog says of one version', () => {
  const changelog = '# one\n\n## 0.2.0\n\n### Minor Changes\n\n- new\n\n## 0.1.0\n\n- first\n'
  expect(notesOf(changelog, '0.2.0')).toBe('### Minor Changes\n\n- new')
  expect(notesOf(changelog, '0.1.0')).toBe('- first')
  expect(notesOf(changelog, '0.2')).toBeUndefined()
  expect(notesOf('# one\n\n## 0.3.0\n\n## 0.2.0\n\n- new', '0.3.0')).toBeUndefined()
})

describe('the list of what a package is made of', () => {
  const licences = { licenses: [{ license: { id: 'MIT' } }] }
  const own = { group: '@isoauth', name: 'one', version: '1.2.3', purl: '', ...licences }
  const sibling = { ...own, name: 'two', version: '2.0.0' }
  const reference = { type: 'distribution', hashes: [{ alg: 'SHA-512' }] }
  const ky = {
    name: 'ky',
    version: '1.14.3',
    purl: '',
    ...licences,
    externalReferences: [reference],
  }
  const good = {
    bomFormat: 'CycloneDX',
    metadata: { component: own },
    components: [sibling, ky],
  }
  const integrity = integrityOf(Buffer.from('one'))
  const tarball = {
    ...{ name: manifest.name, version: manifest.version, integrity },
    files: new Map([['package.json', Buffer.from(JSON.stringify(manifest))]]),
  }
  const packed = [tarball, { ...tarball, name: '@isoauth/two', version: '2.0.0' }]
  const found = (sbom: typeof good) => sbomProblems(withTarballs(sbom, packed), tarball)

  it('has nothing wrong where it is good, and the digest of the tarball', () => {
    expect(found(good)).toEqual([])
    const [hash] = withTarballs(good, packed).metadata.component.hashes ?? []
    expect(hash?.content).toBe(Buffer.from(integrity.slice(7), 'base64').toString('hex'))
  })

  it('has what a package and its siblings contain of others, once', () => {
    const noble = { ...ky, name: 'noble', version: '1.0.0' }
    const inlined = new Map([
      ['@isoauth/one', [noble]],
      ['@isoauth/two', [noble]],
    ])
    expect(withInlined(good, inlined).components).toEqual([sibling, ky, noble])
    expect(withInlined(good, new Map()).components).toEqual(good.components)
    const text = JSON.stringify({ ...manifest, inlinedDependencies: { noble: '1.0.0' } })
    const containing = { ...tarball, files: new Map([['package.json', Buffer.from(text)]]) }
    const problemsOf = (sbom: typeof good) => sbomProblems(withTarballs(sbom, packed), containing)
    expect(problemsOf(good).join()).toContain('noble is missing')
    expect(problemsOf(withInlined(good, inlined) as typeof good)).toEqual([])
  })

  it.each([
    [
      'another package',
      { ...good, metadata: { component: { ...own, version: '1.2.4' } } },
      'it is',
    ],
    ['another version', { ...good, components: [sibling, { ...ky, version: '1.14.2' }] }, '1.14.2'],
    ['a dependency that is missing', { ...good, components: [sibling] }, 'ky is missing'],
    ['no digest', { ...good, components: [sibling, { ...ky, externalReferences: [] }] }, 'SHA-512'],
    ['no licence', { ...good, components: [sibling, { ...ky, licenses: [] }] }, 'no licence'],
    ['another format', { ...good, bomFormat: 'SPDX' }, 'bomFormat'],
  ])('is refused with %s', (_, sbom, expected) => {
    expect(found(sbom as typeof good).join()).toContain(expected)
  })
})

/** What is wrong with the good tarball after a change to its files. */
function problems(change: Record<string, string | undefined>): string[] {
  const path = join(folder(), 'one.tgz')
  writeFileSync(path, archive({ ...files, ...change }))
  const { name, version } = manifest
  return tarballProblems(
    { name, version, ...readTarball(path) },
    new Map([['@isoauth/two', '2.0.0']]),
  )
}

/** A gzipped ustar archive of these files, in `package/`. */
function archive(contents: Record<string, string | undefined>): Buffer {
  const blocks = Object.entries(contents).flatMap(([name, text]) => {
    if (text === undefined) return []
    const body = Buffer.from(text)
    const header = Buffer.alloc(512)
    header.write(`package/${name}`, 0)
    header.write(body.length.toString(8).padStart(11, '0'), 124)
    header.write('0', 156)
    return [header, body, Buffer.alloc(-body.length & 511)]
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}
