/** Custom fields by themselves: what an action makes of them, what it tells, and what a Type takes. */
import { changeCustomFields } from '../../../src/domain/changes/custom-fields-actions.ts'
import type { CustomAction } from '../../../src/domain/customer/custom-fields.ts'
import { describe, expect, it } from 'vitest'
import { checkFields, type CustomFields } from '../../../src/domain/customer/custom-fields.ts'
import type { FieldDefinition, FieldType } from '../../../src/domain/resources/custom-type.ts'
import { fitsType, normalizeValue, referencesIn } from '../../../src/domain/resources/field-values.ts'
import type { Json, JsonObject } from '../../../src/domain/base/json.ts'
import type { Resource } from '../../../src/domain/resources/resource.ts'
import { createdAt, frozen, valueOf } from '../../support/records.ts'

const custom = (fields: JsonObject, id = 'type'): CustomFields =>
  frozen({ type: { typeId: 'type', id }, fields })

function type(fields: Record<string, FieldType>, required: string[] = []): Resource<'type'> {
  const fieldDefinitions = Object.entries(fields).map(([name, of]): FieldDefinition => ({
    name,
    type: of,
    label: {},
    required: required.includes(name),
    inputHint: 'SingleLine',
  }))
  const body = { name: {}, resourceTypeIds: ['customer'], fieldDefinitions }
  return frozen({
    tenant: 'acme',
    kind: 'type',
    id: 'type',
    key: 'loyalty',
    version: 1,
    createdAt,
    modifiedAt: createdAt,
    body,
  })
}

describe('an action', () => {
  it.each<[string, CustomFields | undefined, CustomAction, CustomFields | undefined, string, object]>([
    [
      'sets a Type',
      undefined,
      { change: 'type', custom: custom({ a: 1 }) },
      custom({ a: 1 }),
      'TypeSet',
      { customFields: { ...custom({ a: 1 }) } },
    ],
    [
      'sets another Type',
      custom({ a: 1 }),
      { change: 'type', custom: custom({}, 'other') },
      custom({}, 'other'),
      'TypeSet',
      { customFields: { ...custom({}, 'other') }, previousTypeId: 'type' },
    ],
    [
      'removes the Type',
      custom({ a: 1 }),
      { change: 'type', custom: undefined },
      undefined,
      'TypeRemoved',
      { previousTypeId: 'type' },
    ],
    [
      'adds a value',
      custom({}),
      { change: 'field', name: 'a', value: 1 },
      custom({ a: 1 }),
      'FieldAdded',
      { name: 'a', value: 1 },
    ],
    [
      'changes a value',
      custom({ a: 1, b: 2 }),
      { change: 'field', name: 'a', value: 3 },
      custom({ a: 3, b: 2 }),
      'FieldChanged',
      { name: 'a', value: 3, previousValue: 1 },
    ],
    [
      'removes a value',
      custom({ a: 1, b: 2 }),
      { change: 'field', name: 'a', value: undefined },
      custom({ b: 2 }),
      'FieldRemoved',
      { name: 'a' },
    ],
  ])('%s, and tells so', (_what, before, action, after, message, payload) => {
    expect(valueOf(changeCustomFields(undefined, before, action))).toEqual({
      custom: after,
      message: { type: `CustomerCustom${message}`, payload },
    })
    expect(valueOf(changeCustomFields('a1', before, action))).toEqual({
      custom: after,
      message: { type: `CustomerAddressCustom${message}`, payload: { ...payload, addressId: 'a1' } },
    })
  })

  it.each<[string, CustomFields | undefined, CustomAction]>([
    ['the same Type and values', custom({ a: 1 }), { change: 'type', custom: custom({ a: 1 }) }],
    ['no Type where there is none', undefined, { change: 'type', custom: undefined }],
    ['the same value', custom({ a: [1] }), { change: 'field', name: 'a', value: [1] }],
  ])('with %s changes nothing', (_what, before, action) => {
    expect(valueOf(changeCustomFields(undefined, before, action))).toBeUndefined()
  })

  it.each<[string, CustomFields | undefined, CustomAction]>([
    ['a value without a Type', undefined, { change: 'field', name: 'a', value: 1 }],
    ['no value where there is none', custom({}), { change: 'field', name: 'a', value: undefined }],
    [
      'no value of a name that every object has',
      custom({}),
      { change: 'field', name: 'toString', value: undefined },
    ],
  ])('cannot set %s', (_what, before, action) => {
    expect(changeCustomFields(undefined, before, action)).toMatchObject({
      error: { kind: 'InvalidOperation' },
    })
  })
})

describe('what a Type takes', () => {
  const loyalty = type({ a: { name: 'Number' }, b: { name: 'String' } }, ['a'])

  it('are its own fields with values that fit, and all that are required', () => {
    expect(checkFields('customer', undefined, custom({ a: 1, b: 'x' }), loyalty).ok).toBe(true)
    expect(checkFields('customer', undefined, custom({ b: 1, c: 1 }), loyalty)).toMatchObject({
      error: {
        violations: [
          { field: 'c', type: 'invalid', value: 1 },
          { field: 'a', type: 'missing' },
          { field: 'b', type: 'invalid', value: 1 },
        ],
      },
    })
  })

  it('is only asked of fields that are new under the same Type, and of all under another', () => {
    const outdated = custom({ b: 1, gone: true })
    const changed = custom({ b: 1, gone: true, a: 2 })
    expect(checkFields('customer', outdated, changed, loyalty).ok).toBe(true)
    expect(
      checkFields('customer', { ...outdated, type: { typeId: 'type', id: 'other' } }, changed, loyalty).ok,
    ).toBe(false)
    expect(checkFields('customer', custom({ a: 1 }), custom({ b: 'x' }), loyalty)).toMatchObject({
      error: { violations: [{ field: 'a', type: 'missing' }] },
    })
  })

  it('belongs to its resources alone', () => {
    expect(checkFields('address', undefined, custom({ a: 1 }), loyalty)).toMatchObject({
      error: { kind: 'InvalidOperation' },
    })
  })

  it('tells what new values refer to', () => {
    const friends = type({
      one: { name: 'Reference', referenceTypeId: 'customer' },
      many: { name: 'Set', elementType: { name: 'Reference', referenceTypeId: 'customer' } },
    })
    const to = (id: string) => ({ typeId: 'customer', id })
    const before = custom({ one: to('1') })
    const after = custom({ one: to('1'), many: [to('2'), to('3')] })
    expect(valueOf(checkFields('customer', before, after, friends))).toEqual([to('2'), to('3')])
    expect(referencesIn({ name: 'String' }, 'x')).toEqual([])
  })
})

describe('a value', () => {
  it.each<[FieldType, Json[], Json[]]>([
    [{ name: 'Boolean' }, [true, false], [0, 'true', null, []]],
    [{ name: 'String' }, ['', 'x'], [1, null, ['x']]],
    [{ name: 'Number' }, [0, -1.5], ['1', null]],
    [{ name: 'LocalizedString' }, [{}, { en: '', 'de-AT': 'x' }], ['x', { en: 1 }, { en_US: 'x' }, []]],
    [{ name: 'Date' }, ['2024-02-29', '0001-01-01'], ['2023-02-29', '2024-2-1', '2024-04-31', '', 20240229]],
    [{ name: 'Time' }, ['00:00', '23:59:59', '12:00:00.123'], ['24:00', '12:60', '12', '12:00:00Z']],
    [
      { name: 'DateTime' },
      [
        '2024-02-29T00:00:00Z',
        '2024-02-29T23:59:59.999+01:00',
        '2024-02-29T10:00:00-0530',
        '2024-02-29T10:00',
      ],
      ['2024-02-30T00:00:00Z', '2024-02-29', 'T00:00:00Z', '2024-02-29T24:00:00Z', '2024-02-29 10:00:00Z'],
    ],
    [
      { name: 'Money' },
      [
        { currencyCode: 'EUR', centAmount: 0 },
        { type: 'centPrecision', currencyCode: 'JPY', centAmount: -1 },
      ],
      [
        1,
        { currencyCode: 'EUR' },
        { currencyCode: 'EU', centAmount: 1 },
        { currencyCode: 'EUR', centAmount: 0.5 },
        { type: 'highPrecision', currencyCode: 'EUR', centAmount: 1 },
      ],
    ],
    [{ name: 'Enum', values: [{ key: 's', label: 'S' }] }, ['s'], ['S', 's ', null, ['s']]],
    [{ name: 'LocalizedEnum', values: [{ key: 's', label: {} }] }, ['s'], ['m', {}]],
    [
      { name: 'Reference', referenceTypeId: 'customer' },
      [{ typeId: 'customer', id: '1' }],
      [{ typeId: 'order', id: '1' }, { typeId: 'customer' }, { typeId: 'customer', key: 'k' }, '1'],
    ],
    [{ name: 'Set', elementType: { name: 'Number' } }, [[], [1, 2]], [1, [1, 'x'], [[1]], {}]],
  ])('of %j is checked', (of, good, bad) => {
    expect(good.filter((value) => !fitsType(of, value))).toEqual([])
    expect(bad.filter((value) => fitsType(of, value))).toEqual([])
  })
})

const money = (currencyCode: string, fractionDigits: number) => ({
  type: 'centPrecision',
  currencyCode,
  centAmount: 100,
  fractionDigits,
})

describe('a value as it is kept', () => {
  it.each<[Json, Json]>([
    [{ currencyCode: 'EUR', centAmount: 100 }, money('EUR', 2)],
    [{ currencyCode: 'JPY', centAmount: 100 }, money('JPY', 0)],
    [{ currencyCode: 'KWD', centAmount: 100, fractionDigits: 7 }, money('KWD', 3)],
    [
      { currencyCode: 'euro', centAmount: 100 },
      { currencyCode: 'euro', centAmount: 100 },
    ],
    [
      { currencyCode: 'EUR', centAmount: 'x' },
      { currencyCode: 'EUR', centAmount: 'x' },
    ],
    [
      [1, '1', 1, { a: 1, b: 2 }, { b: 2, a: 1 }],
      [1, '1', { a: 1, b: 2 }],
    ],
    [{ en: 'x' }, { en: 'x' }],
  ])('of %j is %j', (given, kept) => {
    expect(normalizeValue(given)).toEqual(kept)
  })

  it('of a great many elements is kept as quickly', () => {
    const many = Array.from({ length: 200_000 }, (_, index) => index % 150_000)
    expect(normalizeValue(many)).toHaveLength(150_000)
  })
})
