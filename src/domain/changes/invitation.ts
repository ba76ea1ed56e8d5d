/**
 * The mail by which the owner of an account that others have made comes to a password. Passwords are never mailed:
 * an owner who was given one by an employee is told to choose another, too. While the account cannot be used yet, the mail
 * only says that there will be one.
 */
import type { MailedTokenPurpose } from '../base/names.ts'
import { isUsable, mailTo, type CustomerRecord } from './change.ts'
import type { Account } from '../credentials/credentials.ts'
import type { AddressedMail, MailTemplate } from '../mail/mail.ts'
import type { PreparedToken, OneTimeToken } from '../credentials/one-time-token.ts'

/** Nothing without an invitation, or for an account whose owner has a password or signs in elsewhere. */
export function invitationMails(
  record: CustomerRecord,
  account: Account | undefined,
  invitation: PreparedToken | undefined,
): AddressedMail[] {
  if (!invitation || !account || !wantsPassword(record, account)) return []
  if (!isUsable(record)) return [mailTo(account.email, 'account-prepared', record.customer)]
  return [passwordMail(record, account, invitation, 'initial-password')]
}

/** With the token that lets the reader choose a password for the account. */
export function passwordMail(
  record: CustomerRecord,
  account: Account,
  invitation: PreparedToken,
  template: MailTemplate,
): AddressedMail {
  const token = tokenFor(record, account, 'password_reset', invitation)
  return mailTo(account.email, template, record.customer, token)
}

/** The token that was prepared, now that the record has said for which account. */
export function tokenFor<P extends MailedTokenPurpose>(
  { customer, credentials }: CustomerRecord,
  { id: accountId }: Pick<Account, 'id'>,
  purpose: P,
  { tokenId, issuedAt, expiresAt }: PreparedToken,
): OneTimeToken<P> {
  return {
    id: tokenId,
    purpose,
    tenant: customer.tenant,
    customerId: customer.id,
    accountId,
    credentialsRevision: credentials.revision,
    issuedAt,
    expiresAt,
  }
}

function wantsPassword({ customer }: CustomerRecord, account: Account): boolean {
  return (
    customer.authenticationMode === undefined &&
    (account.passwordHash === undefined || account.initialPassword)
  )
}
