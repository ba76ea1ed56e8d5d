/**
 * A use case's result as an answer: the presented value, or the failure in commercetools' words. Never an empty body.
 */
import type { Result } from '../../domain/base/result.ts'
import type { FailurePlace } from '../../http/endpoint.ts'
import type { Reply } from '../../http/failure.ts'
import { presentFailure } from './error.ts'

export function reply<T>(
  status: number,
  outcome: Result<T>,
  present: (value: T) => unknown,
  place: Partial<FailurePlace> = {},
): Reply {
  return outcome.ok
    ? { status, body: present(outcome.value) }
    : presentFailure(outcome.error, { source: 'domain', ...place })
}
