/** Programs of users', compiled against the installed declarations, none of which is skipped. */
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readJson, root } from '../../../scripts/lib/workspace.mjs'
import type { Context, Work } from './context.ts'
import { type Command, consumerEnv, inProject } from './managers.ts'

const tools = join(root, 'tests/consumers/node_modules')

interface Row {
  readonly resolution: 'bundler' | 'node16' | 'nodenext'
  readonly compiler: string
  readonly types: 'DOM' | 'Node' | 'Workers'
  readonly file?: string
}

/**
 * Every pair of a way to resolve modules, a compiler and a set of types stands in one row (a Latin square): nine rows
 * in place of twenty-seven.
 */
const ROWS: readonly Row[] = [
  { resolution: 'bundler', compiler: 'typescript-5.6', types: 'DOM' },
  { resolution: 'bundler', compiler: 'typescript', types: 'Node' },
  { resolution: 'bundler', compiler: 'typescript-7', types: 'Workers' },
  { resolution: 'node16', compiler: 'typescript-5.6', types: 'Node' },
  { resolution: 'node16', compiler: 'typescript', types: 'Workers' },
  { resolution: 'node16', compiler: 'typescript-7', types: 'DOM' },
  { resolution: 'nodenext', compiler: 'typescript-5.6', types: 'Workers' },
  { resolution: 'nodenext', compiler: 'typescript', types: 'DOM' },
  { resolution: 'nodenext', compiler: 'typescript-7', types: 'Node' },
  // CommonJS that requires ES modules, which the compiler takes since 5.8.
  { resolution: 'nodenext', compiler: 'typescript', types: 'Node', file: 'require.cts' },
]

const SETS: Record<Row['types'], { lib: string[]; types: string[] }> = {
  DOM: { lib: ['ES2022', 'DOM'], types: [] },
  Node: { lib: ['ES2022'], types: ['node'] },
  Workers: { lib: ['ES2022'], types: ['@cloudflare/workers-types'] },
}

/** One piece of work for each row, in a project with every package. */
export function typesWorks({ folder, signal, table }: Context, project: string): Work[] {
  const { files, cjs } = copyPrograms(project)
  linkTypes(project)
  return ROWS.map(({ resolution, compiler, types, file }, index) => () => {
    const { version } = readJson(join(tools, compiler, 'package.json'))
    const what = `${resolution}, types of ${types}${file === undefined ? '' : ', CommonJS'}`
    return table.check({ consumer: 'TypeScript', version, what }, async () => {
      const config = `tsconfig.${index}.json`
      const compilerOptions = {
        target: 'ES2022',
        ...SETS[types],
        module: resolution === 'bundler' ? 'esnext' : resolution,
        moduleResolution: resolution,
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        skipLibCheck: false,
      }
      // The example keeps a `CryptoKey`, for which Node's types have no global name.
      const fit = files.filter((name) => types !== 'Node' || !name.includes('/examples/'))
      const included = file === undefined ? fit : cjs
      writeFileSync(join(project, config), JSON.stringify({ compilerOptions, files: included }))
      const command: Command = [process.execPath, join(tools, compiler, 'bin/tsc'), '-p', config]
      await inProject(command, { cwd: project, env: consumerEnv(folder), signal })
    })
  })
}

/** The programs that `npm run check` compiles too, and the examples of a README. */
function copyPrograms(project: string): { files: string[]; cjs: string[] } {
  const sources = [
    ...['consumer', 'oauth2-and-sso', 'with-sandbox'].map((name) => `tests/types/${name}.ts`),
    'packages/ultracart-sso/examples/request-handlers.ts',
    'tests/consumers/programs/require.cts',
  ]
  for (const source of sources) {
    mkdirSync(join(project, dirname(source)), { recursive: true })
    copyFileSync(join(root, source), join(project, source))
  }
  return {
    files: sources.filter((source) => source.endsWith('.ts')),
    cjs: sources.filter((source) => source.endsWith('.cts')),
  }
}

/** The platforms' types are nothing of ours: they come from the lockfile. */
function linkTypes(project: string): void {
  for (const name of ['@types/node', '@cloudflare/workers-types']) {
    const link = join(project, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(tools, name), link)
  }
}
