/** The known answers of this package; the same checks run on the packed files in every runtime. */
import { exchangeVectors } from '../../../tests/runtimes/suite/exchange-vectors.ts'
import { signingVectors } from '../../../tests/runtimes/suite/signing-vectors.ts'
import { runChecks } from '../../../tests/support/run-checks.ts'

runChecks([...signingVectors, ...exchangeVectors])
