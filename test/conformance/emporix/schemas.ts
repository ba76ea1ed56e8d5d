/**
 * What the two documents promise of every answer, field by field: an answer with a field more, a field less
 * or a field of another type does not conform. Written from the document, not from the service's own schemas.
 * Also the few ways in which a test says which answer it expects.
 */
import { z } from 'zod'
import type { Answer } from '../../support/client.ts'

const text = z.string().min(1)
const seconds = z.number().int().nonnegative()
const uuid = z.uuid()
/** RFC 3339 in UTC, with milliseconds. */
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
/** Three parts in base64url. */
const jwt = z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)

const errorType = z.string().regex(/[a-z]+[a-z_]*[a-z]+/)
const errorDetail = z.strictObject({
  field: z.string().optional(),
  type: errorType.optional(),
  message: text,
})

export const ErrorMessage = z.strictObject({
  status: z.number().int().min(100).max(599),
  type: errorType,
  message: text,
  details: z.array(errorDetail).min(1).optional(),
})
export type ErrorMessage = z.infer<typeof ErrorMessage>

export const Fault = z.strictObject({
  fault: z.strictObject({
    faultstring: text,
    detail: z.strictObject({ errorcode: z.string().regex(/^[\w.]+$/) }),
  }),
})

export const ResourceLocation = z.strictObject({ id: text })
/** A generated customer number. */
export const CustomerLocation = z.strictObject({ id: z.string().regex(/^\d{8,}$/) })

const anonymousToken = {
  token_type: z.literal('Bearer'),
  access_token: text,
  expires_in: z.literal(3599),
  sessionId: uuid,
  scope: z.string().regex(/^tenant=[a-z][a-z0-9]+$/),
}
export const AnonymousAccessToken = z.strictObject({
  ...anonymousToken,
  refresh_token: text,
  refresh_token_expires_in: z.literal(86_399),
})
/** After a refresh by the deprecated parameter. */
export const AnonymousAccessTokenOnly = z.strictObject(anonymousToken)

const customerToken = {
  access_token: jwt,
  expires_in: z.literal(2_591_999),
  refresh_token: text,
  refresh_token_expires_in: z.literal(86_399),
  token_type: z.literal('Bearer'),
  session_id: uuid,
  accessToken: text,
  expiresIn: seconds,
  refreshToken: text,
  refreshTokenExpiresIn: seconds,
}

/** Names of the snake_case fields with their deprecated twins. */
const twins = {
  access_token: 'accessToken',
  expires_in: 'expiresIn',
  refresh_token: 'refreshToken',
  refresh_token_expires_in: 'refreshTokenExpiresIn',
  saas_token: 'saasToken',
} as const

function twinsAreEqual(body: Record<string, unknown>, context: z.RefinementCtx): void {
  for (const [name, twin] of Object.entries(twins)) {
    if (body[name] === body[twin]) continue
    context.addIssue({ code: 'custom', path: [twin], message: `is not the same as ${name}` })
  }
}

export const RefreshCustomerToken = z.strictObject(customerToken).superRefine(twinsAreEqual)
export const CustomerToken = z
  .strictObject({ ...customerToken, saas_token: jwt, saasToken: jwt, initialPassword: z.boolean() })
  .superRefine(twinsAreEqual)

export const ValidateTokenResponse = z.strictObject({
  token_type: z.literal('Bearer'),
  expires_in: seconds,
  scope: text,
  sessionId: uuid,
  email: z.email(),
  legalEntityId: text.optional(),
})

export const ServiceAccessToken = z.strictObject({
  refresh_token_expires_in: z.literal(0),
  refresh_token: z.literal(''),
  session_idle_time: z.literal(120),
  token_type: z.literal('Bearer'),
  access_token: jwt,
  expires_in: z.literal(14_399),
  scope: text,
})

const mixins = z.record(z.string(), z.unknown())
const metadata = z.strictObject({
  mixins: z.record(z.string(), z.url()),
  version: z.number().int().positive(),
})

export const AddressDto = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{10}$/),
  contactName: z.string().optional(),
  companyName: z.string().optional(),
  street: z.string().optional(),
  streetNumber: z.string().optional(),
  streetAppendix: z.string().optional(),
  extraLine1: z.string().optional(),
  extraLine2: z.string().optional(),
  extraLine3: z.string().optional(),
  extraLine4: z.string().optional(),
  zipCode: z.string().optional(),
  city: z.string().optional(),
  country: z.string().optional(),
  state: z.string().optional(),
  contactPhone: z.string().optional(),
  tags: z.array(z.string()),
  isDefault: z.boolean(),
  metadata,
  mixins,
})
export type AddressDto = z.infer<typeof AddressDto>

/** As the back office sees an address, whose id it may have chosen and whose name is required. */
export const SellerAddress = AddressDto.extend({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,66}$/),
  contactName: z.string(),
})

export const AddressDtos = z.array(AddressDto)

/** Inside a profile, where the name is required. */
export const Address = AddressDto.extend({ contactName: z.string() })

const profile = {
  id: z.string().regex(/^[A-Za-z0-9_-]{1,66}$/),
  customerNumber: text,
  title: z.string().optional(),
  firstName: z.string().optional(),
  middleName: z.string().optional(),
  lastName: z.string().optional(),
  contactEmail: z.email().optional(),
  contactPhone: z.string().optional(),
  company: z.string().optional(),
  preferredLanguage: z.string().optional(),
  preferredCurrency: z.string().length(3).optional(),
  preferredSite: z.string().optional(),
  addresses: z.array(Address).optional(),
  defaultAddress: Address.optional(),
  businessModel: z.enum(['B2B', 'B2C']),
  b2b: z.strictObject({
    companyRegistrationId: z.string().optional(),
    legalEntities: z.array(z.strictObject({ id: text, name: text, contactAssignmentId: text })),
  }),
  mixins: mixins.optional(),
  metadata,
  lastLogin: time,
  metadataCreatedAt: time,
}
const accountIds = z.array(z.strictObject({ id: z.email(), providerId: z.string().optional() }))
const isOneNumber = ({ id, customerNumber }: { id: string; customerNumber: string }) => id === customerNumber

export const Customer = z
  .strictObject({ ...profile, id: z.string().regex(/^\d{8,}$/), accounts: accountIds })
  .refine(isOneNumber, 'id and customerNumber differ')
export type Customer = z.infer<typeof Customer>

/** As the back office sees a customer. */
export const CustomerForSellerDto = z
  .strictObject({
    ...profile,
    addresses: z.array(SellerAddress).optional(),
    defaultAddress: SellerAddress.optional(),
    photoUrl: z.string().optional(),
    email: z.email().optional(),
    active: z.boolean(),
    onHold: z.boolean(),
    type: z.enum(['CUSTOMER', 'CONTACT']),
    restriction: text.optional(),
    accounts: accountIds.optional(),
    /** Null: never. */
    lastLogin: time.nullable(),
  })
  .refine(isOneNumber, 'id and customerNumber differ')
export type CustomerForSellerDto = z.infer<typeof CustomerForSellerDto>

const date = z.iso.date()
export const RetentionConfig = z.strictObject({
  retentionEndDate: date,
  emailReminderDate: date,
  emailNotificationsEnabled: z.boolean(),
})

const made = { index: z.number().int(), id: text, code: z.literal([200, 201]), status: text }
const failed = {
  ...{
    index: z.number().int(),
    id: z.undefined().optional(),
    code: z.number().int().min(400),
    status: text,
    message: text,
  },
  details: z.array(z.strictObject({ message: text })).optional(),
}
export const CustomerBulkItemResponses = z.array(
  z.union([z.strictObject({ ...made, message: z.undefined().optional() }), z.strictObject(failed)]),
)

export const CustomerLogin = z.strictObject({
  accessToken: jwt,
  saasToken: jwt,
  expiresIn: seconds,
  refreshToken: text,
  refreshTokenExpiresIn: seconds,
})

/** The body of an answer that has the status and the shape; throws otherwise. */
export function conform<T>(answer: Answer, status: number, schema: z.ZodType<T>): T {
  if (answer.status !== status) throw new Error(`${status} expected, ${answer.status} came: ${answer.text}`)
  const type = answer.headers.get('Content-Type')
  if (!type?.startsWith('application/json')) throw new Error(`application/json expected, ${type} came`)
  const result = schema.safeParse(answer.body)
  if (!result.success) throw new Error(`${z.prettifyError(result.error)}\nin ${answer.text}`)
  return result.data
}

/** The status and nothing else. */
export function conformEmpty(answer: Answer, status: number): void {
  if (answer.status === status && answer.text === '') return
  throw new Error(`${status} without a body expected, ${answer.status} came: ${answer.text}`)
}

/** An ErrorMessage whose status is the answer's. */
export function conformError(answer: Answer, status: number, type: string): ErrorMessage {
  const body = conform(answer, status, ErrorMessage)
  if (body.status === status && body.type === type) return body
  throw new Error(`${status} ${type} expected in the body: ${answer.text}`)
}

/** A 400 with exactly these `details`: field → type. */
export function conformViolations(answer: Answer, expected: Record<string, string>): void {
  const { details = [] } = conformError(answer, 400, 'validation_violation')
  const found = details.map(({ field, type }) => `${field}: ${type}`).sort()
  const wanted = Object.entries(expected).map(([field, type]) => `${field}: ${type}`)
  if (found.join() === wanted.sort().join()) return
  throw new Error(`details of ${wanted.join()} expected: ${answer.text}`)
}

const faults = {
  'Invalid access token': 'oauth.v2.InvalidAccessToken',
  'Access Token expired': 'keymanagement.service.access_token_expired',
  'Invalid ApiKey': 'oauth.v2.InvalidApiKey',
} as const

/** The gateway's 401. */
export function conformFault(
  answer: Answer,
  faultstring: keyof typeof faults = 'Invalid access token',
): void {
  const { fault } = conform(answer, 401, Fault)
  if (fault.faultstring === faultstring && fault.detail.errorcode === faults[faultstring]) return
  throw new Error(`the fault "${faultstring}" expected: ${answer.text}`)
}

/** Wrong e-mail or password: the one 401 that is no fault. */
export function conformWrongCredentials(answer: Answer): void {
  const { details } = conformError(answer, 401, 'insufficient_credentials')
  if (details !== undefined) throw new Error(`no details expected: ${answer.text}`)
}
