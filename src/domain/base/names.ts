/**
 * Names that failures, records and requests share, as unions of literals: what kinds of things there are. Imports nothing.
 */

export type TokenPurpose =
  | 'opt_in'
  | 'password_reset'
  | 'email_change'
  /** Of an address that an account uses already, and whose owner has not been proved. */
  | 'email_confirmation'
  /** Of a further account that waits for its owner. */
  | 'account_confirmation'
  | 'email_undo'
  /** "This was not me": of the mailbox that a sign-up or a change has named. */
  | 'disowning'
  | 'email_verification'
  | 'deletion'

/** Kinds of proof that a mailbox is read by the person who claims it (contract §7). */
export type ProofWay =
  | 'sign_up_link'
  | 'resent_link'
  | 'password_reset'
  | 'email_change'
  | 'added_account'
  | 'email_token'
  | 'undo'
  | 'mail_code'
  | 'provider'
  | 'back_office'

/** Those that the service mails, with a lifetime that the tenant has set. */
export type MailedTokenPurpose = Exclude<TokenPurpose, 'email_verification'>

/** Those that the back office issues, with a lifetime of its choice, and delivers itself. */
export type IssuedTokenPurpose = 'password_reset' | 'email_verification'

/** What requests name and may not find, as failures call it. */
export type CompanyKind = 'legal-entity' | 'contact-assignment' | 'customer'

/** What a tenant keeps beside its customers and they refer to. */
export type ResourceKind = 'type' | 'store' | 'customer-group'

/** A resource by either of its names. */
export type ResourceRef = { id: string } | { key: string }
