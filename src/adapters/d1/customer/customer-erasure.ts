/**
 * What is left of a customer outside of its own rows, for the batch that erases it: it is found by the addresses that the
 * customer has or had.
 */
import { and, eq, inArray, notExists, or, sql } from 'drizzle-orm'
import type { CustomerRecord } from '../../../domain/changes/change.ts'
import type { Customer } from '../../../domain/customer/customer.ts'
import { emailKey, mailboxKey } from '../../../domain/credentials/email-address.ts'
import type { Database, Statement } from '../database.ts'
import { mailbox, undeliverableAddresses } from '../mail/mail-schema.ts'
import { accounts, messages, tenants } from '../schema.ts'

/** That the customer's addresses take no mail, unless others sign in with them. After the customer's own accounts. */
export function eraseMarks(database: Database, { customer, credentials }: CustomerRecord): Statement {
  const { accounts: own, emailChange, emailUndos = [] } = credentials
  const others = database
    .select({ key: accounts.emailKey })
    .from(tenants)
    .innerJoin(accounts, eq(accounts.tenant, tenants.key))
    .where(eq(accounts.emailKey, undeliverableAddresses.address))
  const emails = [...own, ...emailUndos].map(({ email }) => email)
  const more = [customer.contactEmail, emailChange?.newEmail].filter((email) => email !== undefined)
  const { address } = undeliverableAddresses
  const theirs = inArray(address, [...emails, ...more].map(mailboxKey))
  return database
    .delete(undeliverableAddresses)
    .where(and(or(theirs, inArray(address, earlierEmails(database, customer))), notExists(others)))
}

/** What was said about a customer, and in development the mails that it got, at addresses that it had before too. */
export function eraseTraces(database: Database, { customer, credentials }: CustomerRecord): Statement[] {
  const { tenant, contactEmail } = customer
  const keys = credentials.accounts.map((account) => account.emailKey)
  const recipients = [...keys, ...(contactEmail === undefined ? [] : [emailKey(contactEmail)])]
  const earlier = earlierEmails(database, customer)
  const theirs = or(inArray(mailbox.recipient, recipients), inArray(mailbox.recipient, earlier))
  return [
    database.delete(mailbox).where(and(theirs, sql`${mailbox.mail} ->> '$.tenant' = ${tenant}`)),
    database.delete(messages).where(saidOf(customer)),
  ]
}

/** As far as there are messages that say so. */
function earlierEmails(database: Database, customer: Customer) {
  return database
    .select({ email: sql`lower(${messages.payload} ->> '$.oldEmail')` })
    .from(messages)
    .where(and(saidOf(customer), eq(messages.type, 'CustomerEmailChanged')))
}

function saidOf({ tenant, id }: Customer) {
  return and(eq(messages.tenant, tenant), eq(messages.resourceId, id))
}
