/**
 * Visitor ids that clients chose, or that were revoked: the primary key decides which claim comes first. What was revoked last
 * is remembered per isolate and tenant, so that the tokens of visitors are mostly found good without a look-up.
 */
import type { AnonymousIds, Clock } from '../../../flows/ports/index.ts'
import { and, desc, eq, isNotNull, sql } from 'drizzle-orm'
import { ask } from '../database.ts'
import type { Databases } from '../databases.ts'
import { memory } from '../memory.ts'
import { anonymousIds as table } from '../schema.ts'

/** Bound the memory, together: revocations of a tenant, tenants, and visitors who have to be looked up. */
const listedMax = 200
const tenantsMax = 500
const visitorsMax = 2000

/** Create once per isolate: the memory is in here. */
export function anonymousIds({ databaseOf, named }: Databases, clock: Clock): AnonymousIds {
  const isRevoked = async (tenant: string, id: string) => {
    const database = await databaseOf(tenant)

    const [row] = await ask(
      database
        .select({ revokedAt: table.revokedAt })
        .from(table)
        .where(and(eq(table.tenant, tenant), eq(table.id, id))),
    )
    return row !== undefined && row.revokedAt !== null
  }

  /** The last revocations of a tenant, and since when they are all of them. */
  const latest = memory(clock, tenantsMax, async (tenant) => {
    const database = await databaseOf(tenant)

    const rows = await ask(
      database
        .select({ id: table.id, revokedAt: table.revokedAt })
        .from(table)
        .where(and(eq(table.tenant, tenant), isNotNull(table.revokedAt)))
        .orderBy(desc(table.revokedAt))
        .limit(listedMax),
    )
    const oldest = rows.length < listedMax ? undefined : rows.at(-1)
    return { ids: new Set(rows.map(({ id }) => id)), completeSince: Date.parse(oldest?.revokedAt ?? '1970') }
  })
  /** By tenant and id, with a slash between them, which no tenant has. */
  const visitors = memory(clock, visitorsMax, (key) => {
    const slash = key.indexOf('/')
    return isRevoked(key.slice(0, slash), key.slice(slash + 1))
  })

  return {
    isRevoked,

    async wasRevoked(tenant, id, tokenIssuedAt) {
      const { ids, completeSince } = await latest.recall(tenant)
      if (ids.has(id)) return true
      return tokenIssuedAt <= completeSince && visitors.recall(`${tenant}/${id}`)
    },

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
          .onConflictDoUpdate({
            target: [table.tenant, table.id],
            // It counts as new, because a row is forgotten by its age and tokens may have been issued a moment ago.
            set: { createdAt: now, revokedAt: now },
          }),
      )
      latest.forget(tenant)
      visitors.forget(`${tenant}/${id}`)
    },

    async forget(name, olderThan, limit) {
      const old = sql`SELECT rowid FROM ${table} WHERE ${table.createdAt} < ${olderThan} LIMIT ${limit}`
      const { meta } = await ask(named(name).run(sql`DELETE FROM ${table} WHERE rowid IN (${old})`))
      return meta.changes
    },
  }
}
