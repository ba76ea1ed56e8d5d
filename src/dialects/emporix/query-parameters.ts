/**
 * The parameters of every list of the tenant-managed document: `q`, `sort`, `pageNumber` and `pageSize`, and the headers
 * that say how many there are on all pages together.
 */
import type { Result } from '../../domain/result.ts'
import type { CustomerPage, PageRequest } from '../../flows/ports.ts'
import { customerFields } from './customer-fields.ts'
import { parseQuery } from './query.ts'
import type { MalformedParameter } from './query-cursor.ts'
import type { PageQuery } from './schema.ts'
import { parseSort } from './sort.ts'

const totalHeader = 'X-Total-Count'

export function toPageRequest(q: string, query: PageQuery): Result<PageRequest, MalformedParameter> {
  const criteria = parseQuery(q, customerFields)
  if (!criteria.ok) return criteria
  const sort = parseSort(query.sort, customerFields)
  if (!sort.ok) return sort
  const { pageNumber, pageSize: limit } = query
  const offset = (pageNumber - 1) * limit
  return { ok: true, value: { criteria: criteria.value, sort: sort.value, limit, offset, withTotal: true } }
}

/** `Count` always; its twin of the other services for those who send it along with the request. */
export function countHeaders({ total = 0 }: CustomerPage, request: Request): Record<string, string> {
  const isAskedFor = request.headers.get(totalHeader)?.toLowerCase() === 'true'
  return { Count: String(total), ...(isAskedFor ? { [totalHeader]: String(total) } : {}) }
}
