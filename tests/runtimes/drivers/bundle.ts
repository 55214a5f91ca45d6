/** One file of an entry and all it needs, by esbuild: for runtimes that load no packages by name. */
import { run } from '../../../scripts/lib/process.mjs'
import { toolEnv } from '../../../scripts/lib/setup.mjs'

export interface BundleOptions {
  readonly entry: string
  readonly out: string
  readonly format: 'esm' | 'iife'
  readonly conditions: readonly string[]
  readonly minify?: boolean | undefined
  readonly metafile?: string | undefined
}

export async function bundle({
  entry,
  out,
  format,
  conditions,
  minify = false,
  metafile,
}: BundleOptions): Promise<string> {
  const { code, output } = await run(
    'esbuild',
    [
      entry,
      '--bundle',
      `--format=${format}`,
      '--target=es2022',
      ...(conditions.length > 0 ? [`--conditions=${conditions.join()}`] : []),
      '--log-level=warning',
      ...(minify ? ['--minify'] : []),
      ...(metafile === undefined ? [] : [`--metafile=${metafile}`]),
      `--outfile=${out}`,
    ],
    { env: toolEnv() },
  )
  if (code !== 0) throw new Error(`esbuild ended with ${code}:\n${output.trim()}`)
  return out
}
