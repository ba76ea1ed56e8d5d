/**
 * The network that a request comes from, as a limit's key: an IPv4 address or the /64 of an IPv6 address.
 * Taken only from the header that the platform itself sets; where there is no platform in front (development), clients
 * could set it too, so all of them are one network there.
 */
import ipaddr from 'ipaddr.js'

const ipv6PrefixBytes = 8

export function networkOf(request: Request, behindPlatform: boolean): string {
  const address = behindPlatform ? request.headers.get('CF-Connecting-IP') : null
  return address === null ? 'unknown' : networkOfAddress(address)
}

/** All spellings of one address, and all addresses of one /64, give the same text. */
export function networkOfAddress(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  const prefix = parsed.toByteArray().map((byte, index) => (index < ipv6PrefixBytes ? byte : 0))
  return `${ipaddr.fromByteArray(prefix).toString()}/64`
}

/** Two letters of the country that a request comes from, as the platform saw it; undefined where it does not say. */
export function countryOf(request: Request): string | undefined {
  const { country } = (request.cf ?? {}) as { country?: unknown }
  return typeof country === 'string' ? country : undefined
}
