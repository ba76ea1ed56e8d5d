/**
 * The actions on a customer's addresses, their tags and the Emporix default.
 */
import {
  addressTextFields,
  addressesMax,
  addTags,
  billingTag,
  dropAddress,
  removeTags,
  shippingTag,
  type Address,
  type AddressPatch,
} from './address.ts'
import { changed, unchanged, type Change, type CustomerRecord, type Handlers } from './change.ts'
import type { Customer } from './customer.ts'
import { sameJson, type JsonObject } from './json.ts'
import type { Message } from './message.ts'
import { patchMixins } from './profile-actions.ts'
import { fail, invalid, ok, type Result } from './result.ts'
import type { AddressAction } from './update-action.ts'

export const addressHandlers: Handlers<AddressAction> = {
  addAddress(record, { address: patch, addressId }) {
    const { customer } = record
    if (customer.addresses.length >= addressesMax) {
      return invalid('addresses', `A customer has at most ${addressesMax} addresses.`, 'too_large')
    }
    const empty: Address = { id: addressId, tags: [], mixins: {}, mixinSchemas: {} }
    const book = { ...customer, addresses: [...customer.addresses, empty] }
    return ok(announceAddress(record, writeAddress(book, empty, patch), addressId, 'CustomerAddressAdded'))
  },

  patchAddress(record, { addressId, address: patch }) {
    const address = findAddress(record, addressId)
    if (!address) return addressNotFound(record, addressId)
    const next = writeAddress(record.customer, address, patch)
    return sameJson(next, record.customer)
      ? unchanged(record)
      : ok(announceAddress(record, next, addressId, 'CustomerAddressChanged'))
  },

  removeAddress(record, { addressId }) {
    const address = findAddress(record, addressId)
    if (!address) return addressNotFound(record, addressId)
    const payload: JsonObject = { address: addressPayload(address) }
    return changed(record, dropAddress(record.customer, addressId), {
      type: 'CustomerAddressRemoved',
      payload,
    })
  },

  addAddressTags(record, { addressId, tags }) {
    if (!findAddress(record, addressId)) return addressNotFound(record, addressId)
    return retag(record, addTags(record.customer, addressId, tags), addressId)
  },

  removeAddressTags(record, { addressId, tags }) {
    if (!findAddress(record, addressId)) return addressNotFound(record, addressId)
    return retag(record, removeTags(record.customer, addressId, tags), addressId)
  },
}

function findAddress(record: CustomerRecord, addressId: string): Address | undefined {
  return record.customer.addresses.find((address) => address.id === addressId)
}

function addressNotFound(record: CustomerRecord, addressId: string) {
  return fail({ kind: 'AddressNotFound', customerId: record.customer.id, addressId })
}

function addressPayload(address: Address): JsonObject {
  return JSON.parse(JSON.stringify(address)) as JsonObject
}

function writeAddress(customer: Customer, address: Address, patch: AddressPatch): Customer {
  let next: Address = patchMixins(address, patch.mixins, patch.mixinSchemas)
  for (const field of addressTextFields) {
    const value = patch[field]
    if (value === undefined) continue
    const { [field]: _previous, ...rest } = next
    next = value === null ? (rest as Address) : { ...next, [field]: value }
  }
  let book: Customer = {
    ...customer,
    addresses: customer.addresses.map((present) => (present.id === next.id ? next : present)),
  }
  if (patch.tags !== undefined) {
    const tags = patch.tags ?? []
    const left = address.tags.filter((tag) => !tags.includes(tag))
    book = addTags(removeTags(book, next.id, left), next.id, tags)
    book = {
      ...book,
      addresses: book.addresses.map((present) =>
        present.id === next.id ? { ...present, tags: [...new Set(tags)] } : present,
      ),
    }
  }
  if (patch.isDefault === true) book = { ...book, defaultAddressId: next.id }
  if (patch.isDefault === false || patch.isDefault === null) {
    if (book.defaultAddressId === next.id) {
      const { defaultAddressId: _none, ...rest } = book
      book = rest as Customer
    }
  }
  return book
}

function retag(record: CustomerRecord, customer: Customer, addressId: string): Result<Change> {
  return sameJson(customer, record.customer)
    ? unchanged(record)
    : ok(announceAddress(record, customer, addressId, undefined))
}

/** The messages of an address change: the change itself, then the lists and defaults that it touched. */
function announceAddress(
  record: CustomerRecord,
  customer: Customer,
  addressId: string,
  type: 'CustomerAddressAdded' | 'CustomerAddressChanged' | undefined,
): Change {
  const before = record.customer
  const address = customer.addresses.find(({ id }) => id === addressId)
  const payload: JsonObject = address ? { address: addressPayload(address) } : {}
  const messages: Message[] = type ? [{ type, payload }] : []
  for (const [tag, ids] of [
    [shippingTag, 'shippingAddressIds'],
    [billingTag, 'billingAddressIds'],
  ] as const) {
    const [was, is] = [before[ids].includes(addressId), customer[ids].includes(addressId)]
    const list = tag === shippingTag ? 'Shipping' : 'Billing'
    if (!was && is) messages.push({ type: `Customer${list}AddressAdded`, payload })
    if (was && !is) messages.push({ type: `Customer${list}AddressRemoved`, payload })
  }
  if (before.defaultAddressId !== customer.defaultAddressId) {
    messages.push({ type: 'CustomerDefaultAddressSet', payload: customer.defaultAddressId ? payload : {} })
  }
  if (messages.length === 0) messages.push({ type: 'CustomerAddressChanged', payload })
  return { record: { ...record, customer }, messages, mails: [] }
}
