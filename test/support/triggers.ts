/**
 * What calls the Worker besides requests, by hand: a batch of one of its queues, and the cron trigger.
 */
import {
  createExecutionContext,
  createMessageBatch,
  createScheduledController,
  getQueueResult,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { Bindings } from '../../src/env.ts'
import worker from '../../src/worker.ts'

/** Messages with these bodies, whose ids are their places, delivered for the nth time. */
export function batchOf<Body>(queue: string, bodies: readonly Body[], attempts = 1): MessageBatch<Body> {
  const timestamp = new Date()
  const messages = bodies.map((body, index) => ({ id: String(index), timestamp, attempts, body }))
  return createMessageBatch(queue, messages)
}

/** Which messages the consumer has acknowledged, and which it wants again. */
export async function consume(batch: MessageBatch, bindings: Bindings = env) {
  await worker.queue(batch, bindings)
  return getQueueResult(batch, createExecutionContext())
}

export function runCron(cron = '* * * * *'): Promise<void> {
  return worker.scheduled(createScheduledController({ cron }), env)
}
