/**
 * The shapes of requests of the customer management document, by the names of its schemas. Unknown and read-only fields
 * are dropped; `null` is the same as nothing.
 */
import { z } from 'zod'
import { contactAssignmentTypes, legalEntityTypes } from '../../../domain/customer/company.ts'
import { parameterText, record } from '../../../http/bounds.ts'
import { customId } from '../custom-id.ts'
import { mixinName, mixins, mixinsMax, optionalText, text, wholeNumber } from '../schema.ts'

/** Of one text. */
const languagesMax = 500
const someId = z.string().min(1).max(100)
const resourceIds = z.array(z.object({ id: someId })).max(100)

const metadata = z.object({
  version: z.number().int().min(1).nullish(),
  mixins: record(mixinName, z.string().max(2000), mixinsMax).nullish(),
})

const registrationDate = z
  .string()
  .max(40)
  .refine((date) => /^\d{4}-\d\d-\d\d/.test(date) && !Number.isNaN(Date.parse(date)), 'This is not a date.')

const legalEntity = {
  name: text.trim().min(1),
  parentId: someId.nullish(),
  accountLimit: z
    .object({ currency: z.string().max(10).nullish(), value: z.number().min(0).nullish() })
    .nullish(),
  legalInfo: z
    .object({
      legalName: optionalText,
      registrationDate: registrationDate.nullish(),
      taxRegistrationNumber: optionalText,
      registrationAgency: optionalText,
      countryOfRegistration: optionalText,
      registrationId: optionalText,
    })
    .nullish(),
  customerGroups: z
    .array(
      z.object({
        id: someId,
        name: record(z.string().max(20), text, languagesMax).optional(),
        role: text.optional(),
      }),
    )
    .max(100)
    .nullish(),
  entitiesAddresses: resourceIds.nullish(),
  approvalGroup: resourceIds.nullish(),
  restrictions: z.array(z.string().min(1).max(100)).max(1).nullish(),
  metadata: metadata.nullish(),
  mixins: mixins.nullish(),
}

export const LegalEntityCreate = z.object({
  ...legalEntity,
  id: customId.nullish(),
  type: z.enum(legalEntityTypes).nullish(),
})
export const LegalEntityUpdate = z.object({ ...legalEntity, type: z.enum(legalEntityTypes) })
export type LegalEntityUpdate = z.infer<typeof LegalEntityUpdate>
export type LegalEntityCreate = z.infer<typeof LegalEntityCreate>

const contactAssignment = {
  legalEntity: z.object({ id: someId }),
  customer: z.object({ id: someId }),
  primary: z.boolean().nullish(),
  metadata: metadata.nullish(),
  mixins: mixins.nullish(),
}

export const ContactAssignmentCreate = z.object({
  ...contactAssignment,
  id: customId.nullish(),
  type: z.enum(contactAssignmentTypes).nullish(),
})
export const ContactAssignmentUpdate = z.object({
  ...contactAssignment,
  type: z.enum(contactAssignmentTypes),
})
export type ContactAssignmentCreate = z.infer<typeof ContactAssignmentCreate>
export type ContactAssignmentUpdate = z.infer<typeof ContactAssignmentUpdate>

const filter = z.string().min(1).max(1000).optional()

export const FieldsQuery = z.object({
  fields: z
    .string()
    .max(1000)
    .default('')
    .transform((list) => list.split(',').flatMap((name) => name.trim() || [])),
})
export type FieldsQuery = z.infer<typeof FieldsQuery>

const page = {
  sort: parameterText.default(''),
  pageNumber: wholeNumber(1_000_000).default(1),
  pageSize: wholeNumber(200).default(16),
}

/** Filters by the paths of the fields that they ask for. */
export const LegalEntitySearchQuery = FieldsQuery.extend({
  ...page,
  id: filter,
  name: filter,
  type: z.enum(legalEntityTypes).optional(),
  parentId: filter,
  'legalInfo.legalName': filter,
  'legalInfo.registrationDate': filter,
  'legalInfo.taxRegistrationNumber': filter,
  'legalInfo.registrationAgency': filter,
  'legalInfo.countryOfRegistration': filter,
  'legalInfo.registrationId': filter,
})
export type LegalEntitySearchQuery = z.infer<typeof LegalEntitySearchQuery>

const q = parameterText.default('')
export const LegalEntitiesQuery = LegalEntitySearchQuery.extend({ q })
export const LegalEntitySearch = z.object({ q: parameterText.nullish() })

export const ContactAssignmentsQuery = FieldsQuery.extend({
  ...page,
  q,
  'legalEntity.id': filter,
  'customer.id': filter,
  type: z.enum(contactAssignmentTypes).optional(),
  primary: z.enum(['true', 'false']).optional(),
})
export type ContactAssignmentsQuery = z.infer<typeof ContactAssignmentsQuery>
