/** The sandbox's credentials, which the test puts into the Worker's bundle. */
declare module 'made-settings' {
  const settings: {
    /** Answers once the sandbox holds a request back. */
    readonly underWay: string
    readonly oauth1: Readonly<Record<string, string>>
    readonly ultracart: {
      readonly simpleKey: string
      readonly redirectUri: string
      readonly baseUrl: string
    }
  }
  export default settings
}
