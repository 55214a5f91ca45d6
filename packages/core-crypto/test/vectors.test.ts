/** The known answers of this package; the same checks run on the packed files in every runtime. */
import { cryptoVectors } from '../../../tests/runtimes/suite/crypto-vectors.ts'
import { runChecks } from '../../../tests/support/run-checks.ts'

runChecks(cryptoVectors)
