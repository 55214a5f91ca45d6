/** The suite as one script for an edge runtime, which takes no modules. */
import { runSuite } from '../suite/run.ts'

// The runtime evaluates the script and calls this with the settings.
Object.assign(globalThis, { runSuite })
