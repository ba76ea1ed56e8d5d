/**
 * The conditions of a request to one customer: which of them do not hold, and in which order that is said.
 * Pure: the aggregate finds record and session, this decides.
 */
import { isChangeable, isErasable, isWithin, movesWithin } from '../../domain/customer/reach.ts'
import { isUsable, type CustomerRecord } from '../../domain/changes/change.ts'
import { isOfStore, maySignInAt, type Customer } from '../../domain/customer/customer.ts'
import { isSpendable } from '../../domain/credentials/one-time-token.ts'
import { fail, type DomainError, type Result } from '../../domain/base/result.ts'
import { isAlive, isRecentLogin, type Session } from '../../domain/credentials/session.ts'
import type { Conditions } from '../ports/index.ts'

/** Without a record no condition holds; callers learn what they asked for, not that the customer is gone. */
export function refuseMissing(conditions: Conditions, customerId: string): Result<never> {
  if (conditions.proof) return fail({ kind: 'SessionEnded' })
  if (conditions.token) return fail({ kind: 'OneTimeTokenRejected' })
  return fail({ kind: 'CustomerNotFound', customerId })
}

/** The first condition that does not hold. `session` is the one of `conditions.proof`, as far as it is known. */
export function refusal(
  record: CustomerRecord,
  session: Session | undefined,
  conditions: Conditions,
): DomainError | undefined {
  const { customer, credentials } = record
  const { proof, token, store, reach, signInAt, now, requireRecentLogin } = conditions
  const { expectedRevision, expectedVersion } = conditions
  if (reach && !isWithin(reach, customer)) return { kind: 'CustomerNotFound', customerId: customer.id }
  if (reach?.kind === 'company' && !isChangeable(reach, customer))
    return { kind: 'LegalEntityNotAssigned', legalEntityId: reach.legalEntityId }
  if (proof) {
    if (!isAlive(session, credentials, now) || !isUsable(record)) return { kind: 'SessionEnded' }
    if (requireRecentLogin && !isRecentLogin(session, now)) return { kind: 'RecentLoginRequired' }
  }
  if (store !== undefined && !isOfStore(customer, store))
    return { kind: 'CustomerNotFound', customerId: customer.id }
  if (signInAt && !maySignInAt(customer, signInAt.store)) return { kind: 'CredentialsRejected' }
  if (token && !isSpendable(token, credentials, now))
    return { kind: 'OneTimeTokenExpired', purpose: token.purpose }
  const conflict = versionConflict(customer, expectedVersion)
  if (conflict) return conflict
  return expectedRevision === undefined || expectedRevision === credentials.revision
    ? undefined
    : { kind: 'CredentialsRejected' }
}

/** Beside the conditions of every change. */
export function erasureRefusal({ customer }: CustomerRecord, { reach }: Conditions): DomainError | undefined {
  return reach?.kind === 'company' && !isErasable(reach, customer)
    ? { kind: 'LegalEntityNotAssigned', legalEntityId: reach.legalEntityId }
    : undefined
}

/** What a change comes to, whatever its actions were. A new customer has no `before`. */
export function outcomeRefusal(
  before: Customer | undefined,
  after: Customer,
  { ownStores }: Pick<Conditions, 'ownStores'>,
): DomainError | undefined {
  return ownStores === undefined || movesWithin(ownStores, before, after) ? undefined : beyondOwnStores
}

/** The same for a store of others and for one that there is not. */
export const beyondOwnStores: DomainError = { kind: 'ClientUnfit', scope: 'manage_customers' }

export function versionConflict(
  { id: customerId, version: actual }: Customer,
  expected: number | undefined,
): DomainError | undefined {
  return expected === undefined || expected === actual
    ? undefined
    : { kind: 'VersionConflict', customerId, expected, actual }
}
