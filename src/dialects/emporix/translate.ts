/**
 * Between the wire and the domain: bodies to drafts, patches and actions, customers and tokens to answers.
 * No rules here: what is allowed is the domain's business, what is well-formed the schema's.
 */
import { languageTag } from '../../domain/base/language-tag.ts'
import {
  addressTextFields,
  contactNameOf,
  type Address,
  type AddressPatch,
} from '../../domain/customer/address.ts'
import { type Customer, type CustomerDraft, type ProfileTextField } from '../../domain/customer/customer.ts'
import type { DomainError } from '../../domain/base/result.ts'
import type { UpdateAction } from '../../domain/changes/update-action.ts'
import type { AnonymousTokens } from '../../flows/sessions/anonymous-session.ts'
import type { CustomerTokens, SignedIn } from '../../flows/sessions/customer-session.ts'
import type { SignUp } from '../../flows/account/sign-up.ts'
import { scopeText } from '../../domain/tenant/principal.ts'
import type { AddressUpdateDto, CustomerPatchDto, CustomerSignup, Expansions } from './schema.ts'

/** Emporix's names of the profile fields it has, with ours. `b2b.companyRegistrationId` is a level deeper. */
const profileNames = {
  title: 'title',
  firstName: 'firstName',
  middleName: 'middleName',
  lastName: 'lastName',
  contactEmail: 'contactEmail',
  contactPhone: 'contactPhone',
  company: 'company',
  preferredLanguage: 'language',
  preferredCurrency: 'currency',
  preferredSite: 'site',
} as const satisfies Partial<Record<keyof CustomerPatchDto, ProfileTextField>>

type ProfileName = keyof typeof profileNames
export const profileEntries = Object.entries(profileNames) as [ProfileName, ProfileTextField][]

/** Absent fields stay, `null` clears. */
export function profileToActions(patch: CustomerPatchDto): UpdateAction[] {
  const fields = profileEntries.flatMap(([name, field]): UpdateAction[] => {
    const value = patch[name]
    return value === undefined ? [] : [{ action: 'set', field, value: toDomainText(field, value) }]
  })
  const company = patch.b2b === null ? null : patch.b2b?.companyRegistrationId
  if (company !== undefined)
    fields.push({ action: 'set', field: 'companyRegistrationId', value: company ?? undefined })
  const mixinSchemas = patch.metadata?.mixins
  return patch.mixins === undefined && mixinSchemas === undefined
    ? fields
    : [...fields, { action: 'patchMixins', mixins: patch.mixins, mixinSchemas }]
}

export function addressToPatch({ metadata, ...fields }: AddressUpdateDto): AddressPatch {
  return { ...fields, mixinSchemas: metadata?.mixins }
}

/** The login is `signup` when it is given; the contact e-mail is the outer one in any case. */
export function signUpToRequest(body: CustomerSignup): SignUp {
  const { signup, customerDetails: details, customerAddress } = body
  const email = signup?.email ?? body.email ?? ''
  return {
    email,
    password: signup?.password ?? body.password ?? '',
    draft: profileToDraft(details ?? {}, details?.contactEmail ?? body.email ?? email),
    addresses: customerAddress ? [addressToPatch(customerAddress)] : [],
  }
}

/** Puts the paths of violations back to where the sign-up body has the fields. */
export function signUpFailure(error: DomainError, { signup }: CustomerSignup): DomainError {
  if (error.kind !== 'InvalidInput') return error
  const place = (field: string) => {
    if (field === 'password') return signup ? 'signup.password' : 'password'
    if (field.startsWith('address.')) return `customerAddress.${field.slice('address.'.length)}`
    return field === '' ? '' : `customerDetails.${field}`
  }
  return {
    ...error,
    violations: error.violations.map((violation) => ({ ...violation, field: place(violation.field) })),
  }
}

/** Names of the legal entities that exist, by id. */
export type CompanyNames = ReadonlyMap<string, string>

/** `Customer` of the customer-managed document. */
export function presentCustomer(customer: Customer, expand: Expansions, companies: CompanyNames) {
  return { ...presentProfile(customer, expand, companies), accounts: presentAccounts(customer) }
}

/** `CustomerForSellerDto` of the tenant-managed document. */
export function presentCustomerForSeller(customer: Customer, expand: Expansions, companies: CompanyNames) {
  const { photoUrl, email, active, onHold, type = 'CUSTOMER', restriction } = customer
  return {
    ...presentProfile(customer, expand, companies),
    ...(photoUrl === undefined ? {} : { photoUrl }),
    ...(email === undefined ? {} : { email }),
    active,
    onHold,
    type,
    ...(restriction === undefined ? {} : { restriction }),
    ...(expand.has('accounts') ? { accounts: presentAccounts(customer) } : {}),
  }
}

function presentAccounts({ accounts }: Customer) {
  return accounts.map(({ email }) => ({ id: email }))
}

function presentProfile(customer: Customer, expand: Expansions, companies: CompanyNames) {
  const legalEntities = (customer.contactAssignments ?? []).flatMap(({ id, legalEntityId }) => {
    const name = companies.get(legalEntityId)
    return name === undefined ? [] : [{ id: legalEntityId, name, contactAssignmentId: id }]
  })
  const defaultAddress = customer.addresses.find(({ id }) => id === customer.defaultAddressId)
  const hasMixins = Object.keys(customer.mixins).length > 0
  const withAddresses = expand.has('addresses')
  return {
    ...Object.fromEntries(
      profileEntries.flatMap(([name, field]) =>
        customer[field] === undefined ? [] : [[name, toWireText(field, customer[field])]],
      ),
    ),
    metadata: { mixins: customer.mixinSchemas, version: customer.version },
    ...(expand.has('mixin:*') || !hasMixins ? { mixins: customer.mixins } : {}),
    customerNumber: customer.id,
    id: customer.id,
    ...(withAddresses
      ? { addresses: customer.addresses.map((address) => presentNamedAddress(customer, address)) }
      : {}),
    ...(defaultAddress && (withAddresses || expand.has('defaultAddress'))
      ? { defaultAddress: presentNamedAddress(customer, defaultAddress) }
      : {}),
    businessModel: legalEntities.length > 0 ? 'B2B' : 'B2C',
    b2b: {
      ...(customer.companyRegistrationId === undefined
        ? {}
        : { companyRegistrationId: customer.companyRegistrationId }),
      legalEntities,
    },
    lastLogin: customer.lastLoginAt ?? null,
    metadataCreatedAt: customer.createdAt,
  }
}

/** Fixed profile of a caller without a customer ("Anonymous customer" of the document). */
export const anonymousCustomer = {
  firstName: 'Anonymous',
  lastName: 'Anonymous',
  preferredSite: 'default',
  customerNumber: '00000000',
  id: '00000000',
  accounts: [],
}

export const emporixAddressFields: ReadonlySet<string> = new Set([
  'contactName',
  'companyName',
  'street',
  'streetNumber',
  'streetAppendix',
  'extraLine1',
  'extraLine2',
  'extraLine3',
  'extraLine4',
  'zipCode',
  'city',
  'country',
  'state',
  'contactPhone',
])

export function presentAddress(customer: Customer, address: Address) {
  const named = { ...address, contactName: contactNameOf(address) }
  return {
    ...Object.fromEntries(
      addressTextFields
        .filter((field) => emporixAddressFields.has(field) && named[field] !== undefined)
        .map((field) => [field, named[field]]),
    ),
    tags: address.tags,
    metadata: { mixins: address.mixinSchemas, version: customer.version },
    mixins: address.mixins,
    id: address.id,
    isDefault: address.id === customer.defaultAddressId,
  }
}

/** Schema `Address`: in a profile and to the back office the name is there even when none was given. */
export function presentNamedAddress(customer: Customer, address: Address) {
  return { contactName: '', ...presentAddress(customer, address) }
}

export function presentAnonymousTokens(tenant: string, tokens: AnonymousTokens) {
  return {
    token_type: 'Bearer',
    access_token: tokens.accessToken,
    expires_in: promised(tokens.accessLifetimeSeconds),
    ...(tokens.refreshToken === undefined
      ? {}
      : {
          refresh_token: tokens.refreshToken,
          refresh_token_expires_in: promised(tokens.refreshLifetimeSeconds),
        }),
    sessionId: tokens.sessionId,
    scope: scopeText(tenant, []),
  }
}

/** Each value under its present and its deprecated name. */
export function presentRefreshedTokens(tokens: CustomerTokens) {
  const expiresIn = promised(tokens.accessLifetimeSeconds)
  const refreshTokenExpiresIn = promised(tokens.refreshLifetimeSeconds)
  return {
    access_token: tokens.accessToken,
    expires_in: expiresIn,
    refresh_token: tokens.refreshToken,
    refresh_token_expires_in: refreshTokenExpiresIn,
    token_type: 'Bearer',
    session_id: tokens.sessionId,
    accessToken: tokens.accessToken,
    expiresIn,
    refreshToken: tokens.refreshToken,
    refreshTokenExpiresIn,
  }
}

export function presentSignedIn(signedIn: SignedIn) {
  return {
    ...presentRefreshedTokens(signedIn),
    saas_token: signedIn.saasToken,
    saasToken: signedIn.saasToken,
    initialPassword: signedIn.initialPassword,
  }
}

/** One second less than the lifetime, so that the promise still holds when the answer arrives. */
export function promised(lifetimeSeconds: number): number {
  return lifetimeSeconds - 1
}

export function profileToDraft(details: CustomerPatchDto, contactEmail: string | undefined): CustomerDraft {
  const draft: CustomerDraft = { contactEmail }
  for (const [name, field] of profileEntries) {
    const value = details[name]
    if (value !== undefined && value !== null) draft[field] = toDomainText(field, value)
  }
  const schemas = Object.entries(details.metadata?.mixins ?? {}).filter(([, url]) => url !== null)
  return {
    ...draft,
    companyRegistrationId: details.b2b?.companyRegistrationId ?? undefined,
    mixins: details.mixins ?? undefined,
    mixinSchemas: schemas.length > 0 ? (Object.fromEntries(schemas) as Record<string, string>) : undefined,
  }
}

export function toDomainText(field: ProfileTextField, value: string | null): string | undefined {
  if (value === null) return undefined
  return field === 'language' ? languageTag(value) : value
}

function toWireText(field: ProfileTextField, value: string): string {
  return field === 'language' ? value.replaceAll('-', '_') : value
}
