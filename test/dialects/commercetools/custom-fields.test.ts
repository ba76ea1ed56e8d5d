/** Custom fields on the wire: what becomes of values, and of the actions on addresses. */
import { describe, expect, it } from 'vitest'
import { CustomerUpdate } from '../../../src/dialects/commercetools/actions.ts'
import { toCustomFields } from '../../../src/dialects/commercetools/custom-fields.ts'

it('a value of null is none', () => {
  expect(toCustomFields({ type: { key: 'k' }, fields: { a: null, b: 0 } }).fields).toEqual({ b: 0 })
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
