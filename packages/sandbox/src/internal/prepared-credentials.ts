/**
 * TEST KEYS, published with this package and known to everybody: never for real use. They stand here so that a sandbox is
 * ready at once; making RSA keys takes a runtime most of a second. What a sandbox hands out guards nothing anyway.
 */
import { MODP_2048, writeDhParameters } from './crypto/dh.ts'
import { FIRST_USER } from './ibkr-api/sign-in.ts'
import type { IbkrOAuth1Credentials } from './ibkr-oauth1/credentials.ts'
import type { IbkrOAuth2Credentials } from './ibkr-oauth2/credentials.ts'

interface PreparedCredentials {
  readonly oauth1: Omit<IbkrOAuth1Credentials, 'baseUrl'>
  readonly oauth2: Omit<IbkrOAuth2Credentials, 'baseUrl'>
}

/** Credentials made beforehand, the same in every process; each sandbox adds its own addresses. */
export function preparedCredentials(): PreparedCredentials {
  return {
    oauth1: {
      realm: 'limited_poa',
      consumerKey: 'SANDBOXTK',
      accessToken: 'SANDBOX9226dbffec96c',
      accessTokenSecret: ACCESS_TOKEN_SECRET,
      signatureKey: privateKeyPem(SIGNATURE_TEST_KEY),
      encryptionKey: privateKeyPem(ENCRYPTION_TEST_KEY),
      dhParameters: writeDhParameters(MODP_2048),
      dhPrime: '',
    },
    oauth2: {
      clientId: 'SANDBOX-prepared',
      keyId: 'SANDBOX-prepared',
      privateKey: privateKeyPem(OAUTH2_TEST_KEY),
      credential: FIRST_USER.username,
      ip: '127.0.0.1',
    },
  }
}

/** The access token's secret in the clear, as the server has it: decrypting it costs a power of 2048 bits. */
export const PREPARED_SECRET = 'XhjQ7ddejJ7BwGUrn0titG7E3EU='

/** Base64 of the secret, encrypted to the encryption key below. */
const ACCESS_TOKEN_SECRET =
  'Y4vRKRP4MR38bSCL3TFz7id7TuvtIHZOs75w0HImbJVxQErVsoJbkK733l/OzsM1GXP0BQhC0zGqE28lHUYRt6NS' +
  'q6zwsSikUwUGM6KAIdpj7poahsXHYdNNOp1+yjoYeNVYy7NhMOCIsGJkc6CLizN4sxEsnY7e6fTWgjnFkR8SLtTk' +
  'U2pzu4ALzov+vLF0SJMEsAveCYCL/NEPI/xVntiuHMlPs5APpaQW/It5+xVd8enXrgvzlpSXcRX8vP+lAhblwMRl' +
  'mvYVs4lOF8PsMQG1RIDd1+QZRwg1qvqYnDQzdouzw5HkFNZcb9qbBOAOASGJ2eI5WOZWTm2QUxXZgw=='

/** Base64 of PKCS#8: RSA keys of 2048, 2048 and 3072 bits, for tests alone. */
const SIGNATURE_TEST_KEY =
  'MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCVJhsy8Y3V/IVDmC+HNBSiZvGKDiVJ3eBw8vw2' +
  'r+Tm2AAQXRFIp2yXdYfLBEZph0SjnPsukCQbTnQ7SzO09WWfZlmCYA6oq8UheUpj9cFOb5U284AvIORUSaEQC15D' +
  'nkFzGX+bFs1CJg9W6os1TEflKBk/EQm3NMjbPA0sxpa7y6wg/LqgfTZqZg2zhGALKS9g7acNaGoiPw9rReWDnsYI' +
  'hnsY3jiKkJfmwkBT5bFm8jI1Ij2pV7WZDnzdhylvQ79DFLH+bVgIMSxB0HJ+r0H0uulUXjdba1M+vkHHydHMTj8V' +
  'tRI+9qbLVeLjwZaUNhHOaCC+ZOtRquGbW+yHHts5AgMBAAECggEAA/Xswk/l0Kk8WgzViO/vcwHsJ3AJZMpukQad' +
  'f0+byCwzkZEByih1WsRKjy/q4BcxJxhzwcsexQGIAUxq8BhAKEPN3Ad0UYhWMMsJba7Iq643i9Za22WH4AZ12iON' +
  'z5qJPxGN8O63FABHZ1XNIo+HAo/WXnVeXljEKLDnN1QtYTPqBSd4Z/kmuOSjIecLyTbhd50OrEX9pnJ7SdfybKKm' +
  'PKL3TyWUwtOI658eFY2PDFgr7zUG5cvrKMbVLrHZZ5BuMhixWDosC1fYSbZTeOGO/Qpa666mUjm4GXL1+Xxrdz3c' +
  'RNSPrsxoqi8fYfNObxVC2DWChViQOt3sZkgSOa8T8QKBgQDDfWqyXOcoxbpb+T77NwYHusMlSwBMnH6bPFfl6JF4' +
  'UFWgLYRHqkYZ7DCXe0MzpYPqStlIeT8RAa2Dvimdk1LkMHWKkmv7TNKNF+b4mA8/iPPGiyiN30slUnf3EvQ4Wi5l' +
  'c2MrcA+5g04fxPei7xBUDgKhTCYxwMvrBJPdHelLFQKBgQDDUKIIWIoJOUj80MA3urB3DvhN4hUQqRXCvCiNne8e' +
  'Q0RUQkDmE/odmz5lbPZYzJPyMwGZhciUNc4HKpbZ28TcEu6rVO7WQeH8V5G6vaEO7y8j2/RNBweQ8cHj3jWDuZ1+' +
  'uUrQfpKrZGcMKxfCW+NpGdRA5tUfJcLHfMYfVWeIlQKBgCIWqJhZouV1NT38hIMB4UdPxd+m6HJzh5BCQYGRwGwe' +
  'dg/sX/ivNHIowYBouhszbYFZc/IzUlAA3uTuMAuOORIZcSWsyq+TgdOgq2IGAgKuOvQQKA41NcFYVBr9byC0eQqv' +
  'yEc2z0cmImVfz17WGR7PIp5FzRM371cYAUC5iojRAoGAZGLJJSj8qYj77pUMdphJoqfbD4yn7ww41wIGheMqx48j' +
  'S3tSB+80mor0IwVCCJn9YHq+071jPmn5Hs3RAuBl6gcBDKZ2q0Dped04VZapdReSTwf6JKz8Qo8/bHMFZlK8lCmA' +
  'PnEPyW+tVx++8nJwC9DuuvzphTzPQ+Dpo6ktsZECgYBKUu9gAO/9cR7ae+x3+I/WhBqOIqc7Cui4uYL4YJiv1dFc' +
  'sOSIJi04GV7JZjmqAajrOYC+2Vbg4v/FPvmdYGbcnRzFDtNpXxSiEGbV9cKVVpQofwB2t7uYcnDGQwoTVO+2u5Ak' +
  '6+uoW9dJQj3A7pUEC6k2saQEcM01ntba3Tz6hg=='

const ENCRYPTION_TEST_KEY =
  'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCjtKhr5GofeZ6H2NYyhuoTHktgVww9LZbo4olM' +
  'vwdJhT50ucJCqL8ylXsR3gFQDZgj1HEt5t2XOH1FfqJPZZAg13NPGJfBPZd4kbnKpc9Xr1G7rqbW5AUzNDf+zJju' +
  'zeaOIJG2WFww9Rs8Pfn9wMpDGJwu3HY7wzAqVsS4B85Cjemdv94UMXSH1Jh0ufiuJ+CGnuZhd8s+gdsE5FG2cn1X' +
  'C94WsV+62MNtJr3AoKABDCkjBm7OYo9MNwFINk9IKWJvgc12Zgs8oPWO3CQuh/IPsvRk1FKZwd0gRPgSQ9KKiC40' +
  'Xaa8O+G5SOz3dkMFSwwqO1CzTWqyA00mJA0gCkZ3AgMBAAECggEAJZ0SvYeD4qt9A1WNEZryGWZyhzY4962L6QJz' +
  '7ZBOylO1H/i2a759/89csaRCxPP6qvDa+GL9MwulrNwFyxxY21LliZzq8VmHfgptl+Q1Gb6MlwTwDJvjnfo3i3HT' +
  'CbuBZ9KP6EexFwaaNWNAF0++qV/0Msgw2lZksLWzCV2xxJScrik3BCXs094JObh824YargnPrAmFoyAn7PaLd4xl' +
  'klJz5uX5YevicuODgMm96CGOrbN2vOcNDN6p+wGmZ6lT8wDFVYZe2se01XGdPv9rrojGtr+9ojB1sVSIuQIVzAZR' +
  'm0DL6XAkChOrh3z98gRLvUZKhsjqAgwgh4czUdxt4QKBgQDPJmow5CquMJxGJoqbeKK/yQpJr2NK3i6kBrbJa5Fp' +
  '9nkZrN1dlauGkion+22VUuJgDGZRiPobm7/PQs6OvxBtPl5wdNPE9r0G6bzi63A9ZWA//SnmZQaTX3DWimJWZm2z' +
  'QHvBMq3ats4s5SCTBR7+fDw1R4CymUpSaSJr1vPKSQKBgQDKT4Uw6/BRI8tlHNG2kNUqMM3xs+4NB+x6Mg6D8Ezx' +
  'ziB7scc4CjnHMiJSCJHlJPmOnieJSe8Q6k7AstIwG3rjxwGPSjRSJ3L8DmJc5SsKjgaWWvmsrLj6XMqTV8EiriYm' +
  'MXynPe8LJ3p8JnR4BDbWD1fjrHsRMvg/Qga3REOKvwKBgFCPQPb4lPyfHPdPH9JsrOZm+eBEHBpOo9bYYZedhLSv' +
  'zNLGXmR5w3YXO9vGtQxAapct21DUM2gvPv4MniX3ehzyB2o2lPDhgAvDNNkO9Nx7o13fR785BMClek2FDc9KEFmI' +
  't1ggLGqFc1MUXIGwmSghCo0x3IQYh0Xbay6DLtY5AoGANeFDyamskQ+FZeJs/8BG5TumPY78AUBw/IJEV2MyOtv4' +
  'zrikJAqlJKX3ef2KTYqxZAg+41NrdgfQ/YUicWmAKxWfFrhegtq6xuJV1AO8mM0GeBi2kgRWJ2d7FA61AzV6N4XK' +
  'ewgFl+TlvBbJwgTtTck8UQhopkX6024UN87YZiUCgYEAv4GRAgtH1zoQ77F3N9uxFSN/kwGR7SCx7Iy4NlldRW2t' +
  'kK2nCSBM9BCqiD/L0xXfOmbi25OaCkCJLKqONKWI5YVnycg8mjhwatC09yDMeqDYQA9H0Y6gEUuEHEU4h1k6Gu/b' +
  'SfCrCqIdsdjhhDUFUNhvmlpMCeGWdbOb06I3Wuc='

const OAUTH2_TEST_KEY =
  'MIIG/QIBADANBgkqhkiG9w0BAQEFAASCBucwggbjAgEAAoIBgQD6OPANwz1soxvrzDuwQ5JQIWg6u8aLI/cIseBb' +
  'KNKbvzVIt/1h9T5Pkom1X/pDH6IB+hxLFMrM+E3oHTlAFhZzftIQ+PdQ07ZzR3JyFbmJLWmzjsXvxGp5L9KdJBDa' +
  '1hMXiq2GogM4QGZwDQ8UowZ1l6Ev17wN6yyi0/TLK1iKUO0UTOnlRXzW1FKmhOjwj+xbIm4qjqwhKNdw6sQDneUz' +
  'mIG3/rlJ5hnxjG4gEVjZf/3J1fjiV3mUmek3XFva+lXLJT0mMbDkyomRz53Y35SEK78jWRkupVOP2iGaNU0HGRqt' +
  '0QzFhoCkBBGZBqfoMCkKd22ciGlD0vZFkjt6bAcHgBELvHOIkXVuPC6Qm2fUlQst/TpGEgH55qTs/ucQeWOLMUq2' +
  'OTyBs4vjGBlmy7J3S4WLCpo76EuOq8ywQQFWXHdIY1zBs9EGbrKcSC+Volhm0V0OAKcnvWSCY2ghd5R02niqE+r4' +
  'FRgH4Yn02Rfm/MMcJL+l5/G9K50cL2/Gun8CAwEAAQKCAYAiMzUQVH6pQhP3YydHXLz7Sc2itXaaHvTNUe6d1xMO' +
  'KZDBWzB9OpVlL9y1lyQwF3s/tO04D+P2JvwS/SeNjFdOOufAXR8Eg6Nc10ebsz90MepQGfQQ5PI+lRw+0Saimn7q' +
  'iVBVZgB1qEu4BfjpM60W1n43+U8hQeMMcFb1i/uikBQPYcHYTeqVvFh9nQ3vj2RZQnf3Rh/dumTT8KqQ6fxhVHdq' +
  'bBzsLlCedLi6llRkCfvood/OI/Ggr3ayU+PUJsHc/YztxLfsM9mY8sG7NwFzAx3mbY+6uAECdI/SGpxagx6ky2tc' +
  '/FuJSWjHWPx6A8dWu8A0DtZHHx9qHjMbLFqsqz/NHS13MVZGPHfo0Wr5ImiETKXM5XeuybR7nEucy22qUJfaLs1L' +
  '4/kRSCtMG1k85a3XsU0YnZZYaavDclyeOZ8xqQumtpkSqDuvexguwqXeftvyGKtaHbPehuF3HskyxV63A9LMHhu4' +
  'VLFxtwaX/hJpeQ4+DBekI55tgd6gwEkCgcEA/wQWXXHJaaOk45vT5N4Oe7V6NuJnWAlxGf13bhxPWAeThMHvAfP4' +
  '20QE922N5z+SOT0zqLJQkfDQc5cAOaFsPJMkObA0oshosmg35o5DaR9dirwGCABUoWZdCMvUwO/goouu9QrpfqWT' +
  'Xj+f47eH/hQhCOMqI9noD131O9KoowcNHbHJ47tcCwHEjCUGkxpLsPxzzHTASkuLQCRJo9APDsI6RH5rGC8qrX1n' +
  'yb1Z37Y4ahOfgZSo8P0j+164ni0HAoHBAPswHXjzpEsLhRo46euGf7PD2bxAVQhx2iFzXs26+u/NNFb4VX8ap0nx' +
  '53wmxlK6DK2sD1iXgyPYutOMy1NTiG4EGpR9CDNItwH4HMCepV5YWfrYix9ho9mcnAx5Zij7fLbh/e5nSJqA4B5+' +
  '+dqvTKIWWRSP7iGq/Zjwd7mITxwR/4sSInT2cr7itcxhwjpsXeZ3oTHAyhshvbOg0WmDVJkMwVYtuAGYkT5Qei5o' +
  '/3XfhAkI8hj4QOrW/VyJqcegyQKBwEGT9oBfI3FEAMH7L3k6VTUgzOXSQMsV2nzZfl3Vb93uTNQl3uV8rLEOA8zw' +
  '4j3mTh7kCyXFfQyahbBD023+gcvt9rHTCyYVLT87p6xlRxaAV1i200I5e4npveDmMbbPuM9z5jDjdnn38DabW+1+' +
  'I72FxZz4dby0a4WQHuEcYftSc9//+S/T3W6DLNzxJIitiWtg8BJSr6QrWwrKihlTBpw//CXi8H1Om8Xzar4pMDRk' +
  'MoussibraKpYHmmkyQr7/wKBwQCzcUH8wAEkY0xo2TOyv9jGsSkA5OxaJgtwThzx15ugZ/X2E13weTf9CUUXWhPf' +
  '0W1xPDOSVFqo5xFAQ5qVIl2aSnA6l7+d81pZm8feivcUGQXev4dTmcsVkF2iQ6+Jo28KrxNaloo1Zc+1uXwAj66t' +
  'NE3a9J9nieG0ukStVAU/xlPKI+Bdshly6D57jXLVjcje9aNACbvX+hitFDvFpr5uv7/2Mp769OT9oTxHn1av/Ec0' +
  'tSFOWTr3CTLiQq35IJECgcBlNQwlo8yJ/RMDLOvPg43DjyQXWQ/bUmxuwMp2QHRJrKpnzesn0JyQqsT1If0zRYR9' +
  '3iAAo2JsWuAKIxErtxRi9fcm78lY9HEd9Hks1cjWjhDEOGVSXyABzSE18NNEeVORq9zNvH4AIGknDkynIrJxXa4q' +
  'jI7U/EAjOVXOa+a/rN3n7s7R9+oxk/8JScVUim8veAKpYIOIoOEi95x9uZxjYevRgb9xZ3XNxPcfPTDs0YdpCR9f' +
  'OfJGiXZbrShCs/U='

function privateKeyPem(base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? []
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n')
}
