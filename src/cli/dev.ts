/**
 * `npm run dev`: the service on this machine, seeded, with nothing else to start. `-- --port N` moves it, `--state DIR`
 * keeps its data elsewhere, and `--var NAME:VALUE` sets variables.
 * Also plays the cron trigger, which `wrangler dev` leaves to others. Ends with everything it started.
 */
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { prepareLocalDatabase } from './database/database.ts'
import { ensureDevVars } from './dev-vars.ts'
import { seedClients, seedTenants } from './database/seed.ts'
import { projectFolder, stateFolder, WranglerError, wranglerEnvironment, wranglerScript } from './wrangler.ts'

const host = '127.0.0.1'
const usage = `usage: npm run dev [-- [--port N] [--state DIR] [--var NAME:VALUE ...]]
  --port N          from 1024 to 65535, default 8787
  --state DIR       where the data is kept, default .wrangler/state
  --var NAME:VALUE  a variable of the Worker, as in --var EMAIL_TRANSPORT:smtp
`
const readySeconds = 60
const cronMilliseconds = 60_000

const { port, state, vars } = readOptions() ?? refuse(usage, 2)
if (!(await isFree(port))) {
  refuse(`Port ${port} is taken. Stop what listens there, or choose another: npm run dev -- --port N\n`, 1)
}

const url = `http://${host}:${port}`
const started = Date.now()
try {
  if (await ensureDevVars(url)) process.stdout.write('Made .dev.vars with fresh secrets.\n')
  if (await prepareLocalDatabase(state)) process.stdout.write('Local database is migrated and seeded.\n')
} catch (error) {
  refuse(`${error instanceof WranglerError ? error.message : String(error)}\n`, 1)
}

// A group of its own, whose leader ends all of it when this process goes, however it goes.
const server = spawn(
  process.execPath,
  [
    ...[join(import.meta.dirname, 'supervise.ts'), process.execPath, wranglerScript, 'dev'],
    ...['--ip', host, '--port', String(port), '--show-interactive-dev-session=false'],
    ...['--persist-to', state],
    ...[`PUBLIC_URL:${url}`, 'ENVIRONMENT:development', ...vars].flatMap((text) => ['--var', text]),
  ],
  { cwd: projectFolder, env: wranglerEnvironment, detached: true, stdio: ['pipe', 'inherit', 'inherit'] },
)
let stopping = false
server.on('error', () => process.exit(1))
server.on('exit', () => {
  endGroup()
  if (!stopping) process.stderr.write('The server ended by itself; its messages are above.\n')
  process.exit(stopping ? 0 : 1)
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
endWithNpm()

if (await isReady()) {
  process.stdout.write(welcome())
  await runCron()
  setInterval(() => void runCron(), cronMilliseconds)
} else if (!stopping) {
  process.stderr.write(
    `No 200 from ${url}/health within ${readySeconds} seconds; the messages above say why.\n`,
  )
  stop()
  process.exitCode = 1
}

function refuse(message: string, exitCode: number): never {
  process.stderr.write(message)
  process.exit(exitCode)
}

function readOptions(): { port: number; state: string; vars: string[] } | undefined {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '8787' },
        state: { type: 'string', default: stateFolder },
        var: { type: 'string', multiple: true, default: [] },
      },
    })
    const number = Number(values.port)
    const valid =
      Number.isInteger(number) &&
      number >= 1024 &&
      number <= 65_535 &&
      values.var.every((text) => /^[A-Z_]+:/.test(text))
    return valid ? { port: number, state: resolve(values.state), vars: values.var } : undefined
  } catch {
    return undefined
  }
}

function isFree(candidate: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(candidate, host, () => probe.close(() => resolve(true)))
  })
}

async function isReady(): Promise<boolean> {
  const deadline = Date.now() + readySeconds * 1000
  while (Date.now() < deadline && !stopping) {
    const status = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5000) }).then(
      async (response) => {
        await response.body?.cancel()
        return response.status
      },
      () => 0,
    )
    if (status === 200) return true
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  return false
}

/** What the minute's cron trigger does in a deployment; a failure is logged by the Worker and tried again. */
async function runCron(): Promise<void> {
  const response = await fetch(`${url}/cdn-cgi/local/scheduled?cron=*+*+*+*+*`).catch(() => undefined)
  await response?.body?.cancel()
}

function stop(): void {
  if (stopping) return
  stopping = true
  server.stdin.end()
}

function endGroup(): void {
  if (server.pid === undefined) return
  try {
    process.kill(-server.pid, 'SIGKILL')
  } catch {
    // The group is gone already, as it should be.
  }
}

/** When npm is killed it cannot pass that on; the change of parent shows it. */
function endWithNpm(): void {
  if (process.env['npm_lifecycle_event'] === undefined) return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) stop()
  }, 1000).unref()
}

function welcome(): string {
  const tenants = seedTenants.map(({ key, summary }) => `  ${key.padEnd(10)}${summary}`)
  const clients = seedClients.map(({ id, secret }) => `  ${id.padEnd(20)}${secret}`)
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  return `
Patron is ready at ${url} (after ${seconds} s)

Tenants
${tenants.join('\n')}

Clients and their secrets
${clients.join('\n')}

Try
  TOKEN=$(curl -s "${url}/customerlogin/auth/anonymous/login?tenant=globex&client_id=globex-storefront" | grep -o '"access_token":"[^"]*' | cut -d'"' -f4)
  curl -i "${url}/customer/globex/signup" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"email":"ada@shop.example","password":"correct horse"}'
  curl "${url}/_dev/mailbox?to=ada@shop.example"

Stop with Ctrl-C; \`npm run dev:reset\` empties the state.
`
}
