/**
 * What a client of the commercetools kind may do: scopes are settled before anything else is looked at, its refresh tokens
 * stay the same, and it sees and ends only what is its own.
 */
import { describe, expect, it } from 'vitest'
import { clientOf, network, password, serviceInMemory, storefront } from '../../support/service.ts'
import { valueOf } from '../../support/records.ts'

const email = 'ada@shop.example'
const inspector = clientOf('acme-admin', 'introspect_oauth_tokens', 'manage_my_profile')
const bare = clientOf('acme-bare', 'manage_my_profile')
const ended = { ok: false, error: { kind: 'SessionEnded' } }

async function signedUp() {
  const service = serviceInMemory({}, [storefront, inspector, bare])
  await service.signUp(email)
  service.limiter.asked.length = 0
  const { tenant, flows } = service
  const at = { network, actor: {}, signInAt: { store: undefined } }
  const caller = { client: storefront, tenant }
  const signIn = (secret = password, scope?: string, client = storefront) =>
    flows.clientSessions.signIn({ client, tenant }, at, { email, password: secret }, scope)
  return { service, sessions: flows.clientSessions, tenant, caller, signIn }
}

describe('a client', () => {
  it('is known by its secret alone', async () => {
    const { sessions } = await signedUp()
    const known = await sessions.authenticate({
      clientId: storefront.id,
      clientSecret: `${storefront.id} secret`,
    })
    expect(known).toMatchObject({ ok: true, value: { client: storefront, tenant: { key: 'acme' } } })
    const wrong = await sessions.authenticate({ clientId: storefront.id, clientSecret: 'secret' })
    expect(wrong).toEqual({ ok: false, error: { kind: 'ClientRejected' } })
  })
})

describe('a customer of a client', () => {
  it('gets the scopes that were asked for, and all of the client’s without a wish', async () => {
    const { signIn } = await signedUp()
    const asked = valueOf(await signIn(password, 'manage_my_profile:acme'))
    expect(asked).toMatchObject({ scopes: ['manage_my_profile'], owner: { kind: 'customer' } })
    expect(valueOf(await signIn()).scopes).toEqual(storefront.scopes)
  })

  it('is not looked at when a scope is refused', async () => {
    const { service, signIn } = await signedUp()
    const { verifications } = service.passwords
    expect(await signIn(password, 'manage_customers:acme')).toMatchObject({
      error: { kind: 'ScopeRejected' },
    })
    expect(service.limiter.asked).toEqual([])
    expect(service.passwords.verifications).toBe(verifications)
  })

  it('keeps its refresh token, so none is in the answer to a refresh', async () => {
    const { service, sessions, caller, signIn } = await signedUp()
    const { refreshToken = '' } = valueOf(await signIn())
    for (const _time of ['first', 'second']) {
      const refreshed = valueOf(await sessions.refresh(caller, refreshToken))
      expect(refreshed).not.toHaveProperty('refreshToken')
      expect(await service.isLive(refreshed)).toBe(true)
    }
  })

  it('is refreshed by the client that signed it in, and by no other', async () => {
    const { sessions, caller, tenant, signIn } = await signedUp()
    const { refreshToken = '' } = valueOf(await signIn())
    expect(await sessions.refresh({ client: bare, tenant }, refreshToken)).toEqual(ended)
    expect(await sessions.refresh(caller, refreshToken)).toMatchObject({ ok: true })
  })
})

describe('a visitor of a client', () => {
  it('may be named by the client, once', async () => {
    const { sessions, caller } = await signedUp()
    const first = valueOf(await sessions.openAnonymous(caller, 'my-visitor', undefined, true))
    expect(first.owner).toMatchObject({ kind: 'anonymous', sessionId: 'my-visitor' })
    const again = await sessions.openAnonymous(caller, 'my-visitor', undefined, true)
    expect(again).toEqual({ ok: false, error: { kind: 'AnonymousIdTaken' } })
  })

  it('needs the client’s scope, and one of a wrong scope does not use its name up', async () => {
    const { sessions, caller, tenant } = await signedUp()
    const unfit = { ok: false, error: { kind: 'ClientUnfit', scope: 'create_anonymous_token' } }
    expect(await sessions.openAnonymous({ client: bare, tenant }, 'my-visitor', undefined, true)).toEqual(
      unfit,
    )
    const refused = await sessions.openAnonymous(caller, 'my-visitor', 'manage_orders', true)
    expect(refused).toMatchObject({ error: { kind: 'ScopeRejected' } })
    expect(await sessions.openAnonymous(caller, 'my-visitor', undefined, true)).toMatchObject({ ok: true })
  })

  it('keeps id and scopes through a refresh, until it is revoked', async () => {
    const { sessions, caller } = await signedUp()
    const opened = valueOf(await sessions.openAnonymous(caller, undefined, 'manage_my_profile', true))
    const { refreshToken = '', owner, scopes } = opened
    expect(valueOf(await sessions.refresh(caller, refreshToken))).toMatchObject({ owner, scopes })
    valueOf(await sessions.revoke(caller, refreshToken))
    expect(await sessions.refresh(caller, refreshToken)).toEqual(ended)
  })

  it('is refreshed by the client that opened it, and by no other', async () => {
    const { sessions, caller, tenant } = await signedUp()
    const { refreshToken = '' } = valueOf(await sessions.openAnonymous(caller, undefined, undefined, true))
    expect(await sessions.refresh({ client: bare, tenant }, refreshToken)).toEqual(ended)
    expect(await sessions.refresh(caller, refreshToken)).toMatchObject({ ok: true })
  })

  it('gets a refresh token only when one is wanted', async () => {
    const { sessions, caller } = await signedUp()
    expect(valueOf(await sessions.openAnonymous(caller, undefined, undefined, false))).not.toHaveProperty(
      'refreshToken',
    )
  })
})

describe('introspection', () => {
  it('needs the client’s scope', async () => {
    const { sessions, caller, signIn } = await signedUp()
    const { accessToken } = valueOf(await signIn())
    const unfit = { ok: false, error: { kind: 'ClientUnfit', scope: 'introspect_oauth_tokens' } }
    expect(await sessions.introspect(caller, accessToken)).toEqual(unfit)
  })

  it('knows a session for as long as it is alive, and the client that it was granted to', async () => {
    const { sessions, caller, tenant, signIn } = await signedUp()
    const { accessToken } = valueOf(await signIn())
    const described = await sessions.introspect({ client: inspector, tenant }, accessToken)
    expect(described).toMatchObject({ value: { clientId: storefront.id, principal: { kind: 'customer' } } })
    valueOf(await sessions.revoke(caller, accessToken))
    expect(await sessions.introspect({ client: inspector, tenant }, accessToken)).toEqual({ ok: true })
  })

  it('knows nothing of texts and other tenants', async () => {
    const { service, sessions, signIn } = await signedUp()
    const { accessToken } = valueOf(await signIn())
    const globex = await service.tenants.findTenant('globex')
    if (!globex) throw new Error('no other tenant')
    const foreign = { client: inspector, tenant: globex }
    expect(await sessions.introspect(foreign, accessToken)).toEqual({ ok: true })
    expect(await sessions.introspect({ ...foreign, tenant: service.tenant }, 'access')).toEqual({ ok: true })
  })
})

describe('revocation', () => {
  it.each(['accessToken', 'refreshToken'] as const)('by the %s ends the session', async (kind) => {
    const { service, sessions, caller, signIn } = await signedUp()
    const tokens = valueOf(await signIn())
    expect(await sessions.revoke(caller, tokens[kind] ?? '')).toMatchObject({ ok: true })
    expect(await service.isLive(tokens)).toBe(false)
  })

  it('of a session of another client is refused', async () => {
    const { service, sessions, tenant, signIn } = await signedUp()
    const tokens = valueOf(await signIn())
    const refused = { ok: false, error: { kind: 'TokenOfAnotherClient' } }
    expect(await sessions.revoke({ client: bare, tenant }, tokens.accessToken)).toEqual(refused)
    expect(await service.isLive(tokens)).toBe(true)
  })

  it('of what is no token is no failure', async () => {
    const { sessions, caller } = await signedUp()
    expect(await sessions.revoke(caller, 'nothing')).toMatchObject({ ok: true })
  })
})
