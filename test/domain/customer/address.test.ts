/** Addresses in a customer's lists: the functions that keep tags, lists and defaults one fact, and the name on the label. */
import { describe, expect, it } from 'vitest'
import {
  addTags,
  billingTag,
  contactNameOf,
  dropAddress,
  removeTags,
  shippingTag,
  type AddressBook,
} from '../../../src/domain/customer/address.ts'
import { addressOf, frozen } from '../../support/records.ts'

const book: AddressBook = frozen({
  addresses: [addressOf('home', { tags: [shippingTag, billingTag, 'HOME'] }), addressOf('work')],
  shippingAddressIds: ['home'],
  billingAddressIds: ['home'],
  defaultAddressId: 'home',
  defaultShippingAddressId: 'home',
  defaultBillingAddressId: 'home',
})

describe('tags', () => {
  it('put an address on the list of the same meaning, once, and touch no default', () => {
    const next = addTags(book, 'work', [shippingTag, 'WORK', 'WORK'])
    expect(next.addresses[1]?.tags).toEqual([shippingTag, 'WORK'])
    expect(next).toMatchObject({
      shippingAddressIds: ['home', 'work'],
      billingAddressIds: ['home'],
      defaultShippingAddressId: 'home',
    })
    expect(addTags(next, 'work', [shippingTag])).toEqual(next)
  })

  it('taken away take the address off the list and give up the default of that list only', () => {
    const next = removeTags(book, 'home', [shippingTag, 'HOME'])
    expect(next.addresses[0]?.tags).toEqual([billingTag])
    expect(next).toMatchObject({
      shippingAddressIds: [],
      billingAddressIds: ['home'],
      defaultAddressId: 'home',
      defaultBillingAddressId: 'home',
    })
    expect(Object.hasOwn(next, 'defaultShippingAddressId')).toBe(false)
  })

  it('of other meanings leave lists and defaults alone', () => {
    expect(removeTags(addTags(book, 'home', ['gift']), 'home', ['gift'])).toEqual(book)
    expect(removeTags(book, 'home', ['shipping'])).toEqual(book)
  })
})

it('an address that is dropped leaves nothing of itself behind', () => {
  expect(dropAddress(book, 'home')).toEqual({
    addresses: [addressOf('work')],
    shippingAddressIds: [],
    billingAddressIds: [],
  })
})

it.each([
  [{ contactName: 'Countess', firstName: 'Ada', lastName: 'Lovelace' }, 'Countess'],
  [{ firstName: 'Ada', lastName: 'Lovelace' }, 'Ada Lovelace'],
  [{ firstName: 'Ada' }, 'Ada'],
  [{ lastName: 'Lovelace' }, 'Lovelace'],
  [{ firstName: '', lastName: 'Lovelace' }, 'Lovelace'],
  [{ contactName: '' }, ''],
  [{}, undefined],
])('the label of %j is %j', (fields, label) => {
  expect(contactNameOf(addressOf('home', fields))).toBe(label)
})
