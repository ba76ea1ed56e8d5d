/**
 * What a contact assignment lets its customer see of others and do to them: the scopes that a company adds to a token, and
 * the reach of a caller of the tenant-managed endpoints. Decided here and nowhere else.
 */
import { allOf, type Criteria } from '../base/criteria.ts'
import { assignmentTo, type ContactAssignment } from './company.ts'
import type { Customer } from './customer.ts'

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
