/**
 * Password migrations of tenants, and the customers who still have a password of another system: found by an index that
 * holds no other customer, so that a tenant without any costs nothing.
 */
import { and, asc, eq, gt, lte, or, sql } from 'drizzle-orm'
import type { PasswordMigrations } from '../../../flows/ports/index.ts'
import { ask, type Database } from '../database.ts'
import { accounts, isLegacy, passwordMigrations as table } from '../schema.ts'

export function passwordMigrations(database: Database): PasswordMigrations {
  const columns = {
    endDate: table.endDate,
    reminderDate: table.reminderDate,
    notifies: table.notifies,
  }
  return {
    async find(tenant) {
      const [row] = await ask(database.select(columns).from(table).where(eq(table.tenant, tenant)))
      return row
    },

    async save(tenant, migration) {
      const sameDates = sql`${table.endDate} = ${migration.endDate} AND ${table.reminderDate} = ${migration.reminderDate}`
      await ask(
        database
          .insert(table)
          .values({ tenant, ...migration })
          .onConflictDoUpdate({
            target: table.tenant,
            set: {
              ...migration,
              remindedUpTo: sql`CASE WHEN ${sameDates} THEN ${table.remindedUpTo} ELSE '' END`,
              remindedAll: sql`CASE WHEN ${sameDates} THEN ${table.remindedAll} ELSE 0 END`,
            },
          }),
      )
    },

    async remove(tenant) {
      const somebody = database
        .select({ one: sql`1` })
        .from(accounts)
        .where(and(eq(accounts.tenant, tenant), isLegacy(accounts.passwordHash)))
      const condition = and(eq(table.tenant, tenant), sql`NOT EXISTS ${somebody}`)
      await ask(database.delete(table).where(condition))
      return (await this.find(tenant)) === undefined
    },

    async due(today) {
      const reminding = and(
        lte(table.reminderDate, today),
        eq(table.notifies, true),
        eq(table.remindedAll, false),
      )
      return ask(
        database
          .select({ tenant: table.tenant, remindedUpTo: table.remindedUpTo, ...columns })
          .from(table)
          .where(or(lte(table.endDate, today), reminding))
          .orderBy(asc(table.tenant)),
      )
    },

    async unmigrated(tenant, after, limit) {
      const rows = await ask(
        database
          .selectDistinct({ customerId: accounts.customerId })
          .from(accounts)
          .where(
            and(eq(accounts.tenant, tenant), isLegacy(accounts.passwordHash), gt(accounts.customerId, after)),
          )
          .orderBy(asc(accounts.customerId))
          .limit(limit),
      )
      return rows.map(({ customerId }) => customerId)
    },

    async markReminded(tenant, remindedUpTo, remindedAll) {
      await ask(database.update(table).set({ remindedUpTo, remindedAll }).where(eq(table.tenant, tenant)))
    },
  }
}
