/**
 * Anonymous sessions as Emporix's storefronts open them, by the id of a client and without its secret: so the client has to
 * allow it, and a session that a client has opened with its secret is none of these. Nothing is stored but what is revoked.
 * The session id is public and lasts through refresh and log-in; holding it proves nothing.
 */
import type { AnonymousSession, Ports } from '../ports/index.ts'
import type { AnonymousPrincipal } from '../../domain/tenant/principal.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { Client, Tenant } from '../../domain/tenant/tenant.ts'
import { requireScope } from './service-token.ts'

export interface AnonymousTokens {
  accessToken: string
  accessLifetimeSeconds: number
  /** Absent after a refresh by access token, the deprecated way. */
  refreshToken?: string
  refreshLifetimeSeconds: number
  sessionId: string
}

/** What a visitor needs to become a customer, in both dialects; given as far as the client has it itself. */
const visitorScope = 'manage_my_profile'

export function anonymousSessionFlow(ports: AnonymousPorts) {
  const { accessTokens, anonymousRefreshTokens, anonymousIds, tenants, ids } = ports

  const issue = async (
    tenant: Tenant,
    { clientId, sessionId, scopes }: Pick<AnonymousSession, 'clientId' | 'sessionId' | 'scopes'>,
  ): Promise<AnonymousTokens> => {
    const { anonymousAccessSeconds, anonymousRefreshSeconds } = tenant.settings.lifetimes
    const session = { tenant: tenant.key, clientId, sessionId, scopes, withoutSecret: true } as const
    const principal: AnonymousPrincipal = { kind: 'anonymous', ...session }
    return {
      accessToken: await accessTokens.issue(principal, anonymousAccessSeconds),
      accessLifetimeSeconds: anonymousAccessSeconds,
      refreshToken: await anonymousRefreshTokens.issue(session, anonymousRefreshSeconds),
      refreshLifetimeSeconds: anonymousRefreshSeconds,
      sessionId,
    }
  }

  const allowingClient = async (tenant: Tenant, clientId: string): Promise<Result<Client>> => {
    const client = await tenants.findClient(clientId)
    if (client?.tenant !== tenant.key) return fail({ kind: 'ClientRejected' })
    const fit = requireScope(client, 'create_anonymous_token')
    return fit.ok ? ok(client) : fit
  }

  /** The session goes on as it was opened: under the same client, with the same scopes, and not once it was revoked. */
  const goOn = async (
    tenant: Tenant,
    clientId: string,
    session: AnonymousSession | undefined,
  ): Promise<Result<AnonymousTokens>> => {
    if (session?.tenant !== tenant.key || session.clientId !== clientId || !session.withoutSecret)
      return fail({ kind: 'SessionEnded' })
    if (await anonymousIds.isRevoked(tenant.key, session.sessionId)) return fail({ kind: 'SessionEnded' })
    return ok(await issue(tenant, session))
  }

  return {
    async open(tenant: Tenant, clientId: string): Promise<Result<AnonymousTokens>> {
      const client = await allowingClient(tenant, clientId)
      if (!client.ok) return client
      const scopes = requireScope(client.value, visitorScope).ok ? [visitorScope] : []
      return ok(await issue(tenant, { clientId, sessionId: ids.sessionId(), scopes }))
    },

    async refresh(tenant: Tenant, clientId: string, refreshToken: string): Promise<Result<AnonymousTokens>> {
      const client = await allowingClient(tenant, clientId)
      return client.ok ? goOn(tenant, clientId, await anonymousRefreshTokens.open(refreshToken)) : client
    },

    /** Deprecated: with the access token instead of the refresh token. Gives no refresh token. */
    async renew(tenant: Tenant, clientId: string, accessToken: string): Promise<Result<AnonymousTokens>> {
      const client = await allowingClient(tenant, clientId)
      if (!client.ok) return client
      const verdict = await accessTokens.verify(accessToken)
      const visitor = verdict.ok && verdict.principal.kind === 'anonymous' ? verdict.principal : undefined
      const renewed = await goOn(tenant, clientId, visitor)
      if (!renewed.ok) return renewed
      const { refreshToken: _none, ...tokens } = renewed.value
      return ok(tokens)
    },
  }
}

type AnonymousPorts = Pick<
  Ports,
  'accessTokens' | 'anonymousRefreshTokens' | 'anonymousIds' | 'tenants' | 'ids'
>
