/**
 * Random lives of customers over the real database, in which everything around fails at random: queues refuse and lose and
 * repeat, mail servers and receivers time out or refuse twice, answers get lost, and any process dies at any call.
 * Whatever was acknowledged arrives; whatever arrives has happened.
 */
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { accountFinder } from '../../../src/adapters/d1/customer/account-finder.ts'
import { customerQuery } from '../../../src/adapters/d1/customer/customer-query.ts'
import { customerStore } from '../../../src/adapters/d1/customer/customer-store.ts'
import { openDatabase } from '../../../src/adapters/d1/database.ts'
import { oneDatabase } from '../../../src/adapters/d1/databases.ts'
import { outboxTable } from '../../../src/adapters/d1/mail/outbox.ts'
import { undeliverableAddresses } from '../../../src/adapters/d1/mail/undeliverable-addresses.ts'
import { webhookDeliveryTable } from '../../../src/adapters/d1/webhooks/webhook-deliveries.ts'
import { webhookStore } from '../../../src/adapters/d1/webhooks/webhook-store.ts'
import { eventPresenters } from '../../../src/app.ts'
import type { Result } from '../../../src/domain/base/result.ts'
import { CustomerAggregate } from '../../../src/flows/object/customer-aggregate.ts'
import { mailDeliveryFlow } from '../../../src/flows/mail/mail-delivery.ts'
import type {
  Mail,
  OrderRef,
  SendOutcome,
  WebhookOutcome,
  WebhookRequest,
} from '../../../src/flows/ports/index.ts'
import { requestedMailsFlow } from '../../../src/flows/mail/requested-mails.ts'
import { webhookDeliveryFlow } from '../../../src/flows/webhooks/webhook-delivery.ts'
import { FaultyProcess, type Faults } from '../../support/faults.ts'
import {
  countedIds,
  fixedTenants,
  plainRenderer,
  recordedLog,
  templatesInMemory,
  tokensInMemory,
} from '../../support/ports.ts'
import { accountOf, now as start, tenantWith, tokenOf } from '../../support/records.ts'

/** 500 in `npm run test:crash`. */
const trials = Number(env.TEST_TRIALS)
const atOnce = 25
const tenant = tenantWith({ optIn: 'double' }, 'faulty')
const attemptsMax = 20
const roundSeconds = 20
const calmRoundsMax = 500

interface Queued extends OrderRef {
  attempts: number
  readyAt: number
}

interface Event {
  id: string
  sequence: string
  type: string
  subject: string
  data: Record<string, unknown>
}

/** What somebody asked for, and what he was told. */
interface Asked {
  kind: 'sign-up' | 'e-mail change' | 'reset'
  customerId: string
  /** Nobody else's; the mail goes there. */
  email: string
  answer: 'acknowledged' | 'refused' | 'none'
}

const templates = { 'sign-up': 'opt-in', 'e-mail change': 'email-change', reset: 'password-reset' }
const types = {
  'sign-up': 'CustomerCreated',
  'e-mail change': 'CustomerEmailChangeRequested',
  reset: 'CustomerPasswordResetRequested',
}

/** All that outlives a process. */
const databases = oneDatabase(openDatabase(env.DB))
const durable = {
  store: customerStore(databases),
  outbox: outboxTable(databases),
  undeliverableAddresses: undeliverableAddresses(databases),
  accounts: accountFinder(databases),
  customerQuery: customerQuery(databases),
  webhooks: webhookStore(databases),
  webhookDeliveries: webhookDeliveryTable(databases),
}
const faults: Faults = { rate: 0.03, refused: 0, unanswered: 0, killed: 0 }
const clock = { time: start, now: () => clock.time }
const queues = { mail: [] as Queued[], webhook: [] as Queued[] }
const delivered = { mails: [] as Mail[], events: [] as Event[] }
const asked: Asked[] = []
const counted = countedIds()
const refusalsLeft = new Map<string, number>()
const lost = { messages: 0, repeated: 0 }

const newProcess = () => new FaultyProcess(faults)

function queueOf(process: FaultyProcess, queue: Queued[]) {
  return process.calling({
    async send(orders: readonly OrderRef[]) {
      const twice = Math.random() < faults.rate ? orders : []
      lost.repeated += twice.length
      queue.push(
        ...[...orders, ...twice].map(({ tenant, id }) => ({ tenant, id, attempts: 1, readyAt: clock.time })),
      )
    },
  })
}

/** Up to two refusals for each id before it is taken. */
function isRefused(id: string): boolean {
  const left = refusalsLeft.get(id) ?? (Math.random() < 0.2 ? 2 : 0)
  refusalsLeft.set(id, left - 1)
  return left > 0
}

function worker(process: FaultyProcess) {
  const objects = {
    async addMessage(
      ...[ref, ...told]: [{ customerId: string }, ...Parameters<CustomerAggregate['addMessage']>]
    ) {
      await objectOf(process, ref.customerId).addMessage(...told)
    },
  }
  const transport = {
    async send(mail: Mail): Promise<SendOutcome> {
      if (isRefused(mail.id)) return { kind: 'retry', reason: '451 Not now' }
      delivered.mails.push(mail)
      return { kind: 'sent' }
    },
  }
  const webhookSender = {
    accepts: () => true,
    async send({ id, body }: WebhookRequest): Promise<WebhookOutcome> {
      if (isRefused(id)) return { kind: 'failed', reason: 'The answer was 503.', status: 503 }
      delivered.events.push(JSON.parse(body) as Event)
      return { kind: 'delivered', status: 204 }
    },
  }
  const ports = {
    clock,
    ids: counted,
    tenants: fixedTenants([tenant]),
    outbox: process.calling(durable.outbox),
    undeliverableAddresses: process.calling(durable.undeliverableAddresses),
    accounts: process.calling(durable.accounts),
    customerQuery: process.calling(durable.customerQuery),
    webhooks: process.calling(durable.webhooks),
    webhookDeliveries: process.calling(durable.webhookDeliveries),
    oneTimeTokens: process.calling(tokensInMemory()),
    outboxQueue: queueOf(process, queues.mail),
    webhookQueue: queueOf(process, queues.webhook),
    transport: process.calling(transport),
    webhookSender: process.calling(webhookSender),
    webhookSecrets: { secretOf: async () => 'secret' },
    tokenLinks: { linkTo: () => 'https://shop.example/activate' },
    mailTemplates: templatesInMemory(),
    renderer: plainRenderer,
    customers: process.calling(objects),
    defer: (work: Promise<unknown>) => void work.catch(() => undefined),
    log: recordedLog(),
  }
  return {
    mails: mailDeliveryFlow(ports),
    webhooks: webhookDeliveryFlow(ports, eventPresenters),
    requested: requestedMailsFlow(ports),
  }
}

function objectOf(process: FaultyProcess, customerId: string): CustomerAggregate {
  return new CustomerAggregate(
    { tenant: tenant.key, customerId },
    {
      store: process.calling(durable.store),
      outboxQueue: queueOf(process, queues.mail),
      webhookQueue: queueOf(process, queues.webhook),
      wakeUp: { at: () => undefined },
      sessions: { list: () => [], put: () => undefined, remove: () => undefined },
      newId: () => crypto.randomUUID(),
      defer: (work) => void work.catch(() => undefined),
    },
  )
}

async function ask(
  request: Omit<Asked, 'answer'>,
  work: () => Promise<Result<unknown> | void>,
): Promise<Asked> {
  const settled = await work().then(
    (result) => (result === undefined || result.ok ? 'acknowledged' : 'refused'),
    () => 'none' as const,
  )
  const answered: Asked = { ...request, answer: settled }
  asked.push(answered)
  return answered
}

function signUp(object: CustomerAggregate, customerId: string, email: string, takenEmail = email) {
  const account = { ...accountOf(customerId), email: takenEmail, emailKey: takenEmail }
  const optInToken = { ...tokenOf('opt_in'), id: `opt-in of ${customerId}`, customerId, ...lifetime() }
  const creation = { id: customerId, draft: { contactEmail: email }, addresses: [], account, optInToken }
  return ask({ kind: 'sign-up', customerId, email }, () => object.create(tenant, creation, clock.time))
}

function changeEmail(object: CustomerAggregate, customerId: string, newEmail: string) {
  const token = { ...tokenOf('email_change'), id: newEmail, customerId, accountId: customerId, ...lifetime() }
  return ask({ kind: 'e-mail change', customerId, email: newEmail }, () =>
    object.execute({
      now: clock.time,
      operationId: crypto.randomUUID(),
      actions: [{ action: 'beginEmailChange', token, newEmail, syncContactEmail: false }],
    }),
  )
}

const lifetime = () => ({ issuedAt: clock.time, expiresAt: clock.time + 7 * 86_400_000 })

/** Signs up; changes the e-mail or forgets the password; now and then comes too late. */
async function live(trial: number): Promise<void> {
  const customerId = `customer-${trial}`
  const email = `${customerId}@shop.example`
  let process = newProcess()
  let object = objectOf(process, customerId)
  const { answer } = await signUp(object, customerId, email)
  if (answer === 'acknowledged' && Math.random() < 0.2)
    await signUp(objectOf(newProcess(), `late-${trial}`), `late-${trial}`, `late.${email}`, email)
  if (Math.random() < 0.5) {
    if (!process.alive) object = objectOf((process = newProcess()), customerId)
    await changeEmail(object, customerId, `new.${email}`)
    // Somebody else believed to be the writer meanwhile, and is not.
    if (Math.random() < 0.2) {
      await changeEmail(objectOf(newProcess(), customerId), customerId, `newer.${email}`)
      if (process.alive) await changeEmail(object, customerId, `stale.${email}`)
    }
  } else {
    const { requested } = worker(process.alive ? process : newProcess())
    await ask({ kind: 'reset', customerId, email }, () => requested.order(tenant, 'password-reset', email))
  }
}

/** What the platform does with a message: again after a failure, twice now and then, lost with the process now and then. */
async function consume(
  queue: Queued[],
  handle: (process: FaultyProcess, message: Queued) => Promise<{ kind: string; delaySeconds?: number }>,
) {
  const ready = queue.filter(({ readyAt }) => readyAt <= clock.time)
  queue.splice(0, queue.length, ...queue.filter(({ readyAt }) => readyAt > clock.time))
  await inChunks(ready, async (message) => {
    const process = newProcess()
    const again = { ...message, attempts: message.attempts + 1 }
    const result = await handle(process, message).catch(() => ({ kind: 'again', delaySeconds: 10 }))
    if (!process.alive && Math.random() < 0.5) lost.messages += 1
    else if (result.kind === 'again')
      queue.push({ ...again, readyAt: clock.time + (result.delaySeconds ?? 0) * 1000 })
  })
}

async function round(): Promise<void> {
  await consume(queues.mail, async (process, { attempts, ...order }) => {
    const { mails } = worker(process)
    return attempts <= attemptsMax ? mails.deliver(order, attempts) : mails.giveUp(order)
  })
  await consume(queues.webhook, (process, order) => worker(process).webhooks.deliver(order))
  clock.time += roundSeconds * 1000
  const sweeper = worker(newProcess())
  await sweeper.mails.sweep('DB').catch(() => undefined)
  await sweeper.webhooks.sweep({ database: 'DB' }).catch(() => undefined)
}

async function inChunks<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < items.length; at += atOnce) await Promise.all(items.slice(at, at + atOnce).map(work))
}

/** Whether anything has still to arrive; if so, it is soon the time for the next of it. */
async function isUnderWay(): Promise<boolean> {
  const rows =
    "SELECT due_at FROM outbox UNION ALL SELECT due_at FROM webhook_deliveries WHERE status = 'pending'"
  const dueAt = await env.DB.prepare(`SELECT min(due_at) AS due_at FROM (${rows})`).first<number>('due_at')
  const ready = [...queues.mail, ...queues.webhook].map(({ readyAt }) => readyAt)
  if (dueAt !== null) clock.time = Math.max(clock.time, Math.min(dueAt, ...ready))
  return dueAt !== null
}

test(
  'over random trials everything that was acknowledged arrives, and nothing else',
  { timeout: 240_000 },
  async () => {
    await durable.webhooks.insert({
      ...{ id: 'hook', tenant: tenant.key, url: 'https://shop.example/', format: 'cloudevents' },
      ...{ events: ['*'], excludedFields: [], includeTokens: false, secretNumber: 1 },
      ...{ createdAt: tenant.createdAt, modifiedAt: tenant.createdAt },
    })
    for (let trial = 0; trial < trials; trial += atOnce) {
      await Promise.all(Array.from({ length: atOnce }, (_, index) => live(trial + index)))
      await round()
    }
    faults.rate = 0
    for (let calm = 0; calm < calmRoundsMax && (await isUnderWay()); calm += 1) await round()
    expect(await isUnderWay()).toBe(false)

    const happened = await whatHappened()
    for (const one of asked) expectTold(one, happened)
    const eventIds = (events: { id: string }[]) => [...new Set(events.map(({ id }) => id))].sort()
    expect(eventIds(delivered.events)).toEqual(eventIds(happened))
    console.info(summary(happened))
  },
)

interface Happened {
  id: string
  type: string
  customerId: string
  payload: string
}

async function whatHappened(): Promise<Happened[]> {
  const all = 'SELECT id, type, resource_id AS customerId, payload FROM messages WHERE tenant = ?'
  return (await env.DB.prepare(all).bind(tenant.key).all<Happened>()).results
}

/** A mail and an event if it happened; and it happened if it was acknowledged, and did not if it was refused. */
function expectTold({ kind, customerId, email, answer }: Asked, happened: Happened[]): void {
  const what = `${kind} of ${email}, ${answer}`
  const isThis = (type: string, subject: string, data: unknown) =>
    type === types[kind] &&
    subject === customerId &&
    (kind === 'sign-up' || JSON.stringify(data).includes(`"${email}"`))
  const mails = delivered.mails.filter(({ to, template }) => to === email && template === templates[kind])
  const events = delivered.events.filter(({ type, subject, data }) => isThis(type, subject, data))
  const told = happened.some(({ type, customerId, payload }) => isThis(type, customerId, JSON.parse(payload)))
  expect([mails.length > 0, events.length > 0], what).toEqual([told, told])
  expect(new Set(mails.map(({ id }) => id)).size, what).toBe(told ? 1 : 0)
  const hasAccount = kind !== 'reset' || happened.some((one) => one.customerId === customerId)
  if (answer === 'acknowledged') expect(told, what).toBe(hasAccount)
  if (answer === 'refused') expect(told, what).toBe(false)
}

function summary(happened: Happened[]): string {
  const answers = (answer: Asked['answer']) => asked.filter((one) => one.answer === answer).length
  const repeats = (all: { id: string }[]) => all.length - new Set(all.map(({ id }) => id)).size
  const { refused, unanswered, killed } = faults
  return [
    `${trials} trials, ${asked.length} requests`,
    `${answers('acknowledged')} acknowledged, ${answers('refused')} refused, ${answers('none')} without answer`,
    `faults: ${refused} calls refused, ${unanswered} unanswered, ${killed} processes killed, ${lost.messages} queue messages lost, ${lost.repeated} repeated`,
    `${happened.length} changes; ${delivered.mails.length} mails, ${repeats(delivered.mails)} of them repeats; ${delivered.events.length} events, ${repeats(delivered.events)} of them repeats`,
  ].join('\n')
}
