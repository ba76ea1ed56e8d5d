/**
 * Which URLs that clients and tenants have chosen may be called: https, on an allowed host, never one inside a private network.
 * A public name that resolves to a private address cannot be seen from here; the platform's own fetch refuses those
 * (`global_fetch_strictly_public`), and redirects are not followed.
 */
import ipaddr from 'ipaddr.js'

const urlLengthMax = 2048
const privateSuffixes = ['.local', '.internal', '.localhost', '.localdomain', '.home.arpa']

export interface OutboundUrlRules {
  /** Allowed hosts; `*` for any public one. */
  hosts: readonly string[]
  /** Development also calls this very machine, over http, whatever the hosts are. */
  development: boolean
}

/** Undefined when it may not be called. */
export function parseOutboundUrl(text: string, { hosts, development }: OutboundUrlRules): URL | undefined {
  const url = text.length > urlLengthMax ? null : URL.parse(text)
  if (!url || url.username !== '' || url.password !== '') return undefined
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  if (development && isLoopback(host)) return /^https?:$/.test(url.protocol) ? url : undefined
  const allowed = hosts.includes('*') || hosts.includes(host) || hosts.includes(url.host)
  return url.protocol === 'https:' && allowed && isPublic(host) ? url : undefined
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || (ipaddr.isValid(host) && ipaddr.parse(host).range() === 'loopback')
}

function isPublic(host: string): boolean {
  // `process` reads an IPv4 address that is mapped into IPv6 as what it is.
  if (ipaddr.isValid(host)) {
    const address = ipaddr.process(host)
    return address.range() === 'unicast' && (!('parts' in address) || isGlobal(address))
  }
  return host.includes('.') && !privateSuffixes.some((suffix) => host.endsWith(suffix))
}

/** All of IPv6 that is routed publicly is within 2000::/3. */
function isGlobal({ parts: [first = 0] }: ipaddr.IPv6): boolean {
  return first >> 13 === 1
}
