/**
 * Mail orders between the change that caused them and their delivery.
 * An entry that is gone has been delivered: that is how a consumer recognises a repeat. One that failed for good stays,
 * and no consumer is given it.
 */
import { and, asc, eq, inArray, isNull, lte, sql } from 'drizzle-orm'
import { messageLostSeconds, type OutboxEntry } from '../../../domain/mail/mail.ts'
import type { CustomerRef, Outbox } from '../../../flows/ports/index.ts'
import { databaseFailure, type Database } from '../database.ts'
import { outbox } from './mail-schema.ts'

export function outboxTable(database: Database): Outbox {
  return {
    async add(entry) {
      try {
        await database.insert(outbox).values(outboxRow(entry))
      } catch (error) {
        throw databaseFailure(error)
      }
    },

    async claim(id, now, leaseSeconds) {
      // Due again when the lease is over: a consumer that dies takes its message along.
      const leaseEndsAt = now + leaseSeconds * 1000
      const [row] = await database
        .update(outbox)
        .set({ claimedUntil: leaseEndsAt, dueAt: leaseEndsAt, attempts: sql`${outbox.attempts} + 1` })
        .where(and(eq(outbox.id, id), lte(outbox.claimedUntil, now), isNull(outbox.failedAt)))
        .returning()
      return row && toEntry(row)
    },

    async release(id, dueAt, failureReason) {
      await database.update(outbox).set({ claimedUntil: 0, dueAt, failureReason }).where(eq(outbox.id, id))
    },

    async fail(id, { kind, failedAt, reason, customerId }) {
      await database
        .update(outbox)
        .set({
          claimedUntil: 0,
          failedAt,
          failureKind: kind,
          ...(reason === undefined ? {} : { failureReason: reason }),
          ...(customerId === undefined ? {} : { customerId }),
        })
        .where(and(eq(outbox.id, id), isNull(outbox.failedAt)))
    },

    async complete(id) {
      await database.delete(outbox).where(eq(outbox.id, id))
    },

    async takeDue(now, nextDueAt, of, limit) {
      const due = database
        .select({ id: outbox.id })
        .from(outbox)
        .where(and(lte(outbox.dueAt, now), isNull(outbox.failedAt), of && entriesOf(of)))
        .orderBy(asc(outbox.dueAt))
        .limit(limit)
      const rows = await database
        .update(outbox)
        .set({ dueAt: nextDueAt })
        .where(inArray(outbox.id, due))
        .returning({ id: outbox.id })
      return rows.map(({ id }) => id)
    },

    async earliestDue(of) {
      const [row] = await database
        .select({ dueAt: outbox.dueAt })
        .from(outbox)
        .where(and(entriesOf(of), isNull(outbox.failedAt)))
        .orderBy(asc(outbox.dueAt))
        .limit(1)
      return row?.dueAt
    },

    async backlog() {
      const [row] = await database
        .select({
          waiting: sql<number>`count(*) filter (where ${outbox.failedAt} is null)`,
          delayed: sql<number>`count(*) filter (where ${outbox.failedAt} is null and ${outbox.failureReason} is not null)`,
          failed: sql<number>`count(${outbox.failedAt})`,
        })
        .from(outbox)
      return row ?? { waiting: 0, delayed: 0, failed: 0 }
    },
  }
}

function entriesOf({ tenant, customerId }: CustomerRef) {
  return and(eq(outbox.tenant, tenant), eq(outbox.customerId, customerId))
}

/** A fresh entry, unclaimed and with its message under way. */
export function outboxRow({
  id,
  tenant,
  customerId,
  order,
  createdAt,
}: OutboxEntry): typeof outbox.$inferInsert {
  const dueAt = Date.parse(createdAt) + messageLostSeconds * 1000
  return { id, tenant, customerId: customerId ?? null, mailOrder: order, createdAt, claimedUntil: 0, dueAt }
}

function toEntry({ id, tenant, customerId, mailOrder, createdAt }: typeof outbox.$inferSelect): OutboxEntry {
  return { id, tenant, order: mailOrder, createdAt, ...(customerId === null ? {} : { customerId }) }
}
