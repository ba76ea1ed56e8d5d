/**
 * Places: where in the tables the fields of a record are stored. A tree of names is the allow list of what criteria can
 * reach; a path that leaves it leads nowhere.
 */
import type { SQL, SQLWrapper } from 'drizzle-orm'
import type { Path, Value } from '../../../domain/base/criteria.ts'

/** The right side of a membership (`= ?` or `IN (…)`), its values bound and counted. */
export type Among = (values: readonly Value[]) => SQL

/** Where a field is stored. */
export type Place = ColumnPlace | JsonPlace | RowsPlace
export type Places = { readonly [name: string]: Place }

export interface ColumnPlace {
  kind: 'column'
  type: 'text' | 'number'
  value: SQLWrapper
  /** A better way than comparing `value` to ask for one of several texts. */
  oneOf?: (texts: string[], among: Among) => SQL
}

export interface JsonPlace {
  kind: 'json'
  document: SQLWrapper
  path: string
  /** The path holds names that came with the query, and is bound. */
  isBound?: true
  /** The members of an object that criteria may name; `open`: all others that there are, too. */
  members?: Places
  open?: true
  /** The members of each object of a list that criteria may name, by where that object is. */
  elements?: (element: SQLWrapper) => Places
}

/** Rows of another table, one for each element of a list of the record. */
interface RowsPlace {
  kind: 'rows'
  /** That one of the record's rows satisfies the condition. */
  some: (condition: SQL, among: Among) => SQL
  places: Places
}

/** A place in a JSON document, by names that are written in this source. */
export function jsonPlace(document: SQLWrapper, ...names: string[]): JsonPlace {
  if (!names.every((name) => /^[A-Za-z][A-Za-z0-9]*$/.test(name))) throw new Error('not a constant path')
  return { kind: 'json', document, path: ['$', ...names].join('.') }
}

/** The members `names` of the object at `parents`. */
export function jsonPlaces(document: SQLWrapper, names: readonly string[], parents: string[] = []): Places {
  return Object.fromEntries(names.map((name) => [name, jsonPlace(document, ...parents, name)]))
}

/** Own names only; below an open place any name that a JSON path can hold. */
export function findPlace(places: Places, path: Path): Place | undefined {
  const [name, ...rest] = path
  const place = name !== undefined && Object.hasOwn(places, name) ? places[name] : undefined
  if (rest.length === 0) return place
  if (place?.kind !== 'json') return undefined
  const member = findPlace(place.members ?? {}, rest)
  if (member || !place.open || !rest.every(isPathName)) return member
  const quoted = rest.map((member) => `"${member}"`)
  return { kind: 'json', document: place.document, path: [place.path, ...quoted].join('.'), isBound: true }
}

function isPathName(name: string): boolean {
  return name.length > 0 && name.length <= 256 && name.isWellFormed() && !/["\\\p{Cc}]/u.test(name)
}
