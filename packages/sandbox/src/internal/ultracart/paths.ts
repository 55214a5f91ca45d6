/** Where the UltraCart service and its pages are. */

/** The base of the REST API. */
export const BASE_PATH = '/rest/v2'

/** The page on which a person signs in and decides. */
export const LOGIN_PATH = '/ultracart/login'

/** Where people go when no other redirect URI was registered. */
export const CALLBACK_PATH = '/ultracart/callback'

/** True for what the API answers, not for the pages. */
export function isUltraCartPath(path: string): boolean {
  return path.startsWith(`${BASE_PATH}/`)
}

/** True for the pages that people see. */
export function isUltraCartPage(path: string): boolean {
  return path === LOGIN_PATH || path === CALLBACK_PATH
}
