/**
 * Service tokens by client credentials. Granted is what was asked for and is owned.
 * Scopes with a dot (Emporix) that the client lacks are dropped; undotted ones (commercetools), which may name their
 * project after a colon, must be owned, as `contract.md` lays down for the common endpoint.
 */
import type { Ports } from '../ports/index.ts'
import type { ServicePrincipal } from '../../domain/tenant/principal.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import { ownsScope, readScope, sufficientScopes } from '../../domain/tenant/scope.ts'
import type { Client, Tenant, TenantSettings } from '../../domain/tenant/tenant.ts'

export interface ServiceToken {
  tenant: string
  accessToken: string
  lifetimeSeconds: number
  scopes: string[]
}

export interface AuthenticatedClient {
  client: Client
  tenant: Tenant
}

export interface ClientCredentials {
  clientId: string
  clientSecret: string
}

export function serviceTokenFlow(ports: ServicePorts) {
  return {
    /** `lifetimeSecondsOf` picks the lifetime that the API of the client promises. */
    async issue(
      credentials: ClientCredentials,
      scopeText: string | undefined,
      lifetimeSecondsOf: (settings: TenantSettings) => number,
    ): Promise<Result<ServiceToken>> {
      const caller = await authenticateClient(ports, credentials)
      if (!caller.ok) return caller
      const { client, tenant } = caller.value
      const granted = grantScopes(client, scopeText)
      if (!granted.ok) return granted
      const lifetimeSeconds = lifetimeSecondsOf(tenant.settings)
      const principal: ServicePrincipal = {
        kind: 'service',
        tenant: tenant.key,
        clientId: client.id,
        scopes: granted.value,
      }
      const accessToken = await ports.accessTokens.issue(principal, lifetimeSeconds)
      return ok({ tenant: tenant.key, accessToken, lifetimeSeconds, scopes: granted.value })
    },
  }
}

/** The wrong secret costs as much time as the right one, and so does an unknown client. */
export async function authenticateClient(
  { tenants, clientSecrets }: Pick<Ports, 'tenants' | 'clientSecrets'>,
  { clientId, clientSecret }: ClientCredentials,
): Promise<Result<AuthenticatedClient>> {
  const client = await tenants.findClient(clientId)
  const matches = await clientSecrets.matches(client?.secretHash, clientSecret)
  const tenant = client && matches ? await tenants.findTenant(client.tenant) : undefined
  return client && tenant ? ok({ client, tenant }) : fail({ kind: 'ClientRejected' })
}

export function requireScope({ scopes }: Client, scope: string): Result<void> {
  return sufficientScopes([scope]).some((owned) => scopes.includes(owned))
    ? ok(undefined)
    : fail({ kind: 'ClientUnfit', scope })
}

/** Nothing asked: all that the client has. `tenant=…` entries name the tenant, which the client decides already. */
export function grantScopes(client: Client, scopeText: string | undefined): Result<string[]> {
  const asked = (scopeText ?? '').split(/\s+/).filter((scope) => scope !== '' && !scope.startsWith('tenant='))
  if (asked.length === 0) return ok(client.scopes)
  const named = asked.map((text) => ({ text, scope: readScope(text, client.tenant) }))
  const granted = named.flatMap(({ scope }) =>
    scope !== undefined && ownsScope(client.scopes, scope) ? [scope] : [],
  )
  const refused = named.find(({ text, scope }) => !text.includes('.') && !granted.includes(scope ?? ''))
  return refused ? fail({ kind: 'ScopeRejected', scope: refused.text }) : ok([...new Set(granted)])
}

type ServicePorts = Pick<Ports, 'tenants' | 'accessTokens' | 'clientSecrets'>
