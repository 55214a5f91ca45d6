/** Names and their texts, to be copied; what is secret is hidden until the person asks for it. */
import { useState } from 'preact/hooks'
import type { Field } from '../../trail.ts'
import { type Part, partsOf } from './parts.ts'

export function FieldList({ fields }: { readonly fields: readonly Field[] }) {
  return (
    <dl class="fields">
      {fields.map((field, index) => (
        <Row key={`${field.name} ${index}`} {...field} />
      ))}
    </dl>
  )
}

/** A text in the colours of its parts. */
export function Parts({ parts }: { readonly parts: readonly Part[] }) {
  return (
    <code>
      {parts.map(({ kind, text }, index) =>
        kind === 'plain' ? (
          text
        ) : (
          // The parts of one text stay in their order.
          <span key={index} class={`part ${kind}`}>
            {text}
          </span>
        ),
      )}
    </code>
  )
}

function Row({ name, value, secret = false }: Field) {
  const [isShown, show] = useState(!secret)
  return (
    <>
      <dt>
        <span>{name}</span>
        <span class="tools">
          {secret && (
            <button
              type="button"
              class="quiet"
              aria-pressed={isShown}
              aria-label={`Show: ${name}`}
              onClick={() => show(!isShown)}
            >
              {isShown ? 'Hide' : 'Show'}
            </button>
          )}
          {isShown && <CopyButton name={name} value={value} />}
        </span>
      </dt>
      <dd>
        {isShown ? (
          <Parts parts={partsOf(value)} />
        ) : (
          <code class="hidden-value">{value.length} characters, hidden</code>
        )}
      </dd>
    </>
  )
}

function CopyButton({ name, value }: { readonly name: string; readonly value: string }) {
  const [said, say] = useState('Copy')
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(value)
      say('Copied')
    } catch {
      // The browser does not allow it here; the text itself can be marked and copied.
      say('Not allowed')
    }
  }
  return (
    <button
      type="button"
      class="quiet"
      aria-label={said === 'Copy' ? `Copy: ${name}` : `${said}: ${name}`}
      aria-live="polite"
      onClick={() => void copy()}
      onBlur={() => say('Copy')}
    >
      {said}
    </button>
  )
}
