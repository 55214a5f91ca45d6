/** Text for a terminal of 80 columns. */

export const COLUMNS = 80
const HOUR_MS = 3_600_000

/** Breaks text into lines of at most `width` characters, inside a word only where it is longer. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text
    .trim()
    .split(/\s+/)
    .flatMap((part) => cut(part, width))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (longer.length <= width) {
      line = longer
      continue
    }
    lines.push(line)
    line = word
  }
  return [...lines, line]
}

/** `1 step`, `2 steps`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** Milliseconds with one digit after the point; from 100 s on, whole seconds. */
export function duration(ms: number): string {
  return ms < 99_999.95 ? `${ms.toFixed(1)} ms` : `${Math.round(ms / 1000)} s`
}

/** `; good for 24.0 h`, or nothing where the end is not told. */
export function goodFor(expiresAtMs: number | undefined): string {
  if (expiresAtMs === undefined) return ''
  return `; good for ${((expiresAtMs - Date.now()) / HOUR_MS).toFixed(1)} h`
}

/** What is told of a clock that was set right. */
export function offBy(differenceMs: number): string {
  return `off by ${Math.round(differenceMs / 1000)} s; signed again`
}

/** An account id that its owner recognises and nobody else can use: `U*****67`. */
export function maskAccount(id: string): string {
  if (id.length < 5) return '*'.repeat(id.length)
  return `${id.slice(0, 1)}${'*'.repeat(id.length - 3)}${id.slice(-2)}`
}

function cut(word: string, width: number): string[] {
  if (word.length <= width) return [word]
  return [word.slice(0, width), ...cut(word.slice(width), width)]
}
