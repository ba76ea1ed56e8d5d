/**
 * The statements of every change: the guarded update of the customer's row, its messages, and who is to be told of them.
 * The guard is the version: `SET version = CASE WHEN version = :expected …` yields NULL for a stale writer, which the
 * column refuses, and the whole batch is rolled back.
 */
import { and, eq, sql } from 'drizzle-orm'
import type { CustomerRecord } from '../../../domain/changes/change.ts'
import type { Customer } from '../../../domain/customer/customer.ts'
import { eventsOf } from '../../../domain/events/event.ts'
import {
  identifiersOf,
  publishedSequences,
  resourceTypeOf,
  type Message,
} from '../../../domain/events/message.ts'
import type { StoredCustomer, Write } from '../../../flows/ports/index.ts'
import { columnsOf } from './customer-rows.ts'
import { compiled, later, type Database, type Statement } from '../database.ts'
import { customers, messages } from '../schema.ts'
import { deliveriesOf, type EventOfCustomer } from '../webhooks/new-deliveries.ts'

/** More messages than this are written in several statements, to stay below 100 bound parameters. */
const rowsPerStatement = 9

type Sequences = Pick<StoredCustomer, 'messageSequence' | 'publishedSequence'>
export const noMessages: Sequences = { messageSequence: 0, publishedSequence: 0 }

type CustomerRow = typeof customers.$inferInsert

/** Writes NULL as version when version or operation are not those of `before`. */
export function guardedUpdate(database: Database) {
  const expectedVersion = sql.placeholder('expectedVersion')
  const expectedOperation = sql.placeholder('expectedOperation')
  const statement = compiled<Partial<CustomerRow> & { expectedVersion: number; expectedOperation: string }>(
    database
      .update(customers)
      .set({
        createdAt: later(customers.createdAt),
        modifiedAt: later(customers.modifiedAt),
        erasedAt: later(customers.erasedAt),
        profile: later(customers.profile),
        credentials: later(customers.credentials),
        credentialsRevision: later(customers.credentialsRevision),
        version: sql`CASE WHEN ${customers.version} = ${expectedVersion} AND ${customers.operationId} = ${expectedOperation} THEN ${later(customers.version)} END`,
        operationId: later(customers.operationId),
        messageSequence: later(customers.messageSequence),
        publishedSequence: later(customers.publishedSequence),
      })
      .where(and(eq(customers.tenant, later(customers.tenant)), eq(customers.id, later(customers.id)))),
  )
  return (
    before: StoredCustomer,
    record: CustomerRecord,
    news: Message[],
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
      ...sequencesAfter(before, news),
      expectedVersion: before.record.customer.version,
      expectedOperation: before.operationId,
      ...instead,
    })
}

export function sequencesAfter(
  { messageSequence, publishedSequence }: Sequences,
  news: Message[],
): Sequences {
  return {
    messageSequence: messageSequence + news.length,
    publishedSequence: publishedSequences(publishedSequence, news).last,
  }
}

/** What messages say of the customer that they are about; of one who is erased no more than id and version. */
type Subject = Pick<Customer, 'tenant' | 'id' | 'version' | 'key' | 'externalId' | 'customerNumber'>

/** The last statement answers the ids of webhook deliveries. */
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
      publishedSequence: later(messages.publishedSequence),
      identifiers: later(messages.identifiers),
    }),
  )
  return (about: Subject, last: Sequences, news: Message[], write: Write): Statement[] => {
    const rows = messageRows(about, last, news, write)
    const [only] = rows
    if (!only) return []
    const deliveries = deliveriesOf(about.tenant, customerEvents(about.id, rows, write), write.now)
    if (rows.length === 1) return [single(only), deliveries]
    const chunks = Array.from({ length: Math.ceil(rows.length / rowsPerStatement) }, (_, chunk) =>
      rows.slice(chunk * rowsPerStatement, (chunk + 1) * rowsPerStatement),
    )
    return [...chunks.map((chunk) => database.insert(messages).values(chunk)), deliveries]
  }
}

export function messageRows(
  about: Subject,
  last: Sequences,
  news: readonly Message[],
  { now, actor }: Occasion,
) {
  const { sequences } = publishedSequences(last.publishedSequence, news)
  return news.map(({ type, payload }, index) => {
    const isOfCustomer = resourceTypeOf(type) === 'customer'
    return {
      tenant: about.tenant,
      resourceId: about.id,
      sequence: last.messageSequence + index + 1,
      id: crypto.randomUUID(),
      resourceVersion: isOfCustomer ? about.version : 1,
      type,
      payload,
      createdAt: new Date(now).toISOString(),
      createdBy: actor ?? null,
      publishedSequence: sequences[index] ?? null,
      identifiers: isOfCustomer ? identifiersOf(about) : null,
    }
  })
}

/** The events of one customer's messages. */
export function customerEvents(
  customerId: string,
  rows: ReturnType<typeof messageRows>,
  { actor }: Occasion,
): EventOfCustomer[] {
  return eventsOf(rows, actor).map((event) => ({ ...event, customerId }))
}

type Occasion = Pick<Write, 'now' | 'actor'>
