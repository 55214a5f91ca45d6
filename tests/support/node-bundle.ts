/** Programs of our TypeScript as one file that Node runs. */
import { type BuildOptions, build } from 'esbuild'

/** Bundles the entry, whose packages are those of the folder that it lies in. */
export async function bundleForNode(
  entry: string,
  outfile: string,
  more: BuildOptions = {},
): Promise<void> {
  const format: BuildOptions = { bundle: true, platform: 'node', format: 'esm', target: 'es2022' }
  await build({ entryPoints: [entry], outfile, ...format, logLevel: 'warning', ...more })
}
