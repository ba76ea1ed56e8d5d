/**
 * Before each test file inside workerd: the tables and the development seed, in the file's own database, as one batch
 * because each call waits for the disk.
 * The service's log goes nowhere, because carrying it out of workerd is an eighth of all the work; `LOG=1` shows it, and
 * a test that reads it watches `console.log`.
 */
import { env } from 'cloudflare:workers'
import { seedStatements } from '../../src/cli/database/seed.ts'

if (env.TEST_LOG === '') console.log = () => undefined

const statements = [...env.TEST_MIGRATIONS.flatMap(({ queries }) => queries), ...seedStatements()]
await env.DB.batch(statements.map((statement) => env.DB.prepare(statement)))
