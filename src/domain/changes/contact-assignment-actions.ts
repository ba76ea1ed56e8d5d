/**
 * The actions on a customer's contact assignments: one for each legal entity at most. That the legal entity exists is the
 * store's word, in the batch that writes the assignment.
 */
import { changed, unchanged, type Change, type CustomerRecord, type Handlers } from './change.ts'
import {
  assignmentTo,
  contactAssignmentSizeMaxBytes,
  contactAssignmentsMax,
  type ContactAssignment,
  type ContactAssignmentDraft,
  type Standing,
} from '../customer/company.ts'
import { jsonSizeBytes, sameJson } from '../base/json.ts'
import { fail, invalid, type Result } from '../base/result.ts'
import type { ContactAssignmentAction } from './update-action.ts'

export const contactAssignmentHandlers: Handlers<ContactAssignmentAction> = {
  addContactAssignment(record, { action: _action, assignmentId, draft, ...standing }, now) {
    const before = assignmentsOf(record)
    if (before.some(({ id }) => id === assignmentId))
      return fail({ kind: 'ValueTaken', field: 'id', value: assignmentId })
    if (before.length >= contactAssignmentsMax) {
      const text = `A customer has at most ${contactAssignmentsMax} contact assignments.`
      return invalid('customer.id', text, 'too_large')
    }
    const time = new Date(now).toISOString()
    const added: ContactAssignment = {
      ...draft,
      id: assignmentId,
      version: 1,
      createdAt: time,
      modifiedAt: time,
      ...standing,
    }
    return refusal(before, draft) ?? assigned(record, [...before, added])
  },

  changeContactAssignment(record, { assignmentId, draft, confirmedBy, expectedVersion: expected }, now) {
    const current = assignmentsOf(record).find(({ id }) => id === assignmentId)
    if (!current) return fail({ kind: 'ResourceNotFound', of: 'contact-assignment', id: assignmentId })
    const { version: actual, createdAt } = current
    if (expected !== undefined && expected !== actual)
      return fail({ kind: 'ResourceConflict', of: 'contact-assignment', id: assignmentId, expected, actual })
    const own = { id: assignmentId, createdAt, version: actual, modifiedAt: current.modifiedAt }
    const { selfAssigned, madeByCompany: _made, confirmedBy: _before, ...written } = current
    if (!selfAssigned && sameJson({ ...draft, ...own }, written)) return unchanged(record)
    const others = assignmentsOf(record).filter(({ id }) => id !== assignmentId)
    const standing = standingAfter(current, draft, confirmedBy)
    const modified = { version: actual + 1, modifiedAt: new Date(now).toISOString() }
    const next: ContactAssignment = { ...draft, ...own, ...modified, ...standing }
    return (
      refusal(others, draft) ??
      assigned(
        record,
        assignmentsOf(record).map((one) => (one === current ? next : one)),
      )
    )
  },

  removeContactAssignment(record, { assignmentId }) {
    const before = assignmentsOf(record)
    const left = before.filter(({ id }) => id !== assignmentId)
    return left.length === before.length
      ? fail({ kind: 'ResourceNotFound', of: 'contact-assignment', id: assignmentId })
      : assigned(record, left)
  },
}

function assignmentsOf({ customer }: CustomerRecord): ContactAssignment[] {
  return customer.contactAssignments ?? []
}

/** Another company has not made the customer, and what was said of the one before says nothing of it. */
function standingAfter(
  { legalEntityId, madeByCompany, confirmedBy: before }: ContactAssignment,
  draft: ContactAssignmentDraft,
  writer: Standing['confirmedBy'],
): Standing {
  const isMoved = draft.legalEntityId !== legalEntityId
  const confirmedBy = isMoved ? writer : (before ?? writer)
  return { ...(madeByCompany && !isMoved && { madeByCompany }), ...(confirmedBy && { confirmedBy }) }
}

function refusal(others: ContactAssignment[], draft: ContactAssignmentDraft): Result<never> | undefined {
  const { legalEntityId } = draft
  if (jsonSizeBytes(draft) > contactAssignmentSizeMaxBytes) {
    const text = `A contact assignment has at most ${contactAssignmentSizeMaxBytes} bytes.`
    return invalid('', text, 'too_large')
  }
  return assignmentTo(others, legalEntityId)
    ? fail({ kind: 'ValueTaken', field: 'legalEntity.id', value: legalEntityId })
    : undefined
}

function assigned(record: CustomerRecord, contactAssignments: ContactAssignment[]): Result<Change> {
  const { contactAssignments: _before, ...customer } = record.customer
  const legalEntityIds = contactAssignments.map(({ legalEntityId }) => legalEntityId)
  return changed(record, contactAssignments.length === 0 ? customer : { ...customer, contactAssignments }, {
    type: 'CustomerProfileChanged',
    payload: { legalEntityIds },
  })
}
