/**
 * How much a request may carry before anything is made of it: the parts of its path, its query, and the names in an object
 * of a client's making. The size, depth and number of values of a body are bounded where it is read (`json-body.ts`).
 */
import { z } from 'zod'
import type { Violation } from '../domain/base/result.ts'
import type { HttpFailure } from './failure.ts'

/** The longest that names anything: a key of 256 characters behind `key=`. */
export const pathPartLengthMax = 260
/** More than the platform takes of a whole URL. */
export const queryLengthMax = 65_536

/** What one query parameter may carry; the sum of all is bounded as well. */
export const parameterText = z.string().max(queryLengthMax)

/** Text that every part of the service can keep: no half of a surrogate pair, no NUL. */
export function isText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

/** What may name a member of an object: `__proto__` means something else to the language. */
export function isMemberName(text: string): boolean {
  return text !== '__proto__' && isText(text)
}

/** Why nothing can be at this URL: a part of its path is longer than any name, or no text, or its query is endless. */
export function urlFailure(
  parameters: Readonly<Record<string, string>>,
  search: string,
): HttpFailure | undefined {
  for (const [name, text] of Object.entries(parameters)) {
    if (text.length <= pathPartLengthMax && isText(text)) continue
    return { kind: name === 'token' ? 'OneTimeTokenRejected' : 'PathUnknown' }
  }
  if (search.length <= queryLengthMax) return undefined
  const message = `The query has at most ${queryLengthMax} characters.`
  return { kind: 'InvalidInput', violations: [{ field: 'query', type: 'out_of_range', message }] }
}

/** The first parameter of a form that is too long. */
export function formViolation(form: URLSearchParams): Violation | undefined {
  const message = `A parameter has at most ${queryLengthMax} characters.`
  for (const [field, text] of form)
    if (field.length + text.length > queryLengthMax)
      return { field: field.slice(0, 100), type: 'out_of_range', message }
  return undefined
}

/** An object whose members a client names; `most` of them, which the API's document shows as `maxProperties`. */
export function record<K extends z.core.$ZodRecordKey, V extends z.core.SomeType>(
  key: K,
  value: V,
  most: number,
) {
  return z
    .record(key, value)
    .superRefine((given, context) => {
      if (Object.keys(given).length <= most) return
      const message = `There are at most ${most} entries here.`
      context.addIssue({ code: 'too_big', origin: 'object', maximum: most, inclusive: true, message })
    })
    .meta({ maxProperties: most })
}
