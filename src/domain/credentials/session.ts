/**
 * Sessions of a customer: one per log-in, held by the customer's object, and the rules of refreshing them.
 * The refresh token in a client's hands names the session and a counter; the session knows the counter that is current.
 * Counter current → the next one. Counter one behind within the grace → the current pair again, so that twenty tabs stay
 * logged in. Anything else is a stolen token, and the session ends (RFC 9700 §4.14).
 */
import type { Actor } from '../base/actor.ts'
import type { Credentials } from './credentials.ts'

export interface Session {
  /** Secret name of the session; part of every token of it. */
  key: string
  /** The id that a storefront sees; kept from the anonymous session. */
  sessionId: string
  credentialsRevision: number
  /** `sessionEpoch` of the credentials when it was opened. */
  epoch?: number
  /** Which account was used to sign in. */
  accountId: string
  /** What the session was granted when it was opened. */
  grant: SessionGrant
  counter: number
  rotatedAt: number
  createdAt: number
  /** When the log-in took place, milliseconds since the epoch; refreshing keeps it. */
  authTime: number
  /** By what the customer proved who it is; empty when another signed in for it, or when that is not known. */
  methods: LoginMethod[]
  /** After this no refresh is accepted, milliseconds since the epoch. */
  refreshUntil: number
  /** After this nothing of the session is accepted. */
  endsAt: number
  /** Client through which it was opened, as far as one was named. */
  clientId?: string
  /** Who of the back office signed in as the customer; absent: the customer itself. */
  assistedBy?: Actor
}

/** Password, one-time code, key in hardware, provider, or what came by mail; the first three by the names of RFC 8176. */
export type LoginMethod = 'pwd' | 'otp' | 'hwk' | 'fed' | 'mail'

/** As a release wrote it that knew nothing yet of how the log-in took place. */
export type StoredSession = Omit<Session, LaterFact> & Partial<Pick<Session, LaterFact>>
type LaterFact = 'authTime' | 'methods'

/** Each dialect opens sessions in its own way; refreshing keeps to the way in which a session was opened. */
export interface SessionGrant {
  /** `rotating`: a new refresh token with each refresh. `constant`: the same one, good for longer with each use. */
  refresh: 'rotating' | 'constant'
  accessLifetimeSeconds: number
  refreshLifetimeSeconds: number
  scopes: string[]
  /** The client that has opened it with its secret, and refreshes it with its secret. */
  clientId?: string
}

/** Who presents a token of a session. */
export interface Presenter {
  clientId?: string
  /** The client is only named and has proved nothing. */
  withoutSecret?: true
}

export const refreshGraceSeconds = 10
/** What asks for a recent log-in asks for one of this time. */
export const recentLoginSeconds = 900
/** More sessions than this on one customer push out the oldest ones. */
export const sessionsMax = 100

export type RefreshOutcome = 'rotate' | 'extend' | 'repeat' | 'ended' | 'stolen'

export function judgeRefresh(session: Session, presentedCounter: number, now: number): RefreshOutcome {
  if (now >= session.endsAt) return 'ended'
  const refreshable = now < session.refreshUntil
  if (session.grant.refresh === 'constant') {
    return presentedCounter === session.counter && refreshable ? 'extend' : 'ended'
  }
  if (presentedCounter === session.counter) return refreshable ? 'rotate' : 'ended'
  const withinGrace = now - session.rotatedAt <= refreshGraceSeconds * 1000
  return presentedCounter === session.counter - 1 && withinGrace && refreshable ? 'repeat' : 'stolen'
}

/** A session lives under the credentials that it was opened under, and no longer than the way in that it was opened by. */
export function isAlive(
  session: Session | undefined,
  { revision, sessionEpoch = 0, accounts, identities = [] }: Credentials,
  now: number,
): session is Session {
  return (
    session !== undefined &&
    session.credentialsRevision === revision &&
    (session.epoch ?? 0) === sessionEpoch &&
    now < session.endsAt &&
    [...accounts, ...identities].some(({ id }) => id === session.accountId)
  )
}

/** The client that a session keeps to; none when an employee has opened it, because it is for any storefront then. */
export function clientOf({ grant, clientId, assistedBy }: Session): string | undefined {
  return grant.clientId ?? (assistedBy ? undefined : clientId)
}

/** What a client got with its secret, only the same client refreshes, with its secret; all else, every caller that names the same client. */
export function isPresentable(session: Session, { clientId, withoutSecret }: Presenter): boolean {
  if (withoutSecret && session.grant.clientId !== undefined) return false
  const own = clientOf(session)
  return own === undefined || clientId === undefined || own === clientId
}

/** The customer's own, because a log-in for the customer has proved nothing of it. */
export function isRecentLogin({ authTime, assistedBy }: Session, now: number): boolean {
  return assistedBy === undefined && now - authTime <= recentLoginSeconds * 1000
}

export function restoreSession(stored: StoredSession): Session {
  return { authTime: stored.createdAt, methods: [], ...stored }
}
