/** Tenant keys: their form, that no first word of this service's own paths can become one, and where they stand in a URL. */
import { describe, expect, it } from 'vitest'
import { dialects } from '../../../src/app.ts'
import { isTenantKey, tenantKeyIn } from '../../../src/domain/tenant/tenant-urls.ts'

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
  'identity',
  'openid',
  'office',
]

describe('a tenant key', () => {
  it.each(['acme', 'ab', 'a2', 'ac-me', 'ac_me', 'a-', `a${'2'.repeat(35)}`, 'customers', 'graphql', 'me'])(
    'can be %s',
    (key) => {
      expect(isTenantKey(key)).toBe(true)
    },
  )

  it.each([
    '',
    'a',
    `a${'2'.repeat(36)}`,
    '-acme',
    '_acme',
    'ac.me',
    'ac:me',
    'constructor\0',
    '1abc',
    'Acme',
    'ac me',
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

describe('the tenant of a URL', () => {
  const keyIn = (url: string) => {
    const { pathname, searchParams } = new URL(url, 'https://patron.test')
    return tenantKeyIn(pathname, (name) => searchParams.get(name) ?? undefined)
  }

  it.each([
    ['/customer/ac-me/me', 'ac-me'],
    ['/customer-management/acme/legal-entities', 'acme'],
    ['/oauth/acme/customers/token', 'acme'],
    ['/identity/acme/sessions', 'acme'],
    ['/openid/acme/authorize', 'acme'],
    ['/admin/acme/webhooks', 'acme'],
    ['/account/acme/opt-in?tenant=globex', 'acme'],
    ['/office/acme/', 'acme'],
    ['/acme', 'acme'],
    ['/ac_me/customers?tenant=globex', 'ac_me'],
    ['/customerlogin/auth/anonymous/login?tenant=acme', 'acme'],
    ['/customerlogin/auth/anonymous/login?hybris-tenant=acme', 'acme'],
    ['/customerlogin/auth/anonymous/login?hybris-tenant=globex&tenant=acme', 'acme'],
  ])('of %s is %s', (url, key) => {
    expect(keyIn(url)).toBe(key)
  })

  it.each([
    '/',
    '/health',
    '/docs/acme',
    '/.well-known/jwks.json',
    '/_dev/mailbox?tenant=acme',
    '/Acme/me',
    '/customer',
  ])('of %s is none', (url) => {
    expect(keyIn(url)).toBeUndefined()
  })
})
