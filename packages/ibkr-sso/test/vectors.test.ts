/** The known answers of this package; the same checks run on the packed files in every runtime. */
import { ssoVectors } from '../../../tests/runtimes/suite/sso-vectors.ts'
import { runChecks } from '../../../tests/support/run-checks.ts'

runChecks(ssoVectors)
