/**
 * Refresh tokens: opaque to clients, and sealed, so that a client cannot make one up. A customer's names a session and its
 * counter, and whether that is current is the customer's object's business; an anonymous one is the session itself and
 * carries its end. So is the handle in a page's cookie. Each kind has a seal of its own: none opens as another.
 */
import { z } from 'zod'
import { isTenantKey } from '../../domain/tenant/tenant-urls.ts'
import type { AnonymousRefreshTokens, Clock, PageSessions, RefreshTokens } from '../../flows/ports/index.ts'
import type { KeyedHash } from './keyed-hash.ts'
import { seal, unseal } from './sealed-text.ts'

const customerLabel = 'refresh-token/customer'
const pageLabel = 'page-session/customer'
const anonymousLabel = 'refresh-token/anonymous'

const tenant = z.string().refine(isTenantKey)
const handle = z.object({
  tenant,
  customerId: z.string().min(1),
  sessionKey: z.string().min(1),
  counter: z.number().int().nonnegative(),
})
const anonymous = z.object({
  tenant,
  clientId: z.string().min(1),
  sessionId: z.string().min(1),
  scopes: z.array(z.string()),
  withoutSecret: z.literal(true).exactOptional(),
  /** Milliseconds since the epoch. */
  expiresAt: z.number().int(),
})

export function refreshTokens(hash: KeyedHash): RefreshTokens {
  return {
    issue: ({ tenant, customerId, sessionKey, counter }) =>
      seal(hash, customerLabel, { tenant, customerId, sessionKey, counter }),
    open: (token) => unseal(hash, customerLabel, handle, token),
  }
}

export function pageSessions(hash: KeyedHash): PageSessions {
  return {
    seal: ({ tenant, customerId, sessionKey }) => seal(hash, pageLabel, { tenant, customerId, sessionKey }),
    open: (text) => unseal(hash, pageLabel, handle.omit({ counter: true }), text),
  }
}

export function anonymousRefreshTokens(hash: KeyedHash, clock: Clock): AnonymousRefreshTokens {
  return {
    issue: ({ tenant, clientId, sessionId, scopes, withoutSecret }, lifetimeSeconds) =>
      seal(hash, anonymousLabel, {
        tenant,
        clientId,
        sessionId,
        scopes,
        ...(withoutSecret && { withoutSecret }),
        expiresAt: clock.now() + lifetimeSeconds * 1000,
      }),
    async open(token) {
      const opened = await unseal(hash, anonymousLabel, anonymous, token)
      if (!opened || clock.now() >= opened.expiresAt) return undefined
      const { expiresAt: _over, ...session } = opened
      return session
    },
  }
}
