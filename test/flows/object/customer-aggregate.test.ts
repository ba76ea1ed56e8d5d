/**
 * The one writer of a customer, over ports in memory that fail when they are told to: nothing acknowledged is lost,
 * nothing happens twice, and no failure leaves a wrong copy in memory or stops the calls after it.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import type { CustomerCreation } from '../../../src/domain/changes/create.ts'
import type { Standing } from '../../../src/domain/customer/company.ts'
import type { CustomerAction } from '../../../src/domain/changes/update-action.ts'
import { CustomerAggregate } from '../../../src/flows/object/customer-aggregate.ts'
import type { CustomerCommand, NewSession } from '../../../src/flows/ports/index.ts'
import { memoryDatabase, memoryPorts, type MemoryDatabase, type MemoryPorts } from '../../support/memory.ts'
import { accountOf, now, tenantWith, tokenOf, valueOf } from '../../support/records.ts'

const ref = { tenant: 'acme', customerId: '12345678' }
const tenant = tenantWith()
const account = accountOf('ada')

const creation: CustomerCreation = {
  id: ref.customerId,
  draft: { firstName: 'Ada' },
  account,
  addresses: [],
  optInToken: tokenOf('opt_in'),
}
const session: NewSession = {
  key: 'key',
  sessionId: 'session',
  accountId: account.id,
  methods: ['pwd'],
  grant: { refresh: 'rotating', accessLifetimeSeconds: 60, refreshLifetimeSeconds: 1000, scopes: [] },
  refreshUntil: now + 1000_000,
  endsAt: now + 1000_000,
}
const proof = { sessionKey: session.key }

const named = (firstName: string): CustomerAction[] => [
  { action: 'set', field: 'firstName', value: firstName },
]
const mailed: CustomerAction[] = [{ action: 'requestDeletion', token: tokenOf('deletion') }]

let operations = 0
function command(actions: CustomerAction[], more: Partial<CustomerCommand> = {}): CustomerCommand {
  return { now, operationId: `operation ${(operations += 1)}`, actions, ...more }
}

let database: MemoryDatabase
let ports: MemoryPorts
let aggregate: CustomerAggregate

/** A customer at version 1 with a session, in memory and in the database. */
beforeEach(async () => {
  database = memoryDatabase()
  ports = memoryPorts(database)
  aggregate = new CustomerAggregate(ref, ports)
  valueOf(await aggregate.create(tenant, creation, now))
  valueOf(await aggregate.execute(command([], { openSession: session })))
  database.messages.length = 0
})

const row = () => database.rows.get('acme:12345678')
const seen = async () => valueOf(await aggregate.read(proof, now))

/** What is in the outbox, as the queue names it. */
const ordered = () => [...database.outbox.rows.keys()].map((id) => ({ tenant: 'acme', id }))

describe('a write whose answer is lost', () => {
  test('is acknowledged when it had taken place, and has taken place once', async () => {
    database.writeFaults.push('after')
    const actions = [...named('Augusta'), ...mailed]
    expect(valueOf(await aggregate.execute(command(actions))).customer).toMatchObject({
      firstName: 'Augusta',
      version: 2,
    })
    expect(row()?.record.customer).toMatchObject({ firstName: 'Augusta', version: 2 })
    expect(database.messages).toHaveLength(1)
    expect(ports.outboxQueue.sent).toEqual(ordered())
    expect(ports.outboxQueue.sent).toHaveLength(1)
    expect(await seen()).toMatchObject({ firstName: 'Augusta', version: 2 })
    valueOf(await aggregate.execute(command(named('Byron'))))
    expect(row()).toMatchObject({
      record: { customer: { firstName: 'Byron', version: 3 } },
      messageSequence: 3,
    })
  })

  test('is an error when it had not, and leaves no trace but a dropped memory', async () => {
    database.writeFaults.push('before')
    const before = structuredClone(row())
    const { loads } = database
    await expect(aggregate.execute(command([...named('Augusta'), ...mailed]))).rejects.toThrow('not there')
    expect(row()).toEqual(before)
    expect(database.messages).toEqual([])
    expect([...database.outbox.rows.keys(), ...ports.outboxQueue.sent]).toEqual([])
    // Once to find out whether the write had taken place, and once because nothing is remembered.
    expect(await seen()).toMatchObject({ firstName: 'Ada', version: 1 })
    expect(database.loads).toBe(loads + 2)
    valueOf(await aggregate.execute(command(named('Byron'))))
    expect(await seen()).toMatchObject({ firstName: 'Byron', version: 2 })
  })

  test('is an error when nobody can tell, and later calls start from what the database has', async () => {
    database.writeFaults.push('after')
    database.loadFaults.push('before')
    await expect(aggregate.execute(command(named('Augusta')))).rejects.toThrow('not there')
    expect(await seen()).toMatchObject({ firstName: 'Augusta', version: 2 })
    valueOf(await aggregate.execute(command(named('Byron'))))
    expect(row()).toMatchObject({ record: { customer: { version: 3 } }, messageSequence: 3 })
  })

  test('opens no session when it had not taken place', async () => {
    database.writeFaults.push('before')
    const openSession = { ...session, key: 'second' }
    const login = command([{ action: 'recordLogin', accountId: account.id }], { openSession })
    await expect(aggregate.execute(login)).rejects.toThrow('not there')
    expect([...ports.sessionRows.keys()]).toEqual([session.key])
  })

  test('ends no session when it had not taken place, and the others when it had', async () => {
    const setPassword = (): CustomerCommand =>
      command([{ action: 'setPassword', accountId: account.id, passwordHash: 'new', cause: 'mailed_token' }])
    database.writeFaults.push('before')
    await expect(aggregate.execute(setPassword())).rejects.toThrow('not there')
    expect(await seen()).toMatchObject({ version: 1 })
    database.writeFaults.push('after')
    valueOf(await aggregate.execute(setPassword()))
    expect(await aggregate.read(proof, now)).toEqual({ ok: false, error: { kind: 'SessionEnded' } })
  })

  test.each([
    { fault: 'after' as const, created: true },
    { fault: 'before' as const, created: false },
  ])('is decided by the database for a new customer too (fails $fault it)', async ({ fault, created }) => {
    database = memoryDatabase()
    database.writeFaults.push(fault)
    aggregate = new CustomerAggregate(ref, memoryPorts(database))
    const outcome = await aggregate.create(tenant, creation, now).catch(() => undefined)
    expect(outcome?.ok ?? false).toBe(created)
    expect(database.rows.size).toBe(created ? 1 : 0)
    const again = await aggregate.create(tenant, creation, now)
    expect(again.ok).toBe(!created)
    expect(database.messages).toHaveLength(1)
  })

  test.each([
    { fault: 'after' as const, erased: true },
    { fault: 'before' as const, erased: false },
  ])('is decided by the database for a deletion too (fails $fault it)', async ({ fault, erased }) => {
    const token = tokenOf('deletion', { credentialsRevision: 1 })
    database.writeFaults.push(fault)
    const outcome = await aggregate.erase({ token, now }).catch(() => undefined)
    expect(outcome?.ok ?? false).toBe(erased)
    expect((await aggregate.read(proof, now)).ok).toBe(!erased)
    expect((await aggregate.erase({ token, now })).ok).toBe(!erased)
    expect(database.messages.map(({ type }) => type)).toEqual(['CustomerDeleted'])
  })
})

describe('a row that somebody else has written', () => {
  test('makes the write an error, and is what the next call starts from', async () => {
    const foreign = structuredClone(row())
    if (!foreign) throw new Error('the customer has a row')
    foreign.operationId = 'foreign'
    foreign.record.customer = { ...foreign.record.customer, firstName: 'Grace', version: 9 }
    database.rows.set('acme:12345678', foreign)

    await expect(aggregate.execute(command([...named('Augusta'), ...mailed]))).rejects.toThrow('stale')
    expect(row()).toEqual(foreign)
    expect([database.messages, [...database.outbox.rows], ports.outboxQueue.sent]).toEqual([[], [], []])
    expect(await seen()).toMatchObject({ firstName: 'Grace', version: 9 })
    expect(valueOf(await aggregate.execute(command(named('Byron')))).customer.version).toBe(10)
  })
})

describe('calls at once', () => {
  test('are made one after the other, so that every one of twenty counts', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `writer ${index}`)
    const outcomes = await Promise.all(names.map((name) => aggregate.execute(command(named(name)))))
    expect(outcomes.map((outcome) => valueOf(outcome).customer.version)).toEqual(names.map((_, i) => i + 2))
    expect(await seen()).toMatchObject({ firstName: 'writer 19', version: 21 })
  })

  test('are not stopped by one that fails', async () => {
    database.writeFaults.push(undefined, 'before', undefined)
    const outcomes = await Promise.allSettled(
      ['one', 'two', 'three'].map((name) => aggregate.execute(command(named(name)))),
    )
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await seen()).toMatchObject({ firstName: 'three', version: 3 })
  })

  test('read the last acknowledged state while a write is under way', async () => {
    const release = database.hold()
    const written = aggregate.execute(command(named('Augusta')))
    expect(await seen()).toMatchObject({ firstName: 'Ada', version: 1 })
    release()
    valueOf(await written)
    expect(await seen()).toMatchObject({ firstName: 'Augusta', version: 2 })
  })
})

test('a refused write leaves the memory as it is and orders no mail', async () => {
  const grace = accountOf('grace')
  const other = new CustomerAggregate({ ...ref, customerId: 'other' }, memoryPorts(database))
  valueOf(await other.create(tenant, { ...creation, id: 'other', account: grace }, now))
  const { loads } = database
  const { email, emailKey } = grace
  const added = await aggregate.execute(
    command([{ action: 'addAccount', accountId: 'second', email, emailKey, passwordHash: 'hash' }]),
  )
  expect(added).toEqual({ ok: false, error: { kind: 'EmailTaken', email } })
  expect((await seen()).accounts).toHaveLength(1)
  expect([database.loads, ports.outboxQueue.sent]).toEqual([loads, []])
})

describe('a caller who does not act for the whole tenant', () => {
  const reach = { kind: 'company', legalEntityId: 'one' } as const
  const refused = (error: object) => ({ ok: false, error })
  const unassigned = refused({ kind: 'LegalEntityNotAssigned', legalEntityId: 'one' })
  const beyond = refused({ kind: 'ClientUnfit', scope: 'manage_customers' })
  const join = (legalEntityId: string, standing: Standing = {}): CustomerAction => ({
    ...{ action: 'addContactAssignment', assignmentId: `to ${legalEntityId}` },
    ...{
      draft: { legalEntityId, type: 'CONTACT', primary: false, mixins: {}, mixinSchemas: {} },
      ...standing,
    },
  })
  const office = async (...actions: CustomerAction[]) =>
    void valueOf(await aggregate.execute(command(actions)))
  const change = () => aggregate.execute(command(named('Mallory'), { reach }))
  const erase = () => aggregate.erase({ now, reach })

  test('finds nobody who attached himself to the company, and changes and erases no member of two', async () => {
    const missing = refused({ kind: 'CustomerNotFound', customerId: ref.customerId })
    await office(join('one', { selfAssigned: true }))
    for (const act of [change, erase]) expect(await act()).toEqual(missing)
    await office({ action: 'removeContactAssignment', assignmentId: 'to one' })
    await office(join('one', { madeByCompany: true }), join('two'))
    for (const act of [change, erase]) expect(await act()).toEqual(unassigned)
    expect((await seen()).firstName).toBe('Ada')
    await office({ action: 'removeContactAssignment', assignmentId: 'to two' })
    for (const act of [change, erase]) expect(await act()).toMatchObject({ ok: true })
  })

  test('changes a member whom the company was given, and does not erase him', async () => {
    await office(join('one'))
    expect(await change()).toMatchObject({ ok: true })
    expect(await erase()).toEqual(unassigned)
    expect((await seen()).firstName).toBe('Mallory')
  })

  test('moves the customer within the own stores only, whatever else the request does', async () => {
    await office({ action: 'setStores', stores: ['a'] })
    const move = (...actions: CustomerAction[]) =>
      aggregate.execute(command([...named('Mallory'), ...actions], { ownStores: ['a', 'c'] }))
    for (const stores of [['b'], ['a', 'b'], []])
      expect(await move({ action: 'setStores', stores })).toEqual(beyond)
    expect(await move({ action: 'removeStore', store: 'a' })).toEqual(beyond)
    expect(await seen()).toMatchObject({ firstName: 'Ada', stores: [{ key: 'a' }] })
    expect(await move({ action: 'setStores', stores: ['c'] })).toMatchObject({ ok: true })
  })
})

describe('a mail', () => {
  test('is in the outbox with the write that orders it, and not before', async () => {
    const release = database.hold()
    const written = aggregate.execute(command(mailed))
    await Promise.resolve()
    expect(database.outbox.rows.size).toBe(0)
    release()
    valueOf(await written)
    expect([...database.outbox.rows.keys()]).toEqual(ordered().map(({ id }) => id))
  })

  test('that the queue did not take is acknowledged, told to the log, and due for the sweep', async () => {
    ports.outboxQueue.failing = new Error('The queue is not there.')
    valueOf(await aggregate.execute(command(mailed)))
    expect(ports.outboxQueue.sent).toEqual([])
    const ids = ordered().map(({ id }) => id)
    await expect.poll(() => ports.lost).toEqual([{ event: 'mail not queued', about: { ...ref, ids } }])
    expect(await database.outbox.takeDue('DB', now + 19_999, now, 10)).toEqual([])
    expect(await database.outbox.takeDue('DB', now + 20_000, now, 10)).toEqual(ordered())
  })
})

test('sessions that have ended are removed when the object is woken, without a look at the database', async () => {
  const { loads } = database
  expect(ports.wakeUps).toEqual([session.endsAt])
  aggregate.removeEndedSessions(session.endsAt)
  expect([ports.sessionRows.size, database.loads]).toEqual([0, loads])
})
