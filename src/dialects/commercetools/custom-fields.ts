/**
 * Custom fields from the wire: a `null` is no value, a list holds each element once, and money says how it is counted. That
 * can be told from the values alone; whether they fit their Type is found out elsewhere.
 */
import type { CustomFields } from '../../domain/custom-fields.ts'
import { isJsonObject, sameJson, type Json, type JsonObject } from '../../domain/json.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { CustomAction } from '../../domain/update-action.ts'
import type { CustomFieldsDraft, CustomTypeChange } from './schema.ts'

export function toCustomFields({ type, fields }: CustomFieldsDraft): CustomFields<ResourceRef> {
  const values = Object.entries(fields ?? {}).filter(([, value]) => value !== null)
  return { type, fields: Object.fromEntries(values.map(([name, value]) => [name, toFieldValue(value)])) }
}

export function toFieldValue(value: Json): Json {
  if (Array.isArray(value)) {
    const elements = value.map(toFieldValue)
    return elements.filter(
      (element, index) => elements.findIndex((other) => sameJson(other, element)) === index,
    )
  }
  return isJsonObject(value) ? withFractionDigits(value) : value
}

const currency = /^[A-Z]{3}$/

/** The only value of an object with a currency is money. */
function withFractionDigits(value: JsonObject): JsonObject {
  const { currencyCode, centAmount } = value
  if (!Number.isInteger(centAmount) || typeof currencyCode !== 'string' || !currency.test(currencyCode))
    return value
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency: currencyCode,
  }).resolvedOptions()
  return { type: 'centPrecision', ...value, fractionDigits: maximumFractionDigits }
}

/** Without a Type, custom fields are removed. */
export function typeChange({ type, fields }: CustomTypeChange): CustomAction<ResourceRef> {
  return { change: 'type', custom: type ? toCustomFields({ type, fields }) : undefined }
}

export function fieldChange(given: { name: string; value?: Json | undefined }): CustomAction<ResourceRef> {
  const { name, value } = given
  return { change: 'field', name, value: value == null ? undefined : toFieldValue(value) }
}
