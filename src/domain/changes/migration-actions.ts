/**
 * The actions on passwords that came with an import and that no customer has signed in with since ("Import and password
 * migration"). Who has is asked for nothing: that password has been hashed anew.
 */
import { unchanged, type Handlers } from './change.ts'
import { passwordMail } from './invitation.ts'
import { ok } from '../base/result.ts'
import { isLegacyPassword } from '../passwords/stored-password.ts'
import type { Account } from '../credentials/credentials.ts'
import type { MigrationAction } from './update-action.ts'

export const migrationHandlers: Handlers<MigrationAction> = {
  endLegacyPasswords(record, { invitation }) {
    const { credentials } = record
    const first = credentials.accounts.find(isUnmigrated)
    if (!first) return unchanged(record)
    const accounts = credentials.accounts.map((account) => {
      const { passwordHash: _legacy, ...rest } = account
      return isUnmigrated(account) ? rest : account
    })
    const next = { ...record, credentials: { ...credentials, accounts, revision: credentials.revision + 1 } }
    return ok({
      record: next,
      messages: [{ type: 'CustomerPasswordExpired', payload: {} }],
      mails: invitation ? [passwordMail(next, first, invitation, 'password-reset')] : [],
    })
  },

  remindOfMigration(record, { endDate, invitation }) {
    const { credentials } = record
    const first = credentials.accounts.find(isUnmigrated)
    if (!first || credentials.migrationReminder === endDate) return unchanged(record)
    return ok({
      record: { ...record, credentials: { ...credentials, migrationReminder: endDate } },
      messages: [],
      mails: [passwordMail(record, first, invitation, 'migration-reminder')],
    })
  },
}

function isUnmigrated({ passwordHash }: Account): boolean {
  return passwordHash !== undefined && isLegacyPassword(passwordHash)
}
