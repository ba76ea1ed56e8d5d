/**
 * What a customer signs in with, and the state that one-time tokens are spent against.
 * `revision` grows with every change of a password or login e-mail; sessions and tokens remember the revision that they
 * were made under and are dead under any other. Never leaves the service.
 */
import type { IssuedTokenPurpose, ProofWay } from '../base/names.ts'

export interface Credentials {
  revision: number
  /** Grows when every session has to end although no credential has changed. */
  sessionEpoch?: number
  accounts: Account[]
  /** Further accounts that wait for their mailbox's owner: they sign in no one and reserve nothing. */
  pendingAccounts?: PendingAccount[]
  /** Ways to sign in that are no mailbox: providers and passkeys. */
  identities?: Identity[]
  /** Present while a double opt-in is awaited. */
  optInPending?: boolean
  /** How the record came about, while nothing but the sign-up's own mail speaks for its mailbox. */
  signUp?: SignUp
  /** The opt-in token that was accepted last, for its ten minutes of idempotence under this revision. */
  optInAccepted?: { tokenId: string; at: number; revision?: number }
  /** One-time tokens of late, for a second press of the same button. */
  spentTokens?: SpentToken[]
  emailChange?: PendingEmailChange
  /** The retention end date that the customer has been reminded of. */
  migrationReminder?: string
  /** What changes of login e-mails can be taken back to, one for each account at most. */
  emailUndos?: EmailUndo[]
  /** Tokens that were issued before are dead; milliseconds since the epoch. */
  tokensSince?: Partial<Record<IssuedTokenPurpose, number>>
}

export interface SignUp {
  /** Of the opt-in mail. */
  tokenId: string
  /** Of the visitor who signed up. */
  sessionId?: string
}

/** Milliseconds since the epoch. */
export interface SpentToken {
  id: string
  at: number
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
  /** Absent: it has not been proved that the record's owner reads the mailbox. */
  proved?: Proved
  /** Absent: it is as old as the record. */
  added?: Added
}

/** When and how it was proved that the record's owner reads the mailbox; milliseconds since the epoch. */
export interface Proved {
  at: number
  by: ProofWay
}

/** When a way in came to the record, and by which session of it; milliseconds since the epoch. */
export interface Added {
  at: number
  sessionId?: string
}

export interface Identity {
  id: string
  kind: 'federated' | 'passkey'
  issuer: string
  subject: string
  added: Added
}

/** An account but for the proof; it becomes one with the mailed token and the record's own session or password. */
export interface PendingAccount extends Pick<Account, 'id' | 'email' | 'emailKey' | 'passwordHash'> {
  tokenId: string
  added: Added
  /** Milliseconds since the epoch. */
  until: number
}

/** The first address of a time: further changes in it do not replace it, so that no one can wash it out. */
export interface EmailUndo {
  /** Mailed to the address before. */
  tokenId: string
  /** Mailed to the address after, whose owner gives it free with it. */
  releaseTokenId?: string
  accountId: string
  /** The address before. */
  email: string
  emailKey: string
  /** The proof of the address before. Without one, it gets no undo of its own and is not reserved. */
  proved?: Proved
  /** Only if the change went for the contact e-mail too. */
  contactEmail?: string
  /** Both in milliseconds since the epoch. */
  since: number
  until: number
}

export interface PendingEmailChange {
  tokenId: string
  accountId: string
  newEmail: string
  syncContactEmail: boolean
}

/** Login accounts of one customer, those that wait included. */
export const accountsMax = 10

export const optInIdempotenceSeconds = 600

/** As many as one person's buttons can have been pressed in ten minutes. */
const spentTokensMax = 10
const spentSeconds = 600

function isRecentlySpent(at: number, now: number): boolean {
  return now - at <= spentSeconds * 1000
}

export function withSpentToken(credentials: Credentials, id: string, now: number): Credentials {
  const { spentTokens = [] } = credentials
  const others = spentTokens.filter((one) => one.id !== id && isRecentlySpent(one.at, now))
  return { ...credentials, spentTokens: [{ id, at: now }, ...others].slice(0, spentTokensMax) }
}

export function wasSpent(
  { spentTokens = [] }: Pick<Credentials, 'spentTokens'>,
  tokenId: string,
  now: number,
) {
  return spentTokens.some(({ id, at }) => id === tokenId && isRecentlySpent(at, now))
}

/** The first account that has a password, else the first of all. */
export function primaryAccount(credentials: Credentials): Account | undefined {
  return credentials.accounts.find((account) => account.passwordHash !== undefined) ?? credentials.accounts[0]
}

/** What can still be taken back at this time, in milliseconds since the epoch. */
export function standingUndos(
  { emailUndos = [] }: Pick<Credentials, 'emailUndos'>,
  now: number,
): EmailUndo[] {
  return emailUndos.filter(({ until }) => until > now)
}

/**
 * The change that decides where mails for the account's recovery go: while its mailbox is not proved, to the one that was
 * proved before (contract §7, P4).
 */
export function recoveryUndo(
  account: Pick<Account, 'id' | 'proved'>,
  credentials: Pick<Credentials, 'emailUndos'>,
  now: number,
): EmailUndo | undefined {
  if (account.proved) return undefined
  return standingUndos(credentials, now).find(({ accountId, proved }) => accountId === account.id && proved)
}

/** Addresses that no other record gets while a change away from them can be taken back. */
export function reservedEmails({ accounts, emailUndos = [] }: Pick<Credentials, 'accounts' | 'emailUndos'>) {
  return emailUndos.filter(
    ({ proved, emailKey }) => proved && !accounts.some((account) => account.emailKey === emailKey),
  )
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

/** Every session ends, for good. */
export function endSessions(credentials: Credentials): Credentials {
  return { ...credentials, sessionEpoch: (credentials.sessionEpoch ?? 0) + 1 }
}
