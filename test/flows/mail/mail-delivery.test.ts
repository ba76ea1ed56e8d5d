/**
 * From the outbox to the mailbox, over the real queue, database and objects: a mail that was acknowledged arrives, once,
 * whatever is lost on the way. Time is moved by hand.
 */
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, inject, it, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../../../src/adapters/d1/database.ts'
import { oneDatabase } from '../../../src/adapters/d1/databases.ts'
import { outboxTable } from '../../../src/adapters/d1/mail/outbox.ts'
import {
  addressRows,
  allowStatement,
  dropStatement,
  outboxRows,
  retryStatement,
} from '../../../src/cli/database/outbox-rows.ts'
import type { Bindings, OutboxQueueMessage } from '../../../src/env.ts'
import type { Mail } from '../../../src/flows/ports/index.ts'
import { anonymous, call, serviceToken, signUp, uniqueEmail } from '../../support/client.ts'
import { batchOf, consume, runCron } from '../../support/triggers.ts'

type Batch = { body: { id: string } }[]
const queue = Object.getPrototypeOf(env.OUTBOX_QUEUE) as { sendBatch(messages: Batch): Promise<void> }

/** What the queue took; the tests decide when it is delivered. */
let queued: string[]

beforeEach(async () => {
  queued = []
  await env.DB.exec('DELETE FROM outbox')
  vi.useFakeTimers({ toFake: ['Date'] })
  const spy = vi.spyOn(queue, 'sendBatch').mockImplementation(async (messages) => {
    queued.push(...messages.map(({ body }) => body.id))
  })
  return () => {
    vi.useRealTimers()
    spy.mockRestore()
  }
})

test('a mail whose queue message was never sent is queued by the sweep, once', async () => {
  vi.spyOn(queue, 'sendBatch').mockRejectedValueOnce(new Error('The queue is not there.'))
  const { email } = await signUp('globex')
  expect([queued, await arrived(email)]).toEqual([[], []])
  later(21)
  await runCron()
  await deliver(queued)
  expect(await arrived(email)).toEqual(['opt-in'])
  later(3600)
  await runCron()
  expect(queued, 'the outbox is empty').toHaveLength(1)
})

test('a mail that nobody owns is queued by the sweep once its message counts as lost, and not before', async () => {
  const email = await waitingForReset()
  const lost = queued.splice(0)
  await runCron()
  expect(queued).toEqual([])
  later(21)
  await runCron()
  expect(queued).toEqual(lost)
  await runCron()
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
  expect(await outboxTable(oneDatabase(openDatabase(env.DB))).claim({ id }, Date.now(), 60)).toMatchObject({
    id,
  })
  expect(await deliver([id])).toEqual({ acknowledged: 1, repeated: 0 })
  later(59)
  await runCron()
  expect([queued, await arrived(email)], 'somebody else has it').toEqual([[], []])
  later(1)
  await runCron()
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

describe('a mail server', () => {
  const { smtp, http } = inject('mailServers')
  const bySmtp = (server: keyof typeof smtp) => ({
    ...env,
    EMAIL_TRANSPORT: 'smtp',
    SMTP_URL: `smtp://127.0.0.1:${smtp[server]}?tls=none`,
  })
  const received = async (email: string): Promise<{ raw: string }[]> =>
    (await fetch(`${http}/mails?to=${encodeURIComponent(email)}`)).json()

  it('that refuses twice for the moment gets the mail at the third attempt, once', async () => {
    const email = uniqueEmail('late.2')
    await signUp('globex', { email })
    const deployed = bySmtp('plain')
    expect(await deliver(queued, deployed)).toEqual({ acknowledged: 0, repeated: 1 })
    expect(await deliver(queued, deployed)).toEqual({ acknowledged: 0, repeated: 1 })
    expect(await received(email)).toEqual([])
    expect(await deliver(queued, deployed)).toEqual({ acknowledged: 1, repeated: 0 })
    expect(await deliver(queued, deployed), 'a repeat').toEqual({ acknowledged: 1, repeated: 0 })
    const mails = await received(email)
    expect(mails).toHaveLength(1)
    expect(mails[0]?.raw).toContain(`To: ${email}`)
  })

  it('that is not there is tried again, with growing pauses, and the reason is kept meanwhile', async () => {
    await signUp('globex')
    const deployed = bySmtp('closing')
    const pauses: unknown[] = []
    for (const attempts of [1, 2, 3]) pauses.push(await pauseAfter(queued, deployed, attempts))
    expect(pauses).toEqual([10, 20, 40])
    expect(await operatorSees(queued)).toMatchObject([
      { failure: null, attempts: 3, reason: 'The mail server has closed the connection.' },
    ])
  })

  it('that knows no such mailbox is not asked again; the customer’s address is noted as undeliverable', async () => {
    const email = uniqueEmail('refuse-550-5.1.1')
    const { id } = await signUp('globex', { email })
    expect(await deliver(queued, bySmtp('plain'))).toEqual({ acknowledged: 1, repeated: 0 })
    later(86_400)
    await runCron()
    expect(queued).toHaveLength(1)
    expect(await operatorSees(queued)).toMatchObject([
      { customerId: id, recipient: email, failure: 'suppressed', reason: expect.stringContaining('550') },
    ])
  })

  it('that knows no such mailbox is shown to the back office, and gets nothing more until the operator says so', async () => {
    const email = uniqueEmail('refuse-550-5.1.1')
    const { id } = await signUp('globex', { email })
    await deliver(queued, bySmtp('plain'))
    const since = expect.stringMatching(/^2\d{3}-/) as unknown
    expect(await undeliverable(id)).toEqual([{ email, since, reason: 'refused' }])

    const { access_token: token } = await anonymous('globex')
    await call('POST', '/customer/globex/password/reset', { token, body: { email: email.toUpperCase() } })
    const [refused = '', kept = ''] = queued
    expect(await deliver([kept])).toEqual({ acknowledged: 1, repeated: 0 })
    expect(await arrived(email)).toEqual([])
    expect(await operatorSees([kept])).toMatchObject([
      { failure: 'suppressed', reason: expect.stringContaining('takes no mail') },
    ])
    await operatorSays(retryStatement([kept], Date.now()))
    await deliver([kept])
    expect(await arrived(email), 'the address is still marked').toEqual([])
    expect(await operatorSays(addressRows)).toContainEqual({
      ...{ address: email.toLowerCase(), since, reason: 'refused' },
      detail: expect.stringContaining('550'),
    })
    expect(await operatorSays(allowStatement([email], Date.now()))).toHaveLength(1)
    expect(await undeliverable(id)).toBeUndefined()
    await operatorSays(retryStatement([refused, kept], Date.now()))
    await deliver([refused, kept])
    expect(await arrived(email)).toEqual(['password-reset', 'opt-in'])
  })

  it('that knows no such mailbox says nothing about the address that the customer has afterwards', async () => {
    const email = uniqueEmail('refuse-550-5.1.1')
    const { id } = await signUp('globex', { email })
    await deliver(queued, bySmtp('plain'))
    const token = await serviceToken('globex')
    const { body } = await call<{ version: number }>('GET', `/globex/customers/${id}`, { token })
    const actions = [{ action: 'changeEmail', email: uniqueEmail() }]
    await call('POST', `/globex/customers/${id}`, { token, body: { version: body.version, actions } })
    expect(await undeliverable(id)).toBeUndefined()
  })

  it('that never answers as it should ends in the dead letters, where the operator finds it, retries it, and it arrives', async () => {
    const { email } = await signUp('globex')
    expect(await deliver(queued, bySmtp('closing'))).toEqual({ acknowledged: 0, repeated: 1 })
    expect(await deliver(queued, env, 'patron-outbox-dead')).toEqual({ acknowledged: 1, repeated: 0 })
    later(86_400)
    await runCron()
    expect(queued, 'not by itself').toHaveLength(1)
    const [row] = await operatorSees(queued)
    expect(row).toMatchObject({
      tenant: 'globex',
      template: 'opt-in',
      recipient: email,
      failure: 'exhausted',
      reason: 'The mail server has closed the connection.',
    })
    vi.setSystemTime(Date.now() - 86_400_000)
    expect(await operatorSays(retryStatement(queued, Date.now()))).toHaveLength(1)
    await runCron()
    expect(queued).toHaveLength(2)
    await deliver(queued)
    expect(await arrived(email)).toEqual(['opt-in'])
    expect(await operatorSees(queued)).toEqual([])
  })

  it('that refuses for good makes a mail that the operator can drop, and only then', async () => {
    await signUp('globex')
    expect(await operatorSays(dropStatement(queued)), 'it has not failed').toEqual([])
    await deliver(queued, env, 'patron-outbox-dead')
    expect(await operatorSays(dropStatement('all'))).toHaveLength(1)
    expect(await deliver(queued)).toEqual({ acknowledged: 1, repeated: 0 })
  })

  const undeliverable = async (id: string) => {
    const token = await serviceToken('globex')
    const { body } = await call<Record<string, unknown>>('GET', `/customer/globex/customers/${id}`, { token })
    return body['undeliverableEmails']
  }

  const operatorSees = async (ids: string[]) =>
    (await operatorSays(outboxRows)).filter(({ id }) => ids.includes(String(id)))
})

/** What `npm run outbox` asks of the database. */
async function operatorSays(statement: string): Promise<Record<string, unknown>[]> {
  return (await env.DB.prepare(statement).all()).results
}

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

async function deliver(ids: string[], bindings: Bindings = env, from = 'patron-outbox') {
  const result = await consume(batchOf(from, bodiesOf(ids)), bindings)
  return { acknowledged: result.explicitAcks.length, repeated: result.retryMessages.length }
}

async function pauseAfter(ids: string[], bindings: Bindings, attempts: number): Promise<unknown> {
  const batch = batchOf('patron-outbox', bodiesOf(ids), attempts)
  const [message] = batch.messages
  if (!message) throw new Error('There is no message.')
  const retry = vi.spyOn(message, 'retry')
  await consume(batch, bindings)
  return retry.mock.calls[0]?.[0]?.delaySeconds
}

/** As earlier versions sent them, without a tenant: the queue itself brings the present ones. */
function bodiesOf(ids: string[]): OutboxQueueMessage[] {
  return ids.map((id) => ({ id }))
}
