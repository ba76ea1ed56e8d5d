/**
 * What events of Cloudflare's e-mail service say about an address: only what lasts, and nothing that cannot be read.
 */
import { describe, expect, it } from 'vitest'
import { readSendingEvent } from '../../../src/adapters/email/sending-events.ts'
import { sendingEvent, type SendingEventName } from '../../support/sending-events.ts'

const email = 'ada@shop.example'
const at = Date.parse('2026-06-01T02:48:57.132Z')
const received = at + 60_000
const read = (name: SendingEventName, more: object = {}) =>
  readSendingEvent(sendingEvent(name, email, more, at), received)

describe('an address takes no mail', () => {
  it.each([
    ['bounced', {}, 'bounced', '550 5.1.1 User unknown'],
    ['complained', {}, 'complained', 'abuse'],
    ['rejected', {}, 'refused', 'Recipient is suppressed'],
  ] as const)('when the mail is %s', (name, more, reason, detail) => {
    expect(read(name, more)).toEqual({ kind: 'undeliverable', report: { email, at, reason, detail } })
  })

  it.each([
    ['without a conversation', { delivery: { status: 'bounced' } }],
    ['without any detail', { delivery: undefined, bounce: { type: 'hard' } }],
    ['with details of another form', { delivery: 'bounced', bounce: { type: 'hard', reason: 550 } }],
    ['for an unknown domain', { delivery: { smtpEnhancedStatusCode: '5.1.2' } }],
    ['for a closed mailbox', { delivery: { smtpEnhancedStatusCode: '5.2.1' } }],
    ['with fields that nobody knows yet', { severity: { level: 9 }, bounce: { type: 'hard', score: 1 } }],
  ])('when the mail bounced hard %s', (_what, more) => {
    expect(read('bounced', more)).toMatchObject({ kind: 'undeliverable', report: { email, at } })
  })

  it('in any spelling that the event has', () => {
    const event = sendingEvent('bounced', ' Ada@XN--BCHER-KVA.example ', {}, at)
    expect(readSendingEvent(event, received)).toMatchObject({
      report: { email: 'Ada@XN--BCHER-KVA.example' },
    })
  })

  it.each([[undefined], [{}], [{ eventTimestamp: 'yesterday' }], [{ eventTimestamp: 7 }]])(
    'from the receipt of the event on, when that says no time: %j',
    (metadata) => {
      const event = { ...sendingEvent('complained', email), metadata }
      expect(readSendingEvent(event, received)).toMatchObject({ report: { at: received } })
    },
  )
})

describe('an address is left as it is', () => {
  it.each([['delivered'], ['deferred'], ['failed']] as const)('when the mail is %s', (name) => {
    expect(read(name)).toEqual({ kind: 'irrelevant' })
  })

  it.each([
    ['softly, after all attempts', { bounce: { type: 'soft' } }],
    ['in a way that nobody knows yet', { bounce: { type: 'undetermined' } }],
    ['off a full mailbox', { delivery: { smtpEnhancedStatusCode: '5.2.2' } }],
    ['off a full disk', { delivery: { smtpEnhancedStatusCode: '5.3.1' } }],
    ['because of its content', { delivery: { smtpEnhancedStatusCode: '5.6.0' } }],
    ['because of its sender', { delivery: { smtpEnhancedStatusCode: '5.7.26' } }],
  ])('when the mail bounced %s', (_what, more) => {
    expect(read('bounced', more)).toEqual({ kind: 'irrelevant' })
  })

  it.each([
    [{ reason: 'spam', party: 'recipient' }],
    [{ reason: 'suppressed', party: 'sender' }],
    [{ reason: 'suppressed' }],
  ])('when the mail is rejected with %j', (rejection) => {
    expect(read('rejected', { rejection })).toEqual({ kind: 'irrelevant' })
  })

  it.each([
    ['of another product', { ...sendingEvent('bounced', email), type: 'cf.r2.bucket.created' }],
    ['that nobody knows yet', { ...sendingEvent('bounced', email), type: 'cf.email.sending.message.opened' }],
    ['named like a member of objects', { type: 'constructor', payload: {} }],
  ])('by an event %s', (_what, event) => {
    expect(readSendingEvent(event, received)).toEqual({ kind: 'irrelevant' })
  })
})

it.each([
  [null],
  [undefined],
  ['cf.email.sending.message.bounced'],
  [7],
  [[]],
  [{}],
  [{ type: 7 }],
  [{ type: 'cf.email.sending.message.bounced' }],
  [{ type: 'cf.email.sending.message.complained', payload: null }],
  [sendingEvent('bounced', 'nobody')],
  [sendingEvent('bounced', 'Ada <ada@shop.example>')],
  [sendingEvent('complained', `${'a'.repeat(300)}@shop.example`)],
  [sendingEvent('bounced', email, { recipient: 7 })],
  [sendingEvent('bounced', email, { bounce: 'hard' })],
  [sendingEvent('rejected', email, { rejection: null })],
])('an event that cannot be read is known as such: %j', (event) => {
  expect(readSendingEvent(event, received)).toEqual({ kind: 'unreadable' })
})
