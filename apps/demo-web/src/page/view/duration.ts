/** Times, as a person reads them. */

export function duration(ms: number): string {
  // Some browsers measure whole milliseconds only.
  if (ms < 0.05) return '< 1 ms'
  if (ms >= 9950) return `${Math.round(ms / 1000)} s`
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`
  return ms >= 99.95 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`
}
