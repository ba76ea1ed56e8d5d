/**
 * The `sort` parameter: fields apart by commas, each alone or with `:asc` or `:desc`, with dots into objects. Only fields
 * of the catalogue that hold one value can be sorted by.
 */
import type { FieldNames, SortKey } from '../../../domain/base/criteria.ts'
import { findField } from '../../../domain/base/fields.ts'
import type { Result } from '../../../domain/base/result.ts'
import { Malformed, QueryCursor, type MalformedParameter } from './query-cursor.ts'

const sortLengthMax = 1000
const sortKeysMax = 10
const nameEnds = ':.,()"'

export function parseSort(text: string, fields: FieldNames): Result<SortKey[], MalformedParameter> {
  const cursor = new QueryCursor('sort', text)
  try {
    if (text.length > sortLengthMax)
      throw cursor.failure(`The order is longer than ${sortLengthMax} characters`, sortLengthMax)
    const keys: SortKey[] = []
    cursor.skipSpace()
    if (cursor.isAtEnd) return { ok: true, value: keys }
    do keys.push(sortKey(cursor, fields, keys.length))
    while (cursor.take(','))
    if (!cursor.isAtEnd) throw cursor.failure(`',' or the end is expected`)
    return { ok: true, value: keys }
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, error: error.failure }
    throw error
  }
}

/** Also passes the white space on both sides. */
function sortKey(cursor: QueryCursor, fields: FieldNames, count: number): SortKey {
  cursor.skipSpace()
  const at = cursor.position
  if (count >= sortKeysMax) throw cursor.failure(`At most ${sortKeysMax} fields can be sorted by`)
  const names: string[] = []
  do names.push(cursor.word(nameEnds, 'The name of a field is expected'))
  while (cursor.take('.'))
  const found = findField(fields, names)
  if (!found || found.within || ['list', 'object', 'objects'].includes(found.type))
    throw cursor.failure(`The field '${names.join('.')}' cannot be sorted by`, at)
  const direction = cursor.take(':') ? directionOf(cursor) : 'ascending'
  cursor.skipSpace()
  return { path: found.path, direction }
}

function directionOf(cursor: QueryCursor): SortKey['direction'] {
  const at = cursor.position
  const word = cursor.word(',', `'asc' or 'desc' is expected`).toLowerCase()
  if (word !== 'asc' && word !== 'desc') throw cursor.failure(`'asc' or 'desc' is expected`, at)
  return word === 'asc' ? 'ascending' : 'descending'
}
