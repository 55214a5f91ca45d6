/** The page and its files, under a policy that lets nothing else run, load or be sent to. */
import { pageHeaders } from './answers.ts'

/** The texts of the page, built into the program. */
export interface Page {
  readonly html: string
  readonly script: string
  readonly style: string
  readonly icon: string
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** The file at a path, or undefined. */
export function servePage({ html, script, style, icon }: Page, path: string): Response | undefined {
  const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
    '/': ['text/html', html],
    '/page.js': ['text/javascript', script],
    '/page.css': ['text/css', style],
    '/icon.svg': ['image/svg+xml', icon],
  }
  const file = Object.hasOwn(files, path) ? files[path] : undefined
  if (file === undefined) return undefined
  const [type, text] = file
  return new Response(text, { headers: pageHeaders(`${type}; charset=utf-8`, POLICY) })
}
