/**
 * The statement that turns the events of a change into deliveries, in the batch of the change: one row for each subscription
 * of the tenant that wants the event. For a tenant without subscriptions it finds nothing and costs no further call.
 */
import type { EventOfMessage } from '../../../domain/events/event.ts'
import { messageLostSeconds } from '../../../domain/mail/mail.ts'
import { everyEvent } from '../../../domain/events/webhook.ts'
import type { Statement } from '../database.ts'

const text = `insert into "webhook_deliveries" (id, tenant, webhook_id, event_id, event, message_id, customer_id, sequence,
  created_at, status, attempts, claimed_until, due_at)
SELECT hook.id || ':' || (event.value ->> '$.eventId'), hook.tenant, hook.id, event.value ->> '$.eventId',
  event.value ->> ('$.names.' || hook.format), event.value ->> '$.messageId', event.value ->> '$.customerId', event.value ->> '$.sequence',
  ?, 'pending', 0, 0, ?
FROM webhooks AS hook CROSS JOIN json_each(?) AS event
WHERE hook.tenant = ? AND hook.disabled_at IS NULL AND event.value ->> ('$.names.' || hook.format) IS NOT NULL
  AND EXISTS (SELECT 1 FROM json_each(hook.events) AS wanted
    WHERE wanted.value IN ('${everyEvent}', event.value ->> ('$.names.' || hook.format)))
RETURNING id AS deliveryId`

export interface EventOfCustomer extends EventOfMessage {
  customerId: string
}

export function deliveriesOf(tenant: string, events: readonly EventOfCustomer[], now: number): Statement {
  const createdAt = new Date(now).toISOString()
  const params = [createdAt, now + messageLostSeconds * 1000, JSON.stringify(events), tenant]
  return { toSQL: () => ({ sql: text, params }) }
}
