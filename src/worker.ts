/**
 * Entry of the Worker: HTTP, the consumers of the two queues, the scheduled sweep, and the Durable Object classes. No logic.
 */
import { composeAggregate, composePorts } from './adapters/index.ts'
import { AttemptCounterObject } from './adapters/durable-object/attempt-counter.ts'
import { customerObjectClass } from './adapters/durable-object/customer-object.ts'
import { openMailbox } from './adapters/email/mailbox-transport.ts'
import { buildApp } from './app.ts'
import { retryDelaySeconds } from './domain/mail.ts'
import { ConfigurationError, readConfiguration, type Bindings, type OutboxQueueMessage } from './env.ts'
import { buildFlows } from './flows/index.ts'
import type { Delivery } from './flows/mail-delivery.ts'

export const CustomerObject = customerObjectClass<Bindings>(composeAggregate)
export { AttemptCounterObject }

const deadLetters = 'patron-outbox-dead'

const services = new WeakMap<Bindings, ReturnType<typeof compose>>()

function compose(env: Bindings) {
  const { development, operatorToken } = readConfiguration(env)
  const flows = buildFlows(composePorts(env))
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
function logLine({ body, attempts }: Message<OutboxQueueMessage>, { kind, ...more }: Delivery): string {
  return JSON.stringify({ level: 'warn', event: `mail ${kind}`, mail: body.id, attempts, ...more })
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
    const { deliver, giveUp } = serviceOf(env).flows.mailDelivery
    const consume = batch.queue === deadLetters ? giveUp : deliver
    for (const message of batch.messages) {
      const delivery = await consume(message.body.id, message.attempts).catch((): Delivery => ({
        kind: 'again',
        delaySeconds: retryDelaySeconds(message.attempts),
      }))
      if (delivery.kind !== 'settled') console.warn(logLine(message, delivery))
      if (delivery.kind === 'again') message.retry({ delaySeconds: delivery.delaySeconds })
      else message.ack()
    }
  },

  async scheduled(_controller, env) {
    await serviceOf(env).flows.mailDelivery.sweep()
  },
} satisfies ExportedHandler<Bindings, OutboxQueueMessage>
