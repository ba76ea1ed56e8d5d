/**
 * One-time tokens: what each purpose is for and when a token is still good.
 * A token is bound to purpose, tenant, customer and the revision of the credentials that it was issued under; whatever it
 * does raises that revision or clears the pending state, and that spends it. No list of used tokens exists.
 */
import type { TokenPurpose, MailedTokenPurpose } from '../base/names.ts'
import { optInIdempotenceSeconds, standingUndos, type Credentials } from './credentials.ts'
import { hasProvedMailbox } from './proof.ts'
import type { Lifetimes } from '../tenant/tenant.ts'

/** Everything that the service remembers of a token; the token itself is derived from `id` when it is mailed. */
export interface OneTimeToken<P extends TokenPurpose = TokenPurpose> {
  id: string
  purpose: P
  tenant: string
  customerId: string
  credentialsRevision: number
  /** Which account it is for. */
  accountId: string
  /** Both in milliseconds since the epoch. */
  issuedAt: number
  expiresAt: number
  /** The back office got it, so coming back it does not say by itself that its owner reads the mailbox. */
  handedOut?: true
  /** It was mailed to the mailbox that was proved before a change, so it says nothing of the present one. */
  recovery?: true
  /** A stranger may have asked for the mail. */
  resent?: true
}

/** A token that an action may come to issue; for which account, the record knows. */
export interface PreparedToken {
  tokenId: string
  issuedAt: number
  expiresAt: number
}

const tokenLifetime: Record<MailedTokenPurpose, keyof Lifetimes> = {
  opt_in: 'optInSeconds',
  password_reset: 'passwordResetSeconds',
  email_change: 'emailChangeSeconds',
  email_confirmation: 'emailUndoSeconds',
  account_confirmation: 'emailChangeSeconds',
  email_undo: 'emailUndoSeconds',
  disowning: 'emailUndoSeconds',
  deletion: 'deletionSeconds',
}

/** From when to when a token is good that is issued then; both in milliseconds since the epoch. */
export function termOf(lifetimes: Lifetimes, purpose: MailedTokenPurpose, issuedAt: number) {
  return { issuedAt, expiresAt: issuedAt + lifetimes[tokenLifetime[purpose]] * 1000 }
}

/** The second token of a mail whose first one confirms something: with it, the reader says that it was not they. */
export function disowningTokenOf(
  { resent: _resent, ...token }: OneTimeToken<MailedTokenPurpose>,
  lifetimes: Lifetimes,
): OneTimeToken<'disowning'> {
  return { ...token, purpose: 'disowning', ...termOf(lifetimes, 'disowning', token.issuedAt) }
}

/** Whether the token can (still) be used on a customer in this state. */
export function isSpendable(token: OneTimeToken, credentials: Credentials, now: number): boolean {
  if (now >= token.expiresAt) return false
  switch (token.purpose) {
    case 'opt_in':
      return (
        isRepeated(token, credentials, now) ||
        (credentials.optInPending === true && isCurrent(token, credentials))
      )
    case 'email_change':
      return credentials.emailChange?.tokenId === token.id && isCurrent(token, credentials)
    case 'email_confirmation':
      return releasableChange(token, credentials, now) !== undefined
    case 'account_confirmation':
      return (
        credentials.pendingAccounts?.some(({ tokenId, until }) => tokenId === token.id && now < until) ===
        true
      )
    // Who took the account over may change its credentials as often as they like.
    case 'email_undo':
      return standingUndos(credentials, now).some(({ tokenId }) => tokenId === token.id)
    case 'disowning':
      return disownedBy(token, credentials, now) !== undefined
    case 'password_reset':
      return isCurrent(token, credentials) && !isReplaced(token, credentials)
    case 'email_verification':
      return !isReplaced(token, credentials)
    case 'deletion':
      return isCurrent(token, credentials)
  }
}

/** What a mailbox's owner disowns with the token of a confirming mail. */
export type Disowned = 'record' | 'pending_change' | 'change' | 'pending_account'

/** Undefined: nothing that the token speaks of is there any more, or something else than its mail speaks for it. */
export function disownedBy(token: OneTimeToken, credentials: Credentials, now: number): Disowned | undefined {
  if (credentials.emailChange?.tokenId === token.id) return 'pending_change'
  if (releasableChange(token, credentials, now)) return 'change'
  if (pendingAccountOf(token, credentials, now)) return 'pending_account'
  const { signUp, accounts } = credentials
  const isOwnMail = signUp?.tokenId === token.id
  const bySignUpAlone = accounts.every(({ proved }) => !proved || proved.by === 'sign_up_link')
  if (isOwnMail && bySignUpAlone) return 'record'
  const isUnproved = !isOwnMail && isCurrent(token, credentials) && !hasProvedMailbox(credentials, now)
  return isUnproved && credentials.optInPending ? 'record' : undefined
}

/** The change that the owner of the new mailbox can take back with the token. */
export function releasableChange({ id }: OneTimeToken, credentials: Credentials, now: number) {
  return standingUndos(credentials, now).find(({ releaseTokenId }) => releaseTokenId === id)
}

function pendingAccountOf({ id }: OneTimeToken, { pendingAccounts = [] }: Credentials, now: number) {
  return pendingAccounts.find(({ tokenId, until }) => tokenId === id && now < until)
}

/** What is remembered of a token that succeeded: its mail may have two links, for two purposes. */
export function spentKey({ purpose, id }: OneTimeToken): string {
  return `${purpose}|${id}`
}

function isRepeated(token: OneTimeToken, { optInAccepted, revision }: Credentials, now: number): boolean {
  return (
    optInAccepted?.tokenId === token.id &&
    (optInAccepted.revision ?? token.credentialsRevision) === revision &&
    now - optInAccepted.at <= optInIdempotenceSeconds * 1000
  )
}

/** Proof of a mailbox has nothing to do with the password: these tokens end by a cut of their own. */
function isReplaced({ purpose, issuedAt }: OneTimeToken, { tokensSince }: Credentials): boolean {
  const since =
    purpose === 'password_reset' || purpose === 'email_verification' ? tokensSince?.[purpose] : undefined
  return since !== undefined && issuedAt < since
}

function isCurrent({ credentialsRevision }: OneTimeToken, { revision }: Credentials): boolean {
  return credentialsRevision === revision
}
