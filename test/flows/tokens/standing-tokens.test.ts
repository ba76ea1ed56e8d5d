/**
 * Which access tokens still stand: each ends with its client, and with its own revocation, to the millisecond; and nothing
 * but a token that is good in itself is asked about.
 */
import { describe, expect, it } from 'vitest'
import type { Principal } from '../../../src/domain/tenant/principal.ts'
import type { Client } from '../../../src/domain/tenant/tenant.ts'
import { standingTokens } from '../../../src/flows/tokens/standing-tokens.ts'
import { accessTokensInMemory, anonymousIdsInMemory } from '../../support/credentials.ts'
import { fixedTenants, settableClock } from '../../support/ports.ts'

const of = { tenant: 'acme', scopes: [] as string[] }
const clientId = 'acme-app'
const service: Principal = { ...of, kind: 'service', clientId }
const visitor: Principal = { ...of, kind: 'anonymous', sessionId: 'visitor', clientId }
const customer: Principal = { ...of, kind: 'customer', customerId: '1', sessionId: 's', sessionKey: 'k' }
const everybody: [string, Principal][] = [
  ['a service', service],
  ['a visitor', visitor],
  ['a customer', { ...customer, clientId }],
]

function issuing() {
  const clock = settableClock()
  const clients: Client[] = [{ id: clientId, tenant: 'acme', secretHash: '', scopes: [] }]
  const [accessTokens, anonymousIds] = [accessTokensInMemory(clock), anonymousIdsInMemory()]
  const tokens = standingTokens({ accessTokens, anonymousIds, tenants: fixedTenants([], clients) })
  const issue = (principal: Principal) => accessTokens.issue(principal, 60)
  const stands = async (token: string) => (await tokens.verify(token)).ok
  return { clock, clients, anonymousIds, tokens, issue, stands }
}

describe('an access token', () => {
  it.each(everybody)('of %s is what it was, as long as nothing was taken back', async (_whose, principal) => {
    const { tokens, issue, clock } = issuing()
    const token = await issue(principal)
    expect(await tokens.verify(token)).toMatchObject({ ok: true, principal, issuedAt: clock.time })
    clock.time += 60_000
    expect(await tokens.verify(token)).toMatchObject({ ok: false, reason: 'expired', principal })
  })

  it.each(everybody)(
    'of %s ends with its client, and so does one whose time is over',
    async (_whose, principal) => {
      const { clients, issue, tokens, clock } = issuing()
      const token = await issue(principal)
      clients.length = 0
      expect(await tokens.verify(token)).toEqual({ ok: false, reason: 'invalid' })
      clock.time += 60_000
      expect(await tokens.verify(token)).toEqual({ ok: false, reason: 'invalid' })
    },
  )

  it('is worth nothing when its client is another tenant’s', async () => {
    const { issue, stands } = issuing()
    expect(await stands(await issue({ ...service, tenant: 'globex' }))).toBe(false)
  })

  it('of a customer that names no client stands', async () => {
    const { issue, stands, clients } = issuing()
    clients.length = 0
    expect(await stands(await issue(customer))).toBe(true)
  })

  it('of a service ends when it was issued until the client’s revocation, and not a millisecond later', async () => {
    const { issue, stands, clients, clock } = issuing()
    const before = await Promise.all([service, visitor, { ...customer, clientId }].map(issue))
    for (const client of clients) client.revokedAt = clock.time
    clock.time += 1
    const after = await issue(service)
    expect(await Promise.all([...before, after].map(stands))).toEqual([false, true, true, true])
  })

  it('of a visitor ends with the visitor', async () => {
    const { issue, stands, anonymousIds } = issuing()
    const [token, other] = [await issue(visitor), await issue({ ...visitor, sessionId: 'other' })]
    await anonymousIds.revoke('acme', 'visitor')
    await anonymousIds.revoke('globex', 'other')
    expect([await stands(token), await stands(other)]).toEqual([false, true])
  })
})
