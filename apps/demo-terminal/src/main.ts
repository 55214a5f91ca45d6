/** The program behind `npm start`. */
import process from 'node:process'
import { runDemo } from './demo.ts'

// The reader may leave early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(1)
})

process.exitCode = await runDemo({
  argv: process.argv.slice(2),
  stdout: process.stdout,
  stderr: process.stderr,
  isTerminal: process.stdout.isTTY === true,
  env: process.env,
})
