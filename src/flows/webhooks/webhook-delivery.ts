/**
 * The way of an event from its row to the receiver, for the queue's consumer and the scheduled sweep. The row is the order:
 * it comes with the change, and what happens to its queue message does not matter. An event is tried for two days; a
 * receiver that nothing arrives at for as long is given up, and the tenant's operator is told.
 */
import type { Customer } from '../../domain/customer/customer.ts'
import type { EventMaterial } from '../../domain/events/event.ts'
import type { StoredMessage } from '../../domain/events/message.ts'
import { canonicalJson, type JsonObject } from '../../domain/base/json.ts'
import { messageLostSeconds, type OutboxEntry } from '../../domain/mail/mail.ts'
import { siteOf } from '../../domain/mail/mail-template.ts'
import type { OneTimeToken } from '../../domain/credentials/one-time-token.ts'
import {
  deliveryLeaseSeconds,
  isPersistent,
  nextAttemptSeconds,
  withoutFields,
  type DisabledReason,
  type Webhook,
} from '../../domain/events/webhook.ts'
import type {
  Attempt,
  ClaimedDelivery,
  EventPresenters,
  Extent,
  OrderRef,
  Ports,
  QueuedOrder,
  WebhookOutcome,
  WebhookRequest,
} from '../ports/index.ts'

/** Pause before the sweep queues the same delivery again. */
const sweepAgainSeconds = 120
const sweepMax = 500

/** What is left to do with the queue message of a delivery. */
export type WebhookDeliveryResult = { kind: 'settled' } | { kind: 'again'; delaySeconds: number }

export function webhookDeliveryFlow(ports: WebhookDeliveryPorts, presenters: EventPresenters) {
  const { webhooks, webhookDeliveries, webhookQueue, webhookSender, webhookSecrets } = ports
  const { customerQuery, oneTimeTokens, tokenLinks, tenants, outboxQueue, ids, clock } = ports

  const sign = async (
    webhook: Webhook,
    id: string,
    body: JsonObject,
    contentType: string,
  ): Promise<WebhookRequest> => {
    const { secretNumber, previousSecretUntil = 0, url, format } = webhook
    const current = await webhookSecrets.secretOf(webhook, secretNumber)
    const secrets: WebhookRequest['secrets'] =
      clock.now() < previousSecretUntil
        ? [current, await webhookSecrets.secretOf(webhook, secretNumber - 1)]
        : [current]
    const timestamp = Math.floor(clock.now() / 1000)
    return { url, id, body: canonicalJson(body), contentType, timestamp, secrets, format }
  }

  /** Undefined when there is nothing to tell any more. */
  const present = async (delivery: ClaimedDelivery): Promise<WebhookRequest | undefined> => {
    const { webhook, message, eventId, event: name, sequence } = delivery
    if (!message) return undefined
    const { tenant } = webhook
    const findCustomer = () => customerQuery.find({ tenant, customerId: message.customerId })
    const customer = name === 'customer.updated' ? await findCustomer() : undefined
    const token = webhook.includeTokens ? tokenOf(message) : undefined
    const secret = token && (await secretOf(token))
    const link =
      name === 'customer.opt-in' && secret !== undefined
        ? await activationLink(tenant, await findCustomer(), secret)
        : undefined
    const material: EventMaterial = {
      ...{ eventId, name, tenant, sequence, message },
      ...(customer && { customer }),
      ...(secret !== undefined && { secret }),
      ...(link !== undefined && { link }),
    }
    const presented = presenters[webhook.format](material)
    if (!presented) return undefined
    const { body, contentType, payload } = presented
    const rest =
      payload === undefined
        ? withoutFields(body, webhook.excludedFields)
        : withoutFields(
            body,
            webhook.excludedFields.map((path) => `${payload}.${path}`),
          )
    return sign(webhook, eventId, rest, contentType)
  }

  const secretOf = async (token: OneTimeToken): Promise<string | undefined> =>
    token.expiresAt > clock.now() ? oneTimeTokens.publish(token) : undefined

  const activationLink = async (key: string, customer: Customer | undefined, secret: string) => {
    const tenant = await tenants.findTenant(key)
    return tenant && tokenLinks.linkTo(tenant, siteOf(tenant, undefined, customer?.site), 'opt_in', secret)
  }

  const queueNext = async (next: OrderRef | undefined): Promise<void> => {
    if (next) await webhookQueue.send([next])
  }

  /** The mail to the tenant's operator is ordered with it. */
  const disable = async ({ id, tenant: key }: Webhook, reason: DisabledReason): Promise<void> => {
    const createdAt = new Date(clock.now()).toISOString()
    const to = (await tenants.findTenant(key))?.settings.operatorEmail
    const notice: OutboxEntry | undefined =
      to === undefined
        ? undefined
        : {
            id: ids.operationId(),
            tenant: key,
            order: { kind: 'addressed', template: 'webhook-disabled', to, recipient: {} },
            createdAt,
          }
    const disabled = await webhooks.disable(key, id, createdAt, reason, notice)
    if (disabled && notice) await outboxQueue.send([notice])
  }

  const conclude = async (
    delivery: ClaimedDelivery,
    outcome: WebhookOutcome,
  ): Promise<WebhookDeliveryResult> => {
    const { webhook } = delivery
    const now = clock.now()
    const attempt: Attempt = {
      at: delivery.lastAttemptAt ?? now,
      ...(outcome.status !== undefined && { responseStatus: outcome.status }),
      ...('reason' in outcome && { reason: outcome.reason }),
    }
    switch (outcome.kind) {
      case 'delivered':
        await queueNext(await webhookDeliveries.conclude(delivery, attempt, 'delivered'))
        return { kind: 'settled' }
      case 'gone':
        await webhookDeliveries.conclude(delivery, attempt, 'failed')
        await disable(webhook, 'gone')
        return { kind: 'settled' }
      case 'failed': {
        const delaySeconds = nextAttemptSeconds(delivery, now, Math.random(), outcome.afterSeconds)
        if (delaySeconds !== undefined) {
          await webhookDeliveries.release(delivery, attempt, now + (delaySeconds + messageLostSeconds) * 1000)
          return { kind: 'again', delaySeconds }
        }
        const next = await webhookDeliveries.conclude(delivery, attempt, 'failed')
        if (isPersistent(webhook.failingSince ?? now, now)) await disable(webhook, 'failing')
        else await queueNext(next)
        return { kind: 'settled' }
      }
    }
  }

  return {
    async deliver(order: QueuedOrder): Promise<WebhookDeliveryResult> {
      const delivery = await webhookDeliveries.claim(order, clock.now(), deliveryLeaseSeconds)
      if (!delivery) return { kind: 'settled' }
      const request = await present(delivery)
      if (request) return conclude(delivery, await webhookSender.send(request))
      await queueNext(await webhookDeliveries.conclude(delivery, { at: clock.now() }, 'dropped'))
      return { kind: 'settled' }
    },

    /** Queues what has lost its message or its consumer, or is to be replayed; returns how many that were. */
    async sweep(of: Extent): Promise<number> {
      const now = clock.now()
      const due = await webhookDeliveries.takeDue(of, now, now + sweepAgainSeconds * 1000, sweepMax)
      if (due.length > 0) await webhookQueue.send(due)
      return due.length
    },

    /** Sends an event that is about nothing, and says what came of it. */
    async ping(webhook: Webhook): Promise<WebhookOutcome> {
      const [id, now] = [ids.operationId(), clock.now()]
      const source = `/${webhook.tenant}/webhooks/${webhook.id}`
      const time = new Date(now).toISOString()
      const body = { specversion: '1.0', id, source, type: 'webhook.ping', time }
      const contentType =
        webhook.format === 'cloudevents' ? 'application/cloudevents+json' : 'application/json'
      return webhookSender.send(await sign(webhook, id, body, contentType))
    },
  }
}

function tokenOf(message: StoredMessage): OneTimeToken | undefined {
  switch (message.type) {
    case 'CustomerOptInRequested':
    case 'CustomerPasswordResetRequested':
    case 'CustomerEmailChangeRequested':
      return message.payload.token
    default:
      return undefined
  }
}

export type WebhookDeliveryFlow = ReturnType<typeof webhookDeliveryFlow>

type WebhookDeliveryPorts = Pick<
  Ports,
  | 'webhooks'
  | 'webhookDeliveries'
  | 'webhookQueue'
  | 'webhookSender'
  | 'webhookSecrets'
  | 'customerQuery'
  | 'oneTimeTokens'
  | 'tokenLinks'
  | 'tenants'
  | 'outboxQueue'
  | 'ids'
  | 'clock'
>
