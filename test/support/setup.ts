/**
 * Around each test file inside workerd: before it the tables and the development seed, in the file's own database, as one
 * batch because each call waits for the disk; after it a look at what the service has logged.
 * The lines stay here, because carrying them out of workerd is an eighth of all the work; `LOG=1` shows them, and a test
 * that reads them watches `console`.
 */
import { env } from 'cloudflare:workers'
import { afterAll, expect } from 'vitest'
import { seedStatements } from '../../src/cli/database/seed.ts'
import { keepLine, leaksOfThisFile } from './canaries.ts'

for (const method of ['log', 'warn', 'error'] as const) {
  const show = console[method].bind(console)
  console[method] = (...given: unknown[]) => {
    const [line] = given
    const isOurs = typeof line === 'string' && line.startsWith('{"level":')
    if (isOurs) keepLine(line)
    if (!isOurs || env.TEST_LOG !== '') show(...given)
  }
}

const statements = [...env.TEST_MIGRATIONS.flatMap(({ queries }) => queries), ...seedStatements()]
await env.DB.batch(statements.map((statement) => env.DB.prepare(statement)))

afterAll(() => expect(leaksOfThisFile(), 'T10 T60 in the log of this file').toEqual([]))
