/**
 * Removing what tenants no longer keep, table by table, in bites.
 */
import { sql } from 'drizzle-orm'
import type { Kept } from '../../flows/ports/index.ts'
import { ask, type Database } from './database.ts'
import type { messages } from './schema.ts'
import type { webhookDeliveries } from './webhooks/webhook-schema.ts'

/** At most `limit` rows from before what each tenant keeps; says how many. The order of the join is that of the index. */
export async function forgetOld(
  database: Database,
  table: typeof messages | typeof webhookDeliveries,
  kept: readonly Kept[],
  limit: number,
): Promise<number> {
  const old = sql`SELECT old.rowid FROM json_each(${JSON.stringify(kept)}) AS kept CROSS JOIN ${table} AS old
    ON old.tenant = kept.value ->> '$.tenant' AND old.created_at < kept.value ->> '$.since' LIMIT ${limit}`
  const { meta } = await ask(database.run(sql`DELETE FROM ${table} WHERE rowid IN (${old})`))
  return meta.changes
}
