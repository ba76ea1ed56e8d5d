/**
 * What a caller may see of others and do to them: the scopes that a company adds to a token, the reach of a caller of the
 * tenant-managed endpoints, and the stores that a caller may move customers between. Decided here and nowhere else.
 */
import { allOf, type Criteria } from '../base/criteria.ts'
import { customerScopes } from '../tenant/principal.ts'
import type { Session } from '../credentials/session.ts'
import { assignmentTo, type ContactAssignment } from './company.ts'
import type { Customer } from './customer.ts'

const readOwn = 'customer.customer_read_own'
const manageOwn = 'customer.customer_manage_own'

/** What a session says about the scopes that it has room for. */
export type Opening = Pick<Session, 'grant' | 'assistedBy'>

/**
 * What a token for the assignment's company adds. Registration numbers are public: naming one opens no colleague's profile.
 * The customer's own log-in has room for all of it; a session that was granted less has room only for what the grant names,
 * and one that an employee opened for the customer has none.
 */
export function companyScopes({ type, selfAssigned }: ContactAssignment, opening: Opening): string[] {
  if (selfAssigned || opening.assistedBy) return []
  const { scopes } = opening.grant
  const isWhole = customerScopes.every((scope) => scopes.includes(scope))
  const given = type === 'PRIMARY' ? [readOwn, manageOwn] : [readOwn]
  return given.filter((scope) => isWhole || scopes.includes(scope))
}

/** Of the scopes of a token those that still hold, given the session and the assignment as they are now. */
export function scopesHeld(
  scopes: readonly string[],
  assignment: ContactAssignment | undefined,
  opening: Opening,
): string[] {
  const granted = assignment ? companyScopes(assignment, opening) : []
  return scopes.filter((scope) => (scope !== readOwn && scope !== manageOwn) || granted.includes(scope))
}

/** Whose records a caller of the tenant-managed endpoints can see or change. */
export type Reach = { kind: 'tenant' } | { kind: 'company'; legalEntityId: string } | { kind: 'nobody' }

export const reachScopes = {
  read: { all: 'customer.customer_read', own: readOwn },
  manage: { all: 'customer.customer_manage', own: manageOwn },
} as const

/** A customer who attached himself to the company is none of its members before the back office has said so. */
export function isWithin(reach: Reach, customer: Customer): boolean {
  switch (reach.kind) {
    case 'tenant':
      return true
    case 'company':
      return membership(customer, reach.legalEntityId) !== undefined
    case 'nobody':
      return false
  }
}

/** Of those within reach: a member of several companies is changed by none of them. */
export function isChangeable(reach: Reach, customer: Customer): boolean {
  if (reach.kind !== 'company') return isWithin(reach, customer)
  return isWithin(reach, customer) && customer.contactAssignments?.length === 1
}

/** A company erases the customers that it has made, and none that was there before. */
export function isErasable(reach: Reach, customer: Customer): boolean {
  if (!isChangeable(reach, customer)) return false
  return reach.kind !== 'company' || membership(customer, reach.legalEntityId)?.madeByCompany === true
}

/** The same as `isWithin`, as a condition on a search. */
export function within(reach: Reach, criteria?: Criteria): Criteria | undefined {
  switch (reach.kind) {
    case 'tenant':
      return criteria
    case 'nobody':
      return allOf({ kind: 'oneOf', path: ['id'], values: [] }, criteria)
    case 'company': {
      const value = reach.legalEntityId
      const of = allOf(
        { kind: 'compare', path: ['legalEntityId'], operator: '=', value },
        { kind: 'empty', path: ['selfAssigned'] },
      )
      return allOf(of && { kind: 'some', path: ['contactAssignments'], of }, criteria)
    }
  }
}

/**
 * Whether a caller who is limited to `stores` may turn one customer into the other: into these stores and out of them, but
 * not out of the last one, since a customer of no store belongs to the whole tenant.
 */
export function movesWithin(
  stores: readonly string[],
  before: Customer | undefined,
  after: Customer,
): boolean {
  const [left, joined] = [storeKeys(before), storeKeys(after)]
  const moved = [
    ...left.filter((key) => !joined.includes(key)),
    ...joined.filter((key) => !left.includes(key)),
  ]
  return moved.every((key) => stores.includes(key)) && (joined.length > 0 || left.length === 0)
}

function membership({ contactAssignments }: Customer, legalEntityId: string): ContactAssignment | undefined {
  const assignment = assignmentTo(contactAssignments, legalEntityId)
  return assignment?.selfAssigned ? undefined : assignment
}

function storeKeys(customer: Customer | undefined): string[] {
  return (customer?.stores ?? []).map(({ key }) => key)
}
