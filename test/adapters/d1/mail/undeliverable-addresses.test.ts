/**
 * The marks on addresses that take no mail: the same whatever the order and number of reports, the operator's word between
 * them, and nothing for longer than it is needed.
 */
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../../src/adapters/d1/database.ts'
import { oneDatabase } from '../../../../src/adapters/d1/databases.ts'
import { undeliverableAddresses } from '../../../../src/adapters/d1/mail/undeliverable-addresses.ts'
import { addressRows, allowStatement } from '../../../../src/cli/database/outbox-rows.ts'
import type { UndeliverableReport } from '../../../../src/domain/mail/mail.ts'
import { now } from '../../../support/records.ts'

const addresses = undeliverableAddresses(oneDatabase(openDatabase(env.DB)))
const email = 'Ada@shop.example'

beforeEach(() => env.DB.prepare('DELETE FROM undeliverable_addresses').run())

/** So many seconds after the start. */
const report = (seconds: number, more: Partial<UndeliverableReport> = {}): UndeliverableReport => ({
  email,
  at: now + seconds * 1000,
  reason: 'bounced',
  ...more,
})
const time = (seconds: number) => new Date(now + seconds * 1000).toISOString()
const allow = async (seconds: number, ...emails: string[]) =>
  (await env.DB.prepare(allowStatement(emails, now + seconds * 1000)).all()).results
const since = async () => (await addresses.find([email]))[0]?.since

describe('a mark', () => {
  it('is found by any spelling of the mailbox, and says nothing about others', async () => {
    await addresses.mark([
      report(0, { email: 'ada@BÜCHER.example', reason: 'complained' }),
      report(0, { email: "o'hara@shop.example" }),
    ])
    const asked = ['Ada@xn--bcher-kva.example', 'ada@shop.example', "O'Hara@shop.example"]
    expect(await addresses.find(asked)).toEqual(
      expect.arrayContaining([
        { email: 'Ada@xn--bcher-kva.example', since: time(0), reason: 'complained' },
        { email: "O'Hara@shop.example", since: time(0), reason: 'bounced' },
      ]),
    )
    expect(await addresses.find(asked)).toHaveLength(2)
    expect(await addresses.find([])).toEqual([])
  })

  it('of many addresses is made at once', async () => {
    const many = Array.from({ length: 50 }, (_, index) => `a${index}@shop.example`)
    await addresses.mark(many.map((each) => report(0, { email: each })))
    expect(await addresses.find(many)).toHaveLength(50)
  })

  it('is that of the earliest report, in whatever order and however often they come', async () => {
    const reports = [
      report(1, { reason: 'bounced', detail: 'first' }),
      report(2, { reason: 'complained', detail: 'second' }),
      report(3, { reason: 'refused', detail: 'third' }),
    ]
    for (const order of ordersOf(reports)) {
      await env.DB.exec('DELETE FROM undeliverable_addresses')
      await addresses.mark([...order, ...order])
      expect((await env.DB.prepare(addressRows).all()).results).toEqual([
        { address: 'ada@shop.example', since: time(1), reason: 'bounced', detail: 'first' },
      ])
    }
  })
})

describe('the operator', () => {
  it('lifts a mark, in any spelling, and is told whether there was one', async () => {
    await addresses.mark([report(0)])
    expect(await allow(10, 'ADA@shop.example', 'bob@shop.example')).toEqual([{ id: 'ada@shop.example' }])
    expect(await since()).toBeUndefined()
    expect(await allow(20, email)).toEqual([])
    expect((await env.DB.prepare(addressRows).all()).results).toEqual([])
  })

  it('is not overruled by a report of an earlier time, and is by a later one', async () => {
    await addresses.mark([report(0)])
    await allow(10, email)
    await addresses.mark([report(0), report(9), report(10)])
    expect(await since()).toBeUndefined()
    await addresses.mark([report(12, { reason: 'complained' })])
    expect(await addresses.find([email])).toEqual([{ email, since: time(12), reason: 'complained' }])
    await addresses.mark([report(5), report(11), report(13)])
    expect(await since()).toBe(time(11))
  })

  it('whose clock is behind is obeyed all the same', async () => {
    await addresses.mark([report(60)])
    await allow(0, email)
    expect(await since()).toBeUndefined()
    await addresses.mark([report(60)])
    expect(await since()).toBeUndefined()
  })
})

it('what is old is forgotten: marks by their age, allowed addresses by the time of that', async () => {
  const [old, fresh, allowed, allowedLately] = ['old', 'fresh', 'allowed', 'lately'].map(
    (name) => `${name}@shop.example`,
  ) as [string, string, string, string]
  await addresses.mark([
    report(0, { email: old }),
    report(100, { email: fresh }),
    report(0, { email: allowed }),
    report(0, { email: allowedLately }),
  ])
  await allow(150, allowed)
  await allow(250, allowedLately)
  expect(await addresses.forget({ marked: time(100), allowed: time(200) }, 1)).toBe(1)
  expect(await addresses.forget({ marked: time(100), allowed: time(200) }, 10)).toBe(1)
  expect(await addresses.forget({ marked: time(100), allowed: time(200) }, 10)).toBe(0)
  const { results } = await env.DB.prepare('SELECT address FROM undeliverable_addresses ORDER BY 1').all()
  expect(results).toEqual([{ address: fresh }, { address: allowedLately }])
})

it('a failure of the database is an exception without anything personal in it', async () => {
  const refuse = () => Promise.reject(new Error('D1_ERROR: no such luck'))
  const statement = { bind: () => statement, all: refuse, raw: refuse, run: refuse }
  const broken = { prepare: () => statement, batch: refuse } as unknown as D1Database
  const failing = undeliverableAddresses(oneDatabase(openDatabase(broken)))
  for (const asked of [() => failing.mark([report(0)]), () => failing.find([email])]) {
    const error = await asked().then(() => undefined, String)
    expect(error).toContain('no such luck')
    expect(error).not.toContain('shop.example')
  }
})

it('what the outbox had learnt before there were marks is taken over', async () => {
  await env.DB.exec('DELETE FROM outbox')
  const insert = env.DB.prepare(
    `INSERT INTO outbox (id, tenant, mail_order, created_at, claimed_until, due_at, failed_at, undeliverable)
     VALUES (?, ?, '{}', '', 0, 0, ?, ?)`,
  )
  await env.DB.batch([
    insert.bind('1', 'acme', time(5), 'ada@shop.example'),
    insert.bind('2', 'globex', time(3), 'ada@shop.example'),
    insert.bind('3', 'acme', time(1), null),
  ])
  const copy = env.TEST_MIGRATIONS.find(({ name }) => name.includes('undeliverable_addresses_copied'))
  for (const query of copy?.queries ?? []) await env.DB.prepare(query).run()
  await env.DB.exec('DELETE FROM outbox')
  expect(await addresses.find([email])).toEqual([{ email, since: time(3), reason: 'refused' }])
})

function ordersOf<T>(items: T[]): T[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, index) => ordersOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))
}
