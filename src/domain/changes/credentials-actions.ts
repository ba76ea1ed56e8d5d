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
  withProvedMailbox,
  type CustomerRecord,
  type Handlers,
} from './change.ts'
import {
  accountsMax,
  endIssuedTokens,
  endPending,
  recoveryUndo,
  standingUndos,
  type Account,
  type Credentials,
} from '../credentials/credentials.ts'
import { withoutAddedSince } from '../credentials/proof.ts'
import type { Message } from '../events/message.ts'
import { invitationMails } from './invitation.ts'
import { fail, invalid, ok } from '../base/result.ts'
import type { MailboxAction, MigrationAction, PasswordCause, TrustedAction } from './update-action.ts'

export const credentialsHandlers: Handlers<Exclude<TrustedAction, MigrationAction | MailboxAction>> = {
  setPassword(record, { accountId, passwordHash, cause }, now) {
    const account = findAccount(record, accountId)
    if (!account) return fail({ kind: 'OneTimeTokenRejected' })
    const { record: proved, messages } = withPasswordProof(record, account, cause, now)
    const owner = { ...(findAccount(proved, accountId) ?? account), passwordHash }
    const accounts = replaceAccount(proved, { ...owner, initialPassword: false, clearedAt: now })
    const { revision } = record.credentials
    const credentials = { ...endPending(proved.credentials), accounts, revision: revision + 1 }
    return ok({
      record: withAccounts(proved, credentials),
      messages: [{ type: 'CustomerPasswordUpdated', payload: { reset: cause !== 'change' } }, ...messages],
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
      // Of two log-ins at the same moment the second leaves the record as it is.
      happened: true,
    })
  },

  addPendingAccount(record, { account, token }, now) {
    const { credentials } = record
    const pending = (credentials.pendingAccounts ?? []).filter(
      ({ until, emailKey }) => until > now && emailKey !== account.emailKey,
    )
    if (credentials.accounts.length + pending.length >= accountsMax) return tooManyAccounts
    const first = credentials.accounts[0]
    return ok({
      record: { ...record, credentials: { ...credentials, pendingAccounts: [...pending, account] } },
      messages: [],
      mails: [
        mailTo(account.email, 'account-confirmation', record.customer, token),
        ...(first ? [mailTo(first.email, 'account-added', record.customer)] : []),
      ],
    })
  },

  confirmAccount(record, { tokenId }, now) {
    const { credentials } = record
    const pending = credentials.pendingAccounts?.find((one) => one.tokenId === tokenId)
    if (!pending) return fail({ kind: 'OneTimeTokenRejected' })
    const { tokenId: _spent, until: _until, ...account } = pending
    const proved = { at: now, by: 'added_account' as const }
    const accounts = [...credentials.accounts, { ...account, initialPassword: false, proved }]
    const left = withoutPendingAccount({ ...credentials, accounts }, tokenId)
    return ok({
      record: withAccounts(record, left),
      messages: [{ type: 'CustomerAccountAdded', payload: { email: account.email } }],
      mails: [],
    })
  },

  dropPendingAccount: (record, { tokenId }) =>
    withCredentials(record, withoutPendingAccount(record.credentials, tokenId)),

  addAccount(record, { accountId, email, emailKey: key, passwordHash, invitation }) {
    if (record.credentials.accounts.length >= accountsMax) return tooManyAccounts
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
    // Who has just changed the address may not be the owner.
    const proved = standingUndos(record.credentials, token.issuedAt).find((undo) => undo.proved)
    const to = proved?.email ?? account?.email ?? record.customer.contactEmail
    return to === undefined
      ? invalid('contactEmail', 'The customer has no e-mail address that the confirmation could be sent to.')
      : ok({ record, messages: [], mails: [mailTo(to, 'deletion', record.customer, token)] })
  },
}

const tooManyAccounts = invalid('email', `A customer has at most ${accountsMax} login accounts.`, 'too_large')

function withoutPendingAccount(credentials: Credentials, tokenId: string): Credentials {
  const { pendingAccounts = [], ...rest } = credentials
  const left = pendingAccounts.filter((one) => one.tokenId !== tokenId)
  return left.length > 0 ? { ...rest, pendingAccounts: left } : rest
}

/**
 * What a new password says of the mailbox, before it is set. A token that was mailed proves the mailbox; one that the shop
 * was handed proves nothing, but ends what may be a stranger's all the same. With a token that went to the mailbox of before a
 * change, what has been added since then ends.
 */
function withPasswordProof(
  record: CustomerRecord,
  account: Account,
  cause: PasswordCause,
  now: number,
): { record: CustomerRecord; messages: Message[] } {
  const proof = { way: 'password_reset' as const, accountId: account.id, own: false }
  switch (cause) {
    case 'change':
      return { record, messages: [] }
    case 'mailed_token':
      return withProvedMailbox(record, proof, now)
    case 'handed_out_token': {
      if (account.proved) return { record, messages: [] }
      const { credentials } = withProvedMailbox(record, proof, now).record
      const accounts = credentials.accounts.map(({ proved: _unknown, ...one }) => one)
      const { optInPending, signUp } = record.credentials
      const waiting = { ...(optInPending && { optInPending }), ...(signUp && { signUp }) }
      return { record: withAccounts(record, { ...credentials, ...waiting, accounts }), messages: [] }
    }
    case 'recovery_token': {
      const change = recoveryUndo(account, record.credentials, now)
      return change
        ? { record: withAccounts(record, withoutAddedSince(record.credentials, change.since)), messages: [] }
        : { record, messages: [] }
    }
  }
}

const issuedMessages = {
  password_reset: 'CustomerPasswordTokenCreated',
  email_verification: 'CustomerEmailTokenCreated',
} as const
