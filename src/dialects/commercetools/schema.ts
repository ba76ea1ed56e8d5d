/**
 * The shapes of My Customer Profile, by the names of the vendor's types. Unknown fields are dropped.
 */
import { z } from 'zod'
import { isEmailAddress } from '../../domain/email-address.ts'

const text = z.string().max(4000)
const optional = text.nullish()
const email = z.string().refine(isEmailAddress, 'The value is not a valid email address.')
const key = z
  .string()
  .regex(/^[A-Za-z0-9_-]{2,256}$/, 'A key has 2 to 256 letters, digits, underscores and hyphens.')
const locale = z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'The value is not a valid locale.')
const date = z.iso.date()
const version = z.number().int().min(1)

export const BaseAddress = z.object({
  key: key.nullish(),
  country: z.string().regex(/^[A-Z]{2}$/, 'The value is not a two-letter country code.'),
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
  email: optional,
  fax: optional,
  additionalAddressInfo: optional,
  externalId: optional,
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

export const MyCustomerDraft = z
  .object({
    email,
    password: z.string().min(1),
    ...profile,
    addresses: z.array(BaseAddress).max(100).nullish(),
    defaultShippingAddress: z.number().int().min(0).nullish(),
    defaultBillingAddress: z.number().int().min(0).nullish(),
  })
  .superRefine((draft, context) => {
    for (const field of ['defaultShippingAddress', 'defaultBillingAddress'] as const) {
      const index = draft[field]
      if (index != null && index >= (draft.addresses?.length ?? 0)) {
        context.addIssue({
          code: 'custom',
          path: [field],
          message: `There is no address with the index ${index}.`,
        })
      }
    }
  })
export type MyCustomerDraft = z.infer<typeof MyCustomerDraft>

export const MyCustomerSignin = z.object({ email: z.string().min(1), password: z.string().min(1) })
export const MyCustomerChangePassword = z.object({
  version,
  currentPassword: z.string().min(1),
  newPassword: z.string().min(1),
})
export const MyCustomerResetPassword = z.object({
  tokenValue: z.string().min(1),
  newPassword: z.string().min(1),
})

/** A query parameter is text; a version that is no number is refused, not rounded. */
export const VersionQuery = z.object({
  version: z
    .string()
    .regex(/^\d{1,15}$/, 'The value is not a version.')
    .transform(Number),
})

const addressReference = { addressId: text.nullish(), addressKey: text.nullish() }
const action = <N extends string, S extends z.core.$ZodLooseShape>(name: N, shape: S) =>
  z.object({ action: z.literal(name), ...shape })

export const MyCustomerUpdateAction = z.discriminatedUnion('action', [
  action('changeEmail', { email }),
  action('setFirstName', { firstName: optional }),
  action('setLastName', { lastName: optional }),
  action('setMiddleName', { middleName: optional }),
  action('setTitle', { title: optional }),
  action('setSalutation', { salutation: optional }),
  action('setDateOfBirth', { dateOfBirth: date.nullish() }),
  action('setCompanyName', { companyName: optional }),
  action('setVatId', { vatId: optional }),
  action('setLocale', { locale: locale.nullish() }),
  action('addAddress', { address: BaseAddress }),
  action('changeAddress', { ...addressReference, address: BaseAddress }),
  action('removeAddress', addressReference),
  action('setDefaultShippingAddress', addressReference),
  action('setDefaultBillingAddress', addressReference),
  action('addShippingAddressId', addressReference),
  action('removeShippingAddressId', addressReference),
  action('addBillingAddressId', addressReference),
  action('removeBillingAddressId', addressReference),
])
export type MyCustomerUpdateAction = z.infer<typeof MyCustomerUpdateAction>

export const MyCustomerUpdate = z.object({ version, actions: z.array(MyCustomerUpdateAction).max(500) })
