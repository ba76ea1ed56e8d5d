/**
 * From the outbox to the transport: each mail arrives, a repeat delivers nothing new, and whether a requested mail has a
 * reader is found out only here (T18).
 */
import { describe, expect, it } from 'vitest'
import {
  messageLostSeconds,
  type AddressedMail,
  type MailOrder,
  type RequestedMail,
} from '../../src/domain/mail.ts'
import { mailDeliveryFlow } from '../../src/flows/mail-delivery.ts'
import type { AccountMatch } from '../../src/flows/ports.ts'
import {
  fixedAccounts,
  fixedTenants,
  outboxInMemory,
  plainRenderer,
  queueInMemory,
  settableClock,
  tokensInMemory,
  transportInMemory,
} from '../support/ports.ts'
import { now, tenantWith, tokenOf } from '../support/records.ts'

const account: AccountMatch = {
  customerId: '12345678',
  accountId: 'ada',
  email: 'Ada@shop.example',
  initialPassword: false,
  credentialsRevision: 3,
  optInPending: true,
  recipient: { firstName: 'Ada', language: 'de-DE' },
}
const addressed: AddressedMail = {
  kind: 'addressed',
  template: 'password-changed',
  to: 'Ada@shop.example',
  recipient: { firstName: 'Ada' },
}
const requested: RequestedMail = {
  kind: 'requested',
  template: 'password-reset',
  emailKey: 'ada@shop.example',
  tokenId: 'token',
  requestedAt: now,
}

async function service(...orders: MailOrder[]) {
  const clock = settableClock()
  const accounts = new Map([['acme ada@shop.example', account]])
  const parts = {
    clock,
    outbox: outboxInMemory(),
    outboxQueue: queueInMemory(),
    accounts: fixedAccounts(accounts),
    tenants: fixedTenants([tenantWith()]),
    oneTimeTokens: tokensInMemory(),
    transport: transportInMemory(),
  }
  for (const [index, order] of orders.entries()) {
    const createdAt = new Date(now + index).toISOString()
    await parts.outbox.add({ id: `entry ${index + 1}`, tenant: 'acme', createdAt, order })
  }
  const { deliver, sweep } = mailDeliveryFlow({ ...parts, renderer: plainRenderer })
  return { ...parts, people: accounts, deliver: (id = 'entry 1') => deliver(id, 10), sweep }
}

describe('a mail to a known reader', () => {
  it('is delivered, and leaves the outbox', async () => {
    const { deliver, transport, outbox, oneTimeTokens } = await service(addressed)
    await deliver()
    expect(transport.delivered).toMatchObject([
      { id: 'entry 1', tenant: 'acme', template: 'password-changed', to: 'Ada@shop.example' },
    ])
    expect(transport.delivered[0]).not.toHaveProperty('token')
    expect([outbox.rows.size, oneTimeTokens.published]).toEqual([0, []])
  })

  it('makes its token known before anybody can read it', async () => {
    const token = tokenOf('email_change')
    const { deliver, transport, oneTimeTokens } = await service({
      ...addressed,
      template: 'email-change',
      token,
    })
    await deliver()
    expect(oneTimeTokens.published).toEqual([token])
    expect(transport.delivered[0]?.token).toBe('secret of token')
  })

  it('is not sent when its token is over already', async () => {
    const token = tokenOf('email_change', { expiresAt: now })
    const { deliver, transport, outbox, oneTimeTokens } = await service({ ...addressed, token })
    await deliver()
    expect([transport.delivered, oneTimeTokens.published, outbox.rows.size]).toEqual([[], [], 0])
  })
})

describe('a mail that a stranger asked for', () => {
  it('goes to the stored spelling, with a token for the state that the account is in now', async () => {
    const { deliver, transport, oneTimeTokens } = await service({ ...requested, site: 'main' })
    await deliver()
    expect(transport.delivered).toMatchObject([
      { to: 'Ada@shop.example', template: 'password-reset', html: 'main', token: 'secret of token' },
    ])
    expect(oneTimeTokens.published).toEqual([
      tokenOf('password_reset', {
        expiresAt: now + tenantWith().settings.lifetimes.passwordResetSeconds * 1000,
      }),
    ])
  })

  it.each<[string, Partial<RequestedMail>, AccountMatch | undefined]>([
    ['to an address that is nobody’s', {}, undefined],
    ['for an opt-in that is not awaited', { template: 'opt-in' }, { ...account, optInPending: false }],
    ['whose token would be over', { requestedAt: now - 3_600_000 }, account],
  ])('%s is dropped without a trace', async (_what, order, match) => {
    const { deliver, transport, outbox, oneTimeTokens, people } = await service({ ...requested, ...order })
    if (match) people.set('acme ada@shop.example', match)
    else people.clear()
    await deliver()
    expect([transport.delivered, oneTimeTokens.published, outbox.rows.size]).toEqual([[], [], 0])
  })

  it('says "you have an account" without a token', async () => {
    const { deliver, transport, oneTimeTokens } = await service({
      ...requested,
      template: 'already-registered',
    })
    await deliver()
    expect(transport.delivered).toMatchObject([{ template: 'already-registered', to: 'Ada@shop.example' }])
    expect(oneTimeTokens.published).toEqual([])
  })
})

describe('a repeat', () => {
  it('of a delivered mail delivers nothing', async () => {
    const { deliver, transport } = await service(addressed)
    await deliver()
    await deliver()
    expect(transport.delivered).toHaveLength(1)
  })

  it('at the same moment delivers one', async () => {
    const { deliver, transport } = await service(addressed)
    await Promise.all([deliver(), deliver(), deliver()])
    expect(transport.delivered).toHaveLength(1)
  })

  it('after a delivery that was not noted delivers nothing new', async () => {
    const { deliver, transport, outbox } = await service(addressed)
    const complete = outbox.complete
    outbox.complete = () => Promise.reject(new Error('no database'))
    await expect(deliver()).rejects.toThrow('no database')
    outbox.complete = complete
    await deliver()
    expect(transport.delivered).toHaveLength(1)
    expect(outbox.rows.size).toBe(0)
  })

  it('waits while another consumer has the entry, and takes it over when that one has died', async () => {
    const { deliver, transport, outbox, clock } = await service(addressed)
    await outbox.claim('entry 1', now, 60)
    await deliver()
    expect([transport.delivered.length, outbox.rows.size]).toEqual([0, 1])
    clock.time = now + 60_000
    await deliver()
    expect([transport.delivered.length, outbox.rows.size]).toEqual([1, 0])
  })
})

describe('a failure', () => {
  it('of the transport gives the entry back, to be tried again at once or by the sweep', async () => {
    const { deliver, transport, outbox } = await service(addressed)
    transport.failing = new Error('no mail today')
    await expect(deliver()).rejects.toThrow('no mail today')
    expect([...outbox.rows.values()]).toMatchObject([
      { claimedUntil: 0, dueAt: now + (10 + messageLostSeconds) * 1000 },
    ])
    transport.failing = undefined
    await deliver()
    expect(transport.delivered).toHaveLength(1)
  })

  it('of the look-up is no "nobody": the mail is kept', async () => {
    const { deliver, accounts, outbox } = await service(requested)
    accounts.failing = new Error('no database')
    await expect(deliver()).rejects.toThrow('no database')
    expect(outbox.rows.size).toBe(1)
  })
})

describe('the sweep', () => {
  it('queues what has lost its message, the oldest first, and not again soon', async () => {
    const { sweep, outboxQueue, clock } = await service(addressed, addressed, addressed)
    clock.time = now + messageLostSeconds * 1000 + 1
    expect(await sweep()).toBe(2)
    expect(outboxQueue.sent).toEqual(['entry 1', 'entry 2'])
    clock.time += 1
    expect(await sweep()).toBe(1)
    clock.time += 60_000
    expect(await sweep()).toBe(0)
    clock.time += 60_000
    expect(await sweep()).toBe(3)
  })

  it('leaves alone what has only been ordered', async () => {
    const { sweep, outboxQueue } = await service(addressed)
    expect([await sweep(), outboxQueue.sent]).toEqual([0, []])
  })

  it('comes again when the queue was out of order', async () => {
    const { sweep, outboxQueue, clock } = await service(addressed)
    clock.time = now + messageLostSeconds * 1000
    outboxQueue.failing = new Error('no queue')
    await expect(sweep()).rejects.toThrow('no queue')
    outboxQueue.failing = undefined
    clock.time += 120_000
    expect(await sweep()).toBe(1)
  })
})
