/**
 * From the outbox to the mailbox, over the real queue, database and objects: a mail that was acknowledged arrives, once,
 * whatever is lost on the way. Time is moved by hand.
 */
import {
  createExecutionContext,
  createMessageBatch,
  createScheduledController,
  getQueueResult,
  runDurableObjectAlarm,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../../src/adapters/d1/database.ts'
import { outboxTable } from '../../src/adapters/d1/outbox.ts'
import type { Mail } from '../../src/flows/ports.ts'
import worker from '../../src/worker.ts'
import { anonymous, call, signUp } from '../support/client.ts'

type Batch = { body: { id: string } }[]
const queue = Object.getPrototypeOf(env.OUTBOX_QUEUE) as { sendBatch(messages: Batch): Promise<void> }

/** What the queue took; the tests decide when it is delivered. */
let queued: string[]

beforeEach(() => {
  queued = []
  vi.useFakeTimers({ toFake: ['Date'] })
  const spy = vi.spyOn(queue, 'sendBatch').mockImplementation(async (messages) => {
    queued.push(...messages.map(({ body }) => body.id))
  })
  return () => {
    vi.useRealTimers()
    spy.mockRestore()
  }
})

test('a mail whose queue message was never sent is queued by the alarm of the customer', async () => {
  vi.spyOn(queue, 'sendBatch').mockRejectedValueOnce(new Error('The queue is not there.'))
  const { id, email } = await signUp('globex')
  const object = env.CUSTOMERS.getByName(`globex:${id}`)
  expect([queued, await arrived(email)]).toEqual([[], []])
  later(21)
  expect(await runDurableObjectAlarm(object)).toBe(true)
  await deliver(queued)
  expect(await arrived(email)).toEqual(['opt-in'])
  later(60)
  expect(await runDurableObjectAlarm(object)).toBe(true)
  expect(await runDurableObjectAlarm(object), 'the outbox is empty').toBe(false)
  expect(queued).toHaveLength(1)
})

test('a mail that nobody owns is queued by the sweep once its message counts as lost, and not before', async () => {
  const email = await waitingForReset()
  const lost = queued.splice(0)
  await sweep()
  expect(queued).toEqual([])
  later(21)
  await sweep()
  expect(queued).toEqual(lost)
  await sweep()
  expect(queued, 'the second message is under way').toEqual(lost)
  await deliver(queued)
  expect(await arrived(email)).toEqual(['password-reset'])
})

test.each([
  ['one after the other', async (ids: string[]) => [await deliver(ids), await deliver(ids)]],
  ['at once', (ids: string[]) => Promise.all([deliver(ids), deliver(ids), deliver(ids)])],
  ['in one batch', (ids: string[]) => deliver([...ids, ...ids])],
])('a message that comes twice, %s, makes one mail', async (_how, deliverTwice) => {
  const email = await waitingForReset()
  await deliverTwice(queued)
  expect(await arrived(email)).toEqual(['password-reset'])
})

test('a mail whose consumer died is delivered when its lease is over', async () => {
  const email = await waitingForReset()
  const [id = ''] = queued.splice(0)
  expect(await outboxTable(openDatabase(env.DB)).claim(id, Date.now(), 60)).toMatchObject({ id })
  expect(await deliver([id])).toEqual({ acknowledged: 1, repeated: 0 })
  later(59)
  await sweep()
  expect([queued, await arrived(email)], 'somebody else has it').toEqual([[], []])
  later(1)
  await sweep()
  await deliver(queued)
  expect(await arrived(email)).toEqual(['password-reset'])
})

test('a message of a mail that cannot be delivered now is kept by the queue', async () => {
  const email = await waitingForReset()
  const put = vi
    .spyOn(Object.getPrototypeOf(env.TOKENS) as KVNamespace, 'put')
    .mockRejectedValueOnce(new Error('KV is not there.'))
  onTestFinished(() => put.mockRestore())
  expect(await deliver(queued)).toEqual({ acknowledged: 0, repeated: 1 })
  expect(await arrived(email)).toEqual([])
  expect(await deliver(queued)).toEqual({ acknowledged: 1, repeated: 0 })
  expect(await arrived(email)).toEqual(['password-reset'])
})

/** A customer for whom a reset mail is in the outbox and its message in `queued`. */
async function waitingForReset(): Promise<string> {
  const { email } = await signUp('acme')
  const { access_token: token } = await anonymous('acme')
  expect((await call('POST', '/customer/acme/password/reset', { token, body: { email } })).status).toBe(204)
  expect(queued).toHaveLength(1)
  return email
}

async function arrived(email: string): Promise<string[]> {
  const { body } = await call<Mail[]>('GET', '/_dev/mailbox', { query: { to: email } })
  return body.map(({ template }) => template)
}

function later(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000)
}

async function deliver(ids: string[]): Promise<{ acknowledged: number; repeated: number }> {
  const messages = ids.map((id, index) => ({
    id: `${id} ${index}`,
    timestamp: Date.now(),
    attempts: 1,
    body: { id },
  }))
  const batch = createMessageBatch('patron-outbox', messages)
  await worker.queue(batch, env)
  const result = await getQueueResult(batch, createExecutionContext())
  return { acknowledged: result.explicitAcks.length, repeated: result.retryMessages.length }
}

async function sweep(): Promise<void> {
  await worker.scheduled(createScheduledController(), env)
}
