/**
 * The tables of webhooks: subscriptions, and the deliveries of events to them. Part of `schema.ts`, whose rules hold here too.
 */
import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { EventFormat } from '../../../domain/events/event.ts'
import type { DisabledReason } from '../../../domain/events/webhook.ts'
import type { DeliveryStatus } from '../../../flows/ports/index.ts'

/** Subscriptions to events. */
export const webhooks = sqliteTable(
  'webhooks',
  {
    id: text().primaryKey(),
    tenant: text().notNull(),
    url: text().notNull(),
    format: text().notNull().$type<EventFormat>(),
    events: text({ mode: 'json' }).notNull().$type<string[]>(),
    excludedFields: text({ mode: 'json' }).notNull().$type<string[]>(),
    includeTokens: integer({ mode: 'boolean' }).notNull(),
    /** The secret itself is derived from it. */
    secretNumber: integer().notNull(),
    previousSecretUntil: integer(),
    createdAt: text().notNull(),
    modifiedAt: text().notNull(),
    failingSince: integer(),
    disabledAt: text(),
    disabledReason: text().$type<DisabledReason>(),
  },
  (table) => [index('webhooks_by_tenant').on(table.tenant, table.createdAt)],
)

/** Events on their way to a subscription, and the log of those that got there or did not. No payloads. */
export const webhookDeliveries = sqliteTable(
  'webhook_deliveries',
  {
    /** Subscription and event, so that no event is there twice. */
    id: text().primaryKey(),
    tenant: text().notNull(),
    webhookId: text().notNull(),
    eventId: text().notNull(),
    event: text().notNull(),
    messageId: text().notNull(),
    customerId: text().notNull(),
    sequence: integer().notNull(),
    createdAt: text().notNull(),
    status: text().notNull().$type<DeliveryStatus>(),
    attempts: integer().notNull(),
    /** Milliseconds since the epoch, as in the outbox. */
    claimedUntil: integer().notNull(),
    dueAt: integer().notNull(),
    firstAttemptAt: integer(),
    lastAttemptAt: integer(),
    /** Of the last attempt; absent: there was no answer. */
    responseStatus: integer(),
    failureReason: text(),
  },
  (table) => [
    index('webhook_deliveries_by_due')
      .on(table.dueAt)
      .where(sql`status = 'pending'`),
    index('webhook_deliveries_by_customer')
      .on(table.webhookId, table.customerId, table.sequence)
      .where(sql`status = 'pending'`),
    index('webhook_deliveries_by_webhook').on(table.webhookId, table.createdAt, table.sequence, table.id),
    index('webhook_deliveries_by_time').on(table.tenant, table.createdAt),
  ],
)
