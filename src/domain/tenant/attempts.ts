/**
 * Failures in a row on one account, and what they cost: nothing at first, then growing pauses, then a lock.
 * Every attempt counts as a failure when it begins, so that a hundred at once count a hundred; a success is known by
 * `clearedAt`, which the record of the account keeps and which wipes everything before it. Refused attempts do not
 * count, so that an attacker cannot keep an account locked by knocking.
 */
import type { AttemptLimits } from './tenant.ts'

export interface AttemptState {
  failures: number
  lastAt: number
}

export type AttemptVerdict =
  { allowed: true; state: AttemptState } | { allowed: false; retryAfterSeconds: number }

export function judgeAttempt(
  state: AttemptState | undefined,
  limits: AttemptLimits,
  now: number,
  clearedAt: number | undefined,
): AttemptVerdict {
  const current = stillCounting(state, limits, now, clearedAt)
  const pauseEndsAt = current.lastAt + pauseSeconds(current.failures, limits) * 1000
  if (now < pauseEndsAt) {
    return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil((pauseEndsAt - now) / 1000)) }
  }
  return { allowed: true, state: { failures: current.failures + 1, lastAt: now } }
}

function stillCounting(
  state: AttemptState | undefined,
  limits: AttemptLimits,
  now: number,
  clearedAt: number | undefined,
): AttemptState {
  const none = { failures: 0, lastAt: 0 }
  if (!state || (clearedAt !== undefined && state.lastAt <= clearedAt)) return none
  return now - state.lastAt >= limits.lockSeconds * 1000 ? none : state
}

function pauseSeconds(failures: number, limits: AttemptLimits): number {
  if (failures >= limits.failuresMax) return limits.lockSeconds
  const costly = failures - limits.freeFailures
  return costly < 1 ? 0 : Math.min(limits.delaySeconds * 2 ** (costly - 1), limits.delaySecondsMax)
}

/** A fixed number of events within an hour that starts with the first of them. */
export interface HourState {
  count: number
  startedAt: number
}

export type HourVerdict = { allowed: true; state: HourState } | { allowed: false; retryAfterSeconds: number }

const hour = 3_600_000

export function judgeHour(state: HourState | undefined, countMax: number, now: number): HourVerdict {
  const current = state && now - state.startedAt < hour ? state : { count: 0, startedAt: now }
  if (current.count >= countMax) {
    return { allowed: false, retryAfterSeconds: Math.ceil((current.startedAt + hour - now) / 1000) }
  }
  return { allowed: true, state: { ...current, count: current.count + 1 } }
}
