/** What only the back office decides: number, groups and stores, with the message of each change. */
import { describe, expect, it } from 'vitest'
import { apply } from '../../../src/domain/changes/apply.ts'
import type { Customer } from '../../../src/domain/customer/customer.ts'
import { customerGroupsMax, storesMax } from '../../../src/domain/changes/management-actions.ts'
import type { ManagementAction } from '../../../src/domain/changes/update-action.ts'
import { now, recordWith, valueOf } from '../../support/records.ts'

const group = (id: string) => ({ typeId: 'customer-group' as const, id })
const assigned = (...ids: string[]) => ids.map((id) => ({ customerGroup: group(id) }))
const stores = (...keys: string[]) => keys.map((key) => ({ typeId: 'store' as const, key }))

const before: Partial<Customer> = {
  customerGroup: group('gold'),
  customerGroupAssignments: assigned('gold', 'silver'),
  stores: stores('berlin', 'paris'),
}

function after(action: ManagementAction, customer: Partial<Customer> = before) {
  const { record, messages } = valueOf(apply(recordWith(customer), [action], now))
  return { customer: record.customer, messages }
}

describe('a decision', () => {
  it.each<[ManagementAction, object, object]>([
    [
      { action: 'setCustomerNumber', customerNumber: 'N-1' },
      { customerNumber: 'N-1' },
      { type: 'CustomerProfileChanged', payload: { customerNumber: 'N-1' } },
    ],
    [
      { action: 'setCustomerGroup', customerGroupId: 'silver' },
      { customerGroup: group('silver') },
      { type: 'CustomerGroupSet', payload: { customerGroup: group('silver') } },
    ],
    [
      { action: 'setCustomerGroup', customerGroupId: undefined },
      { customerGroup: undefined },
      { type: 'CustomerGroupSet', payload: {} },
    ],
    [
      { action: 'setCustomerGroupAssignments', customerGroupIds: ['silver', 'bronze', 'silver'] },
      { customerGroupAssignments: assigned('silver', 'bronze') },
      {
        type: 'CustomerGroupAssignmentsSet',
        payload: {
          customerGroupAssignments: assigned('silver', 'bronze'),
          oldCustomerGroupAssignments: assigned('gold', 'silver'),
        },
      },
    ],
    [
      { action: 'addCustomerGroupAssignment', customerGroupId: 'bronze' },
      { customerGroupAssignments: assigned('gold', 'silver', 'bronze') },
      {
        type: 'CustomerGroupAssignmentAdded',
        payload: { customerGroupAssignment: { customerGroup: group('bronze') } },
      },
    ],
    [
      { action: 'removeCustomerGroupAssignment', customerGroupId: 'gold' },
      { customerGroupAssignments: assigned('silver') },
      {
        type: 'CustomerGroupAssignmentRemoved',
        payload: { customerGroupAssignment: { customerGroup: group('gold') } },
      },
    ],
    [
      { action: 'setStores', stores: ['rome', 'rome'] },
      { stores: stores('rome') },
      {
        type: 'CustomerStoresSet',
        payload: { stores: stores('rome'), oldStores: stores('berlin', 'paris') },
      },
    ],
    [
      { action: 'addStore', store: 'rome' },
      { stores: stores('berlin', 'paris', 'rome') },
      {
        type: 'CustomerStoresSet',
        payload: { stores: stores('berlin', 'paris', 'rome'), oldStores: stores('berlin', 'paris') },
      },
    ],
    [
      { action: 'removeStore', store: 'berlin' },
      { stores: stores('paris') },
      {
        type: 'CustomerStoresSet',
        payload: { stores: stores('paris'), oldStores: stores('berlin', 'paris') },
      },
    ],
  ])('changes what it says and tells of it: %j', (action, shown, message) => {
    const { customer, messages } = after(action)
    for (const [field, value] of Object.entries(shown))
      expect(customer[field as keyof Customer]).toEqual(value)
    expect(messages).toEqual([message])
    expect(customer.version).toBe(8)
  })

  it.each<[ManagementAction, Partial<Customer>?]>([
    [{ action: 'setCustomerNumber', customerNumber: '12345678' }],
    [{ action: 'setCustomerNumber', customerNumber: undefined }],
    [{ action: 'setCustomerNumber', customerNumber: 'N-1' }, { customerNumber: 'N-1' }],
    [{ action: 'setCustomerGroup', customerGroupId: 'gold' }],
    [{ action: 'setCustomerGroup', customerGroupId: undefined }, {}],
    [{ action: 'setCustomerGroupAssignments', customerGroupIds: ['gold', 'silver'] }],
    [{ action: 'addCustomerGroupAssignment', customerGroupId: 'gold' }],
    [{ action: 'setStores', stores: [] }, {}],
    [{ action: 'addStore', store: 'paris' }],
    [{ action: 'removeStore', store: 'rome' }],
  ])('for what is so already changes nothing: %j', (action, customer) => {
    const { customer: same, messages } = after(action, customer)
    expect([same.version, messages]).toEqual([7, []])
  })

  it.each<[ManagementAction, Partial<Customer>, string]>([
    [{ action: 'setCustomerGroupAssignments', customerGroupIds: [] }, before, 'customerGroupAssignments'],
    [{ action: 'setStores', stores: [] }, before, 'stores'],
    [{ action: 'removeStore', store: 'rome' }, { stores: stores('rome') }, 'stores'],
  ])('that leaves nothing leaves no field: %j', (action, customer, field) => {
    expect(after(action, customer).customer).not.toHaveProperty(field)
  })

  it.each<[ManagementAction, Partial<Customer>]>([
    [{ action: 'setCustomerNumber', customerNumber: 'N-2' }, { customerNumber: 'N-1' }],
    [{ action: 'setCustomerNumber', customerNumber: undefined }, { customerNumber: 'N-1' }],
    [{ action: 'removeCustomerGroupAssignment', customerGroupId: 'bronze' }, before],
  ])('that cannot be is an InvalidOperation: %j', (action, customer) => {
    expect(apply(recordWith(customer), [action], now)).toMatchObject({ error: { kind: 'InvalidOperation' } })
  })

  it.each([
    [customerGroupsMax, 'setCustomerGroupAssignments', 'customerGroupIds'],
    [storesMax, 'setStores', 'stores'],
  ])('takes %i of them and no more: %s', (most, action, list) => {
    const set = (count: number) =>
      apply(
        recordWith(),
        [{ action, [list]: Array.from({ length: count }, (_, index) => `${index}`) } as never],
        now,
      )
    expect(set(most).ok).toBe(true)
    expect(set(most + 1)).toMatchObject({
      error: { kind: 'InvalidInput', violations: [{ type: 'too_large' }] },
    })
  })
})
