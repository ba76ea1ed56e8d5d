/** Words of the tenants' own in the database: remembered for mails, never for the back office. */
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { openDatabase } from '../../../../src/adapters/d1/database.ts'
import { oneDatabase } from '../../../../src/adapters/d1/databases.ts'
import { mailTemplateStore } from '../../../../src/adapters/d1/mail/mail-templates.ts'
import type { MailTemplateOverride } from '../../../../src/domain/mail/mail-template.ts'
import { settableClock } from '../../../support/ports.ts'

const welcome: MailTemplateOverride = {
  template: 'welcome',
  language: 'de-at',
  subject: "'); DROP TABLE mail_templates; --",
  text: 'x'.repeat(10_000),
  html: '<p>👩🏽</p>',
  modifiedAt: '2026-01-01T00:00:00.000Z',
}

function stores() {
  const clock = settableClock()
  const databases = oneDatabase(openDatabase(env.DB))
  return { clock, here: mailTemplateStore(databases, clock), elsewhere: mailTemplateStore(databases, clock) }
}

test('words come back as they were saved, once for each template and language', async () => {
  const { here } = stores()
  await here.save('once', welcome)
  await here.save('once', { ...welcome, subject: 'Second' })
  await here.save('once', { ...welcome, language: 'de' })
  await here.save('other', { ...welcome, template: 'deletion' })
  expect(await here.list('once')).toEqual([
    { ...welcome, language: 'de' },
    { ...welcome, subject: 'Second' },
  ])
  expect(await here.overridesOf('once', 'welcome')).toHaveLength(2)
  expect(await here.overridesOf('once', 'deletion')).toEqual([])
  expect(await here.remove('once', 'welcome', 'de')).toBe(true)
  expect(await here.remove('once', 'welcome', 'de')).toBe(false)
  expect(await here.list('once')).toHaveLength(1)
  expect(await here.list('other')).toHaveLength(1)
})

test('mails of other instances follow within half a minute, those of this one and the back office at once', async () => {
  const { here, elsewhere, clock } = stores()
  for (const store of [here, elsewhere]) expect(await store.overridesOf('late', 'welcome')).toEqual([])
  await here.save('late', welcome)
  expect(await here.overridesOf('late', 'welcome')).toEqual([welcome])
  expect([await elsewhere.overridesOf('late', 'welcome'), await elsewhere.list('late')]).toEqual([
    [],
    [welcome],
  ])
  clock.time += 30_000
  expect(await elsewhere.overridesOf('late', 'welcome')).toEqual([welcome])
  await here.remove('late', 'welcome', 'de-at')
  expect(await here.overridesOf('late', 'welcome')).toEqual([])
})
