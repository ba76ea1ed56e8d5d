/**
 * The customer's rows: one read to load them, one guarded batch for each change. Only the customer's object writes here.
 */
import { and, asc, eq } from 'drizzle-orm'
import type { CustomerRecord } from '../../../domain/changes/change.ts'
import type { Account } from '../../../domain/credentials/credentials.ts'
import type { Customer } from '../../../domain/customer/customer.ts'
import { sameJson } from '../../../domain/base/json.ts'
import { Outage } from '../../../domain/base/outage.ts'
import { fail, ok, type Result } from '../../../domain/base/result.ts'
import type { CustomerRef, CustomerStore, Write, Written } from '../../../flows/ports/index.ts'
import { assignmentChanges, changedAssignment } from '../companies/contact-assignment-rows.ts'
import { eraseFounded, eraseMarks, eraseTraces } from './customer-erasure.ts'
import { accountRows, addressRows, columnsOf, reservedRows, toStored } from './customer-rows.ts'
import { guardedUpdate, messageInserts, noMessages, sequencesAfter } from './customer-statements.ts'
import {
  ask,
  databaseFailure,
  violatedIndex,
  violatedNotNull,
  writeAll,
  type Database,
  type Statement,
} from '../database.ts'
import { oncePerDatabase, type Databases } from '../databases.ts'
import { outbox } from '../mail/mail-schema.ts'
import { outboxRow } from '../mail/outbox.ts'
import { contactAssignments } from '../companies/company-schema.ts'
import { accounts, addresses, customers, reservedEmails, type StoredProfile } from '../schema.ts'

/** Create once per isolate: the texts of the statements that every change needs are remembered in here. */
export function customerStore(databases: Databases): CustomerStore {
  const { databaseOf } = databases
  const statementsOf = oncePerDatabase((database) => ({
    update: guardedUpdate(database),
    addMessages: messageInserts(database),
  }))

  return {
    async load(ref) {
      const database = await databaseOf(ref.tenant)
      const ofCustomer = rowsOf(ref)
      const [rows, accountRows, addressRows, assignmentRows] = await ask(
        database.batch([
          database
            .select()
            .from(customers)
            .where(and(eq(customers.tenant, ref.tenant), eq(customers.id, ref.customerId))),
          database.select().from(accounts).where(ofCustomer(accounts)).orderBy(asc(accounts.position)),
          database.select().from(addresses).where(ofCustomer(addresses)).orderBy(asc(addresses.position)),
          database
            .select()
            .from(contactAssignments)
            .where(ofCustomer(contactAssignments))
            .orderBy(asc(contactAssignments.createdAt), asc(contactAssignments.id)),
        ]),
      )
      const row = rows[0]
      return row && toStored(row, accountRows, addressRows, assignmentRows)
    },

    async insert(change, write, erased) {
      const { customer, credentials } = change.record
      const database = await databaseOf(customer.tenant)
      const { update, addMessages } = statementsOf(database)
      const key = { tenant: customer.tenant, customerId: customer.id }
      return run(database, undefined, change.record, [
        erased
          ? update(erased, change.record, change.messages, write)
          : database.insert(customers).values({
              tenant: customer.tenant,
              id: customer.id,
              ...columnsOf(change.record),
              version: customer.version,
              operationId: write.operationId,
              ...sequencesAfter(noMessages, change.messages),
            }),
        ...accountRows(key, credentials.accounts).map((row) => database.insert(accounts).values(row)),
        ...addressRows(key, customer).map((row) => database.insert(addresses).values(row)),
        ...assignmentChanges(database, undefined, customer),
        ...addMessages(customer, erased ?? noMessages, change.messages, write),
        ...outboxStatements(database, write),
      ])
    },

    async save(before, change, write) {
      const database = await databaseOf(change.record.customer.tenant)
      const { update, addMessages } = statementsOf(database)
      return run(database, before.record, change.record, [
        update(before, change.record, change.messages, write),
        ...accountChanges(database, before.record, change.record),
        ...reservationChanges(database, before.record, change.record),
        ...addressChanges(database, before.record.customer, change.record.customer),
        ...assignmentChanges(database, before.record.customer, change.record.customer),
        ...addMessages(change.record.customer, before, change.messages, write),
        ...outboxStatements(database, write),
      ])
    },

    async erase(before, erased, write, keepMessages) {
      const { customer } = before.record
      const { tenant, id } = customer
      const database = await databaseOf(tenant)
      const { update, addMessages } = statementsOf(database)
      const ofCustomer = rowsOf({ tenant, customerId: id })
      const version = customer.version + 1
      const record = before.record
      const { spentTokens } = record.credentials
      return run(database, record, record, [
        update(before, record, erased, write, {
          version,
          erasedAt: new Date(write.now).toISOString(),
          profile: {} as StoredProfile,
          // For a second press of the button that erased.
          credentials: spentTokens ? { spentTokens } : {},
        }),
        database.delete(accounts).where(ofCustomer(accounts)),
        database.delete(reservedEmails).where(ofCustomer(reservedEmails)),
        database.delete(addresses).where(ofCustomer(addresses)),
        database.delete(contactAssignments).where(ofCustomer(contactAssignments)),
        database
          .delete(outbox)
          .where(and(eq(outbox.tenant, customer.tenant), eq(outbox.customerId, customer.id))),
        ...((customer.contactAssignments ?? []).length > 0 ? [eraseFounded(database, customer)] : []),
        ...(await eraseMarks(databases, database, before.record)),
        ...(keepMessages ? [] : eraseTraces(database, before.record)),
        ...addMessages(
          keepMessages ? { ...customer, version } : { tenant, id, version },
          before,
          erased,
          write,
        ),
      ])
    },
  }
}

function rowsOf({ tenant, customerId }: CustomerRef) {
  return <T extends typeof accounts | typeof addresses | typeof contactAssignments | typeof reservedEmails>(
    table: T,
  ) => and(eq(table.tenant, tenant), eq(table.customerId, customerId))
}

async function run(
  database: Database,
  before: CustomerRecord | undefined,
  after: CustomerRecord,
  statements: Statement[],
): Promise<Result<Written>> {
  try {
    const returned = await writeAll<{ deliveryId: string }>(database, statements)
    return ok({ deliveries: returned.map(({ deliveryId }) => deliveryId) })
  } catch (error) {
    const { customer } = after
    const index = violatedIndex(error)
    if (index?.startsWith('accounts.')) {
      const email = addedEmail(before?.credentials.accounts ?? [], after.credentials.accounts)
      return fail({ kind: 'EmailTaken', email: email ?? '' })
    }
    if (index?.startsWith('contact_assignments.'))
      return fail({ kind: 'ValueTaken', field: 'id', value: changedAssignment(before, after)?.id ?? '' })
    if (violatedNotNull(error) === 'contact_assignments.legal_entity_id') {
      const id = changedAssignment(before, after)?.legalEntityId ?? ''
      return fail({ kind: 'ReferenceUnresolved', of: 'legal-entity', id })
    }
    if (index?.endsWith('.key')) return fail({ kind: 'ValueTaken', field: 'key', value: customer.key ?? '' })
    if (index?.endsWith('.customer_number')) return numberTaken(customer)
    if (index?.startsWith('customers.')) return fail({ kind: 'CustomerIdTaken', customerId: customer.id })
    // The guard of the batch: what was read is not what is there any more, and the next reading will be right.
    const guard = violatedNotNull(error)
    if (guard === 'customers.version')
      throw new Outage(`The customer has another writer: NOT NULL constraint failed: ${guard}`)
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
  if (sameJson(before.credentials.accounts, after.credentials.accounts)) return []
  const key = { tenant: after.customer.tenant, customerId: after.customer.id }
  const old = accountRows(key, before.credentials.accounts)
  const current = accountRows(key, after.credentials.accounts)
  // Not by the key of the e-mail, which the sweep of spellings may have written anew.
  const at = ({ id }: { id: string }) => and(rowsOf(key)(accounts), eq(accounts.id, id))
  const removed = old.filter(({ id }) => !current.some((row) => row.id === id))
  const written = current.flatMap((row): Statement[] => {
    const previous = old.find(({ id }) => id === row.id)
    if (!previous) return [database.insert(accounts).values(row)]
    return sameJson(previous, row) ? [] : [database.update(accounts).set(row).where(at(previous))]
  })
  return [...removed.map((row) => database.delete(accounts).where(at(row))), ...written]
}

function reservationChanges(
  database: Database,
  { credentials: before }: CustomerRecord,
  { credentials: after, customer: { tenant, id } }: CustomerRecord,
): Statement[] {
  if (before.emailUndos === after.emailUndos) return []
  const key = { tenant, customerId: id }
  const ofCustomer = rowsOf(key)
  return [
    database.delete(reservedEmails).where(ofCustomer(reservedEmails)),
    ...reservedRows(key, after).map((row) =>
      database
        .insert(reservedEmails)
        .values(row)
        .onConflictDoUpdate({
          target: [reservedEmails.tenant, reservedEmails.emailKey],
          set: { customerId: row.customerId, accountId: row.accountId, until: row.until },
        }),
    ),
  ]
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
