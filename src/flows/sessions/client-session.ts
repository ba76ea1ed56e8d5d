/**
 * What an OAuth client of the commercetools kind may do beyond its own service token: sessions of customers and of
 * visitors, their refresh with a constant token, introspection and revocation.
 * Scopes are granted strictly: what is asked for must exist and be owned.
 */
import type { Ports } from '../ports/index.ts'
import type {
  AnonymousPrincipal,
  CustomerPrincipal,
  Principal,
  ServicePrincipal,
} from '../../domain/tenant/principal.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import { clientOf, type SessionGrant } from '../../domain/credentials/session.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { VisitorContext } from '../context.ts'
import type { CustomerSessions, CustomerTokens } from './customer-session.ts'
import {
  authenticateClient,
  grantScopes,
  requireScope,
  type AuthenticatedClient,
  type ClientCredentials,
} from './service-token.ts'
import type { PasswordProof, SignIn } from './sign-in.ts'

export interface ClientTokens {
  tenant: string
  accessToken: string
  accessLifetimeSeconds: number
  refreshToken?: string
  scopes: string[]
  owner: TokenOwner
}

/** Whom a token stands for. */
export type TokenOwner =
  | Pick<CustomerPrincipal, 'kind' | 'customerId'>
  | Pick<AnonymousPrincipal, 'kind' | 'sessionId'>
  | Pick<ServicePrincipal, 'kind'>

export interface Introspection {
  clientId?: string
  principal: Principal
  expiresAt: number
}

export function clientSessionFlow(ports: ClientSessionPorts, signIn: SignIn, sessions: CustomerSessions) {
  const { accessTokens, anonymousRefreshTokens, anonymousIds, refreshTokens } = ports
  const { customers, tenants, ids, clock } = ports

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
      owner: principal,
    }
  }

  const describe = (tenant: Tenant, tokens: CustomerTokens): ClientTokens => ({
    tenant: tenant.key,
    accessToken: tokens.accessToken,
    accessLifetimeSeconds: tokens.accessLifetimeSeconds,
    refreshToken: tokens.refreshToken,
    scopes: tokens.scopes,
    owner: { kind: 'customer', customerId: tokens.customerId },
  })

  return {
    authenticate: (credentials: ClientCredentials) => authenticateClient(ports, credentials),

    /** `CredentialsRejected` for a wrong password, an unknown e-mail and a customer of another store alike. */
    async signIn(
      { client, tenant }: AuthenticatedClient,
      { network, actor, signInAt }: Pick<VisitorContext, 'network' | 'actor' | 'signInAt'>,
      proof: PasswordProof,
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
      const context = {
        ...{ tenant, network, grant },
        actor: { clientId: client.id, ...actor },
        ...(signInAt && { signInAt }),
      }
      const signedIn = await signIn.signIn(context, proof)
      return signedIn.ok ? ok(describe(tenant, signedIn.value)) : signedIn
    },

    /** Fails with `AnonymousIdTaken` when the id has been used before, and `ClientUnfit`. */
    async openAnonymous(
      caller: AuthenticatedClient,
      anonymousId: string | undefined,
      scopeText: string | undefined,
      withRefreshToken: boolean,
    ): Promise<Result<ClientTokens>> {
      const fit = requireScope(caller.client, 'create_anonymous_token')
      if (!fit.ok) return fit
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
        if (await anonymousIds.isRevoked(tenant.key, anonymous.sessionId))
          return fail({ kind: 'SessionEnded' })
        return ok(await issueAnonymous(caller, anonymous.sessionId, anonymous.scopes, false))
      }
      const refreshed = await sessions.refresh({ tenant }, { clientId: client.id }, refreshToken)
      if (!refreshed.ok) return refreshed
      const { refreshToken: current, ...tokens } = describe(tenant, refreshed.value)
      return ok(
        current === undefined || current === refreshToken ? tokens : { ...tokens, refreshToken: current },
      )
    },

    /** Undefined for whatever is not, or no longer, a token of this tenant; fails with `ClientUnfit`. */
    async introspect(
      { client, tenant }: AuthenticatedClient,
      token: string,
    ): Promise<Result<Introspection | undefined>> {
      const fit = requireScope(client, 'introspect_oauth_tokens')
      if (!fit.ok) return fit
      const verdict = await accessTokens.verify(token)
      if (!verdict.ok || verdict.principal.tenant !== tenant.key) return ok(undefined)
      const { principal, expiresAt } = verdict
      if (principal.kind !== 'customer') return ok({ principal, expiresAt, clientId: principal.clientId })
      const { customerId, sessionKey } = principal
      const live = await customers.findSession(
        { tenant: tenant.key, customerId },
        { sessionKey },
        clock.now(),
      )
      if (!live.ok) return ok(undefined)
      const { clientId } = live.value.session.grant
      return ok({ principal, expiresAt, ...(clientId === undefined ? {} : { clientId }) })
    },

    /**
     * Ends the session that the token, access or refresh, belongs to, if it was granted to this client; a service token
     * ends with all others that the client has. Unknown tokens are fine (RFC 7009 §2.2). What no customer's object is asked
     * about, isolates remember for a short while.
     */
    async revoke({ client, tenant }: AuthenticatedClient, token: string): Promise<Result<void>> {
      const verdict = await accessTokens.verify(token)
      if (verdict.ok && verdict.principal.kind === 'service' && verdict.principal.tenant === tenant.key) {
        if (verdict.principal.clientId !== client.id) return fail({ kind: 'TokenOfAnotherClient' })
        await tenants.revokeServiceTokens(client.id)
        return ok(undefined)
      }
      const visitor =
        verdict.ok && verdict.principal.kind === 'anonymous'
          ? verdict.principal
          : await anonymousRefreshTokens.open(token)
      if (visitor?.tenant === tenant.key) {
        if (visitor.clientId !== client.id) return fail({ kind: 'TokenOfAnotherClient' })
        await anonymousIds.revoke(tenant.key, visitor.sessionId)
        return ok(undefined)
      }
      const principal = verdict.ok && verdict.principal.kind === 'customer' ? verdict.principal : undefined
      const handle = principal ?? (await refreshTokens.open(token))
      if (handle?.tenant !== tenant.key) return ok(undefined)
      const { customerId, sessionKey } = handle
      const [ref, proof] = [{ tenant: tenant.key, customerId }, { sessionKey }]
      const live = await customers.findSession(ref, proof, clock.now())
      if (!live.ok) return ok(undefined)
      if ((clientOf(live.value.session) ?? client.id) !== client.id)
        return fail({ kind: 'TokenOfAnotherClient' })
      await customers.endSession(ref, proof, clock.now())
      return ok(undefined)
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
