/**
 * The grammar of the `where` language ("Query Predicates"), one pass, into criteria of the domain.
 * Fields come from a catalogue, values are checked against the field's type, and nothing is evaluated here. As with the
 * vendor, bad syntax anywhere is reported before a field that does not exist.
 */
import {
  criteriaLimits,
  junction,
  type Comparison,
  type Criteria,
  type Field,
  type FieldNames,
  type Path,
  type Value,
} from '../../../domain/base/criteria.ts'
import { openName, readingsOf } from '../../../domain/base/fields.ts'
import type { Malformed, ParameterCursor } from './predicate-cursor.ts'
import { readOperand, readOperands, type Operand, type Variables } from './predicate-values.ts'

/** Brackets and negations inside each other; more than the criteria may be deep, because brackets alone cost nothing. */
const nestingMax = 100

const comparisons: [symbol: string, operator: Comparison][] = [
  ['=', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['<=', '<='],
  ['>=', '>='],
  ['<', '<'],
  ['>', '>'],
]

const fieldStart = ['SphereIdentifierChar', 'not', `'('`]
const scalars: Field['type'][] = ['text', 'number', 'boolean', 'instant', 'open']
const operatorWords = ['not', 'in', 'contains', 'is', 'within', 'matches']

/** Refuses what would cost too much, in the words of no vendor: their limit is not documented. */
export function tooComplex(cursor: ParameterCursor, at: number): Malformed {
  const { nodes, depth, values } = criteriaLimits
  return cursor.failure(
    `The predicate is too complex: at most ${nodes} conditions, ${depth} levels and ${values} values.`,
    at,
  )
}

/** Where names are looked up; without `fields` any name will do. */
interface Scope {
  fields?: FieldNames
  prefix: Path
}

/** A field as the predicate names it. */
interface Named {
  field: Field
  name: string
  at: number
}

export class PredicateParser {
  readonly #cursor: ParameterCursor
  readonly #variables: Variables
  #nesting = 0
  #conditions = 0
  /** The first thing wrong with the meaning; counts only when the syntax is right to the end. */
  #misuse: Malformed | undefined

  constructor(cursor: ParameterCursor, variables: Variables) {
    this.#cursor = cursor
    this.#variables = variables
  }

  parse(fields: FieldNames): Criteria {
    const criteria = this.#alternatives({ fields, prefix: [] })
    if (this.#cursor.peek() !== '') this.#cursor.refuse(['and', 'or', 'end of input'], ['and', 'or'])
    if (this.#misuse) throw this.#misuse
    return criteria
  }

  #alternatives(scope: Scope): Criteria {
    const parts = [this.#conjunction(scope)]
    while (this.#cursor.takeKeyword('or')) parts.push(this.#conjunction(scope))
    return junction('or', parts)
  }

  #conjunction(scope: Scope): Criteria {
    const parts = [this.#term(scope)]
    while (this.#cursor.takeKeyword('and')) parts.push(this.#term(scope))
    return junction('and', parts)
  }

  /** Also passes the white space on both sides. */
  #term(scope: Scope): Criteria {
    this.#cursor.skipSpace()
    const term = this.#bareTerm(scope)
    this.#cursor.skipSpace()
    return term
  }

  #bareTerm(scope: Scope): Criteria {
    if (this.#cursor.takeSymbol('(')) return this.#bracketed(scope)
    const at = this.#cursor.position
    const { name, isQuoted } = this.#cursor.needName(fieldStart)
    if (!isQuoted && name.toLowerCase() === 'not')
      return { kind: 'not', of: this.#nested(() => this.#term(scope)) }
    this.#conditions += 1
    if (this.#conditions > criteriaLimits.nodes) throw tooComplex(this.#cursor, at)
    return this.#condition(scope, name, at, isQuoted)
  }

  #bracketed(scope: Scope): Criteria {
    const inner = this.#nested(() => this.#alternatives(scope))
    this.#cursor.needSymbol(')', ['and', 'or', `')'`])
    return inner
  }

  #nested(parse: () => Criteria): Criteria {
    this.#nesting += 1
    if (this.#nesting > nestingMax) throw tooComplex(this.#cursor, this.#cursor.position)
    const inner = parse()
    this.#nesting -= 1
    return inner
  }

  #condition(scope: Scope, name: string, at: number, isQuoted: boolean): Criteria {
    const cursor = this.#cursor
    const field = this.#fieldOf(scope, name, at)
    const isApart = cursor.skipSpace() || isQuoted
    if (cursor.takeSymbol('(')) return this.#inside(field)
    const named = { field, name, at }
    const comparison = comparisons.find(([symbol]) => cursor.takeSymbol(symbol))
    if (comparison) return this.#comparison(named, comparison[1])
    switch (cursor.takeKeyword(...operatorWords)) {
      case 'not':
        this.#need('in')
        return { kind: 'not', of: this.#membership(named) }
      case 'in':
        return this.#membership(named)
      case 'contains':
        return this.#containment(named)
      case 'is':
        return this.#state(named)
      case 'matches':
        return this.#likeness(named)
      case 'within':
        return this.#circle(named)
      default: {
        const words = ['comparison operator', ...operatorWords]
        return cursor.refuse(isApart ? words : ['SphereIdentifierChar', ...words], operatorWords)
      }
    }
  }

  /** `field( … )`: the members of an object, or of one element of a list. */
  #inside({ type, path, fields = {} }: Field): Criteria {
    if (type === 'open') return this.#bracketed({ prefix: path })
    if (type === 'object') return this.#bracketed({ fields, prefix: path })
    return { kind: 'some', path, of: this.#bracketed({ fields, prefix: [] }) }
  }

  #comparison(named: Named, operator: Comparison): Criteria {
    const operand = this.#singleOperand(named.name)
    const { path } = this.#fit(named, scalars)
    return junction(
      'or',
      this.#readings(named, operand).map((value) => ({ kind: 'compare', path, operator, value })),
    )
  }

  #singleOperand(name: string): Operand {
    const operand = readOperand(this.#cursor, this.#variables)
    if (operand.values.length > 1)
      this.#misuse ??= this.#cursor.failure(`The field '${name}' is compared with one value.`, operand.at)
    return operand
  }

  #membership(named: Named): Criteria {
    const operands = readOperands(this.#cursor, this.#variables)
    const { path } = this.#fit(named, scalars)
    return { kind: 'oneOf', path, values: operands.flatMap((operand) => this.#readings(named, operand)) }
  }

  #containment(named: Named): Criteria {
    const quantifier = this.#need('all', 'any') === 'all' ? 'all' : 'any'
    const operands = readOperands(this.#cursor, this.#variables)
    for (const { misuse } of operands) this.#misuse ??= misuse
    const { path } = this.#fit(named, ['list', 'open'])
    const readings = operands
      .flatMap(({ values, ...operand }) => values.map((value) => ({ ...operand, values: [value] })))
      .map((operand) => this.#readings(named, operand))
    // A variable has several readings where the type is not known, and the list has to contain one of them.
    if (quantifier === 'all' && readings.some((values) => values.length > 1)) {
      return junction(
        'and',
        readings.map((values) => ({ kind: 'contains', path, quantifier: 'any', values })),
      )
    }
    return { kind: 'contains', path, quantifier, values: readings.flat() }
  }

  #state(named: Named): Criteria {
    const { path } = named.field
    const word = this.#need('not', 'empty', 'defined')
    const state = word === 'not' ? this.#need('empty', 'defined') : word
    if (state === 'empty') this.#fit(named, ['list', 'objects', 'open'])
    const positive: Criteria = { kind: state === 'empty' ? 'empty' : 'defined', path }
    return word === 'not' ? { kind: 'not', of: positive } : positive
  }

  #likeness(named: Named): Criteria {
    this.#need('ignore')
    this.#need('case')
    const operand = this.#singleOperand(named.name)
    const { path } = this.#fit(named, ['text', 'open'])
    const [text] = this.#readings({ ...named, field: { ...named.field, type: 'text' } }, operand)
    return { kind: 'containsText', path, at: 'whole', text: String(text), ignoreCase: true }
  }

  /** Understood, but a customer has no place on the map. */
  #circle(named: Named): Criteria {
    this.#need('circle')
    readOperands(this.#cursor, this.#variables)
    const { path } = this.#fit(named, [])
    return { kind: 'defined', path }
  }

  #need(...keywords: string[]): string {
    this.#cursor.skipSpace()
    return this.#cursor.needKeyword(...keywords)
  }

  #fieldOf({ fields, prefix }: Scope, name: string, at: number): Field {
    const open: Field = { type: 'open', path: [name] }
    const known = fields
      ? Object.hasOwn(fields, name)
        ? fields[name]
        : undefined
      : openName.test(name) && open
    if (!known) this.#misuse ??= this.#cursor.failure(`The field '${name}' does not exist.`, at)
    const field = known || open
    return { ...field, path: [...prefix, ...field.path] }
  }

  #fit({ field, name, at }: Named, types: Field['type'][]): Field {
    if (!types.includes(field.type))
      this.#misuse ??= this.#cursor.failure(`The field '${name}' does not support this expression.`, at)
    return field
  }

  #readings({ field, name }: Named, { values, isVariable, at, misuse }: Operand): Value[] {
    this.#misuse ??= misuse
    return values.flatMap((value) => {
      const readings = readingsOf(field.type, value, isVariable)
      if (readings.length === 0)
        this.#misuse ??= this.#cursor.failure(`The value '${value}' is not valid for field '${name}'.`, at)
      return readings
    })
  }
}
