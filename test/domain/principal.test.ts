/** Scopes: one of those that are asked for is enough, and a token answer names its tenant beside them. */
import { describe, expect, it } from 'vitest'
import { hasAnyScope, scopeText, type Principal } from '../../src/domain/principal.ts'

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
    [['a', 'b'], 'a b tenant=acme'],
    [[], 'tenant=acme'],
  ])('%j are told as %j', (scopes, text) => {
    expect(scopeText('acme', scopes)).toBe(text)
  })
})
