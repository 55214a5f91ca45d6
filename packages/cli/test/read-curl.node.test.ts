/** Requests out of curl commands, option by option, as curl's manual page has them. */
import { type RequestToInspect, readRequests } from '@isoauth/cli/inspect'
import { describe, expect, it } from 'vitest'

const URL = 'https://api.ibkr.com/v1/api/x'
const NONE = { method: 'GET', url: URL, authorization: '' }

type Read = Partial<RequestToInspect>

it.each<[string, Read]>([
  [`curl ${URL}`, {}],
  [`$ curl ${URL}`, {}],
  [`> curl.exe ${URL}`, {}],
  [`/usr/bin/curl ${URL}`, {}],
  [`CURL ${URL}`, {}],
  ['curl api.ibkr.com/v1/api/x', {}],
  ['curl HTTP://api.ibkr.com/x', { url: 'HTTP://api.ibkr.com/x' }],
  [`curl ${URL}#part`, {}],
  [`curl ${URL} https://other.example`, {}],
  [`curl --url ${URL}`, {}],
  [`curl ${URL} --url https://other.example`, {}],
  [`curl -X PUT ${URL}`, { method: 'PUT' }],
  [`curl -XPUT ${URL}`, { method: 'PUT' }],
  [`curl -sSLX PUT ${URL}`, { method: 'PUT' }],
  [`curl --request DELETE ${URL}`, { method: 'DELETE' }],
  [`curl -I ${URL}`, { method: 'HEAD' }],
  [`curl --head ${URL}`, { method: 'HEAD' }],
  [`curl -T file ${URL}`, { method: 'PUT' }],
  // Values of options that decide nothing stand where an address may stand.
  [`curl --retry-max-time 30 --proto =https ${URL}`, {}],
  [`curl --socks5-hostname localhost:1080 ${URL}`, {}],
  [`curl --dns-servers 1.1.1.1 ${URL} https://other.example`, {}],
  [`curl --preproxy socks5://localhost:1080 --doh-url https://dns.example ${URL}`, {}],
  ['curl --pass word --keepalive-time 9 api.ibkr.com/v1/api/x', {}],
  [`curl --form-string a=1 ${URL}`, { method: 'POST' }],
  [`curl --upload-file file ${URL}`, { method: 'PUT' }],
  [`curl -I -X GET ${URL}`, {}],
])('%s', (text, read) => {
  expect(readRequests(text)).toEqual([{ ...NONE, ...read }])
})

describe('what is sent', () => {
  function expectRead(options: string, read: Read) {
    const expected = { ...NONE, ...read }
    expect(readRequests(`curl ${options} ${URL}`)).toEqual([expected])
    expect(readRequests(`curl ${URL} ${options}`)).toEqual([expected])
  }

  it.each([
    ['-d a=1', 'a=1'],
    ['-da=1', 'a=1'],
    ['-d a=1 -d b=2', 'a=1&b=2'],
    ['--data a=1 --data-ascii b=2', 'a=1&b=2'],
    ['--data-binary a=1', 'a=1'],
    ['--data-raw @a', '@a'],
    ['--data @a', ''],
    ['--data-binary @a', ''],
    ['--data-urlencode "a=1 2"', 'a=1%202'],
    ['--json {} --json []', '{}[]'],
    ['--json @a', ''],
  ])('%s is a POST of %j', (options, body) => expectRead(options, { method: 'POST', body }))

  it.each<[string, Read]>([
    ['-X PUT -d a=1', { method: 'PUT', body: 'a=1' }],
    ['-G -d a=1', { url: `${URL}?a=1` }],
    ['--get -d a=1 -d b=2', { url: `${URL}?a=1&b=2` }],
    ['-sG -d a=1', { url: `${URL}?a=1` }],
    ['--url-query a=1', { url: `${URL}?a=1` }],
    ['--url-query "a=1 2"', { url: `${URL}?a=1%202` }],
    ['--url-query +a=1%202', { url: `${URL}?a=1%202` }],
    ['--url-query a=1 -d b=2', { method: 'POST', url: `${URL}?a=1`, body: 'b=2' }],
  ])('%s', expectRead)

  it('a query is added to the one that is there', () => {
    const [read] = readRequests(`curl -G "${URL}?z=0#part" -d a=1`)
    expect(read?.url).toBe(`${URL}?z=0&a=1`)
  })
})

describe('the header', () => {
  it.each([
    ["-H 'Authorization: OAuth a'", 'OAuth a'],
    ["-H'authorization:OAuth a'", 'OAuth a'],
    ["--header 'AUTHORIZATION :  OAuth a  '", 'OAuth a'],
    ["-H 'Authorization: first' -H 'Authorization: OAuth a'", 'OAuth a'],
    ["-H 'X: Authorization: OAuth a'", ''],
    ["-H ': OAuth a'", ''],
    ["-H 'Authorization'", ''],
    ['-u name:password', 'Basic bmFtZTpwYXNzd29yZA=='],
    ['-uname:password', 'Basic bmFtZTpwYXNzd29yZA=='],
    ['--user näme:p', `Basic ${btoa('n\u00c3\u00a4me:p')}`],
    ["-u name:password -H 'Authorization: OAuth a'", 'OAuth a'],
    ['--oauth2-bearer token', 'Bearer token'],
  ])('%s', (options, authorization) => {
    expect(readRequests(`curl ${options} ${URL}`)).toEqual([{ ...NONE, authorization }])
  })
})

/** None of these decides anything, and what stands behind it is no address. */
const WITH_VALUE = [
  ...'AbcCDeEhKmoPQrtUwxyYz',
  ...['user-agent', 'cookie', 'cookie-jar', 'referer', 'output', 'max-time', 'proxy', 'retry'],
  ...['connect-timeout', 'retry-delay', 'cacert', 'capath', 'cert', 'key', 'resolve', 'config'],
  ...['connect-to', 'write-out', 'interface', 'range', 'dump-header', 'proxy-user', 'stderr'],
  ...['proxy-header', 'limit-rate', 'max-redirs', 'ciphers', 'tls-max', 'trace', 'trace-ascii'],
  ...['unix-socket', 'cert-type', 'key-type', 'noproxy'],
].map((name) => (name.length === 1 ? `-${name}` : `--${name}`))

it.each(WITH_VALUE)('%s takes its value, and no more', (option) => {
  expect(readRequests(`curl ${option} value ${URL}`)).toEqual([NONE])
  if (option.length > 2) return
  expect(readRequests(`curl ${option}value ${URL}`)).toEqual([NONE])
  expect(readRequests(`curl -s${option.slice(1)} value ${URL}`)).toEqual([NONE])
})

it.each(['-k', '-L', '-s', '-v', '-i', '--compressed', '--insecure', '--http1.1', '-'])(
  '%s takes none',
  (option) => {
    const [read] = readRequests(`curl ${URL} ${option}`)
    expect(read).toEqual(NONE)
    expect(readRequests(`curl ${option === '-' ? '' : option} ${URL}`)).toEqual([NONE])
  },
)

it.each([
  ['curl -X POST', 'The curl command names no address. Copy the whole command.'],
  ['curl -s -X', 'The curl command ends behind -X, which needs a value.'],
  [`curl ${URL} --header`, 'The curl command ends behind --header, which needs a value.'],
  [`curl ${URL} --proxy`, 'The curl command ends behind --proxy, which needs a value.'],
  [`curl ${URL} -H 'open`, "A quote ' is opened and not closed"],
  [`wget -q ${URL}`, 'It is neither a curl command'],
])('%s is told', (text, message) => {
  expect(() => readRequests(text)).toThrow(
    expect.objectContaining({ code: 'CLI_REQUEST_UNREADABLE' }),
  )
  expect(() => readRequests(text)).toThrow(message)
})
