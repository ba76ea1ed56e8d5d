/**
 * For how long passwords of other systems are kept ("Import and password migration"): the tenant says when that ends, and
 * when those who have not signed in by then are reminded. Days are those of UTC.
 */
import { invalid, ok, type Result } from '../base/result.ts'
import { isLegacyPassword } from './stored-password.ts'

export interface PasswordMigration {
  /** From this day on, YYYY-MM-DD, no password of another system is good. */
  endDate: string
  reminderDate: string
  notifies: boolean
}

export interface PasswordMigrationDraft {
  endDate: string
  reminderDate?: string | undefined
  notifies?: boolean | undefined
}

const day = 86_400_000
const reminderDaysBefore = 7

export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

/** Whether passwords of other systems are taken and kept. */
export function isOpen(migration: PasswordMigration | undefined, now: number): boolean {
  return migration !== undefined && dayOf(now) < migration.endDate
}

/** The hash that a password is compared with: none, when it is one of another system whose time is over. */
export function usableHash(
  passwordHash: string | undefined,
  endDate: string | undefined,
  now: number,
): string | undefined {
  const hasEnded = endDate !== undefined && dayOf(now) >= endDate
  return passwordHash !== undefined && isLegacyPassword(passwordHash) && hasEnded ? undefined : passwordHash
}

export function planMigration(
  { endDate, reminderDate, notifies = true }: PasswordMigrationDraft,
  now: number,
): Result<PasswordMigration> {
  const today = dayOf(now)
  if (endDate <= today) return invalid('retentionEndDate', 'This has to be a day in the future.')
  if (reminderDate !== undefined && (reminderDate < today || reminderDate >= endDate)) {
    return invalid('emailReminderDate', 'This has to be a day from today on, before retentionEndDate.')
  }
  return ok({ endDate, reminderDate: reminderDate ?? usualReminder(endDate, now), notifies })
}

/** A week before the end, or tomorrow when that is over. */
function usualReminder(endDate: string, now: number): string {
  const aWeekBefore = dayOf(Date.parse(endDate) - reminderDaysBefore * day)
  return aWeekBefore > dayOf(now) ? aWeekBefore : dayOf(now + day)
}
