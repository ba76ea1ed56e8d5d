/**
 * The real dev server under load, killed without warning again and again: after the restart every acknowledged write is
 * there, every log-in and log-out still holds, and every mail and every event of an acknowledged request arrives.
 * Requests without an answer may have happened or not; they may just not have happened twice.
 */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Mail } from '../../src/flows/ports/index.ts'
import { freePort, startDevServer, until, type DevServer } from './dev-server.ts'

const rounds = Number(process.env['CRASH_ROUNDS'] ?? 3)
const writers = 4
const password = 'correct horse battery'
/** Longest way of a mail or an event: its consumer’s lease, the next minute’s sweep, two refusals. */
const mailSeconds = 200

/** What one customer was promised, and what was asked for in addition without an answer. */
interface Promises {
  tenant: 'acme' | 'globex'
  email: string
  signedUp: boolean
  token?: string
  ended: string[]
  /** Numbers of the last update that was acknowledged and of the last that was sent. */
  updateAcknowledged: number
  updateSent: number
  addresses: string[]
  resetsAcknowledged: number
  resetsSent: number
  /** What was there after the last restart. */
  kept?: { id: string; updates: number; addresses: string[] }
}

interface Event {
  id: string
  type: string
  subject: string
  sequence: string
  data: { address?: { id: string } }
}

const events: Event[] = []
let receiver: Server
let refusedEvents = 0
let state: string
let port: number
let server: DevServer | undefined
const promises: Promises[] = []
let customers = 0

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'patron-crash-'))
  port = await freePort()
  receiver = await startReceiver()
})

afterAll(async () => {
  await server?.kill()
  receiver.closeAllConnections()
  receiver.close()
  await rm(state, { recursive: true, force: true })
})

test.skipIf(process.platform !== 'linux')(
  `nothing that was acknowledged is lost in ${rounds} crashes`,
  { timeout: rounds * 60_000 + mailSeconds * 1000 },
  async () => {
    server = await startDevServer(port, state)
    await subscribe()
    for (let round = 1; round <= rounds; round += 1) {
      const crash = new AbortController()
      const lives = Array.from({ length: writers }, () => liveUntil(crash.signal))
      const acknowledgedBefore = acknowledged()
      await until(() => acknowledged() >= acknowledgedBefore + 20)
      await pause(Math.random() * 1000)
      const killed = server.kill()
      crash.abort()
      await Promise.all([killed, ...lives])
      server = await startDevServer(port, state)
      for (const promise of promises) await expectKept(promise)
      process.stdout.write(`crash ${round}: ${summary()}\n`)
    }
    const restartedAt = Date.now()
    for (const promise of promises) await expectMails(promise, restartedAt + mailSeconds * 1000)
    for (const promise of promises) await expectEvents(promise, restartedAt + mailSeconds * 1000)
    expectNoOtherEvents()
    process.stdout.write(`all mails and events after ${Math.round((Date.now() - restartedAt) / 1000)} s\n`)
  },
)

/** One customer after the other: sign up, log in twice, log out once, update, add addresses, ask for resets. */
async function liveUntil(crash: AbortSignal): Promise<void> {
  while (!crash.aborted) {
    const tenant = (customers += 1) % 3 === 0 ? 'globex' : 'acme'
    const promise: Promises = {
      tenant,
      email: `customer.${customers}@shop.example`,
      signedUp: false,
      ended: [],
      updateAcknowledged: 0,
      updateSent: 0,
      addresses: [],
      resetsAcknowledged: 0,
      resetsSent: 0,
    }
    promises.push(promise)
    try {
      await live(promise, crash)
    } catch (error) {
      if (!crash.aborted) throw error
    }
  }
}

async function live(promise: Promises, crash: AbortSignal): Promise<void> {
  const { tenant, email } = promise
  const anonymous = await anonymousToken(tenant)
  const home = `/customer/${tenant}`
  await call('POST', `${home}/signup`, 201, anonymous, { email, password })
  promise.signedUp = true
  if (tenant === 'globex') return
  const leaving = await logIn(email, anonymous)
  const token = (promise.token = await logIn(email, anonymous))
  await call('GET', `${home}/logout?accessToken=${leaving}`, 204, leaving)
  promise.ended.push(leaving)
  for (let step = 1; step <= 4 && !crash.aborted; step += 1) {
    promise.updateSent = step
    await call('PATCH', `${home}/me`, 200, token, { firstName: `update ${step}` })
    promise.updateAcknowledged = step
    const address = { contactName: 'Ada', city: 'London', country: 'GB' }
    const added = await call<{ id: string }>('POST', `${home}/me/addresses`, 201, token, address)
    promise.addresses.push(added.id)
    promise.resetsSent += 1
    await call('POST', `${home}/password/reset`, 204, anonymous, { email })
    promise.resetsAcknowledged += 1
  }
}

async function expectKept(promise: Promises): Promise<void> {
  if (!promise.signedUp) return
  const { tenant, email, token } = promise
  const anonymous = await anonymousToken(tenant)
  const taken = await answer('POST', `/customer/${tenant}/signup`, anonymous, { email, password })
  expect(taken.status, `${email} has signed up`).toBe(409)
  for (const ended of promise.ended) {
    expect((await answer('GET', '/customer/acme/me', ended)).status, `${email} has logged out`).toBe(401)
  }
  if (token === undefined) return
  const profile = await call<{
    id: string
    firstName?: string
    metadata: { version: number }
    addresses: { id: string }[]
  }>('GET', '/customer/acme/me?expand=addresses', 200, token)
  const update = Number(/\d+/.exec(profile.firstName ?? 'update 0')?.[0])
  expect(update, `${email}, updates`).toBeGreaterThanOrEqual(promise.updateAcknowledged)
  expect(update, `${email}, updates`).toBeLessThanOrEqual(promise.updateSent)
  const ids = profile.addresses.map(({ id }) => id)
  expect(ids, `${email}, addresses`).toEqual(expect.arrayContaining(promise.addresses))
  expect(profile.metadata.version, `${email}, version`).toBe(1 + update + ids.length)
  promise.kept = { id: profile.id, updates: update, addresses: ids }
}

/** Takes every event, but every tenth only after two refusals, and tells nobody of every seventh that it has taken. */
async function startReceiver(): Promise<Server> {
  const attempts = new Map<string, number>()
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const event = JSON.parse(body) as Event
      const attempt = (attempts.get(event.id) ?? 0) + 1
      attempts.set(event.id, attempt)
      if (attempts.size % 10 === 0 && attempt <= 2) {
        refusedEvents += 1
        return response.writeHead(503).end()
      }
      events.push(event)
      return attempts.size % 7 === 0 && attempt === 1
        ? request.socket.destroy()
        : response.writeHead(204).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function subscribe(): Promise<void> {
  const form = {
    grant_type: 'client_credentials',
    client_id: 'acme-admin',
    client_secret: 'acme-admin-secret',
  }
  const body = new URLSearchParams(form)
  const granted = await fetch(`http://127.0.0.1:${port}/oauth/token`, { method: 'POST', body })
  const { access_token: token } = (await granted.json()) as { access_token: string }
  await call('POST', '/admin/acme/webhooks', 201, token, {
    url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
    format: 'cloudevents',
    events: ['CustomerCreated', 'CustomerFirstNameSet', 'CustomerAddressAdded'],
  })
}

/** One for each change that is kept, each under one id, in the order of the changes. */
async function expectEvents({ email, kept }: Promises, deadline: number): Promise<void> {
  if (!kept) return
  const ownEvents = () => events.filter(({ subject }) => subject === kept.id)
  const distinct = () => [...new Map(ownEvents().map((event) => [event.id, event])).values()]
  const count = 1 + kept.updates + kept.addresses.length
  while (distinct().length < count && Date.now() < deadline) await pause(200)
  const told = distinct()
  const of = (type: string) => told.filter((event) => event.type === type)
  expect(of('CustomerCreated'), `${email}, created`).toHaveLength(1)
  expect(of('CustomerFirstNameSet'), `${email}, updates`).toHaveLength(kept.updates)
  const added = of('CustomerAddressAdded').map(({ data }) => data.address?.id)
  expect(added.sort(), `${email}, addresses`).toEqual([...kept.addresses].sort())
  const sequences = told.map(({ sequence }) => sequence)
  expect(sequences, `${email}, order`).toEqual([...new Set(sequences)].sort())
}

/** Nothing was told of somebody who is not there: of whom nothing is known is who has signed up without an answer. */
function expectNoOtherEvents(): void {
  const known = new Set(promises.flatMap(({ kept }) => kept?.id ?? []))
  const strangers = events.filter(({ subject }) => !known.has(subject)).map(({ type }) => type)
  expect(new Set(strangers)).toEqual(new Set(strangers.length > 0 ? ['CustomerCreated'] : []))
}

async function expectMails(promise: Promises, deadline: number): Promise<void> {
  const { tenant, email, signedUp } = promise
  const optIns = tenant === 'globex' ? [signedUp ? 1 : 0, 1] : [0, 0]
  await expectCount(email, 'opt-in', optIns, deadline)
  await expectCount(email, 'password-reset', [promise.resetsAcknowledged, promise.resetsSent], deadline)
}

async function expectCount(
  email: string,
  template: Mail['template'],
  [least = 0, most = 0]: number[],
  deadline: number,
): Promise<void> {
  for (;;) {
    const mails = await call<Mail[]>('GET', `/_dev/mailbox?to=${email}`, 200)
    const tokens = mails.filter((mail) => mail.template === template).map((mail) => mail.token)
    expect(new Set(tokens).size, `${template} to ${email}, repeated`).toBe(tokens.length)
    expect(tokens.length, `${template} to ${email}`).toBeLessThanOrEqual(most)
    if (tokens.length >= least) return
    if (Date.now() > deadline) expect(tokens.length, `${template} to ${email}`).toBeGreaterThanOrEqual(least)
    await pause(500)
  }
}

async function anonymousToken(tenant: string): Promise<string> {
  const path = `/customerlogin/auth/anonymous/login?tenant=${tenant}&client_id=${tenant}-storefront`
  return (await call<{ access_token: string }>('GET', path, 200)).access_token
}

async function logIn(email: string, anonymous: string): Promise<string> {
  const path = '/customer/acme/login'
  return (await call<{ access_token: string }>('POST', path, 200, anonymous, { email, password }))
    .access_token
}

/** Throws when there is no answer, or another one than expected. */
async function call<Body = unknown>(
  method: string,
  path: string,
  status: number,
  token?: string,
  body?: unknown,
): Promise<Body> {
  const response = await answer(method, path, token, body)
  const text = await response.text()
  if (response.status !== status) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as Body
}

function answer(method: string, path: string, token?: string, body?: unknown): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  })
}

function summary(): string {
  const sum = (of: (promise: Promises) => number) =>
    promises.reduce((total, promise) => total + of(promise), 0)
  return [
    `${sum(({ signedUp }) => Number(signedUp))} sign-ups`,
    `${sum(({ updateAcknowledged }) => updateAcknowledged)} updates`,
    `${sum(({ addresses }) => addresses.length)} addresses`,
    `${sum(({ ended }) => ended.length)} log-outs`,
    `${sum(({ resetsAcknowledged }) => resetsAcknowledged)} resets acknowledged and kept`,
    `${events.length} events, ${events.length - new Set(events.map(({ id }) => id)).size} of them again, ${refusedEvents} refused`,
    `${sum((one) => one.updateSent - one.updateAcknowledged + one.resetsSent - one.resetsAcknowledged)} unanswered`,
  ].join(', ')
}

/** Answers that promised something. */
function acknowledged(): number {
  return promises.reduce(
    (sum, one) =>
      sum +
      Number(one.signedUp) +
      one.updateAcknowledged +
      one.addresses.length +
      one.resetsAcknowledged +
      one.ended.length,
    0,
  )
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
