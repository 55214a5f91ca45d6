/** The addresses that a caller may be said to have. */
import type { Call } from '../call.ts'
import { isLoopbackAddress, readIpAddress } from '../ip-address.ts'

/**
 * A caller in this process or on loopback stands for a machine out there: it has the address of the
 * credentials, and over a socket the loopback ones too. Any other caller has its own address only.
 */
export function callerAddresses(call: Call, { ip }: { readonly ip: string }): readonly string[] {
  const configured = readIpAddress(ip) ?? ip
  if (call.address === undefined) return [configured]
  const address = readIpAddress(call.address) ?? call.address
  return isLoopbackAddress(address) ? [configured, '127.0.0.1', '::1'] : [address]
}
