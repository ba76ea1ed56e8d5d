/**
 * Which URLs that clients and tenants have chosen may be called: https, on an allowed host, never one inside a private network.
 * What a public name resolves to cannot be seen from here. Names of services that answer with any address a client writes
 * into them are refused by a list; for all others there is the platform's own fetch alone, which connects to no private
 * address (`global_fetch_strictly_public`). Redirects are not followed.
 */
import ipaddr from 'ipaddr.js'

const urlLengthMax = 2048
/** Whatever is in front of these resolves to the address that it spells, or to this machine. */
const resolvingDomains = [
  '1u.ms',
  'fuf.me',
  'lacolhost.com',
  'local.gd',
  'localho.st',
  'localhost.direct',
  'localtest.me',
  'lvh.me',
  'nip.io',
  'rbndr.us',
  'sslip.io',
  'traefik.me',
  'vcap.me',
  'xip.io',
  'xip.name',
]
const privateSuffixes = ['local', 'internal', 'localhost', 'localdomain', 'home.arpa']

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
  const isWithin = (domain: string) => host === domain || host.endsWith(`.${domain}`)
  return host.includes('.') && !resolvingDomains.some(isWithin) && !privateSuffixes.some(isWithin)
}

/** All of IPv6 that is routed publicly is within 2000::/3. */
function isGlobal({ parts: [first = 0] }: ipaddr.IPv6): boolean {
  return first >> 13 === 1
}
