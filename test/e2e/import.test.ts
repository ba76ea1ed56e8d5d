/**
 * `npm run import` against a real dev server: killed in the middle and started again, it brings in every customer once, with the
 * password hashes of five systems, and the report says what was wrong with the others. IMPORT_CUSTOMERS=100000 for a whole shop.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { emailOf, formats, passwordOf, writeCustomers } from '../support/customers-file.ts'
import { freePort, startDevServer, type DevServer } from './dev-server.ts'

const command = join(import.meta.dirname, '..', '..', 'src', 'cli', 'import.ts')
const customers = Number(process.env['IMPORT_CUSTOMERS'] ?? 2000)
const atATime = customers > 10_000 ? [] : ['--batch', '50', '--parallel', '2']

let folder: string
let server: DevServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patron-import-'))
  server = await startDevServer(await freePort(), join(folder, 'state'))
})
afterAll(async () => {
  await server.kill()
  await rm(folder, { recursive: true, force: true })
})

function run(file: string) {
  const options = [file, '--tenant', 'acme', '--url', server.url, ...atATime]
  const child = spawn(process.execPath, [command, ...options], {
    env: { ...process.env, PATRON_CLIENT_SECRET: 'acme-admin-secret' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  return { child, ended: once(child, 'exit').then(([code]) => ({ code: code as number | null, output })) }
}

async function json(path: string, init: RequestInit = {}): Promise<{ access_token?: string }> {
  const response = await fetch(`${server.url}${path}`, init)
  expect(response.status, path).toBe(200)
  return (await response.json()) as { access_token?: string }
}

async function bearer(answer: Promise<{ access_token?: string }>) {
  return { Authorization: `Bearer ${(await answer).access_token}`, 'Content-Type': 'application/json' }
}

/** What the database itself says. */
async function stored<Row>(query: string): Promise<Row[]> {
  const databases = join(folder, 'state', 'v3', 'd1', 'miniflare-D1DatabaseObject')
  const file = (await readdir(databases)).find((name) => /^[0-9a-f]{64}\.sqlite$/.test(name)) ?? ''
  const database = new DatabaseSync(join(databases, file), { readOnly: true })
  try {
    return database.prepare(query).all() as Row[]
  } finally {
    database.close()
  }
}

it('goes on after it was killed: everybody is there once, with the old password, and the report says what failed', async () => {
  const file = join(folder, 'customers.jsonl')
  await writeCustomers(file, customers)
  await appendFile(file, '{"account":{"email":"nobody"}}\nno JSON\n')
  const client = { client_id: 'acme-admin', client_secret: 'acme-admin-secret' }
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...client })
  const office = await bearer(json('/oauth/token', { method: 'POST', body }))
  await json('/customer/acme/config/password-migration-retention', {
    method: 'POST',
    headers: office,
    body: JSON.stringify({ retentionEndDate: '2999-12-31' }),
  })

  const first = run(file)
  const journal = () => readFile(`${file}.import-state.json`, 'utf8').catch(() => '')
  const { size } = await stat(file)
  const done = async () =>
    (JSON.parse((await journal()) || '{}') as { end?: { offset: number } }).end?.offset ?? 0
  while ((await done()) < size / 3 && first.child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 5))
  first.child.kill('SIGKILL')
  expect((await first.ended).code).toBeNull()

  const { code, output } = await run(file).ended
  expect(code).toBe(1)
  const [, imported, before] = /^Imported: (\d+)\. There before: (\d+)\. Failed: 2\.$/m.exec(output) ?? []
  expect(Number(imported) + Number(before)).toBe(customers)
  const report = (await readFile(`${file}.report.jsonl`, 'utf8')).trim().split('\n')
  const lines = report.map((row) => (JSON.parse(row) as { line: number }).line)
  expect(lines).toEqual([customers + 1, customers + 2])
  expect(await journal()).toBe('')

  const counts = ['customers', 'accounts', 'addresses', 'messages'].map(
    (table) => `(SELECT count(*) FROM ${table})`,
  )
  const emails = 'SELECT count(DISTINCT email_key) AS n FROM accounts'
  expect(await stored(`SELECT ${counts.join(' + ')} AS n`)).toEqual([{ n: 4 * customers }])
  expect(await stored(emails)).toEqual([{ n: customers }])
  const query = 'tenant=acme&client_id=acme-storefront'
  for (const [n, [name]] of formats.entries()) {
    const hashOf = `SELECT password_hash AS hash FROM accounts WHERE email_key = '${emailOf(n)}'`
    expect((await stored<{ hash: string }>(hashOf))[0]?.hash, name).toMatch(/^\$(native|legacy)\$/)
    const visitor = await bearer(json(`/customerlogin/auth/anonymous/login?${query}`))
    const credentials = JSON.stringify({ email: emailOf(n), password: passwordOf(n) })
    for (const _time of ['first', 'second'])
      await json('/customer/acme/login', { method: 'POST', headers: visitor, body: credentials })
    expect((await stored<{ hash: string }>(hashOf))[0]?.hash, name).toMatch(/^\$argon2id\$/)
  }
}, 3_600_000)
