/**
 * A customer's session seen from the Worker: which refresh token is worth what, what ends a session and what does not, over
 * a real customer's object that may be restarted in between.
 */
import { describe, expect, it } from 'vitest'
import { refreshGraceSeconds } from '../../../src/domain/credentials/session.ts'
import { serviceInMemory } from '../../support/service.ts'
import { valueOf } from '../../support/records.ts'

const ended = { ok: false, error: { kind: 'SessionEnded' } }

async function loggedIn() {
  const service = serviceInMemory()
  await service.signUp()
  const tokens = await service.logIn()
  const refresh = (refreshToken: string, legalEntityId?: string, tenant = service.tenant) =>
    service.flows.sessions.refresh({ tenant }, { withoutSecret: true }, refreshToken, legalEntityId)
  return { service, tokens, refresh }
}

describe('refreshing', () => {
  it('gives a new pair, and keeps the session', async () => {
    const { service, tokens, refresh } = await loggedIn()
    const next = valueOf(await refresh(tokens.refreshToken))
    expect(next.refreshToken).not.toBe(tokens.refreshToken)
    expect(next.sessionId).toBe(tokens.sessionId)
    expect(await service.isLive(next)).toBe(true)
    expect(await service.isLive(tokens)).toBe(true)
  })

  it('with the token of before answers with the current pair for a moment', async () => {
    const { service, tokens, refresh } = await loggedIn()
    const next = valueOf(await refresh(tokens.refreshToken))
    service.clock.time += refreshGraceSeconds * 1000
    expect(valueOf(await refresh(tokens.refreshToken)).refreshToken).toBe(next.refreshToken)
    expect(await service.isLive(next)).toBe(true)
  })

  it('with a token of before that is too old ends the session, and says so', async () => {
    const { service, tokens, refresh } = await loggedIn()
    const next = valueOf(await refresh(tokens.refreshToken))
    service.clock.time += refreshGraceSeconds * 1000 + 1
    expect(await refresh(tokens.refreshToken)).toEqual(ended)
    expect(await refresh(next.refreshToken)).toEqual(ended)
    expect(await service.isLive(next)).toBe(false)
    expect(service.database.messages.map(({ type }) => type)).toContain('CustomerSessionStolen')
  })

  it('goes on when the object has been restarted', async () => {
    const { service, tokens, refresh } = await loggedIn()
    const next = valueOf(await refresh(tokens.refreshToken))
    service.customers.restart()
    expect(await refresh(next.refreshToken)).toMatchObject({ ok: true })
  })

  it.each([
    ['a text', async () => 'refresh'],
    ['an access token', async ({ accessToken }: { accessToken: string }) => accessToken],
  ])('with %s is refused', async (_what, tokenOf) => {
    const { tokens, refresh } = await loggedIn()
    expect(await refresh(await tokenOf(tokens))).toEqual(ended)
  })

  it('at another tenant is refused, and leaves the token good', async () => {
    const { service, tokens, refresh } = await loggedIn()
    const globex = await service.tenants.findTenant('globex')
    expect(await refresh(tokens.refreshToken, undefined, globex)).toEqual(ended)
    expect(await refresh(tokens.refreshToken)).toMatchObject({ ok: true })
  })

  it('for a company that does not exist is refused, and leaves the token good', async () => {
    const { tokens, refresh } = await loggedIn()
    const refused = { kind: 'LegalEntityNotAssigned', legalEntityId: 'stranger' }
    expect(await refresh(tokens.refreshToken, 'stranger')).toEqual({ ok: false, error: refused })
    expect(await refresh(tokens.refreshToken)).toMatchObject({ ok: true })
  })

  it('ends with the lifetime that was granted', async () => {
    const { service, tokens, refresh } = await loggedIn()
    service.clock.time += tokens.refreshLifetimeSeconds * 1000
    expect(await refresh(tokens.refreshToken)).toEqual(ended)
  })
})

describe('logging out', () => {
  it('ends the session with both of its tokens, and no other', async () => {
    const { service, tokens, refresh } = await loggedIn()
    const other = await service.logIn()
    const caller = await service.holding(tokens)
    expect(await service.flows.sessions.end(caller, tokens.accessToken)).toMatchObject({ ok: true })
    expect(await service.isLive(tokens)).toBe(false)
    expect(await refresh(tokens.refreshToken)).toEqual(ended)
    expect(await service.isLive(other)).toBe(true)
    service.customers.restart()
    expect(await service.isLive(tokens)).toBe(false)
  })

  it('can name another session of the same customer, and a second time does no harm', async () => {
    const { service, tokens } = await loggedIn()
    const other = await service.logIn()
    const caller = await service.holding(tokens)
    for (const _time of ['first', 'second'])
      expect(await service.flows.sessions.end(caller, other.accessToken)).toMatchObject({ ok: true })
    expect(await service.isLive(other)).toBe(false)
    expect(await service.isLive(tokens)).toBe(true)
  })

  it('cannot name the session of another customer, nor a text', async () => {
    const { service, tokens } = await loggedIn()
    await service.signUp('bob@shop.example')
    const foreign = await service.logIn('bob@shop.example')
    const caller = await service.holding(tokens)
    for (const text of [foreign.accessToken, 'access'])
      expect(await service.flows.sessions.end(caller, text)).toMatchObject({
        error: { kind: 'InvalidInput' },
      })
    expect(await service.isLive(foreign)).toBe(true)
  })

  it('asks for a session that is alive', async () => {
    const { service, tokens } = await loggedIn()
    const caller = await service.holding(tokens)
    valueOf(await service.flows.sessions.end(caller, tokens.accessToken))
    expect(await service.flows.sessions.end(caller, tokens.accessToken)).toEqual(ended)
  })
})
