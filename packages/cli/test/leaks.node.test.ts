/** No output of any command holds a secret, whatever the service quotes of what it was sent. */
import { expect, it } from 'vitest'
import { serveInFolder } from '../../../tests/support/served-folder.ts'
import { flat, isoauth } from './harness.ts'

const CONFIG = ['-c', 'isoauth.json']
const PATH = '/portfolio/accounts'
const PLANTED = 'pLaNtEd0header'

const place = serveInFolder('isoauth-leaks-')

/** One name and one secret each, so that a failure tells which. */
function secrets(): (readonly [string, string])[] {
  const { ibkr, ultracart } = place.server.sandbox.credentials
  const middle = (pem: string) => pem.split('\n')[5] ?? pem
  return [
    ['accessToken', ibkr.oauth1.accessToken],
    ['accessTokenSecret', ibkr.oauth1.accessTokenSecret.slice(0, 24)],
    ['signatureKey', middle(ibkr.oauth1.signatureKey)],
    ['encryptionKey', middle(ibkr.oauth1.encryptionKey)],
    ['privateKey', middle(ibkr.oauth2.privateKey)],
    ['simpleKey', ultracart.simpleKey],
    ['header', PLANTED],
  ]
}

const HEADERS = ['Cookie', 'X-Api-Key', 'X-Trace'].flatMap((name) => ['-H', `${name}: ${PLANTED}`])

it.each<readonly string[][]>([
  [['request', 'GET', PATH, ...CONFIG, '-v', ...HEADERS]],
  [['request', 'GET', PATH, ...CONFIG, '--json', ...HEADERS]],
  [['request', 'GET', PATH, ...CONFIG, '-v', '--service', 'ibkr-sso', ...HEADERS]],
  [['request', 'GET', '//evil.example/x', ...CONFIG, '-v', ...HEADERS]],
  [['request', 'GET', PATH, ...CONFIG, '-H', `Bad ${PLANTED}`]],
  [['request', 'GET', PATH, ...CONFIG, '-H', `Authorization: ${PLANTED}`, '--json']],
  [['request', 'GET', PATH, ...CONFIG, '-v', '--color', 'always', '-q', '[].id', ...HEADERS]],
  [['request', 'GET', PATH, ...CONFIG, '-v', '-f', `password=${PLANTED}`]],
  [['request', 'POST', PATH, ...CONFIG, '-F', `n=@${PLANTED}`]],
  [['doctor', ...CONFIG]],
  [['doctor', ...CONFIG, '--json']],
  [['keygen', '--out', 'keys', '--group', 'modp2048', '--json']],
  [['keygen', '--out', 'keys', '--group', 'modp2048']],
  [['decrypt-secret', ...CONFIG, '--out', 'secret.txt']],
  [['completion', 'bash']],
])('%j', async (argv) => {
  const { stdout, stderr } = await isoauth(argv, { cwd: place.cwd })
  for (const [name, secret] of secrets()) expect(stdout + stderr, name).not.toContain(secret)
})

it('-v hides what an answer quotes in its headers', async () => {
  const { accessToken } = place.server.sandbox.credentials.ibkr.oauth1
  const headers = { 'x-request-id': accessToken, 'x-echo': `token ${accessToken}` }
  place.server.sandbox.fault({
    path: PATH,
    kind: 'respond',
    value: { status: 200, headers, body: '[]' },
    times: 1,
  })
  const { stderr } = await isoauth(['request', 'GET', PATH, ...CONFIG, '-v'], { cwd: place.cwd })
  expect(stderr).toContain('< x-request-id: [hidden]')
  expect(stderr).not.toContain(accessToken)
})

it('the doctor hides what a refusal quotes', async () => {
  const { accessToken } = place.server.sandbox.credentials.ibkr.oauth1
  const body = JSON.stringify({ authenticated: false, fail: `token ${accessToken} is refused` })
  const value = { status: 200, headers: { 'content-type': 'application/json' }, body }
  place.server.sandbox.fault({ path: '/iserver/auth/ssodh/init', kind: 'respond', value, times: 1 })
  const { stdout } = await isoauth(['doctor', ...CONFIG, '--brokerage'], { cwd: place.cwd })
  expect(flat(stdout)).toContain('it says: token [hidden] is')
  expect(stdout).not.toContain(accessToken)
})
