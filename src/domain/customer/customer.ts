/**
 * The customer: one record that both dialects read and write.
 * Fields that are unset are absent. Login identities and secrets are not here but in `credentials.ts`.
 */
import type { Actor } from '../base/actor.ts'
import type { Address, AddressBook, MixinSchemas } from './address.ts'
import type { ContactAssignment } from './company.ts'
import type { CustomFields } from './custom-fields.ts'
import type { JsonObject } from '../base/json.ts'
import type { KeyReference, Reference } from '../resources/resource.ts'
import { fail, ok, type Result } from '../base/result.ts'

/** Single-valued text fields that a client may set or clear, in the order in which they are shown. */
export const profileTextFields = [
  'title',
  'salutation',
  'firstName',
  'middleName',
  'lastName',
  'dateOfBirth',
  'contactEmail',
  'contactPhone',
  'company',
  'vatId',
  'language',
  'currency',
  'site',
  'companyRegistrationId',
  'photoUrl',
  'key',
  'externalId',
] as const

export type ProfileTextField = (typeof profileTextFields)[number]

export type Customer = AddressBook & { [F in ProfileTextField]?: string } & {
  tenant: string
  id: string
  version: number
  createdAt: string
  modifiedAt: string
  createdBy?: Actor
  /** Absent when the customer was not recognised, as with a mailed token. */
  modifiedBy?: Actor
  /** Login e-mail of the first account; absent for a contact who cannot sign in. */
  email?: string
  emailVerified: boolean
  /** All login identities, the first one first. */
  accounts: AccountIdentity[]
  active: boolean
  onHold: boolean
  /** Absent: a customer. A contact may have no log-in. */
  type?: CustomerType
  /** One of the tenant's restrictions, for the service that decides by it who may see the customer. */
  restriction?: string
  lastLoginAt?: string
  /** Emporix's free data, checked against schemas. */
  mixins: JsonObject
  mixinSchemas: MixinSchemas
  /** commercetools' free data, checked against a Type. */
  custom?: CustomFields
  /** Set when it is another than the id. */
  customerNumber?: string
  customerGroup?: Reference
  customerGroupAssignments?: { customerGroup: Reference }[]
  /** The stores that the customer belongs to; absent: to the whole tenant. */
  stores?: KeyReference[]
  /** The companies that the customer acts for; one of them may be about to disappear. Absent: none. */
  contactAssignments?: ContactAssignment[]
  /** Set when the customer signs in with another identity provider and has no password. */
  authenticationMode?: 'ExternalAuth'
}

export const customerTypes = ['CUSTOMER', 'CONTACT'] as const
export type CustomerType = (typeof customerTypes)[number]

export interface AccountIdentity {
  email: string
}

/** What a sign-up or a create call says about a customer beyond its credentials. */
export type CustomerDraft<T = Reference> = { [F in ProfileTextField]?: string | undefined } & {
  mixins?: JsonObject | undefined
  mixinSchemas?: MixinSchemas | undefined
  custom?: CustomFields<T> | undefined
}

export function isOfStore({ stores = [] }: Customer, storeKey: string): boolean {
  return stores.some(({ key }) => key === storeKey)
}

export interface AddressOfCustomer {
  customer: Customer
  address: Address
}

export function getAddress(customer: Customer, addressId: string): Result<AddressOfCustomer> {
  const address = customer.addresses.find(({ id }) => id === addressId)
  return address
    ? ok({ customer, address })
    : fail({ kind: 'AddressNotFound', customerId: customer.id, addressId })
}

/** Customers of stores sign in at their stores, all others at the tenant. */
export function maySignInAt(customer: Customer, storeKey: string | undefined): boolean {
  return storeKey === undefined ? (customer.stores ?? []).length === 0 : isOfStore(customer, storeKey)
}

/** Bytes of JSON that one customer with all addresses may have; keeps a row far below the database's limit. */
export const customerSizeMaxBytes = 512 * 1024
