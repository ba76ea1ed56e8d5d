/**
 * The patterns after `~` ("Query parameter"), which are never run as regular expressions: a piece of text, `^` and `$` for
 * the ends of the field, `.*` before or after it. A backslash takes the meaning from the letter that follows; a dot alone
 * stands for itself. Every other operator is refused.
 */
import type { TextPosition } from '../../../domain/base/criteria.ts'
import type { QueryCursor } from './query-cursor.ts'

export interface Pattern {
  at: TextPosition
  text: string
}

const operators = '^$*+?()[]{}|'
const refusal = `A pattern is a piece of text with '^', '$' or '.*' at its ends, and '\\' before other operators`

/** In brackets it may hold spaces, and the closing bracket is taken; else it ends at the next space. */
export function readPattern(cursor: QueryCursor, isInBrackets: boolean): Pattern {
  const isOver = () => cursor.isAtEnd || (isInBrackets ? cursor.isNext(')') : cursor.isAtSpace)
  if (isOver()) throw cursor.failure('A pattern is expected')
  const isFromStart = cursor.take('^')
  const isLooseBefore = cursor.take('.*')
  const letters: string[] = []
  while (!isOver() && !cursor.isNext('.*') && !cursor.isNext('$')) letters.push(letter(cursor))
  const isLooseAfter = cursor.take('.*')
  const isToEnd = cursor.take('$')
  if (!isOver()) throw cursor.failure(refusal)
  if (isInBrackets) cursor.need(')')
  const at = position(isFromStart && !isLooseBefore, isToEnd && !isLooseAfter)
  return { at, text: letters.join('') }
}

function letter(cursor: QueryCursor): string {
  if (cursor.take('\\')) {
    if (/^[A-Za-z0-9]?$/.test(cursor.peek())) throw cursor.failure(refusal)
  } else if (operators.includes(cursor.peek())) throw cursor.failure(refusal)
  return cursor.next()
}

function position(isFromStart: boolean, isToEnd: boolean): TextPosition {
  if (isFromStart) return isToEnd ? 'whole' : 'start'
  return isToEnd ? 'end' : 'anywhere'
}
