/** Scopes: how they are written and kept, who owns them, and which ones are enough. */
import { describe, expect, it } from 'vitest'
import {
  ownsScope,
  readScope,
  scopeOfProject,
  storesHeld,
  sufficientScopes,
} from '../../../src/domain/tenant/scope.ts'

describe('a scope', () => {
  it.each([
    ['manage_customers', 'manage_customers', 'manage_customers:acme'],
    ['manage_customers:acme', 'manage_customers', 'manage_customers:acme'],
    ['manage_customers:acme:berlin', 'manage_customers:berlin', 'manage_customers:acme:berlin'],
    ['customer.customer_read', 'customer.customer_read', 'customer.customer_read'],
  ])('%s is kept as %s and shown as %s', (text, kept, shown) => {
    expect(readScope(text, 'acme')).toBe(kept)
    expect(scopeOfProject(kept, 'acme')).toBe(shown)
  })

  it.each(['manage_customers:globex', 'manage_customers:globex:acme', 'manage_customers:', 'a:b:c'])(
    'of another project is none here: %s',
    (text) => {
      expect(readScope(text, 'acme')).toBeUndefined()
    },
  )

  it('of the whole project is owned in each store, and the other way round it is not', () => {
    expect(ownsScope(['view_customers'], 'view_customers:berlin')).toBe(true)
    expect(ownsScope(['view_customers:berlin'], 'view_customers')).toBe(false)
    expect(ownsScope(['view_customers:berlin'], 'view_customers:paris')).toBe(false)
    expect(ownsScope(['view_messages'], 'view_messages:berlin')).toBe(false)
    expect(ownsScope(['view_customers'], 'view_customers:')).toBe(false)
  })

  it.each([
    [
      'customer.customerprofile_view',
      ['customer.customerprofile_edit', 'manage_my_profile', 'manage_project'],
    ],
    ['customer.customerprofile_edit', ['manage_my_profile', 'manage_project']],
    ['customer.customer_update', ['manage_my_profile', 'manage_project']],
    ['customer.customer_manage', []],
  ])('of a customer at Emporix is included by the one of commercetools: %s', (scope, more) => {
    expect(sufficientScopes([scope])).toEqual([scope, ...more])
  })

  it('for one store is enough within that store only', () => {
    expect(sufficientScopes(['view_customers'])).toEqual([
      'view_customers',
      'manage_customers',
      'manage_project',
    ])
    expect(sufficientScopes(['view_customers'], 'berlin')).toEqual([
      'view_customers',
      'manage_customers',
      'manage_project',
      'view_customers:berlin',
      'manage_customers:berlin',
    ])
    expect(sufficientScopes(['customer.customer_read'], 'berlin')).toEqual(['customer.customer_read'])
  })

  it.each([
    [['manage_customers'], undefined],
    [['manage_project'], undefined],
    [['manage_customers:berlin', 'manage_customers'], undefined],
    [
      ['manage_customers:berlin', 'view_customers:paris', 'manage_customers:rome', 'manage_my_profile'],
      ['berlin', 'rome'],
    ],
    [['view_customers'], []],
  ])('of %j to manage customers hold for the stores %j', (held, stores) => {
    expect(storesHeld(held, ['manage_customers'])).toEqual(stores)
  })
})
