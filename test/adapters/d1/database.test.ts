/**
 * Failures of the database by their kind: a statement that is wrong is a fault of ours, and only what passes is an outage.
 * The first come from the real database, the others are worded as D1 documents them.
 */
import { sql } from 'drizzle-orm'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { ask, databaseFailure, openDatabase, RefusedStatement } from '../../../src/adapters/d1/database.ts'
import { isOutage } from '../../../src/domain/base/outage.ts'

const database = openDatabase(env.DB)

async function failureOf(statement: ReturnType<typeof sql>): Promise<unknown> {
  return ask(database.run(statement)).then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('a statement that the database refuses', () => {
  it.each([
    ['an unknown column', sql`SELECT network_storage FROM customers`, 'no such column: network_storage'],
    ['an unknown table', sql`SELECT 1 FROM overloaded_database`, 'no such table: overloaded_database'],
    ['no SQL', sql`SELEC 1`, 'syntax error'],
    ['a constraint', sql`INSERT INTO tenants (key) VALUES (NULL)`, 'NOT NULL constraint failed: tenants.key'],
    ['a parameter too few', sql.raw('SELECT ?, ?'), 'Wrong number of parameter bindings'],
  ])('is no outage: %s', async (_what, statement, message) => {
    const failure = await failureOf(statement)
    expect(failure).toBeInstanceOf(RefusedStatement)
    expect(failure).toMatchObject({ message: expect.stringContaining(message) as string })
    expect(isOutage(failure)).toBe(false)
  })

  it('says where it was asked, and nothing of the statement or its parameters', async () => {
    const email = 'canary@shop.example'
    const failure = await failureOf(sql`SELECT nothing_such FROM customers WHERE id = ${email}`)
    expect(failure).toMatchObject({ stack: expect.stringMatching(/database\.test\.ts/) as string })
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toMatch(/canary|SELECT|cause/)
    const untyped = await failureOf(sql`SELECT ${sql.param({ toString: () => email })}`)
    expect(untyped).toBeInstanceOf(RefusedStatement)
    expect(String(untyped)).not.toContain(email)
  })
})

describe('a database that is not there', () => {
  it.each([
    'D1_ERROR: Network connection lost.',
    'D1_ERROR: D1 DB is overloaded. Requests queued for too long.',
    'D1_ERROR: D1 DB is overloaded. Too many requests queued.',
    'D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.',
    'D1_ERROR: Internal error while starting up D1 DB storage caused object to be reset.',
    'D1_ERROR: D1 DB reset because its code was updated.',
    'D1_ERROR: Cannot resolve D1 DB due to transient issue on remote node.',
    "D1_ERROR: D1 DB's isolate exceeded its memory limit and was reset.",
    'D1_ERROR: D1 DB exceeded its CPU time limit and was reset.',
    'D1_ERROR: internal error; reference = 0123456789',
    'D1_ERROR: database is locked: SQLITE_BUSY',
  ])('is an outage: %s', (message) => {
    expect(isOutage(databaseFailure(new Error(message)))).toBe(true)
    expect(isOutage(databaseFailure(new Error('Failed query', { cause: new Error(message) })))).toBe(true)
  })

  it('is not meant by a fault in our own code', () => {
    expect(
      isOutage(databaseFailure(new TypeError("Cannot read properties of undefined (reading 'id')"))),
    ).toBe(false)
    expect(isOutage(databaseFailure('text'))).toBe(false)
  })
})
