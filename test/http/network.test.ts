/** The network of a caller (T27): one key for all spellings of an address and for a whole /64, and never a client's choice. */
import { describe, expect, it } from 'vitest'
import { networkOf, networkOfAddress } from '../../src/http/network.ts'

describe('the network of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:CB00:7107', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::', '2001:db8:1:3::/64'],
    ['::1', '::/64'],
    ['', 'unknown'],
    ['not an address', 'unknown'],
    ['203.0.113.7, 198.51.100.1', 'unknown'],
    ['203.0.113.7:1234', 'unknown'],
    ['2001:db8::/32', 'unknown'],
  ])('%j is %s', (address, network) => {
    expect(networkOfAddress(address)).toBe(network)
  })
})

describe('the network of a request', () => {
  const request = (headers: Record<string, string>) => new Request('https://patron.test/', { headers })
  const forged = {
    'X-Forwarded-For': '198.51.100.1',
    Forwarded: 'for=198.51.100.1',
    'X-Real-IP': '198.51.100.1',
    'True-Client-IP': '198.51.100.1',
    'CF-Connecting-IPv6': '2001:db8::1',
  }

  it('is what the platform says, whatever else the client says', () => {
    expect(networkOf(request({ ...forged, 'CF-Connecting-IP': '203.0.113.7' }), true)).toBe('203.0.113.7')
    expect(networkOf(request(forged), true)).toBe('unknown')
  })

  it('is one and the same where no platform is in front', () => {
    expect(networkOf(request({ ...forged, 'CF-Connecting-IP': '203.0.113.7' }), false)).toBe('unknown')
  })
})
