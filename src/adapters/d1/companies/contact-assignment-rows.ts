/**
 * A customer's contact assignments as rows, which are written in the batch of the record that they belong to.
 */
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { CustomerRecord } from '../../../domain/changes/change.ts'
import type { ContactAssignment } from '../../../domain/customer/company.ts'
import type { Customer } from '../../../domain/customer/customer.ts'
import { sameJson } from '../../../domain/base/json.ts'
import type { CustomerRef } from '../../../flows/ports/index.ts'
import type { Database, Statement } from '../database.ts'
import { contactAssignments, legalEntities } from './company-schema.ts'

/** A legal entity that does not exist becomes NULL, which takes the whole batch back. */
export function assignmentChanges(
  database: Database,
  before: Customer | undefined,
  after: Customer,
): Statement[] {
  if (before?.contactAssignments === after.contactAssignments) return []
  const key = { tenant: after.tenant, customerId: after.id }
  const old = before ? contactAssignmentRows(key, before) : []
  const current = contactAssignmentRows(key, after)
  const isRow = (id: string) => and(eq(contactAssignments.tenant, key.tenant), eq(contactAssignments.id, id))
  const removed = old.filter(({ id }) => !current.some((row) => row.id === id))
  const written = current.filter((row) => !old.some((previous) => sameJson(previous, row)))
  return [
    ...removed.map(({ id }) => database.delete(contactAssignments).where(isRow(id))),
    ...written.map((row): Statement => {
      const existing = and(
        eq(legalEntities.tenant, row.tenant),
        eq(legalEntities.id, row.legalEntityId),
        isNull(legalEntities.dissolvedAt),
      )
      const values = {
        ...row,
        legalEntityId: sql`(SELECT ${legalEntities.id} FROM ${legalEntities} WHERE ${existing})`,
      }
      return old.some(({ id }) => id === row.id)
        ? database.update(contactAssignments).set(values).where(isRow(row.id))
        : database.insert(contactAssignments).values(values)
    }),
  ]
}

/** The assignment that a write is about: the only one whose id can be taken or whose legal entity can be missing. */
export function changedAssignment(before: CustomerRecord | undefined, after: CustomerRecord) {
  const known = before?.customer.contactAssignments ?? []
  return after.customer.contactAssignments?.find((one) => !known.some((other) => sameJson(other, one)))
}

function contactAssignmentRows({ tenant, customerId }: CustomerRef, customer: Customer) {
  return (customer.contactAssignments ?? []).map(
    ({ id, legalEntityId, version, createdAt, modifiedAt, ...body }) => ({
      ...{ tenant, customerId, id, legalEntityId, version, createdAt, modifiedAt },
      body,
    }),
  )
}

export function toContactAssignment(
  row: Omit<typeof contactAssignments.$inferSelect, 'tenant' | 'customerId'>,
): ContactAssignment {
  const { id, legalEntityId, version, createdAt, modifiedAt, body } = row
  return { ...body, id, legalEntityId, version, createdAt, modifiedAt }
}
