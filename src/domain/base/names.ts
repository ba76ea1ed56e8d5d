/**
 * Names that failures, records and requests share, as unions of literals: what kinds of things there are. Imports nothing.
 */

export type TokenPurpose =
  'opt_in' | 'password_reset' | 'email_change' | 'email_undo' | 'email_verification' | 'deletion'

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
