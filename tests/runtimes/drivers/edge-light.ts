/** The edge runtime of Vercel's and others' functions: Web APIs alone, in a context of their own. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from './bundle.ts'
import type { DriverReport, Given } from './driver.ts'

export async function edgeLight({ stage, settings }: Given): Promise<DriverReport> {
  const { EdgeVM } = await import('@edge-runtime/vm')
  const file = await bundle({
    entry: join(stage, 'tests/runtimes/entries/edge-light.js'),
    out: join(stage, 'bundles/edge-light.js'),
    format: 'iife',
    conditions: ['edge-light', 'worker', 'browser'],
  })
  const vm = new EdgeVM()
  vm.evaluate(readFileSync(file, 'utf8'))
  return JSON.parse(
    await vm.evaluate(
      `runSuite(${JSON.stringify(settings)}).then((report) => JSON.stringify(report))`,
    ),
  )
}
