/** The days of a password migration, and what its two steps do to customers with a password of another system. */
import { describe, expect, it } from 'vitest'
import { apply } from '../../../src/domain/changes/apply.ts'
import {
  dayOf,
  isOpen,
  planMigration,
  type PasswordMigrationDraft,
} from '../../../src/domain/passwords/password-migration.ts'
import type { MigrationAction } from '../../../src/domain/changes/update-action.ts'
import { accountOf, now, recordWith, valueOf } from '../../support/records.ts'

const dayIn = (days: number) => dayOf(now + days * 86_400_000)
const today = dayIn(0)
const legacy = (name: string) => accountOf(name, { passwordHash: '$legacy$bcrypt$…' })
const invitation = { tokenId: 'token', issuedAt: now, expiresAt: now + 1000 }

describe('a plan', () => {
  it.each<[PasswordMigrationDraft, reminderDate: string]>([
    [{ endDate: dayIn(30) }, dayIn(23)],
    [{ endDate: dayIn(9) }, dayIn(2)],
    [{ endDate: dayIn(8) }, dayIn(1)],
    [{ endDate: dayIn(7) }, dayIn(1)],
    [{ endDate: dayIn(1) }, dayIn(1)],
    [{ endDate: dayIn(30), reminderDate: today }, today],
    [{ endDate: dayIn(30), reminderDate: dayIn(29) }, dayIn(29)],
  ])('%j reminds on %s', (draft, reminderDate) => {
    expect(valueOf(planMigration(draft, now))).toEqual({
      endDate: draft.endDate,
      reminderDate,
      notifies: true,
    })
  })

  it.each<[PasswordMigrationDraft, field: string]>([
    [{ endDate: today }, 'retentionEndDate'],
    [{ endDate: dayIn(-1) }, 'retentionEndDate'],
    [{ endDate: dayIn(9), reminderDate: dayIn(9) }, 'emailReminderDate'],
    [{ endDate: dayIn(9), reminderDate: dayIn(10) }, 'emailReminderDate'],
    [{ endDate: dayIn(9), reminderDate: dayIn(-1) }, 'emailReminderDate'],
  ])('%j is refused for its %s', (draft, field) => {
    expect(planMigration(draft, now)).toMatchObject({ ok: false, error: { violations: [{ field }] } })
  })

  it('is open until its end begins, by the days of UTC', () => {
    const migration = { endDate: '2026-03-02', reminderDate: '2026-03-01', notifies: true }
    expect(isOpen(migration, Date.parse('2026-03-01T23:59:59.999Z'))).toBe(true)
    expect(isOpen(migration, Date.parse('2026-03-02T00:00:00.000Z'))).toBe(false)
    expect(isOpen(undefined, now)).toBe(false)
  })
})

describe('the end of legacy passwords', () => {
  const end = (accounts: ReturnType<typeof accountOf>[], notified = true) =>
    valueOf(
      apply(
        recordWith({}, { accounts }),
        [{ action: 'endLegacyPasswords', invitation: notified ? invitation : undefined }],
        now,
      ),
    )

  it('takes them from every account, ends sessions, and invites the first owner to choose another', () => {
    const { record, messages, mails } = end([accountOf('ada'), legacy('grace'), legacy('eve')])
    expect(record.credentials.accounts.map(({ passwordHash }) => passwordHash)).toEqual([
      'hash of ada',
      undefined,
      undefined,
    ])
    expect(record.credentials.revision).toBe(4)
    expect(messages).toEqual([{ type: 'CustomerPasswordExpired', payload: {} }])
    expect(mails).toMatchObject([
      { template: 'password-reset', to: 'grace@shop.example', token: { credentialsRevision: 4 } },
    ])
  })

  it('mails nobody when the tenant says so, and changes nobody who has signed in', () => {
    expect(end([legacy('ada')], false).mails).toEqual([])
    const { record, messages, mails } = end([accountOf('ada')])
    expect([record, messages, mails]).toEqual([recordWith({}, { accounts: [accountOf('ada')] }), [], []])
  })
})

describe('a reminder', () => {
  const remind = (endDate: string): MigrationAction => ({ action: 'remindOfMigration', endDate, invitation })

  it('is mailed once for each end, changes no version and tells nobody', () => {
    const before = recordWith({}, { accounts: [legacy('ada')] })
    const first = valueOf(apply(before, [remind('2026-04-01')], now))
    expect(first.mails.map(({ template }) => template)).toEqual(['migration-reminder'])
    expect([first.record.customer, first.messages]).toEqual([before.customer, []])
    expect(valueOf(apply(first.record, [remind('2026-04-01')], now)).mails).toEqual([])
    expect(valueOf(apply(first.record, [remind('2026-05-01')], now)).mails).toHaveLength(1)
  })

  it('is for nobody who has signed in', () => {
    expect(valueOf(apply(recordWith(), [remind('2026-04-01')], now)).mails).toEqual([])
  })
})
