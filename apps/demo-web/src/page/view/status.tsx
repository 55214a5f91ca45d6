/** What a page has to say of the last thing it did, in the colour of its outcome; read out as it changes. */

export type Tone = 'idle' | 'busy' | 'good' | 'bad' | 'warn'

export function Status({ tone, text }: { readonly tone: Tone; readonly text: string }) {
  return (
    <p class={`status ${tone}`} role="status">
      <span>{text}</span>
    </p>
  )
}
