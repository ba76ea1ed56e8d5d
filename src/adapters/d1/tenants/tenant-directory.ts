/**
 * Tenants and clients, read from the database and remembered per isolate for a short while, unknown ones included.
 * A change of settings is effective everywhere after `memorySeconds`.
 */
import type { Clock, TenantDirectory } from '../../../flows/ports/index.ts'
import { asc, eq, gt } from 'drizzle-orm'
import type { Client, Tenant } from '../../../domain/tenant/tenant.ts'
import { isTenantKey } from '../../../domain/tenant/tenant-urls.ts'
import { ask } from '../database.ts'
import type { Databases } from '../databases.ts'
import { memory } from '../memory.ts'
import { clients, tenants } from '../schema.ts'
import { parseTenantSettings } from './tenant-settings.ts'

/** Bounds the memory that made-up names can take. */
const memoryEntriesMax = 2000

/** Create once per isolate: the memory is in here. */
export function tenantDirectory({ directory: database }: Databases, clock: Clock): TenantDirectory {
  const { recall: recallTenant } = memory<Tenant | undefined>(clock, memoryEntriesMax, async (key) => {
    const [row] = await ask(database.select().from(tenants).where(eq(tenants.key, key)))
    if (!row) return undefined
    const parsed = parseTenantSettings(row.settings)
    if (!parsed.ok)
      throw new Error(`The settings of tenant ${key} are not valid: ${parsed.problems.join('; ')}`)
    return { key, createdAt: row.createdAt, settings: parsed.settings }
  })
  const { recall: recallClient, forget: forgetClient } = memory<Client | undefined>(
    clock,
    memoryEntriesMax,
    async (id) => {
      const [row] = await ask(database.select().from(clients).where(eq(clients.id, id)))
      if (!row) return undefined
      const { tenant, secretHash, scopes, revokedAt } = row
      return {
        ...{ id, tenant, secretHash, scopes },
        ...(revokedAt !== null && { revokedAt: Date.parse(revokedAt) }),
      }
    },
  )
  return {
    findTenant: async (key) => (isTenantKey(key) ? recallTenant(key) : undefined),
    findClient: async (id) => (/^[\w.-]{1,128}$/.test(id) ? recallClient(id) : undefined),

    async revokeServiceTokens(clientId) {
      const revokedAt = new Date(clock.now()).toISOString()
      await ask(database.update(clients).set({ revokedAt }).where(eq(clients.id, clientId)))
      forgetClient(clientId)
    },

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
