/**
 * The `where` parameters of a request as criteria of the domain, or the vendor's sentence about what is wrong with them.
 * Length, nesting, conditions and values are limited, so that no predicate costs more than a few milliseconds.
 */
import {
  allOf,
  exceededLimit,
  junction,
  type Criteria,
  type FieldNames,
} from '../../../domain/base/criteria.ts'
import type { Result } from '../../../domain/base/result.ts'
import { Malformed, ParameterCursor, type MalformedParameter } from './predicate-cursor.ts'
import { PredicateParser, tooComplex } from './predicate-grammar.ts'
import type { Variables } from './predicate-values.ts'

/** Characters of all predicates of a request together. */
export const predicateLengthMax = 10_000

/** All predicates of a request, each of which has to hold; undefined when there is none. */
export function parsePredicates(
  predicates: readonly string[],
  fields: FieldNames,
  variables: Variables,
): Result<Criteria | undefined, MalformedParameter> {
  let length = 0
  const parts: Criteria[] = []
  for (const predicate of predicates) {
    const cursor = new ParameterCursor('where', predicate)
    length += predicate.length
    try {
      if (length > predicateLengthMax)
        throw cursor.failure(`The predicate is longer than ${predicateLengthMax} characters.`, 0)
      parts.push(new PredicateParser(cursor, variables).parse(fields))
      if (exceededLimit(junction('and', parts))) throw tooComplex(cursor, 0)
    } catch (error) {
      if (error instanceof Malformed) return { ok: false, error: error.failure }
      throw error
    }
  }
  return { ok: true, value: allOf(...parts) }
}
