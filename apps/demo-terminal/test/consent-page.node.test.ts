import { expect, it } from 'vitest'
import { readForm } from '../src/consent-page.ts'

const page = new URL('http://127.0.0.1:8787/authorize?oauth_token=t')

function form(content: string, attributes = 'method="post" action="/authorize"'): string {
  return `<h1>Allow?</h1>\n<form ${attributes}>\n${content}\n</form>`
}

const APPROVE = '<button type="submit" name="decision" value="approve">Approve</button>'

it('sends the hidden fields, what is chosen, and the button, decoded', () => {
  const { action, fields } = readForm(
    form(`<input type="hidden" name="a&amp;b" value="&lt;&quot;&#39;&gt;&amp;amp;">
<input type="text" name="typed" value="x">
<input type="radio" name="who" value="one"> <input type="radio" name="who" value="two" checked>${APPROVE}
<button type="submit" name="decision" value="refuse">Refuse</button>`),
    page,
  )
  expect(action.href).toBe('http://127.0.0.1:8787/authorize')
  expect([...fields]).toEqual([
    ['a&b', `<"'>&amp;`],
    ['who', 'two'],
    ['decision', 'approve'],
  ])
})

it.each([
  ['no form', '<p>Nothing to approve</p>'],
  ['a form that is not posted', form(APPROVE, 'action="/authorize"')],
  ['a form that leads elsewhere', form(APPROVE, 'method="post" action="https://example.com/"')],
  ['no button', form('<input type="hidden" name="a" value="b">')],
  ['two buttons', form(APPROVE + APPROVE)],
])('refuses %s', (_title, html) => {
  expect(() => readForm(html, page)).toThrow(
    expect.objectContaining({ code: 'DEMO_ANSWER_UNEXPECTED' }),
  )
})
