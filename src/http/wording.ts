/**
 * How a dialect declares which failures it can meet: it lists those that none of its endpoints meets, and words all others in one
 * exhaustive `switch`. A new kind of failure therefore stops the compiler in every dialect, until it is worded or listed.
 */
import type { DomainError } from '../domain/base/result.ts'
import type { Dialect, FailurePlace } from './endpoint.ts'
import type { HttpFailure, Reply } from './failure.ts'

type Kind = DomainError['kind']

/** Throws on a failure that is listed: meeting it is a mistake of ours. */
export function wording<const Unmet extends Kind>(
  unmet: readonly Unmet[],
  word: (failure: Exclude<HttpFailure, { kind: Unmet }>, place: FailurePlace) => Reply,
): Dialect['presentFailure'] {
  const isMet = (failure: HttpFailure): failure is Exclude<HttpFailure, { kind: Unmet }> =>
    !(unmet as readonly string[]).includes(failure.kind)
  return (failure, place) => {
    if (!isMet(failure))
      throw new Error(`${failure.kind} is declared as a failure that this dialect does not meet.`)
    return word(failure, place)
  }
}
