/**
 * A postal address, with the fields of both dialects, and the rules that tie addresses to a customer's lists.
 * The tags `SHIPPING` and `BILLING` and membership in the two id lists are one fact; `addTags`, `removeTags` and
 * `dropAddress` are the only functions that touch it. The three defaults are independent flags.
 */
import type { CustomFields } from './custom-fields.ts'
import type { JsonObject } from '../base/json.ts'
import type { Reference } from '../resources/resource.ts'

/** Free text fields, in the order in which they are shown. */
export const addressTextFields = [
  'contactName',
  'title',
  'salutation',
  'firstName',
  'lastName',
  'companyName',
  'department',
  'street',
  'streetNumber',
  'streetAppendix',
  'extraLine1',
  'extraLine2',
  'extraLine3',
  'extraLine4',
  'building',
  'apartment',
  'pOBox',
  'zipCode',
  'city',
  'country',
  'region',
  'state',
  'contactPhone',
  'mobile',
  'email',
  'fax',
  'additionalAddressInfo',
  'externalId',
  'key',
] as const

export type AddressTextField = (typeof addressTextFields)[number]

export type Address = {
  id: string
  tags: string[]
  mixins: JsonObject
  mixinSchemas: MixinSchemas
  custom?: CustomFields
} & {
  [F in AddressTextField]?: string
}

/** Mixin name → URL of the JSON Schema that its value has to satisfy. */
export type MixinSchemas = { [name: string]: string }

/** What a client sends of an address: absent = leave, null = clear. `T`: how Types are named. */
export type AddressPatch<T = Reference> = { [F in AddressTextField]?: string | null | undefined } & {
  tags?: string[] | null | undefined
  mixins?: JsonObject | null | undefined
  mixinSchemas?: { [name: string]: string | null } | null | undefined
  custom?: CustomFields<T> | null | undefined
  /** Emporix `isDefault`. */
  isDefault?: boolean | null | undefined
  /** Mixins that are not named go. */
  replacesMixins?: boolean | undefined
}

export type AddressUse = keyof typeof addressLists

export const addressesMax = 100

export const shippingTag = 'SHIPPING'
export const billingTag = 'BILLING'

/** The part of a customer that addresses belong to. */
export interface AddressBook {
  addresses: Address[]
  shippingAddressIds: string[]
  billingAddressIds: string[]
  defaultAddressId?: string
  defaultShippingAddressId?: string
  defaultBillingAddressId?: string
}

/** The list of a kind of address with its tag and its default. */
export const addressLists = {
  shipping: { tag: shippingTag, ids: 'shippingAddressIds', defaultId: 'defaultShippingAddressId' },
  billing: { tag: billingTag, ids: 'billingAddressIds', defaultId: 'defaultBillingAddressId' },
} as const

const lists = Object.values(addressLists)

export function addTags<B extends AddressBook>(book: B, addressId: string, tags: string[]): B {
  const next = replaceTags(book, addressId, (present) => [...new Set([...present, ...tags])])
  for (const { tag, ids } of lists) {
    if (tags.includes(tag) && !next[ids].includes(addressId)) next[ids] = [...next[ids], addressId]
  }
  return next
}

/** Leaving a list also gives up the default that belongs to the list. */
export function removeTags<B extends AddressBook>(book: B, addressId: string, tags: string[]): B {
  const next = replaceTags(book, addressId, (present) => present.filter((tag) => !tags.includes(tag)))
  for (const { tag, ids, defaultId } of lists) {
    if (!tags.includes(tag)) continue
    next[ids] = next[ids].filter((id) => id !== addressId)
    if (next[defaultId] === addressId) delete next[defaultId]
  }
  return next
}

/** Takes the address out of the book, its lists and its defaults. */
export function dropAddress<B extends AddressBook>(book: B, addressId: string): B {
  const next = removeTags(book, addressId, [shippingTag, billingTag])
  if (next.defaultAddressId === addressId) delete next.defaultAddressId
  next.addresses = next.addresses.filter((address) => address.id !== addressId)
  return next
}

/** The name on the label: as written, else put together from first and last name. */
export function contactNameOf(address: Address): string | undefined {
  const derived = [address.firstName, address.lastName].filter(Boolean).join(' ')
  return address.contactName ?? (derived || undefined)
}

function replaceTags<B extends AddressBook>(
  book: B,
  addressId: string,
  change: (tags: string[]) => string[],
): B {
  return {
    ...book,
    addresses: book.addresses.map((address) =>
      address.id === addressId ? { ...address, tags: change(address.tags) } : address,
    ),
  }
}
