/**
 * Subscriptions to events in the database. Their secrets are not here: they are derived from the number of the present one.
 */
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import type { OutboxEntry } from '../../../domain/mail/mail.ts'
import type { Webhook } from '../../../domain/events/webhook.ts'
import type { Webhooks } from '../../../flows/ports/index.ts'
import { ask, writeAll, type Statement } from '../database.ts'
import type { Databases } from '../databases.ts'
import { outboxRow } from '../mail/outbox.ts'
import { webhookDeliveries, webhooks } from './webhook-schema.ts'

export function webhookStore({ databaseOf }: Databases): Webhooks {
  const own = (tenant: string, id: string) => and(eq(webhooks.tenant, tenant), eq(webhooks.id, id))

  return {
    async list(tenant) {
      const database = await databaseOf(tenant)

      const ofTenant = database.select().from(webhooks).where(eq(webhooks.tenant, tenant))
      const rows = await ask(ofTenant.orderBy(asc(webhooks.createdAt), asc(webhooks.id)))
      return rows.map(toWebhook)
    },

    async find(tenant, id) {
      const database = await databaseOf(tenant)

      const [row] = await ask(database.select().from(webhooks).where(own(tenant, id)))
      return row && toWebhook(row)
    },

    async insert({ disabled, ...webhook }) {
      const state = { disabledAt: disabled?.at, disabledReason: disabled?.reason }
      const database = await databaseOf(webhook.tenant)
      await ask(database.insert(webhooks).values({ ...webhook, ...state }))
    },

    async change(tenant, id, { enabled, ...changes }) {
      const database = await databaseOf(tenant)

      const anew = enabled === true && { disabledAt: null, disabledReason: null, failingSince: null }
      const [row] = await ask(
        database
          .update(webhooks)
          .set({ ...changes, ...anew })
          .where(own(tenant, id))
          .returning(),
      )
      return row && toWebhook(row)
    },

    async rotateSecret(tenant, id, modifiedAt, previousSecretUntil) {
      const database = await databaseOf(tenant)

      const next = { secretNumber: sql`${webhooks.secretNumber} + 1`, previousSecretUntil, modifiedAt }
      const [row] = await ask(database.update(webhooks).set(next).where(own(tenant, id)).returning())
      return row && toWebhook(row)
    },

    async remove(tenant, id) {
      const database = await databaseOf(tenant)

      const its = and(eq(webhookDeliveries.tenant, tenant), eq(webhookDeliveries.webhookId, id))
      const [removed] = await ask(
        database.batch([
          database.delete(webhooks).where(own(tenant, id)).returning({ id: webhooks.id }),
          database.delete(webhookDeliveries).where(its),
        ]),
      )
      return removed.length > 0
    },

    async disable(tenant, id, at, reason, notice) {
      const database = await databaseOf(tenant)

      const disabled = database
        .update(webhooks)
        .set({ disabledAt: at, disabledReason: reason, modifiedAt: at })
        .where(and(own(tenant, id), isNull(webhooks.disabledAt)))
        .returning({ id: webhooks.id })
      const failed = database
        .update(webhookDeliveries)
        .set({ status: 'failed', failureReason: 'The subscription was disabled.' })
        .where(and(eq(webhookDeliveries.webhookId, id), sql`status = 'pending'`))
      const noticed: Statement[] = notice ? [noticeIfEnabled(id, notice)] : []
      return (await ask(writeAll(database, [...noticed, disabled, failed]))).length > 0
    },
  }
}

const noticeText = `insert into "outbox" (id, tenant, mail_order, created_at, claimed_until, due_at)
SELECT ?, ?, ?, ?, 0, ? FROM webhooks WHERE id = ? AND disabled_at IS NULL`

/** Stands before the webhook is changed, in the same batch. */
function noticeIfEnabled(webhookId: string, entry: OutboxEntry): Statement {
  const { id, tenant, mailOrder, createdAt, dueAt } = outboxRow(entry)
  const params = [id, tenant, JSON.stringify(mailOrder), createdAt, dueAt, webhookId]
  return { toSQL: () => ({ sql: noticeText, params }) }
}

export function toWebhook(row: typeof webhooks.$inferSelect): Webhook {
  const { previousSecretUntil, failingSince, disabledAt, disabledReason, ...rest } = row
  return {
    ...rest,
    ...(previousSecretUntil !== null && { previousSecretUntil }),
    ...(failingSince !== null && { failingSince }),
    ...(disabledAt !== null && { disabled: { at: disabledAt, reason: disabledReason ?? 'operator' } }),
  }
}
