/**
 * The actions on whether and as what a customer may sign in: status, type and restriction. Being kept out takes effect with
 * the write, because every use of a session asks the record.
 */
import { changed, isUsable, unchanged, withAccounts, type CustomerRecord, type Handlers } from './change.ts'
import { endSessions } from '../credentials/credentials.ts'
import type { Customer } from '../customer/customer.ts'
import { loginEmail } from '../credentials/email-address.ts'
import { invitationMails } from './invitation.ts'
import type { Message } from '../events/message.ts'
import { ok } from '../base/result.ts'
import type { StatusAction } from './update-action.ts'

export const statusHandlers: Handlers<StatusAction> = {
  setStatus(record, { active, onHold, invitation }, now) {
    const { customer } = record
    const status = { active: active ?? customer.active, onHold: onHold ?? customer.onHold }
    const next = { ...unlocked(record, active === true, now), customer: { ...customer, ...status } }
    const same = status.active === customer.active && status.onHold === customer.onHold
    if (same) return ok({ record: { ...next, customer }, messages: [], mails: [] })
    const isBlocked = isUsable(record) && !isUsable(next)
    const isNew = customer.lastLoginAt === undefined && !isUsable(record) && isUsable(next)
    return ok({
      record: isBlocked ? { ...next, credentials: endSessions(next.credentials) } : next,
      messages: [{ type: 'CustomerProfileChanged', payload: status }],
      mails: isNew ? invitationMails(next, next.credentials.accounts[0], invitation) : [],
    })
  },

  setType(record, { type, accountId, invitation }) {
    const before = record.customer.type
    if (before === type) return unchanged(record)
    const { type: _before, ...rest } = record.customer
    const typed = { ...record, customer: (type === undefined ? rest : { ...rest, type }) as Customer }
    const message: Message = { type: 'CustomerProfileChanged', payload: { type: type ?? 'CUSTOMER' } }
    if (before !== 'CONTACT' || type === 'CONTACT') return changed(record, typed.customer, message)
    const next = accountId === undefined ? typed : withFirstAccount(typed, accountId)
    const [first] = next.credentials.accounts
    return ok({
      record: next,
      messages: [
        message,
        ...(next === typed || !first
          ? []
          : [{ type: 'CustomerAccountAdded' as const, payload: { email: first.email } }]),
      ],
      mails: invitationMails(next, first, invitation),
    })
  },

  setRestriction(record, { restriction }) {
    if (record.customer.restriction === restriction) return unchanged(record)
    const { restriction: _before, ...rest } = record.customer
    return changed(record, restriction === undefined ? rest : { ...rest, restriction }, {
      type: 'CustomerProfileChanged',
      payload: restriction === undefined ? {} : { restriction },
    })
  },
}

/** Failures to sign in that were counted before no longer count. */
function unlocked(record: CustomerRecord, wanted: boolean, now: number): CustomerRecord {
  const { credentials } = record
  if (!wanted || credentials.accounts.length === 0) return record
  const accounts = credentials.accounts.map((account) => ({ ...account, clearedAt: now }))
  return { ...record, credentials: { ...credentials, accounts } }
}

/** Unless there is an account, or no address for one. */
function withFirstAccount(record: CustomerRecord, id: string): CustomerRecord {
  const { credentials, customer } = record
  const { contactEmail: email } = customer
  if (credentials.accounts.length > 0 || email === undefined) return record
  const account = { id, ...loginEmail(email), initialPassword: false }
  return withAccounts(record, { ...credentials, accounts: [account] })
}
