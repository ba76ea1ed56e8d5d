/**
 * The parameters of every list for the back office: `q`, `sort`, `pageNumber` and `pageSize`, and the headers that say how
 * many there are on all pages together.
 */
import type { Page, PageRequest } from '../../../flows/ports/index.ts'
import { allOf, type Criteria, type FieldNames } from '../../../domain/base/criteria.ts'
import type { Result } from '../../../domain/base/result.ts'
import { parseQuery } from './query.ts'
import type { MalformedParameter } from './query-cursor.ts'
import type { PageQuery } from '../schema.ts'
import { parseSort } from './sort.ts'

export const totalHeader = 'X-Total-Count'

/** `filters` are parameters of their own, and hold beside `q`. */
export function toPageRequest(
  q: string,
  { sort, pageNumber, pageSize: limit }: Pick<PageQuery, 'sort' | 'pageNumber' | 'pageSize'>,
  fields: FieldNames,
  { filters = [], withTotal }: { filters?: (Criteria | undefined)[]; withTotal: boolean },
): Result<PageRequest, MalformedParameter> {
  const asked = parseQuery(q, fields)
  if (!asked.ok) return asked
  const order = parseSort(sort, fields)
  if (!order.ok) return order
  const criteria = allOf(...filters, asked.value)
  const offset = (pageNumber - 1) * limit
  return { ok: true, value: { criteria, sort: order.value, limit, offset, withTotal } }
}

export function asksForTotal({ headers }: Request): boolean {
  return headers.get(totalHeader)?.toLowerCase() === 'true'
}

/** `Count` always; its twin of the other services for those who send it along with the request. */
export function countHeaders({ total = 0 }: Page<unknown>, request: Request): Record<string, string> {
  return { Count: String(total), ...(asksForTotal(request) && { [totalHeader]: String(total) }) }
}
