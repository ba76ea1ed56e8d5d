/**
 * Double opt-in (P2, P14): no log-in before the link of the mail has been used, a session with it, and nothing that tells an
 * address that waits from one that does not.
 */
import { describe, expect, it } from 'vitest'
import { optInIdempotenceSeconds } from '../../../src/domain/credentials/credentials.ts'
import { network, password, serviceInMemory } from '../../support/service.ts'
import { valueOf } from '../../support/records.ts'

const email = 'ada@shop.example'

async function waiting() {
  const service = serviceInMemory({ optIn: 'double' })
  const { id } = await service.signUp(email)
  const link = await service.mailedToken('opt-in')
  const accept = (secret = link) => service.flows.optIn.accept(service.visitor, secret)
  const signIn = () => service.flows.signIn.signIn(service.visitor, { email, password })
  return { service, id, link, accept, signIn }
}

describe('before the opt-in', () => {
  it('the right password opens nothing', async () => {
    const { signIn } = await waiting()
    expect((await signIn()).ok).toBe(false)
  })
})

describe('the link of the sign-up’s mail', () => {
  it('proves the mailbox, opens a session by mail, and keeps the password of the sign-up', async () => {
    const { service, id, accept, signIn } = await waiting()
    const tokens = valueOf(await accept())
    expect(await service.isLive(tokens)).toBe(true)
    expect(service.recordOf(id).customer.emailVerified).toBe(true)
    const sessions = [...service.customers.portsOf({ tenant: 'acme', customerId: id }).sessionRows.values()]
    expect(sessions).toMatchObject([{ methods: ['mail'], authTime: service.clock.time }])
    expect(await signIn()).toMatchObject({ ok: true })
  })

  it('opens a session again for ten minutes after its success, and not later', async () => {
    const { service, accept } = await waiting()
    const first = valueOf(await accept())
    service.clock.time += optInIdempotenceSeconds * 1000
    const second = valueOf(await accept())
    expect(await service.isLive(second)).toBe(true)
    expect(second.accessToken).not.toBe(first.accessToken)
    service.clock.time += 1
    expect((await accept()).ok).toBe(false)
  })

  it('welcomes once', async () => {
    const service = serviceInMemory({ optIn: 'double', welcomeMail: true })
    await service.signUp(email)
    const link = await service.mailedToken('opt-in')
    for (const _time of ['first', 'second']) valueOf(await service.flows.optIn.accept(service.visitor, link))
    expect((await service.deliver()).map(({ template }) => template)).toEqual(['welcome'])
  })

  it('ends with its lifetime', async () => {
    const { service, accept } = await waiting()
    service.clock.time += service.tenant.settings.lifetimes.optInSeconds * 1000
    expect((await accept()).ok).toBe(false)
  })

  it('is good at its tenant only, and for nothing else', async () => {
    const { service, link, accept } = await waiting()
    const globex = await service.tenants.findTenant('globex')
    if (!globex) throw new Error('no other tenant')
    const refused = { ok: false, error: { kind: 'OneTimeTokenRejected' } }
    expect(await service.flows.optIn.accept({ ...service.visitor, tenant: globex }, link)).toEqual(refused)
    expect(await service.flows.passwords.reset(service.visitor, link, 'another horse')).toEqual(refused)
    expect(await service.flows.deletion.confirm(service.visitor, link)).toEqual(refused)
    expect(await accept('nothing')).toEqual(refused)
    expect(await accept()).toMatchObject({ ok: true })
  })

  it('opens nothing for a customer who has been put on hold', async () => {
    const { service, id, accept } = await waiting()
    const ref = { tenant: 'acme', customerId: id }
    const hold = { action: 'setStatus', onHold: true } as const
    valueOf(
      await service.customers.execute(ref, { now: service.clock.time, operationId: 'hold', actions: [hold] }),
    )
    expect((await accept()).ok).toBe(false)
    expect(service.customers.portsOf(ref).sessionRows.size).toBe(0)
  })
})

describe('asking for the mail again', () => {
  it.each([
    ['waits', 'ada@shop.example', ['opt-in-resent']],
    ['is unknown', 'nobody@shop.example', []],
  ])('is the same work and answer when the address %s', async (_what, address, mails) => {
    const { service } = await waiting()
    service.limiter.asked.length = 0
    expect(await service.flows.optIn.resend(service.visitor, address)).toEqual({ ok: true })
    expect(service.limiter.asked).toEqual(['network', `recipient ${address}`])
    expect(service.database.outbox.rows.size).toBe(1)
    expect((await service.deliver()).map(({ template }) => template)).toEqual(mails)
  })

  it('mails nothing to a customer who has accepted', async () => {
    const { service, accept } = await waiting()
    valueOf(await accept())
    await service.deliver()
    valueOf(await service.flows.optIn.resend(service.visitor, email))
    expect(await service.deliver()).toEqual([])
  })

  it('has a limit for each recipient and for the network', async () => {
    const { service } = await waiting()
    const resend = () => service.flows.optIn.resend(service.visitor, email)
    const { mailsPerHour } = service.tenant.settings.limits
    // The sign-up was the first.
    for (let count = 1; count < mailsPerHour; count += 1) valueOf(await resend())
    expect(await resend()).toMatchObject({ error: { kind: 'TooManyAttempts' } })
    service.limiter.refusedNetworks.add(network)
    service.limiter.asked.length = 0
    expect(await resend()).toMatchObject({ error: { kind: 'TooManyAttempts' } })
    expect(service.limiter.asked).toEqual(['network'])
  })
})
