/**
 * Values of custom fields: in which form they are kept, which ones a type of field takes, and what they refer to.
 */
import type { ElementType, FieldType } from './custom-type.ts'
import { enumValues } from './custom-type.ts'
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../base/json.ts'

/** A value that names something else, of whatever kind. */
export interface ValueReference {
  typeId: string
  id: string
}

const date = /^(\d{4})-(\d\d)-(\d\d)$/
const time = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?$/
const zone = /(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)$/
const language = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/
const currency = /^[A-Z]{3}$/

/** A list holds each element once, and money says how it is counted: that can be told from the values alone. */
export function normalizeValue(value: Json): Json {
  if (!Array.isArray(value)) return isJsonObject(value) ? withFractionDigits(value) : value
  const elements = new Map<string, Json>()
  for (const element of value.map(normalizeValue)) {
    const text = canonicalJson(element)
    if (!elements.has(text)) elements.set(text, element)
  }
  return [...elements.values()]
}

export function fitsType(type: FieldType, value: Json): boolean {
  if (type.name !== 'Set') return fitsElement(type, value)
  return Array.isArray(value) && value.every((element) => fitsElement(type.elementType, element))
}

/** The only values that an enumeration takes. */
export function allowedValues(type: FieldType): string[] | undefined {
  return enumValues(type)?.map(({ key }) => key)
}

/** What a value of the type refers to; the value has to fit. */
export function referencesIn(type: FieldType, value: Json): ValueReference[] {
  const element = type.name === 'Set' ? type.elementType : type
  if (element.name !== 'Reference') return []
  return [value].flat().flatMap((one) => (isReference(one) ? [{ typeId: one.typeId, id: one.id }] : []))
}

function fitsElement(type: ElementType, value: Json): boolean {
  switch (type.name) {
    case 'Boolean':
      return typeof value === 'boolean'
    case 'String':
      return typeof value === 'string'
    case 'Number':
      return typeof value === 'number'
    case 'LocalizedString':
      return (
        isJsonObject(value) &&
        Object.entries(value).every(([tag, text]) => language.test(tag) && typeof text === 'string')
      )
    case 'Money':
      return isMoney(value)
    case 'Date':
      return typeof value === 'string' && isDate(value)
    case 'Time':
      return typeof value === 'string' && time.test(value)
    case 'DateTime':
      return typeof value === 'string' && isDateTime(value)
    case 'Enum':
    case 'LocalizedEnum':
      return type.values.some(({ key }) => key === value)
    case 'Reference':
      return isReference(value) && value.typeId === type.referenceTypeId
  }
}

/** Whole cents of a currency. */
function isMoney(value: Json): boolean {
  if (!isJsonObject(value)) return false
  const { type = 'centPrecision', currencyCode, centAmount } = value
  const isCurrency = typeof currencyCode === 'string' && currency.test(currencyCode)
  return type === 'centPrecision' && isCurrency && Number.isSafeInteger(centAmount)
}

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

function isReference(value: Json): value is { typeId: string; id: string } {
  return isJsonObject(value) && typeof value['typeId'] === 'string' && typeof value['id'] === 'string'
}

/** A day of the calendar. */
function isDate(text: string): boolean {
  const [, year = '', month = '', day = ''] = date.exec(text) ?? []
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return year !== '' && at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day)
}

/** A day, a time and, unless it is UTC, an offset. */
function isDateTime(text: string): boolean {
  const separator = text.indexOf('T')
  const clock = text.slice(separator + 1).replace(zone, '')
  return separator > 0 && isDate(text.slice(0, separator)) && time.test(clock)
}
