/** The known answers of this package; the same checks run on the packed files in every runtime. */
import { oauth2Vectors } from '../../../tests/runtimes/suite/oauth2-vectors.ts'
import { runChecks } from '../../../tests/support/run-checks.ts'

runChecks(oauth2Vectors)
