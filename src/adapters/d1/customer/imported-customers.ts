/**
 * New customers in numbers: what is there of them, in one query, and all of them in one batch. A table's rows are one
 * statement with one parameter, so the batch has as many statements for fifty customers as for one.
 */
import { and, eq, getTableColumns, getTableName, type Column } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { ImportedCustomers } from '../../../flows/ports/index.ts'
import { assignmentChanges } from '../companies/contact-assignment-rows.ts'
import { accountRows, addressRows, columnsOf } from './customer-rows.ts'
import { messageRows, noMessages, customerEvents, sequencesAfter } from './customer-statements.ts'
import { among, ask, databaseFailure, writeAll, type Statement } from '../database.ts'
import type { Databases } from '../databases.ts'
import { accounts, addresses, customers, messages } from '../schema.ts'
import { deliveriesOf } from '../webhooks/new-deliveries.ts'

export function importedCustomers({ databaseOf }: Databases): ImportedCustomers {
  return {
    async lookUp(tenant, { emailKeys, customerIds }) {
      const database = await databaseOf(tenant)

      const [accountRowsFound, customerRowsFound] = await ask(
        database.batch([
          database
            .select({
              emailKey: accounts.emailKey,
              customerId: accounts.customerId,
              passwordHash: accounts.passwordHash,
            })
            .from(accounts)
            .where(and(eq(accounts.tenant, tenant), among(accounts.emailKey, emailKeys))),
          database
            .select({ id: customers.id })
            .from(customers)
            .where(and(eq(customers.tenant, tenant), among(customers.id, customerIds))),
        ]),
      )
      return {
        accounts: new Map(
          accountRowsFound.map(({ emailKey, customerId, passwordHash }) => [
            emailKey,
            { customerId, ...(passwordHash === null ? {} : { passwordHash }) },
          ]),
        ),
        customerIds: new Set(customerRowsFound.map(({ id }) => id)),
      }
    },

    async insertAll(tenant, changes, { operationId, ...occasion }) {
      const database = await databaseOf(tenant)

      const all = changes.map(({ record, messages: news }) => {
        const { customer, credentials } = record
        const { id } = customer
        const key = { tenant, customerId: id }
        const told = messageRows(customer, noMessages, news, occasion)
        return {
          customer: {
            ...{ tenant, id, version: customer.version, operationId },
            ...columnsOf(record),
            ...sequencesAfter(noMessages, news),
          },
          accounts: accountRows(key, credentials.accounts),
          addresses: addressRows(key, customer),
          assignments: assignmentChanges(database, undefined, customer),
          told,
          events: customerEvents(id, told, occasion),
        }
      })
      const statements = [
        insertRows(
          customers,
          all.map(({ customer }) => customer),
        ),
        insertRows(
          accounts,
          all.flatMap((one) => one.accounts),
        ),
        insertRows(
          addresses,
          all.flatMap((one) => one.addresses),
        ),
        ...all.flatMap(({ assignments }) => assignments),
        insertRows(
          messages,
          all.flatMap(({ told }) => told),
        ),
        deliveriesOf(
          tenant,
          all.flatMap(({ events }) => events),
          occasion.now,
        ),
      ]
      try {
        const returned = await writeAll<{ deliveryId: string }>(database, statements)
        return { deliveries: returned.map(({ deliveryId }) => deliveryId) }
      } catch (error) {
        throw databaseFailure(error)
      }
    },
  }
}

/** Rows without defaults: what they do not have is NULL. */
function insertRows<T extends SQLiteTable>(table: T, rows: readonly T['$inferInsert'][]): Statement {
  const columns = Object.entries<Column>(getTableColumns(table)).filter(([, { generated }]) => !generated)
  const values = rows.map((row) =>
    columns.map(([name, column]) => {
      const value = (row as Record<string, unknown>)[name] ?? null
      return value === null ? null : column.mapToDriverValue(value)
    }),
  )
  const names = columns.map(([name]) => `"${snakeCase(name)}"`).join(', ')
  const places = columns.map((_column, place) => `value ->> ${place}`).join(', ')
  const text = `insert into "${getTableName(table)}" (${names}) select ${places} from json_each(?)`
  return { toSQL: () => ({ sql: text, params: [JSON.stringify(values)] }) }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
