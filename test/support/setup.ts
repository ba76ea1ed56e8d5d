/**
 * Before each test file inside workerd: the tables and the development seed, in the file's own database.
 * The service's log goes nowhere, because carrying it out of workerd is an eighth of all the work; `LOG=1` shows it, and
 * a test that reads it watches `console.log`.
 */
import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { seedStatements } from '../../src/cli/seed.ts'

if (env.TEST_LOG === '') console.log = () => undefined

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
await env.DB.batch(seedStatements().map((statement) => env.DB.prepare(statement)))
