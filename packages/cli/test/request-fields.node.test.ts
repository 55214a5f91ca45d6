/** `isoauth request -F key=value`: into the query, or into a JSON body. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { serveInFolder } from '../../../tests/support/served-folder.ts'
import { flat, isoauth, type Outside } from './harness.ts'

const place = serveInFolder('isoauth-fields-')

beforeAll(async () => {
  await writeFile(join(place.cwd, 'note.txt'), 'of a file, 1\n')
  await writeFile(join(place.cwd, 'bytes.bin'), Uint8Array.of(255, 254))
})

const send = (method: string, path: string, argv: readonly string[], outside: Outside = {}) =>
  isoauth(['request', method, path, ...argv], { ...outside, cwd: place.cwd })

/** What the service received of `-F` and `-f` given so. */
async function received(argv: readonly string[], stdin = '') {
  const { stdout, stderr } = await send('POST', '/sandbox/echo', argv, { stdin })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

describe('a JSON body', () => {
  it.each([
    [['-F', 'publish=true', '-F', 'compete=false'], '{"publish":true,"compete":false}'],
    [['-F', 'n=12', '-F', 'd=-1.50', '-F', 'e=1e3'], '{"n":12,"d":-1.5,"e":1000}'],
    [
      ['-F', 'none=null', '-F', 'text=a=b', '-F', 'empty='],
      '{"none":null,"text":"a=b","empty":""}',
    ],
    // An account number or a code with a zero before it is no number of JSON.
    [
      ['-F', 'code=007', '-F', 'hex=0x10', '-F', 'plus=+1'],
      '{"code":"007","hex":"0x10","plus":"+1"}',
    ],
    [
      ['-f', 'n=12', '-f', 'b=true', '-f', 'at=@note.txt'],
      '{"n":"12","b":"true","at":"@note.txt"}',
    ],
    [['--field', 'a=@note.txt', '--raw-field', 'b=1'], '{"a":"of a file, 1\\n","b":"1"}'],
    [['-F', 'a=@-'], '{"a":"of the input"}'],
    [['-F', 'a[b][c]=1', '-F', 'a[b][d]=2'], '{"a":{"b":{"c":1,"d":2}}}'],
    [['-F', 'a[]=1', '-f', 'a[]=2'], '{"a":[1,"2"]}'],
    [
      ['-F', 'o[][conid]=1', '-F', 'o[][side]=BUY', '-F', 'o[][conid]=2'],
      '{"o":[{"conid":1,"side":"BUY"},{"conid":2}]}',
    ],
    [
      ['-F', '__proto__=1', '-F', 'constructor[prototype]=2'],
      '{"__proto__":1,"constructor":{"prototype":2}}',
    ],
  ])('%j', async (argv, expected) => {
    const { body, contentType } = await received(argv, 'of the input')
    expect([body, contentType]).toEqual([expected, 'application/json'])
  })
})

describe('a query', () => {
  it('holds the fields of a GET, encoded as the signature covers them', async () => {
    const argv = ['-F', 'name=a b&c', '-F', "x(1)='*", '-F', 'n=1.50', '-F', 'f=@note.txt']
    const { stdout, status } = await send('GET', '/sandbox/echo?first=1', argv)
    expect(JSON.parse(stdout).query).toBe(
      'first=1&name=a%20b%26c&x%281%29=%27%2A&n=1.50&f=of%20a%20file%2C%201%0A',
    )
    expect(status).toBe(0)
    await send('HEAD', '/sandbox/echo', ['-F', 'a=1'])
    expect(place.server.sandbox.requests.at(-1)).toMatchObject({ method: 'HEAD', query: 'a=1' })
  })

  it('hides the values that sound like secrets from --verbose', async () => {
    const argv = ['-v', '-f', 'access_token=pLaNtEd0field', '-F', 'conid=8314']
    const { stderr } = await send('GET', '/portfolio/accounts', argv)
    expect(stderr).toContain('conid=8314')
    expect(stderr).not.toContain('pLaNtEd0field')
  })
})

describe('refused before anything is sent', () => {
  it.each([
    [['-F', 'nothing'], 'must be of the form key=value'],
    [['-F', '=1'], 'must be of the form key=value'],
    [['-F', 'a[=1'], 'key[name] or key[]'],
    [['-F', 'a=1', '-F', 'a=2'], 'is given twice. For a list write a[].'],
    [['-F', 'a=1', '-F', 'a[b]=2'], 'does not fit the ones before it'],
    [['-F', 'a=null', '-F', 'a[]=2'], 'does not fit the ones before it'],
    [['-F', 'a[]=1', '-F', 'a[b]=2'], 'does not fit the ones before it'],
    [['-F', 'n=90071992547409931'], 'JavaScript would round'],
    [['-F', 'n=1e999'], 'JavaScript would round'],
    [['-F', 'a=@gone.txt'], 'Text that begins with @ is given by -f.'],
    [['-F', 'a=@bytes.bin'], 'no UTF-8 text'],
    [['-F', 'a=@-', '-F', 'b=@-'], 'The standard input is named twice, by --field a and --field b'],
    [['-F', 'a=@'], 'it is a folder. Text that begins with @ is given by -f.'],
    [['-d', '@gone.txt'], 'Cannot read gone.txt, named by --data: there is no such file.'],
    [['-d', '@.'], 'Cannot read ., named by --data: it is a folder.'],
    [['-H', 'Transfer-Encoding: chunked'], '--header Transfer-Encoding is written by the platform'],
    [['-d', 'x', '-H', 'Expect: 100-continue'], '--header Expect is written by the platform'],
    [['-d', 'x', '-H', 'content-length: 5'], '--header content-length is written by the platform'],
    [['-H', 'Connection: x'], '--header Connection is written by the platform'],
    [['-F', 'a=1', '-d', '{}'], 'Give --data or fields, not both'],
  ])('%j', async (argv, words) => {
    const before = place.server.sandbox.requests.length
    const { stderr, stdout, status } = await send('POST', '/sandbox/echo', argv)
    expect(flat(stderr)).toContain(words)
    expect([stdout, status, place.server.sandbox.requests.length]).toEqual(['', 2, before])
  })
})
