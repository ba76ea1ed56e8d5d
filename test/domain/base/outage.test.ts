/** Which exceptions say "not now". */
import { expect, it } from 'vitest'
import { isOutage, Outage } from '../../../src/domain/base/outage.ts'

it.each([
  ['an outage', new Outage('away'), true],
  [
    'an outage that came out of an object, where its class is lost',
    Object.assign(new Error(), { retryable: true }),
    true,
  ],
  ['an object with too much to do', Object.assign(new Error(), { overloaded: true }), true],
  ['a failure that the platform would not repeat', Object.assign(new Error(), { retryable: false }), false],
  [
    'a fault that speaks of databases and the network',
    new Error('the database network storage overloaded'),
    false,
  ],
  ['nothing', null, false],
  ['a text', 'retryable', false],
])('%s: %o is an outage: %s', (_what, error, expected) => {
  expect(isOutage(error)).toBe(expected)
})
