/** Contact assignments in their customer's record: one for each legal entity, versions of their own, all or nothing. */
import { companyScopes, isWithin, scopesHeld, within } from '../../../src/domain/customer/reach.ts'
import { describe, expect, it } from 'vitest'
import { apply } from '../../../src/domain/changes/apply.ts'
import {
  contactAssignmentsMax,
  contactAssignmentTypes,
  type ContactAssignment,
} from '../../../src/domain/customer/company.ts'
import { matches } from '../../../src/domain/base/criteria.ts'
import type { CustomerAction } from '../../../src/domain/changes/update-action.ts'
import { now, recordWith, valueOf } from '../../support/records.ts'

const createdAt = '2026-01-01T00:00:00.000Z'
const draftOf = (legalEntityId: string, type: ContactAssignment['type'] = 'CONTACT') => ({
  ...{ legalEntityId, type, primary: false, mixins: {}, mixinSchemas: {} },
})
const assignmentOf = (id: string, legalEntityId: string): ContactAssignment => ({
  ...draftOf(legalEntityId),
  ...{ id, version: 1, createdAt, modifiedAt: createdAt },
})
const member = recordWith({ contactAssignments: [assignmentOf('a', 'one'), assignmentOf('b', 'two')] })
const change = (actions: CustomerAction[], record = member) => apply(record, actions, now)
const add = (assignmentId: string, legalEntityId: string): CustomerAction => ({
  action: 'addContactAssignment',
  assignmentId,
  draft: draftOf(legalEntityId),
})
const put = (assignmentId: string, draft = draftOf('one'), expectedVersion?: number): CustomerAction => ({
  ...{ action: 'changeContactAssignment', assignmentId, draft, expectedVersion },
})

describe('contact assignments', () => {
  it('are added at the end, and count as a change of the customer', () => {
    const { record, messages } = valueOf(change([add('c', 'three')]))
    const { contactAssignments, version } = record.customer
    expect(contactAssignments?.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    expect(contactAssignments?.[2]).toEqual({
      ...assignmentOf('c', 'three'),
      createdAt: new Date(now).toISOString(),
      modifiedAt: new Date(now).toISOString(),
    })
    expect(version).toBe(member.customer.version + 1)
    expect(messages).toMatchObject([{ payload: { legalEntityIds: ['one', 'two', 'three'] } }])
  })

  it.each<[string, CustomerAction, object]>([
    ['a second one to the same company', add('c', 'one'), { kind: 'ValueTaken', field: 'legalEntity.id' }],
    ['an id that is there', add('a', 'three'), { kind: 'ValueTaken', field: 'id' }],
    ['a company that another one is to', put('b', draftOf('one')), { kind: 'ValueTaken' }],
    [
      'a version that is over',
      put('a', draftOf('one', 'BILLING'), 7),
      { kind: 'ResourceConflict', actual: 1 },
    ],
    ['what is not there', put('c'), { kind: 'ResourceNotFound', id: 'c' }],
    [
      'the end of what is not there',
      { action: 'removeContactAssignment', assignmentId: 'c' },
      { kind: 'ResourceNotFound', id: 'c' },
    ],
  ])('refuse %s', (_what, action, error) => {
    expect(change([action])).toMatchObject({ ok: false, error })
  })

  it('are a hundred at most', () => {
    const contactAssignments = Array.from({ length: contactAssignmentsMax }, (_, index) =>
      assignmentOf(`id ${index}`, `company ${index}`),
    )
    const full = recordWith({ contactAssignments })
    expect(change([add('more', 'more')], full)).toMatchObject({ ok: false, error: { kind: 'InvalidInput' } })
  })

  it('keep id and beginning when they change, and grow by one version', () => {
    const draft = draftOf('three', 'PRIMARY')
    const [first, second] = valueOf(change([put('a', draft, 1)])).record.customer.contactAssignments ?? []
    expect(first).toEqual({
      ...assignmentOf('a', 'three'),
      ...draft,
      version: 2,
      modifiedAt: new Date(now).toISOString(),
    })
    expect(second).toEqual(assignmentOf('b', 'two'))
  })

  it('stay what they are when nothing changes', () => {
    expect(valueOf(change([put('a', draftOf('one'), 1)])).record).toBe(member)
  })

  it('leave no empty list behind', () => {
    const actions = ['a', 'b'].map((assignmentId) => ({
      action: 'removeContactAssignment' as const,
      assignmentId,
    }))
    expect(valueOf(change(actions)).record.customer).not.toHaveProperty('contactAssignments')
  })

  it('that a customer brought about are confirmed by what the back office writes, the same included', () => {
    const { record } = valueOf(change([{ ...add('c', 'three'), selfAssigned: true } as CustomerAction]))
    expect(record.customer.contactAssignments?.[2]).toHaveProperty('selfAssigned', true)
    const confirmed = valueOf(change([put('c', draftOf('three'))], record)).record.customer
    expect(confirmed.contactAssignments?.[2]).not.toHaveProperty('selfAssigned')
  })
})

describe('what an assignment gives', () => {
  const read = 'customer.customer_read_own'
  const manage = 'customer.customer_manage_own'

  it.each(
    contactAssignmentTypes.map((type) => [type, type === 'PRIMARY' ? [read, manage] : [read]] as const),
  )('to a %s are the scopes %j, and nothing when it is the customer’s own word', (type, scopes) => {
    const assignment = { ...assignmentOf('a', 'one'), type }
    expect(companyScopes(assignment)).toEqual(scopes)
    expect(companyScopes({ ...assignment, selfAssigned: true })).toEqual([])
  })

  it('holds only as long as it is there, and other scopes hold without it', () => {
    const held = (assignment?: ContactAssignment) => scopesHeld(['other', read, manage], assignment)
    expect(held()).toEqual(['other'])
    expect(held(assignmentOf('a', 'one'))).toEqual(['other', read])
    expect(held({ ...assignmentOf('a', 'one'), type: 'PRIMARY' })).toEqual(['other', read, manage])
    expect(scopesHeld(['other'], { ...assignmentOf('a', 'one'), type: 'PRIMARY' })).toEqual(['other'])
  })
})

describe('T63 reach', () => {
  const stranger = recordWith({}).customer
  const colleague = member.customer

  it.each([
    [{ kind: 'tenant' }, true, true],
    [{ kind: 'company', legalEntityId: 'two' }, true, false],
    [{ kind: 'company', legalEntityId: 'three' }, false, false],
    [{ kind: 'nobody' }, false, false],
  ] as const)('%j says the same of a customer and in a search', (reach, ofColleague, ofStranger) => {
    const criteria = within(reach, { kind: 'defined', path: ['id'] })
    if (!criteria) throw new Error('there are criteria')
    for (const [customer, expected] of [
      [colleague, ofColleague],
      [stranger, ofStranger],
    ] as const) {
      expect(isWithin(reach, customer)).toBe(expected)
      expect(matches(criteria, customer)).toBe(expected)
    }
  })

  it('adds nothing to a search that may see the whole tenant', () => {
    expect(within({ kind: 'tenant' })).toBeUndefined()
  })
})
