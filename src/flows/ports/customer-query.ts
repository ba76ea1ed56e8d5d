/**
 * The ports that read customers past their objects: for lists and searches, and who signs in with an e-mail.
 */
import type { EmailUndo, Proved } from '../../domain/credentials/credentials.ts'
import type { Result } from '../../domain/base/result.ts'
import type { Customer } from '../../domain/customer/customer.ts'
import type { MailRecipient } from '../../domain/mail/mail.ts'
import type { CustomerRef } from './customers.ts'
import type { Page, PageRequest } from './page.ts'

/** Customers as the database has them: the last acknowledged state. Who was erased is never found. */
export interface CustomerQuery {
  find(ref: CustomerRef): Promise<Customer | undefined>
  /** Id of the customer with the key. */
  findId(tenant: string, key: string): Promise<string | undefined>
  /** One page, in order; fails with `CriteriaTooComplex`, `FieldUnknown` or `PageTooLarge`. */
  page(tenant: string, request: PageRequest): Promise<Result<Page<Customer>>>
}

/** Finds the account that a login e-mail belongs to: one query, by the unique index. */
export interface AccountFinder {
  findAccount(tenant: string, emailKey: string): Promise<AccountMatch | undefined>
  /** The account that has left the e-mail and can be taken back to it. */
  findFormerOwner(tenant: string, emailKey: string): Promise<AccountMatch | undefined>
}

export interface AccountMatch {
  customerId: string
  accountId: string
  email: string
  passwordHash?: string
  /** The tenant's day from which on no password of another system is good. */
  legacyEndDate?: string
  initialPassword: boolean
  clearedAt?: number
  credentialsRevision: number
  optInPending: boolean
  /** Absent: its mailbox has not been proved. */
  proved?: Proved
  /** Of the whole record. */
  emailUndos: EmailUndo[]
  recipient: MailRecipient
}
