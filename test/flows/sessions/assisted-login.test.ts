/**
 * The back office signs in as a customer: the session says by whom, proves nothing of the customer, and leaves the customer's
 * own log-ins alone.
 */
import { describe, expect, it } from 'vitest'
import { serviceInMemory } from '../../support/service.ts'
import { valueOf } from '../../support/records.ts'

const actor = { clientId: 'acme-admin', externalUserId: 'clerk' }

async function assisted() {
  const service = serviceInMemory()
  const { id } = await service.signUp()
  const assist = (customerId = id) =>
    service.flows.assistedLogin({ tenant: service.tenant, actor }, customerId)
  return { service, id, assist }
}

describe('an assisted session', () => {
  it('is one of the customer, and everything done in it says by whom', async () => {
    const { service, id, assist } = await assisted()
    const caller = await service.holding(valueOf(await assist()))
    expect(caller.principal.customerId).toBe(id)
    const set = { action: 'set', field: 'firstName', value: 'Augusta' } as const
    valueOf(await service.flows.profile.update(caller, [set]))
    expect(service.recordOf(id).customer.modifiedBy).toEqual({ ...actor, customerId: id })
    expect(service.database.messages.map(({ type }) => type)).toContain('CustomerAssistedLogin')
  })

  it('is no log-in of the customer', async () => {
    const { service, id, assist } = await assisted()
    valueOf(await assist())
    expect(service.recordOf(id).customer).not.toHaveProperty('lastLoginAt')
  })

  it('is never a recent log-in, not even at once', async () => {
    const { service, assist } = await assisted()
    const caller = await service.holding(valueOf(await assist()))
    const added = await service.flows.accountAssignment.assign(caller, 'second@shop.example', 'another horse')
    expect(added).toEqual({ ok: false, error: { kind: 'RecentLoginRequired' } })
  })

  it('ends no session of the customer, and has a public id of its own', async () => {
    const { service, assist } = await assisted()
    const own = await service.logIn()
    expect(valueOf(await assist()).sessionId).not.toBe(own.sessionId)
    expect(await service.isLive(own)).toBe(true)
  })

  it('is not opened of a customer who is not there', async () => {
    const { assist } = await assisted()
    expect(await assist('nobody')).toMatchObject({ error: { kind: 'CustomerNotFound' } })
  })
})
