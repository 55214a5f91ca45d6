/** The suite in a browser page; the driver waits for `report`. */
import { runSuite, type Settings } from '../suite/run.ts'

const settings = (await (await fetch('/settings.json')).json()) as Settings
Object.assign(globalThis, { report: JSON.stringify(await runSuite(settings)) })
