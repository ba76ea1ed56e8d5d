/**
 * The way of an event to its receiver when things go wrong: crashes, receivers that refuse, hang or are gone, and what the
 * operator sees of it. The queue is silent here; its consumer is run by hand, so that time can be moved.
 */
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { customerStore } from '../../../src/adapters/d1/customer/customer-store.ts'
import { openDatabase } from '../../../src/adapters/d1/database.ts'
import { oneDatabase } from '../../../src/adapters/d1/databases.ts'
import { newTenant } from '../../security/service.ts'
import {
  anonymous,
  call,
  mailbox,
  newCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
} from '../../support/client.ts'
import { deliverMails } from '../../support/meter.ts'
import { batchOf, consume, runCron } from '../../support/triggers.ts'
import { pendingOf, subscribe, type Subscription } from '../../support/webhooks.ts'

const hour = 3_600_000
const start = Date.now()
let queued: string[] = []

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: start })
  queued = []
  const prototype = Object.getPrototypeOf(env.WEBHOOK_QUEUE) as Queue<{ id: string }>
  const send = vi.spyOn(prototype, 'sendBatch').mockImplementation(async (messages) => {
    queued.push(...[...messages].map(({ body }) => body.id))
    return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } }
  })
  return () => send.mockRestore()
})
afterEach(() => void vi.useRealTimers())

/** Hands ids to the consumer; what it says about each. */
function deliver(...ids: string[]) {
  const bodies = ids.map((id) => ({ id }))
  return consume(batchOf('patron-webhooks', bodies))
}

/** Empties the queue, and what comes in meanwhile. */
async function consumeAll(): Promise<void> {
  while (queued.length > 0) await deliver(...queued.splice(0, 10))
}

const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds)
const idsOf = async (hook: Subscription) =>
  (await hook.received()).map(({ headers }) => headers['webhook-id'])

async function state(hook: Subscription): Promise<Record<string, unknown>> {
  const token = await serviceToken(hook.tenant)
  return (await call<Record<string, unknown>>('GET', hook.path, { token })).body
}

async function log(hook: Subscription): Promise<Record<string, unknown>[]> {
  const answer = await call<{ deliveries: Record<string, unknown>[] }>('GET', `${hook.path}/deliveries`, {
    token: await serviceToken(hook.tenant),
  })
  return answer.body.deliveries
}

/** When the delivery is to be tried again; its message counts as lost twenty seconds later. */
async function nextAttemptOf(id: string): Promise<number | undefined> {
  const pending = "SELECT due_at FROM webhook_deliveries WHERE id = ? AND status = 'pending'"
  const dueAt = await env.DB.prepare(pending).bind(id).first<number>('due_at')
  return dueAt === null ? undefined : dueAt - 20_000
}

/** Tries until the row is no longer pending, at the times that it asks for; how many hours that took. */
async function tryToTheEnd(hook: Subscription): Promise<number> {
  const begin = Date.now()
  for (;;) {
    const [id] = await pendingOf(hook)
    if (id === undefined) return (Date.now() - begin) / hour
    await deliver(id)
    vi.setSystemTime((await nextAttemptOf(id)) ?? Date.now())
  }
}

describe('An event', () => {
  it('is found by the sweep when its queue message was lost, and by nobody before', async () => {
    const tenant = await newTenant()
    const hook = await subscribe(tenant, { events: ['CustomerCreated'] })
    await signUp(tenant)
    queued = []
    await runCron()
    expect(queued).toEqual([])
    later(21_000)
    await runCron()
    expect(queued).toEqual(await pendingOf(hook))
    await consumeAll()
    expect(await hook.received()).toHaveLength(1)
    later(hour)
    await runCron()
    expect(queued).toEqual([])
  })

  it('is sent once, however often its message comes', async () => {
    const tenant = await newTenant()
    const hook = await subscribe(tenant, { events: ['CustomerCreated'] })
    await signUp(tenant)
    const [id = ''] = await pendingOf(hook)
    await Promise.all([deliver(id, id), deliver(id)])
    await deliver(id)
    expect(await hook.received()).toHaveLength(1)
  })

  it('is sent again under the same id, after the lease of a consumer that died or an answer that got lost', async () => {
    const tenant = await newTenant()
    const hook = await subscribe(tenant, { events: ['CustomerCreated'] })
    await signUp(tenant)
    const [id = ''] = await pendingOf(hook)
    await deliver(id)
    // The consumer died between sending and writing it down.
    const leaseEndsAt = Date.now() + 60_000
    await env.DB.prepare(
      "UPDATE webhook_deliveries SET status = 'pending', claimed_until = ?, due_at = ? WHERE id = ?",
    )
      .bind(leaseEndsAt, leaseEndsAt, id)
      .run()
    await deliver(id)
    expect(await hook.received()).toHaveLength(1)
    later(61_000)
    await runCron()
    await consumeAll()
    const [first, second, ...others] = await idsOf(hook)
    expect(first).toBe(second)
    expect(others).toEqual([])
  })

  it('of a change that was rolled back does not exist', async () => {
    const tenant = await newTenant()
    const hook = await subscribe(tenant)
    const { id } = await signUp(tenant)
    const store = customerStore(oneDatabase(openDatabase(env.DB)))
    const before = await store.load({ tenant, customerId: id })
    if (!before) throw new Error('The customer is not there.')
    const count = (await pendingOf(hook)).length
    const stale = { ...before, operationId: 'somebody else wrote' }
    const change = {
      record: before.record,
      messages: [{ type: 'CustomerTitleSet' as const, payload: { title: 'Dr' } }],
      mails: [],
    }
    const write = { operationId: 'ours', now: Date.now(), mails: [] }
    await expect(store.save(stale, change, write)).rejects.toThrow()
    const taken = await call('POST', `/customer/${tenant}/signup`, {
      token: (await anonymous(tenant)).access_token,
      body: { email: before.record.customer.email, password: 'correct horse battery' },
    })
    expect(taken.status).toBe(409)
    expect(await pendingOf(hook)).toHaveLength(count)
    expect((await store.save(before, change, write)).ok).toBe(true)
    expect(await pendingOf(hook)).toHaveLength(count + 1)
  })

  it('goes to the subscriptions of its tenant that want it, and to no others', async () => {
    const [tenant, other] = [await newTenant(), await newTenant()]
    const wanted = await subscribe(tenant, { events: ['CustomerCreated', 'CustomerDeleted'] })
    const all = await subscribe(tenant, { format: 'commercetools' })
    const else_ = await subscribe(tenant, { events: ['CustomerTitleSet'] })
    const off = await subscribe(tenant)
    await call('PATCH', off.path, { token: off.token, body: { enabled: false } })
    const foreign = await subscribe(other)
    const { id } = await newCustomer(tenant)
    await consumeAll()
    expect(await wanted.received()).toHaveLength(1)
    expect((await all.received()).map(({ body }) => body['type'])).toEqual(['CustomerCreated'])
    for (const hook of [else_, off, foreign]) expect(await hook.received()).toEqual([])
    expect((await all.received()).map(({ body }) => (body['resource'] as { id: string }).id)).toEqual([id])
  })

  it('is dropped with its customer, and the deletion arrives', async () => {
    const tenant = await newTenant()
    const hook = await subscribe(tenant)
    const { id, tokens } = await newCustomer(tenant)
    await call('DELETE', `/${tenant}/me`, { token: tokens.access_token, query: { version: 1 } })
    await consumeAll()
    const events = await hook.received()
    expect(events.map(({ body }) => body['type'])).toEqual(['CustomerDeleted'])
    expect(events[0]?.body).toMatchObject({ subject: id })
    expect((await log(hook)).map((delivery) => delivery['status'])).toEqual([
      ...['delivered', 'dropped', 'dropped'],
    ])
  })
})

describe('Events of one customer', () => {
  it('wait for one that is tried again, and come in order after it; other customers do not wait', async () => {
    const tenant = await newTenant()
    const hook = await subscribe(tenant, {}, { answers: [503] })
    const { id, tokens } = await newCustomer(tenant)
    await call('PATCH', `/customer/${tenant}/me`, {
      token: tokens.access_token,
      body: { firstName: 'Augusta', lastName: 'King' },
    })
    const [first = '', ...rest] = await pendingOf(hook)
    expect(rest).toHaveLength(3)
    const { retryMessages } = await deliver(first)
    expect(retryMessages).toEqual([{ msgId: '0' }])
    queued = []
    await deliver(...rest.toReversed())
    expect(await hook.received()).toHaveLength(1)
    const other = await signUp(tenant)
    await consumeAll()
    expect((await hook.received()).map(({ body }) => body['subject'])).toEqual([id, other.id])
    later(30_000)
    await runCron()
    expect(queued).toContain(first)
    expect(queued.filter((id) => rest.includes(id))).toEqual([])
    await consumeAll()
    const own = (await hook.received()).filter(({ body }) => body['subject'] === id)
    expect(own.map(({ body }) => body['sequence'])).toEqual([1, 1, 2, 3, 4].map((n) => `00000000000${n}`))
    expect(own.map(({ standard }) => standard)).toEqual(own.map(() => 'good'))
  })
})

describe('A receiver', () => {
  it('that fails is tried again at growing distances for two days, and then is disabled, and the operator is told', async () => {
    const operatorEmail = uniqueEmail('operator')
    const tenant = await newTenant({ operatorEmail })
    const hook = await subscribe(tenant, { events: ['CustomerCreated'] }, { answers: Array(50).fill(500) })
    await signUp(tenant)
    await signUp(tenant)
    const hours = await tryToTheEnd(hook)
    expect(hours).toBeGreaterThanOrEqual(48)
    expect(hours).toBeLessThan(50)
    const attempts = await hook.received()
    expect(attempts.length).toBeGreaterThan(10)
    expect(attempts.length).toBeLessThan(40)
    expect(await state(hook)).toMatchObject({ enabled: false, disabledReason: 'failing' })
    const failed = (await log(hook)).map((delivery) => [delivery['status'], delivery['failureReason']])
    expect(failed.toSorted()).toEqual([
      ['failed', 'The answer was 500.'],
      ['failed', 'The subscription was disabled.'],
    ])
    await deliverMails()
    expect(await mailbox(operatorEmail, 'webhook-disabled')).toHaveLength(1)
    await signUp(tenant)
    expect(await pendingOf(hook)).toEqual([])

    await hook.plan({ secret: hook.secret })
    await call('PATCH', hook.path, {
      token: await serviceToken(tenant),
      body: { enabled: true },
    })
    const body = { from: new Date(start - hour), to: new Date(start + hour) }
    const replay = await call('POST', `${hook.path}/replay`, {
      token: await serviceToken(tenant),
      body,
    })
    expect(replay.body).toEqual({ replayed: 2 })
    await consumeAll()
    expect((await log(hook)).map((delivery) => delivery['status'])).toEqual(['delivered', 'delivered'])
    expect(await state(hook)).not.toHaveProperty('failingSince')
  })

  it('that takes other events is not disabled for one that it refuses', async () => {
    const tenant = await newTenant()
    const hook = await subscribe(tenant, { events: ['CustomerCreated'] }, { answers: Array(50).fill(400) })
    await signUp(tenant)
    const [refused = ''] = await pendingOf(hook)
    await deliver(refused)
    await hook.plan({ secret: hook.secret })
    later(47 * hour)
    await signUp(tenant)
    await deliver(...(await pendingOf(hook)).filter((id) => id !== refused))
    await hook.plan({ secret: hook.secret, answers: [400] })
    later(2 * hour)
    await deliver(refused)
    expect((await log(hook)).map((delivery) => delivery['status'])).toEqual(['delivered', 'failed'])
    expect(await state(hook)).toMatchObject({ enabled: true })
  })

  it('that is gone (410) is disabled at once', async () => {
    const tenant = await newTenant()
    const hook = await subscribe(tenant, { events: ['CustomerCreated'] }, { answers: [410] })
    await signUp(tenant)
    await signUp(tenant)
    for (const id of await pendingOf(hook)) await deliver(id)
    expect(await hook.received()).toHaveLength(1)
    expect(await state(hook)).toMatchObject({ enabled: false, disabledReason: 'gone' })
    const reasons = (await log(hook)).map((delivery) => delivery['failureReason'])
    expect(reasons.toSorted()).toEqual(['The answer was 410.', 'The subscription was disabled.'])
  })

  it('that is slow to answer holds up no other of the same batch', async () => {
    const tenant = await newTenant()
    const quick = await subscribe(tenant, { events: ['CustomerCreated'] })
    const slow = await subscribe(tenant, { events: ['CustomerCreated'] }, { after: quick.key })
    await signUp(tenant)
    await deliver(...(await pendingOf(slow)), ...(await pendingOf(quick)))
    expect(await log(slow)).toMatchObject([{ status: 'delivered', attempts: 1 }])
  })

  it('that says when to come back is asked then', async () => {
    const tenant = await newTenant()
    const hook = await subscribe(
      tenant,
      { events: ['CustomerCreated'] },
      { answers: [429], headers: { 'Retry-After': '600' } },
    )
    await signUp(tenant)
    const [id = ''] = await pendingOf(hook)
    await deliver(id)
    expect(await nextAttemptOf(id)).toBe(Date.now() + 600_000)
  })

  it('whose name turned private in the meantime gets nothing', async () => {
    const tenant = await newTenant()
    const hook = await subscribe(tenant, { events: ['CustomerCreated'] })
    await env.DB.prepare('UPDATE webhooks SET url = ? WHERE id = ?').bind('https://10.0.0.1/', hook.id).run()
    await signUp(tenant)
    await consumeAll()
    expect(await log(hook)).toEqual([
      expect.objectContaining({ status: 'pending', failureReason: 'The address is not public.' }),
    ])
  })
})

describe('Old deliveries', () => {
  it('go with the messages that they tell of', async () => {
    const tenant = await newTenant()
    const hook = await subscribe(tenant, { events: ['CustomerCreated'] })
    await signUp(tenant)
    await consumeAll()
    later(15 * 24 * hour - 60_000)
    const daily = '17 3 * * *'
    await runCron(daily)
    expect(await log(hook)).toHaveLength(1)
    later(120_000)
    await runCron(daily)
    expect(await log(hook)).toEqual([])
  })
})
