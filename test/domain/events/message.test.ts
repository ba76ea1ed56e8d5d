/**
 * Messages: what each action tells, to the letter; that nothing is told when nothing happens, and nothing secret ever; and
 * how messages are numbered for those who see them.
 */
import { describe, expect, it } from 'vitest'
import { billingTag, shippingTag } from '../../../src/domain/customer/address.ts'
import { apply } from '../../../src/domain/changes/apply.ts'
import { createCustomer } from '../../../src/domain/changes/create.ts'
import type { Customer } from '../../../src/domain/customer/customer.ts'
import {
  identifiersOf,
  messagesSizeMaxBytes,
  publishedSequences,
  resourceTypeOf,
  type Message,
} from '../../../src/domain/events/message.ts'
import type { CustomerAction } from '../../../src/domain/changes/update-action.ts'
import { accountOf, addressOf, now, recordWith, tenantWith, tokenOf, valueOf } from '../../support/records.ts'

const type = { typeId: 'type', id: 't1' } as const
const other = { typeId: 'type', id: 't2' } as const
const gold = { typeId: 'customer-group', id: 'gold' } as const
const silver = { typeId: 'customer-group', id: 'silver' } as const
const berlin = { typeId: 'store', key: 'berlin' } as const
const paris = { typeId: 'store', key: 'paris' } as const

const home = addressOf('home', { city: 'London', key: 'h', tags: [shippingTag] })
const work = addressOf('work', { city: 'Paris', custom: { type, fields: { floor: 3 } } })
const accounts = [accountOf('ada'), accountOf('second')]

const full = {
  title: 'Dr',
  company: 'Engines',
  dateOfBirth: '1815-12-10',
  externalId: 'erp-1',
  addresses: [home, work],
  shippingAddressIds: ['home'],
  defaultShippingAddressId: 'home',
  customerGroup: gold,
  customerGroupAssignments: [{ customerGroup: gold }],
  stores: [berlin],
  custom: { type, fields: { points: 1 } },
} satisfies Partial<Customer>
const record = recordWith(full, { accounts })

const set = (field: Extract<CustomerAction, { action: 'set' }>['field'], value?: string): CustomerAction => ({
  action: 'set',
  field,
  value,
})
const tell = (type: string, payload: object = {}) => ({ type, payload })
const inShipping = { ...work, tags: [shippingTag] }

const cases: [what: string, action: CustomerAction, messages: ReturnType<typeof tell>[]][] = [
  [
    'a log-in',
    { action: 'recordLogin', accountId: 'ada', sessionId: 's1' },
    [tell('CustomerLoggedIn', { sessionId: 's1' })],
  ],
  ['a first name', set('firstName', 'Augusta'), [tell('CustomerFirstNameSet', { firstName: 'Augusta' })]],
  ['no first name', set('firstName'), [tell('CustomerFirstNameSet')]],
  ['a last name', set('lastName', 'King'), [tell('CustomerLastNameSet', { lastName: 'King' })]],
  ['no last name', set('lastName'), [tell('CustomerLastNameSet')]],
  ['a title', set('title', 'Prof'), [tell('CustomerTitleSet', { title: 'Prof' })]],
  ['no title', set('title'), [tell('CustomerTitleSet')]],
  ['a company', set('company', 'Looms'), [tell('CustomerCompanyNameSet', { company: 'Looms' })]],
  ['no company', set('company'), [tell('CustomerCompanyNameSet')]],
  [
    'a date of birth',
    set('dateOfBirth', '1815-12-11'),
    [tell('CustomerDateOfBirthSet', { dateOfBirth: '1815-12-11' })],
  ],
  ['no date of birth', set('dateOfBirth'), [tell('CustomerDateOfBirthSet')]],
  ['an external id', set('externalId', 'erp-2'), [tell('CustomerExternalIdSet', { externalId: 'erp-2' })]],
  ['no external id', set('externalId'), [tell('CustomerExternalIdSet')]],
  ['a salutation', set('salutation', 'Mrs'), [tell('CustomerProfileChanged', { salutation: 'Mrs' })]],
  ['a key', set('key', 'ada'), [tell('CustomerProfileChanged', { key: 'ada' })]],

  [
    'an e-mail',
    { action: 'changeEmail', email: 'new@shop.example' },
    [tell('CustomerEmailChanged', { email: 'new@shop.example', oldEmail: 'ada@shop.example' })],
  ],
  ['a verified e-mail', { action: 'verifyEmail', way: 'email_token' }, [tell('CustomerEmailVerified')]],
  [
    'a changed password',
    { action: 'setPassword', accountId: 'ada', passwordHash: 'secret hash', cause: 'change' },
    [tell('CustomerPasswordUpdated', { reset: false })],
  ],
  [
    'a password that was reset, which proves the mailbox',
    { action: 'setPassword', accountId: 'ada', passwordHash: 'secret hash', cause: 'mailed_token' },
    [tell('CustomerPasswordUpdated', { reset: true }), tell('CustomerEmailVerified')],
  ],

  [
    'an address',
    { action: 'addAddress', addressId: 'new', address: { city: 'Rome' } },
    [tell('CustomerAddressAdded', { address: addressOf('new', { city: 'Rome' }) })],
  ],
  [
    'an address in both lists',
    { action: 'addAddress', addressId: 'new', address: { tags: [shippingTag, billingTag] } },
    ['CustomerAddressAdded', 'CustomerShippingAddressAdded', 'CustomerBillingAddressAdded'].map((type) =>
      tell(type, { address: addressOf('new', { tags: [shippingTag, billingTag] }) }),
    ),
  ],
  [
    'a changed address',
    { action: 'patchAddress', addressId: 'home', address: { city: 'Rome' } },
    [tell('CustomerAddressChanged', { address: { ...home, city: 'Rome' }, addressRoles: ['Shipping'] })],
  ],
  [
    'a tag of no list',
    { action: 'addAddressTags', addressId: 'work', tags: ['WORK'] },
    [tell('CustomerAddressChanged', { address: { ...work, tags: ['WORK'] }, addressRoles: [] })],
  ],
  [
    'a removed address',
    { action: 'removeAddress', addressKey: 'h' },
    [tell('CustomerAddressRemoved', { address: home, addressRoles: ['Shipping'] })],
  ],
  [
    'a shipping address',
    { action: 'addAddressTags', addressId: 'work', tags: [shippingTag] },
    [tell('CustomerShippingAddressAdded', { address: inShipping })],
  ],
  [
    'a shipping address less',
    { action: 'removeAddressTags', addressId: 'home', tags: [shippingTag] },
    [tell('CustomerShippingAddressRemoved', { address: { ...home, tags: [] } })],
  ],
  [
    'a billing address',
    { action: 'addAddressTags', addressId: 'work', tags: [billingTag] },
    [tell('CustomerBillingAddressAdded', { address: { ...work, tags: [billingTag] } })],
  ],
  [
    'a default shipping address that was in no list',
    { action: 'setDefaultAddress', of: 'shipping', addressId: 'work' },
    [
      tell('CustomerShippingAddressAdded', { address: inShipping }),
      tell('CustomerDefaultShippingAddressSet', { address: inShipping }),
    ],
  ],
  [
    'no default shipping address',
    { action: 'setDefaultAddress', of: 'shipping' },
    [tell('CustomerDefaultShippingAddressSet')],
  ],
  [
    'a default billing address',
    { action: 'setDefaultAddress', of: 'billing', addressId: 'work' },
    [
      tell('CustomerBillingAddressAdded', { address: { ...work, tags: [billingTag] } }),
      tell('CustomerDefaultBillingAddressSet', { address: { ...work, tags: [billingTag] } }),
    ],
  ],

  [
    'another Type',
    { action: 'changeCustomFields', change: 'type', custom: { type: other, fields: {} } },
    [tell('CustomerCustomTypeSet', { customFields: { type: other, fields: {} }, previousTypeId: 't1' })],
  ],
  [
    'no Type',
    { action: 'changeCustomFields', change: 'type', custom: undefined },
    [tell('CustomerCustomTypeRemoved', { previousTypeId: 't1' })],
  ],
  [
    'a custom field',
    { action: 'changeCustomFields', change: 'field', name: 'vip', value: true },
    [tell('CustomerCustomFieldAdded', { name: 'vip', value: true })],
  ],
  [
    'another value of a custom field',
    { action: 'changeCustomFields', change: 'field', name: 'points', value: 2 },
    [tell('CustomerCustomFieldChanged', { name: 'points', value: 2, previousValue: 1 })],
  ],
  [
    'a custom field less',
    { action: 'changeCustomFields', change: 'field', name: 'points', value: undefined },
    [tell('CustomerCustomFieldRemoved', { name: 'points' })],
  ],
  [
    'the first Type of an address',
    { action: 'changeAddressCustomFields', addressId: 'home', change: 'type', custom: { type, fields: {} } },
    [tell('CustomerAddressCustomTypeSet', { addressId: 'home', customFields: { type, fields: {} } })],
  ],
  [
    'no Type of an address',
    { action: 'changeAddressCustomFields', addressId: 'work', change: 'type', custom: undefined },
    [tell('CustomerAddressCustomTypeRemoved', { addressId: 'work', previousTypeId: 't1' })],
  ],
  [
    'a custom field of an address',
    { action: 'changeAddressCustomFields', addressId: 'work', change: 'field', name: 'bell', value: 'L' },
    [tell('CustomerAddressCustomFieldAdded', { addressId: 'work', name: 'bell', value: 'L' })],
  ],
  [
    'another value of a custom field of an address',
    { action: 'changeAddressCustomFields', addressId: 'work', change: 'field', name: 'floor', value: 4 },
    [
      tell('CustomerAddressCustomFieldChanged', {
        addressId: 'work',
        name: 'floor',
        value: 4,
        previousValue: 3,
      }),
    ],
  ],
  [
    'a custom field of an address less',
    {
      action: 'changeAddressCustomFields',
      addressId: 'work',
      change: 'field',
      name: 'floor',
      value: undefined,
    },
    [tell('CustomerAddressCustomFieldRemoved', { addressId: 'work', name: 'floor' })],
  ],

  [
    'another customer group',
    { action: 'setCustomerGroup', customerGroupId: 'silver' },
    [tell('CustomerGroupSet', { customerGroup: silver })],
  ],
  [
    'no customer group',
    { action: 'setCustomerGroup', customerGroupId: undefined },
    [tell('CustomerGroupSet')],
  ],
  [
    'a group assignment',
    { action: 'addCustomerGroupAssignment', customerGroupId: 'silver' },
    [tell('CustomerGroupAssignmentAdded', { customerGroupAssignment: { customerGroup: silver } })],
  ],
  [
    'a group assignment less',
    { action: 'removeCustomerGroupAssignment', customerGroupId: 'gold' },
    [tell('CustomerGroupAssignmentRemoved', { customerGroupAssignment: { customerGroup: gold } })],
  ],
  [
    'other group assignments',
    { action: 'setCustomerGroupAssignments', customerGroupIds: ['silver'] },
    [
      tell('CustomerGroupAssignmentsSet', {
        customerGroupAssignments: [{ customerGroup: silver }],
        oldCustomerGroupAssignments: [{ customerGroup: gold }],
      }),
    ],
  ],
  [
    'a store',
    { action: 'addStore', store: 'paris' },
    [tell('CustomerStoresSet', { stores: [berlin, paris], oldStores: [berlin] })],
  ],
  [
    'a store less',
    { action: 'removeStore', store: 'berlin' },
    [tell('CustomerStoresSet', { stores: [], oldStores: [berlin] })],
  ],
  [
    'other stores',
    { action: 'setStores', stores: ['paris'] },
    [tell('CustomerStoresSet', { stores: [paris], oldStores: [berlin] })],
  ],
]

function messagesOf(...actions: CustomerAction[]): Message[] {
  return valueOf(apply(record, actions, now)).messages
}

describe('what has happened is told once, with all that there is to know:', () => {
  it.each(cases)('%s', (_what, action, messages) => {
    expect(messagesOf(action)).toEqual(messages)
  })

  it('a customer with everything that it has, and without credentials', () => {
    const { record: created, messages } = valueOf(
      createCustomer(
        tenantWith(),
        {
          id: '12345678',
          draft: { firstName: 'Ada' },
          account: accountOf('ada'),
          addresses: [{ id: 'home', address: { city: 'London', tags: [shippingTag] } }],
          decisions: [{ action: 'setStores', stores: ['berlin'] }],
          actor: { clientId: 'shop' },
        },
        now,
      ),
    )
    expect(messages).toEqual([tell('CustomerCreated', { customer: created.customer })])
    expect(created.customer).toMatchObject({ addresses: [{ city: 'London' }], stores: [berlin] })
    expect(JSON.stringify(messages)).not.toContain('hash of ada')
  })

  it('a login e-mail that its owner confirmed, verified if it was not before', () => {
    const emailChange = { tokenId: 't', newEmail: 'new@shop.example', syncContactEmail: false }
    const change = (accountId: string) =>
      valueOf(
        apply(
          recordWith(full, { accounts, emailChange: { ...emailChange, accountId } }),
          [{ action: 'completeEmailChange', undoToken: tokenOf('email_undo') }],
          now,
        ),
      ).messages
    expect(change('ada')).toEqual([
      tell('CustomerEmailChanged', { email: 'new@shop.example', oldEmail: 'ada@shop.example' }),
      tell('CustomerEmailVerified'),
    ])
    expect(change('second')).toEqual([
      tell('CustomerAccountEmailChanged', { email: 'new@shop.example', oldEmail: 'second@shop.example' }),
    ])
  })

  it('an opt-in, as a verified e-mail', () => {
    const waiting = recordWith({}, { optInPending: true })
    const { messages } = valueOf(
      apply(
        waiting,
        [
          {
            action: 'acceptOptIn',
            token: tokenOf('opt_in'),
            welcome: false,
            reset: { tokenId: 'r', issuedAt: now, expiresAt: now + 1 },
          },
        ],
        now,
      ),
    )
    expect(messages).toEqual([tell('CustomerEmailVerified')])
  })

  it('each of several actions, in their order', () => {
    const actions = cases.filter(([what]) => ['a title', 'a store', 'a custom field'].includes(what))
    expect(messagesOf(...actions.map(([, action]) => action))).toEqual(actions.flatMap(([, , told]) => told))
  })
})

describe('nothing is told', () => {
  it.each<[string, CustomerAction]>([
    ['a field has the value that it had', set('title', 'Dr')],
    ['an address is as it was', { action: 'patchAddress', addressId: 'home', address: { city: 'London' } }],
    [
      'the default is the default already',
      { action: 'setDefaultAddress', of: 'shipping', addressId: 'home' },
    ],
    ['a list has the address already', { action: 'addAddressTags', addressId: 'home', tags: [shippingTag] }],
    ['the e-mail is the same', { action: 'changeEmail', email: 'ada@shop.example' }],
    ['the group is the same', { action: 'setCustomerGroup', customerGroupId: 'gold' }],
    ['the store is one of them already', { action: 'addStore', store: 'berlin' }],
    [
      'the custom field is the same',
      { action: 'changeCustomFields', change: 'field', name: 'points', value: 1 },
    ],
    ['a hash is renewed', { action: 'rehashPassword', accountId: 'ada', passwordHash: 'secret hash' }],
    ['a deletion is asked for', { action: 'requestDeletion', token: tokenOf('deletion') }],
  ])('when %s', (_what, action) => {
    expect(messagesOf(action)).toEqual([])
  })

  it('when one action takes back what the other did', () => {
    expect(messagesOf(set('title', 'Prof'), set('title', 'Dr'))).toEqual([])
  })

  it('when one of the actions fails', () => {
    const gone: CustomerAction = { action: 'removeAddress', addressId: 'none' }
    expect(apply(record, [set('title', 'Prof'), gone], now)).toMatchObject({ ok: false })
  })
})

it('what would be too much to tell is refused, and a large address alone is not', () => {
  const large = addressOf('large', { additionalAddressInfo: 'x'.repeat(400_000) })
  const before = recordWith({ addresses: [large] })
  const toggle = (times: number) =>
    Array.from({ length: times }, (_, index): CustomerAction => ({
      action: index % 2 === 0 ? 'addAddressTags' : 'removeAddressTags',
      addressId: 'large',
      tags: [shippingTag],
    }))
  const allowed = Math.floor(messagesSizeMaxBytes / 410_000)
  expect(apply(before, toggle(allowed - 1 + (allowed % 2)), now)).toMatchObject({ ok: true })
  expect(apply(before, toggle(allowed + 1 + (allowed % 2)), now)).toMatchObject({
    ok: false,
    error: { kind: 'InvalidInput', violations: [{ type: 'too_large' }] },
  })
})

describe('the numbers', () => {
  const numbered = (types: Message['type'][]) =>
    publishedSequences(
      4,
      types.map((type) => ({ type, payload: {} }) as Message),
    )

  it('of what is told about a customer go on without gaps, whatever else is written between', () => {
    expect(
      numbered([
        'CustomerTitleSet',
        'CustomerProfileChanged',
        'CustomerPasswordTokenCreated',
        'CustomerSessionStolen',
        'CustomerStoresSet',
        'CustomerEmailTokenCreated',
        'CustomerDeleted',
      ]),
    ).toEqual({ sequences: [5, undefined, 1, undefined, 6, 1, 7], last: 7 })
  })

  it('stay where they are without messages', () => {
    expect(numbered([])).toEqual({ sequences: [], last: 4 })
  })

  it.each<[Message['type'], string]>([
    ['CustomerCreated', 'customer'],
    ['CustomerPasswordTokenCreated', 'customer-password-token'],
    ['CustomerEmailTokenCreated', 'customer-email-token'],
  ])('of %s count within a %s', (type, resource) => {
    expect(resourceTypeOf(type)).toBe(resource)
  })
})

it('a customer is also named by what the merchant calls it', () => {
  expect(identifiersOf({ id: '1' })).toEqual({ customerNumber: '1' })
  expect(identifiersOf({ id: '1', key: 'k', externalId: 'e', customerNumber: 'n' })).toEqual({
    key: 'k',
    externalId: 'e',
    customerNumber: 'n',
  })
})
