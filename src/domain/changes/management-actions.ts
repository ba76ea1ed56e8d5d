/**
 * The actions on what a shop decides about a customer: number, groups and stores.
 * Groups are kept by id and stores by key, as commercetools shows them.
 */
import { changed, unchanged, type Change, type CustomerRecord, type Handlers } from './change.ts'
import type { Customer } from '../customer/customer.ts'
import { sameJson } from '../base/json.ts'
import type { Message } from '../events/message.ts'
import type { KeyReference, Reference } from '../resources/resource.ts'
import { fail, invalid, type Result } from '../base/result.ts'
import type { ManagementAction, StatusAction } from './update-action.ts'

export const customerGroupsMax = 500
export const storesMax = 500

export const managementHandlers: Handlers<Exclude<ManagementAction, StatusAction>> = {
  setCustomerNumber(record, { customerNumber }) {
    const { customer } = record
    const current = customer.customerNumber
    if (customerNumber === current || (current === undefined && customerNumber === customer.id))
      return unchanged(record)
    if (current !== undefined) {
      const reason = 'A Customer number already exists and cannot be set again.'
      return fail({ kind: 'InvalidOperation', reason })
    }
    return changed(record, withField(customer, 'customerNumber', customerNumber), {
      type: 'CustomerProfileChanged',
      payload: customerNumber === undefined ? {} : { customerNumber },
    })
  },

  setCustomerGroup(record, { customerGroupId }) {
    const { customer } = record
    if (customer.customerGroup?.id === customerGroupId) return unchanged(record)
    const customerGroup = customerGroupId === undefined ? undefined : group(customerGroupId)
    return changed(record, withField(customer, 'customerGroup', customerGroup), {
      type: 'CustomerGroupSet',
      payload: customerGroup ? { customerGroup } : {},
    })
  },

  setCustomerGroupAssignments(record, { customerGroupIds }) {
    return assignGroups(record, customerGroupIds, (assigned, before) => ({
      type: 'CustomerGroupAssignmentsSet',
      payload: { customerGroupAssignments: assigned, oldCustomerGroupAssignments: before },
    }))
  },

  addCustomerGroupAssignment(record, { customerGroupId }) {
    return assignGroups(record, [...groupsOf(record), customerGroupId], () => ({
      type: 'CustomerGroupAssignmentAdded',
      payload: { customerGroupAssignment: assignment(customerGroupId) },
    }))
  },

  removeCustomerGroupAssignment(record, { customerGroupId }) {
    const before = groupsOf(record)
    if (!before.includes(customerGroupId)) {
      const reason = `The customer is not assigned to the customer group with the id '${customerGroupId}'.`
      return fail({ kind: 'InvalidOperation', reason })
    }
    const left = before.filter((id) => id !== customerGroupId)
    return assignGroups(record, left, () => ({
      type: 'CustomerGroupAssignmentRemoved',
      payload: { customerGroupAssignment: assignment(customerGroupId) },
    }))
  },

  setStores: (record, { stores }) => setStores(record, stores),

  addStore: (record, { store }) => setStores(record, [...storesOf(record), store]),

  removeStore(record, { store }) {
    const left = storesOf(record).filter((key) => key !== store)
    return setStores(record, left)
  },
}

type Assignments = NonNullable<Customer['customerGroupAssignments']>

function assignGroups(
  record: CustomerRecord,
  ids: string[],
  messageOf: (assigned: Assignments, before: Assignments) => Message,
): Result<Change> {
  const before = record.customer.customerGroupAssignments ?? []
  const assigned = [...new Set(ids)].map(assignment)
  if (sameJson(assigned, before)) return unchanged(record)
  if (assigned.length > customerGroupsMax) {
    const text = `A customer has at most ${customerGroupsMax} customer group assignments.`
    return invalid('customerGroupAssignments', text, 'too_large')
  }
  const customer = withField(record.customer, 'customerGroupAssignments', emptyAsNone(assigned))
  return changed(record, customer, messageOf(assigned, before))
}

function setStores(record: CustomerRecord, keys: string[]): Result<Change> {
  const before = record.customer.stores ?? []
  const stores = [...new Set(keys)].map(store)
  if (sameJson(stores, before)) return unchanged(record)
  if (stores.length > storesMax) {
    return invalid('stores', `A customer belongs to at most ${storesMax} stores.`, 'too_large')
  }
  return changed(record, withField(record.customer, 'stores', emptyAsNone(stores)), {
    type: 'CustomerStoresSet',
    payload: { stores, oldStores: before },
  })
}

function groupsOf({ customer }: CustomerRecord): string[] {
  return (customer.customerGroupAssignments ?? []).map(({ customerGroup }) => customerGroup.id)
}

function storesOf({ customer }: CustomerRecord): string[] {
  return (customer.stores ?? []).map(({ key }) => key)
}

function group(id: string): Reference {
  return { typeId: 'customer-group', id }
}

function assignment(id: string) {
  return { customerGroup: group(id) }
}

function store(key: string): KeyReference {
  return { typeId: 'store', key }
}

function withField<F extends keyof Customer>(
  customer: Customer,
  field: F,
  value: Customer[F] | undefined,
): Customer {
  const { [field]: _previous, ...rest } = customer
  return (value === undefined ? rest : { ...rest, [field]: value }) as Customer
}

function emptyAsNone<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list
}
