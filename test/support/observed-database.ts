/**
 * A real database with a log of the statements that are prepared on it (verb and table), and a switch that makes it fail.
 */
import { env } from 'cloudflare:workers'
import { openDatabase, type Database } from '../../src/adapters/d1/database.ts'

export interface ObservedDatabase {
  database: Database
  statements: string[]
  failing: boolean
}

export function observedDatabase(real = env.DB): ObservedDatabase {
  const statements: string[] = []
  const observed: ObservedDatabase = { statements, failing: false, database: openDatabase(real) }
  const binding: Pick<D1Database, 'prepare' | 'batch'> = {
    prepare(sql) {
      if (observed.failing) throw new Error('the database is not there')
      const [, verb = sql, table = ''] = /^(\w+).*? "(\w+)"/.exec(sql) ?? []
      statements.push(`${verb} ${verb === 'select' ? (/from "(\w+)"/.exec(sql)?.[1] ?? '') : table}`)
      return real.prepare(sql)
    },
    batch: (list) => real.batch(list),
  }
  observed.database = openDatabase(binding as D1Database)
  return observed
}
