/** Tenant keys: their form, and that no first word of this service's own paths can become one. */
import { describe, expect, it } from 'vitest'
import { dialects } from '../../../src/app.ts'
import { defaultTenantSettings, isTenantKey } from '../../../src/domain/tenant/tenant.ts'

const ownWords = [
  'customer',
  'customerlogin',
  'customer-management',
  'oauth',
  '.well-known',
  'health',
  'openapi',
  'openapi.json',
  'docs',
  'admin',
  'account',
  '_dev',
]

describe('a tenant key', () => {
  it.each(['acme', 'abc', 'a23', 'a234567890123456', 'customers'])('can be %s', (key) => {
    expect(isTenantKey(key)).toBe(true)
  })

  it.each([
    '',
    'ab',
    'a2345678901234567',
    '1abc',
    'Acme',
    'ac me',
    'ac-me',
    'ac_me',
    'acmé',
    'acme\n',
    '../x',
  ])('cannot be %j', (key) => {
    expect(isTenantKey(key)).toBe(false)
  })

  it.each(ownWords)('cannot be the reserved word %s', (word) => {
    expect(isTenantKey(word)).toBe(false)
  })

  it('cannot be the first word of any endpoint', () => {
    const words = dialects
      .flatMap(({ endpoints }) => endpoints)
      .map(({ path }) => path.split('/')[1] ?? '')
      .filter((word) => !word.startsWith(':'))
    expect(words).not.toEqual([])
    expect(words.filter(isTenantKey)).toEqual([])
  })
})

it('a tenant that says nothing locks an account after at most a hundred failures in a row', () => {
  expect(defaultTenantSettings.limits.failuresMax).toBeLessThanOrEqual(100)
})
