/** A new customer: what it looks like by the tenant's settings, and when a mail has to come first. */
import { describe, expect, it } from 'vitest'
import { addressesMax } from '../../../src/domain/customer/address.ts'
import { createCustomer, type CustomerCreation } from '../../../src/domain/changes/create.ts'
import type { TenantSettings } from '../../../src/domain/tenant/tenant.ts'
import { accountOf, now, tenantWith, tokenOf, valueOf } from '../../support/records.ts'

const account = accountOf('ada')
const optInToken = tokenOf('opt_in', { credentialsRevision: 1 })
const time = new Date(now).toISOString()

function create(creation: Partial<CustomerCreation> = {}, settings: Partial<TenantSettings> = {}) {
  const plan: CustomerCreation = {
    id: '12345678',
    draft: {},
    account,
    addresses: [],
    optInToken,
    ...creation,
  }
  return createCustomer(tenantWith(settings), plan, now)
}

describe('a new customer', () => {
  it.each([
    [{}, undefined],
    [{ language: 'de-DE' }, 'de-DE'],
  ])('who may leave the language open has the one of the draft or none: %j', (draft, language) => {
    const change = valueOf(create({ draft, languages: ['de-DE'] }, { languages: ['de_DE'] }))
    expect(change.record.customer.language).toBe(language)
  })

  it('of an empty draft has the tenant’s defaults and nothing else', () => {
    const change = valueOf(create({}, { defaults: { language: 'fr_FR', currency: 'EUR', site: 'paris' } }))
    const customer = {
      tenant: 'acme',
      id: '12345678',
      version: 1,
      createdAt: time,
      modifiedAt: time,
      email: account.email,
      emailVerified: false,
      accounts: [{ email: account.email }],
      active: true,
      onHold: false,
      language: 'fr-FR',
      currency: 'EUR',
      site: 'paris',
      addresses: [],
      shippingAddressIds: [],
      billingAddressIds: [],
      mixins: {},
      mixinSchemas: {},
    }
    expect(change).toEqual({
      record: { customer, credentials: { revision: 1, accounts: [account] } },
      messages: [{ type: 'CustomerCreated', payload: { customer } }],
      mails: [],
    })
  })

  it('has everything of its draft, in version 1, with one message', () => {
    const { record, messages } = valueOf(
      create({
        draft: {
          firstName: 'Ada',
          title: undefined,
          language: 'de-DE',
          contactEmail: 'contact@shop.example',
          mixins: { size: { shoe: 41 } },
          mixinSchemas: { size: 'https://schema.example/size' },
        },
        addresses: [
          { id: 'first', address: { city: 'London', tags: ['SHIPPING'], isDefault: true } },
          { id: 'second', address: { city: 'Paris', tags: ['SHIPPING', 'BILLING'] } },
        ],
      }),
    )
    expect(record.customer).toMatchObject({
      version: 1,
      modifiedAt: time,
      firstName: 'Ada',
      language: 'de-DE',
      currency: 'USD',
      contactEmail: 'contact@shop.example',
      mixins: { size: { shoe: 41 } },
      mixinSchemas: { size: 'https://schema.example/size' },
      shippingAddressIds: ['first', 'second'],
      billingAddressIds: ['second'],
      defaultAddressId: 'first',
    })
    expect(record.customer).not.toHaveProperty('title')
    expect(messages.map(({ type }) => type)).toEqual(['CustomerCreated'])
  })

  it('waits for its opt-in where the tenant wants it double, and is sent the token', () => {
    const { record, mails } = valueOf(create({ draft: { firstName: 'Ada' } }, { optIn: 'double' }))
    expect(record.credentials.optInPending).toBe(true)
    expect(mails).toEqual([
      {
        kind: 'addressed',
        template: 'opt-in',
        to: account.email,
        recipient: { firstName: 'Ada', language: 'en-US', site: 'main' },
        token: optInToken,
      },
    ])
  })

  it.each<[string, Partial<TenantSettings>, string[]]>([
    ['at once', { welcomeMail: true }, ['welcome']],
    ['not where the tenant does not say so', {}, []],
    ['not before the opt-in', { welcomeMail: true, optIn: 'double' }, ['opt-in']],
  ])('is welcomed by mail: %s', (_when, settings, templates) => {
    const { mails } = valueOf(create({}, settings))
    expect(mails.map(({ template }) => template)).toEqual(templates)
  })

  it('of the back office is not welcomed: the office says what is mailed', () => {
    const creation = { id: '12345678', draft: {}, account, addresses: [] }
    expect(valueOf(createCustomer(tenantWith({ welcomeMail: true }), creation, now)).mails).toEqual([])
  })

  it.each([
    [true, false],
    [false, true],
  ])('is active: %s and on hold: %s as the tenant says', (activeOnCreation, onHoldOnCreation) => {
    const { customer } = valueOf(create({}, { activeOnCreation, onHoldOnCreation })).record
    expect(customer).toMatchObject({ active: activeOnCreation, onHold: onHoldOnCreation })
  })

  it.each<[string, Partial<CustomerCreation>, string[]]>([
    [
      'has a company registration without names',
      { draft: { companyRegistrationId: 'HRB 1', lastName: 'Lovelace' } },
      ['firstName', 'company'],
    ],
    [
      'has too many addresses',
      { addresses: Array.from({ length: addressesMax + 1 }, (_, n) => ({ id: `a${n}`, address: {} })) },
      ['addresses'],
    ],
    ['is too large', { draft: { mixins: { a: 'x'.repeat(600_000) } } }, ['']],
  ])('that %s is refused', (_what, creation, fields) => {
    const result = create(creation)
    expect(result).toMatchObject({ ok: false, error: { kind: 'InvalidInput' } })
    if (!result.ok && result.error.kind === 'InvalidInput')
      expect(result.error.violations.map(({ field }) => field)).toEqual(fields)
  })
})

describe('what addresses are for', () => {
  const addresses = ['a', 'b', 'c'].map((id) => ({ id, address: {} }))

  it('the default leads its list, the others follow in the order given, each once', () => {
    const { record, messages } = valueOf(
      create({
        addresses,
        addressUses: { billing: { default: 2, listed: [1, 2, 0, 1] }, shipping: { listed: [1] } },
      }),
    )
    expect(record.customer).toMatchObject({
      defaultBillingAddressId: 'c',
      billingAddressIds: ['c', 'b', 'a'],
      shippingAddressIds: ['b'],
    })
    expect(record.customer).not.toHaveProperty('defaultShippingAddressId')
    expect(messages.map(({ type }) => type)).toEqual(['CustomerCreated'])
  })

  it('a place without an address is nothing', () => {
    const { customer } = valueOf(
      create({ addresses, addressUses: { shipping: { default: 3, listed: [7] } } }),
    ).record
    expect(customer.shippingAddressIds).toEqual([])
    expect(customer).not.toHaveProperty('defaultShippingAddressId')
  })
})

describe('whoever makes a customer', () => {
  it('made it and changed it last, even when there is nothing in the draft', () => {
    const actor = { clientId: 'back-office' }
    const { customer } = valueOf(create({ actor })).record
    expect([customer.createdBy, customer.modifiedBy, customer.version]).toEqual([actor, actor, 1])
  })
})
