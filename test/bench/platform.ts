/**
 * A built Worker in a workerd of its own, without the proxy of `wrangler dev`: what the benchmark compares.
 * Miniflare's own options are used directly, pinned to the version in `package.json`.
 */
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import process from 'node:process'
import { Miniflare, type MiniflareOptions } from 'miniflare'
import { seedStatements } from '../../src/cli/database/seed.ts'
import { projectFolder } from '../../src/cli/wrangler.ts'
import type { Bundle } from '../support/bundle.ts'
import { cpuSecondsOf, familyOf, programOf } from '../support/processes.ts'

export interface Variables {
  PUBLIC_URL: string
  SIGNING_KEYS: string
  TOKEN_SECRET: string
}

export interface Platform {
  url: string
  database: Awaited<ReturnType<Miniflare['getD1Database']>>
  /** Of workerd alone; the load generator and the reader of the log are not in it. */
  cpuSeconds(): number
  stop(): Promise<void>
}

type Config = MiniflareOptions['workers'][number]['config']
type Modules = NonNullable<Config['manifest']>['modules']

/** Serves what was built, with an empty database that has the tables and the development seed. */
export async function serve(bundle: Bundle, variables: Variables): Promise<Platform> {
  const before = workerds()
  const miniflare = new Miniflare({
    host: '127.0.0.1',
    port: 0,
    cf: false,
    // Read, as somebody has to, and not kept.
    handleStructuredLogs: () => undefined,
    workers: [{ config: await configOf(bundle, variables) }],
  })
  const url = (await miniflare.ready).origin
  const [pid] = workerds().filter((candidate) => !before.includes(candidate))
  if (pid === undefined) throw new Error('There is no workerd to measure.')
  const database = await miniflare.getD1Database('DB')
  for (const statement of [...(await migrations()), ...seedStatements()]) {
    await database.prepare(statement).run()
  }
  return { url, database, cpuSeconds: () => cpuSecondsOf(pid), stop: () => miniflare.dispose() }
}

async function configOf({ folder, mainModule }: Bundle, variables: Variables): Promise<Config> {
  const name = 'patron'
  const mail = { EMAIL_TRANSPORT: 'smtp', SMTP_URL: 'smtps://mail.invalid' }
  const texts = { ENVIRONMENT: 'production', ...mail, ...variables }
  const object = (exportName: string) => ({ type: 'durable-object' as const, worker: name, exportName })
  const stored = { type: 'durable-object' as const, storage: 'sqlite' as const }
  return {
    name,
    compatibilityDate: '2026-10-20',
    compatibilityFlags: ['global_fetch_strictly_public'],
    manifest: { mainModule, modules: await modulesOf(folder) },
    exports: { CustomerObject: stored, AttemptCounterObject: stored },
    env: {
      ...Object.fromEntries(
        Object.entries(texts).map(([key, value]) => [key, { type: 'text' as const, value }]),
      ),
      DB: { type: 'd1', id: 'patron' },
      TOKENS: { type: 'kv', id: 'tokens' },
      CUSTOMERS: object('CustomerObject'),
      ATTEMPTS: object('AttemptCounterObject'),
      OUTBOX_QUEUE: { type: 'queue', name: 'patron-outbox' },
      WEBHOOK_QUEUE: { type: 'queue', name: 'patron-webhooks' },
      BURST_STANDARD: { type: 'rate-limit', namespace: '1001', simple: { limit: 60, period: 60 } },
      BURST_WIDE: { type: 'rate-limit', namespace: '1002', simple: { limit: 100_000, period: 60 } },
    },
    triggers: ['patron-outbox', 'patron-webhooks'].map((name) => ({
      ...{ type: 'queue' as const, name, maxBatchTimeout: 0 },
    })),
  }
}

async function modulesOf(folder: string): Promise<Modules> {
  const names = (await readdir(folder)).filter((name) => ['.js', '.wasm'].includes(extname(name)))
  const entries = await Promise.all(
    names.map(async (name) => {
      const contents = await readFile(join(folder, name))
      return extname(name) === '.wasm'
        ? [name, { type: 'wasm' as const, contents: new Uint8Array(contents) }]
        : [name, { type: 'esm' as const, contents: contents.toString() }]
    }),
  )
  return Object.fromEntries(entries) as Modules
}

async function migrations(): Promise<string[]> {
  const folder = join(projectFolder, 'migrations')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return files.flatMap((text) => text.split('--> statement-breakpoint'))
}

function workerds(): number[] {
  return familyOf(process.pid).filter((pid) => programOf(pid) === 'workerd')
}
