/** What `@isoauth/ibkr-sso` needs beside itself, by Web Cryptography alone: it is installed without its siblings. */
const seconds = () => Math.floor(Date.now() / 1000)

/** `{ accessToken, signJwt }` for the credentials of a sandbox (RFC 7523, RFC 7515). */
export function authorityOf({ baseUrl, clientId, keyId, privateKey }, scope) {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const der = Uint8Array.from(atob(privateKey.replace(/-----[^-]+-----|\s/g, '')), (c) =>
    c.charCodeAt(0),
  )
  const key = crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])

  async function sign(claims) {
    const header = { alg: 'RS256', typ: 'JWT', kid: keyId }
    const input = [header, claims].map((part) => base64Url(JSON.stringify(part))).join('.')
    const data = new TextEncoder().encode(input)
    const signature = new Uint8Array(await crypto.subtle.sign(algorithm, await key, data))
    return `${input}.${base64Url(String.fromCharCode(...signature))}`
  }

  return {
    async accessToken() {
      const [iat, exp] = [seconds() - 10, seconds() + 20]
      const response = await fetch(`${baseUrl}/oauth2/api/v1/token`, {
        method: 'POST',
        headers: { 'user-agent': 'consumer' },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await sign({ iss: clientId, sub: clientId, aud: '/token', exp, iat }),
          scope,
        }),
      })
      const { access_token: value } = await response.json()
      if (response.status !== 200) throw new Error(`the token endpoint answered ${response.status}`)
      return { value }
    },
    signJwt(claims, { expiresInSeconds }) {
      const iat = seconds()
      return sign({ ...claims, iss: clientId, exp: iat + expiresInSeconds, iat })
    },
  }
}

function base64Url(binary) {
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}
