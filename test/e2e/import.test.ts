/**
 * `npm run import` against a real dev server: killed in the middle and started again, it brings in every customer once, and
 * the report says what was wrong with the others.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort, startDevServer, type DevServer } from './dev-server.ts'

const command = join(import.meta.dirname, '..', '..', 'src', 'cli', 'import.ts')
const customers = 400
const hash = '1:1000:c2FsdHNhbHQ=:aGFzaGhhc2g='

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
  const options = [file, '--tenant', 'acme', '--url', server.url, '--batch', '20', '--parallel', '2']
  const child = spawn(process.execPath, [command, ...options], {
    env: { ...process.env, PATRON_CLIENT_SECRET: 'acme-admin-secret' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  return { child, ended: once(child, 'exit').then(([code]) => ({ code: code as number | null, output })) }
}

async function countCustomers(): Promise<string | null> {
  const form = {
    grant_type: 'client_credentials',
    client_id: 'acme-admin',
    client_secret: 'acme-admin-secret',
  }
  const granted = await fetch(`${server.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
  const { access_token } = (await granted.json()) as { access_token: string }
  const headers = { Authorization: `Bearer ${access_token}` }
  const page = await fetch(`${server.url}/customer/acme/customers?pageSize=1&pageNumber=1`, { headers })
  return page.headers.get('Count')
}

it('goes on after it was killed: everybody is there once, and the report says what failed', async () => {
  const file = join(folder, 'customers.jsonl')
  const lines = Array.from({ length: customers }, (_, n) =>
    JSON.stringify({
      firstName: `Ada ${n}`,
      account: { email: `ada.${n}@shop.example`, passwordHash: hash },
    }),
  )
  lines.splice(150, 0, '{"account":{"email":"nobody"}}', 'no JSON')
  await writeFile(file, lines.join('\n'))
  const first = run(file)
  const state = () => readFile(`${file}.import-state.json`, 'utf8').catch(() => '')
  while ((await state()) === '' && first.child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 5))
  first.child.kill('SIGKILL')
  expect((await first.ended).code).toBeNull()

  const { code, output } = await run(file).ended
  expect(code).toBe(1)
  const [, imported, before] = /^Imported: (\d+)\. There before: (\d+)\. Failed: 2\.$/m.exec(output) ?? []
  expect(Number(imported) + Number(before)).toBe(customers)
  expect(await countCustomers()).toBe(String(customers))
  const report = (await readFile(`${file}.report.jsonl`, 'utf8')).trim().split('\n')
  expect(report.map((row) => (JSON.parse(row) as { line: number }).line)).toEqual([151, 152])
  expect(await state()).toBe('')
}, 180_000)
