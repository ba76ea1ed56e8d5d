/**
 * The rules of delivery: when an event is tried again, when nobody tries any more, and what is left out of it.
 */
import { describe, expect, it } from 'vitest'
import {
  checkEvents,
  isPersistent,
  nextAttemptSeconds,
  retrySeconds,
  withoutFields,
} from '../../../src/domain/events/webhook.ts'

const begin = Date.parse('2026-03-01T12:00:00Z')

describe('An event', () => {
  it.each([
    ['without jitter', 0],
    ['with all of the jitter', 0.999],
  ])('is tried at growing distances until two days are over, %s', (_what, random) => {
    const pauses: number[] = []
    let time = begin
    for (;;) {
      const pause = nextAttemptSeconds({ attempts: pauses.length + 1, firstAttemptAt: begin }, time, random)
      if (pause === undefined) break
      pauses.push(pause)
      time += pause * 1000
    }
    expect(pauses.slice(0, 4)).toEqual([5, 15, 45, 135].map((pause) => Math.ceil(pause * (1 + random / 5))))
    expect(pauses.slice(0, -1)).toEqual(pauses.slice(0, -1).toSorted((a, b) => a - b))
    expect(Math.max(...pauses)).toBeLessThanOrEqual(8 * 3600 * 1.2)
    expect(time - begin).toBe(retrySeconds * 1000)
    expect(pauses.length).toBeGreaterThan(10)
  })

  it.each([
    [600, 600],
    [1, 5],
    [1e9, 8 * 3600],
  ])('is tried again after what the receiver asks for, within bounds: %i', (asked, expected) => {
    expect(nextAttemptSeconds({ attempts: 1, firstAttemptAt: begin }, begin, 0, asked)).toBe(expected)
  })
})

it('a receiver is given up after two days without success, not before', () => {
  expect(isPersistent(begin, begin + retrySeconds * 1000 - 1)).toBe(false)
  expect(isPersistent(begin, begin + retrySeconds * 1000)).toBe(true)
})

it('events of another format are refused by their place', () => {
  expect(checkEvents('emporix', ['*', 'customer.created'])).toEqual({ ok: true, value: undefined })
  expect(checkEvents('commercetools', ['CustomerCreated', 'CustomerLoggedIn'])).toMatchObject({
    error: { violations: [{ field: 'events.1' }] },
  })
})

describe('Fields that are left out', () => {
  const body = { a: 1, b: { c: 2, d: [{ e: 3, f: 4 }, { f: 5 }, 6] }, constructor: 'data' }

  it.each<[string[], object]>([
    [[], body],
    [['a', 'constructor'], { b: body.b }],
    [['b.c'], { ...body, b: { d: body.b.d } }],
    [['b.d.f'], { ...body, b: { c: 2, d: [{ e: 3 }, {}, 6] } }],
    [['b', 'b.c'], { a: 1, constructor: 'data' }],
    [['x', 'a.b', 'b.x.y', 'toString', '__proto__.x'], body],
  ])('%j are gone, and nothing else is', (paths, expected) => {
    expect(withoutFields(body, paths)).toEqual(expected)
  })
})
