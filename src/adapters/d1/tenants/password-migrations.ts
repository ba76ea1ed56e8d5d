/**
 * Password migrations of tenants, and the customers who still have a password of another system: found by an index that
 * holds no other customer, so that a tenant without any costs nothing.
 */
import { and, asc, eq, exists, gt, lte, or, sql } from 'drizzle-orm'
import type { PasswordMigrations } from '../../../flows/ports/index.ts'
import { ask } from '../database.ts'
import type { Databases } from '../databases.ts'
import { accounts, isLegacy, passwordMigrations as table } from '../schema.ts'

export function passwordMigrations({ databaseOf, named }: Databases): PasswordMigrations {
  const columns = {
    endDate: table.endDate,
    reminderDate: table.reminderDate,
    notifies: table.notifies,
  }
  return {
    async find(tenant) {
      const database = await databaseOf(tenant)

      const [row] = await ask(database.select(columns).from(table).where(eq(table.tenant, tenant)))
      return row
    },

    async save(tenant, migration) {
      const database = await databaseOf(tenant)

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
      const database = await databaseOf(tenant)

      const somebody = database
        .select({ one: sql`1` })
        .from(accounts)
        .where(and(eq(accounts.tenant, tenant), isLegacy(accounts.passwordHash)))
      const condition = and(eq(table.tenant, tenant), sql`NOT EXISTS ${somebody}`)
      await ask(database.delete(table).where(condition))
      return (await this.find(tenant)) === undefined
    },

    async due(name, today) {
      const database = named(name)
      const reminding = and(
        lte(table.reminderDate, today),
        eq(table.notifies, true),
        eq(table.remindedAll, false),
      )
      const unmigrated = database
        .select({ one: sql`1` })
        .from(accounts)
        .where(and(eq(accounts.tenant, table.tenant), isLegacy(accounts.passwordHash)))
      return ask(
        database
          .select({ tenant: table.tenant, remindedUpTo: table.remindedUpTo, ...columns })
          .from(table)
          .where(and(or(lte(table.endDate, today), reminding), exists(unmigrated)))
          .orderBy(asc(table.tenant)),
      )
    },

    async unmigrated(tenant, after, limit) {
      const database = await databaseOf(tenant)

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
      const database = await databaseOf(tenant)

      await ask(database.update(table).set({ remindedUpTo, remindedAll }).where(eq(table.tenant, tenant)))
    },
  }
}
