/**
 * Visitor ids that clients chose: the primary key decides which claim comes first.
 */
import type { AnonymousIds, Clock } from '../../flows/ports.ts'
import type { Database } from './database.ts'
import { anonymousIds as table } from './schema.ts'

export function anonymousIds(database: Database, clock: Clock): AnonymousIds {
  return {
    async claim(tenant, id) {
      const rows = await database
        .insert(table)
        .values({ tenant, id, createdAt: new Date(clock.now()).toISOString() })
        .onConflictDoNothing()
        .returning({ id: table.id })
      return rows.length > 0
    },
  }
}
