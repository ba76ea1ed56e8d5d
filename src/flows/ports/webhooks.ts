/**
 * The ports around webhooks: subscriptions, the deliveries of their events, and the way to a receiver.
 */
import type { MailedTokenPurpose } from '../../domain/base/names.ts'
import type { EventFormat, EventMaterial } from '../../domain/events/event.ts'
import type { StoredMessage } from '../../domain/events/message.ts'
import type { JsonObject } from '../../domain/base/json.ts'
import type { OutboxEntry } from '../../domain/mail/mail.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { DisabledReason, Webhook } from '../../domain/events/webhook.ts'
import type { DatabaseName, Extent, OrderRef, QueuedOrder } from './tenants.ts'
import type { Kept } from './messages.ts'

export interface Webhooks {
  list(tenant: string): Promise<Webhook[]>
  find(tenant: string, id: string): Promise<Webhook | undefined>
  insert(webhook: Webhook): Promise<void>
  /** Writes over what is there; undefined when nothing is. */
  change(tenant: string, id: string, changes: WebhookChanges): Promise<Webhook | undefined>
  /** The next secret; the one before stays good until then. */
  rotateSecret(tenant: string, id: string, at: string, previousUntil: number): Promise<Webhook | undefined>
  /** Its deliveries go with it. */
  remove(tenant: string, id: string): Promise<boolean>
  /** What was still to be delivered counts as failed. False, and no notice, when it was disabled already. */
  disable(
    tenant: string,
    id: string,
    at: string,
    reason: DisabledReason,
    notice?: OutboxEntry,
  ): Promise<boolean>
}

export type WebhookChanges = Partial<Pick<Webhook, 'url' | 'events' | 'excludedFields' | 'includeTokens'>> & {
  modifiedAt: string
  enabled?: boolean
}

export interface WebhookDeliveries {
  /** Takes a delivery for `leaseSeconds`, unless an earlier one of the same customer is still to be made. */
  claim(order: QueuedOrder, now: number, leaseSeconds: number): Promise<ClaimedDelivery | undefined>
  /** Gives a delivery back after a failed attempt; its next message counts as lost from `dueAt` on. */
  release(delivery: ClaimedDelivery, attempt: Attempt, dueAt: number): Promise<void>
  /** Ends a delivery; answers the customer's next one, if there is one. */
  conclude(
    delivery: ClaimedDelivery,
    attempt: Attempt,
    status: Exclude<DeliveryStatus, 'pending'>,
  ): Promise<OrderRef | undefined>
  /** Those whose queue messages count as lost and that wait for no other; they are due again at `nextDueAt`. */
  takeDue(of: Extent, now: number, nextDueAt: number, limit: number): Promise<OrderRef[]>
  /** The newest first. */
  page(tenant: string, webhookId: string, request: DeliveryPageRequest): Promise<WebhookDelivery[]>
  /** Makes deliveries pending again that are not, and says how many. */
  replay(tenant: string, webhookId: string, which: ReplayRequest, now: number): Promise<number>
  /** Removes at most `limit` deliveries from before what each tenant keeps, and says how many. */
  forget(database: DatabaseName, kept: readonly Kept[], limit: number): Promise<number>
}

/** `dropped`: there is nothing to tell any more, because the customer has been erased. */
export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'dropped'

export interface WebhookDelivery {
  id: string
  eventId: string
  event: string
  customerId: string
  sequence: number
  createdAt: string
  status: DeliveryStatus
  attempts: number
  firstAttemptAt?: number
  lastAttemptAt?: number
  responseStatus?: number
  failureReason?: string
}

export interface ClaimedDelivery extends WebhookDelivery {
  firstAttemptAt: number
  webhook: Webhook
  /** Absent when it has been removed with its customer. */
  message?: StoredMessage
}

export interface Attempt {
  at: number
  responseStatus?: number
  reason?: string
}

export interface DeliveryPageRequest {
  status?: DeliveryStatus | undefined
  eventId?: string | undefined
  /** Id of the last delivery of the page before. */
  after?: string | undefined
  limit: number
}

export type ReplayRequest = { eventId: string } | { from: string; to: string }

export interface WebhookRequest {
  url: string
  id: string
  body: string
  contentType: string
  /** Seconds since the epoch. */
  timestamp: number
  secrets: [current: string, previous?: string]
  format: EventFormat
}

/** What came of it; nothing of what the receiver answered but its status. */
export type WebhookOutcome =
  | { kind: 'delivered'; status: number }
  | { kind: 'gone'; status: number; reason: string }
  | { kind: 'failed'; reason: string; status?: number; afterSeconds?: number }

export interface WebhookSender {
  /** Whether events may be sent to the address at all. */
  accepts(url: string): boolean
  send(request: WebhookRequest): Promise<WebhookOutcome>
}

export interface WebhookSecrets {
  secretOf(webhook: Pick<Webhook, 'tenant' | 'id'>, number: number): Promise<string>
}

/** Where a mail about a one-time token leads to. */
export interface TokenLinks {
  linkTo(tenant: Tenant, site: string | undefined, purpose: MailedTokenPurpose, secret: string): string
}

/** Each format's way to present an event. Undefined: it has no such event. */
export type EventPresenters = Record<EventFormat, (material: EventMaterial) => PresentedEvent | undefined>

export interface PresentedEvent {
  contentType: string
  body: JsonObject
  /** The member that fields can be left out of; absent: the body. */
  payload?: string
}
