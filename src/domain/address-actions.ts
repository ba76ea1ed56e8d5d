/**
 * The actions on a customer's addresses, their tags, defaults and custom fields.
 */
import {
  addressTextFields,
  addressesMax,
  addressLists,
  addTags,
  billingTag,
  dropAddress,
  removeTags,
  shippingTag,
  type Address,
  type AddressPatch,
} from './address.ts'
import { changed, unchanged, type Change, type CustomerRecord, type Handlers } from './change.ts'
import { changeCustomFields } from './custom-fields.ts'
import type { Customer } from './customer.ts'
import { sameJson, type JsonObject } from './json.ts'
import type { Message } from './message.ts'
import { patchMixins } from './profile-actions.ts'
import { fail, invalid, ok, type Result } from './result.ts'
import type { AddressAction, AddressRef, CustomFieldsAction } from './update-action.ts'

type AddressCustomAction = Extract<CustomFieldsAction, { action: 'changeAddressCustomFields' }>

export const addressHandlers: Handlers<AddressAction | AddressCustomAction> = {
  addAddress(record, { address: patch, addressId = '' }) {
    const { customer } = record
    if (customer.addresses.length >= addressesMax) {
      return invalid('addresses', `A customer has at most ${addressesMax} addresses.`, 'too_large')
    }
    const taken = keyTaken(customer, addressId, patch)
    if (taken) return taken
    const empty: Address = { id: addressId, tags: [], mixins: {}, mixinSchemas: {} }
    const book = writeAddress({ ...customer, addresses: [...customer.addresses, empty] }, empty, patch)
    const listed = addTags(
      book,
      addressId,
      (patch.listedIn ?? []).map((of) => addressLists[of].tag),
    )
    const next = (patch.defaultFor ?? []).reduce((defaulted, of) => {
      const { tag, defaultId } = addressLists[of]
      return { ...addTags(defaulted, addressId, [tag]), [defaultId]: addressId }
    }, listed)
    return ok(announceAddress(record, next, addressId, 'CustomerAddressAdded'))
  },

  patchAddress(record, { address: patch, ...ref }) {
    const address = findAddress(record, ref)
    if (!address) return addressNotFound(record, ref)
    const taken = keyTaken(record.customer, address.id, patch)
    if (taken) return taken
    const next = writeAddress(record.customer, address, patch)
    return sameJson(next, record.customer)
      ? unchanged(record)
      : ok(announceAddress(record, next, address.id, 'CustomerAddressChanged'))
  },

  removeAddress(record, ref) {
    const address = findAddress(record, ref)
    if (!address) return addressNotFound(record, ref)
    const payload: JsonObject = { address: addressPayload(address), ...rolesOf(record.customer, address.id) }
    const message = { type: 'CustomerAddressRemoved' as const, payload }
    return changed(record, dropAddress(record.customer, address.id), message)
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
    const listed = addTags(record.customer, address.id, [tag])
    const change = announceAddress(record, { ...listed, [defaultId]: address.id }, address.id, undefined)
    const message = { type: defaultMessages[of], payload: { address: addressPayload(address) } }
    return ok({ ...change, messages: [...change.messages.filter(isListMessage), message] })
  },

  changeAddressCustomFields(record, action) {
    const address = findAddress(record, action)
    if (!address) return addressNotFound(record, action)
    const { custom: before, ...rest } = address
    const outcome = changeCustomFields('address', before, action)
    if (!outcome.ok) return outcome
    if (!outcome.value) return unchanged(record)
    const { custom, message } = outcome.value
    const book = replaceAddress(record.customer, custom ? { ...rest, custom } : rest)
    return changed(record, book, { ...message, payload: { ...message.payload, addressId: address.id } })
  },
}

const defaultMessages = {
  shipping: 'CustomerDefaultShippingAddressSet',
  billing: 'CustomerDefaultBillingAddressSet',
} as const

function isListMessage({ type }: Message): boolean {
  return type === 'CustomerShippingAddressAdded' || type === 'CustomerBillingAddressAdded'
}

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
function rolesOf(customer: Customer, addressId: string): JsonObject {
  const roles = [
    ...(customer.shippingAddressIds.includes(addressId) ? ['Shipping'] : []),
    ...(customer.billingAddressIds.includes(addressId) ? ['Billing'] : []),
  ]
  return { addressRoles: roles }
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
  const roles = type === 'CustomerAddressChanged' ? rolesOf(customer, addressId) : {}
  const messages: Message[] = type ? [{ type, payload: { ...payload, ...roles } }] : []
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
