/**
 * Companies: legal entities that a tenant's customers act for, and the assignments that make a customer one of its contacts.
 * An assignment belongs to its customer's record and changes with it; a legal entity stands alone. What an assignment lets
 * its customer see and do to others is decided here and nowhere else.
 */
import type { MixinSchemas } from './address.ts'
import { allOf, type Criteria } from '../base/criteria.ts'
import type { Customer } from './customer.ts'
import type { JsonObject } from '../base/json.ts'

/** What requests name and may not find, as failures call it. */
export type CompanyKind = 'legal-entity' | 'contact-assignment' | 'customer'

export const legalEntityTypes = ['COMPANY', 'SUBSIDIARY'] as const
export type LegalEntityType = (typeof legalEntityTypes)[number]

export const contactAssignmentTypes = ['PRIMARY', 'BILLING', 'LOGISTICS', 'CONTACT'] as const
export type ContactAssignmentType = (typeof contactAssignmentTypes)[number]

export interface LegalEntityDraft {
  name: string
  type: LegalEntityType
  parentId?: string | undefined
  accountLimit?: { currency?: string | undefined; value?: number | undefined } | undefined
  legalInfo?: LegalInfo | undefined
  /** Names things of other services; kept as they are written. */
  customerGroups?: JsonObject[] | undefined
  entitiesAddresses?: JsonObject[] | undefined
  /** Ids of contact assignments. */
  approvalGroup?: string[] | undefined
  restrictions?: string[] | undefined
  mixins: JsonObject
  mixinSchemas: MixinSchemas
}

export interface LegalInfo {
  legalName?: string | undefined
  registrationDate?: string | undefined
  taxRegistrationNumber?: string | undefined
  registrationAgency?: string | undefined
  countryOfRegistration?: string | undefined
  registrationId?: string | undefined
}

export interface LegalEntity extends LegalEntityDraft {
  tenant: string
  id: string
  version: number
  createdAt: string
  modifiedAt: string
}

export interface ContactAssignmentDraft {
  legalEntityId: string
  type: ContactAssignmentType
  primary: boolean
  mixins: JsonObject
  mixinSchemas: MixinSchemas
}

export interface ContactAssignment extends ContactAssignmentDraft {
  id: string
  version: number
  createdAt: string
  modifiedAt: string
  /** Came about by the customer's own word at sign-up, until the back office has written it once. */
  selfAssigned?: true
}

export const contactAssignmentsMax = 100
/** Bytes of JSON, so that a page of them fits into memory. */
export const legalEntitySizeMaxBytes = 32 * 1024
export const contactAssignmentSizeMaxBytes = 16 * 1024
/** Legal entities above one another. */
export const ancestorsMax = 50

export function assignmentTo(
  assignments: readonly ContactAssignment[] | undefined,
  legalEntityId: string | undefined,
): ContactAssignment | undefined {
  return assignments?.find((assignment) => assignment.legalEntityId === legalEntityId)
}

const readOwn = 'customer.customer_read_own'
const manageOwn = 'customer.customer_manage_own'

/** What a token for the assignment's company adds. Registration numbers are public: naming one opens no colleague's profile. */
export function companyScopes({ type, selfAssigned }: ContactAssignment): string[] {
  if (selfAssigned) return []
  return type === 'PRIMARY' ? [readOwn, manageOwn] : [readOwn]
}

/** Of the scopes of a token those that still hold, given the assignment as it is now. */
export function scopesHeld(scopes: readonly string[], assignment: ContactAssignment | undefined): string[] {
  const granted = assignment ? companyScopes(assignment) : []
  return scopes.filter((scope) => (scope !== readOwn && scope !== manageOwn) || granted.includes(scope))
}

/** Whose records a caller of the tenant-managed endpoints can see or change. */
export type Reach = { kind: 'tenant' } | { kind: 'company'; legalEntityId: string } | { kind: 'nobody' }

export const reachScopes = {
  read: { all: 'customer.customer_read', own: readOwn },
  manage: { all: 'customer.customer_manage', own: manageOwn },
} as const

export function isWithin(reach: Reach, { contactAssignments }: Customer): boolean {
  switch (reach.kind) {
    case 'tenant':
      return true
    case 'company':
      return assignmentTo(contactAssignments, reach.legalEntityId) !== undefined
    case 'nobody':
      return false
  }
}

/** The same as a condition on a search. */
export function within(reach: Reach, criteria?: Criteria): Criteria | undefined {
  if (reach.kind === 'tenant') return criteria
  const members: Criteria =
    reach.kind === 'nobody'
      ? { kind: 'oneOf', path: ['id'], values: [] }
      : {
          kind: 'some',
          path: ['contactAssignments'],
          of: { kind: 'compare', path: ['legalEntityId'], operator: '=', value: reach.legalEntityId },
        }
  return allOf(members, criteria)
}
