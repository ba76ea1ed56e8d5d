/**
 * Emporix's `saasToken`: an HS256 JWT that a tenant's other services verify with the tenant's own key.
 * Each tenant's key is derived from the service's secret, so no tenant can forge the tokens of another. This service
 * itself accepts these tokens nowhere.
 */
import { SignJWT } from 'jose'
import type { Clock, SaasTokens } from '../../flows/ports/index.ts'
import type { KeyedHash } from './keyed-hash.ts'

/** The 32 bytes that the tenant's services verify with; hand them to the tenant only. */
export function deriveSaasKey(hash: KeyedHash, tenant: string): Promise<Uint8Array<ArrayBuffer>> {
  return hash.derive('saas-token', tenant)
}

/** For the tenant alone, so its key is `aud`; a reader of the documented `sub` and `exp` alone is not disturbed. */
export function saasTokens(publicUrl: string, hash: KeyedHash, clock: Clock): SaasTokens {
  return {
    async issue(tenant, customerId, lifetimeSeconds) {
      const issuedAt = Math.floor(clock.now() / 1000)
      return new SignJWT({ sub: customerId })
        .setProtectedHeader({ typ: 'JWT', alg: 'HS256' })
        .setIssuer(publicUrl)
        .setAudience(tenant)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .setJti(crypto.randomUUID())
        .sign(await deriveSaasKey(hash, tenant))
    },
  }
}
