/**
 * "Types": the custom fields that a merchant gives to customers and addresses.
 */
import { z } from 'zod'
import {
  enumValuesMax,
  fieldDefinitionsMax,
  plainFieldTypes,
  type CustomTypeAction,
} from '../../../domain/resources/custom-type.ts'
import type { Resource } from '../../../domain/resources/resource.ts'
import { isMemberName } from '../../../http/bounds.ts'
import { presentResource, resourceEndpoints, resourceFields } from './resource-endpoints.ts'
import { action, key, localized, text } from '../schema.ts'

const fieldName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{2,36}$/, 'A field name has 2 to 36 letters, digits, underscores and hyphens.')
  .refine(isMemberName, 'This name is not allowed for a field.')
const inputHint = z.enum(['SingleLine', 'MultiLine'])
const enumValue = z.object({ key: text.min(1), label: text })
const localizedEnumValue = z.object({ key: text.min(1), label: localized })

/** The vendor's list; of these, customers and their groups are here. */
const referenceTypeIds = [
  'approval-flow',
  'approval-rule',
  'associate-role',
  'business-unit',
  'cart',
  'cart-discount',
  'category',
  'channel',
  'customer',
  'customer-group',
  'key-value-document',
  'order',
  'product',
  'product-type',
  'review',
  'shipping-method',
  'state',
  'zone',
] as const

const elementType = z.discriminatedUnion('name', [
  z.object({ name: z.enum(plainFieldTypes) }),
  z.object({ name: z.literal('Enum'), values: z.array(enumValue).max(enumValuesMax) }),
  z.object({ name: z.literal('LocalizedEnum'), values: z.array(localizedEnumValue).max(enumValuesMax) }),
  z.object({ name: z.literal('Reference'), referenceTypeId: z.enum(referenceTypeIds) }),
])

const FieldDefinition = z.object({
  name: fieldName,
  type: z.discriminatedUnion('name', [elementType, z.object({ name: z.literal('Set'), elementType })]),
  label: localized,
  required: z.boolean().default(false),
  inputHint: inputHint.default('SingleLine'),
})

/** The vendor's list; of these, customers and addresses are here. */
const resourceTypeIds = [
  'address',
  'approval-flow',
  'approval-rule',
  'asset',
  'associate-role',
  'business-unit',
  'cart-discount',
  'category',
  'channel',
  'custom-line-item',
  'customer',
  'customer-group',
  'discount-code',
  'inventory-entry',
  'line-item',
  'order',
  'order-delivery',
  'order-edit',
  'order-parcel',
  'order-return-item',
  'payment',
  'payment-interface-interaction',
  'payment-method',
  'payment-method-info',
  'product-price',
  'product-selection',
  'product-tailoring',
  'quote',
  'recurring-order',
  'reservation',
  'review',
  'shipping',
  'shipping-method',
  'shopping-list',
  'shopping-list-text-line-item',
  'standalone-price',
  'store',
  'transaction',
] as const

const TypeDraft = z.object({
  key,
  name: localized,
  description: localized.nullish(),
  resourceTypeIds: z.array(z.enum(resourceTypeIds)).min(1).max(resourceTypeIds.length),
  fieldDefinitions: z.array(FieldDefinition).max(fieldDefinitionsMax).nullish(),
})

const names = z.array(text).max(Math.max(fieldDefinitionsMax, enumValuesMax))

const TypeUpdateAction = z.discriminatedUnion('action', [
  action('changeKey', { key }),
  action('changeName', { name: localized }),
  action('setDescription', { description: localized.nullish() }),
  action('addFieldDefinition', { fieldDefinition: FieldDefinition }),
  action('removeFieldDefinition', { fieldName: text }),
  action('changeFieldDefinitionOrder', { fieldNames: names }),
  action('changeLabel', { fieldName: text, label: localized }),
  action('changeInputHint', { fieldName: text, inputHint }),
  action('addEnumValue', { fieldName: text, value: enumValue }),
  action('addLocalizedEnumValue', { fieldName: text, value: localizedEnumValue }),
  action('changeEnumValueLabel', { fieldName: text, value: enumValue }),
  action('changeLocalizedEnumValueLabel', { fieldName: text, value: localizedEnumValue }),
  action('changeEnumValueOrder', { fieldName: text, keys: names }),
  action('changeLocalizedEnumValueOrder', { fieldName: text, keys: names }),
])

export const typeEndpoints = resourceEndpoints<'type'>({
  segment: 'types',
  name: 'Type',
  view: ['view_types'],
  manage: ['manage_types'],
  fields: {
    ...resourceFields,
    name: { type: 'open', path: ['body', 'name'] },
    description: { type: 'open', path: ['body', 'description'] },
    resourceTypeIds: { type: 'list', path: ['body', 'resourceTypeIds'] },
    fieldDefinitions: {
      type: 'objects',
      path: ['body', 'fieldDefinitions'],
      fields: {
        name: { type: 'text', path: ['name'] },
        required: { type: 'boolean', path: ['required'] },
        inputHint: { type: 'text', path: ['inputHint'] },
      },
    },
  },
  draft: TypeDraft.transform(({ key, name, description, resourceTypeIds, fieldDefinitions }) => ({
    key,
    body: {
      name,
      ...(description && { description }),
      resourceTypeIds: [...new Set(resourceTypeIds)],
      fieldDefinitions: fieldDefinitions ?? [],
    },
  })),
  action: TypeUpdateAction.transform(toAction),
  flow: (flows) => flows.types,
  present: presentType,
})

export function presentType(type: Resource<'type'>): object {
  return presentResource(type, type.body)
}

function toAction(action: z.infer<typeof TypeUpdateAction>): CustomTypeAction {
  switch (action.action) {
    case 'setDescription':
      return { action: 'setDescription', description: action.description ?? undefined }
    case 'addEnumValue':
    case 'changeEnumValueLabel':
    case 'changeEnumValueOrder':
      return { ...action, of: 'Enum' }
    case 'addLocalizedEnumValue':
      return { ...action, action: 'addEnumValue', of: 'LocalizedEnum' }
    case 'changeLocalizedEnumValueLabel':
      return { ...action, action: 'changeEnumValueLabel', of: 'LocalizedEnum' }
    case 'changeLocalizedEnumValueOrder':
      return { ...action, action: 'changeEnumValueOrder', of: 'LocalizedEnum' }
    default:
      return action
  }
}
