/**
 * Deleting an account: nothing is gone before the mailed token comes back, then all of it is, once.
 */
import { describe, expect, it } from 'vitest'
import { password, serviceInMemory } from '../../support/service.ts'
import { valueOf } from '../../support/records.ts'

const email = 'ada@shop.example'

async function loggedIn() {
  const service = serviceInMemory()
  const { id } = await service.signUp(email)
  const tokens = await service.logIn()
  const caller = await service.holding(tokens)
  await service.deliver()
  const signIn = () => service.flows.signIn.signIn(service.visitor, { email, password })
  return { service, id, tokens, caller, signIn, deletion: service.flows.deletion }
}

describe('a request', () => {
  it('deletes nothing, and mails a token', async () => {
    const { service, tokens, caller, deletion } = await loggedIn()
    valueOf(await deletion.request(caller))
    const mails = await service.deliver()
    expect(mails.map(({ template, to }) => [template, to])).toEqual([['deletion', email]])
    expect(mails[0]?.token).toBeDefined()
    expect(await service.isLive(tokens)).toBe(true)
  })

  it('needs a session that is alive', async () => {
    const { service, tokens, caller, deletion } = await loggedIn()
    valueOf(await service.flows.sessions.end(caller, tokens.accessToken))
    expect(await deletion.request(caller)).toEqual({ ok: false, error: { kind: 'SessionEnded' } })
    expect(await service.deliver()).toEqual([])
  })
})

describe('the mailed token', () => {
  async function requested() {
    const parts = await loggedIn()
    valueOf(await parts.deletion.request(parts.caller))
    const secret = await parts.service.mailedToken('deletion')
    const confirm = () => parts.deletion.confirm(parts.service.visitor, secret)
    return { ...parts, confirm }
  }

  it('ends sessions and log-in, and frees the address for another customer', async () => {
    const { service, id, tokens, confirm, signIn } = await requested()
    valueOf(await confirm())
    expect(await service.isLive(tokens)).toBe(false)
    expect(await signIn()).toEqual({ ok: false, error: { kind: 'CredentialsRejected' } })
    expect((await service.signUp(email)).id).not.toBe(id)
    expect(await service.isLive(tokens)).toBe(false)
  })

  it('works once', async () => {
    const { service, confirm } = await requested()
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => confirm()))
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1)
    expect(service.database.messages.filter(({ type }) => type === 'CustomerDeleted')).toHaveLength(1)
  })

  it('dies with a new password, because whoever asked for it may have been a stranger', async () => {
    const { service, caller, confirm, signIn } = await requested()
    const change = { current: password, next: 'another horse' }
    valueOf(await service.flows.passwords.change(caller, change))
    expect((await confirm()).ok).toBe(false)
    expect(await signIn()).toMatchObject({ ok: false })
    expect(await service.isLive(await service.logIn(email, 'another horse'))).toBe(true)
  })

  it('ends with its lifetime, and is good for nothing else', async () => {
    const { service, confirm } = await requested()
    service.clock.time += service.tenant.settings.lifetimes.deletionSeconds * 1000
    expect((await confirm()).ok).toBe(false)
    expect(await service.isLive(await service.logIn())).toBe(true)
  })
})

describe('deleting at once', () => {
  it('needs the version that the caller has seen', async () => {
    const { service, id, tokens, caller, deletion } = await loggedIn()
    const { version } = service.recordOf(id).customer
    expect(await deletion.erase(caller, version + 1)).toMatchObject({ error: { kind: 'VersionConflict' } })
    expect(await service.isLive(tokens)).toBe(true)
    expect(valueOf(await deletion.erase(caller, version))).toMatchObject({ id, version })
    expect(await service.isLive(tokens)).toBe(false)
  })
})
