/**
 * What the mail platform reports after it has taken a mail, through the real queue: the address is marked, the back office
 * sees it, nothing more is sent there, and the operator has the last word.
 */
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  addressRows,
  allowStatement,
  outboxRows,
  retryStatement,
} from '../../../src/cli/database/outbox-rows.ts'
import type { Bindings } from '../../../src/env.ts'
import {
  anonymous,
  call,
  mailbox,
  newCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
} from '../../support/client.ts'
import { sendingEvent } from '../../support/sending-events.ts'
import { batchOf, consume, runCron } from '../../support/triggers.ts'

const minuteMs = 60_000

afterEach(() => void vi.restoreAllMocks())

describe('an address that the platform reports', () => {
  it('as bounced is shown to the back office, gets no mail, and gets it when the operator allows the address', async () => {
    const { id, email } = await signUp('globex')
    await mailbox(email, 'opt-in')
    const at = Date.now()
    // As the platform spells it, which need not be as the customer does.
    await env.EMAIL_EVENT_QUEUE.send(sendingEvent('bounced', email.toUpperCase(), {}, at))
    const mark = { email, since: new Date(at).toISOString(), reason: 'bounced' }
    await vi.waitFor(async () => expect(await shown('globex', id)).toEqual([mark]), { timeout: 10_000 })
    expect(await operator(addressRows)).toContainEqual({
      ...{ address: email, since: mark.since, reason: 'bounced', detail: '550 5.1.1 User unknown' },
    })

    await askForReset('globex', email)
    const kept = () =>
      operator(outboxRows).then((rows) => rows.filter(({ recipient }) => recipient === email))
    const refused = { failure: 'suppressed', customerId: id, reason: expect.stringContaining(mark.since) }
    await vi.waitFor(async () => expect(await kept()).toMatchObject([refused]), { timeout: 10_000 })
    expect((await mailbox(email)).map(({ template }) => template)).toEqual(['opt-in'])

    expect(await operator(allowStatement([email], Date.now()))).toEqual([{ id: email }])
    expect(await shown('globex', id)).toBeUndefined()
    await operator(
      retryStatement(
        (await kept()).map((row) => String(row['id'])),
        Date.now(),
      ),
    )
    await runCron()
    expect((await mailbox(email, 'password-reset')).length).toBe(1)
    expect(await kept()).toEqual([])
  })

  it.each(['complained', 'rejected'] as const)(
    'as %s is marked for every tenant whose customer it is',
    async (name) => {
      const email = uniqueEmail(name)
      const [acme, globex, other] = [
        await signUp('acme', { email }),
        await signUp('globex', { email }),
        await signUp('acme'),
      ]
      await env.EMAIL_EVENT_QUEUE.sendBatch([{ body: sendingEvent(name, email) }])
      const reason = name === 'rejected' ? 'refused' : 'complained'
      const marks = [expect.objectContaining({ email, reason })]
      await vi.waitFor(async () => expect(await shown('acme', acme.id)).toEqual(marks), { timeout: 10_000 })
      expect(await shown('globex', globex.id)).toEqual(marks)
      expect(await shown('acme', other.id)).toBeUndefined()
    },
  )
})

describe('events', () => {
  it('that come again, late, or in another order change nothing that the operator has said', async () => {
    const { id, email } = await signUp('acme')
    const [first, second] = [
      sendingEvent('bounced', email, {}, Date.now() - 3 * minuteMs),
      sendingEvent('complained', email, {}, Date.now() - 2 * minuteMs),
    ]
    await report([second, first, second, first])
    const { eventTimestamp: since } = first.metadata
    expect(await shown('acme', id)).toEqual([{ email, since, reason: 'bounced' }])
    await operator(allowStatement([email], Date.now() - minuteMs))
    await report([first, second])
    expect(await shown('acme', id)).toBeUndefined()
    const third = sendingEvent('bounced', email)
    await report([third, first])
    expect(await shown('acme', id)).toMatchObject([{ since: third.metadata.eventTimestamp }])
  })

  it('from a clock that is ahead count from now on, so that the operator can overrule them', async () => {
    const { id, email } = await signUp('acme')
    const ahead = sendingEvent('bounced', email, {}, Date.now() + 60 * minuteMs)
    await report([ahead])
    const [mark] = (await shown('acme', id)) as { since: string }[]
    expect(Date.parse(mark?.since ?? '')).toBeLessThanOrEqual(Date.now())
    await operator(allowStatement([email], Date.now()))
    expect(await shown('acme', id)).toBeUndefined()
  })

  it('of no lasting meaning, of other kinds or of no form are settled, mark nothing, and hold up no others', async () => {
    const { id, email } = await signUp('acme')
    const bounced = await signUp('acme')
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const result = await report([
      sendingEvent('delivered', email),
      sendingEvent('deferred', email),
      sendingEvent('failed', email),
      sendingEvent('bounced', email, { bounce: { type: 'soft', classification: 'temporary_failure' } }),
      { type: 'cf.email.sending.message.opened', payload: { recipient: email } },
      { type: 'cf.email.sending.message.bounced', payload: { recipient: `<${email}>` } },
      `bounced ${email}`,
      null,
      sendingEvent('bounced', bounced.email),
    ])
    expect(result).toMatchObject({ ackAll: true, retryBatch: { retry: false }, retryMessages: [] })
    expect(await shown('acme', id)).toBeUndefined()
    expect(await shown('acme', bounced.id)).toMatchObject([{ email: bounced.email }])
    const lines = warned.mock.calls.flat()
    expect(lines).toEqual([JSON.stringify({ level: 'warn', event: 'email events unreadable', count: 3 })])
  })

  it('are all kept by the queue while the database is not there, with growing pauses, and say nobody’s address', async () => {
    const { id, email } = await signUp('acme')
    const refuse = () => Promise.reject(new Error(`D1_ERROR: canary ${email}`))
    const DB = new Proxy(env.DB, {
      get: (target, name) =>
        name === 'batch' ? refuse : (Reflect.get(target, name) as () => unknown).bind(target),
    })
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const events = [sendingEvent('complained', email), sendingEvent('delivered', email)]
    for (const [attempts, delaySeconds] of [
      [1, 10],
      [4, 80],
      [90, 3600],
    ] as const) {
      const result = await report(events, { ...env, DB }, attempts)
      expect(result).toMatchObject({
        ackAll: false,
        retryBatch: { retry: true },
        pauses: [[{ delaySeconds }]],
      })
    }
    expect(JSON.stringify(warned.mock.calls)).not.toContain(email)
    expect(await shown('acme', id)).toBeUndefined()
    expect(await report(events)).toMatchObject({ ackAll: true })
    expect(await shown('acme', id)).toMatchObject([{ reason: 'complained' }])
  })
})

it('a customer who is erased takes the marks along, unless somebody else signs in with the address', async () => {
  const email = uniqueEmail('shared')
  const customers = { acme: await newCustomer('acme', { email }), globex: await signUp('globex', { email }) }
  const contactEmail = uniqueEmail('contact')
  const { tokens } = customers.acme
  await call('PATCH', '/customer/acme/me', { token: tokens.access_token, body: { contactEmail } })
  await report([sendingEvent('bounced', email), sendingEvent('bounced', contactEmail)])
  expect(await shown('acme', customers.acme.id)).toHaveLength(2)
  await erase('acme', customers.acme.id)
  expect(await shown('globex', customers.globex.id)).toMatchObject([{ email }])
  expect(await marked()).toContain(email)
  expect(await marked()).not.toContain(contactEmail)
  await erase('globex', customers.globex.id)
  expect(await marked()).not.toContain(email)
})

async function report(events: unknown[], bindings: Bindings = env, attempts = 1) {
  const batch = batchOf('patron-email-events', events, attempts)
  const retryAll = vi.spyOn(batch, 'retryAll')
  return { ...(await consume(batch, bindings)), pauses: retryAll.mock.calls }
}

/** As the back office sees it. */
async function shown(tenant: string, id: string): Promise<unknown> {
  const token = await serviceToken(tenant)
  const { status, body } = await call<Record<string, unknown>>('GET', `/customer/${tenant}/customers/${id}`, {
    token,
  })
  expect(status).toBe(200)
  return body['undeliverableEmails']
}

async function askForReset(tenant: string, email: string): Promise<void> {
  const { access_token: token } = await anonymous(tenant)
  const { status } = await call('POST', `/customer/${tenant}/password/reset`, { token, body: { email } })
  expect(status).toBe(204)
}

async function erase(tenant: string, id: string): Promise<void> {
  const token = await serviceToken(tenant)
  expect((await call('DELETE', `/customer/${tenant}/customers/${id}`, { token })).status).toBe(202)
}

/** What `npm run outbox` asks of the database. */
async function operator(statement: string): Promise<Record<string, unknown>[]> {
  return (await env.DB.prepare(statement).all()).results
}

async function marked(): Promise<unknown[]> {
  const { results } = await env.DB.prepare('SELECT address FROM undeliverable_addresses').all()
  return results.map(({ address }) => address)
}
