/**
 * Events between the change that they tell of and their receivers, and afterwards the log of what became of them. Events of
 * one customer go to one receiver one after the other: a delivery cannot be claimed while an earlier one is pending.
 */
import { and, desc, eq, inArray, lte, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { DeliveryPageRequest, WebhookDeliveries, WebhookDelivery } from '../../../flows/ports/index.ts'
import { ask, type Database } from '../database.ts'
import { databaseOfExtent, databaseOfOrder, within, type Databases } from '../databases.ts'
import { toMessage } from '../customer/message-store.ts'
import { forgetOld } from '../retention.ts'
import { messages } from '../schema.ts'
import { webhookDeliveries as deliveries, webhooks } from './webhook-schema.ts'
import { toWebhook } from './webhook-store.ts'

type Row = typeof deliveries.$inferSelect

const earlier = alias(deliveries, 'earlier')
/** To the letter as in the partial indexes, which no parameter would find. */
const isPending = sql`${deliveries.status} = 'pending'`
const isFirst = sql`NOT EXISTS (SELECT 1 FROM ${deliveries} AS earlier WHERE ${earlier.status} = 'pending'
  AND ${earlier.webhookId} = ${deliveries.webhookId} AND ${earlier.customerId} = ${deliveries.customerId}
  AND ${earlier.sequence} < ${deliveries.sequence})`

export function webhookDeliveryTable(databases: Databases): WebhookDeliveries {
  const { databaseOf, named } = databases
  return {
    async claim(order, now, leaseSeconds) {
      const database = await databaseOfOrder(databases, order)
      const { id } = order
      const leaseEndsAt = now + leaseSeconds * 1000
      const own = (column: SQL) => sql`(SELECT ${column} FROM ${deliveries} WHERE ${deliveries.id} = ${id})`
      const [[row], [webhook], [message]] = await ask(
        database.batch([
          database
            .update(deliveries)
            .set({
              claimedUntil: leaseEndsAt,
              dueAt: leaseEndsAt,
              attempts: sql`${deliveries.attempts} + 1`,
              firstAttemptAt: sql`coalesce(${deliveries.firstAttemptAt}, ${now})`,
              lastAttemptAt: now,
            })
            .where(and(eq(deliveries.id, id), isPending, lte(deliveries.claimedUntil, now), isFirst))
            .returning(),
          database
            .select()
            .from(webhooks)
            .where(eq(webhooks.id, own(sql`webhook_id`))),
          database
            .select()
            .from(messages)
            .where(and(eq(messages.tenant, own(sql`tenant`)), eq(messages.id, own(sql`message_id`)))),
        ]),
      )
      if (!row || !webhook) return undefined
      return {
        ...toDelivery(row),
        firstAttemptAt: row.firstAttemptAt ?? now,
        webhook: toWebhook(webhook),
        ...(message && { message: toMessage(message) }),
      }
    },

    async release({ id, webhook }, { at, reason, responseStatus = null }, dueAt) {
      const database = await databaseOf(webhook.tenant)
      await ask(
        database.batch([
          database
            .update(deliveries)
            .set({ claimedUntil: 0, dueAt, responseStatus, failureReason: reason ?? null })
            .where(and(eq(deliveries.id, id), isPending)),
          failing(database, webhook.id, at),
        ]),
      )
    },

    async conclude({ id, webhook, customerId }, { at, reason, responseStatus = null }, status) {
      const { tenant } = webhook
      const database = await databaseOf(tenant)
      const ended = database
        .update(deliveries)
        .set({ status, claimedUntil: 0, responseStatus, failureReason: reason ?? null })
        .where(and(eq(deliveries.id, id), isPending))
      const following = database
        .select({ id: deliveries.id })
        .from(deliveries)
        .where(and(eq(deliveries.webhookId, webhook.id), eq(deliveries.customerId, customerId), isPending))
        .orderBy(deliveries.sequence)
        .limit(1)
      // What was dropped says nothing about the receiver.
      const state = {
        delivered: [arriving(database, webhook.id)],
        failed: [failing(database, webhook.id, at)],
        dropped: [],
      }
      const [, [next]] = await ask(database.batch([ended, following, ...state[status]]))
      return next && { tenant, id: next.id }
    },

    async takeDue(of, now, nextDueAt, limit) {
      const database = await databaseOfExtent(databases, of)
      const due = database
        .select({ id: deliveries.id })
        .from(deliveries)
        .where(and(within(deliveries.tenant, of), isPending, lte(deliveries.dueAt, now), isFirst))
        .orderBy(deliveries.dueAt)
        .limit(limit)
      return ask(
        database
          .update(deliveries)
          .set({ dueAt: nextDueAt })
          .where(inArray(deliveries.id, due))
          .returning({ tenant: deliveries.tenant, id: deliveries.id }),
      )
    },

    async page(tenant, webhookId, request) {
      const database = await databaseOf(tenant)

      const rows = await ask(
        database
          .select()
          .from(deliveries)
          .where(and(eq(deliveries.webhookId, webhookId), ...conditions(request)))
          .orderBy(desc(deliveries.createdAt), desc(deliveries.sequence), desc(deliveries.id))
          .limit(request.limit),
      )
      return rows.map(toDelivery)
    },

    async replay(tenant, webhookId, which, now) {
      const database = await databaseOf(tenant)

      const chosen =
        'eventId' in which
          ? eq(deliveries.eventId, which.eventId)
          : sql`${deliveries.createdAt} >= ${which.from} AND ${deliveries.createdAt} < ${which.to}`
      const { meta } = await ask(
        database
          .update(deliveries)
          .set({
            status: 'pending',
            attempts: 0,
            claimedUntil: 0,
            dueAt: now,
            firstAttemptAt: null,
            responseStatus: null,
            failureReason: null,
          })
          .where(and(eq(deliveries.webhookId, webhookId), sql`NOT (${isPending})`, chosen)),
      )
      return meta.changes
    },

    forget: (name, kept, limit) => forgetOld(named(name), deliveries, kept, limit),
  }
}

function failing(database: Database, webhookId: string, at: number) {
  const failingSince = sql`coalesce(${webhooks.failingSince}, ${at})`
  return database.update(webhooks).set({ failingSince }).where(eq(webhooks.id, webhookId))
}

function arriving(database: Database, webhookId: string) {
  const wasFailing = sql`${webhooks.failingSince} IS NOT NULL`
  return database
    .update(webhooks)
    .set({ failingSince: null })
    .where(and(eq(webhooks.id, webhookId), wasFailing))
}

function conditions({ status, eventId, after }: DeliveryPageRequest): SQL[] {
  return [
    ...(status === undefined ? [] : [eq(deliveries.status, status)]),
    ...(eventId === undefined ? [] : [eq(deliveries.eventId, eventId)]),
    ...(after === undefined
      ? []
      : [
          sql`(${deliveries.createdAt}, ${deliveries.sequence}, ${deliveries.id}) < (SELECT created_at, sequence, id FROM ${deliveries} AS last WHERE last.id = ${after})`,
        ]),
  ]
}

function toDelivery(row: Row): WebhookDelivery {
  const { id, eventId, event, customerId, sequence, createdAt, status, attempts } = row
  const { firstAttemptAt, lastAttemptAt, responseStatus, failureReason } = row
  return {
    ...{ id, eventId, event, customerId, sequence, createdAt, status, attempts },
    ...(firstAttemptAt !== null && { firstAttemptAt }),
    ...(lastAttemptAt !== null && { lastAttemptAt }),
    ...(responseStatus !== null && { responseStatus }),
    ...(failureReason !== null && { failureReason }),
  }
}
