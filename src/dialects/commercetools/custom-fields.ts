/**
 * Custom fields from the wire: a `null` is no value, and without a Type there are none. Whether values fit their Type is
 * found out elsewhere.
 */
import type { CustomAction } from '../../domain/customer/custom-fields.ts'
import type { ResourceRef } from '../../domain/base/names.ts'
import type { CustomFields } from '../../domain/customer/custom-fields.ts'
import { normalizeValue } from '../../domain/resources/field-values.ts'
import type { Json } from '../../domain/base/json.ts'
import type { CustomFieldsDraft, CustomTypeChange } from './schema.ts'

export function toCustomFields({ type, fields }: CustomFieldsDraft): CustomFields<ResourceRef> {
  const values = Object.entries(fields ?? {}).filter(([, value]) => value !== null)
  return { type, fields: Object.fromEntries(values.map(([name, value]) => [name, normalizeValue(value)])) }
}

/** Without a Type, custom fields are removed. */
export function typeChange({ type, fields }: CustomTypeChange): CustomAction<ResourceRef> {
  return { change: 'type', custom: type ? toCustomFields({ type, fields }) : undefined }
}

export function fieldChange(given: { name: string; value?: Json | undefined }): CustomAction<ResourceRef> {
  const { name, value } = given
  return { change: 'field', name, value: value == null ? undefined : normalizeValue(value) }
}
