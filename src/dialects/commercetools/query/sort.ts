/**
 * The `sort` parameters: `field`, `field asc`, `field desc`, with dots into objects. Only fields of the catalogue that hold
 * one value can be sorted by.
 */
import type { Field, FieldNames, Path, SortKey } from '../../../domain/base/criteria.ts'
import { findField } from '../../../domain/base/fields.ts'
import type { Result } from '../../../domain/base/result.ts'
import { Malformed, ParameterCursor, type MalformedParameter } from './predicate-cursor.ts'

const sortLengthMax = 1000
const sortKeysMax = 10

export function parseSort(
  sort: readonly string[],
  fields: FieldNames,
): Result<SortKey[], MalformedParameter> {
  try {
    return { ok: true, value: sort.map((text, index) => sortKey(text, index, fields)) }
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, error: error.failure }
    throw error
  }
}

function sortKey(text: string, index: number, fields: FieldNames): SortKey {
  const cursor = new ParameterCursor('sort', text)
  if (index >= sortKeysMax) throw cursor.failure(`At most ${sortKeysMax} sort expressions are supported.`, 0)
  if (text.length > sortLengthMax)
    throw cursor.failure(`The sort expression is longer than ${sortLengthMax} characters.`, 0)
  const names: string[] = []
  cursor.skipSpace()
  do names.push(cursor.needName(['SphereIdentifierChar']).name)
  while (cursor.takeSymbol('.'))
  const path = sortPath(names, fields)
  const isApart = cursor.skipSpace()
  const direction = isApart && cursor.peek() !== '' ? cursor.needKeyword('asc', 'desc') : 'asc'
  cursor.skipSpace()
  if (cursor.peek() !== '')
    cursor.refuse(isApart ? ['end of input'] : ['SphereIdentifierChar', `'.'`, 'end of input'])
  if (!path) {
    const sortable = Object.entries(fields).filter(([, field]) => !field.hidden && isSortable(field))
    const list = sortable.map(([name]) => `\`${name}\``).sort()
    const reason = `Invalid query field '${names.join('.')}' in sort path. Sortable fields are: ${list.join(', ')}.`
    throw cursor.failure(reason, 0)
  }
  return { path, direction: direction === 'asc' ? 'ascending' : 'descending' }
}

function sortPath(names: string[], fields: FieldNames): Path | undefined {
  const found = findField(fields, names)
  return found && !found.within && found.type !== 'object' && isSortable(found) ? found.path : undefined
}

function isSortable({ type }: Pick<Field, 'type'>): boolean {
  return type !== 'list' && type !== 'objects'
}
