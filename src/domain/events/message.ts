/**
 * Messages: what happened to a customer, one per effect, written in the batch of the change. They hold everything that
 * who follows them needs to know, and nothing secret. Types are commercetools' ("Customer Messages"), where it has one;
 * those that it does not have are internal: they are kept in the record and never shown.
 */
import type { Actor } from '../base/actor.ts'
import type { AnonymousLink } from '../customer/cart.ts'
import type { Address } from '../customer/address.ts'
import type { CustomFields } from '../customer/custom-fields.ts'
import type { Customer } from '../customer/customer.ts'
import type { Json, JsonObject } from '../base/json.ts'
import type { OneTimeToken } from '../credentials/one-time-token.ts'
import type { KeyReference, Reference } from '../resources/resource.ts'

/** By type. A field that was unset is absent. */
interface Payloads {
  CustomerCreated: { customer: Customer }
  /** The e-mail as long as the messages before it are kept too. */
  CustomerDeleted: { email?: string }
  CustomerEmailChanged: { email: string; oldEmail: string }
  CustomerEmailVerified: Nothing
  CustomerPasswordUpdated: { reset: boolean }
  CustomerPasswordTokenCreated: TokenCreated
  CustomerEmailTokenCreated: TokenCreated
  CustomerFirstNameSet: { firstName?: string }
  CustomerLastNameSet: { lastName?: string }
  CustomerTitleSet: { title?: string }
  CustomerCompanyNameSet: { company?: string }
  CustomerDateOfBirthSet: { dateOfBirth?: string }
  CustomerExternalIdSet: { externalId?: string }
  CustomerAddressAdded: { address: Address }
  CustomerAddressChanged: AddressInUse
  CustomerAddressRemoved: AddressInUse
  CustomerShippingAddressAdded: { address: Address }
  CustomerShippingAddressRemoved: { address: Address }
  CustomerBillingAddressAdded: { address: Address }
  CustomerBillingAddressRemoved: { address: Address }
  CustomerDefaultShippingAddressSet: { address?: Address }
  CustomerDefaultBillingAddressSet: { address?: Address }
  CustomerGroupSet: { customerGroup?: Reference }
  CustomerGroupAssignmentAdded: { customerGroupAssignment: GroupAssignment }
  CustomerGroupAssignmentRemoved: { customerGroupAssignment: GroupAssignment }
  CustomerGroupAssignmentsSet: {
    customerGroupAssignments: GroupAssignment[]
    oldCustomerGroupAssignments: GroupAssignment[]
  }
  CustomerStoresSet: { stores: KeyReference[]; oldStores: KeyReference[] }
}

interface InternalPayloads {
  CustomerProfileChanged: JsonObject
  CustomerDefaultAddressSet: { address?: Address }
  CustomerLoggedIn: { sessionId?: string }
  CustomerOptInRequested: { token: OneTimeToken }
  /** At the wish of a stranger who named the address. */
  CustomerOptInResent: { email: string }
  CustomerPasswordResetRequested: { email: string; token: OneTimeToken; site?: string }
  CustomerEmailChangeRequested: { email: string; newEmail: string; token: OneTimeToken }
  CustomerAccountAdded: { email: string }
  /** Of an account beside the first, whose e-mail is not the customer's. */
  CustomerAccountEmailChanged: { email: string; oldEmail: string }
  CustomerSessionStolen: { sessionId: string }
  /** A customer who was a visitor before has signed in. */
  CustomerAnonymousSessionLinked: AnonymousLink
  CustomerAssistedLogin: { sessionId: string }
  CustomerPasswordExpired: Nothing
}

/** Of a customer's custom fields, and of an address's. */
export interface CustomPayloads {
  TypeSet: { customFields: CustomFields; previousTypeId?: string }
  TypeRemoved: { previousTypeId?: string }
  FieldAdded: { name: string; value: Json }
  FieldChanged: { name: string; value: Json; previousValue: Json }
  FieldRemoved: { name: string }
}

type Nothing = { [name: string]: never }
type GroupAssignment = { customerGroup: Reference }
export type AddressRole = 'Shipping' | 'Billing'

interface AddressInUse {
  address: Address
  addressRoles: AddressRole[]
}

/** The token's id finds nothing: the secret is derived from it with a key. */
interface TokenCreated {
  tokenId: string
  customerId: string
  expiresAt: string
  invalidateOlderTokens: boolean
}

/** What others get to see. */
type SharedMessage =
  | { [T in keyof Payloads]: { type: T; payload: Payloads[T] } }[keyof Payloads]
  | {
      [C in keyof CustomPayloads]:
        | { type: `CustomerCustom${C}`; payload: CustomPayloads[C] }
        | { type: `CustomerAddressCustom${C}`; payload: CustomPayloads[C] & { addressId: string } }
    }[keyof CustomPayloads]

type InternalMessage = {
  [T in keyof InternalPayloads]: { type: T; payload: InternalPayloads[T] }
}[keyof InternalPayloads]

export type Message = SharedMessage | InternalMessage
export type MessageType = Message['type']
/** About mails that are ordered without knowing whether the address belongs to an account. */
export type RequestedMailMessage = Extract<
  Message,
  { type: 'CustomerOptInResent' | 'CustomerPasswordResetRequested' }
>

const published: Record<keyof Payloads, true> = {
  CustomerCreated: true,
  CustomerDeleted: true,
  CustomerEmailChanged: true,
  CustomerEmailVerified: true,
  CustomerPasswordUpdated: true,
  CustomerPasswordTokenCreated: true,
  CustomerEmailTokenCreated: true,
  CustomerFirstNameSet: true,
  CustomerLastNameSet: true,
  CustomerTitleSet: true,
  CustomerCompanyNameSet: true,
  CustomerDateOfBirthSet: true,
  CustomerExternalIdSet: true,
  CustomerAddressAdded: true,
  CustomerAddressChanged: true,
  CustomerAddressRemoved: true,
  CustomerShippingAddressAdded: true,
  CustomerShippingAddressRemoved: true,
  CustomerBillingAddressAdded: true,
  CustomerBillingAddressRemoved: true,
  CustomerDefaultShippingAddressSet: true,
  CustomerDefaultBillingAddressSet: true,
  CustomerGroupSet: true,
  CustomerGroupAssignmentAdded: true,
  CustomerGroupAssignmentRemoved: true,
  CustomerGroupAssignmentsSet: true,
  CustomerStoresSet: true,
}

const customChanges: Record<keyof CustomPayloads, true> = {
  TypeSet: true,
  TypeRemoved: true,
  FieldAdded: true,
  FieldChanged: true,
  FieldRemoved: true,
}

const internal: Record<InternalMessage['type'], true> = {
  CustomerProfileChanged: true,
  CustomerDefaultAddressSet: true,
  CustomerLoggedIn: true,
  CustomerOptInRequested: true,
  CustomerOptInResent: true,
  CustomerPasswordResetRequested: true,
  CustomerEmailChangeRequested: true,
  CustomerAccountAdded: true,
  CustomerAccountEmailChanged: true,
  CustomerSessionStolen: true,
  CustomerAnonymousSessionLinked: true,
  CustomerAssistedLogin: true,
  CustomerPasswordExpired: true,
}

export const internalMessageTypes = Object.keys(internal)
export const publishedMessageTypes = [
  ...Object.keys(published),
  ...Object.keys(customChanges).flatMap((change) => [
    `CustomerCustom${change}`,
    `CustomerAddressCustom${change}`,
  ]),
]

interface StoredFields {
  id: string
  customerId: string
  resourceVersion: number
  createdAt: string
  /** Its number within what it is about; absent for internal messages. */
  publishedSequence?: number
  createdBy?: Actor
  identifiers?: Identifiers
}

/** A message as it has been written. */
export type StoredMessage = Message & StoredFields

/** A stored message that others get to see. */
export type PublishedMessage = SharedMessage & StoredFields & { publishedSequence: number }

export function isPublished(message: StoredMessage): message is PublishedMessage {
  return message.publishedSequence !== undefined
}

/** Whether others get to see messages of this type. */
export function isPublishedType(type: MessageType): type is SharedMessage['type'] {
  return !Object.hasOwn(internal, type)
}

const tokenResources = {
  CustomerPasswordTokenCreated: 'customer-password-token',
  CustomerEmailTokenCreated: 'customer-email-token',
} as const
export const tokenMessageTypes = Object.keys(tokenResources) as (keyof typeof tokenResources)[]

/** What a published message is about: the customer, or one of its tokens. */
export function resourceTypeOf(type: MessageType) {
  return isTokenMessage(type) ? tokenResources[type] : 'customer'
}

/** Bytes of JSON that the messages of one request may have: many actions can each repeat a large address. */
export const messagesSizeMaxBytes = 4 * 1024 * 1024

/**
 * The numbers of messages within the resource that each is about, without gaps: those about the customer go on from `last`,
 * a token's only message is the first, and internal ones have none.
 */
export function publishedSequences(last: number, messages: readonly Message[]) {
  let customers = last
  const sequences = messages.map(({ type }) => {
    if (!isPublishedType(type)) return undefined
    return isTokenMessage(type) ? 1 : (customers += 1)
  })
  return { sequences, last: customers }
}

/** Names that a merchant gave the customer, for those who know it by these only. */
export interface Identifiers {
  key?: string
  externalId?: string
  customerNumber: string
}

export function identifiersOf({
  id,
  key,
  externalId,
  customerNumber = id,
}: Pick<Customer, 'id' | 'key' | 'externalId' | 'customerNumber'>): Identifiers {
  return {
    ...(key !== undefined && { key }),
    ...(externalId !== undefined && { externalId }),
    customerNumber,
  }
}

function isTokenMessage(type: MessageType): type is keyof typeof tokenResources {
  return Object.hasOwn(tokenResources, type)
}
