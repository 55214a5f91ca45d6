/** How much more a larger size may cost than a smaller one. */
import type { Growth, Point } from '../growth.ts'

/** The limit that `words` tell; what was found is written behind them. */
export function atMostTimes(
  most: number,
  words: string,
  [smaller, larger]: readonly [Point | undefined, Point | undefined],
  digits = 2,
): Growth['limits'][number] {
  const ratio = (larger?.value ?? Number.NaN) / (smaller?.value ?? 0)
  return { words: `${words}: ${ratio.toFixed(digits)}`, isKept: ratio <= most }
}
