/** The page's texts, put in by `build.mjs`. */
import type { Page } from './page.ts'

declare const PAGE_HTML: string
declare const PAGE_SCRIPT: string
declare const PAGE_STYLE: string
declare const PAGE_ICON: string

export const PAGE: Page = {
  html: PAGE_HTML,
  script: PAGE_SCRIPT,
  style: PAGE_STYLE,
  icon: PAGE_ICON,
}
