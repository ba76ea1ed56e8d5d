/**
 * The actions on what a customer signs in with. Only use cases cause them, never a request by itself.
 */
import {
  mailTo,
  unchanged,
  withAccounts,
  withCredentials,
  type CustomerRecord,
  type Handlers,
} from './change.ts'
import { accountsMax, type Account, type Credentials } from './credentials.ts'
import { emailKey, sameEmail } from './email-address.ts'
import type { Message } from './message.ts'
import type { IssuedTokenPurpose } from './one-time-token.ts'
import { fail, invalid, ok } from './result.ts'
import { invitationMails } from './invitation.ts'
import type { EmailAction, MigrationAction, TrustedAction } from './update-action.ts'

export const credentialsHandlers: Handlers<Exclude<TrustedAction, MigrationAction> | EmailAction> = {
  setPassword(record, { accountId, passwordHash, cause }, now) {
    const account = findAccount(record, accountId)
    if (!account) return fail({ kind: 'OneTimeTokenRejected' })
    const accounts = replaceAccount(record, {
      ...account,
      passwordHash,
      initialPassword: false,
      clearedAt: now,
    })
    const reset = cause === 'reset'
    const credentials: Credentials = {
      ...endPending(record.credentials),
      accounts,
      revision: record.credentials.revision + 1,
    }
    const changed = { ...record, credentials }
    const proven = reset ? withProvenMailbox(changed, account) : { record: changed, messages: [] }
    return ok({
      record: proven.record,
      messages: [{ type: 'CustomerPasswordUpdated', payload: { reset } }, ...proven.messages],
      mails: [mailTo(account.email, 'password-changed', record.customer)],
    })
  },

  rehashPassword(record, { accountId, passwordHash }) {
    const account = findAccount(record, accountId)
    if (!account) return unchanged(record)
    const accounts = replaceAccount(record, { ...account, passwordHash })
    return withCredentials(record, { ...record.credentials, accounts })
  },

  recordLogin(record, { accountId, sessionId }, now) {
    const account = findAccount(record, accountId)
    if (!account) return fail({ kind: 'CredentialsRejected' })
    const customer = { ...record.customer, lastLoginAt: new Date(now).toISOString() }
    const accounts = replaceAccount(record, { ...account, clearedAt: now })
    const payload = sessionId === undefined ? {} : { sessionId }
    return ok({
      record: { customer, credentials: { ...record.credentials, accounts } },
      messages: [{ type: 'CustomerLoggedIn', payload }],
      mails: [],
    })
  },

  addAccount(record, { accountId, email, emailKey: key, passwordHash, invitation }) {
    if (record.credentials.accounts.length >= accountsMax) {
      return invalid('email', `A customer has at most ${accountsMax} login accounts.`, 'too_large')
    }
    const account: Account = {
      ...{ id: accountId, email, emailKey: key, initialPassword: false },
      ...(passwordHash !== undefined && { passwordHash }),
    }
    const accounts = [...record.credentials.accounts, account]
    const first = record.credentials.accounts[0]
    const next = withAccounts(record, { ...record.credentials, accounts })
    return ok({
      record: next,
      messages: [{ type: 'CustomerAccountAdded', payload: { email } }],
      mails: [
        ...(first ? [mailTo(first.email, 'account-added', record.customer)] : []),
        ...invitationMails(next, account, invitation),
      ],
    })
  },

  recordAssistedLogin(record, { sessionId }) {
    // A new object: something has happened that is to be told.
    return ok({
      record: { ...record, credentials: { ...record.credentials } },
      messages: [{ type: 'CustomerAssistedLogin', payload: { sessionId } }],
      mails: [],
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

  completeEmailChange(record, _action, now) {
    const pending = record.credentials.emailChange
    const account = pending && findAccount(record, pending.accountId)
    if (!account) return fail({ kind: 'OneTimeTokenRejected' })
    const { newEmail: email, syncContactEmail } = pending
    const accounts = replaceAccount(record, { ...account, email, emailKey: emailKey(email) })
    const credentials = {
      ...endIssuedTokens(endPending(record.credentials), 'email_verification', now + 1),
      accounts,
      revision: record.credentials.revision + 1,
    }
    const customer = { ...record.customer, ...(syncContactEmail ? { contactEmail: email } : {}) }
    const proven = withProvenMailbox(withAccounts({ customer, credentials }, credentials), account)
    const isFirst = account.id === record.credentials.accounts[0]?.id
    const type = isFirst ? 'CustomerEmailChanged' : 'CustomerAccountEmailChanged'
    return ok({
      record: proven.record,
      messages: [{ type, payload: { email, oldEmail: account.email } }, ...proven.messages],
      mails: [mailTo(account.email, 'email-changed', customer)],
    })
  },

  acceptOptIn(record, { tokenId }, now) {
    if (!record.credentials.optInPending) return unchanged(record)
    const { optInPending: _done, ...credentials } = record.credentials
    return ok({
      record: {
        customer: { ...record.customer, emailVerified: true },
        credentials: { ...credentials, optInAccepted: { tokenId, at: now } },
      },
      messages: [{ type: 'CustomerEmailVerified', payload: {} }],
      mails: [],
    })
  },

  issueToken(record, { token, replacing }) {
    const { id, purpose, customerId, expiresAt, issuedAt } = token
    const payload = {
      tokenId: id,
      customerId,
      expiresAt: new Date(expiresAt).toISOString(),
      invalidateOlderTokens: replacing,
    }
    // A new object in either case: something has happened that is to be told.
    const credentials = replacing
      ? endIssuedTokens(record.credentials, purpose, issuedAt)
      : { ...record.credentials }
    return ok({
      record: { ...record, credentials },
      messages: [{ type: issuedMessages[purpose], payload }],
      mails: [],
    })
  },

  linkAnonymousSession(record, { link }) {
    // A new object: something has happened that is to be told.
    return ok({
      record: { ...record, credentials: { ...record.credentials } },
      messages: [{ type: 'CustomerAnonymousSessionLinked', payload: { ...link } }],
      mails: [],
    })
  },

  verifyEmail(record, _action, now) {
    const account = record.credentials.accounts[0]
    if (!account) return invalid('email', 'This customer has no login e-mail that could be verified.')
    const credentials = endIssuedTokens(record.credentials, 'email_verification', now + 1)
    return ok({ ...withProvenMailbox({ ...record, credentials }, account), mails: [] })
  },

  setAuthenticationMode(record, { passwordHash }) {
    const account = record.credentials.accounts[0]
    const external = record.customer.authenticationMode === 'ExternalAuth'
    if (!account) return invalid('email', 'This customer has no login e-mail that it could sign in with.')
    if (passwordHash === undefined && external) return unchanged(record)
    const { authenticationMode: _mode, ...customer } = record.customer
    const { passwordHash: _hash, ...withoutPassword } = account
    const accounts = replaceAccount(
      record,
      passwordHash === undefined ? withoutPassword : { ...account, passwordHash, initialPassword: false },
    )
    const revision = record.credentials.revision + 1
    return ok({
      record: {
        customer: passwordHash === undefined ? { ...customer, authenticationMode: 'ExternalAuth' } : customer,
        credentials: { ...endPending(record.credentials), accounts, revision },
      },
      messages: [],
      mails: [],
    })
  },

  requestDeletion(record, { token }) {
    const account = findAccount(record, token.accountId)
    const to = account?.email ?? record.customer.contactEmail
    return to === undefined
      ? invalid('contactEmail', 'The customer has no e-mail address that the confirmation could be sent to.')
      : ok({ record, messages: [], mails: [mailTo(to, 'deletion', record.customer, token)] })
  },
}

const issuedMessages = {
  password_reset: 'CustomerPasswordTokenCreated',
  email_verification: 'CustomerEmailTokenCreated',
} as const

/** From `since` on, in milliseconds since the epoch, only newer tokens are good. */
function endIssuedTokens(credentials: Credentials, purpose: IssuedTokenPurpose, since: number): Credentials {
  return { ...credentials, tokensSince: { ...credentials.tokensSince, [purpose]: since } }
}

function findAccount(record: CustomerRecord, accountId: string): Account | undefined {
  return record.credentials.accounts.find((account) => account.id === accountId)
}

function replaceAccount(record: CustomerRecord, next: Account): Account[] {
  return record.credentials.accounts.map((account) => (account.id === next.id ? next : account))
}

/** Tokens for a change of e-mail die with every other change of the credentials. */
function endPending(credentials: Credentials): Credentials {
  const { emailChange: _ended, ...rest } = credentials
  return rest
}

/**
 * Whoever used a mailed token reads the mailbox: that verifies the e-mail and completes an opt-in that was awaited. Both
 * speak of the first account; a proof of another one's mailbox says nothing about it.
 */
function withProvenMailbox(
  record: CustomerRecord,
  account: Account,
): { record: CustomerRecord; messages: Message[] } {
  if (account.id !== record.credentials.accounts[0]?.id) return { record, messages: [] }
  const { optInPending: _done, ...credentials } = record.credentials
  return {
    record: { customer: { ...record.customer, emailVerified: true }, credentials },
    messages: record.customer.emailVerified ? [] : [{ type: 'CustomerEmailVerified', payload: {} }],
  }
}
