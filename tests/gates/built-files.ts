/** What lies in a `dist` is what its build made: a file that was left there or changed would be published. */
import { changedOutputs } from '../../scripts/lib/build.mjs'
import { gate } from './gate.ts'

await gate(import.meta.filename, () =>
  changedOutputs().map((file) => `${file} is not what was built: npm run build`),
)
