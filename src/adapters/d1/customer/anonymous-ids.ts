/**
 * Visitor ids that clients chose: the primary key decides which claim comes first.
 */
import type { AnonymousIds, Clock } from '../../../flows/ports/index.ts'
import { and, eq, sql } from 'drizzle-orm'
import { ask } from '../database.ts'
import type { Databases } from '../databases.ts'
import { anonymousIds as table } from '../schema.ts'

export function anonymousIds({ databaseOf, named }: Databases, clock: Clock): AnonymousIds {
  return {
    async claim(tenant, id) {
      const database = await databaseOf(tenant)

      const rows = await ask(
        database
          .insert(table)
          .values({ tenant, id, createdAt: new Date(clock.now()).toISOString() })
          .onConflictDoNothing()
          .returning({ id: table.id }),
      )
      return rows.length > 0
    },

    async revoke(tenant, id) {
      const database = await databaseOf(tenant)

      const now = new Date(clock.now()).toISOString()
      await ask(
        database
          .insert(table)
          .values({ tenant, id, createdAt: now, revokedAt: now })
          .onConflictDoUpdate({ target: [table.tenant, table.id], set: { revokedAt: now } }),
      )
    },

    async isRevoked(tenant, id) {
      const database = await databaseOf(tenant)

      const [row] = await ask(
        database
          .select({ revokedAt: table.revokedAt })
          .from(table)
          .where(and(eq(table.tenant, tenant), eq(table.id, id))),
      )
      return row !== undefined && row.revokedAt !== null
    },

    async forget(name, olderThan, limit) {
      const old = sql`SELECT rowid FROM ${table} WHERE ${table.createdAt} < ${olderThan} LIMIT ${limit}`
      const { meta } = await ask(named(name).run(sql`DELETE FROM ${table} WHERE rowid IN (${old})`))
      return meta.changes
    },
  }
}
