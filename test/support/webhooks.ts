/**
 * Webhooks for tests inside workerd: subscriptions made over the API, each with a place of its own at the receiver.
 */
import { env } from 'cloudflare:workers'
import { expect, inject } from 'vitest'
import { call, serviceToken } from './client.ts'
import type { ReceivedEvent, ReceiverPlan } from './webhook-receiver.ts'

export interface Subscription {
  id: string
  /** Of its place at the receiver. */
  key: string
  secret: string
  url: string
  path: string
  tenant: string
  token: string
  /** What has arrived, in the order of arrival; waits until there are so many. */
  received(count?: number): Promise<ReceivedEvent[]>
  plan(plan: ReceiverPlan): Promise<void>
}

export async function subscribe(
  tenant: string,
  overrides: Record<string, unknown> = {},
  plan: ReceiverPlan = {},
): Promise<Subscription> {
  const [key, token, base] = [crypto.randomUUID(), await serviceToken(tenant), inject('webhookReceiver')]
  const body = { url: `${base}/${key}`, format: 'cloudevents', events: ['*'], ...overrides }
  const made = await call<{ id: string; secret: string; url: string }>('POST', `/admin/${tenant}/webhooks`, {
    token,
    body,
  })
  expect(made.status, made.text).toBe(201)
  const { id, secret, url } = made.body
  const subscription: Subscription = {
    ...{ id, key, secret, url, tenant, token, path: `/admin/${tenant}/webhooks/${id}` },
    async plan(next) {
      await fetch(`${base}/plan/${key}`, { method: 'PUT', body: JSON.stringify(next) })
    },
    async received(count = 0) {
      const deadline = Date.now() + 10_000
      for (;;) {
        const events: ReceivedEvent[] = await (await fetch(`${base}/received/${key}`)).json()
        if (events.length >= count) return events
        if (Date.now() > deadline) throw new Error(`${events.length} of ${count} event(s) within 10 seconds`)
        await new Promise((resolve) => setTimeout(resolve, 25))
      }
    },
  }
  await subscription.plan({ secret, ...plan })
  return subscription
}

/** Ids of deliveries to a subscription, in order. */
export async function pendingOf({ id }: Subscription): Promise<string[]> {
  const { results } = await env.DB.prepare(
    "SELECT id FROM webhook_deliveries WHERE webhook_id = ? AND status = 'pending' ORDER BY sequence",
  )
    .bind(id)
    .all<{ id: string }>()
  return results.map((row) => row.id)
}
