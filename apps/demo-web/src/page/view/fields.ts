/** Names and their texts; what is secret is hidden until the person asks for it. */
import type { Field } from '../../trail.ts'
import { element } from './element.ts'

export function fieldList(fields: readonly Field[]): HTMLElement {
  return element('dl', { class: 'fields' }, ...fields.flatMap(row))
}

function row({ name, value, secret = false }: Field): HTMLElement[] {
  const term = element('dt', {}, name)
  if (!secret) return [term, element('dd', {}, element('code', {}, value))]
  const code = element('code', { class: 'hidden-value' }, hiddenText(value))
  const button = element(
    'button',
    {
      type: 'button',
      class: 'quiet',
      'aria-pressed': 'false',
      'aria-label': `Show: ${name}`,
      onclick: () => {
        const shows = button.getAttribute('aria-pressed') === 'true'
        button.setAttribute('aria-pressed', String(!shows))
        button.textContent = shows ? 'Show' : 'Hide'
        code.textContent = shows ? hiddenText(value) : value
        code.classList.toggle('hidden-value', shows)
      },
    },
    'Show',
  )
  return [term, element('dd', {}, button, code)]
}

function hiddenText(value: string): string {
  return `${value.length} characters, hidden`
}
