/**
 * Custom fields: values that a merchant adds to customers and addresses under a Type of his own, and the rules of
 * changing them. Whether the values fit the Type is found out before, where Types can be read.
 */
import { allowedValues, fitsType, referencesIn, type ValueReference } from '../resources/field-values.ts'
import { sameJson, type Json, type JsonObject } from '../base/json.ts'
import type { CustomPayloads, Message } from '../events/message.ts'
import type { Reference, Resource } from '../resources/resource.ts'
import { fail, ok, type Result, type Violation } from '../base/result.ts'
import type { CustomAction } from '../changes/update-action.ts'

/** `T`: how the Type is named; by id in a record, by id or key in a request. */
export interface CustomFields<T = Reference> {
  type: T
  fields: JsonObject
}

interface CustomChange {
  custom: CustomFields | undefined
  message: Message
}

/** What can have custom fields: a Type says which of them it is for. */
export type CustomFieldsOwner = 'customer' | 'address'

/**
 * Whether an owner's fields are what their Type wants, as far as they are new: a Type may have changed since the others were
 * written, and nobody is held responsible for those. The value is what the new fields refer to.
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
    !known || !sameJson(own(known, name) ?? null, own(after.fields, name) ?? null)
  const violations: Violation[] = Object.keys(after.fields)
    .filter((name) => isNew(name) && !body.fieldDefinitions.some((field) => field.name === name))
    .map((name) => {
      const message = `The field '${name}' is not defined in the type '${key}'.`
      return { field: name, type: 'invalid', message, value: own(after.fields, name) ?? null }
    })
  const references: ValueReference[] = []
  for (const { name, type, required } of body.fieldDefinitions.filter((field) => isNew(field.name))) {
    const value = own(after.fields, name)
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

/**
 * What an action makes of the custom fields of a customer, or of the address; undefined when nothing changes.
 * Fails with `InvalidOperation` for a field of an owner without a Type, and for removing a field that is not there.
 */
export function changeCustomFields(
  addressId: string | undefined,
  before: CustomFields | undefined,
  action: CustomAction,
): Result<CustomChange | undefined> {
  if (action.change === 'type') {
    const { custom } = action
    if (sameJson(before ?? null, custom ?? null)) return ok(undefined)
    const previous = before ? { previousTypeId: before.type.id } : {}
    return ok({
      custom,
      message: custom
        ? messageOf(addressId, 'TypeSet', { customFields: custom, ...previous })
        : messageOf(addressId, 'TypeRemoved', previous),
    })
  }
  const { name, value } = action
  if (!before)
    return fail({ kind: 'InvalidOperation', reason: `The field '${name}' needs a type, and none is set.` })
  const previousValue = own(before.fields, name)
  if (value === undefined) {
    if (previousValue === undefined)
      return fail({ kind: 'InvalidOperation', reason: `The field '${name}' has no value to be removed.` })
    const { [name]: _removed, ...fields } = before.fields
    return ok({ custom: { ...before, fields }, message: messageOf(addressId, 'FieldRemoved', { name }) })
  }
  if (previousValue !== undefined && sameJson(previousValue, value)) return ok(undefined)
  const custom = { ...before, fields: { ...before.fields, [name]: value } }
  return ok({
    custom,
    message:
      previousValue === undefined
        ? messageOf(addressId, 'FieldAdded', { name, value })
        : messageOf(addressId, 'FieldChanged', { name, value, previousValue }),
  })
}

function own(fields: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

function messageOf<C extends keyof CustomPayloads>(
  addressId: string | undefined,
  event: C,
  payload: CustomPayloads[C],
): Message {
  const message =
    addressId === undefined
      ? { type: `CustomerCustom${event}`, payload }
      : { type: `CustomerAddressCustom${event}`, payload: { ...payload, addressId } }
  return message as Message
}
