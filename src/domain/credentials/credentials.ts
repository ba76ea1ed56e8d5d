/**
 * What a customer signs in with, and the state that one-time tokens are spent against.
 * `revision` grows with every change of a password or login e-mail; sessions and tokens remember the revision that they
 * were made under and are dead under any other. Never leaves the service.
 */

import type { IssuedTokenPurpose } from '../base/names.ts'
export interface Credentials {
  revision: number
  accounts: Account[]
  /** Present while a double opt-in is awaited. */
  optInPending?: boolean
  /** The opt-in token that was accepted last, for its ten minutes of idempotence. */
  optInAccepted?: { tokenId: string; at: number }
  emailChange?: PendingEmailChange
  /** The retention end date that the customer has been reminded of. */
  migrationReminder?: string
  /** What changes of login e-mails can be taken back to, one for each account at most. */
  emailUndos?: EmailUndo[]
  /** Tokens that were issued before are dead; milliseconds since the epoch. */
  tokensSince?: Partial<Record<IssuedTokenPurpose, number>>
}

export interface Account {
  id: string
  email: string
  emailKey: string
  /** PHC string; absent for an account that has no password of its own. */
  passwordHash?: string
  /** True while the password is one that an employee chose. */
  initialPassword: boolean
  /** Milliseconds since the epoch; failures before it no longer count: the last sign-in, reset or unlocking. */
  clearedAt?: number
}

/** The first address of a time: further changes in it do not replace it, so that nobody can wash it out. */
export interface EmailUndo {
  tokenId: string
  accountId: string
  email: string
  /** Only if the change went for the contact e-mail too. */
  contactEmail?: string
  /** Milliseconds since the epoch. */
  until: number
}

export interface PendingEmailChange {
  tokenId: string
  accountId: string
  newEmail: string
  syncContactEmail: boolean
}

/** Login accounts of one customer. */
export const accountsMax = 10

export const optInIdempotenceSeconds = 600

/** The first account that has a password, else the first of all. */
export function primaryAccount(credentials: Credentials): Account | undefined {
  return credentials.accounts.find((account) => account.passwordHash !== undefined) ?? credentials.accounts[0]
}

/** From `since` on, in milliseconds since the epoch, only newer tokens are good. */
export function endIssuedTokens(
  credentials: Credentials,
  purpose: IssuedTokenPurpose,
  since: number,
): Credentials {
  return { ...credentials, tokensSince: { ...credentials.tokensSince, [purpose]: since } }
}

/** Tokens for a change of e-mail die with every other change of the credentials. */
export function endPending(credentials: Credentials): Credentials {
  const { emailChange: _ended, ...rest } = credentials
  return rest
}
