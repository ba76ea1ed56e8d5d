/**
 * Finds the account of a login e-mail through the unique index: one query.
 * The only reader of password hashes outside of the customer's object.
 */
import type { AccountFinder } from '../../../flows/ports/index.ts'
import { and, eq, sql } from 'drizzle-orm'
import { recipientOf } from '../../../domain/mail/mail.ts'
import { ask } from '../database.ts'
import { oncePerDatabase, type Databases } from '../databases.ts'
import { accounts, customers, passwordMigrations, reservedEmails } from '../schema.ts'
import { provedOf, respelled } from './customer-rows.ts'

/** Create once per isolate: the query that every log-in needs is prepared in here. */
export function accountFinder({ databaseOf }: Databases): AccountFinder {
  const byEmail = oncePerDatabase((database) =>
    database
      .select({
        customerId: accounts.customerId,
        accountId: accounts.id,
        email: accounts.email,
        passwordHash: accounts.passwordHash,
        initialPassword: accounts.initialPassword,
        clearedAt: accounts.clearedAt,
        legacyEndDate: passwordMigrations.endDate,
        provedAt: accounts.provedAt,
        provedBy: accounts.provedBy,
        credentialsRevision: customers.credentialsRevision,
        credentials: customers.credentials,
        profile: customers.profile,
      })
      .from(accounts)
      .innerJoin(customers, and(eq(customers.tenant, accounts.tenant), eq(customers.id, accounts.customerId)))
      .leftJoin(passwordMigrations, eq(passwordMigrations.tenant, accounts.tenant))
      .where(
        and(
          eq(accounts.tenant, sql.placeholder('tenant')),
          eq(accounts.emailKey, sql.placeholder('emailKey')),
        ),
      )
      .prepare(),
  )

  return {
    async findAccount(tenant, emailKey) {
      const [row] = await ask(byEmail(await databaseOf(tenant)).all({ tenant, emailKey }))
      if (!row) return undefined
      const { passwordHash, clearedAt, legacyEndDate, provedAt, provedBy, credentials, profile, ...found } =
        row
      const proved = provedOf({ provedAt, provedBy })
      return {
        ...found,
        optInPending: credentials.optInPending === true,
        emailUndos: respelled(credentials).emailUndos ?? [],
        recipient: recipientOf(profile),
        ...(proved && { proved }),
        ...(passwordHash === null ? {} : { passwordHash }),
        ...(clearedAt === null ? {} : { clearedAt }),
        ...(legacyEndDate === null ? {} : { legacyEndDate }),
      }
    },

    async findFormerOwner(tenant, emailKey) {
      const database = await databaseOf(tenant)
      const [row] = await ask(
        database
          .select({ email: accounts.emailKey })
          .from(reservedEmails)
          .innerJoin(
            accounts,
            and(
              eq(accounts.tenant, reservedEmails.tenant),
              eq(accounts.customerId, reservedEmails.customerId),
              eq(accounts.id, reservedEmails.accountId),
            ),
          )
          .where(and(eq(reservedEmails.tenant, tenant), eq(reservedEmails.emailKey, emailKey))),
      )
      return row && this.findAccount(tenant, row.email)
    },
  }
}
