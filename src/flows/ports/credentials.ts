/**
 * What the use cases need of cryptography and of what it protects: passwords, client secrets and tokens. Lifetimes are
 * seconds.
 */
import type { OneTimeToken } from '../../domain/credentials/one-time-token.ts'
import type { Principal } from '../../domain/tenant/principal.ts'
import type { Result } from '../../domain/base/result.ts'
import type { DatabaseName } from './tenants.ts'

/** Passwords are well-formed and bounded, in the form in which they were typed. */
export interface PasswordHasher {
  /** PHC string of the normalised password. */
  hash(password: string): Promise<string>
  /** False too when there is no hash; takes as long as for one of ours, so that unknown accounts cannot be told. */
  verify(hash: string | undefined, password: string): Promise<boolean>
  /** Whether the hash is another system's, or weaker than what `hash` makes today. */
  isOutdated(hash: string): boolean
}

/** Passwords that data breaches have made known. */
export interface BreachedPasswords {
  /** Asks the service at `url`, and tells it next to nothing; `Unavailable` when there is no proper answer. */
  includes(url: string, password: string): Promise<Result<boolean>>
}

/** Compares in constant time; an unknown client's secret is compared too. */
export interface ClientSecrets {
  matches(secretHash: string | undefined, secret: string): Promise<boolean>
}

/** Times are milliseconds since the epoch. */
export type TokenVerdict =
  | { ok: true; principal: Principal; issuedAt: number; expiresAt: number }
  /** `principal` and so the signature are good, only the time is over. */
  | { ok: false; reason: 'expired'; principal: Principal; issuedAt: number }
  | { ok: false; reason: 'invalid' }

export interface AccessTokens {
  issue(principal: Principal, lifetimeSeconds: number): Promise<string>
  verify(token: string): Promise<TokenVerdict>
  /** Public keys for `/.well-known/jwks.json`. */
  publicKeys(): Promise<{ keys: object[] }>
}

/** Emporix's second token: HS256, signed with a key of the tenant's own. */
export interface SaasTokens {
  issue(tenant: string, customerId: string, lifetimeSeconds: number): Promise<string>
}

/** What a refresh token says; it is sealed, so that a made-up one wakes no object. */
export interface RefreshHandle {
  tenant: string
  customerId: string
  sessionKey: string
  counter: number
}

export interface RefreshTokens {
  issue(handle: RefreshHandle): Promise<string>
  open(token: string): Promise<RefreshHandle | undefined>
}

/** What the cookie of a page says, sealed like a refresh token but never taken for one. */
export type PageSessionHandle = Omit<RefreshHandle, 'counter'>

export interface PageSessions {
  seal(handle: PageSessionHandle): Promise<string>
  open(text: string): Promise<PageSessionHandle | undefined>
}

/** Refresh tokens of anonymous sessions carry the session themselves; nothing is stored. */
export interface AnonymousRefreshTokens {
  issue(session: AnonymousSession, lifetimeSeconds: number): Promise<string>
  open(token: string): Promise<AnonymousSession | undefined>
}

export interface AnonymousSession {
  tenant: string
  clientId: string
  sessionId: string
  scopes: string[]
  /** Opened by the id of the client alone. */
  withoutSecret?: true
}

export interface OneTimeTokens {
  /** The secret text of a token; from now on `find` knows it. */
  publish(token: OneTimeToken): Promise<string>
  /** Says nothing about whether the token is spent. */
  find(secret: string): Promise<OneTimeToken | undefined>
}

/**
 * The port around visitors that clients name themselves.
 */
/** Where an e-mail still has a key of its own from before a domain had one spelling. */
export interface SpelledBefore {
  tenant: string
  emailKey: string
}

export interface EmailSpellings {
  /** Looks at the next `limit` of them; the last one while there may be more. What stands in the way of a key leaves it. */
  respell(
    database: DatabaseName,
    after: SpelledBefore | undefined,
    limit: number,
  ): Promise<SpelledBefore | undefined>
}

/** Ids of visitors that clients chose themselves; each can be chosen once. */
export interface AnonymousIds {
  /** False when the id has been claimed before. */
  claim(tenant: string, anonymousId: string): Promise<boolean>
  /** The visitor's session is over, also when a client chose its id. */
  revoke(tenant: string, anonymousId: string): Promise<void>
  isRevoked(tenant: string, anonymousId: string): Promise<boolean>
  /** The same for an access token, whose every use asks: as it was at most 30 seconds ago, and mostly without a look-up. */
  wasRevoked(tenant: string, anonymousId: string, tokenIssuedAt: number): Promise<boolean>
  /** Forgets at most `limit` claims that are older, and says how many. */
  forget(database: DatabaseName, olderThan: string, limit: number): Promise<number>
}
