/**
 * The values in a predicate: literals and input variables. A variable is text on the wire; what it means to a field of a
 * known type is `readingsOf` in the domain.
 */
import type { Value } from '../../../domain/base/criteria.ts'
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
