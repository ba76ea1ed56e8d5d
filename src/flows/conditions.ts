/**
 * The conditions of a request to one customer: which of them do not hold, and in which order that is said.
 * Pure: the aggregate finds record and session, this decides.
 */
import type { CustomerRecord } from '../domain/change.ts'
import { isSpendable } from '../domain/one-time-token.ts'
import { fail, type DomainError, type Result } from '../domain/result.ts'
import { isAlive, type Session } from '../domain/session.ts'
import type { Conditions } from './ports.ts'

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
  const { proof, token, now, expectedRevision, expectedVersion: expected, loginAgeMaxSeconds } = conditions
  if (proof) {
    if (!isAlive(session, credentials.revision, now) || !isUsable(record)) return { kind: 'SessionEnded' }
    if (loginAgeMaxSeconds !== undefined && now - session.createdAt > loginAgeMaxSeconds * 1000)
      return { kind: 'RecentLoginRequired' }
  }
  if (token && !isSpendable(token, credentials, now)) return { kind: 'OneTimeTokenRejected' }
  if (expectedRevision !== undefined && expectedRevision !== credentials.revision)
    return { kind: 'CredentialsRejected' }
  return expected === undefined || expected === customer.version
    ? undefined
    : { kind: 'VersionConflict', customerId: customer.id, expected, actual: customer.version }
}

export function isUsable({ customer, credentials }: CustomerRecord): boolean {
  return customer.active && !customer.onHold && credentials.optInPending !== true
}
