/**
 * Companies: legal entities that a tenant's customers act for, and the assignments that make a customer one of its contacts.
 * An assignment belongs to its customer's record and changes with it; a legal entity stands alone.
 */
import type { Actor } from '../base/actor.ts'
import type { MixinSchemas } from './address.ts'
import type { JsonObject } from '../base/json.ts'

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
  /** Came about by a customer's own word at sign-up, until the back office has written it once. */
  selfFounded?: true
}

export interface ContactAssignmentDraft {
  legalEntityId: string
  type: ContactAssignmentType
  primary: boolean
  mixins: JsonObject
  mixinSchemas: MixinSchemas
}

/** By whose word a customer is a member. Kept inside the service, no dialect shows it. */
export interface Standing {
  /** By the customer's own word at sign-up, until the back office has written the assignment once. */
  selfAssigned?: true
  /** The company made the customer, so it may erase the customer. */
  madeByCompany?: true
  /** Who of the back office vouched for it first; absent on assignments from before this was kept. */
  confirmedBy?: Actor
}

export interface ContactAssignment extends ContactAssignmentDraft, Standing {
  id: string
  version: number
  createdAt: string
  modifiedAt: string
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
