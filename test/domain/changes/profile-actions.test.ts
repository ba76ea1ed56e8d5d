/** The actions on a customer's own fields: each with its message, and the few values that are refused. */
import { describe, expect, it } from 'vitest'
import { apply } from '../../../src/domain/changes/apply.ts'
import { profileTextFields } from '../../../src/domain/customer/customer.ts'
import type { JsonObject } from '../../../src/domain/base/json.ts'
import type { MessageType } from '../../../src/domain/events/message.ts'
import type { SchemaPatch, UpdateAction } from '../../../src/domain/changes/update-action.ts'
import { now, recordWith, valueOf } from '../../support/records.ts'

const named: Partial<Record<(typeof profileTextFields)[number], MessageType>> = {
  title: 'CustomerTitleSet',
  firstName: 'CustomerFirstNameSet',
  lastName: 'CustomerLastNameSet',
  dateOfBirth: 'CustomerDateOfBirthSet',
  company: 'CustomerCompanyNameSet',
  externalId: 'CustomerExternalIdSet',
}
const clearable = profileTextFields.filter((field) => field !== 'contactEmail')

describe('a profile field', () => {
  it.each(profileTextFields)('%s is set, with one message that carries the new value', (field) => {
    const record = recordWith({ company: 'Engines' })
    const { record: after, messages } = valueOf(apply(record, [{ action: 'set', field, value: 'new' }], now))
    expect(after.customer).toEqual({
      ...record.customer,
      [field]: 'new',
      version: 8,
      modifiedAt: after.customer.modifiedAt,
    })
    expect(messages).toEqual([
      { type: named[field] ?? 'CustomerProfileChanged', payload: { [field]: 'new' } },
    ])
  })

  it.each(clearable)('%s is cleared: absent, not empty, with a message that carries nothing', (field) => {
    const record = recordWith({ [field]: 'old' })
    const action: UpdateAction = { action: 'set', field, value: undefined }
    const { record: after, messages } = valueOf(apply(record, [action], now))
    expect(Object.hasOwn(after.customer, field)).toBe(false)
    expect(messages).toEqual([{ type: named[field] ?? 'CustomerProfileChanged', payload: {} }])
  })
})

describe('the contact e-mail', () => {
  const unset: UpdateAction = { action: 'set', field: 'contactEmail', value: undefined }

  it('cannot be unset once it has a value', () => {
    expect(apply(recordWith({ contactEmail: 'ada@shop.example' }), [unset], now)).toMatchObject({
      error: { kind: 'InvalidInput', violations: [{ field: 'contactEmail', type: 'invalid' }] },
    })
  })

  it('that was never set can be left unset', () => {
    expect(apply(recordWith(), [unset], now).ok).toBe(true)
  })
})

describe('mixins', () => {
  const record = recordWith({
    mixins: { size: { shoe: 41, hat: 57 }, note: 'x' },
    mixinSchemas: { size: 'https://schema.example/size', note: 'https://schema.example/note' },
  })
  const patched = (mixins: JsonObject | null | undefined, mixinSchemas: SchemaPatch | null | undefined) => {
    const change = valueOf(apply(record, [{ action: 'patchMixins', mixins, mixinSchemas }], now))
    return { customer: change.record.customer, messages: change.messages }
  }

  it('merge deeply, and null removes', () => {
    const { customer, messages } = patched({ size: { shoe: 42 }, note: null }, { note: null })
    expect(customer.mixins).toEqual({ size: { shoe: 42, hat: 57 } })
    expect(customer.mixinSchemas).toEqual({ size: 'https://schema.example/size' })
    expect(messages).toEqual([{ type: 'CustomerProfileChanged', payload: { mixins: customer.mixins } }])
  })

  it('and their schemas are cleared each by null for the whole, and left by absence', () => {
    expect(patched(null, undefined).customer).toMatchObject({
      mixins: {},
      mixinSchemas: record.customer.mixinSchemas,
    })
    expect(patched(undefined, null).customer).toMatchObject({
      mixins: record.customer.mixins,
      mixinSchemas: {},
    })
  })
})
