/**
 * What every query and every path of this dialect has in common: the page that is asked for and the one that is answered,
 * and a resource that is named by id or by `key=`.
 */
import type { Page, PageRequest } from '../../../flows/ports/index.ts'
import type { ResourceRef } from '../../../domain/base/names.ts'
import type { FieldNames } from '../../../domain/base/criteria.ts'
import type { Result } from '../../../domain/base/result.ts'
import type { Reply } from '../../../http/failure.ts'
import { presentFailure } from '../error.ts'
import { keyIn, keyPrefix } from '../workplaces.ts'
import { presentPage, toPageRequest, type PageQuery } from './query-parameters.ts'
import { reply } from '../reply.ts'

interface Asked {
  query: PageQuery
  request: Request
  fields: FieldNames
}

/** `HEAD` asks whether there is anything of the kind, and gets 404 when there is not. */
export async function pageReply<T>(
  { query, request, fields }: Asked,
  find: (wanted: PageRequest) => Promise<Result<Page<T>>>,
  present: (items: T[]) => unknown[] | Promise<unknown[]>,
): Promise<Reply> {
  const wanted = toPageRequest(query, fields)
  if (!wanted.ok) return presentFailure(wanted.error, { source: 'query' })
  if (request.method === 'HEAD') {
    const any = await find({ ...wanted.value, sort: [], limit: 1, offset: 0, withTotal: false })
    return reply(any.ok && any.value.items.length === 0 ? 404 : 200, any, () => ({}))
  }
  const page = await find(wanted.value)
  if (!page.ok) return reply(200, page, () => ({}))
  const { items, total } = page.value
  return { status: 200, body: presentPage(query, await present(items), total) }
}

/** The path's last word. */
export function refOf({ ref = '' }: Record<string, string>): ResourceRef {
  return ref.startsWith(keyPrefix) ? { key: keyIn(ref) } : { id: ref }
}
