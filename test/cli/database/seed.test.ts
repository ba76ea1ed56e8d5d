/** The development seed and the SQL text that the command line writes. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { parseTenantSettings } from '../../../src/adapters/d1/tenants/tenant-settings.ts'
import { seedClients, seedStatements, seedTenants } from '../../../src/cli/database/seed.ts'
import { parseAssignments, withAssignments } from '../../../src/cli/settings-path.ts'
import { hashClientSecret, insertTenant, sqlText } from '../../../src/cli/database/sql.ts'
import { isTenantKey } from '../../../src/domain/tenant/tenant-urls.ts'

test.each(seedTenants)('tenant $key has a valid key and valid settings', ({ key, settings }) => {
  expect(isTenantKey(key)).toBe(true)
  expect(parseTenantSettings(settings)).toMatchObject({ ok: true })
})

test('only globex asks for an opt-in, and only initech has limits that can be noticed', () => {
  const settings = Object.fromEntries(
    seedTenants.map(({ key, settings: stored }) => {
      const parsed = parseTenantSettings(stored)
      return [key, parsed.ok ? [parsed.settings.optIn, parsed.settings.limits.burst] : parsed.problems]
    }),
  )
  expect(settings).toEqual({
    acme: ['none', 'wide'],
    globex: ['double', 'wide'],
    initech: ['none', 'standard'],
  })
})

test('each tenant has a storefront and an admin, who may do all that the storefront may', () => {
  for (const { key } of seedTenants) {
    const scopes = (id: string) => seedClients.find((client) => client.id === id)?.scopes ?? []
    expect(scopes(`${key}-storefront`)).toContain('manage_my_profile')
    expect(scopes(`${key}-admin`)).toEqual(expect.arrayContaining([...scopes(`${key}-storefront`)]))
    expect(scopes(`${key}-admin`)).toContain('customer.customer_manage')
    expect(scopes(`${key}-admin`)).toContain('manage_project')
  }
})

test('the seed can be repeated and holds no secret in the clear', () => {
  expect(seedStatements()).toHaveLength(9)
  for (const statement of seedStatements()) {
    expect(statement).toMatch(/ ON CONFLICT DO NOTHING$/)
    expect(statement).not.toMatch(/-secret/)
  }
})

test('client secrets are stored as SHA-256', () => {
  expect(hashClientSecret('acme-admin-secret')).toBe(
    createHash('sha256').update('acme-admin-secret').digest('hex'),
  )
})

test('quotes in values stay values', () => {
  expect(sqlText(`x'); DROP TABLE tenants; --`)).toBe(`'x''); DROP TABLE tenants; --'`)
  expect(insertTenant('acme', { sender: { name: "O'Hara" } }, 'now')).toContain(`"O''Hara"`)
  expect(() => sqlText('a\u0000b')).toThrow(TypeError)
})

test('assignments are JSON where they are JSON, reach into objects, and null takes away', () => {
  const parsed = parseAssignments([
    'optIn=double',
    'limits.failuresMax=7',
    'links.optIn=null',
    'sender.name=A=B',
  ])
  if (!parsed.ok) throw new Error(parsed.text)
  const stored = { limits: { burst: 'wide' }, links: { optIn: 'https://a.example' } }
  expect(withAssignments(stored, parsed.assignments)).toEqual({
    limits: { burst: 'wide', failuresMax: 7 },
    links: {},
    optIn: 'double',
    sender: { name: 'A=B' },
  })
  expect(parseAssignments(['optIn'])).toEqual({ ok: false, text: 'optIn' })
  expect(parseAssignments(['__proto__.x=1'])).toMatchObject({ ok: false })
})

test.each([
  [
    'customer.passwordreset.redirecturl=https://a.example/?token=',
    { links: { passwordReset: 'https://a.example/?token=' } },
  ],
  ['customer.passwordReset.redirectUrl=https://a.example', { links: { passwordReset: 'https://a.example' } }],
  ['customer.changeemail.redirecturl=https://a.example', { links: { emailChange: 'https://a.example' } }],
  ['customer.deletion.redirecturl=https://a.example', { links: { deletion: 'https://a.example' } }],
  ['cust.notification.email.from=shop@a.example', { sender: { email: 'shop@a.example' } }],
  ['signUp.enableAccountCreationEmailConfirmation=true', { welcomeMail: true }],
  ['customerActiveOnCreation=false', { activeOnCreation: false }],
  ['enableRecreationOfDeletedCustomer=true', { reuseDeletedIds: true }],
  ['restrictions=["DE","FR"]', { restrictions: ['DE', 'FR'] }],
  ['customerOnHoldOnCreation=true', { onHoldOnCreation: true }],
])("Emporix' own name sets our setting: %s", (assignment, expected) => {
  const parsed = parseAssignments([assignment])
  if (!parsed.ok) throw new Error(parsed.text)
  const settings = withAssignments({}, parsed.assignments)
  expect(settings).toEqual(expected)
  expect(parseTenantSettings(settings)).toMatchObject({ ok: true })
})

test('a name that only objects have is a setting that does not exist', () => {
  const parsed = parseAssignments(['constructor=1', 'toString.x=1', 'siteSettings.site-2.language=de'])
  if (!parsed.ok) throw new Error(parsed.text)
  const settings = withAssignments({}, parsed.assignments)
  expect(settings).toMatchObject({ siteSettings: { 'site-2': { language: 'de' } } })
  expect(parseTenantSettings(settings)).toMatchObject({ ok: false })
})
