/**
 * Customers by criteria, for management: one batch finds the ids of a page and the total, a second one reads those
 * customers with their accounts and addresses, all three from the same moment. Reads nothing secret.
 */
import type { CustomerQuery } from '../../../flows/ports/index.ts'
import { and, asc, eq, isNull, sql, type SQLWrapper } from 'drizzle-orm'
import type { Customer } from '../../../domain/customer/customer.ts'
import { fail, ok, type Result } from '../../../domain/base/result.ts'
import { customersOrder, customersWhere } from '../criteria/customer-criteria.ts'
import { toCustomer } from './customer-rows.ts'
import { among, ask, type Database } from '../database.ts'
import type { Databases } from '../databases.ts'
import { pageSizeMaxBytes, readPage, refused } from '../page.ts'
import { contactAssignments } from '../companies/company-schema.ts'
import { accounts, addresses, customers } from '../schema.ts'

export function customerQuery({ databaseOf }: Databases): CustomerQuery {
  return {
    async find({ tenant, customerId }) {
      const customers = await read(await databaseOf(tenant), tenant, [customerId])
      return customers.ok ? customers.value[0] : undefined
    },

    async findId(tenant, key) {
      const database = await databaseOf(tenant)

      const [row] = await ask(
        database
          .select({ id: customers.id })
          .from(customers)
          .where(and(eq(customers.tenant, tenant), eq(customers.key, key))),
      )
      return row?.id
    },

    async page(tenant, request) {
      const database = await databaseOf(tenant)

      const where = customersWhere(tenant, request.criteria)
      if (!where.ok) return refused(where.error)
      const order = customersOrder(tenant, request.sort, request.criteria)
      if (!order.ok) return refused(order.error)
      const clauses = { where: where.value, order: order.value }
      const page = await readPage(database, customers, { id: customers.id }, clauses, request)
      if (!page.ok) return page
      const ids = page.value.items.map(({ id }) => id)
      const found = await read(database, tenant, ids)
      return found.ok ? ok({ ...page.value, items: found.value }) : found
    },
  }
}

/**
 * The customers in the order of the ids; those who have been erased in the meantime are left out. The database measures
 * them in the same batch, and hands out nothing of a page that is too large.
 */
async function read(database: Database, tenant: string, ids: string[]): Promise<Result<Customer[]>> {
  if (ids.length === 0) return ok([])
  const ofThem = (column: SQLWrapper) => among(column, ids)
  const ofCustomers = sql`SELECT total(length(CAST(${customers.profile} AS BLOB))) FROM ${customers} WHERE ${customers.tenant} = ${tenant} AND ${ofThem(customers.id)}`
  const ofAddresses = sql`SELECT total(length(CAST(${addresses.body} AS BLOB))) FROM ${addresses} WHERE ${addresses.tenant} = ${tenant} AND ${ofThem(addresses.customerId)}`
  const ofAssignments = sql`SELECT total(length(CAST(${contactAssignments.body} AS BLOB))) FROM ${contactAssignments} WHERE ${contactAssignments.tenant} = ${tenant} AND ${ofThem(contactAssignments.customerId)}`
  const bytes = sql<number>`(${ofCustomers}) + (${ofAddresses}) + (${ofAssignments})`
  const fits = sql`${bytes} <= ${pageSizeMaxBytes}`
  const { id, version, createdAt, modifiedAt, profile } = customers
  const [[measured], rows, accountRows, addressRows, assignmentRows] = await ask(
    database.batch([
      database.select({ bytes }).from(sql`(SELECT 1)`),
      database
        .select({ tenant: customers.tenant, id, version, createdAt, modifiedAt, profile })
        .from(customers)
        .where(and(eq(customers.tenant, tenant), isNull(customers.erasedAt), ofThem(customers.id), fits)),
      database
        .select({ customerId: accounts.customerId, email: accounts.email })
        .from(accounts)
        .where(and(eq(accounts.tenant, tenant), ofThem(accounts.customerId)))
        .orderBy(asc(accounts.position)),
      database
        .select({ customerId: addresses.customerId, id: addresses.id, body: addresses.body })
        .from(addresses)
        .where(and(eq(addresses.tenant, tenant), ofThem(addresses.customerId), fits))
        .orderBy(asc(addresses.position)),
      database
        .select()
        .from(contactAssignments)
        .where(and(eq(contactAssignments.tenant, tenant), ofThem(contactAssignments.customerId), fits))
        .orderBy(asc(contactAssignments.createdAt), asc(contactAssignments.id)),
    ]),
  )
  if ((measured?.bytes ?? 0) > pageSizeMaxBytes)
    return fail({ kind: 'PageTooLarge', sizeMaxBytes: pageSizeMaxBytes })
  const byId = new Map(rows.map((row) => [row.id, row]))
  const accountsOf = Map.groupBy(accountRows, ({ customerId }) => customerId)
  const addressesOf = Map.groupBy(addressRows, ({ customerId }) => customerId)
  const assignmentsOf = Map.groupBy(assignmentRows, ({ customerId }) => customerId)
  return ok(
    ids.flatMap((wanted) => {
      const row = byId.get(wanted)
      if (!row) return []
      const rowsOf = <T>(rows: Map<string, T[]>) => rows.get(wanted) ?? []
      return [toCustomer(row, rowsOf(accountsOf), rowsOf(addressesOf), rowsOf(assignmentsOf))]
    }),
  )
}
