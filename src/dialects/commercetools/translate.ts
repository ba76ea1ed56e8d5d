/**
 * Between the wire and the domain: drafts and update actions in, customers and addresses out.
 * Unset fields are absent, never null. No rules here.
 */
import type { Actor } from '../../domain/actor.ts'
import {
  billingTag,
  shippingTag,
  type Address,
  type AddressPatch,
  type AddressTextField,
} from '../../domain/address.ts'
import type { Customer, ProfileTextField } from '../../domain/customer.ts'
import type { AddressRef, UpdateAction } from '../../domain/update-action.ts'
import type { SignUp } from '../../flows/sign-up.ts'
import type { BaseAddress, MyCustomerDraft, MyCustomerUpdateAction } from './schema.ts'

/** commercetools' names of the profile fields that both have. */
const profileNames = {
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
} as const satisfies Record<keyof BaseAddress, AddressTextField>
const addressEntries = Object.entries(addressNames) as [keyof BaseAddress, AddressTextField][]

export function draftToSignUp(draft: MyCustomerDraft): SignUp {
  const fields = Object.fromEntries(
    profileEntries.flatMap(([name, field]) => {
      const value = name in draft ? draft[name as keyof MyCustomerDraft] : undefined
      return value == null ? [] : [[field, value]]
    }),
  )
  const { email, password, addresses, defaultShippingAddress, defaultBillingAddress } = draft
  return {
    email,
    password,
    draft: { contactEmail: email, ...fields },
    addresses: (addresses ?? []).map((address, index) => ({
      ...addressToPatch(address),
      defaultFor: [
        ...(defaultShippingAddress === index ? ['shipping' as const] : []),
        ...(defaultBillingAddress === index ? ['billing' as const] : []),
      ],
    })),
  }
}

/** A whole address: what is not given is cleared. */
export function addressToPatch(address: BaseAddress): AddressPatch {
  return Object.fromEntries(addressEntries.map(([name, field]) => [field, address[name] ?? null]))
}

export function toActions(actions: readonly MyCustomerUpdateAction[]): UpdateAction[] {
  return actions.map(toAction)
}

function toAction(action: MyCustomerUpdateAction): UpdateAction {
  switch (action.action) {
    case 'changeEmail':
      return { action: 'changeEmail', email: action.email }
    case 'setFirstName':
      return set('firstName', action.firstName)
    case 'setLastName':
      return set('lastName', action.lastName)
    case 'setMiddleName':
      return set('middleName', action.middleName)
    case 'setTitle':
      return set('title', action.title)
    case 'setSalutation':
      return set('salutation', action.salutation)
    case 'setDateOfBirth':
      return set('dateOfBirth', action.dateOfBirth)
    case 'setCompanyName':
      return set('company', action.companyName)
    case 'setVatId':
      return set('vatId', action.vatId)
    case 'setLocale':
      return set('language', action.locale)
    case 'addAddress':
      return { action: 'addAddress', address: addressToPatch(action.address) }
    case 'changeAddress':
      return { action: 'patchAddress', address: addressToPatch(action.address), ...refOf(action) }
    case 'removeAddress':
      return { action: 'removeAddress', ...refOf(action) }
    case 'setDefaultShippingAddress':
      return { action: 'setDefaultAddress', of: 'shipping', ...refOf(action) }
    case 'setDefaultBillingAddress':
      return { action: 'setDefaultAddress', of: 'billing', ...refOf(action) }
    case 'addShippingAddressId':
      return { action: 'addAddressTags', tags: [shippingTag], ...refOf(action) }
    case 'removeShippingAddressId':
      return { action: 'removeAddressTags', tags: [shippingTag], ...refOf(action) }
    case 'addBillingAddressId':
      return { action: 'addAddressTags', tags: [billingTag], ...refOf(action) }
    case 'removeBillingAddressId':
      return { action: 'removeAddressTags', tags: [billingTag], ...refOf(action) }
  }
}

function set(field: ProfileTextField, value: string | null | undefined): UpdateAction {
  return { action: 'set', field, value: value ?? undefined }
}

function refOf({
  addressId,
  addressKey,
}: {
  addressId?: string | null | undefined
  addressKey?: string | null | undefined
}): AddressRef {
  return { addressId: addressId ?? undefined, addressKey: addressKey ?? undefined }
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

function presentActor({ clientId, customerId, anonymousId, externalUserId }: Actor) {
  return {
    ...(clientId !== undefined && { clientId }),
    isPlatformClient: false,
    ...(customerId !== undefined && { customer: { typeId: 'customer', id: customerId } }),
    ...(anonymousId !== undefined && { anonymousId }),
    ...(externalUserId !== undefined && { externalUserId }),
  }
}

const passwordMask = '****'

function presentAddress(address: Address) {
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
