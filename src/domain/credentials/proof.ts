/**
 * What a proof of a mailbox does to the ways into a record (contract §7, P1 to P4): the one place that decides which of
 * them may be a stranger's and end. Pure; who has proved what, and how the record changes otherwise, is its callers' matter.
 *
 * A *taking* proof comes from the mailbox alone. While the mailbox was not proved, everything in the record may be a
 * stranger's. A *confirming* proof was asked for from within the record, by the password that it keeps; what was added
 * beside that account while no mailbox was proved may be a stranger's.
 */
import type { ProofWay } from '../base/names.ts'
import { endSessions, standingUndos, type Account, type Credentials } from './credentials.ts'

export interface Proof {
  way: ProofWay
  accountId: string
  /** The session that signed up, or one of the record, is the one that proves. */
  own: boolean
}

export type ProofKind =
  | 'taking'
  | 'confirming'
  /** The mailbox was proved before: nothing new is known. */
  | 'repeated'

/** What ends with the proof. */
export interface ProofEffect {
  kind: ProofKind
  /** Of the proved account: its password, and every session of the record. */
  password: boolean
  sessions: boolean
  /** Further accounts (for a taking proof the first one, too), providers and passkeys, pending changes. */
  others: boolean
  /** Rights to take a change back: all of them, or those of mailboxes that were never proved. */
  undos: 'all' | 'unproved' | 'none'
}

const nothing = { password: false, sessions: false, others: false, undos: 'none' } as const

/** What the proof does, by what has been proved of the record so far. `now` in milliseconds since the epoch. */
export function effectOf(credentials: Credentials, { way, accountId, own }: Proof, now: number): ProofEffect {
  const account = credentials.accounts.find(({ id }) => id === accountId)
  if (account?.proved) return { kind: 'repeated', ...nothing }
  if (isTaking(way, own))
    return { kind: 'taking', password: true, sessions: true, others: true, undos: 'all' }
  const first = !hasProvedMailbox(credentials, now)
  return { kind: 'confirming', ...nothing, ...(first && { others: true, undos: 'unproved' as const }) }
}

/** A mailbox that a change has left counts for as long as the change can be taken back. */
export function hasProvedMailbox(credentials: Credentials, now: number): boolean {
  return [...credentials.accounts, ...standingUndos(credentials, now)].some(({ proved }) => proved)
}

function isTaking(way: ProofWay, own: boolean): boolean {
  switch (way) {
    case 'password_reset':
    case 'mail_code':
    case 'provider':
      return true
    case 'resent_link':
      return !own
    case 'sign_up_link':
    case 'email_change':
    case 'added_account':
    case 'email_token':
    case 'undo':
    case 'back_office':
      return false
  }
}

/** The credentials once the mailbox of the account is proved. `now` in milliseconds since the epoch. */
export function withProof(credentials: Credentials, proof: Proof, now: number): Credentials {
  const effect = effectOf(credentials, proof, now)
  if (effect.kind === 'repeated') return credentials
  const accounts = credentials.accounts.flatMap((account, position): Account[] => {
    const isBeside = effect.kind === 'taking' || position > 0
    if (account.id !== proof.accountId) return effect.others && isBeside ? [] : [account]
    const proved = { at: now, by: proof.way }
    return [effect.password ? { ...withoutPassword(account), proved } : { ...account, proved }]
  })
  const kept = withoutEnded(credentials, effect, proof.accountId)
  const next = { ...(accounts[0]?.proved ? withoutOptIn(kept, proof.way) : kept), accounts }
  return effect.sessions ? { ...endSessions(next), revision: credentials.revision + 1 } : next
}

/** An account that signs in no one by a password, until its owner chooses one. */
export function withoutPassword(account: Account): Account {
  const { passwordHash: _ended, ...rest } = account
  return { ...rest, initialPassword: false }
}

/** What was added since then goes, whatever it is; `since` in milliseconds since the epoch. */
export function withoutAddedSince(credentials: Credentials, since: number): Credentials {
  const { identities, pendingAccounts: _pending, emailChange: _change, ...rest } = credentials
  const before = ({ added }: { added?: { at: number } }) => added === undefined || added.at < since
  const kept = identities?.filter(before) ?? []
  return {
    ...rest,
    accounts: credentials.accounts.filter(before),
    ...(kept.length > 0 && { identities: kept }),
  }
}

/** Any other proof than that of its own mail says more of the mailbox than the sign-up did. */
function withoutOptIn(credentials: Credentials, way: ProofWay): Credentials {
  const { optInPending: _done, signUp, ...rest } = credentials
  return way === 'sign_up_link' && signUp ? { ...rest, signUp } : rest
}

function withoutEnded(credentials: Credentials, effect: ProofEffect, accountId: string): Credentials {
  const { identities, pendingAccounts, emailChange, emailUndos = [], ...rest } = credentials
  const ofAnother = emailChange?.accountId !== accountId
  const change = effect.kind === 'taking' || (effect.others && ofAnother) ? undefined : emailChange
  const undos = emailUndos.filter(
    ({ proved }) => effect.undos === 'none' || (effect.undos === 'unproved' && proved !== undefined),
  )
  return {
    ...rest,
    ...(!effect.others && identities && { identities }),
    ...(!effect.others && pendingAccounts && { pendingAccounts }),
    ...(change && { emailChange: change }),
    ...(undos.length > 0 && { emailUndos: undos }),
  }
}
