/** The suite in Node, Deno and Bun: settings as the one argument, the report as the last line. */
import { argv } from 'node:process'
import { runSuite, type Settings } from '../suite/run.ts'

const settings = JSON.parse(argv[2] ?? '') as Settings
console.log(`report ${JSON.stringify(await runSuite(settings))}`)
