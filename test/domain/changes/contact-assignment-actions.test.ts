/** Contact assignments in their customer's record: one for each legal entity, versions of their own, all or nothing. */
import { describe, expect, it } from 'vitest'
import type { Actor } from '../../../src/domain/base/actor.ts'
import { apply } from '../../../src/domain/changes/apply.ts'
import { contactAssignmentsMax, type ContactAssignment } from '../../../src/domain/customer/company.ts'
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

  it('keep who vouched for them first, and whom the company made, until they are to another company', () => {
    const [office, later] = [{ clientId: 'office' }, { clientId: 'later' }]
    const made = { ...add('c', 'three'), madeByCompany: true } as CustomerAction
    const write = (draft: ReturnType<typeof draftOf>, confirmedBy: Actor): CustomerAction => ({
      ...{ action: 'changeContactAssignment', assignmentId: 'c', draft, confirmedBy },
    })
    const after = (...actions: CustomerAction[]) =>
      valueOf(change([made, ...actions])).record.customer.contactAssignments?.[2]
    const promoted = write(draftOf('three', 'PRIMARY'), office)
    expect(after(promoted)).toMatchObject({ madeByCompany: true, confirmedBy: office })
    expect(after(promoted, write(draftOf('three', 'BILLING'), later))).toMatchObject({
      madeByCompany: true,
      confirmedBy: office,
    })
    const moved = after(promoted, write(draftOf('four'), later))
    expect(moved).toMatchObject({ legalEntityId: 'four', confirmedBy: later })
    expect(moved).not.toHaveProperty('madeByCompany')
    const { record } = valueOf(change([made]))
    expect(valueOf(change([write(draftOf('three'), office)], record)).record).toBe(record)
  })
})
