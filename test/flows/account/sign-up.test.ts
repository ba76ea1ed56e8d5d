/**
 * Sign-up: one new customer for one new address, limits before work, and nothing that tells a taken address from a free one
 * where the tenant hides its accounts (P9).
 */
import { describe, expect, it } from 'vitest'
import type { TenantSettings } from '../../../src/domain/tenant/tenant.ts'
import { network, password, serviceInMemory } from '../../support/service.ts'
import { valueOf } from '../../support/records.ts'

const hidden: Partial<TenantSettings> = { revealExistingAccounts: false, optIn: 'double' }

function open(settings: Partial<TenantSettings> = {}) {
  const service = serviceInMemory(settings)
  const signUp = (email: string, secret = password) =>
    service.flows.signUp.signUp(service.visitor, {
      email,
      password: secret,
      draft: { firstName: 'Ada' },
      addresses: [],
    })
  return { service, signUp }
}

describe('signing up', () => {
  it('makes a customer who can log in, in whatever spelling', async () => {
    const { service, signUp } = open()
    const customer = valueOf(await signUp('Ada@Shop.example'))
    expect(customer).toMatchObject({ version: 1, email: 'Ada@Shop.example', emailVerified: false })
    expect((await service.logIn('ada@shop.example')).customerId).toBe(customer.id)
  })

  it('stores a hash, and no password', async () => {
    const { service, signUp } = open()
    const { id } = valueOf(await signUp('ada@shop.example'))
    expect(service.recordOf(id).credentials.accounts).toMatchObject([{ passwordHash: `hash of ${password}` }])
  })

  it.each(['ada@shop.example', 'ADA@shop.example'])(
    'twice with one address makes one customer (%s)',
    async (email) => {
      const { service, signUp } = open()
      valueOf(await signUp('ada@shop.example'))
      expect(await signUp(email, 'another horse')).toMatchObject({ error: { kind: 'EmailTaken' } })
      expect(service.database.rows.size).toBe(1)
      expect(await service.isLive(await service.logIn())).toBe(true)
    },
  )

  it('by many at once with one address makes one customer', async () => {
    const { service, signUp } = open({
      limits: { ...serviceInMemory().tenant.settings.limits, mailsPerHour: 50 },
    })
    const made = await Promise.all(Array.from({ length: 20 }, () => signUp('ada@shop.example')))
    expect(made.filter(({ ok }) => ok)).toHaveLength(1)
    expect(service.database.rows.size).toBe(1)
  })

  it('has a limit for each recipient, taken or not', async () => {
    const { service, signUp } = open(hidden)
    const { mailsPerHour } = service.tenant.settings.limits
    for (let count = 0; count < mailsPerHour; count += 1) valueOf(await signUp('ada@shop.example'))
    expect(await signUp('ada@shop.example')).toMatchObject({ error: { kind: 'TooManyAttempts' } })
  })

  it('of a refused network reaches nothing', async () => {
    const { service, signUp } = open()
    service.limiter.refusedNetworks.add(network)
    expect(await signUp('ada@shop.example')).toMatchObject({ error: { kind: 'TooManyAttempts' } })
    expect(service.limiter.asked).toEqual(['network'])
    expect(service.database.rows.size).toBe(0)
  })

  it('with a password that is too short costs no attempt', async () => {
    const { service, signUp } = open()
    expect(await signUp('ada@shop.example', 'short')).toMatchObject({ error: { kind: 'InvalidInput' } })
    expect(service.limiter.asked).toEqual([])
  })
})

describe('where accounts are hidden', () => {
  it('a taken address is answered like a free one, after the same work', async () => {
    const { service, signUp } = open(hidden)
    const look = async (email: string) => {
      service.limiter.asked.length = service.passwords.hashes = 0
      const { id: _id, ...customer } = valueOf(await signUp(email))
      const { asked } = service.limiter
      return JSON.parse(
        JSON.stringify({ customer, asked, hashes: service.passwords.hashes }).replaceAll(email, '…'),
      )
    }
    const free = await look('ada@shop.example')
    expect(await look('ada@shop.example')).toEqual(free)
    expect(free.hashes).toBe(1)
  })

  it('the owner of a taken address hears of it by a mail without a token, and keeps the password', async () => {
    const { service, signUp } = open(hidden)
    const { id } = valueOf(await signUp('ada@shop.example'))
    await service.deliver()
    const before = service.recordOf(id)
    valueOf(await signUp('ada@shop.example', 'another horse'))
    const mails = await service.deliver()
    expect(mails.map(({ template, to }) => [template, to])).toEqual([
      ['already-registered', 'ada@shop.example'],
    ])
    expect(mails[0]?.token).toBeUndefined()
    expect(service.recordOf(id)).toEqual(before)
  })
})
