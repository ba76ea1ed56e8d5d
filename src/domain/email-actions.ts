/**
 * The actions on a login e-mail: opt-in, verification, its change and the way back. Only use cases cause them, but for the
 * change at once, which a request may ask for.
 */
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
import { endIssuedTokens, endPending, type Account, type EmailUndo } from './credentials.ts'
import { emailKey, sameEmail } from './email-address.ts'
import type { OneTimeToken } from './one-time-token.ts'
import { fail, invalid, ok } from './result.ts'
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

  changeEmail(record, { email }, now) {
    const account = record.credentials.accounts[0]
    if (!account) return invalid('email', 'This customer has no login e-mail that could be changed.')
    if (account.email === email) return unchanged(record)
    const accounts = replaceAccount(record, { ...account, email, emailKey: emailKey(email) })
    const credentials = {
      ...endIssuedTokens(endPending(record.credentials), 'email_verification', now + 1),
      accounts,
      revision: record.credentials.revision + 1,
    }
    const { contactEmail } = record.customer
    const follows = contactEmail !== undefined && sameEmail(contactEmail, account.email)
    const customer = {
      ...record.customer,
      emailVerified: false,
      ...(follows ? { contactEmail: email } : {}),
    }
    return ok({
      record: withAccounts({ customer, credentials }, credentials),
      messages: [{ type: 'CustomerEmailChanged', payload: { email, oldEmail: account.email } }],
      mails: [mailTo(account.email, 'email-changed', customer)],
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
    const accounts = replaceAccount(record, { ...account, email, emailKey: emailKey(email) })
    const undo = undoOf(record, account, undoToken, syncContactEmail)
    const standing = (record.credentials.emailUndos ?? []).filter(({ until }) => until > now)
    const undoable = standing.every(({ accountId }) => accountId !== account.id)
    const emailUndos = undoable ? [...standing, undo] : standing
    const credentials = {
      ...endIssuedTokens(endPending(record.credentials), 'email_verification', now + 1),
      accounts,
      revision: record.credentials.revision + 1,
      emailUndos,
    }
    const customer = { ...record.customer, ...(syncContactEmail ? { contactEmail: email } : {}) }
    const proven = withProvenMailbox(withAccounts({ customer, credentials }, credentials), account)
    const isFirst = account.id === record.credentials.accounts[0]?.id
    const type = isFirst ? 'CustomerEmailChanged' : 'CustomerAccountEmailChanged'
    return ok({
      record: proven.record,
      messages: [{ type, payload: { email, oldEmail: account.email } }, ...proven.messages],
      mails: [mailTo(account.email, 'email-changed', customer, undoable ? undoToken : undefined)],
    })
  },

  undoEmailChange(record, { tokenId, resetToken }, now) {
    const undo = record.credentials.emailUndos?.find((one) => one.tokenId === tokenId)
    const account = undo && findAccount(record, undo.accountId)
    if (!account) return fail({ kind: 'OneTimeTokenRejected' })
    const { email, contactEmail } = undo
    // Whoever changed the e-mail knew the password.
    const { passwordHash: _known, ...withoutPassword } = account
    const accounts = replaceAccount(record, { ...withoutPassword, email, emailKey: emailKey(email) })
    const revision = record.credentials.revision + 1
    const credentials = {
      ...endIssuedTokens(endPending(record.credentials), 'email_verification', now + 1),
      accounts,
      revision,
      emailUndos: record.credentials.emailUndos?.filter((one) => one !== undo) ?? [],
    }
    const customer = { ...record.customer, ...(contactEmail === undefined ? {} : { contactEmail }) }
    const proven = withProvenMailbox(withAccounts({ customer, credentials }, credentials), account)
    const token = { ...resetToken, accountId: account.id, credentialsRevision: revision }
    return ok({
      record: proven.record,
      messages: [
        { type: 'CustomerEmailChanged', payload: { email, oldEmail: account.email } },
        ...proven.messages,
      ],
      mails: [
        mailTo(email, 'password-reset', customer, token),
        mailTo(account.email, 'email-changed', customer),
      ],
    })
  },
}

/** What a change of an account's e-mail could be taken back to. */
function undoOf(
  { customer: { contactEmail } }: CustomerRecord,
  { id, email }: Account,
  { id: tokenId, expiresAt }: OneTimeToken,
  syncContactEmail: boolean,
): EmailUndo {
  const contact = syncContactEmail && contactEmail !== undefined ? { contactEmail } : {}
  return { tokenId, accountId: id, email, ...contact, until: expiresAt }
}
