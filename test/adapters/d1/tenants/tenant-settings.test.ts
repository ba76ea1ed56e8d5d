/** Stored tenant settings: defaults, and what is refused. */
import { expect, test } from 'vitest'
import { parseTenantSettings } from '../../../../src/adapters/d1/tenants/tenant-settings.ts'
import { defaultTenantSettings } from '../../../../src/domain/tenant/tenant.ts'

test('nothing stored is the defaults', () => {
  expect(parseTenantSettings({})).toEqual({ ok: true, settings: defaultTenantSettings })
})

test('what is stored is laid over the defaults, objects by field and lists as a whole', () => {
  const parsed = parseTenantSettings({
    limits: { failuresMax: 50 },
    languages: ['de'],
    defaults: { language: 'de' },
    links: { optIn: 'http://localhost:3000/welcome?token=' },
    allowedOrigins: ['https://shop.example', 'http://localhost:3000'],
    mixinSchemaHosts: ['schemas.shop.example', '127.0.0.1'],
    brand: { color: '#FFd400', logoUrl: 'https://shop.example/logo.png' },
    siteSettings: { main: { language: 'de_AT', links: { deletion: 'https://at.shop.example/bye' } } },
    passwordPolicy: 'nist',
    passwordLengthMin: 20,
    messageRetentionDays: 90,
    breachedPasswordCheck: { url: 'http://127.0.0.1:9000/range/' },
  })
  if (!parsed.ok) throw new Error(parsed.problems.join())
  expect(parsed.settings.limits).toEqual({ ...defaultTenantSettings.limits, failuresMax: 50 })
  expect(parsed.settings.languages).toEqual(['de'])
  expect(parsed.settings.defaults).toEqual({ ...defaultTenantSettings.defaults, language: 'de' })
  expect(parsed.settings).toMatchObject({
    passwordPolicy: 'nist',
    passwordLengthMin: 20,
    messageRetentionDays: 90,
    breachedPasswordCheck: { url: 'http://127.0.0.1:9000/range/', onFailure: 'refuse' },
  })
})

test.each([
  [null, 'settings'],
  [[], 'settings'],
  [{ optin: 'double' }, 'optin'],
  [{ limits: { faliuresMax: 3 } }, 'limits'],
  [{ optIn: 'triple' }, 'optIn'],
  [{ messageRetentionDays: 0 }, 'messageRetentionDays'],
  [{ messageRetentionDays: 91 }, 'messageRetentionDays'],
  [{ messageRetentionDays: 1.5 }, 'messageRetentionDays'],
  [{ passwordLengthMin: 5 }, 'passwordLengthMin'],
  [{ passwordLengthMin: 65 }, 'passwordLengthMin'],
  [{ passwordLengthMin: null }, 'passwordLengthMin'],
  [{ passwordPolicy: 'strict' }, 'passwordPolicy'],
  [{ breachedPasswordCheck: { onFailure: 'ignore' } }, 'breachedPasswordCheck.onFailure'],
  [{ breachedPasswordCheck: { url: 'http://breaches.example/' } }, 'breachedPasswordCheck.url'],
  [{ breachedPasswordCheck: { url: 'https://user:secret@breaches.example/' } }, 'breachedPasswordCheck.url'],
  [{ breachedPasswordCheck: { url: null } }, 'breachedPasswordCheck.url'],
  [{ breachedPasswordCheck: false }, 'breachedPasswordCheck'],
  [{ lifetimes: { optInSeconds: 59 } }, 'lifetimes.optInSeconds'],
  [{ lifetimes: { optInSeconds: 60.5 } }, 'lifetimes.optInSeconds'],
  [{ lifetimes: { customerAccessSeconds: 31_536_001 } }, 'lifetimes.customerAccessSeconds'],
  [{ lifetimes: null }, 'lifetimes'],
  [{ limits: { failuresMax: 0, freeFailures: 0 } }, 'limits.failuresMax'],
  [{ limits: { failuresMax: 101 } }, 'limits.failuresMax'],
  [{ limits: { failuresMax: 4 } }, 'limits.freeFailures'],
  [{ limits: { delaySeconds: 61 } }, 'limits.delaySecondsMax'],
  [{ languages: [] }, 'languages'],
  [{ languages: ['de'] }, 'defaults.language'],
  [{ currencies: [] }, 'currencies'],
  [{ sites: [] }, 'sites'],
  [{ links: { optIn: 'http://shop.example/' } }, 'links.optIn'],
  [{ links: { login: 'https://shop.example/' } }, 'links'],
  [{ siteSettings: { other: {} } }, 'siteSettings.other'],
  [{ siteSettings: { main: { links: { optIn: 'javascript:alert(1)' } } } }, 'siteSettings.main.links.optIn'],
  [{ siteSettings: { main: { language: 'not a language' } } }, 'siteSettings.main.language'],
  [{ siteSettings: { main: { sender: {} } } }, 'siteSettings.main'],
  [{ siteSettings: [] }, 'siteSettings'],
  [{ brand: { color: 'red' } }, 'brand.color'],
  [{ brand: { color: '#1f4fbf;background:url(x)' } }, 'brand.color'],
  [{ brand: { logoUrl: 'http://127.0.0.1/logo.png' } }, 'brand.logoUrl'],
  [{ brand: { logoUrl: 'https://user:secret@shop.example/logo.png' } }, 'brand.logoUrl'],
  [{ brand: { name: 'Acme\r\nBcc: x' } }, 'brand.name'],
  [{ brand: { name: '' } }, 'brand.name'],
  [{ welcomeMail: 'yes' }, 'welcomeMail'],
  [{ noAccountMail: 1 }, 'noAccountMail'],
  [{ links: { optIn: 'javascript:alert(1)' } }, 'links.optIn'],
  [{ links: { optIn: 'https://user:secret@shop.example/' } }, 'links.optIn'],
  [{ links: { reset: 'https://shop.example/' } }, 'links'],
  [{ allowedOrigins: ['https://shop.example/'] }, 'allowedOrigins.0'],
  [{ allowedOrigins: ['https://*.shop.example'] }, 'allowedOrigins.0'],
  [{ allowedOrigins: ['null'] }, 'allowedOrigins.0'],
  [{ mixinSchemaHosts: ['https://schemas.example'] }, 'mixinSchemaHosts.0'],
  [{ mixinSchemaHosts: ['schemas.example:8443'] }, 'mixinSchemaHosts.0'],
  [{ sender: { email: 'nobody' } }, 'sender.email'],
  [{ sender: { email: 'a@shop.example\r\nBcc: b@shop.example' } }, 'sender.email'],
  [{ sender: { name: 'Shop\nBcc: b@shop.example' } }, 'sender.name'],
])('%j is refused at %s', (stored, path) => {
  const parsed = parseTenantSettings(stored)
  if (parsed.ok) throw new Error('was accepted')
  expect(parsed.problems.join('\n')).toContain(path)
})
