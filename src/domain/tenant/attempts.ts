/**
 * Failures in a row on one account, and what they cost: nothing at first, then growing pauses, then locks, each longer than the
 * one before, and after a hundred in a row an end (NIST SP 800-63B-4 §3.2.2), which a reset by mail or the back office lifts.
 * Every attempt counts as a failure when it begins, so that a hundred at once count a hundred; a success is known by
 * `clearedAt`, which the record of the account keeps and which wipes everything before it. Refused attempts do not
 * count, so that an attacker cannot keep an account locked by knocking. Sessions that are open know nothing of all this.
 */
import type { AttemptLimits } from './tenant.ts'

export interface AttemptState {
  /** Of the present run: a run ends with the time of a lock without an attempt. */
  failures: number
  lastAt: number
  /** Since the last success, over all runs; states of former versions do not have it. */
  inARow?: number
}

export type AttemptVerdict =
  { allowed: true; state: AttemptState } | { allowed: false; retryAfterSeconds: number }

export const failuresInARowMax = 100
const lockSecondsMax = 86_400

export function judgeAttempt(
  state: AttemptState | undefined,
  limits: AttemptLimits,
  now: number,
  clearedAt: number | undefined,
): AttemptVerdict {
  const isCleared = !state || (clearedAt !== undefined && state.lastAt <= clearedAt)
  const { failures, lastAt, inARow = failures } = isCleared ? { failures: 0, lastAt: 0 } : state
  if (inARow >= failuresInARowMax) return { allowed: false, retryAfterSeconds: lockSecondsMax }
  const pause = pauseSeconds(failures, inARow, limits)
  const pauseEndsAt = lastAt + pause * 1000
  if (now < pauseEndsAt) {
    return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil((pauseEndsAt - now) / 1000)) }
  }
  const isNewRun = now - lastAt >= Math.max(limits.lockSeconds, pause) * 1000
  return {
    allowed: true,
    state: { failures: isNewRun ? 1 : failures + 1, lastAt: now, inARow: inARow + 1 },
  }
}

function pauseSeconds(failures: number, inARow: number, limits: AttemptLimits): number {
  if (failures >= limits.failuresMax) {
    const locks = Math.max(1, Math.floor(inARow / limits.failuresMax))
    return Math.min(limits.lockSeconds * 2 ** (locks - 1), Math.max(limits.lockSeconds, lockSecondsMax))
  }
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
