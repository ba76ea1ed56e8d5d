/**
 * The `q` parameter ("Query parameter"): one pass, into criteria of the domain. Clauses apart by spaces all have to hold.
 * Fields come from a catalogue, values are checked against the field's type, and everything else is refused with the
 * position of the letter. Length, clauses and values are limited, so that no query costs more than a few milliseconds.
 */
import {
  criteriaLimits,
  exceededLimit,
  allOf,
  junction,
  type Comparison,
  type Criteria,
  type FieldNames,
  type Path,
  type Value,
} from '../../../domain/base/criteria.ts'
import { findField, readingsOf, type FoundField } from '../../../domain/base/fields.ts'
import type { Result } from '../../../domain/base/result.ts'
import { Malformed, QueryCursor, type MalformedParameter } from './query-cursor.ts'
import { readPattern } from './query-pattern.ts'

export const queryLengthMax = 10_000
/** Names with dots between them. */
const pathLengthMax = 20

const nameEnds = ':.,()"<>~'
const valueEnds = '",()'
const comparators: Comparison[] = ['>=', '<=', '>', '<']
const ordered: FoundField['type'][] = ['text', 'language', 'number', 'boolean', 'instant', 'open']
const textual: FoundField['type'][] = ['text', 'language', 'open']

/** A value as it stands in the query. */
interface Written {
  text: string
  isQuoted: boolean
  at: number
}

/** A field as the query names it. */
interface Named extends FoundField {
  name: string
  at: number
}

/** Undefined when there is nothing in the query: it asks for all customers. */
export function parseQuery(
  text: string,
  fields: FieldNames,
): Result<Criteria | undefined, MalformedParameter> {
  const cursor = new QueryCursor('q', text)
  try {
    if (text.length > queryLengthMax)
      throw cursor.failure(`The query is longer than ${queryLengthMax} characters`, queryLengthMax)
    return { ok: true, value: new QueryParser(cursor, fields).parse() }
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, error: error.failure }
    throw error
  }
}

class QueryParser {
  readonly #cursor: QueryCursor
  readonly #fields: FieldNames

  constructor(cursor: QueryCursor, fields: FieldNames) {
    this.#cursor = cursor
    this.#fields = fields
  }

  parse(): Criteria | undefined {
    const cursor = this.#cursor
    const clauses: Criteria[] = []
    cursor.skipSpace()
    while (!cursor.isAtEnd) {
      const at = cursor.position
      clauses.push(this.#clause())
      if (exceededLimit({ kind: 'and', of: clauses })) throw this.#tooComplex(at)
      if (!cursor.skipSpace() && !cursor.isAtEnd) throw cursor.failure('A space is expected')
    }
    return allOf(...clauses)
  }

  #clause(): Criteria {
    const field = this.#field()
    this.#cursor.need(':', `':' is expected after the name of a field`)
    const { within } = field
    const condition = this.#condition(field)
    return within ? somewhere(within, condition) : condition
  }

  #field(): Named {
    const at = this.#cursor.position
    const names: string[] = []
    do names.push(this.#cursor.word(nameEnds, 'The name of a field is expected'))
    while (this.#cursor.take('.'))
    const name = names.join('.')
    const found = names.length > pathLengthMax ? undefined : findField(this.#fields, names)
    if (!found) throw this.#cursor.failure(`The field '${name}' does not exist`, at)
    return { ...found, name, at }
  }

  #condition(field: Named): Criteria {
    const cursor = this.#cursor
    if (cursor.take('~')) return this.#likeness(field, cursor.take('('))
    if (cursor.take('(')) return this.#inBrackets(field)
    const comparator = this.#comparator()
    if (comparator) return this.#comparison(field, comparator)
    const value = this.#value()
    if (value.isQuoted) return this.#equality(field, [value])
    switch (value.text) {
      case 'exists':
        return this.#presence(field)
      case 'missing':
      case 'null':
        return { kind: 'not', of: this.#presence(field) }
      default:
        return this.#equality(field, [value])
    }
  }

  #inBrackets(field: Named): Criteria {
    const cursor = this.#cursor
    cursor.skipSpace()
    if (cursor.take('~')) return this.#likeness(field, true)
    const comparator = this.#comparator()
    const condition = comparator ? this.#range(field, comparator) : this.#equality(field, this.#list())
    cursor.need(')', comparator ? `'AND' or ')' is expected` : `',' or ')' is expected`)
    return condition
  }

  /** `>=1 AND <=2`, and the white space behind it. */
  #range(field: Named, first: Comparison): Criteria {
    const cursor = this.#cursor
    const parts = [this.#comparison(field, first)]
    cursor.skipSpace()
    while (cursor.take('AND')) {
      cursor.skipSpace()
      const comparator = this.#comparator()
      if (!comparator) throw cursor.failure(`'>', '<', '>=' or '<=' is expected`)
      parts.push(this.#comparison(field, comparator))
      if (parts.length > criteriaLimits.nodes) throw this.#tooComplex(field.at)
      cursor.skipSpace()
    }
    return junction('and', parts)
  }

  /** `a, b`, and the white space behind it. */
  #list(): Written[] {
    const cursor = this.#cursor
    const values: Written[] = []
    do {
      cursor.skipSpace()
      values.push(this.#value())
      if (values.length > criteriaLimits.values) throw this.#tooComplex(cursor.position)
      cursor.skipSpace()
    } while (cursor.take(','))
    return values
  }

  #comparator(): Comparison | undefined {
    return comparators.find((symbol) => this.#cursor.take(symbol))
  }

  #value(): Written {
    const at = this.#cursor.position
    if (this.#cursor.take('"')) return { text: this.#cursor.restOfQuoted(), isQuoted: true, at }
    return { text: this.#cursor.word(valueEnds, 'A value is expected'), isQuoted: false, at }
  }

  #equality(field: Named, written: Written[]): Criteria {
    const { type, path } = this.#fit(field, ordered.concat('list'))
    const values = written.flatMap((value) => this.#readings(field, value))
    const contains: Criteria = { kind: 'contains', path, quantifier: 'any', values }
    const [first, ...others] = values
    if (type === 'list') return contains
    if (type === 'open') return { kind: 'or', of: [{ kind: 'oneOf', path, values }, contains] }
    if (first !== undefined && others.length === 0)
      return { kind: 'compare', path, operator: '=', value: first }
    return { kind: 'oneOf', path, values }
  }

  /** What is not known to be text is ordered as a number where it can be one. */
  #comparison(field: Named, operator: Comparison): Criteria {
    this.#cursor.skipSpace()
    const { path } = this.#fit(field, ordered)
    const readings = this.#readings(field, this.#value())
    const value = readings.find((reading) => typeof reading === 'number') ?? readings[0] ?? ''
    return { kind: 'compare', path, operator, value }
  }

  #likeness(field: Named, isInBrackets: boolean): Criteria {
    const { path } = this.#fit(field, textual)
    const start = this.#cursor.position
    const { at, text } = readPattern(this.#cursor, isInBrackets)
    const [wanted] = this.#readings(field, { text, isQuoted: true, at: start })
    return { kind: 'containsText', path, at, text: String(wanted), ignoreCase: false }
  }

  /** Of a list it means that there is something in it. */
  #presence({ type, path, name, at }: Named): Criteria {
    if (path.length === 0) throw this.#cursor.failure(`The field '${name}' is a group of fields`, at)
    if (type === 'list' || type === 'objects') return { kind: 'not', of: { kind: 'empty', path } }
    return { kind: 'defined', path }
  }

  #fit(field: Named, types: FoundField['type'][]): Named {
    if (!types.includes(field.type))
      throw this.#cursor.failure(`The field '${field.name}' cannot be asked for in this way`, field.at)
    return field
  }

  #readings({ type, name }: Named, { text, isQuoted, at }: Written): Value[] {
    const readings = readingsOf(type, text, !isQuoted)
    if (readings.length === 0)
      throw this.#cursor.failure(`The value is not valid for the field '${name}'`, at)
    return readings
  }

  #tooComplex(at: number): Malformed {
    const { nodes, values } = criteriaLimits
    return this.#cursor.failure(
      `The query is too complex: at most ${nodes} conditions and ${values} values`,
      at,
    )
  }
}

/** In one of the objects of the list; what is missing is missing in all of them. */
function somewhere(path: Path, condition: Criteria): Criteria {
  return condition.kind === 'not' && condition.of.kind === 'defined'
    ? { kind: 'not', of: { kind: 'some', path, of: condition.of } }
    : { kind: 'some', path, of: condition }
}
