/** A request out of a curl command, by the options that decide what is sent (curl's manual page). */

import { requestUnreadable } from '../errors.ts'
import type { RequestToInspect } from './request.ts'
import { shellWords } from './shell-words.ts'

interface Sent {
  method: string | undefined
  url: string | undefined
  readonly headers: [name: string, value: string][]
  readonly data: string[]
  readonly query: string[]
  user: string | undefined
  isGet: boolean
  isHead: boolean
  isUpload: boolean
  isJson: boolean
}

type Apply = (sent: Sent, value: string) => void

const addData: Apply = ({ data }, value) => void data.push(withoutFile(value))

const postForm: Apply = (sent) => {
  sent.method ??= 'POST'
}

/** Options with a value that decide something. */
const VALUES: Readonly<Record<string, Apply>> = {
  '--request': (sent, value) => {
    sent.method = value
  },
  '--url': (sent, value) => {
    sent.url ??= value
  },
  '--header': ({ headers }, value) => {
    const at = value.indexOf(':')
    if (at > 0) headers.push([value.slice(0, at).trim().toLowerCase(), value.slice(at + 1).trim()])
  },
  '--data': addData,
  '--data-ascii': addData,
  '--data-binary': addData,
  '--data-raw': ({ data }, value) => void data.push(value),
  '--data-urlencode': ({ data }, value) => void data.push(urlEncoded(value)),
  '--json': (sent, value) => {
    sent.isJson = true
    sent.data.push(withoutFile(value))
  },
  '--form': postForm,
  '--form-string': postForm,
  '--url-query': ({ query }, value) =>
    void query.push(value.startsWith('+') ? value.slice(1) : urlEncoded(value)),
  '--user': (sent, value) => {
    sent.user = value
  },
  '--oauth2-bearer': ({ headers }, value) =>
    void headers.push(['authorization', `Bearer ${value}`]),
  '--upload-file': (sent) => {
    sent.isUpload = true
  },
}

/** Options without a value that decide something. */
const FLAGS: Readonly<Record<string, (sent: Sent) => void>> = {
  '--get': (sent) => {
    sent.isGet = true
  },
  '--head': (sent) => {
    sent.isHead = true
  },
}

const SHORT: Readonly<Record<string, string>> = {
  ...{ X: '--request', H: '--header', d: '--data', F: '--form', u: '--user' },
  ...{ T: '--upload-file', G: '--get', I: '--head' },
}
/** Letters of options whose value decides nothing here. */
const SHORT_WITH_VALUE = 'AbcCDeEhKmoPQrtUwxyYz'
const LONG_WITH_VALUE: ReadonlySet<string> = new Set(
  `
  abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to
  continue-at cookie cookie-jar create-file-mode crlfile curves delegation dns-interface dns-ipv4-addr
  dns-ipv6-addr dns-servers doh-url dump-header ech engine etag-compare etag-save expect100-timeout
  happy-eyeballs-timeout-ms haproxy-clientip hsts interface ip-tos keepalive-cnt keepalive-time key key-type
  libcurl limit-rate local-port max-filesize max-redirs max-time netrc-file noproxy output output-dir
  parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy1.0 proxy-cacert
  proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type
  proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-user range rate referer
  request-target resolve retry retry-delay retry-max-time service-name sigalgs socks4 socks4a socks5
  socks5-gssapi-service socks5-hostname speed-limit speed-time stderr time-cond tls13-ciphers tls-max
  tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket user-agent variable vlan-priority
  write-out
`
    .trim()
    .split(/\s+/),
)

/** @throws {@link CliError} `CLI_REQUEST_UNREADABLE` */
export function readCurl(text: string): RequestToInspect {
  const [program = '', ...words] = shellWords(text.trim().replace(/^[$>#]\s+/, ''))
  if (!/(?:^|[\\/])curl(?:\.exe)?$/i.test(program))
    throw requestUnreadable('It is no curl command.')
  const sent = readWords(words)
  const { method, url, headers, data, query, user } = sent
  if (url === undefined) {
    throw requestUnreadable('The curl command names no address. Copy the whole command.')
  }
  const hasBody = data.length > 0 && !sent.isGet
  const usual = sent.isHead ? 'HEAD' : sent.isUpload ? 'PUT' : hasBody ? 'POST' : 'GET'
  const given = headers.filter(([name]) => name === 'authorization').map(([, value]) => value)
  const basic = user === undefined ? undefined : `Basic ${btoa(latin1(user))}`
  return {
    method: method ?? usual,
    url: withQuery(url, [...query, ...(sent.isGet ? data : [])]),
    authorization: given.at(-1) ?? basic ?? '',
    ...(hasBody && { body: data.join(sent.isJson ? '' : '&') }),
  }
}

function readWords(words: readonly string[]): Sent {
  const sent: Sent = {
    ...{ method: undefined, url: undefined, user: undefined, headers: [], data: [], query: [] },
    ...{ isGet: false, isHead: false, isUpload: false, isJson: false },
  }
  // Not taken off the front, which moves all that is left.
  const rest = words.values()
  const value = (option: string) => {
    const next = rest.next().value
    if (next !== undefined) return next
    throw requestUnreadable(`The curl command ends behind ${option}, which needs a value.`)
  }
  for (let word = rest.next().value; word !== undefined; word = rest.next().value) {
    if (word.startsWith('--')) readLong(sent, word, value)
    else if (word.startsWith('-') && word !== '-') readShort(sent, word, value)
    else sent.url ??= word
  }
  return sent
}

function readLong(sent: Sent, word: string, value: (option: string) => string): void {
  const apply = VALUES[word]
  if (apply) apply(sent, value(word))
  else if (LONG_WITH_VALUE.has(word.slice(2))) value(word)
  else FLAGS[word]?.(sent)
}

/** `-sSX POST`, `-XPOST`: letters without a value may stand before one that has one. */
function readShort(sent: Sent, word: string, value: (option: string) => string): void {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at)
    const long = SHORT[letter]
    const apply = VALUES[long ?? '']
    if (apply || SHORT_WITH_VALUE.includes(letter)) {
      const joined = word.slice(at + 1)
      const given = joined === '' ? value(`-${letter}`) : joined
      apply?.(sent, given)
      return
    }
    FLAGS[long ?? '']?.(sent)
  }
}

/** `content`, `=content`, `name=content`; a file cannot be read here. */
function urlEncoded(value: string): string {
  const at = value.indexOf('=')
  if (at < 0 && value.includes('@')) return ''
  const name = at < 0 ? '' : value.slice(0, at)
  return `${name === '' ? '' : `${name}=`}${encodeURIComponent(value.slice(at + 1))}`
}

function withoutFile(value: string): string {
  return value.startsWith('@') ? '' : value
}

function withQuery(given: string, query: readonly string[]): string {
  const url = /^[a-z]+:\/\//i.test(given) ? given : `https://${given}`
  const [address = ''] = url.split('#')
  if (query.length === 0) return address
  return `${address}${address.includes('?') ? '&' : '?'}${query.join('&')}`
}

/** What `btoa` takes: one byte a character. */
function latin1(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('')
}
