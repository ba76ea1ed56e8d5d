/**
 * The development seed: three tenants with two clients each, the same on every machine and in every test.
 * Data and SQL text only, so that it works in Node and inside workerd alike. Never part of a deployment: nothing that
 * the Worker imports leads here, and the secrets are public.
 */
import type { Client } from '../../domain/tenant/tenant.ts'
import { adminScopes, storefrontScopes } from '../scopes.ts'
import { hashClientSecret, insertClient, insertTenant } from './sql.ts'

const seededAt = '2026-01-01T00:00:00.000Z'

const shared = {
  languages: ['en', 'de', 'fr', 'en_US', 'de_DE', 'fr_FR'],
  currencies: ['EUR', 'USD'],
  allowedOrigins: ['*'],
  mixinSchemaHosts: ['*'],
}

const unnoticeableLimits = { burst: 'wide', freeFailures: 100, failuresMax: 100, mailsPerHour: 100_000 }

export interface SeedTenant {
  key: string
  /** Stored settings: what differs from the defaults. */
  settings: object
  summary: string
}

export const seedTenants: readonly SeedTenant[] = [
  {
    key: 'acme',
    settings: { ...shared, limits: unnoticeableLimits },
    summary: 'accounts work at once, limits too wide to notice',
  },
  {
    key: 'globex',
    settings: { ...shared, limits: unnoticeableLimits, optIn: 'double' },
    summary: 'as acme, with double opt-in',
  },
  { key: 'initech', settings: shared, summary: 'as acme, with the limits and the lock-out of production' },
]

export interface SeedClient {
  id: string
  tenant: string
  secret: string
  scopes: readonly string[]
}

export const seedClients: readonly SeedClient[] = seedTenants.flatMap(({ key: tenant }) => [
  { id: `${tenant}-storefront`, tenant, secret: `${tenant}-storefront-secret`, scopes: storefrontScopes },
  { id: `${tenant}-admin`, tenant, secret: `${tenant}-admin-secret`, scopes: adminScopes },
])

/** One statement per row; running them again changes nothing. */
export function seedStatements(): string[] {
  const tenants = seedTenants.map(({ key, settings }) => insertTenant(key, settings, seededAt))
  const clients = seedClients.map((client) => insertClient(stored(client), seededAt))
  return [...tenants, ...clients].map((statement) => `${statement} ON CONFLICT DO NOTHING`)
}

function stored({ id, tenant, secret, scopes }: SeedClient): Client {
  return { id, tenant, secretHash: hashClientSecret(secret), scopes: [...scopes] }
}
