/**
 * The port around tenants and their OAuth clients; and how sweeps and queues say which database they mean. Everything else
 * names a tenant, and the adapters know its database.
 */
import type { Client, Tenant } from '../../domain/tenant/tenant.ts'

/** Tenants and clients, remembered for a short while, so that no request waits for them. */
export interface TenantDirectory {
  findTenant(key: string): Promise<Tenant | undefined>
  findClient(id: string): Promise<Client | undefined>
  /** The client's service tokens issued so far are good for nothing: here at once, elsewhere when the memory has passed. */
  revokeServiceTokens(clientId: string): Promise<void>
  /** At most `limit` tenants by key, from `after` on; those whose settings are not valid are left out. */
  listTenants(after: string, limit: number): Promise<{ tenants: Tenant[]; next?: string }>
}

/** One of the databases that hold tenants. */
export type DatabaseName = string

/** What a sweep looks through: all of a database, or what belongs to one tenant. */
export type Extent = { database: DatabaseName } | { tenant: string }

/** A row that orders something: a mail in the outbox, or the delivery of an event to a webhook. */
export interface OrderRef {
  tenant: string
  id: string
}

/** An order as a queue names it. Messages that were sent by earlier versions name no tenant. */
export interface QueuedOrder {
  tenant?: string
  id: string
}
