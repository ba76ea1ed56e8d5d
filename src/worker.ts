/**
 * Entry of the Worker: HTTP, the queues, the schedule, and the Durable Object classes. No logic.
 */
import { composeAggregate, composePorts } from './adapters/index.ts'
import { AttemptCounterObject } from './adapters/durable-object/attempt-counter.ts'
import { customerObjectClass } from './adapters/durable-object/customer-object.ts'
import { openMailbox } from './adapters/email/transports/mailbox-transport.ts'
import { consoleLog } from './adapters/log/json-log.ts'
import { buildApp, eventPresenters } from './app.ts'
import { ConfigurationError, readConfiguration, type Bindings } from './env.ts'
import { buildFlows } from './flows/index.ts'
import { consumeBatch } from './queues.ts'
import { runSchedule } from './schedule.ts'

const log = consoleLog()

export const CustomerObject = customerObjectClass<Bindings>(composeAggregate, log)
export { AttemptCounterObject }

const services = new WeakMap<Bindings, ReturnType<typeof compose>>()

function compose(env: Bindings) {
  const { development, operatorToken } = readConfiguration(env)
  const flows = buildFlows(composePorts(env, log), eventPresenters)
  const app = buildApp(flows, {
    development,
    operatorToken,
    log,
    ...(development ? { mailbox: openMailbox(env.DB) } : {}),
  })
  return { flows, app, log }
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
      log.tell('error', 'configuration', { message: error.message })
      return Response.json(
        { status: 503, type: 'service_temporarily_unavailable', message: error.message },
        { status: 503 },
      )
    }
  },

  async queue(batch, env) {
    await consumeBatch(batch, serviceOf(env))
  },

  async scheduled({ cron }, env) {
    await runSchedule(cron, serviceOf(env))
  },
} satisfies ExportedHandler<Bindings, unknown>
