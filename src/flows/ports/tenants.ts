/**
 * The port around tenants and their OAuth clients.
 */
import type { Client, Tenant } from '../../domain/tenant/tenant.ts'

/** Tenants and clients, remembered for a short while, so that no request waits for them. */
export interface TenantDirectory {
  findTenant(key: string): Promise<Tenant | undefined>
  findClient(id: string): Promise<Client | undefined>
  /** At most `limit` tenants by key, from `after` on; those whose settings are not valid are left out. */
  listTenants(after: string, limit: number): Promise<{ tenants: Tenant[]; next?: string }>
}
