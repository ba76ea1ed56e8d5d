/** Status, type and restriction: what each decision leaves behind, whom it tells, and which log-in it opens. */
import { describe, expect, it } from 'vitest'
import { apply } from '../../../src/domain/changes/apply.ts'
import type { Credentials } from '../../../src/domain/credentials/credentials.ts'
import type { Customer } from '../../../src/domain/customer/customer.ts'
import type { StatusAction } from '../../../src/domain/changes/update-action.ts'
import { accountOf, now, recordWith, valueOf } from '../../support/records.ts'

const invitation = { tokenId: 'token', issuedAt: now, expiresAt: now + 1000 }
const { passwordHash: _none, ...passwordless } = accountOf('ada')
const contact = { type: 'CONTACT' as const, contactEmail: 'Ada@Shop.example' }

function decide(
  action: StatusAction,
  customer: Partial<Customer> = {},
  credentials: Partial<Credentials> = {},
) {
  const before = recordWith(customer, credentials)
  const { record, messages, mails } = valueOf(apply(before, [action], now))
  return {
    ...record,
    before,
    messages,
    mails: mails.map(({ template, to }) => `${template} to ${to}`),
    told: messages.map(({ type, payload }) => ({ type, payload })),
  }
}

describe('a status', () => {
  it.each<[StatusAction, Partial<Customer>, object, object[]]>([
    [
      { action: 'setStatus', active: false },
      {},
      { active: false, onHold: false },
      [{ active: false, onHold: false }],
    ],
    [
      { action: 'setStatus', onHold: true },
      {},
      { active: true, onHold: true },
      [{ active: true, onHold: true }],
    ],
    [
      { action: 'setStatus', active: true, onHold: false },
      { active: false, onHold: true },
      { active: true, onHold: false },
      [{ active: true, onHold: false }],
    ],
    [{ action: 'setStatus', active: true }, {}, { active: true, onHold: false }, []],
    [{ action: 'setStatus' }, { onHold: true }, { active: true, onHold: true }, []],
  ])('%j of %j', (action, customer, expected, payloads) => {
    const { customer: after, before, told } = decide(action, customer)
    expect(after).toMatchObject(expected)
    expect(after.version).toBe(before.customer.version + payloads.length)
    expect(told).toEqual(payloads.map((payload) => ({ type: 'CustomerProfileChanged', payload })))
  })

  it('that activates forgets the failures to sign in, also when nothing else changes', () => {
    for (const active of [true, false]) {
      const { credentials } = decide({ action: 'setStatus', active: true }, { active })
      expect(credentials.accounts.map(({ clearedAt }) => clearedAt)).toEqual([now])
    }
    expect(decide({ action: 'setStatus', onHold: false }, { onHold: true }).credentials.accounts).toEqual([
      accountOf('ada'),
    ])
  })

  it.each<[string, StatusAction, Partial<Customer>, Partial<Credentials>, string[]]>([
    [
      'was never usable',
      { action: 'setStatus', active: true, invitation },
      { active: false },
      { accounts: [passwordless] },
      ['initial-password to ada@shop.example'],
    ],
    [
      'stays on hold',
      { action: 'setStatus', active: true, invitation },
      { active: false, onHold: true },
      { accounts: [passwordless] },
      [],
    ],
    [
      'has signed in before',
      { action: 'setStatus', active: true, invitation },
      { active: false, lastLoginAt: '2026-01-02T00:00:00.000Z' },
      { accounts: [passwordless] },
      [],
    ],
    [
      'has a password of his own',
      { action: 'setStatus', active: true, invitation },
      { active: false },
      {},
      [],
    ],
    [
      'is not to be invited',
      { action: 'setStatus', active: true },
      { active: false },
      { accounts: [passwordless] },
      [],
    ],
  ])(
    'invites somebody who %s to choose a password, or does not',
    (_who, action, customer, credentials, mails) => {
      expect(decide(action, customer, credentials).mails).toEqual(mails)
    },
  )
})

describe('a type', () => {
  it('that makes a contact a customer gives it a log-in by its contact e-mail, and an invitation', () => {
    const action = { action: 'setType' as const, type: 'CUSTOMER' as const, accountId: 'new', invitation }
    const { customer, credentials, told, mails } = decide(action, contact, { accounts: [] })
    expect(customer).toMatchObject({
      type: 'CUSTOMER',
      email: 'Ada@Shop.example',
      accounts: [{ email: 'Ada@Shop.example' }],
    })
    expect(credentials.accounts).toEqual([
      { id: 'new', email: 'Ada@Shop.example', emailKey: 'ada@shop.example', initialPassword: false },
    ])
    expect(told).toEqual([
      { type: 'CustomerProfileChanged', payload: { type: 'CUSTOMER' } },
      { type: 'CustomerAccountAdded', payload: { email: 'Ada@Shop.example' } },
    ])
    expect(mails).toEqual(['initial-password to Ada@Shop.example'])
  })

  it.each<[string, StatusAction, Partial<Customer>, Partial<Credentials>, accounts: number, mails: number]>([
    [
      'without a contact e-mail',
      { action: 'setType', type: 'CUSTOMER', accountId: 'new', invitation },
      { type: 'CONTACT' },
      { accounts: [] },
      0,
      0,
    ],
    [
      'with a log-in already',
      { action: 'setType', type: 'CUSTOMER', accountId: 'new', invitation },
      contact,
      {},
      1,
      0,
    ],
    [
      'whose type is cleared',
      { action: 'setType', type: undefined, accountId: 'new', invitation },
      contact,
      { accounts: [] },
      1,
      1,
    ],
    [
      'who is not to be invited',
      { action: 'setType', type: 'CUSTOMER', accountId: 'new' },
      contact,
      { accounts: [] },
      1,
      0,
    ],
    [
      'who stays one',
      { action: 'setType', type: 'CONTACT', accountId: 'new', invitation },
      contact,
      { accounts: [] },
      0,
      0,
    ],
  ])('of a contact %s', (_who, action, customer, credentials, accounts, mails) => {
    const after = decide(action, customer, credentials)
    expect([after.credentials.accounts.length, after.mails.length]).toEqual([accounts, mails])
  })

  it('that makes a customer a contact leaves the log-in as it is', () => {
    const { customer, credentials, before, mails } = decide({
      action: 'setType',
      type: 'CONTACT',
      accountId: 'new',
      invitation,
    })
    expect(customer.type).toBe('CONTACT')
    expect([credentials, mails]).toEqual([before.credentials, []])
  })

  it('that is there already is no change', () => {
    const { customer, before, told } = decide({ action: 'setType', type: 'CUSTOMER' }, { type: 'CUSTOMER' })
    expect([customer, told]).toEqual([before.customer, []])
  })
})

describe('a restriction', () => {
  it.each<[before: string | undefined, wanted: string | undefined, payloads: object[]]>([
    [undefined, 'DE', [{ restriction: 'DE' }]],
    ['DE', 'AT', [{ restriction: 'AT' }]],
    ['DE', undefined, [{}]],
    ['DE', 'DE', []],
    [undefined, undefined, []],
  ])('from %s to %s', (before, wanted, payloads) => {
    const customer = before === undefined ? {} : { restriction: before }
    const { customer: after, told } = decide({ action: 'setRestriction', restriction: wanted }, customer)
    expect(after.restriction).toBe(wanted)
    expect(told).toEqual(payloads.map((payload) => ({ type: 'CustomerProfileChanged', payload })))
  })
})
