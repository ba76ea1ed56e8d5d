/**
 * The customer's rows: what is written together is there together or not at all, a stale writer is an exception that
 * undoes its whole batch. The same suite runs over D1 and over the store in memory that other tests use.
 */
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { customerStore } from '../../../../src/adapters/d1/customer/customer-store.ts'
import { openDatabase } from '../../../../src/adapters/d1/database.ts'
import { oneDatabase } from '../../../../src/adapters/d1/databases.ts'
import type { Change, CustomerRecord } from '../../../../src/domain/changes/change.ts'
import type { OutboxEntry } from '../../../../src/domain/mail/mail.ts'
import type { CustomerStore, StoredCustomer, Write } from '../../../../src/flows/ports/index.ts'
import { call, newCustomer } from '../../../support/client.ts'
import { memoryDatabase } from '../../../support/memory.ts'
import { accountOf, addressOf, createdAt, now, recordWith, valueOf } from '../../../support/records.ts'

const stores: [string, () => CustomerStore][] = [
  ['D1', () => customerStore(oneDatabase(openDatabase(env.DB)))],
  ['memory', () => memoryDatabase().store],
]

describe.each(stores)('the store in %s', (_name, open) => {
  test('gives back what was written, with the operation that wrote it last', async () => {
    const { store, ref, record } = await stored(open)
    expect(await store.load(ref)).toEqual({
      record,
      operationId: 'insert',
      messageSequence: 1,
      publishedSequence: 1,
      erased: false,
    })
    const before = await loaded(store, ref)
    const next = changed(record, { lastName: 'Byron', addresses: [addressOf('b'), addressOf('a')] })
    valueOf(await store.save(before, changeTo(next, 25), write('save')))
    expect(await store.load(ref)).toEqual({
      record: next,
      operationId: 'save',
      messageSequence: 26,
      publishedSequence: 26,
      erased: false,
    })
  })

  test.each([
    ['an older version', { version: 6 }, 'insert'],
    ['the same version by another operation', {}, 'foreign'],
  ])('refuses a writer that knows %s, as an exception', async (_what, older, operationId) => {
    const { store, ref, record } = await stored(open)
    const before = await loaded(store, ref)
    const stale: StoredCustomer = { ...before, operationId, record: changed(record, older) }
    const next = changed(record, { firstName: 'Augusta', addresses: [addressOf('b')] })
    await expect(store.save(stale, changeTo(next), write('save', [mailTo(ref)]))).rejects.toThrow()
    await expect(store.erase(stale, [], write('erase'))).rejects.toThrow()
    expect(await store.load(ref)).toEqual(before)
  })

  test('refuses a taken e-mail and a taken id as expected failures that write nothing', async () => {
    const { store, ref, record } = await stored(open)
    const { store: _same, ref: otherRef, record: other } = await stored(() => store)
    const before = await loaded(store, ref)
    const [account] = other.credentials.accounts
    if (!account) throw new Error('the record has an account')
    const accounts = [...record.credentials.accounts, { ...account, id: 'second' }]
    const greedy = { ...record, credentials: { ...record.credentials, accounts } }
    const { email } = account
    const taken = { ok: false, error: { kind: 'EmailTaken', email } }
    expect(await store.save(before, changeTo(greedy), write('save'))).toEqual(taken)
    expect(await store.load(ref)).toEqual(before)
    expect(await store.insert(changeTo(record), write('again'))).toEqual({
      ok: false,
      error: { kind: 'CustomerIdTaken', customerId: record.customer.id },
    })
    expect(await store.load(ref)).toEqual(before)
    expect((await store.load(otherRef))?.operationId).toBe('insert')
  })

  test('remembers of a deleted customer that the id is used, and frees the e-mail', async () => {
    const { store, ref, record } = await stored(open)
    valueOf(
      await store.erase(await loaded(store, ref), [{ type: 'CustomerDeleted', payload: {} }], write('erase')),
    )
    expect(await store.load(ref)).toMatchObject({ erased: true, messageSequence: 2 })
    const successor = changed(record, { id: crypto.randomUUID() })
    valueOf(await store.insert(changeTo(successor), write('insert')))
    expect(await store.insert(changeTo(changed(record, {})), write('again'))).toMatchObject({ ok: false })
  })
})

describe('a stale batch on D1', () => {
  test('leaves addresses, accounts, messages and outbox untouched', async () => {
    const { store, ref, record } = await stored(() => customerStore(oneDatabase(openDatabase(env.DB))))
    const stale = await loaded(store, ref)
    await env.DB.prepare("UPDATE customers SET version = 8, operation_id = 'foreign' WHERE id = ?")
      .bind(ref.customerId)
      .run()
    const before = await rowsOf(ref.customerId)
    const accounts = record.credentials.accounts.map((account) => ({ ...account, passwordHash: 'stolen' }))
    const next = changed(
      { ...record, credentials: { ...record.credentials, accounts } },
      { firstName: 'Augusta', addresses: [addressOf('b', { city: 'Paris' }), addressOf('c')] },
    )
    await expect(store.save(stale, changeTo(next, 3), write('save', [mailTo(ref)]))).rejects.toThrow(
      'NOT NULL constraint failed: customers.version',
    )
    expect(await rowsOf(ref.customerId)).toEqual(before)
    expect(before).toMatchObject({ addresses: [{ id: 'a' }], messages: [{ sequence: 1 }], outbox: [] })
  })

  test('is a passing failure for the client, after which the service goes on from the row', async () => {
    const { id, tokens } = await newCustomer('acme')
    await env.DB.prepare("UPDATE customers SET version = 50, operation_id = 'foreign' WHERE id = ?")
      .bind(id)
      .run()
    const update = () =>
      call('PATCH', '/customer/acme/me', { token: tokens.access_token, body: { firstName: 'Augusta' } })
    const before = await rowsOf(id)
    expect((await update()).status).toBe(503)
    expect(await rowsOf(id)).toEqual(before)
    expect((await update()).status).toBe(200)
    expect(await rowsOf(id)).toMatchObject({ customers: [{ version: 51 }] })
  })
})

/** A customer of its own for the test: version 7, one account, one address, one message. */
async function stored(open: () => CustomerStore) {
  const store = open()
  const id = crypto.randomUUID()
  const record = recordWith({ id, addresses: [addressOf('a')] }, { accounts: [accountOf(`ada.${id}`)] })
  valueOf(await store.insert(changeTo(record), write('insert')))
  return { store, record, ref: { tenant: 'acme', customerId: id } }
}

async function loaded(store: CustomerStore, ref: { tenant: string; customerId: string }) {
  const found = await store.load(ref)
  if (!found) throw new Error('the customer is there')
  return found
}

function changed(record: CustomerRecord, customer: Partial<CustomerRecord['customer']>): CustomerRecord {
  return { ...record, customer: { ...record.customer, version: 8, ...customer } }
}

function changeTo(record: CustomerRecord, messages = 1): Change {
  const message = { type: 'CustomerFirstNameSet' as const, payload: {} }
  return { record, messages: Array.from({ length: messages }, () => message), mails: [] }
}

function write(operationId: string, mails: OutboxEntry[] = []): Write {
  return { operationId, now, mails }
}

function mailTo({ tenant, customerId }: { tenant: string; customerId: string }): OutboxEntry {
  const order = { kind: 'addressed', template: 'deletion', to: 'ada@shop.example', recipient: {} } as const
  return { id: crypto.randomUUID(), tenant, customerId, order, createdAt }
}

async function rowsOf(customerId: string) {
  const tables = {
    customers: 'id',
    accounts: 'customer_id',
    addresses: 'customer_id',
    messages: 'resource_id',
    outbox: 'customer_id',
  }
  const rows = await Promise.all(
    Object.entries(tables).map(async ([table, column]) => {
      const found = await env.DB.prepare(`SELECT * FROM ${table} WHERE ${column} = ? ORDER BY 1, 2, 3`)
        .bind(customerId)
        .all()
      return [table, found.results]
    }),
  )
  return Object.fromEntries(rows) as Record<keyof typeof tables, Record<string, unknown>[]>
}
