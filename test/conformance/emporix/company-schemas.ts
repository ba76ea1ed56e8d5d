/**
 * What the customer management document promises of every answer, strict like `schemas.ts` and written from the document.
 */
import { z } from 'zod'
import type { Answer } from '../../support/client.ts'
import { conform } from './schemas.ts'

const text = z.string().min(1)
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

const metadata = z.strictObject({
  version: z.number().int().positive(),
  createdAt: time,
  modifiedAt: time,
  mixins: z.record(z.string(), z.url()).optional(),
})
const mixins = z.record(z.string(), z.unknown())

export const Location = z.strictObject({ id: text })

const contact = z.strictObject({
  id: text,
  name: z.string().optional(),
  surname: z.string().optional(),
  email: z.email().optional(),
  phone: z.string().optional(),
})

const assignment = {
  id: text,
  customer: contact,
  type: z.enum(['PRIMARY', 'BILLING', 'LOGISTICS', 'CONTACT']),
  primary: z.boolean(),
  metadata,
}

const legalEntity = {
  id: text,
  name: text,
  type: z.enum(['COMPANY', 'SUBSIDIARY']),
  parentId: text.optional(),
  accountLimit: z
    .strictObject({ currency: z.string().optional(), value: z.number().nonnegative().optional() })
    .optional(),
  legalInfo: z
    .strictObject({
      legalName: z.string().optional(),
      registrationDate: z.string().optional(),
      taxRegistrationNumber: z.string().optional(),
      registrationAgency: z.string().optional(),
      countryOfRegistration: z.string().optional(),
      registrationId: z.string().optional(),
    })
    .optional(),
  customerGroups: z
    .array(
      z.strictObject({
        id: text,
        name: z.record(z.string(), z.string()).optional(),
        role: z.string().optional(),
      }),
    )
    .optional(),
  entitiesAddresses: z.array(z.strictObject({ id: text })).optional(),
  restrictions: z.array(z.string()).max(1).optional(),
  metadata,
  mixins: mixins.optional(),
}

export const LegalEntity = z.strictObject({
  ...legalEntity,
  approvalGroup: z
    .array(z.strictObject({ ...assignment, legalEntity: z.strictObject({ id: text }) }))
    .optional(),
})
export type LegalEntity = z.infer<typeof LegalEntity>

export const ContactAssignment = z.strictObject({
  ...assignment,
  legalEntity: z.strictObject(legalEntity),
  mixins: mixins.optional(),
})
export type ContactAssignment = z.infer<typeof ContactAssignment>

const CompanyError = z.strictObject({
  code: z.number().int().min(100).max(599),
  status: text,
  message: text,
  resourceId: text.optional(),
  details: z.array(text),
})

/** The document's error whose code is the answer's; the details start as given. */
export function conformCompanyError(answer: Answer, code: number, ...details: string[]): void {
  const body = conform(answer, code, CompanyError)
  const isAsTold =
    body.code === code && details.every((start) => body.details.some((text) => text.startsWith(start)))
  if (!isAsTold) throw new Error(`${code} with ${details.join()} expected: ${answer.text}`)
}
