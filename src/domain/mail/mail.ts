/**
 * Mails the service sends: which ones there are and what an order for one carries until it is delivered.
 * An order never holds a token, only the token's id; orders live in the outbox table and nowhere else.
 */
import type { MailedTokenPurpose } from '../base/names.ts'
import type { OneTimeToken } from '../credentials/one-time-token.ts'

export const mailTemplates = [
  'opt-in',
  'opt-in-resent',
  'welcome',
  'account-prepared',
  'initial-password',
  'migration-reminder',
  'password-reset',
  'password-changed',
  'choose-password',
  'email-change',
  'email-confirmation',
  'email-changed',
  'account-added',
  'account-confirmation',
  'deletion',
  'already-registered',
  'no-account',
  'webhook-disabled',
] as const

export type MailTemplate = (typeof mailTemplates)[number]

export type MailOrder = AddressedMail | RequestedMail

/** To a known recipient, decided in the batch of the change that caused it. */
export interface AddressedMail {
  kind: 'addressed'
  template: MailTemplate
  to: string
  recipient: MailRecipient
  token?: OneTimeToken<MailedTokenPurpose>
  site?: string
  /** Two letters of the country in which the mail was caused, as far as the platform knows. */
  place?: string
}

/**
 * Asked for by a stranger who named an address: whether it belongs to a customer is found out at delivery, so that the
 * request itself is the same, in effort and answer, for known and unknown addresses.
 */
export interface RequestedMail {
  kind: 'requested'
  template: 'opt-in-resent' | 'password-reset' | 'already-registered'
  emailKey: string
  tokenId: string
  requestedAt: number
  site?: string
}

/** What a template may say about its reader, and what it is chosen by. */
export interface MailRecipient {
  firstName?: string
  lastName?: string
  language?: string
  /** Where the reader shops as a rule; an order's own site goes before it. */
  site?: string
}

export function recipientOf({ firstName, lastName, language, site }: MailRecipient): MailRecipient {
  return {
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(language !== undefined && { language }),
    ...(site !== undefined && { site }),
  }
}

/** What the link of a mail is for; a mail without purpose has no link. */
export const mailPurpose: Partial<Record<MailTemplate, MailedTokenPurpose>> = {
  'opt-in': 'opt_in',
  'opt-in-resent': 'opt_in',
  'initial-password': 'password_reset',
  'migration-reminder': 'password_reset',
  'password-reset': 'password_reset',
  'choose-password': 'password_reset',
  'email-change': 'email_change',
  'email-confirmation': 'email_confirmation',
  'account-confirmation': 'account_confirmation',
  'email-changed': 'email_undo',
  deletion: 'deletion',
}

/** Mails whose link confirms something: they say when and where that was asked for, … */
export function isConfirming(template: MailTemplate): boolean {
  return template === 'email-confirmation' || template === 'account-confirmation' || isDisownable(template)
}

/** … and these have a second link for a reader who asked for nothing; the page of the others has a second button. */
export function isDisownable(template: MailTemplate): boolean {
  return template === 'opt-in' || template === 'opt-in-resent' || template === 'email-change'
}

/** Of the mails with a purpose; what the back office changed cannot be undone. */
export function mayLackLink(template: MailTemplate): boolean {
  return template === 'email-changed'
}

/** Others know no name of their readers. */
export function isToCustomer(template: MailTemplate): boolean {
  return template !== 'no-account' && template !== 'webhook-disabled'
}

/** A mail whose queue message has had no effect for so long is queued again. */
export const messageLostSeconds = 20

export interface OutboxEntry {
  id: string
  tenant: string
  customerId?: string
  order: MailOrder
  createdAt: string
}

/** Why an entry is not tried again. */
export interface DeliveryFailure {
  kind: FailureKind
  failedAt: string
  /** Absent: the reason of the last attempt. */
  reason?: string
  /** Whose address it was, where the order itself does not say. */
  customerId?: string
}

/** An address that the service sends nothing to, until the operator says so. */
export interface UndeliverableAddress {
  email: string
  since: string
  reason: UndeliverableReason
}

/** `refused`: when a mail was handed over; `bounced` and `complained` became known after one had been taken. */
export type UndeliverableReason = 'refused' | 'bounced' | 'complained'

/** What says that an address takes no mail. */
export interface UndeliverableReport {
  email: string
  /** When that happened; milliseconds since the epoch. */
  at: number
  reason: UndeliverableReason
  /** For the operator; it may hold the address. */
  detail?: string | undefined
}

/** So long is an address left alone; then a mail finds out whether that is still so. */
export const undeliverableKeptSeconds = 180 * 86_400
/** So long is it remembered that the operator has allowed an address: no queue holds a report for longer. */
export const allowedKeptSeconds = 14 * 86_400

const reasonLengthMax = 300

/** One short line of what another server says. */
export function shortReason(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, reasonLengthMax)
}

/** `permanent`: the mail was refused; `suppressed`: the address takes no mail; `exhausted`: too many attempts. */
export type FailureKind = 'permanent' | 'suppressed' | 'exhausted'

const retryDelaySecondsMax = 3600

/** Pause before a mail is tried again, by the number of attempts so far and what the transport asks for. */
export function retryDelaySeconds(attempts: number, askedSeconds = 0): number {
  return Math.min(retryDelaySecondsMax, Math.max(5 * 2 ** attempts, askedSeconds))
}
