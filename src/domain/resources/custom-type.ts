/**
 * Types: which custom fields a merchant has given to what, and how that may change. A field keeps its kind of value for as
 * long as it is there, and values of enumerations only become more, because customers may hold them.
 */
import { sameJson } from '../base/json.ts'
import type { ChangeOf, LocalizedText, Content } from './content.ts'
import { fail, invalid, ok, type Result } from '../base/result.ts'

export interface CustomType {
  name: LocalizedText
  description?: LocalizedText
  /** What may have these fields; of this service `customer` and `address`. */
  resourceTypeIds: string[]
  fieldDefinitions: FieldDefinition[]
}

export interface FieldDefinition {
  name: string
  type: FieldType
  label: LocalizedText
  required: boolean
  inputHint: InputHint
}

export type InputHint = 'SingleLine' | 'MultiLine'

export const plainFieldTypes = [
  'Boolean',
  'String',
  'LocalizedString',
  'Number',
  'Money',
  'Date',
  'Time',
  'DateTime',
] as const

export type ElementType =
  | { name: (typeof plainFieldTypes)[number] }
  | { name: 'Enum'; values: EnumValue<string>[] }
  | { name: 'LocalizedEnum'; values: EnumValue<LocalizedText>[] }
  | { name: 'Reference'; referenceTypeId: string }

export type FieldType = ElementType | { name: 'Set'; elementType: ElementType }

export interface EnumValue<L = string | LocalizedText> {
  key: string
  label: L
}

type EnumName = 'Enum' | 'LocalizedEnum'

export type CustomTypeAction =
  | { action: 'changeKey'; key: string }
  | { action: 'changeName'; name: LocalizedText }
  | { action: 'setDescription'; description: LocalizedText | undefined }
  | { action: 'addFieldDefinition'; fieldDefinition: FieldDefinition }
  | { action: 'removeFieldDefinition'; fieldName: string }
  | { action: 'changeFieldDefinitionOrder'; fieldNames: string[] }
  | { action: 'changeLabel'; fieldName: string; label: LocalizedText }
  | { action: 'changeInputHint'; fieldName: string; inputHint: InputHint }
  | { action: 'addEnumValue'; of: EnumName; fieldName: string; value: EnumValue }
  | { action: 'changeEnumValueLabel'; of: EnumName; fieldName: string; value: EnumValue }
  | { action: 'changeEnumValueOrder'; of: EnumName; fieldName: string; keys: string[] }

export const fieldDefinitionsMax = 100
export const enumValuesMax = 500

export const changeCustomType: ChangeOf<CustomType, CustomTypeAction> = (content, action) => {
  const { body } = content
  switch (action.action) {
    case 'changeKey':
      return ok({ ...content, key: action.key })
    case 'changeName':
      return ok({ ...content, body: { ...body, name: action.name } })
    case 'setDescription': {
      const { description: _previous, ...rest } = body
      return ok({
        ...content,
        body: action.description ? { ...rest, description: action.description } : rest,
      })
    }
    case 'addFieldDefinition':
      return withDefinitions(content, [...body.fieldDefinitions, action.fieldDefinition])
    case 'removeFieldDefinition':
      return changeDefinition(content, action.fieldName, () => ok([]))
    case 'changeFieldDefinitionOrder': {
      const ordered = reorder(body.fieldDefinitions, ({ name }) => name, action.fieldNames)
      return ordered.ok ? withDefinitions(content, ordered.value) : ordered
    }
    case 'changeLabel':
      return changeDefinition(content, action.fieldName, (field) => ok([{ ...field, label: action.label }]))
    case 'changeInputHint':
      return changeDefinition(content, action.fieldName, (field) =>
        ok([{ ...field, inputHint: action.inputHint }]),
      )
    case 'addEnumValue':
      return changeValues(content, action, (values) => ok([...values, action.value]))
    case 'changeEnumValueLabel':
      return changeValues(content, action, (values) =>
        values.some(({ key }) => key === action.value.key)
          ? ok(values.map((value) => (value.key === action.value.key ? action.value : value)))
          : fail({
              kind: 'InvalidOperation',
              reason: `The field '${action.fieldName}' has no value with the key '${action.value.key}'.`,
            }),
      )
    case 'changeEnumValueOrder':
      return changeValues(content, action, (values) => reorder(values, ({ key }) => key, action.keys))
  }
}

/** The rules of a whole Type: names of fields and keys of values once each, and not too many of either. */
export function checkDefinitions({ fieldDefinitions }: CustomType): Result<void> {
  if (fieldDefinitions.length > fieldDefinitionsMax)
    return invalid('fieldDefinitions', `A type has at most ${fieldDefinitionsMax} fields.`, 'too_large')
  const twice = firstRepeated(fieldDefinitions.map(({ name }) => name))
  if (twice !== undefined) return fail({ kind: 'ValueTaken', field: 'name', value: twice })
  for (const { name, type } of fieldDefinitions) {
    const values = enumValues(type) ?? []
    if (values.length > enumValuesMax)
      return invalid(name, `The field '${name}' has at most ${enumValuesMax} values.`, 'too_large')
    const taken = firstRepeated(values.map(({ key }) => key))
    if (taken !== undefined) return fail({ kind: 'ValueTaken', field: 'key', value: taken })
  }
  return ok(undefined)
}

/** One name means one type of field wherever two Types can belong to the same resource. */
export function checkAgainst(type: CustomType, other: CustomType): Result<void> {
  const shared = type.resourceTypeIds.find((id) => other.resourceTypeIds.includes(id))
  if (shared === undefined) return ok(undefined)
  for (const { name, type: wanted } of type.fieldDefinitions) {
    const known = other.fieldDefinitions.find((field) => field.name === name)
    if (known && !sameJson(kindOf(known.type), kindOf(wanted))) {
      const reason = `The field '${name}' has another type in a type for the resource '${shared}'.`
      return fail({ kind: 'InvalidOperation', reason })
    }
  }
  return ok(undefined)
}

/** The values of an enumeration or of a set of it. */
export function enumValues(type: FieldType): EnumValue[] | undefined {
  const element = type.name === 'Set' ? type.elementType : type
  return element.name === 'Enum' || element.name === 'LocalizedEnum' ? element.values : undefined
}

/** What two fields of one name have to have in common: everything but the values of an enumeration. */
function kindOf(type: FieldType): unknown {
  switch (type.name) {
    case 'Set':
      return { set: kindOf(type.elementType) }
    case 'Reference':
      return type
    default:
      return type.name
  }
}

function changeDefinition(
  content: Content<CustomType>,
  fieldName: string,
  change: (field: FieldDefinition) => Result<FieldDefinition[]>,
): Result<Content<CustomType>> {
  const { fieldDefinitions } = content.body
  const index = fieldDefinitions.findIndex(({ name }) => name === fieldName)
  const field = fieldDefinitions[index]
  if (!field) return fail({ kind: 'InvalidOperation', reason: `The type has no field '${fieldName}'.` })
  const changed = change(field)
  return changed.ok
    ? withDefinitions(content, fieldDefinitions.toSpliced(index, 1, ...changed.value))
    : changed
}

function changeValues(
  content: Content<CustomType>,
  { of, fieldName }: { of: EnumName; fieldName: string },
  change: (values: EnumValue[]) => Result<EnumValue[]>,
): Result<Content<CustomType>> {
  return changeDefinition(content, fieldName, (field) => {
    const { type } = field
    const element = type.name === 'Set' ? type.elementType : type
    if (element.name !== of)
      return fail({
        kind: 'InvalidOperation',
        reason: `The field '${fieldName}' is not of the type '${of}'.`,
      })
    const changed = change(element.values)
    if (!changed.ok) return changed
    // The action names the kind of enumeration that the labels fit.
    const next = { name: of, values: changed.value } as ElementType
    return ok([{ ...field, type: type.name === 'Set' ? { ...type, elementType: next } : next }])
  })
}

function withDefinitions(
  content: Content<CustomType>,
  fieldDefinitions: FieldDefinition[],
): Result<Content<CustomType>> {
  const body = { ...content.body, fieldDefinitions }
  const valid = checkDefinitions(body)
  return valid.ok ? ok({ ...content, body }) : valid
}

function reorder<T>(items: readonly T[], nameOf: (item: T) => string, names: readonly string[]): Result<T[]> {
  const byName = new Map(items.map((item) => [nameOf(item), item]))
  const ordered = names.flatMap((name) => byName.get(name) ?? [])
  return ordered.length === items.length && new Set(names).size === items.length
    ? ok(ordered)
    : fail({ kind: 'InvalidOperation', reason: 'A new order has to name everything exactly once.' })
}

function firstRepeated(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) < index)
}
