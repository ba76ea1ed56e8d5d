/**
 * Custom fields: values that a merchant adds to customers and addresses under a Type of his own, and the rules of
 * changing them. Whether the values fit the Type is found out before, where Types can be read.
 */
import { sameJson, type JsonObject } from './json.ts'
import type { Message } from './message.ts'
import type { Reference } from './resource.ts'
import { fail, ok, type Result } from './result.ts'
import type { CustomAction } from './update-action.ts'

export interface CustomFields {
  type: Reference
  fields: JsonObject
}

interface CustomChange {
  custom: CustomFields | undefined
  message: Message
}

const names = {
  customer: 'CustomerCustom',
  address: 'CustomerAddressCustom',
} as const

/**
 * What an action makes of an owner's custom fields; undefined when nothing changes.
 * Fails with `InvalidOperation` for a field of an owner without a Type, and for removing a field that is not there.
 */
export function changeCustomFields(
  owner: keyof typeof names,
  before: CustomFields | undefined,
  action: CustomAction,
): Result<CustomChange | undefined> {
  const prefix = names[owner]
  if (action.change === 'type') {
    const { custom } = action
    if (sameJson(before ?? null, custom ?? null)) return ok(undefined)
    const previous: JsonObject = before ? { previousTypeId: before.type.id } : {}
    return ok({
      custom,
      message: custom
        ? { type: `${prefix}TypeSet`, payload: { customFields: toJson(custom), ...previous } }
        : { type: `${prefix}TypeRemoved`, payload: previous },
    })
  }
  const { name, value } = action
  if (!before)
    return fail({ kind: 'InvalidOperation', reason: `The field '${name}' needs a type, and none is set.` })
  const previousValue = Object.hasOwn(before.fields, name) ? before.fields[name] : undefined
  if (value === undefined) {
    if (previousValue === undefined)
      return fail({ kind: 'InvalidOperation', reason: `The field '${name}' has no value to be removed.` })
    const { [name]: _removed, ...fields } = before.fields
    return ok({
      custom: { ...before, fields },
      message: { type: `${prefix}FieldRemoved`, payload: { name } },
    })
  }
  if (previousValue !== undefined && sameJson(previousValue, value)) return ok(undefined)
  const custom = { ...before, fields: { ...before.fields, [name]: value } }
  return ok({
    custom,
    message:
      previousValue === undefined
        ? { type: `${prefix}FieldAdded`, payload: { name, value } }
        : { type: `${prefix}FieldChanged`, payload: { name, value, previousValue } },
  })
}

function toJson({ type, fields }: CustomFields): JsonObject {
  return { type: { ...type }, fields }
}
