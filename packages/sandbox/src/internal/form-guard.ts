/** What guards the POST of a form: it comes from this sandbox's own page, and is sent once. */
import { type Call, check, jsonResponse } from './call.ts'
import { foreignness } from './local-guard.ts'
import type { FormTokens } from './page.ts'
import { readForm } from './request-body.ts'

const forbidden = () => jsonResponse({ error: 'Forbidden', statusCode: 403 }, 403)

/** Ends the request unless a page of this sandbox sent it, or a program. */
export function checkOwnPage(call: Call, origin: string): void {
  const reason = foreignness(call.request, origin)
  check(call, reason === undefined, {
    name: 'same-origin',
    detail: reason ?? 'own page or a program',
    refuse: forbidden,
  })
}

/** The fields of a form that was shown for this purpose, which may be read off them. */
export async function readShownForm(
  call: Call,
  tokens: FormTokens,
  purposeOf: (fields: URLSearchParams) => string,
): Promise<URLSearchParams> {
  const fields = await readForm(call)
  const shown = tokens.redeem(purposeOf(fields), fields.get('form_token') ?? '')
  check(call, shown, {
    name: 'form-token',
    detail: 'the form was shown by this sandbox, and is sent once',
    refuse: forbidden,
  })
  return fields
}
