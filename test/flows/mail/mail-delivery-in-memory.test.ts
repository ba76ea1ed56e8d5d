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
} from '../../../src/domain/mail/mail.ts'
import { mailDeliveryFlow } from '../../../src/flows/mail/mail-delivery.ts'
import type { TenantSettings } from '../../../src/domain/tenant/tenant.ts'
import { disowningTokenOf } from '../../../src/domain/credentials/one-time-token.ts'
import type { AccountMatch, SendOutcome } from '../../../src/flows/ports/index.ts'
import {
  fixedAccounts,
  fixedTenants,
  outboxInMemory,
  plainRenderer,
  recordedLog,
  queueInMemory,
  settableClock,
  templatesInMemory,
  tokensInMemory,
  transportInMemory,
  undeliverableInMemory,
} from '../../support/ports.ts'
import { now, tenantWith, tokenOf } from '../../support/records.ts'

const account: AccountMatch = {
  customerId: '12345678',
  accountId: 'ada',
  email: 'Ada@shop.example',
  initialPassword: false,
  credentialsRevision: 3,
  optInPending: true,
  emailUndos: [],
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

const service = (...orders: MailOrder[]) => serviceOf({}, ...orders)

async function serviceOf(settings: Partial<TenantSettings>, ...orders: MailOrder[]) {
  const clock = settableClock()
  const accounts = new Map([['acme ada@shop.example', account]])
  const reports: unknown[][] = []
  const parts = {
    clock,
    outbox: outboxInMemory(),
    outboxQueue: queueInMemory(),
    accounts: fixedAccounts(accounts),
    tenants: fixedTenants([tenantWith(settings)]),
    oneTimeTokens: tokensInMemory(),
    transport: transportInMemory(),
    customers: { addMessage: async (...told: unknown[]) => void reports.push(told) },
    reports,
    mailTemplates: templatesInMemory(),
    undeliverableAddresses: undeliverableInMemory(),
    log: recordedLog(),
  }
  for (const [index, order] of orders.entries()) {
    const createdAt = new Date(now + index).toISOString()
    await parts.outbox.add({ id: `entry ${index + 1}`, tenant: 'acme', createdAt, order })
  }
  const { deliver, giveUp, sweep } = mailDeliveryFlow({ ...parts, renderer: plainRenderer })
  return {
    ...parts,
    people: accounts,
    deliver: (id = 'entry 1', attempts = 1) => deliver({ tenant: 'acme', id }, attempts),
    giveUp: (id: string) => giveUp({ tenant: 'acme', id }),
    sweep: () => sweep('DB'),
  }
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
    const { lifetimes } = tenantWith().settings
    expect(oneTimeTokens.published).toEqual([token, disowningTokenOf(token, lifetimes)])
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
        issuedAt: now,
        expiresAt: now + tenantWith().settings.lifetimes.passwordResetSeconds * 1000,
      }),
    ])
  })

  it.each<[string, Partial<RequestedMail>, AccountMatch | undefined]>([
    ['to an address that is nobody’s', {}, undefined],
    ['for an opt-in that is not awaited', { template: 'opt-in-resent' }, { ...account, optInPending: false }],
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
    expect(await deliver()).toEqual({ kind: 'again', delaySeconds: 10 })
    outbox.complete = complete
    expect(await deliver()).toEqual({ kind: 'settled' })
    expect(transport.delivered).toHaveLength(1)
    expect(outbox.rows.size).toBe(0)
  })

  it('waits while another consumer has the entry, and takes it over when that one has died', async () => {
    const { deliver, transport, outbox, clock } = await service(addressed)
    await outbox.claim({ id: 'entry 1' }, now, 60)
    await deliver()
    expect([transport.delivered.length, outbox.rows.size]).toEqual([0, 1])
    clock.time = now + 60_000
    await deliver()
    expect([transport.delivered.length, outbox.rows.size]).toEqual([1, 0])
  })
})

describe('a reset that was asked for an address of nobody', () => {
  const stranger: RequestedMail = { ...requested, emailKey: 'nobody@shop.example', site: 'main' }

  it('is a mail that says so where the tenant wants that, without a token', async () => {
    const { deliver, transport, oneTimeTokens, outbox } = await serviceOf({ noAccountMail: true }, stranger)
    await deliver()
    expect(transport.delivered).toMatchObject([
      { template: 'no-account', to: 'nobody@shop.example', html: 'main' },
    ])
    expect([oneTimeTokens.published, outbox.rows.size]).toEqual([[], 0])
  })

  it.each<[string, RequestedMail, Partial<TenantSettings>]>([
    ['where the tenant does not want it', stranger, {}],
    ['for an opt-in', { ...stranger, template: 'opt-in-resent' }, { noAccountMail: true }],
    ['for a sign-up', { ...stranger, template: 'already-registered' }, { noAccountMail: true }],
  ])('is no mail at all %s', async (_what, order, settings) => {
    const { deliver, transport, outbox } = await serviceOf(settings, order)
    await deliver()
    expect([transport.delivered, outbox.rows.size]).toEqual([[], 0])
  })
})

describe('words of the tenant’s own', () => {
  it('are handed to the renderer, those of the template that is sent', async () => {
    const { deliver, mailTemplates, transport } = await service(addressed)
    const override = { language: 'de', subject: 'Mine', text: '', html: '', modifiedAt: '' }
    await mailTemplates.save('acme', { ...override, template: 'password-changed' })
    await mailTemplates.save('acme', { ...override, template: 'welcome' })
    await deliver()
    expect(transport.delivered).toMatchObject([{ subject: 'password-changed: Mine' }])
  })
})

describe('a failure', () => {
  it.each<[string, Error | SendOutcome]>([
    ['that nobody expected', new Error('no mail today')],
    ['that will pass', { kind: 'retry', reason: 'no mail today' }],
  ])(
    'of the transport %s gives the entry back, to be tried again by its message or the sweep',
    async (_what, failing) => {
      const { deliver, transport, outbox } = await service(addressed)
      transport.failing = failing
      expect(await deliver()).toEqual({ kind: 'again', delaySeconds: 10 })
      expect([...outbox.rows.values()]).toMatchObject([
        { claimedUntil: 0, dueAt: now + (10 + messageLostSeconds) * 1000, reason: 'no mail today' },
      ])
      transport.failing = undefined
      expect(await deliver()).toEqual({ kind: 'settled' })
      expect(transport.delivered).toHaveLength(1)
    },
  )

  it('that is an exception is logged with it; what a transport says of itself is none', async () => {
    const { deliver, transport, log } = await service(addressed, addressed)
    transport.failing = { kind: 'retry', reason: 'later' }
    await deliver('entry 1')
    expect(log.failures).toEqual([])
    transport.failing = new Error('a fault of ours')
    await deliver('entry 2')
    const about = { tenant: 'acme', mail: 'entry 2' }
    expect(log.failures).toEqual([{ event: 'mail attempt', error: transport.failing, about }])
  })

  it('of the look-up is no "nobody": the mail is kept', async () => {
    const { deliver, accounts, outbox, log } = await service(requested)
    accounts.failing = new Error('no database')
    expect(await deliver()).toMatchObject({ kind: 'again' })
    expect(outbox.rows.size).toBe(1)
    const about = { tenant: 'acme', mail: 'entry 1' }
    expect(log.failures).toEqual([{ event: 'mail attempt', error: accounts.failing, about }])
  })

  it('of the database while a failure is noted is passed on to the queue', async () => {
    const { deliver, transport, outbox } = await service(addressed)
    transport.failing = new Error('no mail today')
    outbox.release = () => Promise.reject(new Error('no database'))
    await expect(deliver()).rejects.toThrow('no database')
  })

  it.each([
    [1, undefined, 10],
    [2, undefined, 20],
    [5, undefined, 160],
    [19, undefined, 3600],
    [1, 90, 90],
    [5, 90, 160],
    [1, 86_400, 3600],
  ])(
    'after %d attempts, with %s seconds asked for, is followed by %d seconds of pause',
    async (attempts, afterSeconds, delaySeconds) => {
      const { deliver, transport } = await service(addressed)
      transport.failing = { kind: 'retry', reason: 'later', afterSeconds }
      expect(await deliver('entry 1', attempts)).toEqual({ kind: 'again', delaySeconds })
    },
  )

  it.each(['permanent', 'suppressed'] as const)(
    'that is %s keeps the entry for the operator, and nobody tries it again',
    async (kind) => {
      const { deliver, sweep, transport, outbox, clock } = await service(addressed)
      transport.failing = { kind, reason: 'refused' }
      expect(await deliver()).toEqual({ kind: 'failed', failure: kind })
      transport.failing = undefined
      clock.time = now + 86_400_000
      expect([await deliver(), await sweep()]).toEqual([{ kind: 'settled' }, 0])
      expect(transport.delivered).toEqual([])
      const failure = { kind, failedAt: new Date(now).toISOString(), reason: 'refused' }
      expect([...outbox.rows.values()]).toMatchObject([{ claimedUntil: 0, failure }])
      expect(await outbox.backlog()).toEqual({ waiting: 0, delayed: 0, failed: 1 })
    },
  )

  it('that is suppressed keeps later mails to the address back, in any spelling, and no mails to others', async () => {
    const other = { ...addressed, to: 'bob@shop.example' }
    const { deliver, transport, undeliverableAddresses } = await service(addressed, requested, other)
    transport.failing = { kind: 'suppressed', reason: 'bounced before' }
    await deliver('entry 1')
    transport.failing = undefined
    expect(await deliver('entry 2')).toEqual({ kind: 'failed', failure: 'suppressed' })
    expect(await deliver('entry 3')).toEqual({ kind: 'settled' })
    expect(transport.delivered).toMatchObject([{ to: 'bob@shop.example' }])
    const mark = { email: 'Ada@shop.example', at: now, reason: 'refused', detail: 'bounced before' }
    expect([...undeliverableAddresses.marks.values()], 'only the first says so').toEqual([mark])
  })

  it('of a requested mail is noted with the customer whose address it is', async () => {
    const { deliver, transport, outbox } = await service(requested)
    transport.failing = { kind: 'suppressed', reason: 'bounced before' }
    await deliver()
    expect([...outbox.rows.values()]).toMatchObject([{ failure: { customerId: account.customerId } }])
  })

  it('is noted in one short line, without the secret that the mail carries', async () => {
    const { deliver, transport, outbox } = await service(requested)
    const reason = `554 bad link\r\n https://shop.example/?token=secret of token \u001b[2J ${'x'.repeat(1000)}`
    transport.failing = { kind: 'permanent', reason }
    await deliver()
    const [row] = outbox.rows.values()
    expect(row?.reason).toMatch(/^554 bad link https:\/\/shop\.example\/\?token=\[token\] \[2J x+$/)
    expect(row?.reason).toHaveLength(300)
  })

  it('of the queue itself keeps the last reason', async () => {
    const { deliver, giveUp, transport, outbox } = await service(addressed)
    transport.failing = { kind: 'retry', reason: 'no mail today' }
    await deliver()
    expect(await giveUp('entry 1')).toEqual({ kind: 'failed', failure: 'exhausted' })
    expect([...outbox.rows.values()]).toMatchObject([
      { reason: 'no mail today', failure: { kind: 'exhausted' } },
    ])
  })

  it('of the queue itself changes nothing for a mail that was delivered, or refused before', async () => {
    const { deliver, giveUp, transport, outbox } = await service(addressed, addressed)
    await deliver('entry 1')
    transport.failing = { kind: 'permanent', reason: 'refused' }
    await deliver('entry 2')
    await giveUp('entry 1')
    await giveUp('entry 2')
    expect([...outbox.rows.values()]).toMatchObject([{ failure: { kind: 'permanent', reason: 'refused' } }])
  })
})

describe('the sweep', () => {
  it('queues what has lost its message, the oldest first, and not again soon', async () => {
    const { sweep, outboxQueue, clock } = await service(addressed, addressed, addressed)
    clock.time = now + messageLostSeconds * 1000 + 1
    expect(await sweep()).toBe(2)
    expect(outboxQueue.sent).toEqual(['entry 1', 'entry 2'].map((id) => ({ tenant: 'acme', id })))
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

it('a mail that somebody asked for is told of before it leaves, under the id of its order', async () => {
  const { deliver, reports, transport, outbox } = await service({ ...requested, site: 'main' })
  transport.failing = new Error('No mail today.')
  await deliver()
  const token = expect.objectContaining({ id: 'token', purpose: 'password_reset' }) as unknown
  const payload = { email: account.email, token, site: 'main' }
  const told = { type: 'CustomerPasswordResetRequested', payload }
  const ref = { tenant: 'acme', customerId: account.customerId }
  expect(reports).toEqual([[ref, told, now, 'entry 1']])
  expect(outbox.rows.size).toBe(1)
})
