/**
 * A further login e-mail (T30): asked for with a recent log-in of the customer's own, and silent about taken addresses where
 * accounts are hidden.
 */
import { describe, expect, it } from 'vitest'
import { recentLoginSeconds } from '../../../src/domain/credentials/session.ts'
import { network, password, serviceInMemory } from '../../support/service.ts'
import { valueOf } from '../../support/records.ts'

const email = 'ada@shop.example'
const second = 'ada@home.example'
const tooOld = { ok: false, error: { kind: 'RecentLoginRequired' } }

async function loggedIn(settings = {}) {
  const service = serviceInMemory(settings)
  const { id } = await service.signUp(email)
  if (service.tenant.settings.optIn === 'double')
    valueOf(await service.flows.optIn.accept(service.visitor, await service.mailedToken('opt-in')))
  const tokens = await service.logIn()
  await service.deliver()
  service.limiter.asked.length = 0
  const assign = async (held: { accessToken: string } = tokens, address = second, secret = 'another horse') =>
    service.flows.accountAssignment.assign(await service.holding(held), address, secret)
  return { service, id, tokens, assign }
}

describe('a further account', () => {
  it('is told by mail, and leaves the first one as it is', async () => {
    const { service, tokens, assign } = await loggedIn()
    valueOf(await assign())
    expect(await service.deliver()).not.toEqual([])
    expect(await service.isLive(tokens)).toBe(true)
    expect(await service.isLive(await service.logIn())).toBe(true)
  })

  it('signs in after its mailbox was proved with the password of the record, and not before (P3)', async () => {
    const { service, assign } = await loggedIn()
    valueOf(await assign())
    const link = (await service.deliver()).find(({ to }) => to === second)
    const signIn = () =>
      service.flows.signIn.signIn(service.visitor, { email: second, password: 'another horse' })
    expect(await signIn()).toEqual({ ok: false, error: { kind: 'CredentialsRejected' } })
    const confirm = (secret: string) =>
      service.flows.mailboxLinks.confirm(service.visitor, 'account_confirmation', link?.token ?? '', secret)
    expect(await confirm('another horse')).toEqual({ ok: false, error: { kind: 'CredentialsRejected' } })
    valueOf(await confirm(password))
    expect(await signIn()).toMatchObject({ ok: true })
  })

  it('needs a recent log-in', async () => {
    const { service, assign } = await loggedIn()
    service.clock.time += recentLoginSeconds * 1000
    expect(await assign()).toMatchObject({ ok: true })
    service.clock.time += 1
    expect(await assign()).toEqual(tooOld)
  })

  it('needs a log-in, so a refreshed session does not do', async () => {
    const { service, tokens, assign } = await loggedIn()
    service.clock.time += recentLoginSeconds * 1000 + 1
    const refreshed = valueOf(await service.flows.sessions.refresh(service.visitor, {}, tokens.refreshToken))
    expect(await assign(refreshed)).toEqual(tooOld)
    expect(await assign(await service.logIn())).toMatchObject({ ok: true })
  })

  it('is not added by the back office in the customer’s name', async () => {
    const { service, id, assign } = await loggedIn()
    const actor = { clientId: 'acme-admin' }
    const assisted = valueOf(await service.flows.assistedLogin({ tenant: service.tenant, actor }, id))
    expect((await assign(assisted)).ok).toBe(false)
    expect(service.recordOf(id).credentials.accounts).toHaveLength(1)
    expect(await service.deliver()).toEqual([])
  })

  it('needs a session that is alive, before anything is hashed', async () => {
    const { service, tokens, assign } = await loggedIn()
    valueOf(await service.flows.sessions.end(await service.holding(tokens), tokens.accessToken))
    const { hashes } = service.passwords
    expect(await assign()).toEqual({ ok: false, error: { kind: 'SessionEnded' } })
    expect(service.passwords.hashes).toBe(hashes)
  })

  it('costs no attempt when the password is too short, and is limited by the network', async () => {
    const { service, tokens, assign } = await loggedIn()
    expect(await assign(tokens, second, 'short')).toMatchObject({ error: { kind: 'InvalidInput' } })
    expect(service.limiter.asked).toEqual([])
    service.limiter.refusedNetworks.add(network)
    expect(await assign()).toMatchObject({ error: { kind: 'TooManyAttempts' } })
  })
})

describe('a taken address', () => {
  it('is refused where accounts are shown', async () => {
    const { service, assign } = await loggedIn()
    await service.signUp(second)
    expect(await assign()).toMatchObject({ error: { kind: 'EmailTaken' } })
  })

  it('is answered like any other where they are hidden, and its owner gets the mail', async () => {
    const { service, id, assign } = await loggedIn({ revealExistingAccounts: false, optIn: 'double' })
    await service.signUp(second)
    await service.deliver()
    expect(await assign()).toEqual({ ok: true })
    const mails = await service.deliver()
    expect(mails.map(({ template, to }) => [template, to])).toEqual([['already-registered', second]])
    expect(service.recordOf(id).credentials.accounts).toHaveLength(1)
  })
})
