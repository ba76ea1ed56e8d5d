/**
 * `npm run bench`: the built service and the floor Worker, alternating under the same load, on this machine.
 * Prints medians and their ratios as the table for `test/benchmark.md`. What counts are the ratios; local figures say nothing of
 * what a deployment can do. `-- --rounds N --seconds N` for longer runs; `-- --timing` asks instead whether times tell accounts.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { newSecret, newSigningKey } from '../../src/cli/secrets.ts'
import { projectFolder } from '../../src/cli/wrangler.ts'
import { bundle } from '../support/bundle.ts'
import { answered, headersOf, median, row, type Call } from './calls.ts'
import { serve, type Platform } from './platform.ts'
import { timing } from './timing.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string' },
    seconds: { type: 'string', default: '4' },
    timing: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds ?? (values.timing ? '300' : '7'))
const seconds = Number(values.seconds)
const customersCount = 40
const password = 'correct horse battery'

interface Load {
  platform: Platform
  calls: Call[]
}

interface Scenario {
  name: string
  connections: number
  service: Load
  floor: Load
}

interface Measured {
  perSecond: number
  milliseconds: number
  /** Of processor time, for one request. */
  cpuMilliseconds: number
}

interface Customer {
  email: string
  token: string
  id: string
}

const folder = await mkdtemp(join(tmpdir(), 'patron-bench-'))
const variables = {
  PUBLIC_URL: 'https://bench.test',
  SIGNING_KEYS: JSON.stringify({ current: newSigningKey() }),
  TOKEN_SECRET: newSecret(),
}
const service = await serve(
  await bundle(join(projectFolder, 'src', 'worker.ts'), join(folder, 'service')),
  variables,
)
try {
  if (values.timing) process.stdout.write(`\n${await timing(service, rounds)}\n`)
  else await benchmark()
} finally {
  await service.stop()
  await rm(folder, { recursive: true, force: true })
}

async function benchmark(): Promise<void> {
  const floor = await serve(
    await bundle(join(projectFolder, 'test', 'bench', 'floor.ts'), join(folder, 'floor')),
    variables,
  )
  try {
    const scenarios = await prepare(floor)
    const lines = []
    for (const scenario of scenarios) lines.push(await compare(scenario))
    process.stdout.write(`\n${report(lines)}\n`)
  } finally {
    await floor.stop()
  }
}

async function prepare(floor: Platform): Promise<Scenario[]> {
  const anonymous = await answered<{ access_token: string }>(service, {
    method: 'GET',
    path: '/customerlogin/auth/anonymous/login?tenant=acme&client_id=acme-storefront',
  })
  const visitor = anonymous.body.access_token
  const customers: Customer[] = []
  for (let count = 0; count < customersCount; count += 1) customers.push(await newCustomer(count, visitor))
  const [first] = customers
  if (!first) throw new Error('There is nobody to measure with.')

  const logIn = (email: string): Call => ({
    method: 'POST',
    path: '/customer/acme/login',
    token: visitor,
    body: { email, password },
  })
  const read = ({ token }: Customer): Call => ({ method: 'GET', path: '/customer/acme/me', token })
  const change = { firstName: 'Ada [<id>]' }
  const update = ({ token }: Customer): Call => ({
    method: 'PATCH',
    path: '/customer/acme/me',
    token,
    body: change,
  })
  const answers = {
    read: await answered<Record<string, unknown>>(service, read(first)),
    update: await answered(service, update(first)),
    logIn: await answered(service, logIn(first.email)),
  }
  // All customers of the floor have the same profile, and numbers are unique.
  const { customerNumber: number, ...profile } = answers.read.body
  await answered(floor, {
    method: 'POST',
    path: '/fill',
    body: {
      profile: { ...profile, number },
      signedIn: answers.logIn.body,
      headers: {
        read: 'x'.repeat(answers.read.headerBytes),
        update: 'x'.repeat(answers.update.headerBytes),
        logIn: 'x'.repeat(answers.logIn.headerBytes),
      },
    },
  })
  for (const { id, email } of customers) {
    await answered(floor, { method: 'POST', path: `/customers/${id}`, body: { email } })
  }
  return [
    {
      name: 'read profile, warm',
      connections: 8,
      service: { platform: service, calls: customers.map(read) },
      floor: {
        platform: floor,
        calls: customers.map(({ id, token }) => ({ method: 'GET', path: `/read/${id}`, token })),
      },
    },
    {
      name: 'update profile',
      connections: 8,
      service: { platform: service, calls: customers.map(update) },
      floor: {
        platform: floor,
        calls: customers.map(({ id, token }) => ({
          method: 'PATCH',
          path: `/update/${id}`,
          token,
          body: change,
        })),
      },
    },
    {
      name: 'log-in',
      connections: 4,
      service: { platform: service, calls: customers.map(({ email }) => logIn(email)) },
      floor: {
        platform: floor,
        calls: customers.map(({ email }) => ({ ...logIn(email), path: '/login' })),
      },
    },
    {
      name: 'log-in, against one bare argon2id',
      connections: 4,
      service: { platform: service, calls: customers.map(({ email }) => logIn(email)) },
      floor: { platform: floor, calls: [{ method: 'POST', path: '/hash', body: { password } }] },
    },
  ]
}

async function newCustomer(count: number, visitor: string): Promise<Customer> {
  const email = `customer.${count}@shop.example`
  const customerDetails = { firstName: 'Ada', lastName: 'Lovelace', contactPhone: '+44 20 7946 0000' }
  const signedUp = await answered<{ id: string }>(service, {
    method: 'POST',
    path: '/customer/acme/signup',
    token: visitor,
    body: { email, password, customerDetails },
  })
  const loggedIn = await answered<{ access_token: string }>(service, {
    method: 'POST',
    path: '/customer/acme/login',
    token: visitor,
    body: { email, password },
  })
  return { email, id: signedUp.body.id, token: loggedIn.body.access_token }
}

async function compare({ name, connections, service: ours, floor: theirs }: Scenario) {
  await Promise.all([measure(ours, connections, 2), measure(theirs, connections, 2)])
  const pairs: { ours: Measured; theirs: Measured }[] = []
  for (let round = 0; round < rounds; round += 1) {
    const oursFirst = round % 2 === 0
    const first = await measure(oursFirst ? ours : theirs, connections, seconds)
    const second = await measure(oursFirst ? theirs : ours, connections, seconds)
    pairs.push(oursFirst ? { ours: first, theirs: second } : { ours: second, theirs: first })
    process.stdout.write(`${name}, round ${round + 1}: ${JSON.stringify(pairs.at(-1))}\n`)
  }
  const of = (pick: (pair: { ours: Measured; theirs: Measured }) => number) => median(pairs.map(pick))
  return [
    name,
    of((pair) => pair.ours.perSecond).toFixed(0),
    of((pair) => pair.theirs.perSecond).toFixed(0),
    of((pair) => pair.ours.perSecond / pair.theirs.perSecond).toFixed(2),
    of((pair) => pair.ours.milliseconds).toFixed(1),
    of((pair) => pair.theirs.milliseconds).toFixed(1),
    of((pair) => pair.ours.cpuMilliseconds).toFixed(2),
    of((pair) => pair.theirs.cpuMilliseconds).toFixed(2),
    of((pair) => pair.ours.cpuMilliseconds / pair.theirs.cpuMilliseconds).toFixed(2),
  ]
}

async function measure({ platform, calls }: Load, connections: number, duration: number): Promise<Measured> {
  const cpuBefore = platform.cpuSeconds()
  const result = await autocannon({
    url: platform.url,
    connections,
    duration,
    idReplacement: true,
    requests: calls.map(({ method, path, token, body }) => ({
      method,
      path,
      headers: headersOf(token, body),
      ...(body ? { body: JSON.stringify(body) } : {}),
    })),
  })
  const cpuSeconds = platform.cpuSeconds() - cpuBefore
  const done = result['2xx']
  if (done === 0 || result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${result.non2xx} failures and ${result.errors} errors beside ${done} answers`)
  }
  return {
    perSecond: done / result.duration,
    milliseconds: result.latency.p50,
    cpuMilliseconds: (cpuSeconds * 1000) / done,
  }
}

function report(lines: string[][]): string {
  const [processor] = cpus()
  const machine = `${cpus().length} × ${processor?.model ?? 'unknown processor'}`
  const date = new Date().toISOString().slice(0, 10)
  const head = [
    'scenario',
    'service, requests/s',
    'floor, requests/s',
    'ratio',
    'service, p50 ms',
    'floor, p50 ms',
    'service, CPU ms',
    'floor, CPU ms',
    'CPU ratio',
  ]
  return [
    `\`npm run bench -- --rounds ${rounds} --seconds ${seconds}\`, ${machine}, Node ${process.version}, ${date}.`,
    '',
    row(head),
    row(head.map((_, index) => (index === 0 ? '---' : '--:'))),
    ...lines.map(row),
  ].join('\n')
}
