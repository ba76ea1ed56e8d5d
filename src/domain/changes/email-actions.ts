/**
 * The actions on a login e-mail: opt-in, verification, a change that waits for the new mailbox, one at once, and taking either
 * back (contract §7, P1, P2, P4). Which ways into the record end with a proof is decided in `proof.ts`.
 */
import type { MailedTokenPurpose } from '../base/names.ts'
import {
  findAccount,
  mailTo,
  replaceAccount,
  unchanged,
  withAccounts,
  withCredentials,
  withProvedMailbox,
  type Change,
  type CustomerRecord,
  type Handlers,
} from './change.ts'
import {
  endIssuedTokens,
  endPending,
  endSessions,
  standingUndos,
  withSpentToken,
  type Account,
  type Credentials,
  type EmailUndo,
} from '../credentials/credentials.ts'
import { loginEmail, sameEmail } from '../credentials/email-address.ts'
import { effectOf, withoutAddedSince, withoutPassword } from '../credentials/proof.ts'
import { passwordMail, tokenFor } from './invitation.ts'
import type { OneTimeToken } from '../credentials/one-time-token.ts'
import { fail, invalid, ok, type Result } from '../base/result.ts'
import type { EmailAction, MailboxAction } from './update-action.ts'

export const emailHandlers: Handlers<EmailAction | MailboxAction> = {
  acceptOptIn(record, { token, welcome, sessionId, reset }, now) {
    const account = findAccount(record, token.accountId)
    if (!record.credentials.optInPending || !account) return unchanged(record)
    const { signUp } = record.credentials
    const proof = {
      way: token.resent ? ('resent_link' as const) : ('sign_up_link' as const),
      accountId: account.id,
      own: sessionId !== undefined && signUp?.sessionId === sessionId,
    }
    const isTaken = effectOf(record.credentials, proof, now).kind === 'taking'
    const { record: proved, messages } = withProvedMailbox(record, proof, now)
    const { revision } = proved.credentials
    const credentials = { ...proved.credentials, optInAccepted: { tokenId: token.id, at: now, revision } }
    const next = { ...proved, credentials }
    const owner = next.credentials.accounts.find(({ id }) => id === account.id) ?? account
    return ok({
      record: next,
      messages,
      mails: [
        ...(welcome ? [mailTo(account.email, 'welcome', record.customer)] : []),
        ...(isTaken ? [passwordMail(next, owner, reset, 'choose-password')] : []),
      ],
    })
  },

  spendToken: (record, { tokenId }, now) =>
    withCredentials(record, withSpentToken(record.credentials, tokenId, now)),

  verifyEmail(record, { way }, now) {
    const account = record.credentials.accounts[0]
    if (!account) return invalid('email', 'This customer has no login e-mail that could be verified.')
    const credentials = endIssuedTokens(record.credentials, 'email_verification', now + 1)
    const proof = { way, accountId: account.id, own: false }
    return ok({ ...withProvedMailbox({ ...record, credentials }, proof, now), mails: [] })
  },

  changeEmail(record, { email, tokens }, now) {
    const account = record.credentials.accounts[0]
    if (!account) return invalid('email', 'This customer has no login e-mail that could be changed.')
    if (account.email === email) return unchanged(record)
    const { contactEmail } = record.customer
    const follows = contactEmail !== undefined && sameEmail(contactEmail, account.email)
    const customer = { ...record.customer, ...(follows ? { contactEmail: email } : {}) }
    const changed = withLoginEmail(record, account, email, now)
    const oldEmail = account.email
    const messages = [{ type: 'CustomerEmailChanged' as const, payload: { email, oldEmail } }]
    if (!tokens)
      return ok({
        record: withAccounts({ customer, credentials: changed }, changed),
        messages,
        mails: [mailTo(account.email, 'email-changed', customer)],
      })
    const { emailUndos, undo } = withUndo(record, changed, account, {
      ...tokens,
      withContactEmail: follows,
      now,
    })
    const credentials = { ...changed, emailUndos }
    const next = withAccounts({ customer, credentials }, credentials)
    const confirmation = tokenFor(next, account, 'email_confirmation', tokens.confirmation)
    return ok({
      record: next,
      messages,
      mails: [
        mailTo(account.email, 'email-changed', customer, undo),
        ...(next.credentials.accounts[0]?.proved
          ? []
          : [mailTo(email, 'email-confirmation', customer, confirmation)]),
      ],
    })
  },

  confirmEmail(record, { tokenId }, now) {
    const change = standingUndos(record.credentials, now).find((undo) => undo.releaseTokenId === tokenId)
    if (!change) return fail({ kind: 'OneTimeTokenRejected' })
    const proof = { way: 'email_change' as const, accountId: change.accountId, own: true }
    return ok({ ...withProvedMailbox(record, proof, now), mails: [] })
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

  dropEmailChange: (record) =>
    ok({ record: { ...record, credentials: endPending(record.credentials) }, messages: [], mails: [] }),

  completeEmailChange(record, { undoToken }, now) {
    const pending = record.credentials.emailChange
    const account = pending && findAccount(record, pending.accountId)
    if (!account) return fail({ kind: 'OneTimeTokenRejected' })
    const { newEmail: email, syncContactEmail } = pending
    const changed = withLoginEmail(record, account, email, now)
    const { emailUndos, undo } = withUndo(record, changed, account, {
      undo: { ...undoToken, tokenId: undoToken.id },
      confirmation: { tokenId: pending.tokenId },
      withContactEmail: syncContactEmail,
      now,
    })
    const credentials = { ...changed, emailUndos }
    const customer = { ...record.customer, ...(syncContactEmail ? { contactEmail: email } : {}) }
    const proof = { way: 'email_change' as const, accountId: account.id, own: true }
    const proved = withProvedMailbox(withAccounts({ customer, credentials }, credentials), proof, now)
    const type = changedTypeOf(record, account)
    return ok({
      record: proved.record,
      messages: [{ type, payload: { email, oldEmail: account.email } }, ...proved.messages],
      mails: [mailTo(account.email, 'email-changed', customer, undo)],
    })
  },

  undoEmailChange(record, { tokenId, reset }, now) {
    const change = standingUndos(record.credentials, now).find(
      (one) => one.tokenId === tokenId || one.releaseTokenId === tokenId,
    )
    const account = change && findAccount(record, change.accountId)
    return account ? restored(record, account, change, reset, now) : fail({ kind: 'OneTimeTokenRejected' })
  },
}

/** The address before, without the password and the sessions, and without what has been added since: all may be known to others. */
function restored(
  record: CustomerRecord,
  account: Account,
  change: EmailUndo,
  reset: Parameters<typeof passwordMail>[2],
  now: number,
): Result<Change> {
  const { email, contactEmail, proved } = change
  const emailUndos = record.credentials.emailUndos?.filter((one) => one !== change) ?? []
  const before = withLoginEmail(record, withoutPassword(account), email, now)
  const owner = { ...withoutPassword(account), ...loginEmail(email), ...(proved && { proved }) }
  const kept = withoutAddedSince({ ...before, accounts: replaceAccount(record, owner) }, change.since)
  const credentials = { ...endSessions(kept), emailUndos }
  const customer = { ...record.customer, ...(contactEmail === undefined ? {} : { contactEmail }) }
  const next = withAccounts({ customer, credentials }, credentials)
  return ok({
    record: next,
    messages: [
      { type: changedTypeOf(record, account), payload: { email, oldEmail: account.email } },
      ...(next.customer.emailVerified && !record.customer.emailVerified
        ? [{ type: 'CustomerEmailVerified' as const, payload: {} }]
        : []),
    ],
    mails: [
      passwordMail(next, owner, reset, 'password-reset'),
      mailTo(account.email, 'email-changed', customer),
    ],
  })
}

/**
 * Credentials with another e-mail for the account, which nothing proves: sessions, and what was mailed to the old one, come
 * to an end. Back at a mailbox that the account can still be taken back to, the proof of then holds.
 */
function withLoginEmail(record: CustomerRecord, account: Account, email: string, now: number): Credentials {
  const { proved: _before, ...unproved } = account
  const { signUp: _elsewhere, ...credentials } = record.credentials
  const named = loginEmail(email)
  const key = named.emailKey
  const before = standingUndos(credentials, now).find(
    (undo) => undo.accountId === account.id && undo.emailKey === key,
  )
  const proved = account.emailKey === key ? account.proved : before?.proved
  return {
    ...endIssuedTokens(endPending(credentials), 'email_verification', now + 1),
    accounts: replaceAccount(record, { ...unproved, ...named, ...(proved && { proved }) }),
    revision: record.credentials.revision + 1,
  }
}

/** The first account's is the one that others know. */
function changedTypeOf({ credentials }: CustomerRecord, { id }: Account) {
  return id === credentials.accounts[0]?.id ? 'CustomerEmailChanged' : 'CustomerAccountEmailChanged'
}

interface UndoDraft {
  undo: { tokenId: string; issuedAt: number; expiresAt: number }
  /** Of the mail to the new address, whose owner can take the change back, too. */
  confirmation: { tokenId: string }
  withContactEmail: boolean
  now: number
}

/**
 * What the change of an account's e-mail can be taken back to, and the token to mail to the old address. An undo that stands
 * stays, and the newest new address can take back to it; the old address gets a token only if it was proved.
 */
function withUndo(
  record: CustomerRecord,
  changed: Credentials,
  { id: accountId, email, emailKey: key, proved }: Account,
  { undo, confirmation, withContactEmail, now }: UndoDraft,
): { emailUndos: EmailUndo[]; undo: OneTimeToken<MailedTokenPurpose> | undefined } {
  const standing = standingUndos(record.credentials, now)
  const releaseTokenId = confirmation.tokenId
  const first = standing.find((one) => one.accountId === accountId)
  if (first) {
    const isBack = changed.accounts.some((one) => one.id === accountId && one.emailKey === first.emailKey)
    const others = standing.filter((one) => one !== first)
    return { emailUndos: isBack ? others : [...others, { ...first, releaseTokenId }], undo: undefined }
  }
  const { contactEmail } = record.customer
  const entry: EmailUndo = {
    ...{ tokenId: undo.tokenId, releaseTokenId, accountId, email, emailKey: key },
    ...(proved && { proved }),
    ...(withContactEmail && contactEmail !== undefined && { contactEmail }),
    ...{ since: now, until: undo.expiresAt },
  }
  const owner = { customer: record.customer, credentials: changed }
  return {
    emailUndos: [...standing, entry],
    undo: proved && tokenFor(owner, { id: accountId }, 'email_undo', undo),
  }
}
