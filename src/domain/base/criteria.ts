/**
 * Criteria: which records a query is after, as plain data, in domain terms. Dialects parse their own languages into it.
 *
 * What a tree means, in memory and in SQL alike:
 * - A field that is absent or null is missing. So is, for one comparison, a field of another type than the value that it
 *   is compared with: no comparison matches it, `!=` included. `defined` and `empty` are the ways to ask for it.
 * - `not` turns the answer over, whatever it came from: `not(name = "x")` matches a record without a name. There is no
 *   third truth value.
 * - Text compares by code point, with regard to letter case; numbers as numbers; `false` is less than `true`.
 * - A path goes through objects only, and an object that is missing has no fields. `some` is the way into a list of
 *   objects: it asks whether one element matches all of what it holds.
 * - A missing list is empty and contains nothing.
 */
import { isRecord } from './json.ts'

export type Value = string | number | boolean
export type Path = readonly string[]
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>='

export type Criteria =
  | { kind: 'and'; of: readonly Criteria[] }
  | { kind: 'or'; of: readonly Criteria[] }
  | { kind: 'not'; of: Criteria }
  | { kind: 'compare'; path: Path; operator: Comparison; value: Value }
  | { kind: 'oneOf'; path: Path; values: readonly Value[] }
  | { kind: 'contains'; path: Path; quantifier: 'all' | 'any'; values: readonly Value[] }
  | { kind: 'containsText'; path: Path; at: TextPosition; text: string; ignoreCase: boolean }
  | { kind: 'defined'; path: Path }
  | { kind: 'empty'; path: Path }
  | { kind: 'some'; path: Path; of: Criteria }

/** Where in a field's text the searched one has to stand; `whole` is equality. */
export type TextPosition = 'anywhere' | 'start' | 'end' | 'whole'

export interface SortKey {
  path: Path
  direction: 'ascending' | 'descending'
}

/** What one query may cost. `nodes` counts every criterion, `values` those of all lists together. */
export const criteriaLimits = { depth: 20, nodes: 200, values: 500 } as const
export type CriteriaLimit = keyof typeof criteriaLimits

/** The fields of one kind of record as a dialect calls them: an allow list, there is no other field. */
export type FieldNames = { readonly [name: string]: Field }

export interface Field {
  /** `language` is text that is kept as a BCP 47 tag. */
  type: 'text' | 'language' | 'number' | 'boolean' | 'instant' | 'list' | 'object' | 'objects' | 'open'
  /** From the record, or from the object that the field is in. */
  path: Path
  /** The members of an `object`, or of each element of `objects`; the members of an `open` object are not known. */
  fields?: FieldNames
  /** May be asked for, is not advertised. */
  hidden?: true
}

/** One condition for all parts, without a level for a single one and for parts that are of the same kind. */
export function junction(kind: 'and' | 'or', parts: readonly Criteria[]): Criteria {
  const [first, ...others] = parts
  if (first && others.length === 0) return first
  return { kind, of: parts.flatMap((part) => (part.kind === kind ? part.of : [part])) }
}

/** All of the parts that there are; undefined: no condition. */
export function allOf(...parts: (Criteria | undefined)[]): Criteria | undefined {
  const given = parts.filter((part) => part !== undefined)
  return given.length > 0 ? junction('and', given) : undefined
}

/** The first limit that the tree exceeds. Walks without recursion, so that no depth is too much for it. */
export function exceededLimit(criteria: Criteria): CriteriaLimit | undefined {
  const waiting = [{ node: criteria, depth: 1 }]
  let nodes = 0
  let values = 0
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, depth } = next
    nodes += 1
    values += 'values' in node ? node.values.length : 0
    if (depth > criteriaLimits.depth) return 'depth'
    if (values > criteriaLimits.values) return 'values'
    if (nodes + waiting.length > criteriaLimits.nodes) return 'nodes'
    const children = !('of' in node) ? [] : 'kind' in node.of ? [node.of] : node.of
    if (children.length > criteriaLimits.nodes) return 'nodes'
    for (const child of children) waiting.push({ node: child, depth: depth + 1 })
  }
  return undefined
}

/** Whether the record is one of those that the criteria are after. */
export function matches(criteria: Criteria, record: unknown): boolean {
  switch (criteria.kind) {
    case 'and':
      return criteria.of.every((part) => matches(part, record))
    case 'or':
      return criteria.of.some((part) => matches(part, record))
    case 'not':
      return !matches(criteria.of, record)
  }
  const found = valueAt(record, criteria.path)
  switch (criteria.kind) {
    case 'compare':
      return compares(found, criteria.operator, criteria.value)
    case 'oneOf':
      return criteria.values.some((value) => found === value)
    case 'contains': {
      if (!Array.isArray(found)) return false
      const includes = (value: Value) => found.includes(value)
      return criteria.quantifier === 'all' ? criteria.values.every(includes) : criteria.values.some(includes)
    }
    case 'containsText':
      return typeof found === 'string' && hasText(found, criteria)
    case 'defined':
      return found !== undefined
    case 'empty':
      return found === undefined || (Array.isArray(found) && found.length === 0)
    case 'some':
      return (
        Array.isArray(found) && found.some((element) => isRecord(element) && matches(criteria.of, element))
      )
  }
}

/**
 * Text without regard to letter case, letter by letter: only pairs that lead to each other both ways are one letter
 * (`Ä` and `ä`; not `ß` and `SS`, nor the Kelvin sign and `k`), so that the text keeps its length.
 */
export function foldCase(text: string): string {
  return Array.from(text, (letter) => {
    const lower = letter.toLowerCase()
    return lower.toUpperCase() === letter ? lower : letter
  }).join('')
}

/** The other form of a letter that `foldCase` has folded; undefined when there is none. */
export function unfolded(letter: string): string | undefined {
  const upper = letter.toUpperCase()
  return upper !== letter && foldCase(upper) === letter ? upper : undefined
}

function hasText(found: string, { at, text, ignoreCase }: Criteria & { kind: 'containsText' }): boolean {
  const [whole, part] = ignoreCase ? [foldCase(found), foldCase(text)] : [found, text]
  switch (at) {
    case 'anywhere':
      return whole.includes(part)
    case 'start':
      return whole.startsWith(part)
    case 'end':
      return whole.endsWith(part)
    case 'whole':
      return whole === part
  }
}

function compares(found: unknown, operator: Comparison, value: Value): boolean {
  const order = orderOf(found, value)
  switch (operator) {
    case '=':
      return order === 0
    case '!=':
      return order !== undefined && order !== 0
    case '<':
      return order !== undefined && order < 0
    case '<=':
      return order !== undefined && order <= 0
    case '>':
      return order !== undefined && order > 0
    case '>=':
      return order !== undefined && order >= 0
  }
}

/** Below, at or above zero; undefined when there is nothing to compare. */
function orderOf(found: unknown, value: Value): number | undefined {
  if (typeof found === 'string' && typeof value === 'string') return textOrder(found, value)
  if (typeof found === 'number' && typeof value === 'number') return found - value
  if (typeof found === 'boolean' && typeof value === 'boolean') return Number(found) - Number(value)
  return undefined
}

/** By code point, which is how UTF-8 sorts; JavaScript's own `<` goes by UTF-16 code unit. */
function textOrder(left: string, right: string): number {
  const [mine, other] = [Array.from(left), Array.from(right)]
  for (const [index, letter] of mine.entries()) {
    const order = (letter.codePointAt(0) ?? 0) - (other[index]?.codePointAt(0) ?? -1)
    if (order !== 0) return order
  }
  return mine.length - other.length
}

function valueAt(record: unknown, path: Path): unknown {
  const value = path.reduce<unknown>(
    (place, name) => (isRecord(place) && Object.hasOwn(place, name) ? place[name] : undefined),
    record,
  )
  return value ?? undefined
}
