/**
 * Custom fields: values that a merchant adds to customers and addresses under a Type of his own, and what their
 * Type asks of them.
 */
import { allowedValues, fitsType, referencesIn, type ValueReference } from '../resources/field-values.ts'
import { sameJson, type Json, type JsonObject } from '../base/json.ts'
import type { Reference, Resource } from '../resources/resource.ts'
import { fail, ok, type Result, type Violation } from '../base/result.ts'

/** `T`: how the Type is named; by id in a record, by id or key in a request. */
export interface CustomFields<T = Reference> {
  type: T
  fields: JsonObject
}

/** What can have custom fields: a Type says which of them it is for. */
export type CustomFieldsOwner = 'customer' | 'address'

/**
 * Whether an owner's fields are what their Type wants, as far as they are new: a Type may have changed since the others were
 * written, and they are not checked again. The value is what the new fields refer to.
 */
export function checkFields(
  owner: CustomFieldsOwner,
  before: CustomFields | undefined,
  after: CustomFields,
  { key = '', body }: Resource<'type'>,
): Result<ValueReference[]> {
  if (!body.resourceTypeIds.includes(owner)) {
    const reason = `The type '${key}' is not for the resource '${owner}'.`
    return fail({ kind: 'InvalidOperation', reason })
  }
  const known = before?.type.id === after.type.id ? before.fields : undefined
  const isNew = (name: string) =>
    !known || !sameJson(ownField(known, name) ?? null, ownField(after.fields, name) ?? null)
  const violations: Violation[] = Object.keys(after.fields)
    .filter((name) => isNew(name) && !body.fieldDefinitions.some((field) => field.name === name))
    .map((name) => {
      const message = `The field '${name}' is not defined in the type '${key}'.`
      return { field: name, type: 'invalid', message, value: ownField(after.fields, name) ?? null }
    })
  const references: ValueReference[] = []
  for (const { name, type, required } of body.fieldDefinitions.filter((field) => isNew(field.name))) {
    const value = ownField(after.fields, name)
    if (value === undefined) {
      const message = `A value is required for field ${name}.`
      if (required) violations.push({ field: name, type: 'missing', message })
    } else if (fitsType(type, value)) {
      references.push(...referencesIn(type, value))
    } else {
      const allowed = allowedValues(type)
      const message = `The value '${JSON.stringify(value)}' is not valid for field '${name}'.`
      violations.push({ field: name, type: 'invalid', message, value, ...(allowed && { allowed }) })
    }
  }
  return violations.length > 0 ? fail({ kind: 'InvalidInput', violations }) : ok(references)
}

export function ownField(fields: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

/** Another Type with all its values (or none at all), or one value; of the customer, or of an address. */
export type CustomAction<T = Reference> =
  | { change: 'type'; custom: CustomFields<T> | undefined }
  | { change: 'field'; name: string; value: Json | undefined }
