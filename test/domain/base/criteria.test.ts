/** Criteria: what each kind means for a record, and that trees beyond the limits are recognised. */
import { describe, expect, it } from 'vitest'
import {
  criteriaLimits,
  exceededLimit,
  foldCase,
  junction,
  matches,
  unfolded,
  type Comparison,
  type Criteria,
  type TextPosition,
  type Value,
} from '../../../src/domain/base/criteria.ts'
import { frozen } from '../../support/records.ts'

const record = frozen({
  name: 'Müller',
  nothing: null,
  empty: '',
  age: 42,
  active: true,
  tags: ['a', 'b', 1, true],
  none: [],
  group: { id: 'gold' },
  addresses: [
    { city: 'Bonn', country: 'DE' },
    { city: 'Wien', country: 'AT' },
  ],
})

const compare = (name: string, operator: Comparison, value: Value): Criteria => ({
  kind: 'compare',
  path: name.split('.'),
  operator,
  value,
})
const text = (at: TextPosition, wanted: string, ignoreCase = false): Criteria => ({
  kind: 'containsText',
  path: ['name'],
  at,
  text: wanted,
  ignoreCase,
})

describe('a comparison', () => {
  it.each<[string, Comparison, Value, boolean]>([
    ['name', '=', 'Müller', true],
    ['name', '=', 'müller', false],
    ['name', '!=', 'Meier', true],
    ['name', '!=', 'Müller', false],
    ['name', '>', 'Mz', true],
    ['name', '<', 'N', true],
    ['age', '>=', 42, true],
    ['age', '>', 42, false],
    ['age', '<=', 42, true],
    ['age', '<', 100, true],
    ['active', '=', true, true],
    ['active', '>', false, true],
    ['group.id', '=', 'gold', true],
    ['group.id.x', '=', 'gold', false],
    // Missing, and of another type.
    ['nobody', '=', 'x', false],
    ['nobody', '!=', 'x', false],
    ['nothing', '!=', 'x', false],
    ['age', '=', '42', false],
    ['age', '!=', '42', false],
    ['age', '<', 'x', false],
    ['active', '=', 1, false],
    ['tags', '=', 'a', false],
    // What every object has is no field.
    ['constructor', '!=', 'x', false],
    ['tags.length', '=', 4, false],
    ['name.length', '=', 6, false],
  ])('%s %s %j is %s', (name, operator, value, expected) => {
    expect(matches(compare(name, operator, value), record)).toBe(expected)
  })

  it('orders text by code point, beyond the first 65,536 too', () => {
    expect(matches(compare('x', '>', '\uff5e'), { x: '\u{1f600}' })).toBe(true)
    expect(matches(compare('x', '<', 'ab'), { x: 'a' })).toBe(true)
    expect(matches(compare('x', '>', 'Z'), { x: 'a' })).toBe(true)
  })
})

describe('the other kinds', () => {
  const yes: Criteria = { kind: 'and', of: [] }
  const no: Criteria = { kind: 'or', of: [] }

  it.each<[string, Criteria, boolean]>([
    ['and of nothing', yes, true],
    ['or of nothing', no, false],
    ['and', { kind: 'and', of: [yes, no] }, false],
    ['or', { kind: 'or', of: [no, yes] }, true],
    ['not, over a missing field', { kind: 'not', of: compare('nobody', '=', 'x') }, true],
    ['not not', { kind: 'not', of: { kind: 'not', of: compare('nobody', '=', 'x') } }, false],
    ['one of', { kind: 'oneOf', path: ['age'], values: ['42', 42] }, true],
    ['one of, by type', { kind: 'oneOf', path: ['age'], values: ['42'] }, false],
    ['one of nothing', { kind: 'oneOf', path: ['age'], values: [] }, false],
    ['contains any', { kind: 'contains', path: ['tags'], quantifier: 'any', values: ['x', 'b'] }, true],
    ['contains all', { kind: 'contains', path: ['tags'], quantifier: 'all', values: ['a', 1, true] }, true],
    ['contains not all', { kind: 'contains', path: ['tags'], quantifier: 'all', values: ['a', 'x'] }, false],
    [
      'contains, by type',
      { kind: 'contains', path: ['tags'], quantifier: 'any', values: ['1', false] },
      false,
    ],
    ['contains, of text', { kind: 'contains', path: ['name'], quantifier: 'any', values: ['M'] }, false],
    ['defined', { kind: 'defined', path: ['empty'] }, true],
    ['defined, null', { kind: 'defined', path: ['nothing'] }, false],
    ['defined, inherited', { kind: 'defined', path: ['toString'] }, false],
    ['empty list', { kind: 'empty', path: ['none'] }, true],
    ['empty, missing', { kind: 'empty', path: ['nobody'] }, true],
    ['empty, full list', { kind: 'empty', path: ['tags'] }, false],
    ['empty, text', { kind: 'empty', path: ['empty'] }, false],
    ['anywhere', text('anywhere', 'üll'), true],
    ['anywhere, other case', text('anywhere', 'ÜLL'), false],
    ['anywhere, any case', text('anywhere', 'ÜLL', true), true],
    ['start', text('start', 'Mü'), true],
    ['start elsewhere', text('start', 'ü'), false],
    ['end', text('end', 'ler'), true],
    ['end elsewhere', text('end', 'Mül'), false],
    ['whole, any case', text('whole', 'mÜLLER', true), true],
    ['whole, more', text('whole', 'Mülle', true), false],
    [
      'text of a number',
      { kind: 'containsText', path: ['age'], at: 'anywhere', text: '4', ignoreCase: false },
      false,
    ],
  ])('%s', (_name, criteria, expected) => {
    expect(matches(criteria, record)).toBe(expected)
  })

  it('of a list of objects need one object that fits altogether', () => {
    const some = (city: string, country: string): Criteria => ({
      kind: 'some',
      path: ['addresses'],
      of: { kind: 'and', of: [compare('city', '=', city), compare('country', '=', country)] },
    })
    expect(matches(some('Bonn', 'DE'), record)).toBe(true)
    expect(matches(some('Bonn', 'AT'), record)).toBe(false)
    expect(matches({ kind: 'some', path: ['group'], of: yes }, record)).toBe(false)
    expect(matches({ kind: 'some', path: ['tags'], of: yes }, record)).toBe(false)
  })
})

describe('letter case', () => {
  it.each([
    ['ÄÖÜ Émile', 'äöü émile'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφοσ'],
    ['Straße', 'straße'],
    ['\u212aelvin', '\u212aelvin'],
    ['İ', 'İ'],
  ])('of %s is folded letter by letter', (from, to) => {
    expect(foldCase(from)).toBe(to)
    expect(Array.from(foldCase(from))).toHaveLength(Array.from(from).length)
  })

  it('has one way back', () => {
    expect([unfolded('ä'), unfolded('ß'), unfolded('1')]).toEqual(['Ä', undefined, undefined])
  })
})

describe('the limits', () => {
  const one = compare('a', '=', 1)
  const nested = (levels: number): Criteria =>
    Array.from({ length: levels }).reduce<Criteria>((of) => ({ kind: 'not', of }), one)
  const all = (count: number): Criteria => ({ kind: 'and', of: Array.from({ length: count }, () => one) })
  const listed = (count: number): Criteria => ({
    kind: 'oneOf',
    path: ['a'],
    values: Array.from({ length: count }, (_, index) => index),
  })

  it.each<[string, Criteria, string | undefined]>([
    ['the deepest', nested(criteriaLimits.depth - 1), undefined],
    ['one level more', nested(criteriaLimits.depth), 'depth'],
    ['a hundred thousand levels', nested(100_000), 'depth'],
    ['the widest', all(criteriaLimits.nodes - 1), undefined],
    ['one part more', all(criteriaLimits.nodes), 'nodes'],
    [
      'parts of parts',
      junction(
        'or',
        Array.from({ length: 20 }, () => all(10)),
      ),
      'nodes',
    ],
    ['the longest list', listed(criteriaLimits.values), undefined],
    ['one value more', listed(criteriaLimits.values + 1), 'values'],
    [
      'many lists',
      junction(
        'or',
        Array.from({ length: 60 }, () => listed(10)),
      ),
      'values',
    ],
  ])('hold for %s', (_name, criteria, expected) => {
    expect(exceededLimit(criteria)).toBe(expected)
  })

  it('are not used up by junctions of the same kind', () => {
    const chain = Array.from({ length: 50 }).reduce<Criteria>((left) => junction('and', [left, one]), one)
    expect(exceededLimit(chain)).toBeUndefined()
    expect(junction('and', [one])).toBe(one)
  })
})
