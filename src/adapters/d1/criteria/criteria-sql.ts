/**
 * Criteria as an SQL condition. A path reaches the database only through the places it is given; every value is bound,
 * and so is every part of a path that is not in this source. The tenant is no part of it: see `customer-criteria.ts`.
 * Follows the meaning that `domain/base/criteria.ts` writes down. A condition here may be NULL where that says false, which is
 * the same to AND, OR and WHERE; `not` is the only one to see a difference and uses IS NOT TRUE.
 */
import { sql, type SQL } from 'drizzle-orm'
import {
  exceededLimit,
  foldCase,
  unfolded,
  type Comparison,
  type Criteria,
  type CriteriaLimit,
  type Path,
  type SortKey,
  type Value,
} from '../../../domain/base/criteria.ts'
import type { Result } from '../../../domain/base/result.ts'
import { findPlace, type ColumnPlace, type JsonPlace, type Places } from './criteria-places.ts'

export type CriteriaFailure =
  | { kind: 'CriteriaTooComplex'; limit: CriteriaLimit | 'parameters' | 'letters' }
  | { kind: 'FieldUnknown'; path: Path }

/** The database takes 100; the rest is the caller's: tenant, limit, offset. */
export const parametersMax = 90

/** Letters beyond ASCII that one search without regard to case may hold: each is one more nested call. */
const foldedLettersMax = 16

const operators: Record<Comparison, SQL> = {
  '=': sql.raw('='),
  '!=': sql.raw('<>'),
  '<': sql.raw('<'),
  '<=': sql.raw('<='),
  '>': sql.raw('>'),
  '>=': sql.raw('>='),
}

const jsonTypes = {
  string: sql.raw(`('text')`),
  number: sql.raw(`('integer', 'real')`),
  boolean: sql.raw(`('true', 'false')`),
}

const always = sql.raw('1')
const never = sql.raw('0')

export function criteriaSql(criteria: Criteria, places: Places): Result<SQL, CriteriaFailure> {
  const limit = exceededLimit(criteria)
  if (limit) return { ok: false, error: { kind: 'CriteriaTooComplex', limit } }
  const builder = new ConditionBuilder()
  const condition = builder.condition(criteria, places)
  return builder.failure ? { ok: false, error: builder.failure } : { ok: true, value: condition }
}

/** The terms of ORDER BY. Missing values come first when ascending; ties are the caller's to break. */
export function orderSql(sort: readonly SortKey[], places: Places): Result<SQL[], CriteriaFailure> {
  const builder = new ConditionBuilder()
  const terms = sort.map(({ path, direction }) => builder.orderTerm(path, direction, places))
  return builder.failure ? { ok: false, error: builder.failure } : { ok: true, value: terms }
}

/** Builds one condition. What cannot be built leaves `failure` behind, and a condition that must not be used. */
class ConditionBuilder {
  failure: CriteriaFailure | undefined
  #parameters = 0
  #aliases = 0

  condition(criteria: Criteria, places: Places): SQL {
    switch (criteria.kind) {
      case 'and':
        return joined(
          criteria.of.map((part) => this.condition(part, places)),
          'AND',
        )
      case 'or':
        return joined(
          criteria.of.map((part) => this.condition(part, places)),
          'OR',
        )
      case 'not':
        return sql`(${this.condition(criteria.of, places)}) IS NOT TRUE`
    }
    const place = findPlace(places, criteria.path)
    switch (place?.kind) {
      case 'column':
        return this.#ofColumn(criteria, place)
      case 'json':
        return this.#ofJson(criteria, place)
      case 'rows': {
        const some = (inner: SQL) => place.some(inner, (values) => this.#among(values))
        if (criteria.kind === 'some') return some(this.condition(criteria.of, place.places))
        if (criteria.kind === 'empty') return sql`NOT ${some(always)}`
        return criteria.kind === 'defined' ? always : never
      }
      default:
        return this.#refuse({ kind: 'FieldUnknown', path: criteria.path })
    }
  }

  orderTerm(path: Path, direction: SortKey['direction'], places: Places): SQL {
    const place = findPlace(places, path)
    const order = sql.raw(direction === 'ascending' ? 'ASC' : 'DESC')
    if (place?.kind === 'column') return sql`${place.value} ${order}`
    if (place?.kind === 'json') return sql`${this.#jsonValue(place)} ${order}`
    return this.#refuse({ kind: 'FieldUnknown', path })
  }

  #ofColumn(criteria: Criteria, place: ColumnPlace): SQL {
    const { value, type } = place
    const isComparable = (wanted: Value) => typeof wanted === (type === 'text' ? 'string' : 'number')
    switch (criteria.kind) {
      case 'compare':
        if (!isComparable(criteria.value)) return never
        if (criteria.operator === '=') return this.#columnIn([criteria.value], place)
        return sql`${value} ${operators[criteria.operator]} ${this.#bind(criteria.value)}`
      case 'oneOf':
        return this.#columnIn(criteria.values.filter(isComparable), place)
      case 'containsText':
        return type === 'text' ? this.#text(sql`${value}`, criteria) : never
      case 'defined':
        return sql`${value} IS NOT NULL`
      case 'empty':
        return sql`${value} IS NULL`
      default:
        return never
    }
  }

  #columnIn(values: Value[], place: ColumnPlace): SQL {
    if (values.length === 0) return never
    const texts = values.filter((value) => typeof value === 'string')
    if (place.oneOf && texts.length > 0) return place.oneOf(texts, (list) => this.#among(list))
    return sql`${place.value} ${this.#among(values)}`
  }

  #ofJson(criteria: Criteria, place: JsonPlace): SQL {
    const { document } = place
    const type = () => sql`json_type(${document}, ${this.#pathOf(place)})`
    const value = () => this.#jsonValue(place)
    switch (criteria.kind) {
      case 'compare': {
        const wanted = criteria.value
        const compared = sql`${value()} ${operators[criteria.operator]} ${this.#bind(wanted)}`
        return sql`(${type()} IN ${jsonTypes[typeOf(wanted)]} AND ${compared})`
      }
      case 'oneOf':
        return this.#amongTyped(criteria.values, type, value)
      case 'contains': {
        const isList = sql`${type()} = 'array'`
        const { values } = criteria
        const parts =
          criteria.quantifier === 'any'
            ? [this.#someElement(values, place)]
            : values.map((one) => this.#someElement([one], place))
        return joined([isList, ...parts], 'AND')
      }
      case 'containsText':
        return sql`(${type()} = 'text' AND ${this.#text(value(), criteria)})`
      case 'defined':
        return sql`${value()} IS NOT NULL`
      case 'empty': {
        const length = sql`json_array_length(${document}, ${this.#pathOf(place)})`
        return sql`(${value()} IS NULL OR (${type()} = 'array' AND ${length} = 0))`
      }
      case 'some':
        return this.#someObject(criteria.of, place, type())
      default:
        return never
    }
  }

  #someElement(values: readonly Value[], place: JsonPlace): SQL {
    const alias = this.#alias()
    const wanted = this.#amongTyped(
      values,
      () => sql`${alias}.type`,
      () => sql`${alias}.value`,
    )
    return sql`EXISTS (SELECT 1 FROM json_each(${place.document}, ${this.#pathOf(place)}) AS ${alias} WHERE ${wanted})`
  }

  #someObject(criteria: Criteria, place: JsonPlace, type: SQL): SQL {
    const alias = this.#alias()
    const document = sql`CASE ${alias}.type WHEN 'object' THEN ${alias}.value END`
    const inner = this.condition(criteria, place.elements?.(document) ?? {})
    const elements = sql`json_each(${place.document}, ${this.#pathOf(place)}) AS ${alias}`
    return sql`(${type} = 'array' AND EXISTS (SELECT 1 FROM ${elements} WHERE ${alias}.type = 'object' AND (${inner})))`
  }

  /** One of the values and of its type: JSON's `true` and `1` are one number to the database. */
  #amongTyped(values: readonly Value[], type: () => SQL, value: () => SQL): SQL {
    const groups = Map.groupBy(values, typeOf)
    const parts = Array.from(
      groups,
      ([name, group]) => sql`(${type()} IN ${jsonTypes[name]} AND ${value()} ${this.#among(group)})`,
    )
    return joined(parts, 'OR')
  }

  /** The right side of a membership: however many values, one parameter. */
  #among(values: readonly Value[]): SQL {
    const [first, ...others] = values
    if (first !== undefined && others.length === 0) return sql`= ${this.#bind(first)}`
    return sql`IN (SELECT value FROM json_each(${this.#bind(JSON.stringify(values))}))`
  }

  #text(value: SQL, { at, text, ignoreCase }: Criteria & { kind: 'containsText' }): SQL {
    const wanted = ignoreCase ? foldCase(text) : text
    const found = ignoreCase ? this.#folded(value, wanted) : value
    switch (at) {
      case 'anywhere':
        return sql`instr(${found}, ${this.#bind(wanted)}) > 0`
      case 'start':
        return sql`instr(${found}, ${this.#bind(wanted)}) = 1`
      case 'end':
        if (wanted === '') return sql`${value} IS NOT NULL`
        return sql`substr(${found}, ${this.#bind(-Array.from(wanted).length)}) = ${this.#bind(wanted)}`
      case 'whole':
        return sql`${found} = ${this.#bind(wanted)}`
    }
  }

  /** `lower()` knows ASCII alone; of the other letters only those that are looked for have to be folded. */
  #folded(value: SQL, wanted: string): SQL {
    const pairs = Array.from(new Set(wanted)).flatMap((letter) => {
      const other = letter > '\u007f' ? unfolded(letter) : undefined
      return other === undefined ? [] : [{ letter, other }]
    })
    if (pairs.length > foldedLettersMax) this.#refuse({ kind: 'CriteriaTooComplex', limit: 'letters' })
    return pairs
      .slice(0, foldedLettersMax)
      .reduce(
        (folded, { letter, other }) => sql`replace(${folded}, ${this.#bind(other)}, ${this.#bind(letter)})`,
        sql`lower(${value})`,
      )
  }

  /** To the letter what the indexes of `schema.ts` are made of. */
  #jsonValue(place: JsonPlace): SQL {
    return sql`${place.document} ->> ${this.#pathOf(place)}`
  }

  #pathOf({ path, isBound }: JsonPlace): SQL {
    return isBound ? this.#bind(path) : sql.raw(`'${path}'`)
  }

  #bind(value: Value): SQL {
    this.#parameters += 1
    if (this.#parameters > parametersMax) this.#refuse({ kind: 'CriteriaTooComplex', limit: 'parameters' })
    return sql`${typeof value === 'boolean' ? Number(value) : value}`
  }

  #alias(): SQL {
    this.#aliases += 1
    return sql.raw(`element_${this.#aliases}`)
  }

  #refuse(failure: CriteriaFailure): SQL {
    this.failure ??= failure
    return never
  }
}

function typeOf(value: Value): keyof typeof jsonTypes {
  if (typeof value === 'string') return 'string'
  return typeof value === 'number' ? 'number' : 'boolean'
}

/** Joined as a balanced tree: the database takes an expression of at most 100 levels. */
function joined(parts: SQL[], word: 'AND' | 'OR'): SQL {
  const [first, ...others] = parts
  if (first === undefined) return word === 'AND' ? always : never
  if (others.length === 0) return first
  const middle = Math.ceil(parts.length / 2)
  return sql`(${joined(parts.slice(0, middle), word)} ${sql.raw(word)} ${joined(parts.slice(middle), word)})`
}
