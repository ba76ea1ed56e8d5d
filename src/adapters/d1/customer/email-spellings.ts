/**
 * Keys of e-mails from before a domain had one spelling: found by indices that hold nothing else, and written anew. What is
 * in the way of one (another customer who has the same mailbox, or a reservation) leaves it as it is.
 */
import { sql, type SQL } from 'drizzle-orm'
import type { EmailSpellings, SpelledBefore } from '../../../flows/ports/index.ts'
import { emailKey } from '../../../domain/credentials/email-address.ts'
import { ask, type Database } from '../database.ts'
import type { Databases } from '../databases.ts'
import { accounts, isSpelledBefore, reservedEmails } from '../schema.ts'

type Table = typeof accounts | typeof reservedEmails

export function emailSpellings({ named }: Databases): EmailSpellings {
  return {
    async respell(name, after, limit) {
      const database = named(name)
      const isFree = sql`NOT EXISTS (SELECT 1 FROM ${reservedEmails} AS held WHERE held.tenant = accounts.tenant
        AND held.email_key = news.value ->> '$.now' AND held.customer_id <> accounts.customer_id
        AND held.until > unixepoch('subsec') * 1000)`
      await respellTable(database, reservedEmails, undefined, limit)
      return respellTable(database, accounts, after, limit, isFree)
    },
  }
}

/** The last of the rows that were looked at, while there may be more. */
async function respellTable(
  database: Database,
  table: Table,
  after: SpelledBefore | undefined,
  limit: number,
  condition: SQL = sql`1`,
): Promise<SpelledBefore | undefined> {
  const { tenant, emailKey: before } = table
  const start = after ? sql`AND (${tenant}, ${before}) > (${after.tenant}, ${after.emailKey})` : sql``
  const rows = await ask(
    database
      .select({ tenant, emailKey: before })
      .from(table)
      .where(sql`${isSpelledBefore(before)} ${start}`)
      .orderBy(tenant, before)
      .limit(limit),
  )
  const news = rows
    .map((row) => ({ tenant: row.tenant, before: row.emailKey, now: emailKey(row.emailKey) }))
    .filter((one) => one.now !== one.before)
  if (news.length > 0)
    await ask(
      database.run(sql`UPDATE OR IGNORE ${table} SET email_key = news.value ->> '$.now'
        FROM json_each(${JSON.stringify(news)}) AS news
        WHERE ${tenant} = news.value ->> '$.tenant' AND ${before} = news.value ->> '$.before' AND ${condition}`),
    )
  return rows.length < limit ? undefined : rows.at(-1)
}
