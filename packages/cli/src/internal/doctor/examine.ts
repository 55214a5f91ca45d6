/** Every service of the configuration, looked at one after the other, and the verdict. */

import type { DoctorOptions } from '../commands/doctor-options.ts'
import { configOf } from '../config/choose-config.ts'
import { oauth1BaseUrl, oauth2BaseUrl, ultraCartBaseUrl } from '../config/client-options.ts'
import type { LoadedConfig } from '../config/load.ts'
import type { SectionName } from '../config/settings.ts'
import { type Context, writeJson } from '../context.ts'
import { argumentsInvalid } from '../errors.ts'
import { FAILED } from '../exit-status.ts'
import { shellWord } from '../shell-word.ts'
import { shownAddress } from '../shown-address.ts'
import { count, paragraph } from '../text.ts'
import type { Finding, Report } from './findings.ts'
import { checkOAuth1 } from './oauth1.ts'
import { checkOAuth2 } from './oauth2.ts'
import { printFinding } from './print-findings.ts'
import type { ServiceCheck } from './service.ts'
import { checkUltraCart } from './ultracart.ts'

interface Service {
  readonly section: SectionName
  readonly title: string
  readonly address: (config: LoadedConfig) => string
  readonly check: (service: ServiceCheck) => Promise<void>
}

const SERVICES: readonly Service[] = [
  { section: 'ibkr.oauth1', title: 'IBKR OAuth 1.0a', address: oauth1BaseUrl, check: checkOAuth1 },
  {
    section: 'ibkr.oauth2',
    title: 'IBKR OAuth 2.0 and SSO',
    address: oauth2BaseUrl,
    check: checkOAuth2,
  },
  {
    section: 'ultracart',
    title: 'UltraCart single sign-on',
    address: ultraCartBaseUrl,
    check: checkUltraCart,
  },
]

/** Looks, tells, and sets the exit status. */
export async function examine(context: Context, options: DoctorOptions): Promise<void> {
  context.isJson = options.json === true
  const config = await configOf(context, options)
  const diagnosis = await diagnose(context, config, options.brokerage === true)
  if (context.isJson) writeJson(context, { ...diagnosis, config: config.name })
}

export interface Diagnosis {
  readonly healthy: boolean
  readonly findings: readonly Finding[]
}

/** The same of a configuration that was read; tells nothing where JSON was asked for. */
export async function diagnose(
  context: Context,
  config: LoadedConfig,
  wantsBrokerage: boolean,
): Promise<Diagnosis> {
  const { io, colors, configFlags } = context
  const hasBrokerage = ['ibkr.oauth1', 'ibkr.oauth2'].some(
    (name) => config.sections[name as SectionName] !== undefined,
  )
  if (wantsBrokerage && !hasBrokerage) {
    throw argumentsInvalid(
      '--brokerage needs ibkr.oauth1 or ibkr.oauth2 in the configuration.',
      'brokerage',
    )
  }
  const findings: Finding[] = []
  const say = (text: string) => context.isJson || io.stdout.write(text)
  const reportFor = (service: string): Report => {
    let hasProblem = false
    return {
      add(finding) {
        const whole = { service, ...finding }
        findings.push(whole)
        hasProblem ||= finding.level === 'problem'
        if (!context.isJson) printFinding(context, whole)
      },
      get hasProblem() {
        return hasProblem
      },
    }
  }

  say(`${colors.bold('Configuration')}  ${config.name}\n`)
  checkConfiguration(reportFor('config'), config)
  const { signal, now } = io
  for (const { section, title, address, check } of SERVICES) {
    if (config.sections[section] === undefined) continue
    say(`\n${colors.bold(title)}  ${shownAddress(address(config))}\n`)
    // A user has one brokerage session: a second service would compete with the first.
    const isFirst = section === 'ibkr.oauth1' || config.sections['ibkr.oauth1'] === undefined
    const brokerage = wantsBrokerage && isFirst
    await check({ config, report: reportFor(section), now, signal, brokerage, configFlags })
  }

  const problems = findings.filter(({ level }) => level === 'problem')
  const isHealthy = problems.length === 0
  if (!isHealthy) context.status = FAILED
  if (context.isJson) return { healthy: isHealthy, findings }
  const names = problems.map(({ service, check }) => `${service} ${check}`).join(', ')
  const verdict = isHealthy ? 'Healthy.' : `${count(problems.length, 'problem')}: ${names}.`
  const [first = '', ...rest] = paragraph(verdict).split(/(?<=\n)/)
  const style = isHealthy ? colors.green : colors.red
  say(`\n${style(first.trimEnd())}\n${rest.join('')}`)
  return { healthy: isHealthy, findings }
}

/** The configuration as a whole: who may read it, what nothing reads, what wins. */
function checkConfiguration(report: Report, config: LoadedConfig): void {
  for (const file of config.openFiles) {
    report.add({
      check: 'permissions',
      level: 'warning',
      message: `others on this machine may read ${file}`,
      remedy: `chmod 600 ${shellWord(file)}`,
    })
  }
  for (const { path, meant } of config.unknown) {
    report.add({
      check: path,
      level: 'warning',
      message: `is read by nothing${meant === undefined ? '' : `; is ${meant} meant?`}`,
    })
  }
  if (config.overridden.length > 0) {
    const names = config.overridden.join(', ')
    report.add({
      check: 'environment',
      level: 'note',
      message: `wins over the file in: ${names}`,
    })
  }
  const isQuiet = config.openFiles.length + config.unknown.length === 0
  if (isQuiet) report.add({ check: 'read', level: 'ok', message: 'nothing unknown in it' })
}
