/**
 * The shapes of requests and answers, one schema each, by the names of the customer-managed document's schemas.
 * Unknown and read-only fields are dropped. `null` means "clear" in a patch and "not given" elsewhere.
 */
import { z } from 'zod'
import { sameEmail } from '../../domain/credentials/email-address.ts'
import { normalizePassword, passwordSizeMaxBytes } from '../../domain/passwords/password-policy.ts'
import type { JsonObject } from '../../domain/base/json.ts'
import { parameterText, record } from '../../http/bounds.ts'
import { emailField, emailName } from '../../http/email-field.ts'

const textLengthMax = 4000
export const text = z.string().max(textLengthMax)
export const optionalText = text.nullish()

/** An address that mail can be sent to. */
export const email = emailField('This is not an e-mail address.')

/** What a person types to sign in: looked up, never mailed to. */
const signInName = emailName('This is not an e-mail address.')

/** How long one may be is the password policy's matter; this bound keeps the decoder cheap. */
export const password = text
const signInPassword = text.refine(
  (typed) => typed.length > passwordSizeMaxBytes || [...normalizePassword(typed)].length >= 6,
  {
    message: 'The password must have at least 6 characters.',
  },
)

const language = z
  .string()
  .max(100)
  .regex(/^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*$/, 'This is not a language.')
const currency = z.string().length(3)

/** Of one customer, address or company. */
export const mixinsMax = 100
export const mixinName = z.string().min(1).max(100)
export const mixins = record(mixinName, z.unknown(), mixinsMax).transform((value) => value as JsonObject)
const schemaUrls = record(mixinName, z.string().max(2000).nullable(), mixinsMax)

const metadata = z.object({
  mixins: schemaUrls.nullish(),
  version: z.number().int().nullish(),
})

const B2BCreate = z.object({ companyRegistrationId: optionalText })

const CustomerUpdateDto = z.object({
  title: optionalText,
  firstName: optionalText,
  middleName: optionalText,
  lastName: optionalText,
  contactEmail: email.nullish(),
  contactPhone: optionalText,
  company: optionalText,
  preferredLanguage: language.nullish(),
  preferredCurrency: currency.nullish(),
  preferredSite: optionalText,
  b2b: B2BCreate.nullish(),
  metadata: metadata.nullish(),
  mixins: mixins.nullish(),
})

export const CustomerPatchDto = CustomerUpdateDto
export type CustomerPatchDto = z.infer<typeof CustomerPatchDto>

const tags = z.array(z.string().min(1).max(100)).max(50)

export const AddressCreateDto = z.object({
  contactName: optionalText,
  companyName: optionalText,
  street: optionalText,
  streetNumber: optionalText,
  streetAppendix: optionalText,
  extraLine1: optionalText,
  extraLine2: optionalText,
  extraLine3: optionalText,
  extraLine4: optionalText,
  zipCode: optionalText,
  city: optionalText,
  country: optionalText,
  state: optionalText,
  contactPhone: optionalText,
  tags: tags.nullish(),
  metadata: metadata.nullish(),
  mixins: mixins.nullish(),
})
export type AddressCreateDto = z.infer<typeof AddressCreateDto>

export const AddressUpdateDto = AddressCreateDto.extend({ isDefault: z.boolean().nullish() })
export type AddressUpdateDto = z.infer<typeof AddressUpdateDto>

/** Schema `Address`: as the customer-managed sign-up takes it. */
const Address = AddressUpdateDto.extend({ contactName: text.min(1), country: z.string().length(2).nullish() })

export const PasswordAuthentication = z.object({ email: signInName, password: signInPassword })

/** With `signup` the login is separate, and the outer e-mail is the contact; then the outer pair may be left out. */
export const CustomerSignup = z
  .object({
    email: email.optional(),
    password: password.optional(),
    customerDetails: CustomerUpdateDto.nullish(),
    customerAddress: Address.nullish(),
    signup: z.object({ email, password: signInPassword }).nullish(),
  })
  .superRefine(({ email: contact, password: secret, signup, customerDetails }, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (!signup && contact === undefined) refuse(['email'], 'email is required.')
    if (!signup && secret === undefined) refuse(['password'], 'password is required.')
    const detailsEmail = customerDetails?.contactEmail
    if (detailsEmail && contact && !sameEmail(detailsEmail, contact)) {
      refuse(['customerDetails', 'contactEmail'], 'contactEmail has to be the same as email.')
    }
  })
export type CustomerSignup = z.infer<typeof CustomerSignup>

export const ChangeEmailRequestDto = z.object({
  email: signInName,
  password: password.min(1),
  newEmail: email,
  syncContactEmail: z.boolean().nullish(),
})

export const AssignAccountDto = z.object({ email, password: signInPassword })
export const UpdateEmail = z.object({ token: text.min(1) })
export const PasswordResetRequestDto = z.object({ email, site: z.string().max(100).nullish() })
export const PasswordUpdate = z.object({ token: text.min(1), password })
export const PasswordChangeDto = z.object({ currentPassword: password.min(1), newPassword: password })
export const RefreshToken = z.object({ email })

const tenantParameter = {
  tenant: text.min(1).optional(),
  'hybris-tenant': text.min(1).optional(),
}
const sessionText = z.string().max(100).optional()

export const AnonymousLoginQuery = z
  .object({
    ...tenantParameter,
    client_id: text.min(1),
    currency: sessionText,
    siteCode: sessionText,
    language: sessionText,
    targetLocation: sessionText,
  })
  .superRefine(tenantIsNamed)

export const AnonymousRefreshQuery = z
  .object({
    ...tenantParameter,
    client_id: text.min(1),
    refresh_token: parameterText.min(1).optional(),
    anonymous_token: parameterText.min(1).optional(),
  })
  .superRefine(tenantIsNamed)
  .superRefine(({ refresh_token, anonymous_token }, context) => {
    if (refresh_token === undefined && anonymous_token === undefined) {
      context.addIssue({ code: 'custom', path: ['refresh_token'], message: 'refresh_token is required.' })
    }
  })

export const LogoutQuery = z.object({ accessToken: parameterText.min(1) })
export const RefreshQuery = z.object({
  refreshToken: parameterText.min(1),
  legalEntityId: z
    .string()
    .max(100)
    .optional()
    .transform((id) => (id === '' ? undefined : id)),
})
export const DeletionQuery = z.object({ token: text.min(1).optional() })
export const TagsQuery = z.object({
  tags: parameterText
    .min(1)
    .refine((list) => list.isWellFormed() && !list.includes('\0'), 'This is not well-formed text.')
    .transform((list) => [
      ...new Set(
        list
          .split(',')
          .map((tag) => tag.trim())
          .filter((tag) => tag !== ''),
      ),
    ])
    .refine(
      (list) => tags.min(1).safeParse(list).success,
      'From 1 to 50 tags of at most 100 characters each.',
    ),
})

/** Comma list; unknown names are ignored, as the original does. */
export const ExpandQuery = z.object({
  expand: parameterText
    .optional()
    .transform((list) => new Set((list ?? '').split(',').map((name) => name.trim()))),
})
export type Expansions = z.infer<typeof ExpandQuery>['expand']

/** A query parameter from 1 to `most`. */
export function wholeNumber(most: number) {
  const problem = `This has to be a whole number between 1 and ${most}.`
  return z
    .string(problem)
    .regex(/^[1-9]\d{0,8}$/, problem)
    .transform(Number)
    .refine((value) => value <= most, problem)
}

/** A page of customers; `pageSize` has no documented maximum. */
export const PageQuery = ExpandQuery.extend({
  sort: parameterText.default(''),
  pageNumber: wholeNumber(1_000_000).default(1),
  pageSize: wholeNumber(1000).default(60),
})
export type PageQuery = z.infer<typeof PageQuery>

export const CustomersQuery = PageQuery.extend({ q: parameterText.default('') })
export const CustomerSearch = z.object({ q: parameterText.nullish() })

function tenantIsNamed(
  query: { tenant?: string | undefined; 'hybris-tenant'?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (query.tenant === undefined && query['hybris-tenant'] === undefined) {
    context.addIssue({ code: 'custom', path: ['tenant'], message: 'tenant is required.' })
  }
}
