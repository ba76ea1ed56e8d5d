/**
 * The tables of mail: what is to be sent, which addresses take none, the words of the tenants, and the mailbox of development.
 * The rules of `schema.ts` hold here too.
 */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { FailureKind, MailOrder, MailTemplate, UndeliverableReason } from '../../../domain/mail/mail.ts'
import type { Mail } from '../../../flows/ports/index.ts'

export const outbox = sqliteTable(
  'outbox',
  {
    id: text().primaryKey(),
    tenant: text().notNull(),
    customerId: text(),
    mailOrder: text({ mode: 'json' }).notNull().$type<MailOrder>(),
    createdAt: text().notNull(),
    /** Milliseconds since the epoch; no other consumer may deliver the entry before then. */
    claimedUntil: integer().notNull(),
    /** Milliseconds since the epoch; from then on the entry's queue message counts as lost. */
    dueAt: integer().notNull(),
    attempts: integer().notNull().default(0),
    /** Set: not tried again until the operator says so. */
    failedAt: text(),
    failureKind: text().$type<FailureKind>(),
    /** Of the last attempt without success, also while there are more to come. */
    failureReason: text(),
    /** Left behind: `undeliverable_addresses` has these, and migrations take no column away. */
    undeliverable: text(),
  },
  (table) => [
    index('outbox_by_due').on(table.dueAt),
    index('outbox_by_customer').on(table.tenant, table.customerId),
  ],
)

/** Addresses that take no mail, whichever tenant's: marked while `since` is after `allowedAt`. */
export const undeliverableAddresses = sqliteTable('undeliverable_addresses', {
  /** As `emailKey` spells it. */
  address: text().primaryKey(),
  since: text().notNull(),
  reason: text().notNull().$type<UndeliverableReason>(),
  detail: text(),
  /** When the operator has said that mail may be sent again. */
  allowedAt: text(),
})

/** Words of mails that a tenant uses instead of the built-in ones. */
export const mailTemplates = sqliteTable(
  'mail_templates',
  {
    tenant: text().notNull(),
    template: text().notNull().$type<MailTemplate>(),
    language: text().notNull(),
    subject: text().notNull(),
    text: text().notNull(),
    html: text().notNull(),
    modifiedAt: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.template, table.language] })],
)

/** Development only: what the mailbox transport delivered. */
export const mailbox = sqliteTable(
  'mailbox',
  {
    id: text().primaryKey(),
    recipient: text().notNull(),
    createdAt: text().notNull(),
    mail: text({ mode: 'json' }).notNull().$type<Mail>(),
  },
  (table) => [index('mailbox_by_recipient').on(table.recipient, table.createdAt)],
)
