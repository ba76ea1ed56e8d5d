/**
 * Messages: what happened to a customer, one per effect, numbered per customer without gaps.
 * They are written in the same batch as the change. Types are the names that commercetools gives them, where it has one.
 */
import type { JsonObject } from './json.ts'

export interface Message {
  type: MessageType
  payload: JsonObject
}

export type MessageType =
  | 'CustomerCreated'
  | 'CustomerDeleted'
  | 'CustomerEmailChanged'
  | 'CustomerEmailVerified'
  | 'CustomerEmailChangeRequested'
  | 'CustomerPasswordUpdated'
  | 'CustomerAccountAdded'
  | 'CustomerSessionStolen'
  | 'CustomerProfileChanged'
  | 'CustomerFirstNameSet'
  | 'CustomerLastNameSet'
  | 'CustomerTitleSet'
  | 'CustomerCompanyNameSet'
  | 'CustomerDateOfBirthSet'
  | 'CustomerAddressAdded'
  | 'CustomerAddressChanged'
  | 'CustomerAddressRemoved'
  | 'CustomerShippingAddressAdded'
  | 'CustomerShippingAddressRemoved'
  | 'CustomerBillingAddressAdded'
  | 'CustomerBillingAddressRemoved'
  | 'CustomerDefaultAddressSet'
  | 'CustomerDefaultShippingAddressSet'
  | 'CustomerDefaultBillingAddressSet'
  | 'CustomerExternalIdSet'
  | 'CustomerGroupSet'
  | 'CustomerGroupAssignmentAdded'
  | 'CustomerGroupAssignmentRemoved'
  | 'CustomerGroupAssignmentsSet'
  | 'CustomerStoresSet'
  | `${'CustomerCustom' | 'CustomerAddressCustom'}Type${'Set' | 'Removed'}`
  | `${'CustomerCustom' | 'CustomerAddressCustom'}Field${'Added' | 'Changed' | 'Removed'}`
