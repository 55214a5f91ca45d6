/** The platform's `CryptoKey`, named by what makes it, so that the declarations compile without DOM types. */
export type PlatformKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>
