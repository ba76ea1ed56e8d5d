/**
 * One-time tokens: what each purpose is for and when a token is still good.
 * A token is bound to purpose, tenant, customer and the revision of the credentials that it was issued under; whatever it
 * does raises that revision or clears the pending state, and that spends it. No list of used tokens exists.
 */
import { optInIdempotenceSeconds, type Credentials } from './credentials.ts'
import type { Lifetimes } from './tenant.ts'

export type TokenPurpose = 'opt_in' | 'password_reset' | 'email_change' | 'deletion'

/** Everything that the service remembers of a token; the token itself is derived from `id` when it is mailed. */
export interface OneTimeToken {
  id: string
  purpose: TokenPurpose
  tenant: string
  customerId: string
  credentialsRevision: number
  /** Which account it is for. */
  accountId: string
  /** Milliseconds since the epoch. */
  expiresAt: number
}

export const tokenLifetime: Record<TokenPurpose, keyof Lifetimes> = {
  opt_in: 'optInSeconds',
  password_reset: 'passwordResetSeconds',
  email_change: 'emailChangeSeconds',
  deletion: 'deletionSeconds',
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
    case 'password_reset':
    case 'deletion':
      return isCurrent(token, credentials, now)
  }
}

function isCurrent(token: OneTimeToken, credentials: Credentials, now: number): boolean {
  return token.credentialsRevision === credentials.revision && now < token.expiresAt
}
