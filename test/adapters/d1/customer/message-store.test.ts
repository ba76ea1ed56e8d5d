/**
 * How messages are looked for: what a back office or a follower of the messages asks for goes through an index, and so
 * does the sweep; no query reads all of a tenant's messages to find one.
 */
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { anonymousIds } from '../../../../src/adapters/d1/customer/anonymous-ids.ts'
import { openDatabase, type Database } from '../../../../src/adapters/d1/database.ts'
import { oneDatabase } from '../../../../src/adapters/d1/databases.ts'
import { messageStore } from '../../../../src/adapters/d1/customer/message-store.ts'
import type { Criteria, SortKey } from '../../../../src/domain/base/criteria.ts'
import { settableClock } from '../../../support/ports.ts'
import { valueOf } from '../../../support/records.ts'

const is = (path: string[], value: string): Criteria => ({ kind: 'compare', path, operator: '=', value })
const ascending = (name: string): SortKey => ({ path: [name], direction: 'ascending' })
const byTime = 'messages_by_time (tenant=?'

it.each<[string, Criteria | undefined, SortKey[], string[]]>([
  ['everything, in order', undefined, [], [`${byTime})`]],
  ['everything, by time', undefined, [ascending('createdAt')], [`${byTime})`]],
  [
    'what is new',
    { kind: 'compare', path: ['createdAt'], operator: '>', value: '2026-01-01T00:00:00.000Z' },
    [ascending('createdAt')],
    [`${byTime} AND created_at>?)`],
  ],
  ['a message', is(['id'], 'x'), [], ['messages_by_id (tenant=? AND id=?)']],
  [
    'the next page by id',
    { kind: 'compare', path: ['id'], operator: '>', value: 'x' },
    [ascending('id')],
    ['messages_by_id (tenant=? AND id>?)'],
  ],
  [
    'a customer, or a token',
    is(['resource', 'id'], 'x'),
    [ascending('sequence')],
    [
      'sqlite_autoindex_messages_1 (tenant=? AND resource_id=?)',
      'messages_by_token (tenant=? AND token_id=?)',
    ],
  ],
])('%s is found by an index', async (_what, criteria, sort, indexes) => {
  const plans = await plansOf((database) =>
    messageStore(oneDatabase(database))
      .page('acme', { criteria, sort, limit: 20, offset: 0, withTotal: false })
      .then(valueOf),
  )
  expect(plans.filter((line) => /^(SEARCH|SCAN) messages/.test(line))).toEqual(
    indexes.map((index) => expect.stringContaining(index)),
  )
})

it('one message is found by an index', async () => {
  const plans = await plansOf((database) => messageStore(oneDatabase(database)).find('acme', 'x'))
  expect(plans).toContainEqual(expect.stringContaining('messages_by_id (tenant=? AND id=?)'))
})

it.each<[string, (database: Database) => Promise<unknown>, string]>([
  [
    'messages',
    (database) =>
      messageStore(oneDatabase(database)).forget(
        'DB',
        [{ tenant: 'acme', since: '2026-01-01T00:00:00.000Z' }],
        10,
      ),
    'messages_by_time (tenant=? AND created_at<?)',
  ],
  [
    'visitors’ ids',
    (database) =>
      anonymousIds(oneDatabase(database), settableClock()).forget('DB', '2026-01-01T00:00:00.000Z', 10),
    'anonymous_ids_by_time (created_at<?)',
  ],
])('old %s are found by an index', async (_what, forget, index) => {
  expect(await plansOf(forget)).toContainEqual(expect.stringContaining(index))
})

/** The plans of all statements that the work prepares. */
async function plansOf(work: (database: Database) => Promise<unknown>): Promise<string[]> {
  const asked: { sql: string; parameters: unknown[] }[] = []
  const binding: Pick<D1Database, 'prepare' | 'batch'> = {
    prepare: (sql) => {
      const statement = env.DB.prepare(sql)
      const bind = (...parameters: unknown[]) => {
        asked.push({ sql, parameters })
        return statement.bind(...parameters)
      }
      return Object.assign(Object.create(statement) as D1PreparedStatement, { bind })
    },
    batch: (list) => env.DB.batch(list),
  }
  await work(openDatabase(binding as D1Database))
  const plans = asked.map(async ({ sql, parameters }) => {
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...parameters)
      .all<{ detail: string }>()
    return results.map(({ detail }) => detail)
  })
  return (await Promise.all(plans)).flat()
}
