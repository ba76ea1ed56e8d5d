/**
 * Mail orders between the change that caused them and their delivery.
 * An entry that is gone has been delivered: that is how a consumer recognises a repeat.
 */
import { and, asc, eq, lt, lte } from 'drizzle-orm'
import type { Outbox } from '../../flows/ports.ts'
import type { OutboxEntry } from '../../domain/mail.ts'
import { databaseFailure, type Database } from './database.ts'
import { outbox } from './schema.ts'

export function outboxTable(database: Database): Outbox {
  return {
    async add({ id, tenant, customerId, order, createdAt }) {
      try {
        await database
          .insert(outbox)
          .values({ id, tenant, customerId: customerId ?? null, mailOrder: order, createdAt })
      } catch (error) {
        throw databaseFailure(error)
      }
    },

    async claim(id, now, leaseSeconds) {
      const [row] = await database
        .update(outbox)
        .set({ claimedUntil: now + leaseSeconds * 1000 })
        .where(and(eq(outbox.id, id), lte(outbox.claimedUntil, now)))
        .returning()
      return row && toEntry(row)
    },

    async release(id) {
      await database.update(outbox).set({ claimedUntil: 0 }).where(eq(outbox.id, id))
    },

    async complete(id) {
      await database.delete(outbox).where(eq(outbox.id, id))
    },

    async pendingOf({ tenant, customerId }) {
      const rows = await database
        .select({ id: outbox.id })
        .from(outbox)
        .where(and(eq(outbox.tenant, tenant), eq(outbox.customerId, customerId)))
      return rows.map(({ id }) => id)
    },

    async overdue(before, limit) {
      const rows = await database
        .select({ id: outbox.id })
        .from(outbox)
        .where(lt(outbox.createdAt, new Date(before).toISOString()))
        .orderBy(asc(outbox.createdAt))
        .limit(limit)
      return rows.map(({ id }) => id)
    },
  }
}

function toEntry({ id, tenant, customerId, mailOrder, createdAt }: typeof outbox.$inferSelect): OutboxEntry {
  return { id, tenant, order: mailOrder, createdAt, ...(customerId === null ? {} : { customerId }) }
}
