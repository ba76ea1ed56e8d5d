/**
 * Events: what becomes of messages for those who subscribed to them, and under which name in each format. A message is
 * one event in commercetools' format ("Messages") and in CloudEvents; Emporix ("Customer events") has coarser ones, so
 * there one change is one `customer.updated`, however much it did. Presenting them is the dialects' business.
 */
import type { Actor } from '../base/actor.ts'
import type { Customer } from '../customer/customer.ts'
import {
  internalMessageTypes,
  isPublishedType,
  publishedMessageTypes,
  type MessageType,
  type StoredMessage,
} from './message.ts'

export const eventFormats = ['emporix', 'commercetools', 'cloudevents'] as const
export type EventFormat = (typeof eventFormats)[number]

export const emporixEvents = [
  'customer.created',
  'customer.sign-up',
  'customer.updated',
  'customer.deleted',
  'customer.opt-in',
  'customer.refresh-token',
  'customer.logged.in',
  'customer.password-reset',
  'customer.email-change-request',
  'customer.email-change',
] as const
export type EmporixEvent = (typeof emporixEvents)[number]

/** The names that a subscription may list. */
export const eventNames: Record<EventFormat, readonly string[]> = {
  emporix: emporixEvents,
  commercetools: publishedMessageTypes,
  cloudevents: [...publishedMessageTypes, ...internalMessageTypes],
}

/** An event of one message, before it is known which webhooks want it. */
export interface EventOfMessage {
  /** Stays the same however often the event is sent, and for every subscription. */
  eventId: string
  messageId: string
  sequence: number
  names: { [F in EventFormat]?: string }
}

interface NumberedMessage {
  id: string
  sequence: number
  type: MessageType
}

/** In the order of the messages, which are those of one change. */
export function eventsOf(messages: readonly NumberedMessage[], actor: Actor | undefined): EventOfMessage[] {
  const byVisitor = actor?.anonymousId !== undefined
  const lastUpdate = messages.some(({ type }) => type === 'CustomerCreated')
    ? undefined
    : messages.findLast(({ type }) => isUpdate(type))
  return messages.flatMap((message): EventOfMessage[] => {
    const { id, sequence, type } = message
    const emporix = emporixEventOf(type)
    const own: EventOfMessage = {
      ...{ eventId: id, messageId: id, sequence },
      names: {
        ...(emporix && { emporix }),
        ...(isPublishedType(type) && { commercetools: type }),
        cloudevents: type,
      },
    }
    const more = (suffix: string, name: EmporixEvent): EventOfMessage => ({
      ...{ eventId: `${id}-${suffix}`, messageId: id, sequence },
      names: { emporix: name },
    })
    if (type === 'CustomerCreated' && byVisitor) return [own, more('sign-up', 'customer.sign-up')]
    return message === lastUpdate ? [own, more('updated', 'customer.updated')] : [own]
  })
}

function emporixEventOf(type: MessageType): EmporixEvent | undefined {
  switch (type) {
    case 'CustomerCreated':
      return 'customer.created'
    case 'CustomerDeleted':
      return 'customer.deleted'
    case 'CustomerLoggedIn':
      return 'customer.logged.in'
    case 'CustomerOptInRequested':
      return 'customer.opt-in'
    case 'CustomerOptInResent':
      return 'customer.refresh-token'
    case 'CustomerPasswordResetRequested':
      return 'customer.password-reset'
    case 'CustomerEmailChangeRequested':
      return 'customer.email-change-request'
    case 'CustomerEmailChanged':
    case 'CustomerAccountEmailChanged':
      return 'customer.email-change'
    default:
      return undefined
  }
}

/** What does not show in the customer is no update of it. */
const noUpdates: ReadonlySet<MessageType> = new Set<MessageType>([
  'CustomerDeleted',
  'CustomerLoggedIn',
  'CustomerOptInRequested',
  'CustomerOptInResent',
  'CustomerPasswordResetRequested',
  'CustomerEmailChangeRequested',
  'CustomerPasswordUpdated',
  'CustomerPasswordTokenCreated',
  'CustomerEmailTokenCreated',
  'CustomerSessionStolen',
])

function isUpdate(type: MessageType): boolean {
  return !noUpdates.has(type)
}

/** Everything that an event can be made of. */
export interface EventMaterial {
  eventId: string
  name: string
  tenant: string
  /** Position among everything that happened to the customer; with gaps for those who do not get everything. */
  sequence: number
  message: StoredMessage
  /** As it is now; for the events that show the whole customer. */
  customer?: Customer
  /** Secret of the one-time token that the event is about; only for a subscription that asks for it. */
  secret?: string
  /** Where the mail with that token leads to; for the event that asks to opt in. */
  link?: string
}
