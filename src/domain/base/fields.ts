/**
 * Fields as a dialect names them (`FieldNames`): how a dotted name is looked up, and what the text of a value means to a
 * field of a known type. Dialects read their own syntax; this is what both do with the words in it.
 */
import { languageTag } from './language-tag.ts'
import type { Field, FieldNames, Path, Value } from './criteria.ts'

/** Names of members that no catalogue knows: custom fields, mixins, languages. */
export const openName = /^[-_A-Za-z0-9]{1,256}$/

const number = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/
const instant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/

export interface FoundField {
  /** `open` is a member of an open object; the object itself counts as `object`. */
  type: Field['type']
  /** From the record, or from an element of the list that the field is in. */
  path: Path
  /** The list of objects that the field is in. */
  within?: Path
}

/** The field at a dotted name, through objects and at most one list of objects. */
export function findField(fields: FieldNames, names: readonly string[]): FoundField | undefined {
  const [name, ...rest] = names
  const field = name !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined
  if (!field) return undefined
  const { type, path } = field
  if (rest.length === 0) return { type: type === 'open' ? 'object' : type, path }
  if (type === 'open')
    return rest.every((member) => openName.test(member)) ? { type, path: [...path, ...rest] } : undefined
  if (type !== 'object' && type !== 'objects') return undefined
  const inner = findField(field.fields ?? {}, rest)
  if (!inner) return undefined
  if (type === 'objects') return inner.within ? undefined : { ...inner, within: path }
  return inner.within
    ? { ...inner, within: [...path, ...inner.within] }
    : { ...inner, path: [...path, ...inner.path] }
}

/**
 * What a field of the type can be compared with; nothing when the value is of no use to it. An untyped text may be a
 * number or a truth value; where the field's type is not known, every reading of it counts.
 */
export function readingsOf(type: Field['type'], value: Value, isUntyped: boolean): Value[] {
  if (typeof value === 'number' && !Number.isFinite(value)) return []
  if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())) return []
  switch (type) {
    case 'text':
    case 'list':
      return typeof value === 'string' ? [value] : []
    case 'language':
      return typeof value === 'string' ? [languageTag(value)] : []
    case 'number':
      return isUntyped ? numbersOf(value) : typeof value === 'number' ? [value] : []
    case 'boolean':
      return isUntyped ? truthsOf(value) : typeof value === 'boolean' ? [value] : []
    case 'instant':
      return instantsOf(value)
    case 'open':
      return isUntyped ? [value, ...numbersOf(value), ...truthsOf(value)] : [value]
    case 'object':
    case 'objects':
      return []
  }
}

function numbersOf(text: Value): number[] {
  const value = typeof text === 'string' && number.test(text) ? Number(text) : undefined
  return value !== undefined && Number.isFinite(value) ? [value] : []
}

function truthsOf(text: Value): boolean[] {
  return text === 'true' || text === 'false' ? [text === 'true'] : []
}

/** As times are stored: UTC with milliseconds, so that they compare as text. */
function instantsOf(text: Value): string[] {
  if (typeof text !== 'string' || !instant.test(text)) return []
  const hasZone = text.length === 10 || /(Z|[+-]\d\d:\d\d)$/.test(text)
  const time = Date.parse(hasZone ? text : `${text}Z`)
  return Number.isNaN(time) ? [] : [new Date(time).toISOString()]
}
