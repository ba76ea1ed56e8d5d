/** The rules of Types by themselves: what may change, what stays, and what two Types have to agree on. */
import { describe, expect, it } from 'vitest'
import {
  changeCustomType,
  checkAgainst,
  checkDefinitions,
  enumValuesMax,
  fieldDefinitionsMax,
  type CustomType,
  type CustomTypeAction,
  type FieldDefinition,
  type FieldType,
} from '../../../src/domain/resources/custom-type.ts'
import { frozen, valueOf } from '../../support/records.ts'

const enumeration: FieldType = { name: 'Enum', values: [{ key: 's', label: 'Small' }] }

function field(name: string, type: FieldType = { name: 'String' }): FieldDefinition {
  return { name, type, label: {}, required: false, inputHint: 'SingleLine' }
}

function typeOf(fieldDefinitions: FieldDefinition[], resourceTypeIds = ['customer']): CustomType {
  return frozen({ name: { en: 'T' }, resourceTypeIds, fieldDefinitions })
}

const change = (type: CustomType, action: CustomTypeAction) =>
  changeCustomType(frozen({ key: 'type', body: type }), action)

describe('a Type', () => {
  it.each<[string, CustomTypeAction, FieldType]>([
    [
      'an enumeration',
      { action: 'addEnumValue', of: 'Enum', fieldName: 'size', value: { key: 'l', label: 'Large' } },
      { name: 'Enum', values: [...enumeration.values, { key: 'l', label: 'Large' }] },
    ],
    [
      'a set of one',
      { action: 'changeEnumValueLabel', of: 'Enum', fieldName: 'sizes', value: { key: 's', label: 'Tiny' } },
      { name: 'Set', elementType: { name: 'Enum', values: [{ key: 's', label: 'Tiny' }] } },
    ],
  ])('changes the values of %s in place', (_what, action, expected) => {
    const type = typeOf([
      field('size', enumeration),
      field('sizes', { name: 'Set', elementType: enumeration }),
    ])
    const { fieldDefinitions } = valueOf(change(type, action)).body
    const name = 'fieldName' in action ? action.fieldName : ''
    expect(fieldDefinitions.find((one) => one.name === name)?.type).toEqual(expected)
    expect(fieldDefinitions.map((one) => one.name)).toEqual(['size', 'sizes'])
  })

  it('has a limit of fields and of values', () => {
    const fields = Array.from({ length: fieldDefinitionsMax }, (_, index) => field(`field${index}`))
    expect(checkDefinitions(typeOf(fields)).ok).toBe(true)
    expect(
      change(typeOf(fields), { action: 'addFieldDefinition', fieldDefinition: field('more') }),
    ).toMatchObject({
      error: { kind: 'InvalidInput', violations: [{ field: 'fieldDefinitions', type: 'too_large' }] },
    })
    const values = Array.from({ length: enumValuesMax + 1 }, (_, index) => ({ key: `${index}`, label: '' }))
    expect(checkDefinitions(typeOf([field('size', { name: 'Enum', values })]))).toMatchObject({
      error: { kind: 'InvalidInput', violations: [{ field: 'size', type: 'too_large' }] },
    })
    expect(checkDefinitions(typeOf([field('size', { name: 'Enum', values: values.slice(1) })])).ok).toBe(true)
  })

  it('has each name and each key once', () => {
    expect(checkDefinitions(typeOf([field('size'), field('size')]))).toMatchObject({
      error: { kind: 'ValueTaken', field: 'name', value: 'size' },
    })
    const twice: FieldType = { name: 'Enum', values: [enumeration.values, enumeration.values].flat() }
    expect(checkDefinitions(typeOf([field('sizes', { name: 'Set', elementType: twice })]))).toMatchObject({
      error: { kind: 'ValueTaken', field: 'key', value: 's' },
    })
  })
})

describe('a field of two Types', () => {
  const reference = (referenceTypeId: string): FieldType => ({ name: 'Reference', referenceTypeId })
  const other: FieldType = { name: 'Enum', values: [] }

  it.each<[string, FieldType, FieldType, string[], boolean]>([
    ['agrees with its like', { name: 'Number' }, { name: 'Number' }, ['customer'], true],
    ['may not be something else', { name: 'Number' }, { name: 'String' }, ['customer'], false],
    ['may be something else for another resource', { name: 'Number' }, { name: 'String' }, ['address'], true],
    ['may have values of its own', enumeration, other, ['customer'], true],
    [
      'may not be one value here and several there',
      { name: 'Number' },
      { name: 'Set', elementType: { name: 'Number' } },
      ['customer'],
      false,
    ],
    [
      'may not hold a set of something else',
      { name: 'Set', elementType: { name: 'Number' } },
      { name: 'Set', elementType: { name: 'String' } },
      ['customer'],
      false,
    ],
    ['refers to the same kind', reference('customer'), reference('customer'), ['customer'], true],
    ['may not refer to another kind', reference('customer'), reference('order'), ['customer'], false],
  ])('%s', (_what, one, another, resourceTypeIds, agrees) => {
    const checked = checkAgainst(typeOf([field('x', one)]), typeOf([field('x', another)], resourceTypeIds))
    expect(checked.ok).toBe(agrees)
  })
})
