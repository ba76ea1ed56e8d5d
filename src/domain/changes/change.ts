/**
 * A record and what becomes of it: the types of a change, and the few ways to make one.
 */
import type { MailedTokenPurpose } from '../base/names.ts'
import type { Account, Credentials } from '../credentials/credentials.ts'
import { withProof, type Proof } from '../credentials/proof.ts'
import type { Customer } from '../customer/customer.ts'
import { recipientOf, type AddressedMail, type MailTemplate } from '../mail/mail.ts'
import type { Message } from '../events/message.ts'
import type { OneTimeToken } from '../credentials/one-time-token.ts'
import { ok, type Result } from '../base/result.ts'
import type { CustomerAction } from './update-action.ts'

/** The whole aggregate: what is seen and what is signed in with. */
export interface CustomerRecord {
  customer: Customer
  credentials: Credentials
}

/** A record after a change, and what the change has to tell. */
export interface Change {
  record: CustomerRecord
  messages: Message[]
  mails: AddressedMail[]
  /** The messages tell of something that may show nowhere in the record. */
  happened?: true
}

/** What all actions of a request come to. */
export interface AppliedChange extends Change {
  /** Whether the record has become another one, or something has happened; mails alone are no change. */
  changed: boolean
}

/** Whether its owner may sign in and act. */
export function isUsable({ customer, credentials }: CustomerRecord): boolean {
  return customer.active && !customer.onHold && credentials.optInPending !== true
}

/** One handler for each action of a group; a missing one does not compile. `now` in milliseconds since the epoch. */
export type Handlers<G extends CustomerAction> = {
  [A in G['action']]: (
    record: CustomerRecord,
    action: Extract<CustomerAction, { action: A }>,
    now: number,
  ) => Result<Change>
}

export function unchanged(record: CustomerRecord): Result<Change> {
  return ok({ record, messages: [], mails: [] })
}

export function changed(record: CustomerRecord, customer: Customer, ...messages: Message[]): Result<Change> {
  return ok({ record: { ...record, customer }, messages, mails: [] })
}

export function withCredentials(record: CustomerRecord, credentials: Credentials): Result<Change> {
  return ok({ record: { ...record, credentials }, messages: [], mails: [] })
}

/** For what shows nowhere and is to be told all the same. */
export function happened(record: CustomerRecord, message: Message): Result<Change> {
  return ok({ record, messages: [message], mails: [], happened: true })
}

/** A mail order for a reader whose record is at hand. */
export function mailTo(
  to: string,
  template: MailTemplate,
  customer: Customer,
  token?: OneTimeToken<MailedTokenPurpose>,
): AddressedMail {
  return { kind: 'addressed', template, to, recipient: recipientOf(customer), ...(token && { token }) }
}

/** Keeps what the customer shows of its accounts in step with the credentials. */
export function withAccounts(record: CustomerRecord, credentials: Credentials): CustomerRecord {
  const accounts = credentials.accounts.map(({ email }) => ({ email }))
  const { email: _previous, ...rest } = record.customer
  const first = credentials.accounts[0]
  const shown = first ? { email: first.email, emailVerified: first.proved !== undefined } : {}
  return { customer: { ...rest, accounts, ...shown }, credentials }
}

export function findAccount(record: CustomerRecord, accountId: string): Account | undefined {
  return record.credentials.accounts.find((account) => account.id === accountId)
}

export function replaceAccount(record: CustomerRecord, next: Account): Account[] {
  return record.credentials.accounts.map((account) => (account.id === next.id ? next : account))
}

/**
 * The record once the mailbox of the account is proved; what may be a stranger's has ended. A message tells when it is the
 * first account's, of which others know.
 */
export function withProvedMailbox(
  record: CustomerRecord,
  proof: Proof,
  now: number,
): { record: CustomerRecord; messages: Message[] } {
  const credentials = withProof(record.credentials, proof, now)
  const proved = withAccounts(record, credentials)
  const news = proved.customer.emailVerified && !record.customer.emailVerified
  return { record: proved, messages: news ? [{ type: 'CustomerEmailVerified', payload: {} }] : [] }
}
