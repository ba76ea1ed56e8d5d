/**
 * The consumers of the queues: which queue is whose, what becomes of each message, and what the log says of it. A message
 * whose consumer throws comes again; a queue without a consumer is a mistake of the configuration.
 */
import { readSendingEvent } from './adapters/email/sending-events.ts'
import { retryDelaySeconds } from './domain/mail/mail.ts'
import type { OutboxQueueMessage } from './env.ts'
import type { Flows } from './flows/index.ts'
import type { Delivery } from './flows/mail/mail-delivery.ts'
import type { Log } from './flows/ports/index.ts'

/** What consumers need of the service. */
export interface QueueParts {
  flows: Pick<Flows, 'mailDelivery' | 'webhookDelivery' | 'deliveryReports'>
  log: Log
}

type Consumer = (batch: MessageBatch, parts: QueueParts) => Promise<void>

const consumers = new Map<string, Consumer>([
  ['patron-outbox', (batch, parts) => oneByOne(batch, 'mail', parts, parts.flows.mailDelivery.deliver)],
  ['patron-outbox-dead', (batch, parts) => oneByOne(batch, 'mail', parts, parts.flows.mailDelivery.giveUp)],
  [
    'patron-webhooks',
    (batch, parts) => allAtOnce(batch, 'webhook', parts, parts.flows.webhookDelivery.deliver),
  ],
  ['patron-email-events', noteSendingEvents],
])

export async function consumeBatch(batch: MessageBatch, parts: QueueParts): Promise<void> {
  const consumer = consumers.get(batch.queue)
  if (!consumer) throw new Error(`The queue ${batch.queue} has no consumer.`)
  await consumer(batch, parts)
}

type Deliver = (order: OutboxQueueMessage, attempts: number) => Promise<Delivery>

/** The mail server is one, and takes its time. */
async function oneByOne(batch: MessageBatch, what: string, { log }: QueueParts, deliver: Deliver) {
  for (const message of ordersOf(batch)) await settle(message, what, log, deliver)
}

/** Receivers are many, and one that does not answer is nothing to the others. */
async function allAtOnce(batch: MessageBatch, what: string, { log }: QueueParts, deliver: Deliver) {
  await Promise.all(ordersOf(batch).map((message) => settle(message, what, log, deliver)))
}

/** Only we write to these queues. */
function ordersOf(batch: MessageBatch) {
  return batch.messages as readonly Message<OutboxQueueMessage>[]
}

/** Logs no reason of a delivery, which may hold an address: `npm run outbox` shows that. Never rejects. */
async function settle(message: Message<OutboxQueueMessage>, what: string, log: Log, deliver: Deliver) {
  const { body, attempts } = message
  const about = { tenant: body.tenant, [what]: body.id, attempts }
  const delivery = await deliver(body, attempts).catch((error: unknown): Delivery => {
    log.failure(`${what} consumer`, error, about)
    return { kind: 'again', delaySeconds: retryDelaySeconds(attempts) }
  })
  const { kind, ...more } = delivery
  if (kind !== 'settled') log.tell('warn', `${what} ${kind}`, { ...about, ...more })
  if (delivery.kind === 'again') message.retry({ delaySeconds: delivery.delaySeconds })
  else message.ack()
}

/** All at once, because it is one call to the database; what cannot be read now never will be. */
async function noteSendingEvents(batch: MessageBatch, { flows, log }: QueueParts): Promise<void> {
  const { messages } = batch
  const events = messages.map(({ body, timestamp }) => readSendingEvent(body, timestamp.getTime()))
  const unreadable = events.filter(({ kind }) => kind === 'unreadable').length
  if (unreadable > 0) log.tell('warn', 'email events unreadable', { count: unreadable })
  try {
    await flows.deliveryReports.note(
      events.flatMap((event) => (event.kind === 'undeliverable' ? [event.report] : [])),
    )
    batch.ackAll()
  } catch (error) {
    log.failure('email events again', error, { count: messages.length })
    batch.retryAll({ delaySeconds: retryDelaySeconds(Math.max(...messages.map(({ attempts }) => attempts))) })
  }
}
