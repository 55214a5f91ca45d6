/** HTML pages: one frame that says SANDBOX loudly, strict headers, and one-time form tokens. */
import { html, raw } from 'hono/html'
import { randomHex } from './crypto/bytes.ts'

export type Html = ReturnType<typeof html>

const STYLE = `
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:0 1rem 3rem}
.banner{background:#b00020;color:#fff;padding:.75rem 1rem;margin:0 -1rem 1.5rem;font-weight:700;font-size:1.25rem}
label{display:block;font-weight:600;margin-top:1rem}
fieldset{margin-top:1rem}
fieldset label{font-weight:400;margin-top:.25rem;padding:.25rem}
input[type=text],textarea{width:100%;box-sizing:border-box;font:inherit;padding:.4rem}
textarea,code,dd{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
button{font:inherit;font-weight:600;padding:.6rem 1.4rem;margin:1.5rem .75rem 0 0}
button:focus-visible,input:focus-visible,textarea:focus-visible{outline:3px solid #1a73e8;outline-offset:2px}
.problem{border-left:.4rem solid #b00020;padding:.5rem 1rem}
`

export interface PageOptions {
  readonly status?: number | undefined
  /** An origin that a form of the page may end up at, by redirect. */
  readonly formTarget?: string | undefined
  /** Whose page it might be taken for; Interactive Brokers by default. */
  readonly service?: string | undefined
}

/** A whole page; `title` is plain text, `body` is escaped by the template that made it. */
export async function page(
  title: string,
  body: Html,
  { status = 200, formTarget, service = 'Interactive Brokers' }: PageOptions = {},
): Promise<Response> {
  const text = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>SANDBOX: ${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<p class="banner" role="note">SANDBOX. This is not ${service}. Never enter real keys, passwords or tokens here.</p>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`
  return new Response(String(text), {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      // A redirect that follows a form counts as its target too.
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'${formTarget ? ` ${formTarget}` : ''}`,
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
    },
  })
}

/** Tokens that tie a POST to a page this sandbox showed; each is good once. */
export interface FormTokens {
  issue(purpose: string): string
  redeem(purpose: string, token: string): boolean
}

export function createFormTokens(limit = 1000): FormTokens {
  const tokens = new Map<string, string>()
  return {
    issue(purpose) {
      const token = randomHex(16)
      tokens.set(token, purpose)
      for (const [oldest] of tokens) {
        if (tokens.size <= limit) break
        tokens.delete(oldest)
      }
      return token
    },
    redeem(purpose, token) {
      const known = tokens.get(token) === purpose
      if (known) tokens.delete(token)
      return known
    },
  }
}
