/** Date-times as the vendor writes them: US Eastern time, numeric offset, no fraction. */

/** `2026-03-02T10:15:00-05:00` for milliseconds since 1970. */
export function easternDateTime(ms: number): string {
  const parts = new Map(
    new Intl.DateTimeFormat('en-US', {
      timeZone: 'America/New_York',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  )
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? ''
  const local = `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}`
  // Always behind UTC, by whole hours in every year that the sandbox can see.
  const minutes = Math.round((ms - Date.parse(`${local}Z`)) / 60_000)
  const two = (number: number) => String(number).padStart(2, '0')
  return `${local}-${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
