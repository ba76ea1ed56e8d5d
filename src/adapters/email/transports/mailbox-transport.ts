/**
 * The transport of development: mails land in the table `mailbox`, where people and tests look them up by recipient.
 * Sends nothing. A mail that is delivered twice is there once.
 */
import { desc, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { emailKey } from '../../../domain/credentials/email-address.ts'
import type { EmailTransport, Mail } from '../../../flows/ports/index.ts'
import { mailbox } from '../../d1/mail/mail-schema.ts'

export interface Mailbox {
  /** Newest first; `to` in any letter case. */
  list(to?: string): Promise<Mail[]>
  clear(): Promise<void>
}

export function mailboxTransport(binding: D1Database): EmailTransport {
  const database = open(binding)
  return {
    async send(mail) {
      const row = { id: mail.id, recipient: emailKey(mail.to), createdAt: mail.createdAt, mail }
      await database.insert(mailbox).values(row).onConflictDoNothing()
      return { kind: 'sent' }
    },
  }
}

export function openMailbox(binding: D1Database): Mailbox {
  const database = open(binding)
  return {
    async list(to) {
      const rows = await database
        .select({ mail: mailbox.mail })
        .from(mailbox)
        .where(to === undefined ? undefined : eq(mailbox.recipient, emailKey(to)))
        .orderBy(desc(mailbox.createdAt), desc(sql`rowid`))
      return rows.map(({ mail }) => mail)
    },
    async clear() {
      await database.delete(mailbox)
    },
  }
}

function open(binding: D1Database) {
  return drizzle(binding, { casing: 'snake_case' })
}
