/**
 * Entry of the Worker: HTTP, the consumers of the queues, the scheduled sweeps, and the Durable Object classes. No logic.
 */
import { composeAggregate, composePorts } from './adapters/index.ts'
import { AttemptCounterObject } from './adapters/durable-object/attempt-counter.ts'
import { customerObjectClass } from './adapters/durable-object/customer-object.ts'
import { openMailbox } from './adapters/email/transports/mailbox-transport.ts'
import { readSendingEvent } from './adapters/email/sending-events.ts'
import { buildApp, eventPresenters } from './app.ts'
import { retryDelaySeconds } from './domain/mail/mail.ts'
import { ConfigurationError, readConfiguration, type Bindings, type OutboxQueueMessage } from './env.ts'
import { buildFlows, type Flows } from './flows/index.ts'
import type { Delivery } from './flows/mail/mail-delivery.ts'

export const CustomerObject = customerObjectClass<Bindings>(composeAggregate)
export { AttemptCounterObject }

const deadLetters = 'patron-outbox-dead'
const webhookQueue = 'patron-webhooks'
const emailEventQueue = 'patron-email-events'
/** As in `wrangler.toml`; the other schedule is every minute. */
const everyDay = '17 3 * * *'

const services = new WeakMap<Bindings, ReturnType<typeof compose>>()

function compose(env: Bindings) {
  const { development, operatorToken } = readConfiguration(env)
  const flows = buildFlows(composePorts(env), eventPresenters)
  const app = buildApp(flows, {
    development,
    operatorToken,
    log: (line) => console.log(line),
    ...(development ? { mailbox: openMailbox(env.DB) } : {}),
  })
  return { flows, app }
}

function serviceOf(env: Bindings) {
  const service = services.get(env) ?? compose(env)
  services.set(env, service)
  return service
}

/** Without the reason, which may hold an address: `npm run outbox` shows that. */
function logLine(
  queue: string,
  { body, attempts }: Message<OutboxQueueMessage>,
  { kind, ...more }: Delivery,
): string {
  const what = queue === webhookQueue ? 'webhook' : 'mail'
  return JSON.stringify({ level: 'warn', event: `${what} ${kind}`, [what]: body.id, attempts, ...more })
}

async function deliverAll(
  batch: MessageBatch<OutboxQueueMessage>,
  { mailDelivery, webhookDelivery }: Flows,
): Promise<void> {
  const consume =
    {
      [deadLetters]: mailDelivery.giveUp,
      [webhookQueue]: webhookDelivery.deliver,
    }[batch.queue] ?? mailDelivery.deliver
  const settle = async (message: Message<OutboxQueueMessage>): Promise<void> => {
    const delivery = await consume(message.body, message.attempts).catch((): Delivery => ({
      kind: 'again',
      delaySeconds: retryDelaySeconds(message.attempts),
    }))
    if (delivery.kind !== 'settled') console.warn(logLine(batch.queue, message, delivery))
    if (delivery.kind === 'again') message.retry({ delaySeconds: delivery.delaySeconds })
    else message.ack()
  }
  // Receivers are many, and one that does not answer is nothing to the others; the mail server is one, and takes its time.
  if (batch.queue === webhookQueue) await Promise.all(batch.messages.map(settle))
  else for (const message of batch.messages) await settle(message)
}

/** All at once, because it is one call to the database; what cannot be read now never will be. */
async function noteSendingEvents(batch: MessageBatch, { deliveryReports }: Flows): Promise<void> {
  const { messages } = batch
  const events = messages.map(({ body, timestamp }) => readSendingEvent(body, timestamp.getTime()))
  const warn = (event: string, count: number) =>
    console.warn(JSON.stringify({ level: 'warn', event: `email events ${event}`, count }))
  const unreadable = events.filter(({ kind }) => kind === 'unreadable').length
  if (unreadable > 0) warn('unreadable', unreadable)
  try {
    await deliveryReports.note(
      events.flatMap((event) => (event.kind === 'undeliverable' ? [event.report] : [])),
    )
    batch.ackAll()
  } catch {
    warn('again', messages.length)
    batch.retryAll({ delaySeconds: retryDelaySeconds(Math.max(...messages.map(({ attempts }) => attempts))) })
  }
}

/** What runs each minute, in one database. */
async function sweepOften(flows: Flows, database: string): Promise<void> {
  const [, , , { failed }] = await Promise.all([
    flows.mailDelivery.sweep(database),
    flows.webhookDelivery.sweep({ database }),
    flows.companies.sweep(database),
    flows.passwordMigration.sweep(database),
  ])
  if (failed > 0) console.warn(JSON.stringify({ level: 'warn', event: 'password migration', failed }))
}

export default {
  async fetch(request, env, context) {
    try {
      return await serviceOf(env).app.fetch(request, env, context)
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      console.error(JSON.stringify({ level: 'error', event: 'configuration', message: error.message }))
      return Response.json(
        { status: 503, type: 'service_temporarily_unavailable', message: error.message },
        { status: 503 },
      )
    }
  },

  async queue(batch, env) {
    const { flows } = serviceOf(env)
    if (batch.queue === emailEventQueue) await noteSendingEvents(batch, flows)
    else await deliverAll(batch as MessageBatch<OutboxQueueMessage>, flows)
  },

  async scheduled({ cron }, env) {
    const { flows } = serviceOf(env)
    const { databases, retention } = flows
    if (cron === everyDay) {
      await Promise.all(databases.map((database) => retention.sweep(database)))
      await retention.sweepMarks()
    } else await Promise.all(databases.map((database) => sweepOften(flows, database)))
  },
} satisfies ExportedHandler<Bindings, unknown>
