/**
 * The customer's rows: one read to load them, one guarded batch for each change. Only the customer's object writes here.
 */
import { and, asc, eq } from 'drizzle-orm'
import type { CustomerRecord } from '../../domain/change.ts'
import type { Account } from '../../domain/credentials.ts'
import type { Customer } from '../../domain/customer.ts'
import { sameJson } from '../../domain/json.ts'
import { fail, ok, type Result } from '../../domain/result.ts'
import type { CustomerStore, Write } from '../../flows/ports.ts'
import { accountRows, addressRows, columnsOf, toStored } from './customer-rows.ts'
import { guardedUpdate, messageInserts } from './customer-statements.ts'
import { ask, databaseFailure, violatedIndex, writeAll, type Database, type Statement } from './database.ts'
import { outboxRow } from './outbox.ts'
import { accounts, addresses, customers, messages, outbox, type StoredProfile } from './schema.ts'

/** Create once per isolate: the texts of the statements that every change needs are remembered in here. */
export function customerStore(database: Database): CustomerStore {
  const update = guardedUpdate(database)
  const addMessages = messageInserts(database)

  return {
    async load(ref) {
      const ofCustomer = <T extends typeof accounts | typeof addresses>(table: T) =>
        and(eq(table.tenant, ref.tenant), eq(table.customerId, ref.customerId))
      const [rows, accountRows, addressRows] = await ask(
        database.batch([
          database
            .select()
            .from(customers)
            .where(and(eq(customers.tenant, ref.tenant), eq(customers.id, ref.customerId))),
          database.select().from(accounts).where(ofCustomer(accounts)).orderBy(asc(accounts.position)),
          database.select().from(addresses).where(ofCustomer(addresses)).orderBy(asc(addresses.position)),
        ]),
      )
      const row = rows[0]
      return row && toStored(row, accountRows, addressRows)
    },

    insert(change, write) {
      const { customer, credentials } = change.record
      const key = { tenant: customer.tenant, customerId: customer.id }
      return run(database, change.record, addedEmail([], credentials.accounts), [
        database.insert(customers).values({
          tenant: customer.tenant,
          id: customer.id,
          createdAt: customer.createdAt,
          ...columnsOf(change.record),
          version: customer.version,
          operationId: write.operationId,
          messageSequence: change.messages.length,
        }),
        ...accountRows(key, credentials.accounts).map((row) => database.insert(accounts).values(row)),
        ...addressRows(key, customer).map((row) => database.insert(addresses).values(row)),
        ...addMessages(customer, 0, change.messages, write),
        ...outboxStatements(database, write),
      ])
    },

    save(before, change, write) {
      const added = addedEmail(before.record.credentials.accounts, change.record.credentials.accounts)
      return run(database, change.record, added, [
        update(before, change.record, change.messages.length, write),
        ...accountChanges(database, before.record, change.record),
        ...addressChanges(database, before.record.customer, change.record.customer),
        ...addMessages(change.record.customer, before.messageSequence, change.messages, write),
        ...outboxStatements(database, write),
      ])
    },

    erase(before, erased, write) {
      const { customer } = before.record
      const ofCustomer = <T extends typeof accounts | typeof addresses>(table: T) =>
        and(eq(table.tenant, customer.tenant), eq(table.customerId, customer.id))
      const record = before.record
      return run(database, record, undefined, [
        update(before, record, erased.length, write, {
          version: customer.version + 1,
          erasedAt: new Date(write.now).toISOString(),
          profile: {} as StoredProfile,
          credentials: {},
        }),
        database.delete(accounts).where(ofCustomer(accounts)),
        database.delete(addresses).where(ofCustomer(addresses)),
        database
          .delete(outbox)
          .where(and(eq(outbox.tenant, customer.tenant), eq(outbox.customerId, customer.id))),
        database
          .delete(messages)
          .where(and(eq(messages.tenant, customer.tenant), eq(messages.resourceId, customer.id))),
        ...addMessages({ ...customer, version: customer.version + 1 }, before.messageSequence, erased, write),
      ])
    },
  }
}

async function run(
  database: Database,
  { customer }: CustomerRecord,
  added: string | undefined,
  statements: Statement[],
): Promise<Result<void>> {
  try {
    await writeAll(database, statements)
    return ok(undefined)
  } catch (error) {
    const index = violatedIndex(error)
    if (index?.startsWith('accounts.')) return fail({ kind: 'EmailTaken', email: added ?? '' })
    if (index?.endsWith('.key')) return fail({ kind: 'ValueTaken', field: 'key', value: customer.key ?? '' })
    if (index?.endsWith('.customer_number')) return numberTaken(customer)
    if (index?.startsWith('customers.')) return fail({ kind: 'CustomerIdTaken', customerId: customer.id })
    throw databaseFailure(error)
  }
}

/** The number of a customer is its id until it is given another, so either can be in the way. */
function numberTaken({ id, customerNumber }: Customer): Result<never> {
  return customerNumber === undefined
    ? fail({ kind: 'CustomerIdTaken', customerId: id })
    : fail({ kind: 'ValueTaken', field: 'customerNumber', value: customerNumber })
}

/** The login e-mail that a write brings in: the only one that can be taken. */
function addedEmail(before: Account[], after: Account[]): string | undefined {
  return after.find(
    ({ id, emailKey }) => !before.some((known) => known.id === id && known.emailKey === emailKey),
  )?.email
}

function accountChanges(database: Database, before: CustomerRecord, after: CustomerRecord): Statement[] {
  if (before.credentials.accounts === after.credentials.accounts) return []
  const key = { tenant: after.customer.tenant, customerId: after.customer.id }
  const old = accountRows(key, before.credentials.accounts)
  return accountRows(key, after.credentials.accounts).flatMap((row): Statement[] => {
    const previous = old.find(({ id }) => id === row.id)
    if (!previous) return [database.insert(accounts).values(row)]
    if (sameJson(previous, row)) return []
    return [
      database
        .update(accounts)
        .set(row)
        .where(and(eq(accounts.tenant, key.tenant), eq(accounts.emailKey, previous.emailKey))),
    ]
  })
}

function addressChanges(database: Database, before: Customer, after: Customer): Statement[] {
  if (before.addresses === after.addresses) return []
  const key = { tenant: after.tenant, customerId: after.id }
  const old = addressRows(key, before)
  const current = addressRows(key, after)
  const removed = old.filter(({ id }) => !current.some((row) => row.id === id))
  const written = current.filter((row) => !old.some((previous) => sameJson(previous, row)))
  return [
    ...removed.map(({ id }) =>
      database
        .delete(addresses)
        .where(
          and(
            eq(addresses.tenant, key.tenant),
            eq(addresses.customerId, key.customerId),
            eq(addresses.id, id),
          ),
        ),
    ),
    ...written.map((row) =>
      database
        .insert(addresses)
        .values(row)
        .onConflictDoUpdate({
          target: [addresses.tenant, addresses.customerId, addresses.id],
          set: { position: row.position, body: row.body },
        }),
    ),
  ]
}

function outboxStatements(database: Database, { mails }: Write): Statement[] {
  return mails.map((entry) => database.insert(outbox).values(outboxRow(entry)))
}
