/**
 * Events: which ones a change has in each format, and under which ids.
 */
import { describe, expect, it } from 'vitest'
import { emporixEvents, eventNames, eventsOf, type EventFormat } from '../../../src/domain/events/event.ts'
import type { MessageType } from '../../../src/domain/events/message.ts'

const messages = (...types: MessageType[]) =>
  types.map((type, index) => ({ id: `m${index + 1}`, sequence: index + 1, type }))
const namesIn = (format: EventFormat, ...types: MessageType[]) =>
  eventsOf(messages(...types), { clientId: 'shop' }).flatMap(({ eventId, names }) =>
    names[format] === undefined ? [] : [`${eventId} ${names[format]}`],
  )

describe('A change', () => {
  it.each<[MessageType[], string[]]>([
    [['CustomerCreated', 'CustomerEmailVerified'], ['m1 customer.created']],
    [
      ['CustomerCreated', 'CustomerOptInRequested'],
      ['m1 customer.created', 'm2 customer.opt-in'],
    ],
    [
      ['CustomerFirstNameSet', 'CustomerAddressAdded', 'CustomerPasswordUpdated'],
      ['m2-updated customer.updated'],
    ],
    [
      ['CustomerEmailChanged', 'CustomerEmailVerified'],
      ['m1 customer.email-change', 'm2-updated customer.updated'],
    ],
    [['CustomerEmailChanged'], ['m1 customer.email-change', 'm1-updated customer.updated']],
    [['CustomerAccountEmailChanged'], ['m1 customer.email-change', 'm1-updated customer.updated']],
    [['CustomerProfileChanged'], ['m1-updated customer.updated']],
    [['CustomerDeleted'], ['m1 customer.deleted']],
    [['CustomerLoggedIn'], ['m1 customer.logged.in']],
    [['CustomerOptInResent'], ['m1 customer.refresh-token']],
    [['CustomerPasswordResetRequested'], ['m1 customer.password-reset']],
    [['CustomerEmailChangeRequested'], ['m1 customer.email-change-request']],
    [['CustomerPasswordUpdated'], []],
    [['CustomerSessionStolen'], []],
  ])('of %j is these events of Emporix’s: %j', (types, events) => {
    expect(namesIn('emporix', ...types)).toEqual(events)
  })

  it('is one event for each published message in commercetools’ format, and for each message in our own', () => {
    const types: MessageType[] = ['CustomerFirstNameSet', 'CustomerLoggedIn', 'CustomerSessionStolen']
    expect(namesIn('commercetools', ...types)).toEqual(['m1 CustomerFirstNameSet'])
    expect(namesIn('cloudevents', ...types)).toEqual(types.map((type, index) => `m${index + 1} ${type}`))
  })

  it('by which a visitor becomes a customer is a sign-up too, and one of the back office is none', () => {
    const signUps = (actor: Parameters<typeof eventsOf>[1]) =>
      eventsOf(messages('CustomerCreated'), actor).filter(({ names }) => names.emporix === 'customer.sign-up')
    expect(signUps({ anonymousId: 'visitor' }).map(({ eventId }) => eventId)).toEqual(['m1-sign-up'])
    expect(signUps({ anonymousId: 'visitor', clientId: 'shop' })).toHaveLength(1)
    expect(signUps({ clientId: 'erp' })).toEqual([])
    expect(signUps({ customerId: 'customer' })).toEqual([])
    expect(signUps(undefined)).toEqual([])
  })
})

describe('The names that a subscription may list', () => {
  it('are those of the format', () => {
    expect(eventNames.emporix).toEqual(emporixEvents)
    expect(eventNames.commercetools).toContain('CustomerAddressCustomFieldAdded')
    expect(eventNames.commercetools).not.toContain('CustomerLoggedIn')
    expect(eventNames.cloudevents).toEqual(expect.arrayContaining(['CustomerLoggedIn', 'CustomerCreated']))
  })
})
