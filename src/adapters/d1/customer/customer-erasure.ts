/**
 * What is left of a customer outside of its own rows, for the batch that erases it: it is found by the addresses that the
 * customer has or had.
 */
import { and, eq, inArray, isNull, notExists, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { CustomerRecord } from '../../../domain/changes/change.ts'
import type { Customer } from '../../../domain/customer/customer.ts'
import { emailKey } from '../../../domain/credentials/email-address.ts'
import { contactAssignments, legalEntities } from '../companies/company-schema.ts'
import { among, ask, type Database, type Statement } from '../database.ts'
import type { Databases } from '../databases.ts'
import { mailbox, undeliverableAddresses } from '../mail/mail-schema.ts'
import { accounts, messages } from '../schema.ts'

/**
 * Takes away the marks on the customer's addresses, unless others sign in with them. Answers the statement that does it, for
 * the batch, behind the one that removes the customer's accounts. Where there are several databases, no batch can: then the
 * marks go before it, and a mark that is gone too early comes back with the next report.
 */
export async function eraseMarks(
  { directory, names, named }: Databases,
  database: Database,
  record: CustomerRecord,
): Promise<Statement[]> {
  const { customer } = record
  const { address } = undeliverableAddresses
  const present = emailsOf(record).map(emailKey)
  if (names.length === 1) {
    const theirs = or(inArray(address, present), inArray(address, earlierEmails(database, customer)))
    const others = database
      .select({ one: sql`1` })
      .from(accounts)
      .where(eq(accounts.emailKey, address))
    return [database.delete(undeliverableAddresses).where(and(theirs, notExists(others)))]
  }
  const earlier = (await ask(earlierEmails(database, customer))).map(({ email }) => email)
  const mailboxes = [...present, ...earlier]
  const signedIn = names.map((name) => signedInByOthers(named(name), mailboxes, customer))
  const kept = new Set((await Promise.all(signedIn)).flat())
  const gone = mailboxes.filter((mailbox) => !kept.has(mailbox))
  await ask(directory.delete(undeliverableAddresses).where(among(address, gone)))
  return []
}

async function signedInByOthers(
  database: Database,
  mailboxes: readonly string[],
  { tenant, id }: Customer,
): Promise<string[]> {
  const own = and(eq(accounts.tenant, tenant), eq(accounts.customerId, id))
  const rows = await ask(
    database
      .select({ emailKey: accounts.emailKey })
      .from(accounts)
      .where(and(among(accounts.emailKey, mailboxes), sql`NOT (${own})`)),
  )
  return rows.map(({ emailKey }) => emailKey)
}

/** What was said about a customer, and in development the mails that it got, at addresses that it had before too. */
export function eraseTraces(database: Database, { customer, credentials }: CustomerRecord): Statement[] {
  const { tenant } = customer
  const recipients = emailsOf({ customer, credentials }).map(emailKey)
  const earlier = earlierEmails(database, customer)
  const theirs = or(inArray(mailbox.recipient, recipients), inArray(mailbox.recipient, earlier))
  return [
    database.delete(mailbox).where(and(theirs, sql`${mailbox.mail} ->> '$.tenant' = ${tenant}`)),
    database.delete(messages).where(saidOf(customer)),
  ]
}

/**
 * A company that a sign-up has founded is named by its customer: it goes with the last customer who acts for it, unless the
 * back office has taken it over. Behind the statement that removes the customer's own assignments.
 */
export function eraseFounded(
  database: Database,
  { tenant, contactAssignments: own = [] }: Customer,
): Statement {
  const { id, parentId, body } = legalEntities
  const ids = own.map(({ legalEntityId }) => legalEntityId)
  const below = alias(legalEntities, 'below')
  const others = database
    .select({ one: sql`1` })
    .from(contactAssignments)
    .where(and(eq(contactAssignments.tenant, tenant), eq(contactAssignments.legalEntityId, id)))
  const subsidiaries = database
    .select({ one: sql`1` })
    .from(below)
    .where(and(eq(below.tenant, tenant), eq(below.parentId, id)))
  return database
    .delete(legalEntities)
    .where(
      and(
        eq(legalEntities.tenant, tenant),
        among(id, ids),
        isNull(parentId),
        sql`${body} ->> '$.selfFounded' = 1`,
        notExists(others),
        notExists(subsidiaries),
      ),
    )
}

/** All that the record knows: log-ins, the contact, one that waits for its mail, and those that a change can go back to. */
function emailsOf({ customer, credentials }: CustomerRecord): string[] {
  const { accounts: own, emailChange, emailUndos = [] } = credentials
  const emails = [...own, ...emailUndos].map(({ email }) => email)
  const contacts = emailUndos.map(({ contactEmail }) => contactEmail)
  const more = [customer.contactEmail, emailChange?.newEmail, ...contacts]
  return [...emails, ...more.filter((email) => email !== undefined)]
}

/** As far as there are messages that say so. */
function earlierEmails(database: Database, customer: Customer) {
  return database
    .select({ email: sql<string>`lower(${messages.payload} ->> '$.oldEmail')` })
    .from(messages)
    .where(and(saidOf(customer), eq(messages.type, 'CustomerEmailChanged')))
}

function saidOf({ tenant, id }: Customer) {
  return and(eq(messages.tenant, tenant), eq(messages.resourceId, id))
}
