/**
 * Failures in a row and what they cost (T26: never more than the tenant's number of guesses before a lock), by example
 * and over random courses of events.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  judgeAttempt,
  judgeHour,
  type AttemptState,
  type HourState,
} from '../../../src/domain/tenant/attempts.ts'
import type { AttemptLimits } from '../../../src/domain/tenant/tenant.ts'
import { now } from '../../support/records.ts'

const limits: AttemptLimits = {
  burst: 'standard',
  freeFailures: 2,
  delaySeconds: 3,
  delaySecondsMax: 10,
  failuresMax: 6,
  lockSeconds: 900,
  mailsPerHour: 5,
}

describe('an attempt', () => {
  it.each([
    [0, 0],
    [1, 0],
    [2, 0],
    [3, 3],
    [4, 6],
    [5, 10],
    [6, 900],
    [7, 900],
    [12, 1800],
  ])('after %i failures has to wait for %i seconds', (failures, waitSeconds) => {
    const verdict = judgeAttempt({ failures, lastAt: now }, limits, now, undefined)
    expect(verdict).toEqual(
      waitSeconds === 0
        ? { allowed: true, state: { failures: failures + 1, lastAt: now, inARow: failures + 1 } }
        : { allowed: false, retryAfterSeconds: waitSeconds },
    )
  })

  it.each([
    [3, 3],
    [5, 10],
    [6, 900],
  ])(
    'after %i failures is allowed when the %i seconds are over, and not one moment before',
    (failures, s) => {
      const state = { failures, lastAt: now }
      expect(judgeAttempt(state, limits, now + s * 1000, undefined).allowed).toBe(true)
      expect(judgeAttempt(state, limits, now + s * 1000 - 1, undefined)).toEqual({
        allowed: false,
        retryAfterSeconds: 1,
      })
    },
  )

  it('starts from one when a lock has ended', () => {
    expect(judgeAttempt({ failures: 6, lastAt: now }, limits, now + 900_000, undefined)).toEqual({
      allowed: true,
      state: { failures: 1, lastAt: now + 900_000, inARow: 7 },
    })
  })

  it.each([
    ['wipes what was counted until then', now, 1],
    ['wipes what was counted before', now + 1, 1],
    ['does not wipe what came later', now - 1, 3],
  ])('clearing %s', (_what, clearedAt, failures) => {
    const verdict = judgeAttempt({ failures: 2, lastAt: now }, limits, now + 5, clearedAt)
    expect(verdict).toEqual({ allowed: true, state: { failures, lastAt: now + 5, inARow: failures } })
  })

  it('waits longer with each lock, up to a day', () => {
    const waits: number[] = []
    let state: AttemptState | undefined
    let time = now
    while (waits.length < 12) {
      const verdict = judgeAttempt(state, limits, time, undefined)
      if (verdict.allowed) state = verdict.state
      else {
        time += verdict.retryAfterSeconds * 1000
        if (state?.failures === limits.failuresMax) waits.push(verdict.retryAfterSeconds)
      }
    }
    expect(waits).toEqual([
      900, 1800, 3600, 7200, 14_400, 28_800, 57_600, 86_400, 86_400, 86_400, 86_400, 86_400,
    ])
  })

  it('is none after a hundred in a row, however long one waits, until a success, a reset or the back office', () => {
    const state = { failures: 4, lastAt: now, inARow: 100 }
    const muchLater = now + 80 * 86_400_000
    expect(judgeAttempt(state, limits, muchLater, now - 1)).toEqual({
      allowed: false,
      retryAfterSeconds: 86_400,
    })
    expect(judgeAttempt(state, limits, muchLater, now)).toMatchObject({ allowed: true, state: { inARow: 1 } })
  })

  it('is one of at most `failuresMax` before a lock and of a hundred in a row, at whatever pace', () => {
    const step = fc.record({
      waitMs: fc.oneof(
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer({ min: 880_000, max: 920_000 }),
        fc.constantFrom(0, 3000, 10_000, 900_000, 86_400_000),
      ),
      succeeds: fc.constantFrom(true, ...Array.from({ length: 300 }, () => false)),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        let time = now
        let state: AttemptState | undefined
        let clearedAt: number | undefined
        let inARow = 0
        let run = 0
        let lastAllowedAt = 0
        for (const { waitMs, succeeds } of steps) {
          time += waitMs
          const verdict = judgeAttempt(state, limits, time, clearedAt)
          if (!verdict.allowed) {
            expect(verdict.retryAfterSeconds).toBeGreaterThan(0)
            expect(verdict.retryAfterSeconds).toBeLessThanOrEqual(86_400)
            // Waiting as long as is asked for is enough until the end, and knocking meanwhile costs nothing.
            const later = time + verdict.retryAfterSeconds * 1000
            expect(judgeAttempt(state, limits, later, clearedAt).allowed).toBe(inARow < 100)
            continue
          }
          if (time - lastAllowedAt >= limits.lockSeconds * 1000) run = 0
          run += 1
          inARow += 1
          expect(verdict.state).toEqual({ failures: run, lastAt: time, inARow })
          expect(run).toBeLessThanOrEqual(limits.failuresMax)
          expect(inARow).toBeLessThanOrEqual(100)
          state = verdict.state
          lastAllowedAt = time
          if (succeeds) {
            // In the record only when the sign-in is over.
            time += 1
            clearedAt = time
            time += 1
            inARow = 0
            run = 0
          }
        }
      }),
    )
  })

  it('is allowed, of a hundred at once, as often as failures are free and once more', () => {
    let state: AttemptState | undefined
    const verdicts = Array.from({ length: 100 }, () => {
      const verdict = judgeAttempt(state, limits, now, undefined)
      if (verdict.allowed) state = verdict.state
      return verdict.allowed
    })
    expect(verdicts.filter(Boolean)).toHaveLength(limits.freeFailures + 1)
  })
})

describe('an event within an hour', () => {
  it('is allowed as often as the limit says, then refused until the hour since the first is over', () => {
    let state: HourState | undefined
    const attempt = (time: number) => {
      const verdict = judgeHour(state, 3, time)
      if (verdict.allowed) state = verdict.state
      return verdict.allowed || verdict.retryAfterSeconds
    }
    expect([0, 600, 1200].map((seconds) => attempt(now + seconds * 1000))).toEqual([true, true, true])
    expect(attempt(now + 1800_000)).toBe(1800)
    expect(attempt(now + 3_599_999)).toBe(1)
    expect(attempt(now + 3_600_000)).toBe(true)
    expect(state).toEqual({ count: 1, startedAt: now + 3_600_000 })
  })

  it('is never allowed where the limit is none', () => {
    expect(judgeHour(undefined, 0, now)).toEqual({ allowed: false, retryAfterSeconds: 3600 })
  })
})
