/** What an assignment to a company, and the scope of a store, let their holder see and do. */
import { describe, expect, it } from 'vitest'
import { matches } from '../../../src/domain/base/criteria.ts'
import type { SessionGrant } from '../../../src/domain/credentials/session.ts'
import { contactAssignmentTypes, type ContactAssignment } from '../../../src/domain/customer/company.ts'
import {
  companyScopes,
  isChangeable,
  isErasable,
  isWithin,
  movesWithin,
  scopesHeld,
  within,
} from '../../../src/domain/customer/reach.ts'
import { customerScopes } from '../../../src/domain/tenant/principal.ts'
import { recordWith } from '../../support/records.ts'

const createdAt = '2026-01-01T00:00:00.000Z'
const assignmentTo = (legalEntityId: string, more: Partial<ContactAssignment> = {}): ContactAssignment => ({
  ...{
    id: `to ${legalEntityId}`,
    legalEntityId,
    type: 'CONTACT',
    primary: false,
    mixins: {},
    mixinSchemas: {},
  },
  ...{ version: 1, createdAt, modifiedAt: createdAt },
  ...more,
})
const memberOf = (...contactAssignments: ContactAssignment[]) => recordWith({ contactAssignments }).customer

const read = 'customer.customer_read_own'
const manage = 'customer.customer_manage_own'
const openingWith = (...scopes: string[]): { grant: SessionGrant } => ({
  grant: { refresh: 'rotating', accessLifetimeSeconds: 1, refreshLifetimeSeconds: 1, scopes },
})
const logIn = openingWith(...customerScopes)

describe('what an assignment gives', () => {
  it.each(
    contactAssignmentTypes.map((type) => [type, type === 'PRIMARY' ? [read, manage] : [read]] as const),
  )('to a %s are the scopes %j, and nothing when it is the customer’s own word', (type, scopes) => {
    const assignment = assignmentTo('one', { type })
    expect(companyScopes(assignment, logIn)).toEqual(scopes)
    expect(companyScopes({ ...assignment, selfAssigned: true }, logIn)).toEqual([])
  })

  it.each([
    ['an employee’s session', { ...logIn, assistedBy: { clientId: 'office' } }, []],
    ['a grant without any of the scopes of a log-in', openingWith('manage_my_profile'), []],
    ['a grant without one of them', openingWith(...customerScopes.slice(1)), []],
    ['a grant that names one of the company’s', openingWith('manage_my_profile', read), [read]],
    ['a grant that names both', openingWith(read, manage), [read, manage]],
  ] as const)('is no more than %s has room for', (_what, opening, scopes) => {
    expect(companyScopes(assignmentTo('one', { type: 'PRIMARY' }), opening)).toEqual(scopes)
  })

  it('holds only as long as it is there, and other scopes hold without it', () => {
    const held = (assignment?: ContactAssignment) => scopesHeld(['other', read, manage], assignment, logIn)
    const primary = assignmentTo('one', { type: 'PRIMARY' })
    expect(held()).toEqual(['other'])
    expect(held(assignmentTo('one'))).toEqual(['other', read])
    expect(held(primary)).toEqual(['other', read, manage])
    expect(scopesHeld(['other'], primary, logIn)).toEqual(['other'])
    expect(scopesHeld(['other', read, manage], primary, openingWith('other'))).toEqual(['other'])
  })
})

describe('T63 reach', () => {
  const stranger = memberOf()
  const colleague = memberOf(assignmentTo('one'), assignmentTo('two'))
  const selfAttached = memberOf(assignmentTo('one'), assignmentTo('two', { selfAssigned: true }))

  it.each([
    [{ kind: 'tenant' }, true, true, true],
    [{ kind: 'company', legalEntityId: 'two' }, true, false, false],
    [{ kind: 'company', legalEntityId: 'one' }, true, true, false],
    [{ kind: 'company', legalEntityId: 'three' }, false, false, false],
    [{ kind: 'nobody' }, false, false, false],
  ] as const)('%j says the same of a customer and in a search', (reach, ofColleague, ofOther, ofStranger) => {
    const criteria = within(reach, { kind: 'defined', path: ['id'] })
    if (!criteria) throw new Error('there are criteria')
    for (const [customer, expected] of [
      [colleague, ofColleague],
      [selfAttached, ofOther],
      [stranger, ofStranger],
    ] as const) {
      expect(isWithin(reach, customer)).toBe(expected)
      expect(matches(criteria, customer)).toBe(expected)
    }
  })

  it('adds nothing to a search that may see the whole tenant', () => {
    expect(within({ kind: 'tenant' })).toBeUndefined()
  })

  it.each([
    ['a member', [assignmentTo('one')], true, false],
    ['whom the company made', [assignmentTo('one', { madeByCompany: true })], true, true],
    ['a member of two', [assignmentTo('one', { madeByCompany: true }), assignmentTo('two')], false, false],
    ['whom another company made', [assignmentTo('two', { madeByCompany: true })], false, false],
    [
      'who attached himself elsewhere',
      [assignmentTo('one', { madeByCompany: true }), assignmentTo('two', { selfAssigned: true })],
      false,
      false,
    ],
    ['who attached himself', [assignmentTo('one', { selfAssigned: true })], false, false],
    ['a stranger', [], false, false],
  ])('of a company to change and to erase %s', (_who, assignments, change, erase) => {
    const reach = { kind: 'company', legalEntityId: 'one' } as const
    const customer = memberOf(...assignments)
    expect([isChangeable(reach, customer), isErasable(reach, customer)]).toEqual([change, erase])
    expect([isChangeable({ kind: 'tenant' }, customer), isErasable({ kind: 'tenant' }, customer)]).toEqual([
      true,
      true,
    ])
    expect(isErasable({ kind: 'nobody' }, customer)).toBe(false)
  })
})

describe('a caller who is limited to some stores', () => {
  const of = (...keys: string[]) =>
    recordWith({ stores: keys.map((key) => ({ typeId: 'store', key })) }).customer
  const global = recordWith().customer

  it.each([
    ['leaves a customer where he is', ['a', 'b'], ['b', 'a'], true],
    ['adds an own store', ['b'], ['b', 'a'], true],
    ['moves between own ones', ['a'], ['c'], true],
    ['gives an own one up beside one of others', ['a', 'b'], ['b'], true],
    ['does not add one of others', ['a'], ['a', 'b'], false],
    ['does not move to one of others', ['a'], ['b'], false],
    ['does not take one of others away', ['a', 'b'], ['a'], false],
    ['does not take the last one away', ['a'], [], false],
  ])('%s', (_what, before, after, expected) => {
    expect(movesWithin(['a', 'c'], of(...before), after.length > 0 ? of(...after) : global)).toBe(expected)
  })

  it('makes customers of own stores only', () => {
    expect(movesWithin(['a'], undefined, of('a'))).toBe(true)
    expect(movesWithin(['a'], undefined, of('a', 'b'))).toBe(false)
  })
})
