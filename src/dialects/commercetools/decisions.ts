/**
 * What a shop decides about a customer, as drafts and update actions name it: groups and stores by id or by key. Kept are
 * the ids of groups and the keys of stores, as the vendor shows them.
 */
import type { ResourceRef } from '../../domain/base/names.ts'
import type { Resource } from '../../domain/resources/resource.ts'
import type { ManagementAction } from '../../domain/changes/update-action.ts'
import type { Unresolved } from '../../flows/writing/unresolved.ts'

type Decision = Unresolved<ManagementAction>
type Assignment = { customerGroup: ResourceRef }

export function setCustomerNumber(customerNumber: string | null | undefined): Decision {
  return { action: 'setCustomerNumber', customerNumber: customerNumber ?? undefined }
}

export function setCustomerGroup(group: ResourceRef | null | undefined): Decision {
  return group
    ? eachGroup([group], (customerGroupId) => ({ action: 'setCustomerGroup', customerGroupId }))
    : { action: 'setCustomerGroup', customerGroupId: undefined }
}

export function setCustomerGroupAssignments(assignments: readonly Assignment[]): Decision {
  return {
    kind: 'customer-group',
    refs: assignments.map(({ customerGroup }) => customerGroup),
    settle: (found) => [
      { action: 'setCustomerGroupAssignments', customerGroupIds: found.map(({ id }) => id) },
    ],
  }
}

export function addCustomerGroupAssignment({ customerGroup }: Assignment): Decision {
  return eachGroup([customerGroup], (customerGroupId) => ({
    action: 'addCustomerGroupAssignment',
    customerGroupId,
  }))
}

export function removeCustomerGroupAssignment(group: ResourceRef): Decision {
  return eachGroup([group], (customerGroupId) => ({
    action: 'removeCustomerGroupAssignment',
    customerGroupId,
  }))
}

export function setStores(stores: readonly ResourceRef[]): Decision {
  return {
    kind: 'store',
    refs: stores,
    settle: (found) => [{ action: 'setStores', stores: found.map(storeKey) }],
  }
}

export function addStore(store: ResourceRef): Decision {
  return eachStore([store], (key) => ({ action: 'addStore', store: key }))
}

export function removeStore(store: ResourceRef): Decision {
  return eachStore([store], (key) => ({ action: 'removeStore', store: key }))
}

function eachGroup(refs: ResourceRef[], decide: (id: string) => ManagementAction): Decision {
  return { kind: 'customer-group', refs, settle: (found) => found.map(({ id }) => decide(id)) }
}

function eachStore(refs: ResourceRef[], decide: (key: string) => ManagementAction): Decision {
  return { kind: 'store', refs, settle: (found) => found.map((store) => decide(storeKey(store))) }
}

/** Every store has a key. */
function storeKey({ key, id }: Resource): string {
  return key ?? id
}
