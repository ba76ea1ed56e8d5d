/**
 * The shapes of My Customer Profile and Customers but for the update actions, by the names of the vendor's types. Unknown
 * fields are dropped.
 */
import type { ResourceKind, ResourceRef } from '../../domain/base/names.ts'
import { z } from 'zod'
import { addressesMax } from '../../domain/customer/address.ts'
import type { Json } from '../../domain/base/json.ts'
import { isMemberName, record } from '../../http/bounds.ts'
import { emailField, emailName } from '../../http/email-field.ts'
import { fieldDefinitionsMax } from '../../domain/resources/custom-type.ts'
import { tidyEmail } from '../../domain/credentials/email-address.ts'
import { customerGroupsMax, storesMax } from '../../domain/changes/management-actions.ts'

export const text = z.string().max(4000)
export const optional = text.nullish()
const emailMalformed = 'The value is not a valid email address.'
export const email = emailField(emailMalformed)
const signInName = emailName(emailMalformed)
export const key = z
  .string()
  .regex(/^[A-Za-z0-9_-]{2,256}$/, 'A key has 2 to 256 letters, digits, underscores and hyphens.')
export const locale = z
  .string()
  .max(100)
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'The value is not a valid locale.')
export const date = z.iso.date()
export const country = z.string().regex(/^[A-Z]{2}$/, 'The value is not a two-letter country code.')
/** Of one text. */
export const languagesMax = 500
/** A "LocalizedString". */
export const localized = record(locale, text, languagesMax)
/** A "ResourceIdentifier": a resource of one kind by id or by key, never by both. */
export function resourceIdentifier<K extends ResourceKind>(kind: K) {
  const shape = z.object({ typeId: z.literal(kind).nullish(), id: text.nullish(), key: text.nullish() })
  return shape.transform(({ id, key }, context): ResourceRef => {
    if (id != null && key == null) return { id }
    if (key != null && id == null) return { key }
    context.issues.push({
      code: 'custom',
      input: { id, key },
      message: id == null ? `Either 'id' or 'key' is required.` : `Only one of 'id' and 'key' may be given.`,
    })
    return z.NEVER
  })
}
export const version = z.number().int().min(0)
export const customerNumber = z.string().min(1).max(256)
export const authenticationMode = z.enum(['Password', 'ExternalAuth'])

/** What a value may be is up to its Type; how much, up to the reader of bodies. */
const jsonValue = z.custom<Json>()
/** A "FieldContainer"; which fields it may have is up to the Type as well. */
const fieldContainer = record(text, jsonValue, fieldDefinitionsMax)
/** "CustomFieldsDraft". */
const customFieldsDraft = z.object({ type: resourceIdentifier('type'), fields: fieldContainer.nullish() })
export type CustomFieldsDraft = z.infer<typeof customFieldsDraft>

export const BaseAddress = z.object({
  key: key.nullish(),
  country,
  title: optional,
  salutation: optional,
  firstName: optional,
  lastName: optional,
  streetName: optional,
  streetNumber: optional,
  additionalStreetInfo: optional,
  postalCode: optional,
  city: optional,
  region: optional,
  state: optional,
  company: optional,
  department: optional,
  building: optional,
  apartment: optional,
  pOBox: optional,
  phone: optional,
  mobile: optional,
  email: text.overwrite(tidyEmail).nullish(),
  fax: optional,
  additionalAddressInfo: optional,
  externalId: optional,
  custom: customFieldsDraft.nullish(),
})
export type BaseAddress = z.infer<typeof BaseAddress>

const profile = {
  firstName: optional,
  lastName: optional,
  middleName: optional,
  title: optional,
  salutation: optional,
  dateOfBirth: date.nullish(),
  companyName: optional,
  vatId: optional,
  locale: locale.nullish(),
}

const index = z.number().int().min(0)
const storeReferences = z.array(resourceIdentifier('store')).max(storesMax)

const myDraft = {
  email,
  ...profile,
  custom: customFieldsDraft.nullish(),
  addresses: z.array(BaseAddress).max(addressesMax).nullish(),
  defaultShippingAddress: index.nullish(),
  defaultBillingAddress: index.nullish(),
  stores: storeReferences.nullish(),
}

export const MyCustomerDraft = z
  .object({ ...myDraft, password: text.min(1) })
  .superRefine((draft, context) => refuseStrayIndices(draft, context))
export type MyCustomerDraft = z.infer<typeof MyCustomerDraft>

export const CustomerGroupAssignmentDraft = z.object({ customerGroup: resourceIdentifier('customer-group') })

const anonymousCart = z.object({ typeId: z.literal('cart').nullish(), id: optional, key: optional }).nullish()

/** The visitor's cart is accepted in every form of the document; it is the cart service that knows carts. */
export const CustomerDraft = z
  .object({
    ...myDraft,
    password: text.min(1).nullish(),
    key: key.nullish(),
    customerNumber: customerNumber.nullish(),
    externalId: optional,
    anonymousCart,
    anonymousCartId: optional,
    anonymousId: optional,
    shippingAddresses: z.array(index).max(addressesMax).nullish(),
    billingAddresses: z.array(index).max(addressesMax).nullish(),
    isEmailVerified: z.boolean().nullish(),
    customerGroup: resourceIdentifier('customer-group').nullish(),
    customerGroupAssignments: z.array(CustomerGroupAssignmentDraft).max(customerGroupsMax).nullish(),
    authenticationMode: authenticationMode.nullish(),
  })
  .superRefine((draft, context) => {
    refuseStrayIndices(draft, context)
    if (draft.authenticationMode !== 'ExternalAuth' && draft.password == null)
      context.addIssue({ code: 'custom', path: ['password'], message: 'A password is required.' })
    if (draft.anonymousCart != null && draft.anonymousCartId != null) {
      const message = `Only one of 'anonymousCart' and 'anonymousCartId' may be given.`
      context.addIssue({ code: 'custom', path: ['anonymousCartId'], message })
    }
  })
export type CustomerDraft = z.infer<typeof CustomerDraft>

/** An index has to be one of an address. */
function refuseStrayIndices(draft: Partial<CustomerDraft>, context: z.RefinementCtx): void {
  const count = draft.addresses?.length ?? 0
  const refuse = (path: (string | number)[], given: number) =>
    context.addIssue({ code: 'custom', path, message: `There is no address with the index ${given}.` })
  for (const field of ['defaultShippingAddress', 'defaultBillingAddress'] as const) {
    const given = draft[field]
    if (given != null && given >= count) refuse([field], given)
  }
  for (const field of ['shippingAddresses', 'billingAddresses'] as const)
    for (const [place, given] of (draft[field] ?? []).entries())
      if (given >= count) refuse([field, place], given)
}

const cartSignInMode = z.enum(['MergeWithExistingCustomerCart', 'UseAsNewActiveCustomerCart'])
const credentials = { email: signInName, password: text.min(1) }

export const MyCustomerSignin = z.object({
  ...credentials,
  activeCartSignInMode: cartSignInMode.nullish(),
  updateProductData: z.boolean().nullish(),
})
export type MyCustomerSignin = z.infer<typeof MyCustomerSignin>

export const CustomerSignin = z.object({
  ...credentials,
  anonymousCart,
  anonymousCartId: optional,
  anonymousCartSignInMode: cartSignInMode.nullish(),
  anonymousId: optional,
  updateProductData: z.boolean().nullish(),
})
export type CustomerSignin = z.infer<typeof CustomerSignin>
export const MyCustomerChangePassword = z.object({
  version,
  currentPassword: text.min(1),
  newPassword: text.min(1),
})
export const MyCustomerResetPassword = z.object({
  tokenValue: text.min(1),
  newPassword: text.min(1),
})
export const MyCustomerEmailVerify = z.object({ tokenValue: text.min(1) })

export const CustomerChangePassword = MyCustomerChangePassword.extend({ id: z.string().min(1).max(256) })
export const CustomerResetPassword = MyCustomerResetPassword.extend({ version: version.nullish() })
export const CustomerEmailVerify = MyCustomerEmailVerify.extend({ version: version.nullish() })

/** Minutes that a token may live: KV keeps nothing for less than one, and no use needs one for more than a year. */
const ttlMinutes = z.number().int().min(1).max(525_600)

export const CustomerCreatePasswordResetToken = z.object({
  email: signInName,
  ttlMinutes: ttlMinutes.nullish(),
  invalidateOlderTokens: z.boolean().nullish(),
})
export const CustomerCreateEmailToken = z.object({
  id: z.string().min(1).max(256),
  version: version.nullish(),
  ttlMinutes,
  invalidateOlderTokens: z.boolean().nullish(),
})

/** A query parameter is text; a version that is no number is refused, not rounded. */
export const VersionQuery = z.object({
  version: z
    .string()
    .regex(/^\d{1,15}$/, 'The value is not a version.')
    .transform(Number),
})

export const DeleteQuery = VersionQuery.extend({
  dataErasure: z
    .enum(['true', 'false'], `The value has to be 'true' or 'false'.`)
    .default('false')
    .transform((value) => value === 'true'),
})

export const action = <N extends string, S extends z.core.$ZodLooseShape>(name: N, shape: S) =>
  z.object({ action: z.literal(name), ...shape })

export const customType = { type: resourceIdentifier('type').nullish(), fields: fieldContainer.nullish() }
export type CustomTypeChange = z.infer<z.ZodObject<typeof customType>>
export const customField = {
  name: text.refine(isMemberName, 'This name is not allowed for a field.'),
  value: jsonValue.optional(),
}
