/**
 * `apply`: how update actions change a customer. Pure; the handlers beside it hold the rules of each action.
 * All actions of a request succeed or none does. The version grows by one when anything that a client can see has
 * changed, and stays otherwise. What has to be told to others comes back as messages and mail orders.
 */
import type { Actor } from '../base/actor.ts'
import { addressHandlers } from './address-actions.ts'
import type { AppliedChange, Change, CustomerRecord, Handlers } from './change.ts'
import { contactAssignmentHandlers } from './contact-assignment-actions.ts'
import { credentialsHandlers } from './credentials-actions.ts'
import { emailHandlers } from './email-actions.ts'
import { customerSizeMaxBytes, type Customer } from '../customer/customer.ts'
import { jsonSizeBytes, sameJson } from '../base/json.ts'
import { managementHandlers } from './management-actions.ts'
import { messagesSizeMaxBytes } from '../events/message.ts'
import { migrationHandlers } from './migration-actions.ts'
import { profileHandlers } from './profile-actions.ts'
import { fail, invalid, ok, type Result } from '../base/result.ts'
import { statusHandlers } from './status-actions.ts'
import type { CustomerAction } from './update-action.ts'

const handlers: Handlers<CustomerAction> = {
  ...profileHandlers,
  ...addressHandlers,
  ...managementHandlers,
  ...contactAssignmentHandlers,
  ...statusHandlers,
  ...migrationHandlers,
  ...credentialsHandlers,
  ...emailHandlers,
}

/** Applies all actions in order. `now` in milliseconds since the epoch. Fails with the first action's error. */
export function apply(
  record: CustomerRecord,
  actions: readonly CustomerAction[],
  now: number,
  actor?: Actor,
): Result<AppliedChange> {
  let change: Change = { record, messages: [], mails: [] }
  for (const action of actions) {
    const step = dispatch(change.record, action, now)
    if (!step.ok) return step
    change = {
      record: step.value.record,
      messages: [...change.messages, ...step.value.messages],
      mails: [...change.mails, ...step.value.mails],
      ...((change.happened ?? step.value.happened) && { happened: true }),
    }
  }
  const violation = doubledEmail(change.record) ?? brokenInvariant(record.customer, change.record.customer)
  if (violation) return violation
  const next = nextVersion(record, change.record, now, actor)
  const told =
    change.happened ??
    (next.customer.version !== record.customer.version || !sameJson(next.credentials, record.credentials))
  const messages = told ? change.messages : []
  const changed = told || !sameJson(next, record)
  return jsonSizeBytes(messages) > messagesSizeMaxBytes
    ? invalid('', 'What these actions do is too much to be told at once. Send fewer of them.', 'too_large')
    : ok({ ...change, record: next, messages, changed })
}

/** For the names of the three fields that an account with a company registration needs. */
export const companyContactFields = ['firstName', 'lastName', 'company'] as const

function dispatch<A extends CustomerAction>(record: CustomerRecord, action: A, now: number): Result<Change> {
  const handle = handlers[action.action] as (record: CustomerRecord, action: A, now: number) => Result<Change>
  return handle(record, action, now)
}

/** The record's own accounts are no exception: each mailbox is one account. */
function doubledEmail({ credentials: { accounts } }: CustomerRecord): Result<never> | undefined {
  const doubled = accounts.find(
    ({ emailKey }, position) => accounts.findIndex((one) => one.emailKey === emailKey) < position,
  )
  return doubled && fail({ kind: 'EmailTaken', email: doubled.email })
}

function brokenInvariant(before: Customer, after: Customer): Result<never> | undefined {
  if (after.companyRegistrationId && after.companyRegistrationId !== before.companyRegistrationId) {
    const violations = companyContactFields
      .filter((field) => !after[field])
      .map((field) => ({ field, type: 'missing' as const, message: `${field} is required with a company.` }))
    if (violations.length > 0) return fail({ kind: 'InvalidInput', violations })
  }
  const { lastLoginAt: _notTheirs, ...owned } = after
  return jsonSizeBytes(owned) > customerSizeMaxBytes
    ? invalid('', `A customer with all addresses has at most ${customerSizeMaxBytes} bytes.`, 'too_large')
    : undefined
}

/** A new password counts as a change although no client can see it; a log-in shows in `lastLoginAt` and does not. */
function nextVersion(
  before: CustomerRecord,
  after: CustomerRecord,
  now: number,
  actor: Actor | undefined,
): CustomerRecord {
  const { lastLoginAt: _a, ...profileBefore } = before.customer
  const { lastLoginAt: _b, ...profileAfter } = after.customer
  const sameRevision = before.credentials.revision === after.credentials.revision
  if (sameRevision && sameJson(profileBefore, profileAfter)) return after
  const { modifiedBy: _previous, ...customer } = after.customer
  const version = before.customer.version + 1
  const modified = { version, modifiedAt: new Date(now).toISOString(), ...(actor && { modifiedBy: actor }) }
  return { ...after, customer: { ...customer, ...modified } }
}
