/**
 * Which actions are the customer's alone: a session that an employee opened for the customer does none of them (contract §7,
 * P6). Complete, so that each new action has to be decided.
 */
import type { CustomerAction } from './update-action.ts'

const ownersAlone: Record<CustomerAction['action'], boolean> = {
  set: false,
  patchMixins: false,
  addAddress: false,
  patchAddress: false,
  removeAddress: false,
  addAddressTags: false,
  removeAddressTags: false,
  setDefaultAddress: false,
  changeCustomFields: false,
  changeAddressCustomFields: false,
  changeEmail: true,
  setStatus: true,
  setType: true,
  setRestriction: true,
  setCustomerNumber: true,
  setCustomerGroup: true,
  setCustomerGroupAssignments: true,
  addCustomerGroupAssignment: true,
  removeCustomerGroupAssignment: true,
  setStores: true,
  addStore: true,
  removeStore: true,
  addContactAssignment: true,
  changeContactAssignment: true,
  removeContactAssignment: true,
  setPassword: true,
  rehashPassword: true,
  recordLogin: false,
  addAccount: true,
  addPendingAccount: true,
  confirmAccount: true,
  dropPendingAccount: true,
  recordAssistedLogin: false,
  endLegacyPasswords: true,
  remindOfMigration: true,
  verifyEmail: true,
  beginEmailChange: true,
  dropEmailChange: true,
  completeEmailChange: true,
  confirmEmail: true,
  undoEmailChange: true,
  acceptOptIn: true,
  spendToken: false,
  requestDeletion: true,
  issueToken: true,
  linkAnonymousSession: false,
  setAuthenticationMode: true,
}

export function isOwnersAlone(action: CustomerAction['action']): boolean {
  return ownersAlone[action]
}
