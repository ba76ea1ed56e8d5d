/** Custom fields on the wire: what becomes of values that are told by themselves, and of the actions on addresses. */
import { describe, expect, it } from 'vitest'
import { CustomerUpdate } from '../../../src/dialects/commercetools/actions.ts'
import { toCustomFields, toFieldValue } from '../../../src/dialects/commercetools/custom-fields.ts'
import type { Json } from '../../../src/domain/json.ts'

const money = (currencyCode: string, fractionDigits: number) => ({
  type: 'centPrecision',
  currencyCode,
  centAmount: 100,
  fractionDigits,
})

describe('a value', () => {
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
  ])('of %j is kept as %j', (given, kept) => {
    expect(toFieldValue(given)).toEqual(kept)
  })

  it('of null is none', () => {
    expect(toCustomFields({ type: { key: 'k' }, fields: { a: null, b: 0 } }).fields).toEqual({ b: 0 })
  })
})

describe('an action on the custom fields of an address', () => {
  const decode = (action: object) => CustomerUpdate.safeParse({ version: 1, actions: [action] })
  const of = { action: 'changeAddressCustomFields', addressId: 'a1' }
  const type = { typeId: 'type', key: 'place' }

  it.each<[object, object]>([
    [
      { action: 'setAddressCustomType', addressId: 'a1', type, fields: { floor: 3 } },
      { ...of, change: 'type', custom: { type: { key: 'place' }, fields: { floor: 3 } } },
    ],
    [
      { action: 'setAddressCustomType', addressId: 'a1' },
      { ...of, change: 'type', custom: undefined },
    ],
    [
      { action: 'setAddressCustomField', addressId: 'a1', name: 'floor', value: 3 },
      { ...of, change: 'field', name: 'floor', value: 3 },
    ],
    [
      { action: 'setAddressCustomField', addressId: 'a1', name: 'floor', value: null },
      { ...of, change: 'field', name: 'floor', value: undefined },
    ],
  ])('%j is understood', (wire, expected) => {
    expect(decode(wire).data?.actions).toEqual([expected])
  })

  it.each<object>([
    { action: 'setAddressCustomType', type },
    { action: 'setAddressCustomType', addressId: 'a1', type: { ...type, id: 'x' } },
    { action: 'setAddressCustomField', addressId: 'a1' },
  ])('%j is refused', (wire) => {
    expect(decode(wire).success).toBe(false)
  })
})
