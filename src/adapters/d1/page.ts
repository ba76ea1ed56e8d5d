/**
 * A page of rows by criteria, whatever the table: the clauses that criteria and order make, and the rows together with
 * how many there are on all pages, both from the same moment.
 */
import { count, sql, type Query, type SQL, type SQLWrapper } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { fail, ok, type Result } from '../../domain/result.ts'
import type { PageRequest } from '../../flows/ports.ts'
import type { Places } from './criteria-places.ts'
import { criteriaSql, orderSql, type CriteriaFailure } from './criteria-sql.ts'
import { ask, type Database } from './database.ts'

/** What the database takes for one statement: criteria, order, tenant, limit and offset together. */
const parametersMax = 100

/** JSON of what is on one page, as it is stored; an isolate holds it several times over. */
export const pageSizeMaxBytes = 8 * 1024 * 1024

/** A select that is ready to run. */
type PageQuery<Row> = BatchItem<'sqlite'> & PromiseLike<Row[]> & { toSQL(): Query }

export interface RowsOfPage<Row> {
  rows: Row[]
  /** Only when it was asked for. */
  total?: number
}

/** Fails with `FieldUnknown` or `CriteriaTooComplex`. No condition: everything. */
export function pageClauses(
  { criteria, sort }: Pick<PageRequest, 'criteria' | 'sort'>,
  places: Places,
): Result<{ condition: SQL | undefined; order: SQL[] }> {
  const condition = criteria && criteriaSql(criteria, places)
  if (condition && !condition.ok) return refused(condition.error)
  const order = orderSql(sort, places)
  return order.ok ? ok({ condition: condition?.value, order: order.value }) : refused(order.error)
}

/** The rows of `page`, which selects from `table` by `where`. Fails with `CriteriaTooComplex`. */
export async function readPage<Row>(
  database: Database,
  page: PageQuery<Row>,
  { table, where, withTotal }: { table: SQLiteTable; where: SQL | undefined; withTotal: boolean },
): Promise<Result<RowsOfPage<Row>>> {
  if (page.toSQL().params.length > parametersMax) return fail({ kind: 'CriteriaTooComplex' })
  if (!withTotal) return ok({ rows: await ask(page) })
  const all = database.select({ total: count() }).from(table).where(where)
  const [rows, [counted]] = await ask(database.batch([page, all]))
  return ok({ rows: rows as Row[], total: counted?.total ?? 0 })
}

/**
 * The ids of `page`, which also selects what each row weighs, so that a page that is too large is not even fetched. Fails
 * with `PageTooLarge` and `CriteriaTooComplex`.
 */
export async function readMeasuredPage(
  database: Database,
  page: PageQuery<{ id: string; bytes: number }>,
  counting: { table: SQLiteTable; where: SQL | undefined; withTotal: boolean },
): Promise<Result<{ ids: string[]; total?: number }>> {
  const found = await readPage(database, page, counting)
  if (!found.ok) return found
  const { rows, ...more } = found.value
  return rows.reduce((sum, { bytes }) => sum + bytes, 0) > pageSizeMaxBytes
    ? fail({ kind: 'PageTooLarge', sizeMaxBytes: pageSizeMaxBytes })
    : ok({ ids: rows.map(({ id }) => id), ...more })
}

/** The rows in the order of the ids; those that have been removed in the meantime are left out. */
export function inOrder<Row extends { id: string }>(ids: readonly string[], rows: readonly Row[]): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((wanted) => {
    const row = byId.get(wanted)
    return row ? [row] : []
  })
}

/** Bytes of a column of JSON. */
export function bytesOf(column: SQLWrapper): SQL<number> {
  return sql<number>`length(CAST(${column} AS BLOB))`
}

/** What is too much for a statement is the same to whoever asked, whichever limit it was. */
export function refused(failure: CriteriaFailure): Result<never> {
  return failure.kind === 'FieldUnknown' ? fail(failure) : fail({ kind: 'CriteriaTooComplex' })
}
