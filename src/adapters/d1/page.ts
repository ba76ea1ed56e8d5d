/**
 * A page of rows by criteria, whatever the table: the clauses that criteria and order make, and the rows together with
 * how many there are on all pages, both from the same moment.
 */
import type { Page, PageRequest } from '../../flows/ports/index.ts'
import { and, asc, count, sql, type Column, type SQL } from 'drizzle-orm'
import type { SelectResultFields } from 'drizzle-orm/query-builders/select.types'
import type { SelectedFields, SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { Places } from './criteria/criteria-places.ts'
import { criteriaSql, orderSql, type CriteriaFailure } from './criteria/criteria-sql.ts'
import { ask, type Database } from './database.ts'

/** What the database takes for one statement: criteria, order, tenant, limit and offset together. */
const parametersMax = 100

/** JSON of what is on one page, as it is stored; an isolate holds it several times over. */
export const pageSizeMaxBytes = 8 * 1024 * 1024

export interface PageClauses {
  where: SQL | undefined
  order: SQL[]
}

/** Which rows of a page's table there are at all, and what is stored where in them. */
interface Source {
  existing: SQL | undefined
  places: Places
  id: Column
}

/** Fails with `FieldUnknown` or `CriteriaTooComplex`. No criteria: everything that exists. */
export function pageClauses(
  { criteria, sort }: Pick<PageRequest, 'criteria' | 'sort'>,
  { existing, places, id }: Source,
): Result<PageClauses> {
  const condition = criteria && criteriaSql(criteria, places)
  if (condition && !condition.ok) return refused(condition.error)
  const order = orderSql(sort, places)
  if (!order.ok) return refused(order.error)
  return ok({ where: and(existing, condition?.value), order: [...order.value, asc(id)] })
}

/** The rows of a page of `table`. Fails with `CriteriaTooComplex`. */
export async function readPage<Columns extends SelectedFields>(
  database: Database,
  table: SQLiteTable,
  columns: Columns,
  { where, order }: PageClauses,
  { limit, offset, withTotal }: Pick<PageRequest, 'limit' | 'offset' | 'withTotal'>,
): Promise<Result<Page<SelectResultFields<Columns>>>> {
  const page = database
    .select<SelectedFields>(columns)
    .from(table)
    .where(where)
    .orderBy(...order)
    .limit(limit)
    .offset(offset)
  if (page.toSQL().params.length > parametersMax) return fail({ kind: 'CriteriaTooComplex' })
  const all = database.select({ total: count() }).from(table).where(where)
  const [rows, counted] = withTotal ? await ask(database.batch([page, all])) : [await ask(page)]
  const items = rows as SelectResultFields<Columns>[]
  return ok({ items, ...(counted && { total: counted[0]?.total ?? 0 }) })
}

/**
 * The ids of a page of `table`; `document` is the column of JSON that each row is measured by, so that a page that is too
 * large is not even fetched. Fails with `PageTooLarge` and `CriteriaTooComplex`.
 */
export async function readMeasuredPage(
  database: Database,
  table: SQLiteTable,
  { id, document }: { id: SQLiteColumn; document: SQLiteColumn },
  clauses: PageClauses,
  request: PageRequest,
): Promise<Result<Page<string>>> {
  const bytes = sql<number>`length(CAST(${document} AS BLOB))`
  const found = await readPage(database, table, { id: sql<string>`${id}`, bytes }, clauses, request)
  if (!found.ok) return found
  const { items, ...more } = found.value
  return items.reduce((sum, { bytes }) => sum + bytes, 0) > pageSizeMaxBytes
    ? fail({ kind: 'PageTooLarge', sizeMaxBytes: pageSizeMaxBytes })
    : ok({ items: items.map(({ id }) => id), ...more })
}

/** The rows in the order of the ids; those that have been removed in the meantime are left out. */
export function inOrder<Row extends { id: string }>(ids: readonly string[], rows: readonly Row[]): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((wanted) => {
    const row = byId.get(wanted)
    return row ? [row] : []
  })
}

/** What is too much for a statement is the same to the caller, whichever limit it was. */
export function refused(failure: CriteriaFailure): Result<never> {
  return failure.kind === 'FieldUnknown' ? fail(failure) : fail({ kind: 'CriteriaTooComplex' })
}
