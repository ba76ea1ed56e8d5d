/**
 * The actions on a customer's own fields, mixins and custom fields.
 */
import { changeCustomFields } from './custom-fields-actions.ts'
import { changed, unchanged, type Handlers } from './change.ts'
import type { Customer, ProfileTextField } from '../customer/customer.ts'
import { isJsonObject, mergePatch, sameJson, type JsonObject } from '../base/json.ts'
import type { Message } from '../events/message.ts'
import { fail, invalid } from '../base/result.ts'
import { SETTERS, type CustomFieldsAction, type ProfileAction, type SchemaPatch } from './update-action.ts'

type CustomerCustomAction = Extract<CustomFieldsAction, { action: 'changeCustomFields' }>

export const profileHandlers: Handlers<ProfileAction | CustomerCustomAction> = {
  set(record, { field, value, languages }) {
    const { customer } = record
    if (languages && value !== undefined && !languages.includes(value))
      return fail({ kind: 'LanguageUnknown', language: value, known: [...languages] })
    if (field === 'contactEmail' && value === undefined && customer.contactEmail !== undefined) {
      return invalid('contactEmail', 'The contact e-mail cannot be unset once it has a value.')
    }
    if (customer[field] === value) return unchanged(record)
    const { [field]: _previous, ...rest } = customer
    const next = value === undefined ? (rest as Customer) : { ...customer, [field]: value }
    return changed(record, next, fieldMessage(field, value))
  },

  patchMixins(record, { mixins, mixinSchemas, replacing }) {
    const next = patchMixins(record.customer, { mixins, mixinSchemas, replacesMixins: replacing })
    return sameJson(next, record.customer)
      ? unchanged(record)
      : changed(record, next, { type: 'CustomerProfileChanged', payload: { mixins: next.mixins } })
  },

  changeCustomFields(record, action) {
    const { custom: before, ...rest } = record.customer
    const outcome = changeCustomFields(undefined, before, action)
    if (!outcome.ok) return outcome
    if (!outcome.value) return unchanged(record)
    const { custom, message } = outcome.value
    return changed(record, custom ? { ...rest, custom } : rest, message)
  },
}

/** The message that belongs to the field has a payload of this name. */
function fieldMessage(field: ProfileTextField, value: string | undefined): Message {
  const payload = value === undefined ? {} : { [field]: value }
  return { type: SETTERS[field], payload } as Message
}

/** Merges by RFC 7396, values and schema URLs each; `null` for the whole clears it. */
export function patchMixins<T extends { mixins: JsonObject; mixinSchemas: { [name: string]: string } }>(
  owner: T,
  { mixins, mixinSchemas, replacesMixins = false }: MixinPatch,
): T {
  const merge = (before: JsonObject, patch: JsonObject | null | undefined) =>
    patch === null ? {} : mergePatch(replacesMixins ? {} : before, patch ?? {})
  const values = merge(owner.mixins, mixins)
  const urls = merge(owner.mixinSchemas, mixinSchemas)
  return {
    ...owner,
    mixins: isJsonObject(values) ? values : {},
    mixinSchemas: urls as { [name: string]: string },
  }
}

interface MixinPatch {
  mixins?: JsonObject | null | undefined
  mixinSchemas?: SchemaPatch | null | undefined
  replacesMixins?: boolean | undefined
}
