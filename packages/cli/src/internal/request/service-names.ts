/** The services that a request can be signed for. */

export const SERVICE_NAMES = ['ibkr-oauth1', 'ibkr-oauth2', 'ibkr-sso'] as const

export type ServiceName = (typeof SERVICE_NAMES)[number]
