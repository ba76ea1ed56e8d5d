/** Service tokens: granted is what was asked for and is owned, and a client that cannot prove itself gets nothing. */
import { describe, expect, it } from 'vitest'
import type { Principal } from '../../../src/domain/tenant/principal.ts'
import type { Client, TenantSettings } from '../../../src/domain/tenant/tenant.ts'
import { grantScopes, serviceTokenFlow } from '../../../src/flows/sessions/service-token.ts'
import { fixedTenants } from '../../support/ports.ts'
import { tenantWith } from '../../support/records.ts'

const lifetimeOf = ({ lifetimes }: TenantSettings) => lifetimes.serviceAccessSeconds
const client: Client = {
  id: 'acme-admin',
  tenant: 'acme',
  secretHash: 'hash of secret',
  scopes: ['customer.read', 'customer.manage', 'manage_customers', 'view_messages'],
}

describe('scopes', () => {
  it.each([
    ['nothing', undefined, client.scopes],
    ['an empty text', '', client.scopes],
    ['white space', ' \n ', client.scopes],
    ['the tenant only', 'tenant=acme', client.scopes],
    ['one that is owned', 'customer.read', ['customer.read']],
    ['one twice', 'customer.read customer.read', ['customer.read']],
    ['any white space between', '  customer.read\n\tview_messages ', ['customer.read', 'view_messages']],
    ['one with the tenant beside', 'customer.read tenant=acme', ['customer.read']],
    ['a dotted one that is not owned', 'customer.read order.read', ['customer.read']],
    ['nothing but dotted ones that are not owned', 'order.read', []],
    ['one of the own project', 'manage_customers:acme', ['manage_customers']],
    ['one in a store', 'manage_customers:acme:berlin', ['manage_customers:berlin']],
    ['one with and without the project', 'manage_customers:acme manage_customers', ['manage_customers']],
  ])('asked for by %s', (_what, text, granted) => {
    expect(grantScopes(client, text)).toEqual({ ok: true, value: granted })
  })

  it('of one store are owned for that store only', () => {
    const limited = { ...client, scopes: ['manage_customers:berlin'] }
    const granted = { ok: true, value: ['manage_customers:berlin'] }
    expect(grantScopes(limited, 'manage_customers:acme:berlin')).toEqual(granted)
    expect(grantScopes(limited, undefined)).toEqual(granted)
    for (const scope of ['manage_customers:acme:paris', 'manage_customers:acme', 'manage_customers'])
      expect(grantScopes(limited, scope).ok).toBe(false)
  })

  it.each([
    ['undotted and not owned', 'manage_orders', 'manage_orders'],
    ['of another project', 'manage_customers:globex', 'manage_customers:globex'],
    ['of a store of another project', 'manage_customers:globex:berlin', 'manage_customers:globex:berlin'],
    ['of a store, not owned', 'view_customers:acme:berlin', 'view_customers:acme:berlin'],
    ['of a store, though no scope for stores', 'view_messages:acme:berlin', 'view_messages:acme:berlin'],
    ['of no store', 'manage_customers:acme:', 'manage_customers:acme:'],
    ['of the own project and not owned', 'manage_orders:acme', 'manage_orders:acme'],
    ['beside owned ones', 'customer.read admin', 'admin'],
    ['the name of a property of every object', 'constructor', 'constructor'],
  ])('%s are refused', (_what, text, scope) => {
    expect(grantScopes(client, text)).toEqual({ ok: false, error: { kind: 'ScopeRejected', scope } })
  })
})

describe('a service token', () => {
  function flow(tenants = [tenantWith()]) {
    const issued: { principal: Principal; lifetimeSeconds: number }[] = []
    const compared: [string | undefined, string][] = []
    const { issue } = serviceTokenFlow({
      tenants: fixedTenants(tenants, [client]),
      accessTokens: {
        issue: async (principal, lifetimeSeconds) => {
          issued.push({ principal, lifetimeSeconds })
          return 'token'
        },
        verify: async () => ({ ok: false, reason: 'invalid' }),
        publicKeys: async () => ({ keys: [] }),
      },
      clientSecrets: {
        matches: async (hash, secret) => {
          compared.push([hash, secret])
          return hash === `hash of ${secret}`
        },
      },
    })
    return { issue, issued, compared }
  }

  it('is for the client’s own tenant, with what is granted and the tenant’s lifetime', async () => {
    const { issue, issued } = flow()
    const { lifetimes } = tenantWith().settings
    const token = await issue({ clientId: 'acme-admin', clientSecret: 'secret' }, 'customer.read', lifetimeOf)
    expect(token).toEqual({
      ok: true,
      value: {
        tenant: 'acme',
        accessToken: 'token',
        lifetimeSeconds: lifetimes.serviceAccessSeconds,
        scopes: ['customer.read'],
      },
    })
    expect(issued).toEqual([
      {
        principal: { kind: 'service', tenant: 'acme', clientId: 'acme-admin', scopes: ['customer.read'] },
        lifetimeSeconds: lifetimes.serviceAccessSeconds,
      },
    ])
  })

  it.each([
    ['a wrong secret', { clientId: 'acme-admin', clientSecret: 'wrong' }, [tenantWith()]],
    ['an unknown client', { clientId: 'nobody', clientSecret: 'secret' }, [tenantWith()]],
    ['a client whose tenant is gone', { clientId: 'acme-admin', clientSecret: 'secret' }, []],
  ])('is not for %s, and nothing is issued', async (_what, credentials, tenants) => {
    const { issue, issued } = flow(tenants)
    expect(await issue(credentials, undefined, lifetimeOf)).toEqual({
      ok: false,
      error: { kind: 'ClientRejected' },
    })
    expect(issued).toEqual([])
  })

  it('of an unknown client costs a comparison too', async () => {
    const { issue, compared } = flow()
    await issue({ clientId: 'nobody', clientSecret: 'secret' }, undefined, lifetimeOf)
    expect(compared).toEqual([[undefined, 'secret']])
  })
})
