/** Fields: where a dotted name leads, and what a value means to a field of each type. */
import { describe, expect, it } from 'vitest'
import type { Field, FieldNames, Value } from '../../../src/domain/base/criteria.ts'
import { findField, readingsOf, type FoundField } from '../../../src/domain/base/fields.ts'

const text = (name: string): Field => ({ type: 'text', path: [name] })
const fields: FieldNames = {
  name: text('stored'),
  group: { type: 'object', path: [], fields: { name: text('stored') } },
  nested: { type: 'object', path: ['outer'], fields: { deep: { type: 'open', path: ['inner'] } } },
  list: {
    type: 'objects',
    path: ['rows'],
    fields: { name: text('column'), tags: { type: 'list', path: ['tags'] } },
  },
  holder: {
    type: 'object',
    path: ['held'],
    fields: { list: { type: 'objects', path: ['rows'], fields: { x: text('x') } } },
  },
  twice: {
    type: 'objects',
    path: ['a'],
    fields: { list: { type: 'objects', path: ['b'], fields: { x: text('x') } } },
  },
}

describe('a dotted name', () => {
  it.each<[string, FoundField | undefined]>([
    ['name', { type: 'text', path: ['stored'] }],
    ['group', { type: 'object', path: [] }],
    ['group.name', { type: 'text', path: ['stored'] }],
    ['nested.deep', { type: 'object', path: ['outer', 'inner'] }],
    ['nested.deep.any-name.at_all', { type: 'open', path: ['outer', 'inner', 'any-name', 'at_all'] }],
    ['list', { type: 'objects', path: ['rows'] }],
    ['list.name', { type: 'text', path: ['column'], within: ['rows'] }],
    ['list.tags', { type: 'list', path: ['tags'], within: ['rows'] }],
    ['holder.list.x', { type: 'text', path: ['x'], within: ['held', 'rows'] }],
    ['', undefined],
    ['nobody', undefined],
    ['name.more', undefined],
    ['list.nobody', undefined],
    ['twice.list.x', undefined],
    ['nested.deep.a"b', undefined],
    ['nested.deep.', undefined],
    ['constructor', undefined],
    ['group.__proto__', undefined],
  ])('%s', (name, expected) => {
    expect(findField(fields, name.split('.'))).toEqual(expected)
  })
})

describe('a value', () => {
  it.each<[Field['type'], Value, boolean, Value[]]>([
    ['text', '1', true, ['1']],
    ['text', 1, false, []],
    ['language', 'en_US', false, ['en-US']],
    ['number', '1.5', true, [1.5]],
    ['number', '1.5', false, []],
    ['number', 1.5, false, [1.5]],
    ['number', '1e999', true, []],
    ['number', Infinity, false, []],
    ['boolean', 'true', true, [true]],
    ['boolean', 'yes', true, []],
    ['boolean', true, false, [true]],
    ['instant', '2026-01-02', false, ['2026-01-02T00:00:00.000Z']],
    ['instant', '2026-01-02T10:00+02:00', true, ['2026-01-02T08:00:00.000Z']],
    ['instant', '2026-13-02', true, []],
    ['open', '20', true, ['20', 20]],
    ['open', 'true', true, ['true', true]],
    ['open', '20', false, ['20']],
    ['object', 'x', true, []],
    ['text', 'a\u0000', false, []],
    ['open', '\ud800', false, []],
  ])('of a field of type %s: %j (untyped: %s)', (type, value, isUntyped, expected) => {
    expect(readingsOf(type, value, isUntyped)).toEqual(expected)
  })
})
