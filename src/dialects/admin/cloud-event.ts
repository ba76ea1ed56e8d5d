/**
 * Events as CloudEvents 1.0 in structured mode (JSON format), with the extension `sequence`. The data are our own words for
 * what has happened; nothing of a one-time token is in them but, for a subscription that asks for it, its secret.
 */
import type { EventMaterial } from '../../domain/events/event.ts'
import type { StoredMessage } from '../../domain/events/message.ts'
import type { JsonObject } from '../../domain/base/json.ts'
import type { PresentedEvent } from '../../flows/ports/index.ts'

export function presentCloudEvent(material: EventMaterial): PresentedEvent {
  const { eventId, name, tenant, sequence, message, secret } = material
  const { createdBy } = message
  return {
    contentType: 'application/cloudevents+json',
    payload: 'data',
    body: {
      specversion: '1.0',
      id: eventId,
      source: `/${tenant}/customers`,
      type: name,
      subject: message.customerId,
      time: message.createdAt,
      // As text of one length, so that its order is that of the numbers.
      sequence: String(sequence).padStart(12, '0'),
      datacontenttype: 'application/json',
      data: {
        customerId: message.customerId,
        version: message.resourceVersion,
        ...(createdBy && { createdBy: { ...createdBy } }),
        ...dataOf(message),
        ...(secret === undefined ? {} : { token: secret }),
      },
    },
  }
}

function dataOf({ payload }: StoredMessage): JsonObject {
  const { token: _place, tokenId: _id, ...data } = payload as unknown as JsonObject
  return data
}
