/**
 * Before each test file inside workerd: empty storage, the tables and the development seed, in the file's own database.
 * The service's log goes nowhere, because carrying it out of workerd is an eighth of all the work; `LOG=1` shows it, and
 * a test that reads it watches `console.log`.
 */
import { applyD1Migrations, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { seedStatements } from '../../src/cli/seed.ts'

if (env.TEST_LOG === '') console.log = () => undefined

await reset()
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
// A database that is still busy with the file before comes through a reset unharmed.
const { results: tables } = await env.DB.prepare(
  "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name <> 'd1_migrations'",
).all<{ name: string }>()
await env.DB.batch([
  env.DB.prepare('PRAGMA defer_foreign_keys = on'),
  ...tables.map(({ name }) => env.DB.prepare(`DELETE FROM ${name}`)),
])
await env.DB.batch(seedStatements().map((statement) => env.DB.prepare(statement)))
