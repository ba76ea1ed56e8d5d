/**
 * The actions on a login e-mail: opt-in, verification, a change that waits for the new mailbox, one at once, and taking either
 * back. The notice to the old address holds what takes the change back, unless the back office has made it.
 */
import type { MailedTokenPurpose } from '../base/names.ts'
import {
  findAccount,
  mailTo,
  replaceAccount,
  unchanged,
  withAccounts,
  withProvenMailbox,
  type CustomerRecord,
  type Handlers,
} from './change.ts'
import {
  endIssuedTokens,
  endPending,
  type Account,
  type Credentials,
  type EmailUndo,
} from '../credentials/credentials.ts'
import { loginEmail, sameEmail } from '../credentials/email-address.ts'
import { tokenFor } from './invitation.ts'
import type { OneTimeToken } from '../credentials/one-time-token.ts'
import { fail, invalid, ok } from '../base/result.ts'
import type { EmailAction, MailboxAction } from './update-action.ts'

export const emailHandlers: Handlers<EmailAction | MailboxAction> = {
  acceptOptIn(record, { tokenId, welcome }, now) {
    if (!record.credentials.optInPending) return unchanged(record)
    const to = record.credentials.accounts[0]?.email
    const { optInPending: _done, ...credentials } = record.credentials
    return ok({
      record: {
        customer: { ...record.customer, emailVerified: true },
        credentials: { ...credentials, optInAccepted: { tokenId, at: now } },
      },
      messages: [{ type: 'CustomerEmailVerified', payload: {} }],
      mails: welcome && to !== undefined ? [mailTo(to, 'welcome', record.customer)] : [],
    })
  },

  verifyEmail(record, _action, now) {
    const account = record.credentials.accounts[0]
    if (!account) return invalid('email', 'This customer has no login e-mail that could be verified.')
    const credentials = endIssuedTokens(record.credentials, 'email_verification', now + 1)
    return ok({ ...withProvenMailbox({ ...record, credentials }, account), mails: [] })
  },

  changeEmail(record, { email, undo }, now) {
    const account = record.credentials.accounts[0]
    if (!account) return invalid('email', 'This customer has no login e-mail that could be changed.')
    if (account.email === email) return unchanged(record)
    const { contactEmail } = record.customer
    const follows = contactEmail !== undefined && sameEmail(contactEmail, account.email)
    const undoToken = undo && tokenFor(record, account, 'email_undo', undo)
    const { emailUndos, mailed } = withUndo(record, account, undoToken, follows, now)
    const credentials = { ...withLoginEmail(record, account, email, now), ...(undo && { emailUndos }) }
    const customer = {
      ...record.customer,
      emailVerified: false,
      ...(follows ? { contactEmail: email } : {}),
    }
    return ok({
      record: withAccounts({ customer, credentials }, credentials),
      messages: [{ type: 'CustomerEmailChanged', payload: { email, oldEmail: account.email } }],
      mails: [mailTo(account.email, 'email-changed', customer, mailed)],
    })
  },

  beginEmailChange(record, { token, newEmail, syncContactEmail }) {
    const account = findAccount(record, token.accountId)
    const emailChange = { tokenId: token.id, accountId: token.accountId, newEmail, syncContactEmail }
    return ok({
      record: { ...record, credentials: { ...record.credentials, emailChange } },
      messages: account
        ? [{ type: 'CustomerEmailChangeRequested', payload: { email: account.email, newEmail, token } }]
        : [],
      mails: [mailTo(newEmail, 'email-change', record.customer, token)],
    })
  },

  completeEmailChange(record, { undoToken }, now) {
    const pending = record.credentials.emailChange
    const account = pending && findAccount(record, pending.accountId)
    if (!account) return fail({ kind: 'OneTimeTokenRejected' })
    const { newEmail: email, syncContactEmail } = pending
    const { emailUndos, mailed } = withUndo(record, account, undoToken, syncContactEmail, now)
    const credentials = { ...withLoginEmail(record, account, email, now), emailUndos }
    const customer = { ...record.customer, ...(syncContactEmail ? { contactEmail: email } : {}) }
    const proven = withProvenMailbox(withAccounts({ customer, credentials }, credentials), account)
    const type = changedTypeOf(record, account)
    return ok({
      record: proven.record,
      messages: [{ type, payload: { email, oldEmail: account.email } }, ...proven.messages],
      mails: [mailTo(account.email, 'email-changed', customer, mailed)],
    })
  },

  undoEmailChange(record, { tokenId, resetToken }, now) {
    const undo = record.credentials.emailUndos?.find((one) => one.tokenId === tokenId)
    const account = undo && findAccount(record, undo.accountId)
    if (!account) return fail({ kind: 'OneTimeTokenRejected' })
    const { email, contactEmail } = undo
    // Whoever changed the e-mail may know the password.
    const { passwordHash: _known, ...withoutPassword } = account
    const emailUndos = record.credentials.emailUndos?.filter((one) => one !== undo) ?? []
    const credentials = { ...withLoginEmail(record, withoutPassword, email, now), emailUndos }
    const customer = { ...record.customer, ...(contactEmail === undefined ? {} : { contactEmail }) }
    const proven = withProvenMailbox(withAccounts({ customer, credentials }, credentials), account)
    const token = { ...resetToken, accountId: account.id, credentialsRevision: credentials.revision }
    return ok({
      record: proven.record,
      messages: [
        { type: changedTypeOf(record, account), payload: { email, oldEmail: account.email } },
        ...proven.messages,
      ],
      mails: [
        mailTo(email, 'password-reset', customer, token),
        mailTo(account.email, 'email-changed', customer),
      ],
    })
  },
}

/** Credentials with another e-mail for the account: sessions, and what was mailed to the old one, come to an end. */
function withLoginEmail(record: CustomerRecord, account: Account, email: string, now: number): Credentials {
  return {
    ...endIssuedTokens(endPending(record.credentials), 'email_verification', now + 1),
    accounts: replaceAccount(record, { ...account, ...loginEmail(email) }),
    revision: record.credentials.revision + 1,
  }
}

/** The first account's is the one that others know. */
function changedTypeOf({ credentials }: CustomerRecord, { id }: Account) {
  return id === credentials.accounts[0]?.id ? 'CustomerEmailChanged' : 'CustomerAccountEmailChanged'
}

/** What the change of an account's e-mail can be taken back to, and the token to mail; an undo that stands goes before. */
function withUndo(
  { customer: { contactEmail }, credentials }: CustomerRecord,
  { id: accountId, email }: Account,
  token: OneTimeToken<MailedTokenPurpose> | undefined,
  withContactEmail: boolean,
  now: number,
): { emailUndos: EmailUndo[]; mailed: OneTimeToken<MailedTokenPurpose> | undefined } {
  const standing = (credentials.emailUndos ?? []).filter(({ until }) => until > now)
  if (!token || standing.some((undo) => undo.accountId === accountId))
    return { emailUndos: standing, mailed: undefined }
  const contact = withContactEmail && contactEmail !== undefined ? { contactEmail } : {}
  const undo = { tokenId: token.id, accountId, email, ...contact, until: token.expiresAt }
  return { emailUndos: [...standing, undo], mailed: token }
}
