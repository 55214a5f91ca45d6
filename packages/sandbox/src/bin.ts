#!/usr/bin/env node
/** The `isoauth-sandbox` command. */
import { run } from './internal/node/command.ts'

process.exitCode = await run(process.argv.slice(2))
