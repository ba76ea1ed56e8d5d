/**
 * Subscriptions to events in the database. Their secrets are not here: they are derived from the number of the present one.
 */
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import type { Webhook } from '../../domain/webhook.ts'
import type { Webhooks } from '../../flows/ports.ts'
import { ask, type Database } from './database.ts'
import { webhookDeliveries, webhooks } from './webhook-schema.ts'

export function webhookStore(database: Database): Webhooks {
  const own = (tenant: string, id: string) => and(eq(webhooks.tenant, tenant), eq(webhooks.id, id))

  return {
    async list(tenant) {
      const ofTenant = database.select().from(webhooks).where(eq(webhooks.tenant, tenant))
      const rows = await ask(ofTenant.orderBy(asc(webhooks.createdAt), asc(webhooks.id)))
      return rows.map(toWebhook)
    },

    async find(tenant, id) {
      const [row] = await ask(database.select().from(webhooks).where(own(tenant, id)))
      return row && toWebhook(row)
    },

    async insert({ disabled, ...webhook }) {
      const state = { disabledAt: disabled?.at, disabledReason: disabled?.reason }
      await ask(database.insert(webhooks).values({ ...webhook, ...state }))
    },

    async change(tenant, id, { enabled, ...changes }) {
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
      const next = { secretNumber: sql`${webhooks.secretNumber} + 1`, previousSecretUntil, modifiedAt }
      const [row] = await ask(database.update(webhooks).set(next).where(own(tenant, id)).returning())
      return row && toWebhook(row)
    },

    async remove(tenant, id) {
      const its = and(eq(webhookDeliveries.tenant, tenant), eq(webhookDeliveries.webhookId, id))
      const [removed] = await ask(
        database.batch([
          database.delete(webhooks).where(own(tenant, id)).returning({ id: webhooks.id }),
          database.delete(webhookDeliveries).where(its),
        ]),
      )
      return removed.length > 0
    },

    async disable(id, at, reason) {
      const [disabled] = await ask(
        database.batch([
          database
            .update(webhooks)
            .set({ disabledAt: at, disabledReason: reason, modifiedAt: at })
            .where(and(eq(webhooks.id, id), isNull(webhooks.disabledAt)))
            .returning({ id: webhooks.id }),
          database
            .update(webhookDeliveries)
            .set({ status: 'failed', failureReason: 'The subscription was disabled.' })
            .where(and(eq(webhookDeliveries.webhookId, id), sql`status = 'pending'`)),
        ]),
      )
      return disabled.length > 0
    },
  }
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
