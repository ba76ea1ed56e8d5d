/**
 * The actions on a customer's addresses, their tags, defaults and custom fields.
 */
import { changeCustomFields } from './custom-fields-actions.ts'
import {
  addressTextFields,
  addressesMax,
  addressLists,
  addTags,
  dropAddress,
  removeTags,
  type Address,
  type AddressPatch,
} from '../customer/address.ts'
import { changed, unchanged, type Change, type CustomerRecord, type Handlers } from './change.ts'
import type { Customer } from '../customer/customer.ts'
import { sameJson } from '../base/json.ts'
import type { AddressRole, Message } from '../events/message.ts'
import { patchMixins } from './profile-actions.ts'
import { fail, invalid, type Result } from '../base/result.ts'
import type { AddressAction, AddressRef, CustomFieldsAction } from './update-action.ts'

type AddressCustomAction = Extract<CustomFieldsAction, { action: 'changeAddressCustomFields' }>

export const addressHandlers: Handlers<AddressAction | AddressCustomAction> = {
  addAddress(record, { address: patch, addressId = '' }) {
    const { customer } = record
    if (customer.addresses.length >= addressesMax) {
      return invalid('addresses', `A customer has at most ${addressesMax} addresses.`, 'too_large')
    }
    if (customer.addresses.some(({ id }) => id === addressId))
      return fail({ kind: 'ValueTaken', field: 'id', value: addressId })
    const taken = keyTaken(customer, addressId, patch)
    if (taken) return taken
    const empty: Address = { id: addressId, tags: [], mixins: {}, mixinSchemas: {} }
    const book = writeAddress({ ...customer, addresses: [...customer.addresses, empty] }, empty, patch)
    return announceAddress(record, book, addressId, 'CustomerAddressAdded')
  },

  patchAddress(record, { address: patch, ...ref }) {
    const address = findAddress(record, ref)
    if (!address) return addressNotFound(record, ref)
    const taken = keyTaken(record.customer, address.id, patch)
    if (taken) return taken
    const next = writeAddress(record.customer, address, patch)
    return sameJson(next, record.customer)
      ? unchanged(record)
      : announceAddress(record, next, address.id, 'CustomerAddressChanged')
  },

  removeAddress(record, ref) {
    const address = findAddress(record, ref)
    if (!address) return addressNotFound(record, ref)
    return changed(record, dropAddress(record.customer, address.id), {
      type: 'CustomerAddressRemoved',
      payload: { address, addressRoles: rolesOf(record.customer, address.id) },
    })
  },

  addAddressTags(record, { tags, ...ref }) {
    const address = findAddress(record, ref)
    if (!address) return addressNotFound(record, ref)
    return retag(record, addTags(record.customer, address.id, tags), address.id)
  },

  removeAddressTags(record, { tags, ...ref }) {
    const address = findAddress(record, ref)
    if (!address) return addressNotFound(record, ref)
    return retag(record, removeTags(record.customer, address.id, tags), address.id)
  },

  setDefaultAddress(record, { of, addressId, addressKey }) {
    const { tag, defaultId } = addressLists[of]
    const ref = { addressId, addressKey }
    if (addressId === undefined && addressKey === undefined) {
      if (record.customer[defaultId] === undefined) return unchanged(record)
      const { [defaultId]: _none, ...rest } = record.customer
      return changed(record, rest as Customer, { type: defaultMessages[of], payload: {} })
    }
    const address = findAddress(record, ref)
    if (!address) return addressNotFound(record, ref)
    if (record.customer[defaultId] === address.id) return unchanged(record)
    const next = { ...addTags(record.customer, address.id, [tag]), [defaultId]: address.id }
    const payload = { address: next.addresses.find(({ id }) => id === address.id) ?? address }
    const messages = listMessages(record.customer, next, payload.address)
    return changed(record, next, ...messages, { type: defaultMessages[of], payload })
  },

  changeAddressCustomFields(record, action) {
    const address = findAddress(record, action)
    if (!address) return addressNotFound(record, action)
    const { custom: before, ...rest } = address
    const outcome = changeCustomFields(address.id, before, action)
    if (!outcome.ok) return outcome
    if (!outcome.value) return unchanged(record)
    const { custom, message } = outcome.value
    const book = replaceAddress(record.customer, custom ? { ...rest, custom } : rest)
    return changed(record, book, message)
  },
}

const defaultMessages = {
  shipping: 'CustomerDefaultShippingAddressSet',
  billing: 'CustomerDefaultBillingAddressSet',
} as const

function findAddress(
  { customer }: CustomerRecord,
  { addressId, addressKey }: AddressRef,
): Address | undefined {
  return customer.addresses.find((address) =>
    addressId === undefined
      ? addressKey !== undefined && address.key === addressKey
      : address.id === addressId,
  )
}

/** A key names one address of the customer. */
function keyTaken({ addresses }: Customer, addressId: string, { key }: AddressPatch) {
  if (key == null || !addresses.some((other) => other.id !== addressId && other.key === key)) return undefined
  return fail({ kind: 'ValueTaken', field: 'key', value: key })
}

function addressNotFound({ customer }: CustomerRecord, { addressId, addressKey }: AddressRef) {
  return fail({ kind: 'AddressNotFound', customerId: customer.id, addressId: addressId ?? addressKey ?? '' })
}

/** What the address is used for, as messages tell it. */
function rolesOf(customer: Customer, addressId: string): AddressRole[] {
  return [
    ...(customer.shippingAddressIds.includes(addressId) ? ['Shipping' as const] : []),
    ...(customer.billingAddressIds.includes(addressId) ? ['Billing' as const] : []),
  ]
}

function writeAddress(customer: Customer, address: Address, patch: AddressPatch): Customer {
  let next: Address = patchMixins(address, patch)
  for (const field of addressTextFields) {
    const value = patch[field]
    if (value === undefined) continue
    const { [field]: _previous, ...rest } = next
    next = value === null ? (rest as Address) : { ...next, [field]: value }
  }
  if (patch.custom !== undefined) {
    const { custom: _previous, ...rest } = next
    next = patch.custom === null ? rest : { ...rest, custom: patch.custom }
  }
  let book = replaceAddress(customer, next)
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

function replaceAddress(customer: Customer, next: Address): Customer {
  const addresses = customer.addresses.map((present) => (present.id === next.id ? next : present))
  return { ...customer, addresses }
}

function retag(record: CustomerRecord, customer: Customer, addressId: string): Result<Change> {
  return sameJson(customer, record.customer)
    ? unchanged(record)
    : announceAddress(record, customer, addressId, undefined)
}

/** The messages of an address change: the change itself, then the lists and the default that it touched. */
function announceAddress(
  record: CustomerRecord,
  customer: Customer,
  addressId: string,
  type: 'CustomerAddressAdded' | 'CustomerAddressChanged' | undefined,
): Result<Change> {
  const before = record.customer
  const address = customer.addresses.find(({ id }) => id === addressId)
  if (!address) return addressNotFound(record, { addressId })
  const inUse = { address, addressRoles: rolesOf(customer, addressId) }
  const messages: Message[] = listMessages(before, customer, address)
  if (type === 'CustomerAddressAdded') messages.unshift({ type, payload: { address } })
  if (type === 'CustomerAddressChanged') messages.unshift({ type, payload: inUse })
  if (before.defaultAddressId !== customer.defaultAddressId) {
    const payload = customer.defaultAddressId ? { address } : {}
    messages.push({ type: 'CustomerDefaultAddressSet', payload })
  }
  if (messages.length === 0) messages.push({ type: 'CustomerAddressChanged', payload: inUse })
  return changed(record, customer, ...messages)
}

/** That the address has joined or left a list. */
function listMessages(before: Customer, after: Customer, address: Address): Message[] {
  return (['Shipping', 'Billing'] as const).flatMap((role): Message[] => {
    const [was, is] = [before, after].map((customer) => rolesOf(customer, address.id).includes(role))
    if (was === is) return []
    return [{ type: `Customer${role}Address${is ? 'Added' : 'Removed'}`, payload: { address } }]
  })
}
