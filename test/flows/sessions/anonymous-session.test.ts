/**
 * Sessions of visitors: for clients of the tenant only, each client keeps to its own, and the public id lasts through every
 * way of refreshing.
 */
import { describe, expect, it } from 'vitest'
import { clientOf, serviceInMemory, storefront } from '../../support/service.ts'
import { valueOf } from '../../support/records.ts'

const other = clientOf('acme-app', 'create_anonymous_token')
const bare = clientOf('acme-bare', 'manage_my_profile')
const stranger = { ...clientOf('globex-storefront'), tenant: 'globex' }
const rejected = { ok: false, error: { kind: 'ClientRejected' } }
const ended = { ok: false, error: { kind: 'SessionEnded' } }

async function visited() {
  const service = serviceInMemory({}, [storefront, other, bare, stranger])
  const { open, refresh, renew } = service.flows.anonymousSessions
  const tokens = valueOf(await open(service.tenant, storefront.id))
  return { service, tokens, open, refresh, renew, refreshToken: tokens.refreshToken ?? '' }
}

describe('a visitor', () => {
  it('gets a session of its own each time', async () => {
    const { service, tokens, open } = await visited()
    expect(valueOf(await open(service.tenant, storefront.id)).sessionId).not.toBe(tokens.sessionId)
  })

  it('keeps its session id through refresh and renewal', async () => {
    const { service, tokens, refresh, renew, refreshToken } = await visited()
    const refreshed = valueOf(await refresh(service.tenant, storefront.id, refreshToken))
    expect(refreshed.sessionId).toBe(tokens.sessionId)
    const renewed = valueOf(await renew(service.tenant, storefront.id, refreshed.accessToken))
    expect(renewed.sessionId).toBe(tokens.sessionId)
    expect(await service.accessTokens.verify(renewed.accessToken)).toMatchObject({
      principal: { kind: 'anonymous', tenant: 'acme', clientId: storefront.id, sessionId: tokens.sessionId },
    })
  })

  it('gets no refresh token for an access token', async () => {
    const { service, tokens, renew } = await visited()
    expect(valueOf(await renew(service.tenant, storefront.id, tokens.accessToken))).not.toHaveProperty(
      'refreshToken',
    )
  })

  it.each([
    ['unknown', 'nobody'],
    ['of another tenant', stranger.id],
  ])('is refused to a client that is %s, whatever it holds', async (_what, clientId) => {
    const { service, tokens, open, refresh, renew, refreshToken } = await visited()
    expect(await open(service.tenant, clientId)).toEqual(rejected)
    expect(await refresh(service.tenant, clientId, refreshToken)).toEqual(rejected)
    expect(await renew(service.tenant, clientId, tokens.accessToken)).toEqual(rejected)
  })

  it('is refused to a client that must not open sessions without its secret', async () => {
    const { service, tokens, open, refresh, renew, refreshToken } = await visited()
    const unfit = { ok: false, error: { kind: 'ClientUnfit', scope: 'create_anonymous_token' } }
    expect(await open(service.tenant, bare.id)).toEqual(unfit)
    expect(await refresh(service.tenant, bare.id, refreshToken)).toEqual(unfit)
    expect(await renew(service.tenant, bare.id, tokens.accessToken)).toEqual(unfit)
  })

  it('gets the scope of its client’s visitors as far as the client has it', async () => {
    const { service, open } = await visited()
    for (const [{ id }, scopes] of [
      [storefront, ['manage_my_profile']],
      [other, []],
    ] as const)
      expect(
        await service.accessTokens.verify(valueOf(await open(service.tenant, id)).accessToken),
      ).toMatchObject({ principal: { scopes, withoutSecret: true } })
  })

  it('is over once it was revoked', async () => {
    const { service, tokens, refresh, renew, refreshToken } = await visited()
    const caller = { client: storefront, tenant: service.tenant }
    valueOf(await service.flows.clientSessions.revoke(caller, refreshToken))
    expect(await renew(service.tenant, storefront.id, tokens.accessToken)).toEqual(ended)
    expect(await refresh(service.tenant, storefront.id, refreshToken)).toEqual(ended)
  })

  it('stays with the client that opened the session', async () => {
    const { service, tokens, refresh, renew, refreshToken } = await visited()
    expect(await refresh(service.tenant, other.id, refreshToken)).toEqual(ended)
    expect(await renew(service.tenant, other.id, tokens.accessToken)).toEqual(ended)
  })

  it('is over with the lifetimes of the tenant', async () => {
    const { service, tokens, refresh, renew, refreshToken } = await visited()
    service.clock.time += tokens.accessLifetimeSeconds * 1000
    expect(await renew(service.tenant, storefront.id, tokens.accessToken)).toEqual(ended)
    service.clock.time += (tokens.refreshLifetimeSeconds - tokens.accessLifetimeSeconds) * 1000
    expect(await refresh(service.tenant, storefront.id, refreshToken)).toEqual(ended)
  })

  it('is not made of a customer, nor of a text', async () => {
    const { service, refresh, renew } = await visited()
    await service.signUp()
    const customer = await service.logIn()
    for (const token of [customer.accessToken, customer.refreshToken, 'anonymous refresh']) {
      expect(await renew(service.tenant, storefront.id, token)).toEqual(ended)
      expect(await refresh(service.tenant, storefront.id, token)).toEqual(ended)
    }
  })
})
