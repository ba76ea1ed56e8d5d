/**
 * Sign-in with e-mail and password (T1, T2): limits before work, the same work and answer for a wrong password and an
 * unknown e-mail, and a hash of another system is replaced by the log-in that proves it.
 */
import { describe, expect, it } from 'vitest'
import { network, password, serviceInMemory } from '../../support/service.ts'
import { valueOf } from '../../support/records.ts'

const email = 'ada@shop.example'
const rejected = { ok: false, error: { kind: 'CredentialsRejected' } }

async function signedUp(settings = {}) {
  const service = serviceInMemory(settings)
  const { id } = await service.signUp(email)
  service.limiter.asked.length = 0
  service.passwords.verifications = 0
  const attempt = (secret: string, as = email) =>
    service.flows.signIn.signIn(service.visitor, { email: as, password: secret })
  return { service, id, attempt }
}

describe('signing in', () => {
  it.each(['ada@shop.example', 'ADA@Shop.Example'])('knows the account by %s', async (spelling) => {
    const { attempt, id } = await signedUp()
    expect(await attempt(password, spelling)).toMatchObject({ ok: true, value: { customerId: id } })
  })

  it('answers a wrong password and an unknown e-mail alike, with the same work', async () => {
    const { service, attempt } = await signedUp()
    const workOf = async (as: string) => {
      service.limiter.asked.length = service.passwords.verifications = 0
      const answer = await attempt('wrong horse', as)
      const asked = service.limiter.asked.map((one) => one.replace(as, 'the e-mail'))
      return { answer, asked, verifications: service.passwords.verifications }
    }
    const known = await workOf(email)
    expect(known).toEqual({ answer: rejected, asked: ['network', 'account the e-mail'], verifications: 1 })
    expect(await workOf('nobody@shop.example')).toEqual(known)
  })

  it('does not know the accounts of other tenants', async () => {
    const { service } = await signedUp()
    const globex = await service.tenants.findTenant('globex')
    if (!globex) throw new Error('no other tenant')
    expect(
      await service.flows.signIn.signIn({ ...service.visitor, tenant: globex }, { email, password }),
    ).toEqual(rejected)
  })

  it('of an account without a password takes as long and fails', async () => {
    const { service, id, attempt } = await signedUp()
    const external = { action: 'setAuthenticationMode', passwordHash: undefined } as const
    const ref = { tenant: 'acme', customerId: id }
    valueOf(await service.customers.execute(ref, { now: 0, operationId: 'external', actions: [external] }))
    expect(await attempt(password)).toEqual(rejected)
    expect(service.passwords.verifications).toBe(1)
  })
})

describe('limits', () => {
  it('of the network come before any look-up or hash', async () => {
    const { service, attempt } = await signedUp()
    service.limiter.refusedNetworks.add(network)
    expect(await attempt(password)).toMatchObject({ error: { kind: 'TooManyAttempts' } })
    expect(service.limiter.asked).toEqual(['network'])
    expect(service.passwords.verifications).toBe(0)
  })

  it('of the account come before the hash, and refuse the right password too', async () => {
    const { service, attempt } = await signedUp()
    const { freeFailures } = service.tenant.settings.limits
    for (let failures = 0; failures < freeFailures + 1; failures += 1) await attempt('wrong horse')
    const { verifications } = service.passwords
    expect(await attempt(password)).toMatchObject({ error: { kind: 'TooManyAttempts' } })
    expect(service.passwords.verifications).toBe(verifications)
  })

  it('begin anew with a success', async () => {
    const { service, attempt } = await signedUp()
    const { freeFailures } = service.tenant.settings.limits
    for (let round = 0; round < 3; round += 1) {
      for (let failures = 1; failures < freeFailures; failures += 1)
        expect(await attempt('wrong horse')).toEqual(rejected)
      service.clock.time += 1
      expect(await attempt(password)).toMatchObject({ ok: true })
    }
  })

  it('are not spent by a text that is no password', async () => {
    const { service, attempt } = await signedUp()
    expect(await attempt('x'.repeat(300))).toMatchObject({ error: { kind: 'InvalidInput' } })
    expect(service.limiter.asked).toEqual([])
  })
})

describe('a hash of another system', () => {
  async function imported() {
    const parts = await signedUp()
    const [account] = parts.service.recordOf(parts.id).credentials.accounts
    const rehash = {
      action: 'rehashPassword',
      accountId: account?.id ?? '',
      passwordHash: `old hash of ${password}`,
    } as const
    const ref = { tenant: 'acme', customerId: parts.id }
    valueOf(await parts.service.customers.execute(ref, { now: 0, operationId: 'import', actions: [rehash] }))
    const hash = () => parts.service.recordOf(parts.id).credentials.accounts[0]?.passwordHash
    return { ...parts, hash }
  }

  it('is replaced by ours with the log-in, which ends no session', async () => {
    const { service, attempt, hash } = await imported()
    const earlier = await service.logIn()
    expect(hash()).toBe(`hash of ${password}`)
    expect(await attempt(password)).toMatchObject({ ok: true })
    expect(await service.isLive(earlier)).toBe(true)
  })

  it('stays when the password is wrong', async () => {
    const { attempt, hash } = await imported()
    expect(await attempt('wrong horse')).toEqual(rejected)
    expect(hash()).toBe(`old hash of ${password}`)
  })
})
