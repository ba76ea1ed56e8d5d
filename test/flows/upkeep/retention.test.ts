/**
 * The daily sweep: what is older than its tenant keeps it goes, the rest stays, and so do the numbers; it does its share
 * and no more; and the schedule that it runs on is the one that is deployed.
 */
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defaultTenantSettings, lifetimeSecondsMax, type Tenant } from '../../../src/domain/tenant/tenant.ts'
import { passwordMigrationFlow } from '../../../src/flows/office/password-migration.ts'
import type { CustomerRef, Ports } from '../../../src/flows/ports/index.ts'
import { retentionFlow } from '../../../src/flows/upkeep/retention.ts'
import { call, newCustomer, serviceToken, type CallOptions } from '../../support/client.ts'
import { fixedTenants, recordedLog, settableClock } from '../../support/ports.ts'
import { tenantWith } from '../../support/records.ts'
import { runCron } from '../../support/triggers.ts'
import configuration from '../../../wrangler.toml?raw'

const crons = [...(/^crons = \[(.*)\]$/m.exec(configuration)?.[1] ?? '').matchAll(/"([^"]+)"/g)].map(
  ([, cron = '']) => cron,
)
const dayMs = 86_400_000

describe('The scheduled sweep', () => {
  const start = Date.parse('2027-01-01T00:00:00.000Z')

  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: start }))
  afterEach(async () => {
    vi.useRealTimers()
    await settings('globex', { optIn: 'none' })
  })

  it('removes what is older than the tenant keeps it, internal messages too, and nothing else', async () => {
    await settings('globex', { optIn: 'none', messageRetentionDays: 3 })
    vi.setSystemTime(start + 60_000)
    const acme = await newCustomer('acme')
    const globex = await newCustomer('globex')
    const rename = async ({ tokens }: typeof acme, tenant: string) => {
      const body = { firstName: 'Augusta', contactPhone: '1' }
      const options: CallOptions = { token: tokens.access_token, body }
      expect((await call('PATCH', `/customer/${tenant}/me`, options)).status).toBe(200)
    }
    vi.setSystemTime(start + 60_000 + dayMs)
    await rename(acme, 'acme')
    await rename(globex, 'globex')
    const all = ['CustomerCreated', 'CustomerLoggedIn', 'CustomerFirstNameSet', 'CustomerProfileChanged']

    await sweepAfter(3 * dayMs)
    expect(await kept(acme.id)).toEqual(all)
    expect(await kept(globex.id)).toEqual(all)
    await sweepAfter(3 * dayMs + 1)
    expect(await kept(acme.id)).toEqual(all)
    expect(await kept(globex.id)).toEqual(all.slice(2))
    await sweepAfter(4 * dayMs + 1)
    expect(await kept(globex.id)).toEqual([])
    await sweepAfter(15 * dayMs + 1)
    expect(await kept(acme.id)).toEqual(all.slice(2))
  })

  it('leaves the customer and the numbers of its messages as they are', async () => {
    vi.setSystemTime(start + 60_000)
    const { id, email, password } = await newCustomer('acme')
    await sweepAfter(40 * dayMs)
    expect(await kept(id)).toEqual([])
    const token = await serviceToken('acme')
    const log = await call<{ access_token: string }>('POST', '/oauth/acme/customers/token', {
      form: {
        grant_type: 'password',
        username: email,
        password,
        client_id: 'acme-storefront',
        client_secret: 'acme-storefront-secret',
      },
    })
    const body = { version: 1, actions: [{ action: 'setTitle', title: 'Dr' }] }
    const updated = await call('POST', '/acme/me', { token: log.body.access_token, body })
    expect(updated.status, updated.text).toBe(200)
    const page = await call<{ results: unknown[] }>('GET', '/acme/messages', {
      token,
      query: { where: `resource(id="${id}")` },
    })
    expect(page.body.results).toMatchObject([{ type: 'CustomerTitleSet', sequenceNumber: 2 }])
  })

  it('keeps a visitor’s id for as long as any token of it can live, and then forgets it', async () => {
    const claim = async () => {
      const form = {
        grant_type: 'client_credentials',
        anonymous_id: 'a-visitor',
        client_id: 'acme-storefront',
        client_secret: 'acme-storefront-secret',
      }
      return (await call('POST', '/oauth/acme/anonymous/token', { form })).status
    }
    vi.setSystemTime(start + 60_000)
    expect(await claim()).toBe(200)
    await sweepAfter(2 * lifetimeSecondsMax * 1000)
    expect(await claim()).toBe(400)
    await sweepAfter(2 * lifetimeSecondsMax * 1000 + 1)
    expect(await claim()).toBe(200)
  })

  it('forgets that an address takes no mail after half a year, and that the operator has allowed it after two weeks', async () => {
    const [marked, allowed] = ['marked@shop.example', 'allowed@shop.example']
    const mark = env.DB.prepare(
      `INSERT INTO undeliverable_addresses (address, since, reason, allowed_at) VALUES (?, ?, 'bounced', ?)`,
    )
    const at = new Date(start + 60_000).toISOString()
    await env.DB.batch([mark.bind(marked, at, null), mark.bind(allowed, at, at)])
    const known = async () => {
      const { results } = await env.DB.prepare('SELECT address FROM undeliverable_addresses').all()
      return results.map(({ address }) => address).toSorted()
    }
    await sweepAfter(14 * dayMs)
    expect(await known()).toEqual([allowed, marked])
    await sweepAfter(14 * dayMs + 1)
    expect(await known()).toEqual([marked])
    await sweepAfter(180 * dayMs)
    expect(await known()).toEqual([marked])
    await sweepAfter(180 * dayMs + 1)
    expect(await known()).toEqual([])
  })

  it('waits for nobody’s mail and takes none away: the outbox stays', async () => {
    const old = new Date(start - 400 * dayMs).toISOString()
    await env.DB.prepare(
      `INSERT INTO outbox (id, tenant, customer_id, mail_order, created_at, claimed_until, due_at)
       VALUES ('waiting', 'acme', 'nobody', '{"kind":"addressed","template":"opt-in","to":"a@x.example","recipient":{}}', ?, 0, 9e15)`,
    )
      .bind(old)
      .run()
    await sweepAfter(0)
    const row = await env.DB.prepare("SELECT id FROM outbox WHERE id = 'waiting'").first()
    expect(row).toEqual({ id: 'waiting' })
  })

  it('runs once a day, and the other schedule every minute', async () => {
    expect(crons).toEqual(['* * * * *', expect.stringMatching(/^\d+ \d+ \* \* \*$/)])
    vi.setSystemTime(start + 60_000)
    const { id } = await newCustomer('acme')
    vi.setSystemTime(start + 60 * dayMs)
    await runCron(crons[0])
    expect(await kept(id)).toEqual(['CustomerCreated', 'CustomerLoggedIn'])
    await runCron(crons[1])
    expect(await kept(id)).toEqual([])
  })

  /** At this time after the first minute. */
  async function sweepAfter(milliseconds: number): Promise<void> {
    vi.setSystemTime(start + 60_000 + milliseconds)
    await runCron(crons[1])
  }

  async function kept(id: string): Promise<unknown[]> {
    const { results } = await env.DB.prepare(
      'SELECT type FROM messages WHERE resource_id = ? ORDER BY sequence',
    )
      .bind(id)
      .all()
    return results.map((row) => row['type'])
  }
})

describe('One sweep', () => {
  const manyTenants = (count: number): Tenant[] =>
    Array.from({ length: count }, (_, index) => ({
      ...tenantWith(),
      key: `t${String(index).padStart(5, '0')}`,
    }))

  /** Backlogs by tenant; `statements` counts what was asked of the database. */
  function swept(tenants: Tenant[], backlog: Map<string, number>, claims = 0) {
    const state = { statements: 0, claims }
    const flow = retentionFlow({
      clock: settableClock(),
      tenants: fixedTenants(tenants),
      anonymousIds: {
        claim: async () => true,
        revoke: async () => undefined,
        isRevoked: async () => false,
        wasRevoked: async () => false,
        async forget(_database, _olderThan, limit) {
          state.statements += 1
          const removed = Math.min(limit, state.claims)
          state.claims -= removed
          return removed
        },
      },
      undeliverableAddresses: { forget: async () => 0 },
      // One of each tenant's in the first statement about it.
      webhookDeliveries: {
        async forget(_database, kept) {
          state.statements += 1
          return kept.length
        },
      },
      messages: {
        find: async () => undefined,
        page: async () => ({ ok: true, value: { items: [] } }),
        async forget(_database, kept, limit) {
          state.statements += 1
          let left = limit
          for (const { tenant } of kept) {
            const removed = Math.min(left, backlog.get(tenant) ?? 0)
            backlog.set(tenant, (backlog.get(tenant) ?? 0) - removed)
            left -= removed
          }
          return limit - left
        },
      },
    })
    return { flow, state }
  }

  it('reaches every tenant, however many there are', async () => {
    const tenants = manyTenants(1234)
    const backlog = new Map(tenants.map(({ key }) => [key, 7]))
    const { flow, state } = swept(tenants, backlog, 5000)
    expect(await flow.sweep('DB')).toEqual({
      messages: 1234 * 7,
      webhookDeliveries: 1234,
      anonymousIds: 5000,
    })
    expect([...backlog.values()].every((left) => left === 0)).toBe(true)
    expect(state.statements).toBeLessThan(20)
  })

  it('ends after its share of a backlog, and the next ones go on', async () => {
    const backlog = new Map([['acme', 1_000_000]])
    const { flow, state } = swept([tenantWith()], backlog)
    const first = await flow.sweep('DB')
    expect(state.statements).toBeLessThanOrEqual(500)
    expect(first.messages).toBeGreaterThan(500_000)
    expect(first.messages).toBeLessThan(1_000_000)
    expect(first.messages + (await flow.sweep('DB')).messages).toBe(1_000_000)
  })
})

it('A tenant whose settings are not valid loses nothing, and holds nobody up', async () => {
  const created = '2020-01-01T00:00:00.000Z'
  await env.DB.batch([
    env.DB.prepare("INSERT INTO tenants VALUES ('broken', '{\"messageRetentionDays\":0}', ?, ?)").bind(
      created,
      created,
    ),
    ...['acme', 'broken'].map((tenant) =>
      env.DB.prepare(
        `INSERT INTO messages (tenant, resource_id, sequence, id, resource_version, type, payload, created_at)
         VALUES (?, 'old', 1, ?, 1, 'CustomerEmailVerified', '{}', ?)`,
      ).bind(tenant, `${tenant}-old`, created),
    ),
  ])
  await runCron(crons[1])
  const { results } = await env.DB.prepare("SELECT tenant FROM messages WHERE resource_id = 'old'").all()
  expect(results).toEqual([{ tenant: 'broken' }])
  expect(defaultTenantSettings.messageRetentionDays).toBe(15)
})

async function settings(tenant: string, value: object): Promise<void> {
  await env.DB.prepare('UPDATE tenants SET settings = json_patch(settings, ?) WHERE key = ?')
    .bind(JSON.stringify(value), tenant)
    .run()
}

describe('The sweep of password migrations', () => {
  const [today, end] = ['2027-01-01', '2027-02-01']
  const all = ['1', '2', '3', '4', '5']

  /** A migration whose customers fail as often as `failures` says. */
  function migrationOf(due: { endDate: string; remindedUpTo: string }, failures: Map<string, number>) {
    const state = { ...due, tenant: 'acme', reminderDate: today, notifies: true, done: false }
    const seenTo: string[] = []
    const log = recordedLog()
    const flow = passwordMigrationFlow({
      log,
      clock: settableClock(Date.parse(`${today}T12:00:00.000Z`)),
      ids: { operationId: () => 'operation', tokenId: () => 'token' } as Ports['ids'],
      tenants: fixedTenants([tenantWith()]),
      passwordMigrations: {
        due: async () => (state.done ? [] : [state]),
        unmigrated: async (_tenant: string, after: string, limit: number) =>
          all.filter((id) => id > after && !(due.endDate === today && seenTo.includes(id))).slice(0, limit),
        markReminded: async (_tenant: string, upTo: string, done: boolean) =>
          void Object.assign(state, { remindedUpTo: upTo, done }),
      } as unknown as Ports['passwordMigrations'],
      customers: {
        execute: async ({ customerId }: CustomerRef) => {
          const left = failures.get(customerId) ?? 0
          failures.set(customerId, left - 1)
          if (left > 1) throw new Error('The object is gone.')
          if (left === 1) return { ok: false, error: { kind: 'Unavailable', dependency: 'database' } }
          if (!seenTo.includes(customerId)) seenTo.push(customerId)
          return { ok: true, value: {} }
        },
      } as unknown as Ports['customers'],
    })
    return { flow, log, state, seenTo }
  }

  it('goes on with the others when it fails with one, and tries that one again', async () => {
    for (const endDate of [today, end]) {
      const { flow, seenTo } = migrationOf({ endDate, remindedUpTo: '' }, new Map([['2', 1]]))
      expect(await flow.sweep('DB')).toEqual({ seen: 5, failed: 1 })
      expect(seenTo).toEqual(['1', '3', '4', '5'])
      expect((await flow.sweep('DB')).failed).toBe(0)
      expect(seenTo.sort()).toEqual(all)
    }
  })

  it('logs whose object failed, and goes on', async () => {
    const { flow, log, seenTo } = migrationOf({ endDate: end, remindedUpTo: '' }, new Map([['2', 2]]))
    await flow.sweep('DB')
    expect(seenTo).toEqual(['1', '3', '4', '5'])
    const about = { tenant: 'acme', customerId: '2' }
    expect(log.failures).toEqual([{ event: 'password migration', error: expect.any(Error), about }])
  })

  it('is not held up by one that always fails, and waits when all do', async () => {
    const { flow, state, seenTo } = migrationOf({ endDate: end, remindedUpTo: '' }, new Map([['2', 99]]))
    for (let minute = 0; minute < 3; minute += 1) await flow.sweep('DB')
    expect([state.done, seenTo]).toEqual([true, ['1', '3', '4', '5']])

    const outage = migrationOf({ endDate: end, remindedUpTo: '' }, new Map(all.map((id) => [id, 1])))
    expect(await outage.flow.sweep('DB')).toEqual({ seen: 5, failed: 5 })
    expect(outage.state).toMatchObject({ remindedUpTo: '', done: false })
    await outage.flow.sweep('DB')
    expect([outage.state.done, outage.seenTo]).toEqual([true, all])
  })
})
