/**
 * Between the wire and the domain: the names of fields, addresses in, customers and addresses out.
 * Unset fields are absent, never null. No rules here.
 */
import type { ResourceRef } from '../../domain/base/names.ts'
import type { Actor } from '../../domain/base/actor.ts'
import type { Address, AddressPatch, AddressTextField } from '../../domain/customer/address.ts'
import type { AnonymousLink } from '../../domain/customer/cart.ts'
import type { Customer, CustomerDraft, ProfileTextField } from '../../domain/customer/customer.ts'
import type { Principal } from '../../domain/tenant/principal.ts'
import type { IssuedToken } from '../../flows/tokens/issued-tokens.ts'
import type { Identified } from '../../flows/sessions/admission.ts'
import { toCustomFields } from './custom-fields.ts'
import type { BaseAddress, CustomerSignin, MyCustomerSignin } from './schema.ts'

/** commercetools' names of the profile fields that both have. */
export const profileNames = {
  firstName: 'firstName',
  lastName: 'lastName',
  middleName: 'middleName',
  title: 'title',
  salutation: 'salutation',
  dateOfBirth: 'dateOfBirth',
  companyName: 'company',
  vatId: 'vatId',
  locale: 'language',
  key: 'key',
  externalId: 'externalId',
} as const satisfies Record<string, ProfileTextField>
const profileEntries = Object.entries(profileNames) as [keyof typeof profileNames, ProfileTextField][]

/** commercetools' names of the address fields. */
const addressNames = {
  key: 'key',
  country: 'country',
  title: 'title',
  salutation: 'salutation',
  firstName: 'firstName',
  lastName: 'lastName',
  streetName: 'street',
  streetNumber: 'streetNumber',
  additionalStreetInfo: 'streetAppendix',
  postalCode: 'zipCode',
  city: 'city',
  region: 'region',
  state: 'state',
  company: 'companyName',
  department: 'department',
  building: 'building',
  apartment: 'apartment',
  pOBox: 'pOBox',
  phone: 'contactPhone',
  mobile: 'mobile',
  email: 'email',
  fax: 'fax',
  additionalAddressInfo: 'additionalAddressInfo',
  externalId: 'externalId',
} as const satisfies Record<Exclude<keyof BaseAddress, 'custom'>, AddressTextField>
const addressEntries = Object.entries(addressNames) as [keyof typeof addressNames, AddressTextField][]

export function profileToDraft(given: Record<string, unknown>): CustomerDraft {
  return Object.fromEntries(
    profileEntries.flatMap(([name, field]) => (given[name] == null ? [] : [[field, given[name]]])),
  )
}

/** A whole address: what is not given is cleared. */
export function addressToPatch(address: BaseAddress): AddressPatch<ResourceRef> {
  const { custom } = address
  return {
    ...Object.fromEntries(addressEntries.map(([name, field]) => [field, address[name] ?? null])),
    custom: custom ? toCustomFields(custom) : null,
  }
}

export function presentCustomer(customer: Customer) {
  const { defaultShippingAddressId, defaultBillingAddressId, customerGroup, custom } = customer
  const { authenticationMode = 'Password', customerGroupAssignments = [], stores = [] } = customer
  return {
    id: customer.id,
    version: customer.version,
    createdAt: customer.createdAt,
    lastModifiedAt: customer.modifiedAt,
    ...(customer.createdBy && { createdBy: presentActor(customer.createdBy) }),
    ...(customer.modifiedBy && { lastModifiedBy: presentActor(customer.modifiedBy) }),
    customerNumber: customer.customerNumber ?? customer.id,
    email: customer.email,
    ...Object.fromEntries(
      profileEntries.flatMap(([name, field]) =>
        customer[field] === undefined ? [] : [[name, customer[field]]],
      ),
    ),
    ...(authenticationMode === 'Password' && { password: passwordMask }),
    addresses: customer.addresses.map(presentAddress),
    ...(defaultShippingAddressId === undefined ? {} : { defaultShippingAddressId }),
    ...(defaultBillingAddressId === undefined ? {} : { defaultBillingAddressId }),
    shippingAddressIds: customer.shippingAddressIds,
    billingAddressIds: customer.billingAddressIds,
    isEmailVerified: customer.emailVerified,
    ...(customerGroup && { customerGroup }),
    customerGroupAssignments,
    stores,
    ...(custom && { custom }),
    authenticationMode,
  }
}

export function presentSignIn(customer: Customer) {
  return { customer: presentCustomer(customer) }
}

export function presentIdentified({ customer, cart }: Identified) {
  return { ...presentSignIn(customer), ...(cart && { cart }) }
}

export function presentToken({ token, secret, replacing, issuedBy }: IssuedToken) {
  const by = presentActor(issuedBy)
  const createdAt = new Date(token.issuedAt).toISOString()
  return {
    id: token.id,
    customerId: token.customerId,
    value: secret,
    expiresAt: new Date(token.expiresAt).toISOString(),
    createdAt,
    lastModifiedAt: createdAt,
    createdBy: by,
    lastModifiedBy: by,
    invalidateOlderTokens: replacing,
  }
}

/** The visitor whose token the log-in was sent with, if it is one of a visitor. */
export function visitorLinkOf(
  { activeCartSignInMode, updateProductData }: MyCustomerSignin,
  principal: Principal,
): AnonymousLink {
  return {
    ...(principal.kind === 'anonymous' && { anonymousId: principal.sessionId }),
    cartSignInMode: activeCartSignInMode ?? 'MergeWithExistingCustomerCart',
    updateProductData: updateProductData ?? false,
  }
}

/** The visitor whom the shop names. */
export function anonymousLinkOf(signIn: CustomerSignin): AnonymousLink {
  const { anonymousId, anonymousCart, anonymousCartId, anonymousCartSignInMode, updateProductData } = signIn
  const { id = anonymousCartId, key } = anonymousCart ?? {}
  const cart = { ...(id != null && { id }), ...(key != null && { key }) }
  return {
    ...(anonymousId != null && { anonymousId }),
    ...(Object.keys(cart).length > 0 && { anonymousCart: cart }),
    cartSignInMode: anonymousCartSignInMode ?? 'MergeWithExistingCustomerCart',
    updateProductData: updateProductData ?? false,
  }
}

export function presentActor({ clientId, customerId, anonymousId, externalUserId }: Actor) {
  return {
    ...(clientId !== undefined && { clientId }),
    isPlatformClient: false,
    ...(customerId !== undefined && { customer: { typeId: 'customer', id: customerId } }),
    ...(anonymousId !== undefined && { anonymousId }),
    ...(externalUserId !== undefined && { externalUserId }),
  }
}

const passwordMask = '****'

export function presentAddress(address: Address) {
  const named = namesOf(address)
  return {
    id: address.id,
    ...Object.fromEntries(
      addressEntries.flatMap(([name, field]) => (named[field] === undefined ? [] : [[name, named[field]]])),
    ),
    ...(address.custom && { custom: address.custom }),
  }
}

/** Addresses that were written with one contact name show it as first and last name. */
function namesOf(address: Address): Address {
  if (
    address.contactName === undefined ||
    address.firstName !== undefined ||
    address.lastName !== undefined
  ) {
    return address
  }
  const space = address.contactName.lastIndexOf(' ')
  return space < 1
    ? { ...address, lastName: address.contactName }
    : {
        ...address,
        firstName: address.contactName.slice(0, space),
        lastName: address.contactName.slice(space + 1),
      }
}
