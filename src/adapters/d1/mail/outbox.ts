/**
 * Mail orders between the change that caused them and their delivery.
 * An entry that is gone has been delivered: that is how a consumer recognises a repeat. One that failed for good stays,
 * and no consumer is given it.
 */
import { and, asc, eq, inArray, isNull, lte, sql } from 'drizzle-orm'
import { messageLostSeconds, type OutboxEntry } from '../../../domain/mail/mail.ts'
import type { Outbox, OutboxBacklog } from '../../../flows/ports/index.ts'
import { ask, type Database } from '../database.ts'
import { databaseOfOrder, type Databases } from '../databases.ts'
import { outbox } from './mail-schema.ts'

export function outboxTable(databases: Databases): Outbox {
  const { databaseOf, named, names } = databases
  return {
    async add(entry) {
      const database = await databaseOf(entry.tenant)
      await ask(database.insert(outbox).values(outboxRow(entry)))
    },

    async claim(order, now, leaseSeconds) {
      const database = await databaseOfOrder(databases, order)
      // Due again when the lease is over: a consumer that dies takes its message along.
      const leaseEndsAt = now + leaseSeconds * 1000
      const [row] = await ask(
        database
          .update(outbox)
          .set({ claimedUntil: leaseEndsAt, dueAt: leaseEndsAt, attempts: sql`${outbox.attempts} + 1` })
          .where(and(eq(outbox.id, order.id), lte(outbox.claimedUntil, now), isNull(outbox.failedAt)))
          .returning(),
      )
      return row && toEntry(row)
    },

    async release({ tenant, id }, dueAt, failureReason) {
      const database = await databaseOf(tenant)
      const given = { claimedUntil: 0, dueAt, failureReason }
      await ask(database.update(outbox).set(given).where(eq(outbox.id, id)))
    },

    async fail(order, { kind, failedAt, reason, customerId }) {
      const database = await databaseOfOrder(databases, order)
      const failed = {
        ...{ claimedUntil: 0, failedAt, failureKind: kind },
        ...(reason === undefined ? {} : { failureReason: reason }),
        ...(customerId === undefined ? {} : { customerId }),
      }
      await ask(
        database
          .update(outbox)
          .set(failed)
          .where(and(eq(outbox.id, order.id), isNull(outbox.failedAt))),
      )
    },

    async complete({ tenant, id }) {
      const database = await databaseOf(tenant)
      await ask(database.delete(outbox).where(eq(outbox.id, id)))
    },

    async takeDue(name, now, nextDueAt, limit) {
      const database = named(name)
      const due = database
        .select({ id: outbox.id })
        .from(outbox)
        .where(and(lte(outbox.dueAt, now), isNull(outbox.failedAt)))
        .orderBy(asc(outbox.dueAt))
        .limit(limit)
      return ask(
        database
          .update(outbox)
          .set({ dueAt: nextDueAt })
          .where(inArray(outbox.id, due))
          .returning({ tenant: outbox.tenant, id: outbox.id }),
      )
    },

    async backlog() {
      const counts = await Promise.all(names.map((name) => countEntries(named(name))))
      const sum = (kind: keyof OutboxBacklog) => counts.reduce((all, count) => all + count[kind], 0)
      return { waiting: sum('waiting'), delayed: sum('delayed'), failed: sum('failed') }
    },
  }
}

async function countEntries(database: Database): Promise<OutboxBacklog> {
  const [row] = await ask(
    database
      .select({
        waiting: sql<number>`count(*) filter (where ${outbox.failedAt} is null)`,
        delayed: sql<number>`count(*) filter (where ${outbox.failedAt} is null and ${outbox.failureReason} is not null)`,
        failed: sql<number>`count(${outbox.failedAt})`,
      })
      .from(outbox),
  )
  return row ?? { waiting: 0, delayed: 0, failed: 0 }
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
