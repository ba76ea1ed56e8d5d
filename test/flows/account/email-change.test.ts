/**
 * Changing the login e-mail: nothing changes before the token of the new mailbox comes back, the old mailbox hears of it and
 * can take it back, and each token works once.
 */
import { describe, expect, it } from 'vitest'
import { password, serviceInMemory } from '../../support/service.ts'
import { valueOf } from '../../support/records.ts'

const email = 'ada@shop.example'
const newEmail = 'ada@home.example'

async function loggedIn(settings = {}) {
  const service = serviceInMemory(settings)
  const { id } = await service.signUp(email)
  if (service.tenant.settings.optIn === 'double')
    valueOf(await service.flows.optIn.accept(service.visitor, await service.mailedToken('opt-in')))
  const tokens = await service.logIn()
  const caller = await service.holding(tokens)
  await service.deliver()
  service.clock.time += 1
  const { emailChange } = service.flows
  const request = (more = {}) =>
    emailChange.request(caller, { email, password, newEmail, syncContactEmail: false, ...more })
  const signsIn = async (as: string) =>
    (await service.flows.signIn.signIn(service.visitor, { email: as, password })).ok
  return { service, id, tokens, caller, emailChange, request, signsIn }
}

describe('a request', () => {
  it('changes nothing, and mails a token to the new mailbox alone', async () => {
    const { service, request, signsIn } = await loggedIn()
    valueOf(await request())
    const mails = await service.deliver()
    expect(mails.filter(({ token }) => token !== undefined).map(({ to }) => to)).toEqual([newEmail])
    expect(await signsIn(email)).toBe(true)
    expect(await signsIn(newEmail)).toBe(false)
  })

  it.each([
    ['a wrong password', { password: 'wrong horse' }],
    ['an address that is not the caller’s', { email: 'bob@shop.example' }],
  ])('with %s is refused, costs one hash, and mails nothing', async (_what, more) => {
    const { service, request } = await loggedIn()
    const { verifications } = service.passwords
    expect(await request(more)).toEqual({ ok: false, error: { kind: 'CredentialsRejected' } })
    expect(service.passwords.verifications).toBe(verifications + 1)
    expect(await service.deliver()).toEqual([])
  })

  it('counts as an attempt on the account, with the log-in', async () => {
    const { service, request, signsIn } = await loggedIn()
    for (let failures = 0; failures <= service.tenant.settings.limits.freeFailures; failures += 1)
      await request({ password: 'wrong horse' })
    expect(await request()).toMatchObject({ error: { kind: 'TooManyAttempts' } })
    expect(await signsIn(email)).toBe(false)
  })

  it('has a limit for each new mailbox', async () => {
    const { service, request } = await loggedIn()
    for (let count = 0; count < service.tenant.settings.limits.mailsPerHour; count += 1)
      valueOf(await request())
    expect(await request()).toMatchObject({ error: { kind: 'TooManyAttempts' } })
  })

  it('needs a session that is alive', async () => {
    const { service, tokens, caller, request } = await loggedIn()
    valueOf(await service.flows.sessions.end(caller, tokens.accessToken))
    expect(await request()).toEqual({ ok: false, error: { kind: 'SessionEnded' } })
  })

  it('for a taken address is refused where accounts are shown', async () => {
    const { service, request } = await loggedIn()
    await service.signUp(newEmail)
    expect(await request()).toMatchObject({ error: { kind: 'EmailTaken' } })
  })

  it('for a taken address is answered like any other where they are hidden, and its owner gets the mail', async () => {
    const { service, request } = await loggedIn({ revealExistingAccounts: false, optIn: 'double' })
    await service.signUp(newEmail)
    await service.deliver()
    expect(await request()).toEqual({ ok: true })
    const mails = await service.deliver()
    expect(mails.map(({ template, to }) => [template, to])).toEqual([['already-registered', newEmail]])
  })
})

describe('the token of the new mailbox', () => {
  async function requested() {
    const parts = await loggedIn()
    valueOf(await parts.request())
    const secret = await parts.service.mailedToken('email-change')
    const confirm = (as: 'the caller' | undefined = undefined) =>
      parts.emailChange.confirm(parts.service.visitor, as && parts.caller.principal, secret)
    return { ...parts, secret, confirm }
  }

  it('changes the e-mail, and ends every session but the one that it comes back with', async () => {
    const { service, tokens, confirm, signsIn } = await requested()
    const other = await service.logIn()
    valueOf(await confirm('the caller'))
    expect(await signsIn(newEmail)).toBe(true)
    expect(await signsIn(email)).toBe(false)
    expect(await service.isLive(tokens)).toBe(true)
    expect(await service.isLive(other)).toBe(false)
  })

  it('without a session ends all of them', async () => {
    const { service, tokens, confirm } = await requested()
    valueOf(await confirm())
    expect(await service.isLive(tokens)).toBe(false)
  })

  it('works once', async () => {
    const { confirm } = await requested()
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => confirm()))
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('dies with a later request, and with a new password', async () => {
    const { service, caller, request, confirm } = await requested()
    valueOf(await request({ newEmail: 'ada@work.example' }))
    expect((await confirm()).ok).toBe(false)
    const again = await service.mailedToken('email-change')
    const change = { current: password, next: 'another horse' }
    valueOf(await service.flows.passwords.change(caller, change))
    expect((await service.flows.emailChange.confirm(service.visitor, undefined, again)).ok).toBe(false)
  })

  it('ends with its lifetime', async () => {
    const { service, confirm } = await requested()
    service.clock.time += service.tenant.settings.lifetimes.emailChangeSeconds * 1000
    expect((await confirm()).ok).toBe(false)
  })

  it('finds the address taken by who signed up with it meanwhile', async () => {
    const { service, confirm, signsIn } = await requested()
    await service.signUp(newEmail)
    expect((await confirm()).ok).toBe(false)
    expect(await signsIn(email)).toBe(true)
  })
})

describe('the token of the old mailbox', () => {
  async function changed() {
    const parts = await loggedIn()
    // With a proof of the old mailbox, so that there is an owner who can take the change back.
    const verified = { action: 'verifyEmail', way: 'back_office' } as const
    const ref = { tenant: 'acme', customerId: parts.id }
    const operation = { now: parts.service.clock.time, operationId: 'verified' }
    valueOf(await parts.service.customers.execute(ref, { ...operation, actions: [verified] }))
    valueOf(await parts.request())
    const secret = await parts.service.mailedToken('email-change')
    valueOf(await parts.emailChange.confirm(parts.service.visitor, parts.caller.principal, secret))
    const told = (await parts.service.deliver()).find(({ to, token }) => to === email && token !== undefined)
    const undo = () => parts.emailChange.undo(parts.service.visitor, told?.token ?? '')
    return { ...parts, undo }
  }

  it('restores the address, and ends every session and the password', async () => {
    const { service, id, tokens, undo, signsIn } = await changed()
    valueOf(await undo())
    expect(service.recordOf(id).customer.email).toBe(email)
    expect(await service.isLive(tokens)).toBe(false)
    expect(await signsIn(email)).toBe(false)
    expect(await signsIn(newEmail)).toBe(false)
  })

  it('mails the owner a token for the next password', async () => {
    const { service, undo, signsIn } = await changed()
    valueOf(await undo())
    const mail = (await service.deliver()).find(({ to, token }) => to === email && token !== undefined)
    valueOf(await service.flows.passwords.reset(service.visitor, mail?.token ?? '', password))
    expect(await signsIn(email)).toBe(true)
  })

  it('keeps the old address from others while it can be taken back', async () => {
    const { service } = await changed()
    const request = { email, password, draft: {}, addresses: [] }
    const signUp = () => service.flows.signUp.signUp(service.visitor, request)
    expect(await signUp()).toMatchObject({ error: { kind: 'EmailTaken' } })
    service.clock.time += 72 * 3_600_000
    expect(await signUp()).toMatchObject({ ok: true })
  })

  it('is not washed out by a new password', async () => {
    const { service, id, caller, undo } = await changed()
    const change = { current: password, next: 'another horse' }
    valueOf(await service.flows.passwords.change(caller, change))
    valueOf(await undo())
    expect(service.recordOf(id).customer.email).toBe(email)
  })

  it('is good for three days', async () => {
    const { service, undo } = await changed()
    service.clock.time += 72 * 3_600_000
    expect((await undo()).ok).toBe(false)
  })
})
