/**
 * A message on the wire ("Message"): what all have in common, and the payload of each type ("Customer Messages"). The
 * value of a one-time token is never shown: it is stored nowhere.
 */
import { isPublished, resourceTypeOf, type PublishedMessage } from '../../../domain/events/message.ts'
import type { EventMaterial } from '../../../domain/events/event.ts'
import type { JsonObject } from '../../../domain/base/json.ts'
import type { PresentedEvent } from '../../../flows/ports/index.ts'
import { presentActor, presentAddress, presentCustomer } from '../translate.ts'

export function presentMessage(message: PublishedMessage): object {
  const { id, publishedSequence, resourceVersion, createdAt, createdBy, identifiers, type } = message
  const by = createdBy && presentActor(createdBy)
  return {
    id,
    version: 1,
    sequenceNumber: publishedSequence,
    resource: { typeId: resourceTypeOf(type), id: resourceIdOf(message) },
    resourceVersion,
    ...(identifiers && { resourceUserProvidedIdentifiers: identifiers }),
    type,
    createdAt,
    lastModifiedAt: createdAt,
    ...(by && { createdBy: by, lastModifiedBy: by }),
    ...presentPayload(message),
  }
}

/** "Message delivery payload": the message with its project. Events of this format are made of published messages only. */
export function presentEvent({ tenant, message }: EventMaterial): PresentedEvent | undefined {
  if (!isPublished(message)) return undefined
  const shown = presentMessage(message) as JsonObject
  return {
    contentType: 'application/json',
    body: { notificationType: 'Message', projectKey: tenant, ...shown },
  }
}

function resourceIdOf(message: PublishedMessage): string {
  switch (message.type) {
    case 'CustomerPasswordTokenCreated':
    case 'CustomerEmailTokenCreated':
      return message.payload.tokenId
    default:
      return message.customerId
  }
}

/** Where the domain's word for a field is another one, or its form; everything else is shown as it is told. */
function presentPayload(message: PublishedMessage): object {
  switch (message.type) {
    case 'CustomerCreated':
      return { customer: presentCustomer(message.payload.customer) }
    case 'CustomerCompanyNameSet': {
      const { company } = message.payload
      return company === undefined ? {} : { companyName: company }
    }
    case 'CustomerAddressAdded':
    case 'CustomerAddressChanged':
    case 'CustomerAddressRemoved':
    case 'CustomerShippingAddressAdded':
    case 'CustomerShippingAddressRemoved':
    case 'CustomerBillingAddressAdded':
    case 'CustomerBillingAddressRemoved':
    case 'CustomerDefaultShippingAddressSet':
    case 'CustomerDefaultBillingAddressSet': {
      const { address, ...payload } = message.payload
      return { ...(address && { address: presentAddress(address) }), ...payload }
    }
    case 'CustomerPasswordTokenCreated':
    case 'CustomerEmailTokenCreated': {
      const { tokenId: _shownAsResource, ...payload } = message.payload
      return payload
    }
    case 'CustomerDeleted':
    case 'CustomerEmailChanged':
    case 'CustomerEmailVerified':
    case 'CustomerPasswordUpdated':
    case 'CustomerFirstNameSet':
    case 'CustomerLastNameSet':
    case 'CustomerTitleSet':
    case 'CustomerDateOfBirthSet':
    case 'CustomerExternalIdSet':
    case 'CustomerGroupSet':
    case 'CustomerGroupAssignmentAdded':
    case 'CustomerGroupAssignmentRemoved':
    case 'CustomerGroupAssignmentsSet':
    case 'CustomerStoresSet':
    case 'CustomerCustomTypeSet':
    case 'CustomerCustomTypeRemoved':
    case 'CustomerCustomFieldAdded':
    case 'CustomerCustomFieldChanged':
    case 'CustomerCustomFieldRemoved':
    case 'CustomerAddressCustomTypeSet':
    case 'CustomerAddressCustomTypeRemoved':
    case 'CustomerAddressCustomFieldAdded':
    case 'CustomerAddressCustomFieldChanged':
    case 'CustomerAddressCustomFieldRemoved':
      return message.payload
  }
}
