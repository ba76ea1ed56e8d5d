/**
 * Before each test file inside workerd: the tables and the development seed, in that file's own database.
 */
import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { seedStatements } from '../../src/cli/seed.ts'

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
await env.DB.batch(seedStatements().map((statement) => env.DB.prepare(statement)))
