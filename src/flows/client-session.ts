/**
 * What an OAuth client of the commercetools kind may do beyond its own service token: sessions of customers and of
 * visitors, their refresh with a constant token, introspection and revocation.
 * Scopes are granted strictly: what is asked for must exist and be owned.
 */
import type { AnonymousPrincipal, Principal } from '../domain/principal.ts'
import { fail, ok, type Result } from '../domain/result.ts'
import type { SessionGrant } from '../domain/session.ts'
import type { Client, Tenant } from '../domain/tenant.ts'
import type { CustomerSessions, CustomerTokens } from './customer-session.ts'
import type { Ports } from './ports.ts'
import { grantScopes, type ClientCredentials } from './service-token.ts'
import type { SignIn } from './sign-in.ts'

export interface ClientTokens {
  tenant: string
  accessToken: string
  accessLifetimeSeconds: number
  refreshToken?: string
  scopes: string[]
  customerId?: string
  anonymousId?: string
}

export interface AuthenticatedClient {
  client: Client
  tenant: Tenant
}

export interface Introspection {
  clientId?: string
  principal: Principal
  expiresAt: number
}

export function clientSessionFlow(ports: ClientSessionPorts, signIn: SignIn, sessions: CustomerSessions) {
  const { tenants, clientSecrets, accessTokens, anonymousRefreshTokens, anonymousIds, refreshTokens } = ports
  const { customers, ids, clock } = ports

  const issueAnonymous = async (
    { client, tenant }: AuthenticatedClient,
    anonymousId: string,
    scopes: string[],
    withRefreshToken: boolean,
  ): Promise<ClientTokens> => {
    const { accessSeconds, refreshSeconds } = tenant.settings.clientLifetimes
    const session = { tenant: tenant.key, clientId: client.id, sessionId: anonymousId, scopes }
    const principal: AnonymousPrincipal = { kind: 'anonymous', ...session }
    return {
      tenant: tenant.key,
      accessToken: await accessTokens.issue(principal, accessSeconds),
      accessLifetimeSeconds: accessSeconds,
      ...(withRefreshToken
        ? { refreshToken: await anonymousRefreshTokens.issue(session, refreshSeconds) }
        : {}),
      scopes,
      anonymousId,
    }
  }

  const describe = (tenant: Tenant, customerId: string, tokens: CustomerTokens): ClientTokens => ({
    tenant: tenant.key,
    accessToken: tokens.accessToken,
    accessLifetimeSeconds: tokens.accessLifetimeSeconds,
    refreshToken: tokens.refreshToken,
    scopes: tokens.scopes,
    customerId,
  })

  return {
    async authenticate({ clientId, clientSecret }: ClientCredentials): Promise<Result<AuthenticatedClient>> {
      const client = await tenants.findClient(clientId)
      const matches = await clientSecrets.matches(client?.secretHash, clientSecret)
      const tenant = client && matches ? await tenants.findTenant(client.tenant) : undefined
      return client && tenant ? ok({ client, tenant }) : fail({ kind: 'ClientRejected' })
    },

    /** `CredentialsRejected` for a wrong password and an unknown e-mail alike. */
    async signIn(
      { client, tenant }: AuthenticatedClient,
      network: string,
      credentials: { email: string; password: string },
      scopeText: string | undefined,
    ): Promise<Result<ClientTokens>> {
      const scopes = grantScopes(client, scopeText)
      if (!scopes.ok) return scopes
      const { accessSeconds, refreshSeconds } = tenant.settings.clientLifetimes
      const grant: SessionGrant = {
        refresh: 'constant',
        accessLifetimeSeconds: accessSeconds,
        refreshLifetimeSeconds: refreshSeconds,
        scopes: scopes.value,
        clientId: client.id,
      }
      const { email, password } = credentials
      const signedIn = await signIn.signIn({ tenant, network, grant }, email, password)
      return signedIn.ok ? ok(describe(tenant, signedIn.value.customerId, signedIn.value)) : signedIn
    },

    /** Fails with `AnonymousIdTaken` when the id has been used before. */
    async openAnonymous(
      caller: AuthenticatedClient,
      anonymousId: string | undefined,
      scopeText: string | undefined,
      withRefreshToken: boolean,
    ): Promise<Result<ClientTokens>> {
      const scopes = grantScopes(caller.client, scopeText)
      if (!scopes.ok) return scopes
      if (anonymousId !== undefined && !(await anonymousIds.claim(caller.tenant.key, anonymousId))) {
        return fail({ kind: 'AnonymousIdTaken' })
      }
      return ok(await issueAnonymous(caller, anonymousId ?? ids.sessionId(), scopes.value, withRefreshToken))
    },

    /** The answer carries a refresh token only when the one that was presented does not stay good. */
    async refresh(caller: AuthenticatedClient, refreshToken: string): Promise<Result<ClientTokens>> {
      const { client, tenant } = caller
      const anonymous = await anonymousRefreshTokens.open(refreshToken)
      if (anonymous?.tenant === tenant.key && anonymous.clientId === client.id) {
        return ok(await issueAnonymous(caller, anonymous.sessionId, anonymous.scopes, false))
      }
      const handle = await refreshTokens.open(refreshToken)
      if (handle?.tenant !== tenant.key) return fail({ kind: 'SessionEnded' })
      const refreshed = await sessions.refresh({ tenant, network: '' }, refreshToken, undefined, client.id)
      if (!refreshed.ok) return refreshed
      const { refreshToken: current, ...tokens } = describe(tenant, handle.customerId, refreshed.value)
      return ok(
        current === undefined || current === refreshToken ? tokens : { ...tokens, refreshToken: current },
      )
    },

    /** Undefined for whatever is not, or no longer, a token of this tenant. */
    async introspect({ tenant }: AuthenticatedClient, token: string): Promise<Introspection | undefined> {
      const verdict = await accessTokens.verify(token)
      if (!verdict.ok || verdict.principal.tenant !== tenant.key) return undefined
      const { principal, expiresAt } = verdict
      if (principal.kind !== 'customer') return { principal, expiresAt, clientId: principal.clientId }
      const { customerId, sessionKey } = principal
      const live = await customers.findSession(
        { tenant: tenant.key, customerId },
        { sessionKey },
        clock.now(),
      )
      if (!live.ok) return undefined
      const { clientId } = live.value.session.grant
      return { principal, expiresAt, ...(clientId === undefined ? {} : { clientId }) }
    },

    /** Ends the customer's session that the token, access or refresh, belongs to. Unknown tokens are fine (RFC 7009). */
    async revoke({ tenant }: AuthenticatedClient, token: string): Promise<void> {
      const verdict = await accessTokens.verify(token)
      const principal = verdict.ok && verdict.principal.kind === 'customer' ? verdict.principal : undefined
      const handle = principal ?? (await refreshTokens.open(token))
      if (handle?.tenant !== tenant.key) return
      const { customerId, sessionKey } = handle
      await customers.endSession({ tenant: tenant.key, customerId }, { sessionKey }, clock.now())
    },
  }
}

type ClientSessionPorts = Pick<
  Ports,
  | 'tenants'
  | 'clientSecrets'
  | 'accessTokens'
  | 'anonymousRefreshTokens'
  | 'anonymousIds'
  | 'refreshTokens'
  | 'customers'
  | 'ids'
  | 'clock'
>
