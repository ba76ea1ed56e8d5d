/**
 * The ports of cryptography in memory: tokens that only their issuer can have made, and passwords whose hashes can be read.
 * They keep the promises of `flows/ports/credentials.ts`: a made-up token says nothing, an expired one says so, and each
 * verification of a password is one hash.
 */
import { normalizePassword } from '../../src/domain/passwords/password-policy.ts'
import type { Principal } from '../../src/domain/tenant/principal.ts'
import type {
  AccessTokens,
  AnonymousIds,
  AnonymousRefreshTokens,
  AnonymousSession,
  ClientSecrets,
  Clock,
  PasswordHasher,
  RefreshHandle,
  RefreshTokens,
  SaasTokens,
} from '../../src/flows/ports/index.ts'

/** Texts for values, and the values of these very texts; the same value has the same text. */
function sealed<T>(name: string) {
  const values = new Map<string, T>()
  return {
    seal(value: T): string {
      const text = `${name} ${JSON.stringify(value)}`
      values.set(text, structuredClone(value))
      return text
    },
    open: (text: string): T | undefined => structuredClone(values.get(text)),
  }
}

export function accessTokensInMemory(clock: Clock): AccessTokens {
  let count = 0
  const tokens = sealed<{ principal: Principal; issuedAt: number; expiresAt: number; number: number }>(
    'access',
  )
  return {
    issue: async (principal, lifetimeSeconds) =>
      tokens.seal({
        ...{ principal, issuedAt: clock.now(), number: (count += 1) },
        expiresAt: clock.now() + lifetimeSeconds * 1000,
      }),
    async verify(token) {
      const found = tokens.open(token)
      if (!found) return { ok: false, reason: 'invalid' }
      const { principal, issuedAt, expiresAt } = found
      return clock.now() < expiresAt
        ? { ok: true, principal, issuedAt, expiresAt }
        : { ok: false, reason: 'expired', principal, issuedAt }
    },
    publicKeys: async () => ({ keys: [] }),
  }
}

export function refreshTokensInMemory(): RefreshTokens {
  const tokens = sealed<RefreshHandle>('refresh')
  return { issue: async (handle) => tokens.seal(handle), open: async (token) => tokens.open(token) }
}

export function anonymousRefreshTokensInMemory(clock: Clock): AnonymousRefreshTokens {
  const tokens = sealed<{ session: AnonymousSession; expiresAt: number }>('anonymous refresh')
  return {
    issue: async (session, lifetimeSeconds) =>
      tokens.seal({ session, expiresAt: clock.now() + lifetimeSeconds * 1000 }),
    async open(token) {
      const found = tokens.open(token)
      return found && clock.now() < found.expiresAt ? found.session : undefined
    },
  }
}

export const readableSaasTokens: SaasTokens = {
  issue: async (tenant, customerId, lifetimeSeconds) => `saas ${tenant} ${customerId} ${lifetimeSeconds}`,
}

export function anonymousIdsInMemory(): AnonymousIds {
  const [claimed, revoked] = [new Set<string>(), new Set<string>()]
  const name = (tenant: string, id: string) => `${tenant} ${id}`
  return {
    async claim(tenant, id) {
      const free = !claimed.has(name(tenant, id))
      claimed.add(name(tenant, id))
      return free
    },
    revoke: async (tenant, id) => void revoked.add(name(tenant, id)),
    isRevoked: async (tenant, id) => revoked.has(name(tenant, id)),
    wasRevoked: async (tenant, id) => revoked.has(name(tenant, id)),
    forget: async () => 0,
  }
}

/** Secrets by `hash of …`. */
export const readableClientSecrets: ClientSecrets = {
  matches: async (hash, secret) => hash === `hash of ${secret}`,
}

/** `hash of …` is ours, `old hash of …` is another system's. */
export function readablePasswords(): PasswordHasher & { verifications: number; hashes: number } {
  const hashOf = (password: string) => `hash of ${normalizePassword(password)}`
  const passwords = {
    verifications: 0,
    hashes: 0,
    async hash(password: string) {
      passwords.hashes += 1
      return hashOf(password)
    },
    async verify(hash: string | undefined, password: string) {
      passwords.verifications += 1
      return hash === hashOf(password) || hash === `old ${hashOf(password)}`
    },
    isOutdated: (hash: string) => hash.startsWith('old '),
  }
  return passwords
}
