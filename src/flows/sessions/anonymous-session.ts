/**
 * Anonymous sessions: opened and refreshed without any storage.
 * The session id is public and lasts through refresh and log-in; holding it proves nothing.
 */
import type { Ports } from '../ports/index.ts'
import type { AnonymousPrincipal } from '../../domain/tenant/principal.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'

export interface AnonymousTokens {
  accessToken: string
  accessLifetimeSeconds: number
  /** Absent after a refresh by access token, the deprecated way. */
  refreshToken?: string
  refreshLifetimeSeconds: number
  sessionId: string
}

/** What a visitor may do at commercetools' endpoints; at Emporix' it follows from the kind of the token. */
const scopes: string[] = ['manage_my_profile']

export function anonymousSessionFlow({ accessTokens, anonymousRefreshTokens, tenants, ids }: AnonymousPorts) {
  const issue = async (tenant: Tenant, clientId: string, sessionId: string): Promise<AnonymousTokens> => {
    const { anonymousAccessSeconds, anonymousRefreshSeconds } = tenant.settings.lifetimes
    const principal: AnonymousPrincipal = {
      kind: 'anonymous',
      tenant: tenant.key,
      sessionId,
      clientId,
      scopes,
    }
    const session = { tenant: tenant.key, clientId, sessionId, scopes }
    return {
      accessToken: await accessTokens.issue(principal, anonymousAccessSeconds),
      accessLifetimeSeconds: anonymousAccessSeconds,
      refreshToken: await anonymousRefreshTokens.issue(session, anonymousRefreshSeconds),
      refreshLifetimeSeconds: anonymousRefreshSeconds,
      sessionId,
    }
  }
  const isClientOf = async (tenant: Tenant, clientId: string) =>
    (await tenants.findClient(clientId))?.tenant === tenant.key

  return {
    async open(tenant: Tenant, clientId: string): Promise<Result<AnonymousTokens>> {
      if (!(await isClientOf(tenant, clientId))) return fail({ kind: 'ClientRejected' })
      return ok(await issue(tenant, clientId, ids.sessionId()))
    },

    async refresh(tenant: Tenant, clientId: string, refreshToken: string): Promise<Result<AnonymousTokens>> {
      if (!(await isClientOf(tenant, clientId))) return fail({ kind: 'ClientRejected' })
      const session = await anonymousRefreshTokens.open(refreshToken)
      if (session?.tenant !== tenant.key || session.clientId !== clientId)
        return fail({ kind: 'SessionEnded' })
      return ok(await issue(tenant, clientId, session.sessionId))
    },

    /** Deprecated: with the access token instead of the refresh token. Gives no refresh token. */
    async renew(tenant: Tenant, clientId: string, accessToken: string): Promise<Result<AnonymousTokens>> {
      if (!(await isClientOf(tenant, clientId))) return fail({ kind: 'ClientRejected' })
      const verdict = await accessTokens.verify(accessToken)
      if (!verdict.ok) return fail({ kind: 'SessionEnded' })
      const { principal } = verdict
      if (
        principal.kind !== 'anonymous' ||
        principal.tenant !== tenant.key ||
        principal.clientId !== clientId
      ) {
        return fail({ kind: 'SessionEnded' })
      }
      const { refreshToken: _none, ...tokens } = await issue(tenant, clientId, principal.sessionId)
      return ok(tokens)
    },
  }
}

type AnonymousPorts = Pick<Ports, 'accessTokens' | 'anonymousRefreshTokens' | 'tenants' | 'ids'>
