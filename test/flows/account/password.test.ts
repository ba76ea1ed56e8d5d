/**
 * Passwords: a change needs the current one, a reset the mailed token, and either ends every session but the one that asked.
 * Nothing tells whether an address belongs to a customer.
 */
import { describe, expect, it } from 'vitest'
import { network, password, serviceInMemory } from '../../support/service.ts'
import { valueOf } from '../../support/records.ts'

const email = 'ada@shop.example'
const next = 'another horse'

async function loggedIn() {
  const service = serviceInMemory()
  const { id } = await service.signUp(email)
  const tokens = await service.logIn()
  const caller = await service.holding(tokens)
  await service.deliver()
  // What fails in the very moment of a log-in is wiped by it.
  service.clock.time += 1
  service.limiter.asked.length = 0
  const change = (current: string, wanted = next) =>
    service.flows.passwords.change(caller, { current, next: wanted })
  const worksWith = async (secret: string) =>
    (await service.flows.signIn.signIn(service.visitor, { email, password: secret })).ok
  return { service, id, tokens, caller, change, worksWith }
}

describe('a change', () => {
  it('replaces the password, ends every other session, and is told by mail', async () => {
    const { service, tokens, change, worksWith } = await loggedIn()
    const other = await service.logIn()
    valueOf(await change(password))
    expect(await service.isLive(tokens)).toBe(true)
    expect(await service.isLive(other)).toBe(false)
    expect(await worksWith(password)).toBe(false)
    expect(await worksWith(next)).toBe(true)
    expect((await service.deliver()).map(({ template, to }) => [template, to])).toEqual([
      ['password-changed', email],
    ])
  })

  it('ends the own session too when that is asked for', async () => {
    const { service, tokens, caller } = await loggedIn()
    const wish = { current: password, next }
    valueOf(await service.flows.passwords.change(caller, wish, { endOwnSession: true }))
    expect(await service.isLive(tokens)).toBe(false)
  })

  it('with a wrong password changes nothing, and counts as an attempt', async () => {
    const { service, tokens, change, worksWith } = await loggedIn()
    expect(await change('wrong horse')).toEqual({ ok: false, error: { kind: 'CredentialsRejected' } })
    expect(service.limiter.asked).toEqual(['network', `account ${email}`])
    expect(await service.isLive(tokens)).toBe(true)
    expect(await worksWith(password)).toBe(true)
  })

  it('is made by one of many at once, since its password is the current one no more', async () => {
    const { change } = await loggedIn()
    const wanted = Array.from({ length: 5 }, (_, place) => `horse number ${place}`)
    const outcomes = await Promise.all(wanted.map((secret) => change(password, secret)))
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('is locked out with the log-in, by one counter', async () => {
    const { service, change, worksWith } = await loggedIn()
    for (let failures = 0; failures <= service.tenant.settings.limits.freeFailures; failures += 1)
      await change('wrong horse')
    expect(await change(password)).toMatchObject({ error: { kind: 'TooManyAttempts' } })
    expect(await worksWith(password)).toBe(false)
  })

  it('to a password that is too short costs no attempt', async () => {
    const { service, change } = await loggedIn()
    expect(await change(password, 'short')).toMatchObject({ error: { kind: 'InvalidInput' } })
    expect(service.limiter.asked).toEqual([])
  })

  it('needs a session that is alive, and a version that is current', async () => {
    const { service, tokens, caller, change } = await loggedIn()
    const wish = { current: password, next }
    const stale = await service.flows.passwords.change(caller, wish, { expectedVersion: 99 })
    expect(stale).toMatchObject({ error: { kind: 'VersionConflict' } })
    valueOf(await service.flows.sessions.end(caller, tokens.accessToken))
    expect(await change(password)).toEqual({ ok: false, error: { kind: 'SessionEnded' } })
  })
})

describe('asking for a reset', () => {
  it.each([
    ['known', email, ['password-reset']],
    ['unknown', 'nobody@shop.example', []],
  ])('is the same work and answer for an address that is %s', async (_what, address, mails) => {
    const { service } = await loggedIn()
    expect(await service.flows.passwords.requestReset(service.visitor, address)).toEqual({ ok: true })
    expect(service.limiter.asked).toEqual(['network', `recipient ${address}`])
    expect(service.database.outbox.rows.size).toBe(1)
    expect((await service.deliver()).map(({ template }) => template)).toEqual(mails)
  })

  it('ends no session, and the password stays', async () => {
    const { service, tokens, worksWith } = await loggedIn()
    valueOf(await service.flows.passwords.requestReset(service.visitor, email))
    expect(await service.isLive(tokens)).toBe(true)
    expect(await worksWith(password)).toBe(true)
  })

  it('has a limit for each recipient', async () => {
    const { service } = await loggedIn()
    const ask = (address: string) => service.flows.passwords.requestReset(service.visitor, address)
    const { mailsPerHour } = service.tenant.settings.limits
    for (const address of ['bob@shop.example', 'BOB@shop.example']) await ask(address)
    for (let count = 2; count < mailsPerHour; count += 1) valueOf(await ask('bob@shop.example'))
    expect(await ask('bob@shop.example')).toMatchObject({ error: { kind: 'TooManyAttempts' } })
  })
})

describe('a reset', () => {
  async function asked() {
    const parts = await loggedIn()
    valueOf(await parts.service.flows.passwords.requestReset(parts.service.visitor, email))
    const secret = await parts.service.mailedToken('password-reset')
    const reset = (wanted = next, token = secret) =>
      parts.service.flows.passwords.reset(parts.service.visitor, token, wanted)
    return { ...parts, secret, reset }
  }

  it('sets the password, proves the mailbox, and ends every session', async () => {
    const { service, id, tokens, reset, worksWith } = await asked()
    valueOf(await reset())
    expect(await service.isLive(tokens)).toBe(false)
    expect(await worksWith(password)).toBe(false)
    expect(await worksWith(next)).toBe(true)
    expect(service.recordOf(id).customer.emailVerified).toBe(true)
  })

  it('works once, whoever is first', async () => {
    const { reset } = await asked()
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, place) => reset(`horse number ${place}`)),
    )
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('dies with any change of the password', async () => {
    const { change, reset, worksWith } = await asked()
    valueOf(await change(password, 'changed horse'))
    expect((await reset()).ok).toBe(false)
    expect(await worksWith('changed horse')).toBe(true)
  })

  it('ends with its lifetime', async () => {
    const { service, reset } = await asked()
    service.clock.time += service.tenant.settings.lifetimes.passwordResetSeconds * 1000
    expect((await reset()).ok).toBe(false)
  })

  it('with a password that is too short leaves the token good', async () => {
    const { reset } = await asked()
    expect(await reset('short')).toMatchObject({ error: { kind: 'InvalidInput' } })
    expect(await reset()).toMatchObject({ ok: true })
  })

  it('with a text costs no hash, and is limited by the network', async () => {
    const { service, reset } = await asked()
    const { hashes } = service.passwords
    const refused = { ok: false, error: { kind: 'OneTimeTokenRejected' } }
    expect(await reset(next, 'nothing')).toEqual(refused)
    expect(service.passwords.hashes).toBe(hashes)
    service.limiter.refusedNetworks.add(network)
    expect(await reset()).toMatchObject({ error: { kind: 'TooManyAttempts' } })
  })

  it('ends a lock-out', async () => {
    const { service, reset, worksWith } = await asked()
    for (let failures = 0; failures <= service.tenant.settings.limits.freeFailures; failures += 1)
      await worksWith('wrong horse')
    service.clock.time += 1
    valueOf(await reset())
    expect(await worksWith(next)).toBe(true)
  })
})
