/**
 * How custom fields change: a Type with all its values, or one value, of a customer or of an address. Whether the values
 * fit the Type is found out before, where Types can be read.
 */
import { sameJson } from '../base/json.ts'
import { fail, ok, type Result } from '../base/result.ts'
import { ownField, type CustomAction, type CustomFields } from '../customer/custom-fields.ts'
import type { CustomPayloads, Message } from '../events/message.ts'

interface CustomChange {
  custom: CustomFields | undefined
  message: Message
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
  const previousValue = ownField(before.fields, name)
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
