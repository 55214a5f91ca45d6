/** The pages that the sandbox shows to people. */
export const PAGE_PATHS = [
  '/',
  '/callback',
  '/ultracart/callback',
  '/portal',
  '/authorize',
  '/ultracart/login',
  '/sso/resolver',
] as const
