/**
 * The actions on accounts, their passwords and tokens. Only use cases cause them, never a request by itself.
 */
import {
  findAccount,
  happened,
  mailTo,
  replaceAccount,
  unchanged,
  withAccounts,
  withCredentials,
  withProvenMailbox,
  type Handlers,
} from './change.ts'
import {
  accountsMax,
  endIssuedTokens,
  endPending,
  type Account,
  type Credentials,
} from '../credentials/credentials.ts'
import { invitationMails } from './invitation.ts'
import { fail, invalid, ok } from '../base/result.ts'
import type { MailboxAction, MigrationAction, TrustedAction } from './update-action.ts'

export const credentialsHandlers: Handlers<Exclude<TrustedAction, MigrationAction | MailboxAction>> = {
  setPassword(record, { accountId, passwordHash, cause }, now) {
    const account = findAccount(record, accountId)
    if (!account) return fail({ kind: 'OneTimeTokenRejected' })
    const accounts = replaceAccount(record, {
      ...account,
      passwordHash,
      initialPassword: false,
      clearedAt: now,
    })
    const credentials: Credentials = {
      ...endPending(record.credentials),
      accounts,
      revision: record.credentials.revision + 1,
    }
    const changed = { ...record, credentials }
    const proven =
      cause === 'mailed_token' ? withProvenMailbox(changed, account) : { record: changed, messages: [] }
    return ok({
      record: proven.record,
      messages: [
        { type: 'CustomerPasswordUpdated', payload: { reset: cause !== 'change' } },
        ...proven.messages,
      ],
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

  recordAssistedLogin: (record, { sessionId }) =>
    happened(record, { type: 'CustomerAssistedLogin', payload: { sessionId } }),

  issueToken(record, { token, replacing }) {
    const { id, purpose, customerId, expiresAt, issuedAt } = token
    const payload = {
      tokenId: id,
      customerId,
      expiresAt: new Date(expiresAt).toISOString(),
      invalidateOlderTokens: replacing,
    }
    const { credentials } = record
    const left = replacing ? endIssuedTokens(credentials, purpose, issuedAt) : credentials
    return happened({ ...record, credentials: left }, { type: issuedMessages[purpose], payload })
  },

  linkAnonymousSession: (record, { link }) =>
    happened(record, { type: 'CustomerAnonymousSessionLinked', payload: { ...link } }),

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
