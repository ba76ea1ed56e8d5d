/**
 * Tenants and clients, read from the database and remembered per isolate for a short while, unknown ones included.
 * A change of settings is effective everywhere after `memorySeconds`. A failing database is an exception, never
 * "unknown" and never a stale answer.
 */
import { asc, eq, gt } from 'drizzle-orm'
import type { Client, Tenant } from '../../domain/tenant.ts'
import { isTenantKey } from '../../domain/tenant.ts'
import type { Clock, TenantDirectory } from '../../flows/ports.ts'
import { ask, type Database } from './database.ts'
import { clients, tenants } from './schema.ts'
import { parseTenantSettings } from './tenant-settings.ts'

const memorySeconds = 30
/** Bounds the memory that made-up names can take. */
const memoryEntriesMax = 2000

/** Create once per isolate: the memory is in here. */
export function tenantDirectory(database: Database, clock: Clock): TenantDirectory {
  const recallTenant = memory<Tenant>(clock, async (key) => {
    const [row] = await ask(database.select().from(tenants).where(eq(tenants.key, key)))
    if (!row) return undefined
    const parsed = parseTenantSettings(row.settings)
    if (!parsed.ok)
      throw new Error(`The settings of tenant ${key} are not valid: ${parsed.problems.join('; ')}`)
    return { key, createdAt: row.createdAt, settings: parsed.settings }
  })
  const recallClient = memory<Client>(clock, async (id) => {
    const [row] = await ask(database.select().from(clients).where(eq(clients.id, id)))
    return row && { id: row.id, tenant: row.tenant, secretHash: row.secretHash, scopes: row.scopes }
  })
  return {
    findTenant: async (key) => (isTenantKey(key) ? recallTenant(key) : undefined),
    findClient: async (id) => (/^[\w.-]{1,128}$/.test(id) ? recallClient(id) : undefined),

    async listTenants(after, limit) {
      const rows = await ask(
        database.select().from(tenants).where(gt(tenants.key, after)).orderBy(asc(tenants.key)).limit(limit),
      )
      const last = rows.length === limit ? rows.at(-1)?.key : undefined
      const listed = rows.flatMap(({ key, createdAt, settings }): Tenant[] => {
        const parsed = parseTenantSettings(settings)
        return parsed.ok ? [{ key, createdAt, settings: parsed.settings }] : []
      })
      return { tenants: listed, ...(last !== undefined && { next: last }) }
    },
  }
}

/** Keeps answers, not promises: a promise belongs to the request that started it and may never settle for others. */
function memory<T>(clock: Clock, load: (key: string) => Promise<T | undefined>) {
  const known = new Map<string, { until: number; value: T | undefined }>()
  return async (key: string): Promise<T | undefined> => {
    const hit = known.get(key)
    if (hit && hit.until > clock.now()) return hit.value
    const value = await load(key)
    known.delete(key)
    known.set(key, { until: clock.now() + memorySeconds * 1000, value })
    const oldest = known.keys().next().value
    if (known.size > memoryEntriesMax && oldest !== undefined) known.delete(oldest)
    return value
  }
}
