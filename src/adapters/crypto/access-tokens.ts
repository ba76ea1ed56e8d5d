/**
 * Access tokens: JWTs signed with Ed25519 (RFC 8037), verified without looking anything up (RFC 8725, RFC 9068).
 * The header of a token decides nothing but which of the configured keys is tried: no algorithm but EdDSA, no key from a
 * URL or from the token itself. Whether the session behind a token is alive is the customer's object's business.
 */
import { errors, importJWK, jwtVerify, SignJWT } from 'jose'
import type { JWK, JWTHeaderParameters, JWTPayload } from 'jose'
import { z } from 'zod'
import type { Principal } from '../../domain/tenant/principal.ts'
import { isTenantKey } from '../../domain/tenant/tenant-urls.ts'
import type { Configuration } from '../../env.ts'
import type { AccessTokens, Clock, TokenVerdict } from '../../flows/ports/index.ts'

const algorithm = 'EdDSA'
const tokenType = 'at+jwt'
const tokenLengthMax = 8192

const text = z.string().min(1).max(512)
const shared = {
  aud: z.string().refine(isTenantKey),
  sub: text,
  scope: z.string().max(4096),
  iat: z.number().int(),
  exp: z.number().int(),
  jti: text,
  /** `iat` counts seconds, within which a token may be revoked and another one issued. */
  iat_ms: z.number().int().exactOptional(),
}

const principalClaims = z.discriminatedUnion('kind', [
  z.object({
    ...shared,
    kind: z.literal('anonymous'),
    sid: text,
    client_id: text,
    without_secret: z.literal(true).exactOptional(),
  }),
  z.object({ ...shared, kind: z.literal('service'), client_id: text }),
  z.object({
    ...shared,
    kind: z.literal('customer'),
    sid: text,
    key: text,
    client_id: text.exactOptional(),
    legal_entity_id: text.optional(),
  }),
])

const claims = principalClaims.transform((claim) => ({
  principal: principalOf(claim),
  issuedAt: claim.iat_ms ?? claim.iat * 1000,
}))

/** Create once per isolate: imported keys are remembered in here. */
export function accessTokens(
  { publicUrl, signingKeys }: Pick<Configuration, 'publicUrl' | 'signingKeys'>,
  clock: Clock,
): AccessTokens {
  const published = [signingKeys.current, signingKeys.next, signingKeys.previous]
    .filter((key) => key !== undefined)
    .map(publicPart)
  const publicByKid = new Map(published.map((key) => [key.kid, key]))
  const imported = new Map<object, CryptoKey>()
  const use = async (jwk: JWK): Promise<CryptoKey> => {
    const known = imported.get(jwk)
    if (known) return known
    const key = await importJWK(jwk, algorithm)
    if (key instanceof Uint8Array) throw new TypeError('An Ed25519 key was expected.')
    imported.set(jwk, key)
    return key
  }
  const keyFor = (header: JWTHeaderParameters): Promise<CryptoKey> => {
    const jwk = publicByKid.get(header.kid)
    if (!jwk || !hasExpectedHeader(header)) throw new errors.JOSEError('No key for this token.')
    return use(jwk)
  }

  return {
    async issue(principal, lifetimeSeconds) {
      const now = clock.now()
      const issuedAt = Math.floor(now / 1000)
      return new SignJWT({ ...claimsOf(principal), iat_ms: now })
        .setProtectedHeader({ alg: algorithm, kid: signingKeys.current.kid ?? '', typ: tokenType })
        .setIssuer(publicUrl)
        .setAudience(principal.tenant)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .setJti(crypto.randomUUID())
        .sign(await use(signingKeys.current))
    },

    async verify(token): Promise<TokenVerdict> {
      if (token.length > tokenLengthMax) return { ok: false, reason: 'invalid' }
      try {
        const { payload } = await jwtVerify(token, keyFor, {
          algorithms: [algorithm],
          typ: tokenType,
          issuer: publicUrl,
          requiredClaims: ['sub', 'aud', 'iat', 'exp', 'jti'],
          currentDate: new Date(clock.now()),
        })
        const read = claims.safeParse(payload)
        return read.success
          ? { ok: true, ...read.data, expiresAt: (payload.exp ?? 0) * 1000 }
          : { ok: false, reason: 'invalid' }
      } catch (error) {
        // The time is looked at last, so everything else about an expired token has been found good.
        const read = error instanceof errors.JWTExpired ? claims.safeParse(error.payload) : undefined
        return read?.success
          ? { ok: false, reason: 'expired', ...read.data }
          : { ok: false, reason: 'invalid' }
      }
    },

    async publicKeys() {
      return { keys: published }
    },
  }
}

/**
 * Remembers the tokens that have been found good, whole and until they end, so that a customer who calls again costs no
 * signature check. Nothing is taken on trust by it: keys and issuer cannot change while the isolate lives, and whether the
 * token was taken back or its session has ended is asked each time elsewhere.
 */
export function remembered(tokens: AccessTokens, clock: Clock, entriesMax = 1000): AccessTokens {
  const known = new Map<string, Extract<TokenVerdict, { ok: true }>>()
  return {
    ...tokens,
    async verify(token) {
      const hit = known.get(token)
      if (hit && hit.expiresAt > clock.now()) return hit
      known.delete(token)
      const verdict = await tokens.verify(token)
      if (!verdict.ok) return verdict
      known.set(token, verdict)
      const oldest = known.keys().next().value
      if (known.size > entriesMax && oldest !== undefined) known.delete(oldest)
      return verdict
    },
  }
}

/** Our tokens have these three members and no other; `jku`, `jwk`, `x5u` or `crit` mean that another service made it. */
function hasExpectedHeader(header: JWTHeaderParameters): boolean {
  return Object.keys(header).every((name) => name === 'alg' || name === 'kid' || name === 'typ')
}

function principalOf(claim: z.infer<typeof principalClaims>): Principal {
  const scopes = claim.scope.split(' ').filter(Boolean)
  const tenant = claim.aud
  switch (claim.kind) {
    case 'anonymous':
      return {
        kind: claim.kind,
        tenant,
        sessionId: claim.sid,
        clientId: claim.client_id,
        scopes,
        ...(claim.without_secret && { withoutSecret: true }),
      }
    case 'service':
      return { kind: claim.kind, tenant, clientId: claim.client_id, scopes }
    case 'customer':
      return {
        kind: claim.kind,
        tenant,
        customerId: claim.sub,
        sessionId: claim.sid,
        sessionKey: claim.key,
        scopes,
        ...(claim.client_id !== undefined && { clientId: claim.client_id }),
        ...(claim.legal_entity_id !== undefined && { legalEntityId: claim.legal_entity_id }),
      }
  }
}

function claimsOf(principal: Principal): JWTPayload {
  const scope = principal.scopes.join(' ')
  switch (principal.kind) {
    case 'anonymous':
      return {
        kind: principal.kind,
        sub: principal.sessionId,
        sid: principal.sessionId,
        client_id: principal.clientId,
        scope,
        ...(principal.withoutSecret && { without_secret: true }),
      }
    case 'service':
      return { kind: principal.kind, sub: principal.clientId, client_id: principal.clientId, scope }
    case 'customer':
      return {
        kind: principal.kind,
        sub: principal.customerId,
        sid: principal.sessionId,
        key: principal.sessionKey,
        scope,
        ...(principal.clientId === undefined ? {} : { client_id: principal.clientId }),
        ...(principal.legalEntityId === undefined ? {} : { legal_entity_id: principal.legalEntityId }),
      }
  }
}

function publicPart({ kty, crv, kid, x }: JWK) {
  return { kty, crv, kid, x, use: 'sig', alg: algorithm } as JWK
}
