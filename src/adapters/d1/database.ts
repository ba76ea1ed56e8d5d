/**
 * The database handle and the few things that are true of every query: naming, batches, and how a unique violation looks.
 * Never use `transaction()` (D1 refuses `BEGIN`) nor a join inside `batch()` (columns of equal names collapse).
 */
import { drizzle } from 'drizzle-orm/d1'

export type Database = ReturnType<typeof openDatabase>

export function openDatabase(binding: D1Database) {
  return drizzle(binding, { casing: 'snake_case' })
}

/** `table.column, …` of the unique index that refused a statement; undefined for any other error. */
export function violatedIndex(error: unknown): string | undefined {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const text = cause instanceof Error ? cause.message : String(cause)
  return /UNIQUE constraint failed: ([a-z_., ]+)/.exec(text)?.[1]
}

/** Waits for a query; its failure says what the database said and repeats nothing of the query. */
export async function ask<T>(query: PromiseLike<T>): Promise<T> {
  try {
    return await query
  } catch (error) {
    throw databaseFailure(error)
  }
}

/** A database error without the statement's parameters, which hold personal data. */
export function databaseFailure(error: unknown): Error {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return new Error(`The database refused a statement: ${cause instanceof Error ? cause.message : 'unknown'}`)
}
