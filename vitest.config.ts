/**
 * The test projects: `unit` in plain Node, `runtime` inside workerd with real local bindings. Each file of `runtime` has a
 * workerd and a storage of its own: a queue that is still delivering when its storage is emptied never delivers again.
 * Globs are fixed, so that no stray file lands in a pool.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { newSecret, newSigningKey } from './src/cli/secrets.ts'
import { bundle } from './test/support/bundle.ts'
import { newCertificateFile } from './test/support/certificate.ts'

/** What needs nothing of the platform, and so no workerd. */
const inNode = [
  'test/{bundle,documents,layout,queues,schedule}.test.ts',
  'test/conformance/traceability.test.ts',
  'test/{domain,cli,dialects}/**/*.test.ts',
  'test/http/{authenticate,bounds,envelope,mount,network,session-cookie,wording}.test.ts',
  'test/pages/{account,mailbox}.test.ts',
  'test/security/canaries.test.ts',
  'test/flows/object/{customer-aggregate,session-book}.test.ts',
  'test/flows/mail/{mail-delivery-in-memory,requested-mails}.test.ts',
  'test/flows/account/*.test.ts',
  'test/flows/sessions/{admission,anonymous-session,assisted-login,client-session,customer-session,service-token,sign-in}.test.ts',
  'test/flows/tokens/standing-tokens.test.ts',
  'test/flows/upkeep/health.test.ts',
  'test/flows/webhooks/webhooks.test.ts',
  'test/flows/writing/mixins.test.ts',
  'test/adapters/{breached-passwords,carts,json-schema,log,webhook}/*.test.ts',
  'test/flows/office/password-migration.test.ts',
  'test/adapters/{crypto/access-tokens,crypto/sealed-tokens,d1/tenants/tenant-settings,email/transports/mime,email/render,email/sending-events}.test.ts',
]
/** One more than Vitest's own choice on two cores: a file of `runtime` waits for the queue and the disk now and then. */
const maxWorkers = Math.max(2, availableParallelism() - 1)
const elsewhere = ['test/bench/**', 'test/e2e/**']

/** Also in the environment: wrangler looks for required secrets there when there is no `.dev.vars`. */
const secrets = { SIGNING_KEYS: JSON.stringify({ current: newSigningKey() }), TOKEN_SECRET: newSecret() }
Object.assign(process.env, secrets, { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' })

/**
 * The Worker under test trusts the mail servers of the tests. The simulator reads the variable once, when it is loaded,
 * and this file may be read more often.
 */
const certificateFile = (process.env['PATRON_TEST_CERTIFICATE'] ??= newCertificateFile())
process.env['NODE_EXTRA_CA_CERTS'] = certificateFile
/**
 * What answers the requests of the tests: bundled, because each file's workerd loads one module in a quarter of the time
 * that it takes for hundreds. While somebody watches, the sources themselves.
 */
const isRun = process.argv.includes('run')
const workerUnderTest = isRun ? (process.env['PATRON_TEST_WORKER'] ??= await newBundle()) : 'src/worker.ts'
/** Sources that are in the bundle, as tests import them. */
const bundled = /^(\.\.\/)+src\/(worker|app|adapters\/index|flows\/index)\.ts$/

async function newBundle(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'patron-test-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const { mainModule } = await bundle('test/support/worker.ts', folder)
  return join(folder, mainModule)
}

const { cloudflareTest, readD1Migrations } = await import('@cloudflare/vitest-plugin')

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          pool: 'threads',
          isolate: false,
          maxWorkers,
          include: inNode,
          exclude: elsewhere,
          // Random trials, on a machine that may be busy.
          testTimeout: 60_000,
        },
      },
      {
        resolve: { alias: isRun ? [{ find: bundled, replacement: workerUnderTest }] : [] },
        plugins: [
          cloudflareTest(async () => ({
            main: workerUnderTest,
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              // Vitest looks for a debugger. The plugin lends its runner most of Node's modules, but not this one.
              compatibilityFlags: ['enable_nodejs_inspector_module'],
              // Beside the Worker's own, for what has to keep to the right one of several.
              d1Databases: { OTHER_DB: 'other' },
              // In production the platform writes there.
              queueProducers: { EMAIL_EVENT_QUEUE: { queueName: 'patron-email-events' } },
              bindings: {
                ENVIRONMENT: 'development',
                PUBLIC_URL: 'http://127.0.0.1:8787',
                PASSWORD_HASH_COST: 'light',
                ...secrets,
                TEST_LOG: process.env['LOG'] ?? '',
                TEST_TRIALS: process.env['TRIALS'] ?? '100',
                TEST_FUZZ_REQUESTS: process.env['FUZZ_REQUESTS'] ?? '2000',
                TEST_FUZZ_SEED: process.env['FUZZ_SEED'] ?? '',
                TEST_MIGRATIONS: await readD1Migrations('./migrations'),
              },
            },
          })),
        ],
        test: {
          name: 'runtime',
          include: ['test/**/*.test.ts'],
          exclude: [...inNode, ...elsewhere],
          globalSetup: ['./test/support/mail-servers.ts', './test/support/webhook-receiver.ts'],
          setupFiles: ['./test/support/setup.ts'],
          maxWorkers,
          // The longest makes a hundred real password hashes, beside another worker.
          testTimeout: 60_000,
          hookTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
