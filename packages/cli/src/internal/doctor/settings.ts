/** Settings as such: there, readable, and of a plausible form. */
import { missingSettings, settingWithFile } from '../config/client-options.ts'
import { type LoadedConfig, problemsOf } from '../config/load.ts'
import { type SectionName, variableName } from '../config/settings.ts'
import { placeholdersOf } from '../config/template.ts'
import { count } from '../text.ts'
import { codeAndPage, type Finding, type Report, splitRemedy } from './findings.ts'

type ServiceSection = Exclude<SectionName, 'ibkr'>

/** Adds what cannot be read and what is missing. */
export function checkPresence(report: Report, config: LoadedConfig, section: ServiceSection): void {
  const unreadable = problemsOf(config, section)
  for (const { section: where, setting, error } of unreadable) {
    const { message, remedy = `mend ${where}.${setting} in ${config.name}.` } = splitRemedy(
      error.message,
    )
    report.add({ check: setting, level: 'problem', ...codeAndPage(error), message, remedy })
  }
  for (const name of placeholdersOf(config, section)) {
    report.add({
      check: name,
      level: 'problem',
      message: "is still the template's placeholder",
      remedy: `write what the portal showed into ${section}.${name} of ${config.name}.`,
    })
  }
  for (const name of missingSettings(config, section)) {
    if (unreadable.some(({ setting }) => setting === name)) continue
    report.add({
      check: name,
      level: 'problem',
      message: 'is missing',
      remedy: `add ${section}.${settingWithFile(section, name)} to ${config.name}, or set ${variableName(section, name)}.`,
    })
  }
}

/** A text that a person copies. */
export interface CopiedText {
  readonly check: string
  readonly value: string | undefined
  /** What else is to be said of it; by default its length. */
  readonly judge?: (text: string) => Omit<Finding, 'service' | 'check'> | undefined
}

/** Adds what is to be said of a text that a person copies. */
export function checkText(
  report: Report,
  { check, value, judge = () => undefined }: CopiedText,
): void {
  if (value === undefined) return
  if (/\s/.test(value)) {
    report.add({
      check,
      level: 'problem',
      message: 'has blanks or line breaks in it, usually pasted along',
      remedy: 'remove them.',
    })
    return
  }
  const judged = judge(value) ?? { level: 'ok', message: count(value.length, 'character') }
  report.add({ check, ...judged })
}
