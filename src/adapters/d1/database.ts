/**
 * The database handle and the few things that are true of every query: naming, batches, lists as one parameter,
 * statements whose text is made once, how a violation looks, and which failures pass.
 * Never use `transaction()` (D1 refuses `BEGIN`) nor a join inside `batch()` (columns of equal names collapse).
 */
import { fillPlaceholders, sql, type Column, type Query, type SQL, type SQLWrapper } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { Outage } from '../../domain/base/outage.ts'

export type Database = ReturnType<typeof openDatabase>

export function openDatabase(binding: D1Database) {
  return drizzle(binding, { casing: 'snake_case' })
}

/** A query that says what it is in SQL, as drizzle's own do. */
export interface Statement {
  toSQL(): Query
}

/** Runs all statements or none. Answers the rows that statements with RETURNING give back. */
export async function writeAll<Row>({ $client }: Database, statements: Statement[]): Promise<Row[]> {
  const queries = statements.map((statement) => statement.toSQL())
  const done = await $client.batch<Row>(
    queries.map(({ sql, params }) => $client.prepare(sql).bind(...params)),
  )
  return done.flatMap(({ results }) => results)
}

/** However many values, one parameter. */
export function among(column: SQLWrapper, values: readonly string[]): SQL {
  return sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`
}

/** Place of a value that comes later, under the column's name and in the column's encoding. */
export function later(column: Column): SQL {
  return sql`${sql.param<unknown, unknown>(sql.placeholder(column.name), column)}`
}

/** Makes the text of a statement once; its values come with each use. For the few statements of every request. */
export function compiled<Values extends object>(statement: Statement): (values: Values) => Statement {
  const { sql, params } = statement.toSQL()
  return (values) => ({
    toSQL: () => ({ sql, params: fillPlaceholders(params, values as Record<string, unknown>) }),
  })
}

/** `table.column, …` of the unique index that refused a statement; undefined for any other error. */
export function violatedIndex(error: unknown): string | undefined {
  return /UNIQUE constraint failed: ([a-z_., ]+)/.exec(messageOf(error))?.[1]
}

/** `table.column` that refused to be NULL; undefined for any other error. */
export function violatedNotNull(error: unknown): string | undefined {
  return /NOT NULL constraint failed: ([a-z_.]+)/.exec(messageOf(error))?.[1]
}

/** Waits for a query; its failure says what the database said and repeats nothing of the query. */
export async function ask<T>(query: PromiseLike<T>): Promise<T> {
  try {
    return await query
  } catch (error) {
    throw databaseFailure(error)
  }
}

/** A statement that the database does not take: a fault of ours, which a repetition meets again. */
export class RefusedStatement extends Error {
  override readonly name = 'RefusedStatement'
}

/**
 * How D1 says that it is away for a moment, busy or restarting, and which codes SQLite has for that. Everything else is about
 * the statement.
 */
const passing =
  /network|connection|overloaded|too many requests|timed? ?out|transient|disconnected|internal error|was reset|to be reset|\breset because|exceeded its (?:memory|cpu)|SQLITE_(?:BUSY|LOCKED|IOERR|NOMEM|INTERRUPT|CANTOPEN|PROTOCOL)/i

/** A database error without the statement and its parameters, which hold personal data. */
export function databaseFailure(error: unknown): Outage | RefusedStatement {
  const message = messageOf(error)
  return !violation.test(message) && passing.test(message)
    ? new Outage(`The database does not answer: ${message}`)
    : new RefusedStatement(`The database refused a statement: ${withoutValue(message)}`)
}

/** A refusal may name our columns, and those may be named like an outage. */
const violation = /SQLITE_(?:ERROR|CONSTRAINT|MISMATCH|RANGE|TOOBIG)/

/** D1 quotes a parameter that has no type in SQL. */
function withoutValue(message: string): string {
  return message.replace(/ for value '.*$/s, '')
}

function messageOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : 'unknown'
}
