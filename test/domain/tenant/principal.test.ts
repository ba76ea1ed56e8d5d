/** Scopes: one of those that are asked for is enough, and a token answer names its tenant beside them. */
import { describe, expect, it } from 'vitest'
import { actorOf, hasAnyScope, scopeText, type Principal } from '../../../src/domain/tenant/principal.ts'

const principal: Principal = { kind: 'service', tenant: 'acme', clientId: 'client', scopes: ['a.read', 'b'] }

describe('scopes', () => {
  it.each([
    [[], true],
    [['a.read'], true],
    [['c', 'b'], true],
    [['c'], false],
    [['a'], false],
    [['a.read b'], false],
  ])('%j asked for: %s', (required, granted) => {
    expect(hasAnyScope(principal, required)).toBe(granted)
  })

  it('nobody has are not granted', () => {
    expect(hasAnyScope({ ...principal, scopes: [] }, ['a.read'])).toBe(false)
  })

  it.each([
    ['view_stores', 'manage_stores', true],
    ['manage_stores', 'view_stores', false],
    ['view_stores', 'manage_project', true],
    ['manage_stores', 'manage_project', true],
    ['view_stores', 'manage_types', false],
    ['customer.customer_read', 'manage_project', false],
    ['customer.view_x', 'customer.manage_x', false],
  ])('%s is granted by %s: %s', (required, scope, granted) => {
    expect(hasAnyScope({ ...principal, scopes: [scope] }, [required])).toBe(granted)
  })

  it.each([
    [['a', 'b'], 'a b tenant=acme'],
    [[], 'tenant=acme'],
  ])('%j are told as %j', (scopes, text) => {
    expect(scopeText('acme', scopes)).toBe(text)
  })
})

describe('an actor', () => {
  const [tenant, scopes] = ['acme', [] as string[]]
  it.each<[Principal | undefined, object]>([
    [{ kind: 'service', tenant, clientId: 'c', scopes }, { clientId: 'c' }],
    [
      { kind: 'anonymous', tenant, clientId: 'c', sessionId: 's', scopes },
      { clientId: 'c', anonymousId: 's' },
    ],
    [
      { kind: 'anonymous', tenant, clientId: 'c', sessionId: 's', scopes, withoutSecret: true },
      { anonymousId: 's' },
    ],
    [
      { kind: 'customer', tenant, customerId: '1', sessionId: 's', sessionKey: 'k', scopes },
      { customerId: '1' },
    ],
    [undefined, {}],
  ])('%j is %j, and whom the client acts for', (caller, actor) => {
    expect(actorOf(caller)).toEqual(actor)
    expect(actorOf(caller, 'clerk')).toEqual({ ...actor, externalUserId: 'clerk' })
  })
})
