/**
 * The values in a predicate: literals and input variables, and what they mean to a field of a known type.
 * A variable is text on the wire; the field decides whether it is a number, a truth value or a time. Where the type is not
 * known (custom fields), every reading of the text counts.
 */
import type { Field, Value } from '../../domain/criteria.ts'
import type { Malformed, ParameterCursor } from './predicate-cursor.ts'

/** The query parameters `var.{name}`, without the prefix. */
export type Variables = ReadonlyMap<string, readonly string[]>

/** What stands at one place for a value; a variable may hold several. */
export interface Operand {
  at: number
  isVariable: boolean
  values: readonly Value[]
  misuse?: Malformed
}

/** Names of members that the catalogue does not know: custom fields, languages. */
export const openName = /^[-_A-Za-z0-9]{1,256}$/

const number = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/
const instant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/

export function readOperand(cursor: ParameterCursor, variables: Variables): Operand {
  cursor.skipSpace()
  const at = cursor.position
  const literal = (value: Value): Operand => ({ at, isVariable: false, values: [value] })
  if (cursor.takeSymbol('"')) return literal(cursor.restOfString())
  if (cursor.takeSymbol(':')) {
    const { name } = cursor.needName(['SphereIdentifierChar'])
    const values = variables.get(name)
    if (values?.length) return { at, isVariable: true, values }
    const misuse = cursor.failure(`Missing parameter value for ${name}`, at)
    return { at, isVariable: true, values: [], misuse }
  }
  const truth = cursor.takeKeyword('true', 'false')
  if (truth) return literal(truth === 'true')
  return literal(cursor.takeNumber() ?? cursor.refuse(['input parameter', 'primitive value']))
}

/** `( a, b )`, or one variable for the whole list. */
export function readOperands(cursor: ParameterCursor, variables: Variables): Operand[] {
  cursor.skipSpace()
  if (cursor.peek() === ':') return [readOperand(cursor, variables)]
  cursor.needSymbol('(', ['input parameter', `'('`])
  const operands = [readOperand(cursor, variables)]
  for (;;) {
    cursor.skipSpace()
    if (cursor.takeSymbol(')')) return operands
    cursor.needSymbol(',', ['comma', `')'`])
    operands.push(readOperand(cursor, variables))
  }
}

/** What a field of the type can be compared with; nothing when the value is of no use to it. */
export function readingsOf(type: Field['type'], value: Value, isVariable: boolean): Value[] {
  if (typeof value === 'number' && !Number.isFinite(value)) return []
  if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())) return []
  switch (type) {
    case 'text':
    case 'list':
      return typeof value === 'string' ? [value] : []
    case 'number':
      return isVariable ? numbersOf(value) : typeof value === 'number' ? [value] : []
    case 'boolean':
      return isVariable ? truthsOf(value) : typeof value === 'boolean' ? [value] : []
    case 'instant':
      return instantsOf(value)
    case 'open':
      return isVariable ? [value, ...numbersOf(value), ...truthsOf(value)] : [value]
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
