/**
 * Addresses that take no mail, one row each in the directory, whatever reported it and however often. A row that the
 * operator has allowed stays for a while, so that a report from before that marks nothing again.
 */
import { inArray, sql, type SQL } from 'drizzle-orm'
import { emailKey } from '../../../domain/credentials/email-address.ts'
import type { UndeliverableAddresses } from '../../../flows/ports/index.ts'
import { ask, writeAll } from '../database.ts'
import type { Databases } from '../databases.ts'
import { undeliverableAddresses as table } from './mail-schema.ts'

const isMarked = isAfterAllowing(table.since)

export function undeliverableAddresses({ directory }: Databases): UndeliverableAddresses {
  return {
    async mark(reports) {
      const statements = reports.map(({ email, at, reason, detail }) => {
        const since = new Date(at).toISOString()
        const news = { since, reason, detail: detail ?? null }
        return directory
          .insert(table)
          .values({ address: emailKey(email), ...news })
          .onConflictDoUpdate({
            target: table.address,
            set: news,
            setWhere: sql`${isAfterAllowing(sql`${since}`)} AND (${since} < ${table.since} OR NOT ${isMarked})`,
          })
      })
      await ask(writeAll(directory, statements))
    },

    async find(emails) {
      const spellings = new Map(emails.map((email) => [emailKey(email), email]))
      if (spellings.size === 0) return []
      const rows = await ask(
        directory
          .select({ address: table.address, since: table.since, reason: table.reason })
          .from(table)
          .where(sql`${inArray(table.address, [...spellings.keys()])} AND ${isMarked}`),
      )
      return rows.map(({ address, ...mark }) => ({ email: spellings.get(address) ?? address, ...mark }))
    },

    async forget({ marked, allowed }, limit) {
      const isOld = sql`CASE WHEN ${isMarked} THEN ${table.since} < ${marked} ELSE ${table.allowedAt} < ${allowed} END`
      const old = sql`SELECT rowid FROM ${table} WHERE ${isOld} LIMIT ${limit}`
      const { meta } = await ask(directory.run(sql`DELETE FROM ${table} WHERE rowid IN (${old})`))
      return meta.changes
    },
  }
}

function isAfterAllowing(time: SQL | typeof table.since): SQL {
  return sql`(${time} > coalesce(${table.allowedAt}, ''))`
}
