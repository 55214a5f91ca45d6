/**
 * The second step of a release: builds, and packs every public package into a folder.
 *
 *     node scripts/release-pack.mjs FOLDER
 *
 * By pnpm, which puts versions in place of `workspace:`. The folder gets the tarballs and `tarballs.json`, their
 * names, versions and digests; the digest of that list is printed and given to the next job (`digest`).
 */
import { mkdirSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { build } from './lib/build.mjs'
import { main, PlainError, run } from './lib/process.mjs'
import { setOutput, verifiedTarballs, writeList } from './lib/release.mjs'
import { setUp, toolEnv } from './lib/setup.mjs'
import { tarballProblems } from './lib/tarball-problems.mjs'
import { publicPackages } from './lib/workspace.mjs'

await main(async () => {
  const [folder, ...rest] = process.argv.slice(2)
  if (folder === undefined || rest.length > 0) {
    throw new PlainError('usage: node scripts/release-pack.mjs FOLDER   (empty, or not there yet)')
  }
  const out = resolve(folder)
  mkdirSync(out, { recursive: true })
  if (readdirSync(out).length > 0) throw new PlainError(`${folder} is not empty`)
  await setUp()
  await build()

  const packed = []
  for (const { dir } of publicPackages()) packed.push(await pack(dir, out))
  const digest = writeList(out, packed)
  const tarballs = verifiedTarballs(out, digest)
  const versions = new Map(tarballs.map(({ name, version }) => [name, version]))
  const problems = tarballs.flatMap((tarball) =>
    tarballProblems(tarball, versions).map((problem) => `${tarball.name}: ${problem}`),
  )
  if (problems.length > 0) throw new PlainError(problems.join('\n'))
  for (const { name, version, files } of tarballs) {
    console.log(`pack: ${name} ${version}, ${files.size} files`)
  }
  console.log(`pack: digest ${digest}`)
  setOutput('digest', digest)
})

async function pack(dir, out) {
  const { code, stdout, output } = await run(
    'pnpm',
    ['pack', '--json', '--pack-destination', out],
    {
      cwd: dir,
      env: toolEnv(),
    },
  )
  if (code !== 0) throw new PlainError(`${output.trim()}\n\npnpm pack failed in ${dir}`)
  const { name, version, filename, integrity } = JSON.parse(stdout)
  return { name, version, file: filename, integrity }
}
