/**
 * One-time tokens: what each purpose is for and when a token is still good.
 * A token is bound to purpose, tenant, customer and the revision of the credentials that it was issued under; whatever it
 * does raises that revision or clears the pending state, and that spends it. No list of used tokens exists.
 */
import type { TokenPurpose, MailedTokenPurpose } from '../base/names.ts'
import { optInIdempotenceSeconds, type Credentials } from './credentials.ts'
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
}

/** A token that an action may come to issue; for which account, the record knows. */
export interface Invitation {
  tokenId: string
  issuedAt: number
  expiresAt: number
}

const tokenLifetime: Record<MailedTokenPurpose, keyof Lifetimes> = {
  opt_in: 'optInSeconds',
  password_reset: 'passwordResetSeconds',
  email_change: 'emailChangeSeconds',
  email_undo: 'emailUndoSeconds',
  deletion: 'deletionSeconds',
}

/** From when to when a token is good that is issued then; both in milliseconds since the epoch. */
export function termOf(lifetimes: Lifetimes, purpose: MailedTokenPurpose, issuedAt: number) {
  return { issuedAt, expiresAt: issuedAt + lifetimes[tokenLifetime[purpose]] * 1000 }
}

/** Whether the token can (still) be used on a customer in this state. */
export function isSpendable(token: OneTimeToken, credentials: Credentials, now: number): boolean {
  switch (token.purpose) {
    case 'opt_in': {
      const accepted = credentials.optInAccepted
      const repeated = accepted?.tokenId === token.id && now - accepted.at <= optInIdempotenceSeconds * 1000
      return (repeated || credentials.optInPending === true) && isCurrent(token, credentials, now)
    }
    case 'email_change':
      return credentials.emailChange?.tokenId === token.id && isCurrent(token, credentials, now)
    // Whoever took the account over may change its credentials as often as they like.
    case 'email_undo':
      return hasUndo(credentials, token) && now < token.expiresAt
    case 'password_reset':
      return isCurrent(token, credentials, now) && !isReplaced(token, credentials)
    case 'email_verification':
      return !isReplaced(token, credentials) && now < token.expiresAt
    case 'deletion':
      return isCurrent(token, credentials, now)
  }
}

/** Proof of a mailbox has nothing to do with the password: these tokens end by a cut of their own. */
function isReplaced({ purpose, issuedAt }: OneTimeToken, { tokensSince }: Credentials): boolean {
  const since =
    purpose === 'password_reset' || purpose === 'email_verification' ? tokensSince?.[purpose] : undefined
  return since !== undefined && issuedAt < since
}

function hasUndo({ emailUndos = [] }: Credentials, { id }: OneTimeToken): boolean {
  return emailUndos.some(({ tokenId }) => tokenId === id)
}

function isCurrent(token: OneTimeToken, credentials: Credentials, now: number): boolean {
  return token.credentialsRevision === credentials.revision && now < token.expiresAt
}
