/**
 * "Webhooks": a tenant's subscriptions to events, the log of their deliveries, and sending again.
 */
import type { Webhook } from '../../domain/events/webhook.ts'
import type { Result } from '../../domain/base/result.ts'
import type { WebhookDelivery, WebhookOutcome } from '../../flows/ports/index.ts'
import type { WebhookWithSecret } from '../../flows/webhooks/webhooks.ts'
import { endpoint, type Access, type Endpoint } from '../../http/endpoint.ts'
import type { Reply } from '../../http/failure.ts'
import { presentFailure } from './error.ts'
import { DeliveryQuery, Replay, WebhookDraft, WebhookPatch } from './schema.ts'

const viewer: Access<'service'> = {
  kinds: ['service'],
  scopes: ['admin.webhook_read', 'admin.webhook_manage'],
}
const manager: Access<'service'> = { kinds: ['service'], scopes: ['admin.webhook_manage'] }
const all = '/admin/:tenant/webhooks'
const one = `${all}/:webhookId`

export const webhookEndpoints: Endpoint[] = [
  endpoint({
    method: 'get',
    path: all,
    heading: 'List webhooks',
    access: viewer,
    async handle({ tenant, flows }) {
      return { status: 200, body: { webhooks: (await flows.webhooks.list(tenant)).map(presentWebhook) } }
    },
  }),

  endpoint({
    method: 'post',
    path: all,
    heading: 'Create a webhook',
    access: manager,
    body: WebhookDraft,
    async handle({ tenant, body, flows }) {
      return reply(201, await flows.webhooks.create(tenant, body), presentWithSecret)
    },
  }),

  endpoint({
    method: 'get',
    path: one,
    heading: 'Get a webhook',
    access: viewer,
    async handle({ tenant, parameters, flows }) {
      return reply(200, await flows.webhooks.find(tenant, idOf(parameters)), presentWebhook)
    },
  }),

  endpoint({
    method: 'patch',
    path: one,
    heading: 'Change a webhook',
    access: manager,
    body: WebhookPatch,
    async handle({ tenant, parameters, body, flows }) {
      return reply(200, await flows.webhooks.change(tenant, idOf(parameters), body), presentWebhook)
    },
  }),

  endpoint({
    method: 'delete',
    path: one,
    heading: 'Delete a webhook',
    access: manager,
    async handle({ tenant, parameters, flows }) {
      return reply(204, await flows.webhooks.remove(tenant, idOf(parameters)))
    },
  }),

  endpoint({
    method: 'post',
    path: `${one}/secret`,
    heading: 'Rotate the secret',
    access: manager,
    async handle({ tenant, parameters, flows }) {
      return reply(200, await flows.webhooks.rotateSecret(tenant, idOf(parameters)), presentWithSecret)
    },
  }),

  endpoint({
    method: 'post',
    path: `${one}/ping`,
    heading: 'Send a test event',
    access: manager,
    async handle({ tenant, parameters, flows }) {
      return reply(200, await flows.webhooks.ping(tenant, idOf(parameters)), presentOutcome)
    },
  }),

  endpoint({
    method: 'get',
    path: `${one}/deliveries`,
    heading: 'Read the delivery log',
    access: viewer,
    query: DeliveryQuery,
    async handle({ tenant, parameters, query, flows }) {
      const found = await flows.webhooks.deliveries(tenant, idOf(parameters), query)
      return reply(200, found, (deliveries) => presentPage(deliveries, query.limit))
    },
  }),

  endpoint({
    method: 'post',
    path: `${one}/replay`,
    heading: 'Send events again',
    access: manager,
    body: Replay,
    async handle({ tenant, parameters, body, flows }) {
      const count = await flows.webhooks.replay(tenant, idOf(parameters), body)
      return reply(202, count, (replayed) => ({ replayed }))
    },
  }),
]

function idOf({ webhookId = '' }: Record<string, string>): string {
  return webhookId
}

function reply<T>(status: number, outcome: Result<T>, present?: (value: T) => unknown): Reply {
  if (!outcome.ok) return presentFailure(outcome.error)
  return present ? { status, body: present(outcome.value) } : { status }
}

function presentWebhook(webhook: Webhook) {
  const { id, url, format, events, excludedFields, includeTokens, createdAt, modifiedAt } = webhook
  const { previousSecretUntil, failingSince, disabled } = webhook
  return {
    ...{ id, url, format, events, excludedFields, includeTokens },
    enabled: disabled === undefined,
    ...(disabled && { disabledAt: disabled.at, disabledReason: disabled.reason }),
    ...(failingSince !== undefined && { failingSince: instantOf(failingSince) }),
    ...(previousSecretUntil !== undefined && { previousSecretUntil: instantOf(previousSecretUntil) }),
    createdAt,
    modifiedAt,
  }
}

function presentWithSecret({ webhook, secret }: WebhookWithSecret) {
  return { ...presentWebhook(webhook), secret }
}

function presentOutcome(outcome: WebhookOutcome) {
  const { status } = outcome
  return {
    delivered: outcome.kind === 'delivered',
    ...(status !== undefined && { responseStatus: status }),
    ...('reason' in outcome && { reason: outcome.reason }),
  }
}

/** `next` is what to send as `after` for the page behind a full one. */
function presentPage(deliveries: WebhookDelivery[], limit: number) {
  const last = deliveries.length === limit ? deliveries.at(-1)?.id : undefined
  return { deliveries: deliveries.map(presentDelivery), ...(last !== undefined && { next: last }) }
}

function presentDelivery({ firstAttemptAt, lastAttemptAt, ...delivery }: WebhookDelivery) {
  return {
    ...delivery,
    ...(firstAttemptAt !== undefined && { firstAttemptAt: instantOf(firstAttemptAt) }),
    ...(lastAttemptAt !== undefined && { lastAttemptAt: instantOf(lastAttemptAt) }),
  }
}

function instantOf(time: number): string {
  return new Date(time).toISOString()
}
