/**
 * The two statements of every change: the guarded update of the customer's row, and its messages.
 * The guard is the version: `SET version = CASE WHEN version = :expected …` yields NULL for a stale writer, which the
 * column refuses, and the whole batch is rolled back.
 */
import { and, eq, sql } from 'drizzle-orm'
import type { CustomerRecord } from '../../domain/change.ts'
import type { Customer } from '../../domain/customer.ts'
import type { Message } from '../../domain/message.ts'
import type { StoredCustomer, Write } from '../../flows/ports.ts'
import { columnsOf } from './customer-rows.ts'
import { compiled, later, type Database, type Statement } from './database.ts'
import { customers, messages } from './schema.ts'

/** More rows than this of one kind are written in several statements, to stay below 100 bound parameters. */
const rowsPerStatement = 10

type CustomerRow = typeof customers.$inferInsert

/** Writes NULL as version when version or operation are not those of `before`. */
export function guardedUpdate(database: Database) {
  const expectedVersion = sql.placeholder('expectedVersion')
  const expectedOperation = sql.placeholder('expectedOperation')
  const statement = compiled<Partial<CustomerRow> & { expectedVersion: number; expectedOperation: string }>(
    database
      .update(customers)
      .set({
        modifiedAt: later(customers.modifiedAt),
        erasedAt: later(customers.erasedAt),
        profile: later(customers.profile),
        credentials: later(customers.credentials),
        credentialsRevision: later(customers.credentialsRevision),
        version: sql`CASE WHEN ${customers.version} = ${expectedVersion} AND ${customers.operationId} = ${expectedOperation} THEN ${later(customers.version)} END`,
        operationId: later(customers.operationId),
        messageSequence: later(customers.messageSequence),
      })
      .where(and(eq(customers.tenant, later(customers.tenant)), eq(customers.id, later(customers.id)))),
  )
  return (
    before: StoredCustomer,
    record: CustomerRecord,
    messageCount: number,
    { operationId }: Write,
    instead: Partial<CustomerRow> = {},
  ): Statement =>
    statement({
      ...columnsOf(record),
      erasedAt: null,
      tenant: record.customer.tenant,
      id: record.customer.id,
      version: record.customer.version,
      operationId,
      messageSequence: before.messageSequence + messageCount,
      expectedVersion: before.record.customer.version,
      expectedOperation: before.operationId,
      ...instead,
    })
}

export function messageInserts(database: Database) {
  const single = compiled<typeof messages.$inferInsert>(
    database.insert(messages).values({
      tenant: later(messages.tenant),
      resourceId: later(messages.resourceId),
      sequence: later(messages.sequence),
      id: later(messages.id),
      resourceVersion: later(messages.resourceVersion),
      type: later(messages.type),
      payload: later(messages.payload),
      createdAt: later(messages.createdAt),
      createdBy: later(messages.createdBy),
    }),
  )
  return (customer: Customer, lastSequence: number, news: Message[], write: Write): Statement[] => {
    const rows = news.map(({ type, payload }, index) => ({
      tenant: customer.tenant,
      resourceId: customer.id,
      sequence: lastSequence + index + 1,
      id: crypto.randomUUID(),
      resourceVersion: customer.version,
      type,
      payload,
      createdAt: new Date(write.now).toISOString(),
      createdBy: write.actor ?? null,
    }))
    const [only] = rows
    if (rows.length === 1 && only) return [single(only)]
    const chunks = Array.from({ length: Math.ceil(rows.length / rowsPerStatement) }, (_, chunk) =>
      rows.slice(chunk * rowsPerStatement, (chunk + 1) * rowsPerStatement),
    )
    return chunks.map((chunk) => database.insert(messages).values(chunk))
  }
}
