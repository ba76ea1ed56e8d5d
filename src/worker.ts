/**
 * Entry of the Worker: HTTP, the queue's consumer, the scheduled sweep, and the Durable Object classes. No logic.
 */
import { composeAggregate, composePorts } from './adapters/index.ts'
import { AttemptCounterObject } from './adapters/durable-object/attempt-counter.ts'
import { customerObjectClass } from './adapters/durable-object/customer-object.ts'
import { openMailbox } from './adapters/email/mailbox-transport.ts'
import { buildApp } from './app.ts'
import { ConfigurationError, readConfiguration, type Bindings, type OutboxQueueMessage } from './env.ts'
import { buildFlows } from './flows/index.ts'

export const CustomerObject = customerObjectClass<Bindings>(composeAggregate)
export { AttemptCounterObject }

/** Pause before a mail is tried again, by the number of attempts so far. */
const retryDelaySeconds = (attempts: number) => Math.min(3600, 5 * 2 ** attempts)

const services = new WeakMap<Bindings, ReturnType<typeof compose>>()

function compose(env: Bindings) {
  const { development } = readConfiguration(env)
  const flows = buildFlows(composePorts(env))
  const app = buildApp(flows, {
    development,
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
    const { mailDelivery } = serviceOf(env).flows
    for (const message of batch.messages) {
      const delaySeconds = retryDelaySeconds(message.attempts)
      try {
        await mailDelivery.deliver(message.body.id, delaySeconds)
        message.ack()
      } catch {
        message.retry({ delaySeconds })
      }
    }
  },

  async scheduled(_controller, env) {
    await serviceOf(env).flows.mailDelivery.sweep()
  },
} satisfies ExportedHandler<Bindings, OutboxQueueMessage>
