/** HTML pages: one frame that says SANDBOX loudly, strict headers, and one-time form tokens. */
import { html, raw } from 'hono/html'
import { BoundedMap } from './bounded-map.ts'
import { randomHex } from './crypto/bytes.ts'
import { DESIGN_TOKENS } from './design-tokens.ts'

export type Html = ReturnType<typeof html>

const STYLE = `
*{box-sizing:border-box}
body{background:var(--page);color:var(--ink);font:1rem/1.55 var(--sans);max-width:44rem;margin:0 auto;padding:0 1rem 3rem}
.banner{background:#a5161d;color:#fff;padding:.6rem 1rem;margin:0 -1rem 1.5rem;font-weight:600}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 .5rem}
a{color:var(--accent)}
label{display:block;font-weight:600;margin-top:1rem}
fieldset{border:1px solid var(--line);border-radius:8px;margin-top:1rem;padding:.5rem 1rem 1rem}
fieldset label{font-weight:400;margin-top:.25rem;padding:.35rem 0}
legend{font-weight:600;padding:0 .4rem}
input[type=text],textarea{width:100%}
input[type=text],input[type=file],textarea{background:var(--surface);border:1px solid var(--line);border-radius:var(--radius);color:inherit;font:.9rem/1.45 var(--mono);min-height:2.75rem;padding:.45rem .7rem}
input[type=file]{border-style:dashed;font:.9rem var(--sans);margin-top:.4rem;max-width:100%}
code,dd,output{font:.9rem/1.45 var(--mono);overflow-wrap:anywhere}
dt{color:var(--muted);margin-top:.75rem}
dd{margin:0}
button{background:var(--accent);border:1px solid var(--accent);border-radius:var(--radius);color:var(--on-accent);cursor:pointer;font:inherit;font-weight:600;min-height:2.75rem;padding:.4rem 1.4rem;margin:1.5rem .75rem 0 0}
button+button{background:none;border-color:var(--line);color:var(--ink)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.hint{color:var(--muted);font-size:.9rem}
.problem{background:var(--bad-surface);border-left:4px solid var(--bad);padding:.5rem 1rem}
.back{border-top:1px solid var(--line);margin-top:2rem;padding-top:1rem}
`

export interface PageOptions {
  readonly status?: number | undefined
  /** An origin that a form of the page may end up at, by redirect. */
  readonly formTarget?: string | undefined
  /** Whose page it might be taken for; Interactive Brokers by default. */
  readonly service?: string | undefined
  /** Whether it leads back to the start; true by default. */
  readonly leadsBack?: boolean | undefined
}

/** A whole page; `title` is plain text, `body` is escaped by the template that made it. */
export async function page(
  title: string,
  body: Html,
  { status = 200, formTarget, service = 'Interactive Brokers', leadsBack = true }: PageOptions = {},
): Promise<Response> {
  const text = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>SANDBOX: ${title}</title>
<style>${raw(`${DESIGN_TOKENS}${STYLE}`)}</style>
</head>
<body>
<header><p class="banner" role="note">SANDBOX. This is not ${service}. Never enter real keys, passwords or tokens here.</p></header>
<main>
<h1>${title}</h1>
${body}
</main>
${leadsBack ? html`<nav class="back" aria-label="Way back"><a href="/">Back to the start</a></nav>` : ''}
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
  const tokens = new BoundedMap<string>(limit)
  return {
    issue(purpose) {
      const token = randomHex(16)
      tokens.set(token, purpose)
      return token
    },
    redeem(purpose, token) {
      const known = tokens.get(token) === purpose
      if (known) tokens.delete(token)
      return known
    },
  }
}
