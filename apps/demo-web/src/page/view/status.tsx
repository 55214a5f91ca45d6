/** What a page has to say of the last thing it did, in the colour of its outcome; read out as it changes. */

export type Tone = 'idle' | 'busy' | 'good' | 'bad' | 'warn'

export function Status({
  tone,
  text,
  isWhole = false,
}: {
  readonly tone: Tone
  readonly text: string
  /** What went wrong takes as many lines as it needs: it is told nowhere else. */
  readonly isWhole?: boolean
}) {
  return (
    <p class={`status ${tone}${isWhole ? ' to-its-end' : ''}`} role="status">
      <span>{text}</span>
    </p>
  )
}
