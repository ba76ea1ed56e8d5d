/**
 * Ids that callers may choose, of customers, addresses, legal entities and contact assignments: in a body, and in a path
 * under which a `PUT` makes what is not there.
 */
import { z } from 'zod'
import { invalid, ok, type Result } from '../../domain/base/result.ts'

const fault = 'An id has 1 to 66 letters, digits, _ and -.'

export const customId = z.string().regex(/^[A-Za-z0-9_-]{1,66}$/, fault)

/** For the path's `parameter`. */
export function checkCustomId(parameter: string, id: string): Result<void> {
  return customId.safeParse(id).success ? ok(undefined) : invalid(parameter, fault)
}
