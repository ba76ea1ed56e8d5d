/**
 * `apply` as a whole: all actions or none, and a version that grows by one exactly when something has changed that a
 * client can see, or a password has.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apply } from '../../../src/domain/changes/apply.ts'
import type { CustomerRecord } from '../../../src/domain/changes/change.ts'
import { customerSizeMaxBytes, profileTextFields } from '../../../src/domain/customer/customer.ts'
import { sameJson } from '../../../src/domain/base/json.ts'
import type { CustomerAction, TrustedAction } from '../../../src/domain/changes/update-action.ts'
import {
  accountOf,
  addressOf,
  createdAt,
  frozen,
  now,
  recordWith,
  tokenOf,
  valueOf,
} from '../../support/records.ts'

const time = new Date(now).toISOString()

describe('the version', () => {
  it.each<[string, CustomerAction[]]>([
    ['one field', [{ action: 'set', field: 'firstName', value: 'Grace' }]],
    [
      'several fields at once',
      [
        { action: 'set', field: 'firstName', value: 'Grace' },
        { action: 'set', field: 'lastName', value: 'Hopper' },
        { action: 'addAddress', addressId: 'new', address: { city: 'London' } },
      ],
    ],
    ['nothing but a mixin', [{ action: 'patchMixins', mixins: { a: { b: 1 } }, mixinSchemas: undefined }]],
    ['a password', [{ action: 'setPassword', accountId: 'ada', passwordHash: 'new', cause: 'change' }]],
  ])('grows by one with a change of %s', (_what, actions) => {
    const { customer } = valueOf(apply(recordWith(), actions, now)).record
    expect(customer).toMatchObject({ version: 8, modifiedAt: time, createdAt })
  })

  it.each<[string, CustomerAction[]]>([
    ['no action', []],
    ['a field that has the value already', [{ action: 'set', field: 'firstName', value: 'Ada' }]],
    ['clearing what is unset', [{ action: 'set', field: 'title', value: undefined }]],
    ['mixins that are there', [{ action: 'patchMixins', mixins: { a: { b: 1 } }, mixinSchemas: {} }]],
    ['a mixin removed that is not there', [{ action: 'patchMixins', mixins: { x: null }, mixinSchemas: {} }]],
    ['an address as it is', [{ action: 'patchAddress', addressId: 'home', address: { city: 'London' } }]],
    ['a tag that is there', [{ action: 'addAddressTags', addressId: 'home', tags: ['HOME'] }]],
    ['a tag removed that is not there', [{ action: 'removeAddressTags', addressId: 'home', tags: ['x'] }]],
  ])('stays, and nothing is told, with %s', (_what, actions) => {
    const record = recordWith({
      mixins: { a: { b: 1 } },
      addresses: [addressOf('home', { city: 'London', tags: ['HOME'] })],
    })
    expect(valueOf(apply(record, actions, now))).toEqual({ record, messages: [], mails: [], changed: false })
  })

  it('stays, and nothing is to be stored, with actions that cancel each other out', () => {
    const record = recordWith({ firstName: 'Ada' })
    const actions = ['Grace', 'Ada'].map((value) => ({
      action: 'set' as const,
      field: 'firstName' as const,
      value,
    }))
    const { record: after, ...change } = valueOf(apply(record, actions, now))
    expect(after).toEqual(record)
    expect(change).toEqual({ messages: [], mails: [], changed: false })
  })

  it('stays with what only happens, which is to be stored and told', () => {
    const record = recordWith()
    const action = { action: 'recordAssistedLogin' as const, sessionId: 's' }
    const change = valueOf(apply(record, [action], now))
    expect(change).toMatchObject({ record, messages: [{ type: 'CustomerAssistedLogin' }], changed: true })
  })

  it.each<TrustedAction>([
    { action: 'recordLogin', accountId: 'ada' },
    { action: 'rehashPassword', accountId: 'ada', passwordHash: 'stronger' },
    {
      action: 'beginEmailChange',
      token: tokenOf('email_change'),
      newEmail: 'n@x.example',
      syncContactEmail: false,
    },
    { action: 'requestDeletion', token: tokenOf('deletion') },
  ])('stays with $action, which no client can see', (action) => {
    expect(valueOf(apply(recordWith(), [action], now)).record.customer).toMatchObject({
      version: 7,
      modifiedAt: createdAt,
    })
  })

  it('follows what has changed over any sequence of requests', () => {
    const text = fc.constantFrom('Ada', 'Grace', '')
    const action = fc.oneof(
      fc.record({
        action: fc.constant('set' as const),
        field: fc.constantFrom(...profileTextFields.filter((field) => field !== 'companyRegistrationId')),
        value: fc.option(text, { nil: undefined }),
      }),
      fc.record({
        action: fc.constant('patchMixins' as const),
        mixins: fc.constantFrom({ a: 1 }, { a: null }, { b: { c: null } }, null, undefined),
        mixinSchemas: fc.constantFrom({ a: 'https://schema.example/a' }, { a: null }, null, undefined),
      }),
      fc.record({ action: fc.constant('recordLogin' as const), accountId: fc.constantFrom('ada', 'nobody') }),
      fc.record({
        action: fc.constant('setPassword' as const),
        accountId: fc.constantFrom('ada', 'nobody'),
        passwordHash: fc.constant('same hash'),
        cause: fc.constantFrom('change' as const, 'mailed_token' as const, 'handed_out_token' as const),
      }),
    )
    fc.assert(
      fc.property(fc.array(fc.array(action, { maxLength: 3 }), { maxLength: 10 }), (requests) => {
        let record: CustomerRecord = recordWith()
        for (const actions of requests) {
          const result = apply(record, actions, now)
          if (!result.ok) continue
          const next = frozen(result.value.record)
          const changed =
            !sameJson(visible(record), visible(next)) ||
            record.credentials.revision !== next.credentials.revision
          expect(next.customer.version - record.customer.version).toBe(changed ? 1 : 0)
          record = next
        }
      }),
    )
  })
})

describe('a request', () => {
  it('fails as a whole with the error of its first action that fails', () => {
    const actions: CustomerAction[] = [
      { action: 'set', field: 'firstName', value: 'Grace' },
      { action: 'removeAddress', addressId: 'first missing' },
      { action: 'removeAddress', addressId: 'second missing' },
    ]
    expect(apply(recordWith(), actions, now)).toEqual({
      ok: false,
      error: { kind: 'AddressNotFound', customerId: '12345678', addressId: 'first missing' },
    })
  })

  it('tells its effects in the order of its actions', () => {
    const { messages } = valueOf(
      apply(
        recordWith(),
        [
          { action: 'set', field: 'lastName', value: 'Hopper' },
          { action: 'addAddress', addressId: 'a', address: {} },
          { action: 'set', field: 'firstName', value: 'Grace' },
        ],
        now,
      ),
    )
    expect(messages.map(({ type }) => type)).toEqual([
      'CustomerLastNameSet',
      'CustomerAddressAdded',
      'CustomerFirstNameSet',
    ])
  })

  it('sees in each action what the ones before it have done', () => {
    const actions: CustomerAction[] = [
      { action: 'addAddress', addressId: 'a', address: { tags: ['SHIPPING'] } },
      { action: 'removeAddress', addressId: 'a' },
    ]
    expect(valueOf(apply(recordWith(), actions, now)).record.customer).toMatchObject({
      addresses: [],
      shippingAddressIds: [],
    })
  })

  it('never makes a customer larger than a row may be', () => {
    const large = { a: 'x'.repeat(customerSizeMaxBytes) }
    expect(
      apply(recordWith(), [{ action: 'patchMixins', mixins: large, mixinSchemas: {} }], now),
    ).toMatchObject({
      error: { kind: 'InvalidInput', violations: [{ type: 'too_large' }] },
    })
  })
})

describe('a company registration', () => {
  const register: CustomerAction = { action: 'set', field: 'companyRegistrationId', value: 'HRB 1' }

  it('needs first name, last name and company, and names every one that is missing', () => {
    const record = recordWith({ lastName: '' })
    expect(apply(record, [register], now)).toMatchObject({
      error: {
        kind: 'InvalidInput',
        violations: [
          { field: 'lastName', type: 'missing' },
          { field: 'company', type: 'missing' },
        ],
      },
    })
  })

  it('may come with what it needs, in any order', () => {
    const company: CustomerAction = { action: 'set', field: 'company', value: 'Analytical Engines' }
    expect(apply(recordWith(), [register, company], now).ok).toBe(true)
  })

  it('may be taken back without anything', () => {
    const record = recordWith({ companyRegistrationId: 'HRB 1' })
    expect(apply(record, [{ ...register, value: undefined }], now).ok).toBe(true)
  })

  it('of an account that has none of the three does not stand in the way of other changes', () => {
    const record = recordWith(
      { companyRegistrationId: 'HRB 1', accounts: [] },
      { accounts: [accountOf('ada')] },
    )
    expect(apply(record, [{ action: 'set', field: 'title', value: 'Dr' }], now).ok).toBe(true)
  })
})

function visible({ customer }: CustomerRecord) {
  const { version: _version, modifiedAt: _modifiedAt, lastLoginAt: _lastLoginAt, ...rest } = customer
  return rest
}
