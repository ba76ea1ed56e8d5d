/**
 * The ports around companies.
 */
import type { Page, PageRequest } from './page.ts'
import type { ContactAssignment, LegalEntity } from '../../domain/customer/company.ts'
import type { Result } from '../../domain/base/result.ts'
import type { CustomerRef } from './customers.ts'
import type { Extent } from './tenants.ts'

/** Legal entities in the database. One that is dissolved is not found any more, from that moment on. */
export interface LegalEntityStore {
  find(tenant: string, id: string): Promise<LegalEntity | undefined>
  /** Names of those that exist. */
  names(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  page(tenant: string, request: PageRequest): Promise<Result<Page<LegalEntity>>>
  /** The entity itself, its parent, and so on; empty when there is no such entity. */
  lineage(tenant: string, id: string): Promise<LegalEntity[]>
  /** Fails with `ValueTaken` when the id is, `ReferenceUnresolved` when there is no such parent. */
  insert(entity: LegalEntity): Promise<Result<void>>
  /**
   * Writes the next version, over the expected one or over whichever is there; fails with `ResourceConflict` too, and
   * `InvalidInput` for a circle of parents.
   */
  save(next: LegalEntity, expected: number | undefined): Promise<Result<void>>
  /** The one with the registration id of the draft, or the draft itself; two at once get the same. */
  findOrInsert(entity: LegalEntity, registrationId: string): Promise<LegalEntity>
  /** With all that are below it. False when there is no such entity. */
  dissolve(tenant: string, id: string, now: number): Promise<boolean>
  /** Assignments to dissolved entities. */
  leftovers(of: Extent, limit: number): Promise<Leftover[]>
  /** Forgets the dissolved entities that nothing refers to any more. */
  purge(of: Extent): Promise<void>
}

export interface Leftover extends CustomerRef {
  assignmentId: string
}

/** Contact assignments of all customers, as the database has them. Those to dissolved entities are not found. */
export interface ContactAssignmentQuery {
  /** Those that exist, in the order of the ids. */
  findAll(tenant: string, ids: readonly string[]): Promise<ContactAssignmentView[]>
  page(tenant: string, request: PageRequest): Promise<Result<Page<ContactAssignmentView>>>
}

export interface ContactAssignmentView extends ContactAssignment {
  legalEntity: LegalEntity
  customer: Contact
}

export interface Contact {
  id: string
  firstName?: string
  lastName?: string
  email?: string
  phone?: string
}
