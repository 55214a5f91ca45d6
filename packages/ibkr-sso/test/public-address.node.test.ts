/** Which addresses are warned of: the first and the last of each special range, and their neighbours, which are not. */
import { describe, expect, it } from 'vitest'
import { setUp, user } from './support.ts'

const special = {
  'this network': ['0.0.0.0', '0.255.255.255'],
  private: ['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0'],
  'private to the end': ['172.19.0.1', '172.20.0.1', '172.25.0.1', '172.29.0.1', '172.30.0.1'],
  shared: [
    '100.64.0.0',
    '100.69.0.1',
    '100.70.0.1',
    '100.99.0.1',
    '100.100.0.1',
    '100.127.255.255',
  ],
  'shared in between': ['100.85.0.1', '100.109.0.1', '100.110.0.1', '100.119.0.1', '100.120.0.1'],
  loopback: ['127.0.0.0', '127.255.255.255', '::', '::1'],
  'link-local': ['169.254.0.0', '169.254.255.255', 'fe80::1', 'FE80::1'],
  'of protocols': ['192.0.0.0', '192.0.0.255', '192.0.2.0', '192.0.2.255'],
  'of benchmarks': ['198.18.0.0', '198.19.255.255'],
  documentation: ['198.51.100.0', '203.0.113.255', '2001:db8::1', '2001:0DB8::1'],
  multicast: ['224.0.0.0', '229.0.0.1', '239.255.255.255', 'ff02::1'],
  reserved: ['230.0.0.1', '240.0.0.0', '249.0.0.1', '250.0.0.1', '255.255.255.255'],
  'unique local': ['fc00::1', 'fdff::1'],
  'of IPv4 in IPv6': ['::ffff:10.0.0.1', '::FFFF:192.168.0.1', '::ffff:127.0.0.1'],
}
const ordinary = [
  ...['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '100.200.0.1'],
  ...['100.6.0.1', '100.7.0.1', '100.12.0.1', '100.130.0.1', '126.255.255.255', '128.0.0.0'],
  ...['169.253.0.1', '169.255.0.1', '172.15.255.255', '172.32.0.0', '172.1.0.1', '172.2.0.1'],
  ...['192.0.1.0', '192.0.3.0', '192.167.0.1', '192.169.0.0', '198.17.0.1', '198.20.0.0'],
  ...['198.51.99.0', '198.51.101.0', '203.0.112.0', '203.0.114.0', '223.255.255.255'],
  ...['8.10.0.1', '8.8.10.1', '110.0.0.1', '2.3.4.5', '23.0.0.1', '25.0.0.1', '22.0.0.1'],
  ...['2001:db9::1', '2001:4860::1', '2a00::fd00', '2a00:2001:db8::1', '2a00::1', '::2', '::11'],
  ...['2a00::ffff:10.0.0.1', '::ffff:100.128.0.1', '::ffff:8.8.8.8'],
]

const warnings = async (ip: string) => {
  const { sso, events } = setUp()
  await sso.createBrowserSession({ ...user, ip })
  return events
}

describe.each(Object.entries(special))('an address that is %s', (_, addresses) => {
  it.each(addresses)('%s is warned of', async (ip) => {
    expect(await warnings(ip)).toEqual([{ type: 'address-not-public', option: 'ip' }])
  })
})

it.each(ordinary)('%s is taken without a warning', async (ip) => {
  expect(await warnings(ip)).toEqual([])
})
