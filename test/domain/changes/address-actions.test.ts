/**
 * The actions on addresses (T50): over any course of events, tags and lists are one fact, defaults point to what is there,
 * and the messages tell exactly what has happened to the lists.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addressesMax,
  addressTextFields,
  billingTag,
  shippingTag,
  type AddressPatch,
} from '../../../src/domain/customer/address.ts'
import { apply } from '../../../src/domain/changes/apply.ts'
import type { CustomerRecord } from '../../../src/domain/changes/change.ts'
import type { Customer } from '../../../src/domain/customer/customer.ts'
import { sameJson } from '../../../src/domain/base/json.ts'
import type { Message } from '../../../src/domain/events/message.ts'
import type { AddressAction } from '../../../src/domain/changes/update-action.ts'
import { addressOf, frozen, now, recordWith, valueOf } from '../../support/records.ts'

const home = addressOf('home', { street: 'St James Square', city: 'London', tags: [shippingTag, 'HOME'] })
const record = recordWith({
  addresses: [home, addressOf('work')],
  shippingAddressIds: ['home'],
  defaultAddressId: 'home',
  defaultShippingAddressId: 'home',
})

function run(...actions: AddressAction[]): { customer: Customer; types: string[]; messages: Message[] } {
  const { record: after, messages } = valueOf(apply(record, actions, now))
  return { customer: after.customer, messages, types: messages.map(({ type }) => type) }
}

describe('an address', () => {
  it('is added at the end, with all its fields, tags and flags', () => {
    const texts = Object.fromEntries(addressTextFields.map((field) => [field, `the ${field}`]))
    const { customer, messages } = run({
      action: 'addAddress',
      addressId: 'new',
      address: {
        ...texts,
        tags: [billingTag, 'X', 'X'],
        mixins: { a: 1, b: null },
        mixinSchemas: { a: 'https://schema.example/a' },
        isDefault: true,
      },
    })
    const address = {
      ...texts,
      id: 'new',
      tags: [billingTag, 'X'],
      mixins: { a: 1 },
      mixinSchemas: { a: 'https://schema.example/a' },
    }
    expect(customer.addresses).toEqual([...record.customer.addresses, address])
    expect(customer).toMatchObject({ billingAddressIds: ['new'], defaultAddressId: 'new' })
    expect(messages).toEqual(
      ['CustomerAddressAdded', 'CustomerBillingAddressAdded', 'CustomerDefaultAddressSet'].map((type) => ({
        type,
        payload: { address },
      })),
    )
  })

  it.each(addressTextFields)(
    'has its field %s left by absence, replaced by a value, cleared by null',
    (field) => {
      const before = recordWith({
        addresses: [addressOf('home', { [field]: 'old', street: 'St James Square' })],
      })
      const after = (address: AddressPatch) =>
        valueOf(apply(before, [{ action: 'patchAddress', addressId: 'home', address }], now)).record.customer
          .addresses[0]
      expect(after({ mixins: { a: 1 } })?.[field]).toBe(before.customer.addresses[0]?.[field])
      expect(after({ [field]: 'new' })?.[field]).toBe('new')
      expect(Object.hasOwn(after({ [field]: null }) ?? {}, field)).toBe(false)
    },
  )

  it.each<[string, AddressPatch, Partial<Customer>, string[]]>([
    [
      'tags replaced',
      { tags: [billingTag] },
      { shippingAddressIds: [], billingAddressIds: ['home'] },
      ['CustomerAddressChanged', 'CustomerShippingAddressRemoved', 'CustomerBillingAddressAdded'],
    ],
    [
      'tags cleared by null',
      { tags: null },
      { shippingAddressIds: [], billingAddressIds: [] },
      ['CustomerAddressChanged', 'CustomerShippingAddressRemoved'],
    ],
    [
      'tags cleared by an empty list',
      { tags: [] },
      { shippingAddressIds: [], billingAddressIds: [] },
      ['CustomerAddressChanged', 'CustomerShippingAddressRemoved'],
    ],
    [
      'a field and no tags',
      { city: 'Paris' },
      { shippingAddressIds: ['home'], defaultShippingAddressId: 'home' },
      ['CustomerAddressChanged'],
    ],
    [
      'the default given up',
      { isDefault: false },
      { defaultShippingAddressId: 'home' },
      ['CustomerAddressChanged', 'CustomerDefaultAddressSet'],
    ],
    [
      'the default given up by null',
      { isDefault: null },
      { defaultShippingAddressId: 'home' },
      ['CustomerAddressChanged', 'CustomerDefaultAddressSet'],
    ],
  ])('patched with %s tells what follows from it', (_what, address, expected, types) => {
    const change = run({ action: 'patchAddress', addressId: 'home', address })
    expect(change.customer).toMatchObject(expected)
    expect(change.types).toEqual(types)
    if (address.isDefault !== undefined)
      expect(Object.hasOwn(change.customer, 'defaultAddressId')).toBe(false)
    if (address.tags !== undefined)
      expect(Object.hasOwn(change.customer, 'defaultShippingAddressId')).toBe(false)
  })

  it('that is not the default stays so when it is told not to be', () => {
    const action: AddressAction = { action: 'patchAddress', addressId: 'work', address: { isDefault: false } }
    expect(valueOf(apply(record, [action], now))).toEqual({ record, messages: [], mails: [], changed: false })
  })

  it('that becomes the default takes the place of the one before', () => {
    const { customer } = run({ action: 'patchAddress', addressId: 'work', address: { isDefault: true } })
    expect(customer.defaultAddressId).toBe('work')
  })

  it('that is removed leaves nothing behind, and the message shows what it was', () => {
    const { customer, messages } = run({ action: 'removeAddress', addressId: 'home' })
    expect(customer).toMatchObject({ addresses: [addressOf('work')], shippingAddressIds: [] })
    expect(customer).not.toHaveProperty('defaultAddressId')
    expect(customer).not.toHaveProperty('defaultShippingAddressId')
    expect(messages).toEqual([
      { type: 'CustomerAddressRemoved', payload: { address: home, addressRoles: ['Shipping'] } },
    ])
  })

  it.each<[AddressAction, string]>([
    [{ action: 'addAddressTags', addressId: 'work', tags: ['gift'] }, 'CustomerAddressChanged'],
    [{ action: 'addAddressTags', addressId: 'work', tags: [billingTag] }, 'CustomerBillingAddressAdded'],
    [{ action: 'removeAddressTags', addressId: 'home', tags: ['HOME'] }, 'CustomerAddressChanged'],
    [
      { action: 'removeAddressTags', addressId: 'home', tags: [shippingTag] },
      'CustomerShippingAddressRemoved',
    ],
  ])('tagged by %j is told as %s', (action, type) => {
    expect(run(action).types).toEqual([type])
  })

  it.each<AddressAction>([
    { action: 'patchAddress', addressId: 'nowhere', address: {} },
    { action: 'removeAddress', addressId: 'nowhere' },
    { action: 'addAddressTags', addressId: 'nowhere', tags: ['x'] },
    { action: 'removeAddressTags', addressId: 'nowhere', tags: ['x'] },
  ])('that is not there cannot be the object of $action', (action) => {
    expect(apply(record, [action], now)).toEqual({
      ok: false,
      error: { kind: 'AddressNotFound', customerId: '12345678', addressId: 'nowhere' },
    })
  })

  it(`number ${addressesMax + 1} is refused, and there is room again after one is removed`, () => {
    const full = recordWith({ addresses: Array.from({ length: addressesMax }, (_, n) => addressOf(`a${n}`)) })
    const add: AddressAction = { action: 'addAddress', addressId: 'new', address: {} }
    expect(apply(full, [add], now)).toMatchObject({
      error: { kind: 'InvalidInput', violations: [{ field: 'addresses', type: 'too_large' }] },
    })
    const swapped = apply(full, [{ action: 'removeAddress', addressId: 'a0' }, add], now)
    expect(valueOf(swapped).record.customer.addresses).toHaveLength(addressesMax)
  })
})

describe('over any course of events', () => {
  const tags = fc.array(fc.constantFrom(shippingTag, billingTag, 'HOME', 'shipping'), { maxLength: 4 })
  const patch: fc.Arbitrary<AddressPatch> = fc.record(
    {
      city: fc.constantFrom('London', 'Paris', null),
      tags: fc.option(tags),
      isDefault: fc.constantFrom(true, false, null),
      mixins: fc.constantFrom({ a: 1 }, { a: null }, null),
    },
    { requiredKeys: [] },
  )
  /** Which address is meant: a place in the list at the time; sometimes one that is not there. */
  const place = fc.nat({ max: 6 })
  const event = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('addAddress' as const), patch }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('patchAddress' as const), place, patch }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('removeAddress' as const), place }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('addAddressTags' as const), place, tags }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('removeAddressTags' as const), place, tags }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('default' as const), place }) },
  )

  it('tags, lists and defaults stay one fact, the messages tell it, and the version counts it', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let current: CustomerRecord = recordWith()
        let added = 0
        for (const step of events) {
          const addressId =
            step.kind === 'addAddress'
              ? `address ${(added += 1)}`
              : (current.customer.addresses[step.place]?.id ?? 'nowhere')
          if (step.kind === 'default') {
            current = withListDefaults(current, addressId)
            continue
          }
          const result = apply(current, [actionOf(step, addressId)], now)
          expect(result.ok).toBe(addressId !== 'nowhere')
          if (!result.ok) continue
          const { record: next, messages } = frozen(result.value)
          expectOneFact(next.customer)
          expect(replay(current.customer, messages)).toEqual(listsOf(next.customer))
          const { version: before, modifiedAt: _a, ...was } = current.customer
          const { version: after, modifiedAt: _b, ...is } = next.customer
          expect(after - before).toBe(sameJson(was, is) ? 0 : 1)
          expect(messages.length > 0).toBe(after > before)
          current = next
        }
      }),
    )
  })

  type Event = typeof event extends fc.Arbitrary<infer E> ? E : never

  function actionOf(step: Exclude<Event, { kind: 'default' }>, addressId: string): AddressAction {
    switch (step.kind) {
      case 'addAddress':
      case 'patchAddress':
        return { action: step.kind, addressId, address: step.patch }
      case 'removeAddress':
        return { action: step.kind, addressId }
      case 'addAddressTags':
      case 'removeAddressTags':
        return { action: step.kind, addressId, tags: step.tags }
    }
  }

  /** Makes an address the default of the lists that it is on, as the other dialect will. */
  function withListDefaults(present: CustomerRecord, addressId: string): CustomerRecord {
    const { shippingAddressIds, billingAddressIds } = present.customer
    return frozen({
      ...present,
      customer: {
        ...present.customer,
        ...(shippingAddressIds.includes(addressId) ? { defaultShippingAddressId: addressId } : {}),
        ...(billingAddressIds.includes(addressId) ? { defaultBillingAddressId: addressId } : {}),
      },
    })
  }

  function expectOneFact(customer: Customer) {
    const ids = customer.addresses.map(({ id }) => id)
    const tagged = (tag: string) =>
      customer.addresses.filter((address) => address.tags.includes(tag)).map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(customer.shippingAddressIds.toSorted()).toEqual(tagged(shippingTag).toSorted())
    expect(customer.billingAddressIds.toSorted()).toEqual(tagged(billingTag).toSorted())
    expect([undefined, ...ids]).toContain(customer.defaultAddressId)
    expect([undefined, ...customer.shippingAddressIds]).toContain(customer.defaultShippingAddressId)
    expect([undefined, ...customer.billingAddressIds]).toContain(customer.defaultBillingAddressId)
    for (const address of customer.addresses) expect(new Set(address.tags).size).toBe(address.tags.length)
  }

  function listsOf(customer: Customer) {
    return {
      ids: customer.addresses.map(({ id }) => id),
      shipping: customer.shippingAddressIds,
      billing: customer.billingAddressIds,
      default: customer.defaultAddressId,
    }
  }

  /** What somebody who reads only the messages believes. */
  function replay(before: Customer, messages: readonly Message[]) {
    const lists = listsOf(before)
    const without = (list: string[], id: string) => list.filter((other) => other !== id)
    for (const { type, payload } of messages) {
      const id = (payload as { address?: { id: string } }).address?.id ?? ''
      if (type === 'CustomerAddressAdded') lists.ids = [...lists.ids, id]
      if (type === 'CustomerShippingAddressAdded') lists.shipping = [...lists.shipping, id]
      if (type === 'CustomerBillingAddressAdded') lists.billing = [...lists.billing, id]
      if (type === 'CustomerShippingAddressRemoved') lists.shipping = without(lists.shipping, id)
      if (type === 'CustomerBillingAddressRemoved') lists.billing = without(lists.billing, id)
      if (type === 'CustomerDefaultAddressSet') lists.default = id === '' ? undefined : id
      if (type === 'CustomerAddressRemoved') {
        lists.ids = without(lists.ids, id)
        lists.shipping = without(lists.shipping, id)
        lists.billing = without(lists.billing, id)
        if (lists.default === id) lists.default = undefined
      }
    }
    return lists
  }
})
