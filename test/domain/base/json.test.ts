/**
 * JSON: RFC 7396 merge patch by its examples and its laws, equality without regard to the order of keys, and (T45) no key
 * that is more than data.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isJsonObject,
  jsonSizeBytes,
  mergePatch,
  sameJson,
  type Json,
  type JsonObject,
} from '../../../src/domain/base/json.ts'
import { frozen } from '../../support/records.ts'

/** JSON as it comes out of a parser, `-0` and prototypes gone; half of it with few keys, so that objects meet. */
const json: fc.Arbitrary<Json> = fc
  .oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(1, 'x', null, true),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
      ),
    })).value,
  )
  .map((value) => JSON.parse(JSON.stringify(value)) as Json)
const withoutNull = json.map(dropNulls)

describe('merge patch', () => {
  // The test cases of RFC 7396, appendix A, and one more.
  it.each<[Json, Json, Json]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: { b: 'c', d: 'e' } }, { a: { b: 'f' } }, { a: { b: 'f', d: 'e' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('of %j with %j is %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result)
  })

  it('leads from any value to any other one without null by their difference', () => {
    fc.assert(
      fc.property(withoutNull, withoutNull, (from, to) => {
        expect(mergePatch(from, difference(from, to))).toEqual(to)
      }),
    )
  })

  it('done twice is the same as done once', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const once = mergePatch(target, patch)
        expect(mergePatch(once, patch)).toEqual(once)
      }),
    )
  })

  it('with an empty object changes no object', () => {
    fc.assert(fc.property(json.filter(isJsonObject), (target) => sameJson(mergePatch(target, {}), target)))
  })

  it('leaves its inputs as they are', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        expect(() => mergePatch(frozen(target), frozen(patch))).not.toThrow()
      }),
    )
  })

  it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])(
    'T45: takes the key %s for data',
    (key) => {
      const patch = JSON.parse(`{"${key}":{"polluted":true}}`) as Json
      const merged = mergePatch({ kept: 1 }, patch)
      expect(JSON.stringify(merged)).toBe(`{"kept":1,"${key}":{"polluted":true}}`)
      expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
      expect(mergePatch(merged, JSON.parse(`{"${key}":null}`) as Json)).toEqual({ kept: 1 })
    },
  )
})

describe('sameness', () => {
  it('does not depend on the order of keys', () => {
    fc.assert(fc.property(json, (value) => sameJson(value, reversed(value))))
  })

  it('is equality of values', () => {
    fc.assert(
      fc.property(json, json, (left, right) => {
        expect(sameJson(left, right)).toBe(isEqual(left, right))
      }),
    )
  })

  it.each<[unknown, unknown]>([
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, { a: '1' }],
    [{ a: null }, {}],
    [null, undefined],
    [{}, []],
    [{ a: { b: 1 } }, { a: { b: 1, c: 2 } }],
    [
      { 10: 'x', 9: 'y' },
      { 10: 'y', 9: 'x' },
    ],
  ])('tells %j from %j', (left, right) => {
    expect(sameJson(left, right)).toBe(false)
  })

  it('takes an undefined field for an absent one', () => {
    expect(sameJson({ a: undefined, b: 1 }, { b: 1 })).toBe(true)
    expect(sameJson(undefined, undefined)).toBe(true)
  })
})

describe('the size', () => {
  it.each<[Json, number]>([
    [{}, 2],
    ['ä', 4],
    [{ a: '😀' }, 12],
  ])('of %j is %i bytes', (value, bytes) => {
    expect(jsonSizeBytes(value)).toBe(bytes)
  })
})

function dropNulls(value: Json): Json {
  if (Array.isArray(value)) return value
  if (!isJsonObject(value)) return value ?? 0
  const entries = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(entries.map(([key, inner]) => [key, dropNulls(inner)]))
}

function difference(from: Json, to: Json): Json {
  if (!isJsonObject(from) || !isJsonObject(to)) return to
  const removed = Object.keys(from)
    .filter((key) => !Object.hasOwn(to, key))
    .map((key): [string, Json] => [key, null])
  const written = Object.entries(to).map(([key, value]): [string, Json] => [
    key,
    difference(Object.hasOwn(from, key) ? (from[key] ?? null) : null, value),
  ])
  return Object.fromEntries([...removed, ...written])
}

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, reversed(inner)]),
  )
}

function isEqual(left: Json, right: Json): boolean {
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false
    return left.every((inner, index) => isEqual(inner, right[index] ?? null))
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return left === right
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => equalAt(left, right, key))
}

function equalAt(left: JsonObject, right: JsonObject, key: string): boolean {
  return Object.hasOwn(right, key) && isEqual(left[key] ?? null, right[key] ?? null)
}
