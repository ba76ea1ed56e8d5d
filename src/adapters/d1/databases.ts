/**
 * Which database holds what. Whatever belongs to a tenant is in that tenant's database. Tenants and clients, and the marks
 * on addresses, which count for all tenants, are in the directory: the first database. At present there is one database,
 * which is both.
 */
import type { DatabaseName, Extent, QueuedOrder } from '../../flows/ports/index.ts'
import { eq, type Column, type SQL } from 'drizzle-orm'
import type { Database } from './database.ts'

export interface Databases {
  readonly directory: Database
  /** Of all that hold tenants, the directory among them. */
  readonly names: readonly DatabaseName[]
  /** For sweeps, which go through all of a database. */
  named(name: DatabaseName): Database
  /** For everything that names a tenant. A tenant that does not exist has nothing in any database. */
  databaseOf(tenant: string): Promise<Database>
}

export function oneDatabase(database: Database): Databases {
  return {
    directory: database,
    names: ['DB'],
    named: () => database,
    databaseOf: async () => database,
  }
}

/** A message without a tenant was sent when the directory was the only database. */
export async function databaseOfOrder(
  { directory, databaseOf }: Databases,
  { tenant }: QueuedOrder,
): Promise<Database> {
  return tenant === undefined ? directory : databaseOf(tenant)
}

export async function databaseOfExtent({ named, databaseOf }: Databases, extent: Extent): Promise<Database> {
  return 'database' in extent ? named(extent.database) : databaseOf(extent.tenant)
}

/** For a column with the tenant of a row. */
export function within(tenant: Column, extent: Extent): SQL | undefined {
  return 'tenant' in extent ? eq(tenant, extent.tenant) : undefined
}

/** What is made once for each database, and not with every call: texts of statements, and prepared ones. */
export function oncePerDatabase<T>(make: (database: Database) => T): (database: Database) => T {
  const made = new WeakMap<Database, T>()
  return (database) => {
    const value = made.get(database) ?? make(database)
    made.set(database, value)
    return value
  }
}
