/** The known answers over the public entry; the same checks run on the packed files in every runtime. */
import { sandboxVectors } from '../../../tests/runtimes/suite/sandbox-vectors.ts'
import { runChecks } from '../../../tests/support/run-checks.ts'

runChecks(sandboxVectors)
