/**
 * `apply`: how update actions change a customer. Pure; the one place where the rules of a change are written.
 * All actions of a request succeed or none does. The version grows by one when anything that a client can see has
 * changed, and stays otherwise. What has to be told to others comes back as messages and mail orders.
 */
import {
  addressTextFields,
  addressesMax,
  addTags,
  dropAddress,
  removeTags,
  billingTag,
  shippingTag,
  type Address,
  type AddressPatch,
} from './address.ts'
import type { Account, Credentials } from './credentials.ts'
import { customerSizeMaxBytes, type Customer } from './customer.ts'
import { emailKey } from './email-address.ts'
import { isJsonObject, jsonSizeBytes, mergePatch, sameJson, type JsonObject } from './json.ts'
import type { AddressedMail, MailTemplate } from './mail.ts'
import type { Message } from './message.ts'
import type { OneTimeToken } from './one-time-token.ts'
import { fail, invalid, ok, type Result } from './result.ts'
import { SETTERS, type CustomerAction, type SchemaPatch } from './update-action.ts'

/** The whole aggregate: what is seen and what is signed in with. */
export interface CustomerRecord {
  customer: Customer
  credentials: Credentials
}

/** A record after a change, and what the change has to tell. */
export interface Change {
  record: CustomerRecord
  messages: Message[]
  mails: AddressedMail[]
}

type Handlers = {
  [A in CustomerAction['action']]: (
    record: CustomerRecord,
    action: Extract<CustomerAction, { action: A }>,
    now: number,
  ) => Result<Change>
}

/** Applies all actions in order. `now` in milliseconds since the epoch. Fails with the first action's error. */
export function apply(
  record: CustomerRecord,
  actions: readonly CustomerAction[],
  now: number,
): Result<Change> {
  let change: Change = { record, messages: [], mails: [] }
  for (const action of actions) {
    const step = dispatch(change.record, action, now)
    if (!step.ok) return step
    change = {
      record: step.value.record,
      messages: [...change.messages, ...step.value.messages],
      mails: [...change.mails, ...step.value.mails],
    }
  }
  const violation = brokenInvariant(record.customer, change.record.customer)
  return violation ?? ok({ ...change, record: nextVersion(record, change.record, now) })
}

/** For the names of the three fields that an account with a company registration needs. */
export const companyContactFields = ['firstName', 'lastName', 'company'] as const

function dispatch<A extends CustomerAction>(record: CustomerRecord, action: A, now: number): Result<Change> {
  const handle = handlers[action.action] as (record: CustomerRecord, action: A, now: number) => Result<Change>
  return handle(record, action, now)
}

const handlers: Handlers = {
  set(record, { field, value }) {
    const { customer } = record
    if (field === 'contactEmail' && value === undefined && customer.contactEmail !== undefined) {
      return invalid('contactEmail', 'The contact e-mail cannot be unset once it has a value.')
    }
    if (customer[field] === value) return unchanged(record)
    const { [field]: _previous, ...rest } = customer
    const next = value === undefined ? (rest as Customer) : { ...customer, [field]: value }
    return changed(record, next, {
      type: SETTERS[field],
      payload: value === undefined ? {} : { [field]: value },
    })
  },

  patchMixins(record, { mixins, mixinSchemas }) {
    const next = patchMixins(record.customer, mixins, mixinSchemas)
    return sameJson(next, record.customer)
      ? unchanged(record)
      : changed(record, next, { type: 'CustomerProfileChanged', payload: { mixins: next.mixins } })
  },

  addAddress(record, { address: patch, addressId }) {
    const { customer } = record
    if (customer.addresses.length >= addressesMax) {
      return invalid('addresses', `A customer has at most ${addressesMax} addresses.`, 'too_large')
    }
    const empty: Address = { id: addressId, tags: [], mixins: {}, mixinSchemas: {} }
    const book = { ...customer, addresses: [...customer.addresses, empty] }
    return ok(announceAddress(record, writeAddress(book, empty, patch), addressId, 'CustomerAddressAdded'))
  },

  patchAddress(record, { addressId, address: patch }) {
    const address = findAddress(record, addressId)
    if (!address) return addressNotFound(record, addressId)
    const next = writeAddress(record.customer, address, patch)
    return sameJson(next, record.customer)
      ? unchanged(record)
      : ok(announceAddress(record, next, addressId, 'CustomerAddressChanged'))
  },

  removeAddress(record, { addressId }) {
    const address = findAddress(record, addressId)
    if (!address) return addressNotFound(record, addressId)
    const payload: JsonObject = { address: addressPayload(address) }
    return changed(record, dropAddress(record.customer, addressId), {
      type: 'CustomerAddressRemoved',
      payload,
    })
  },

  addAddressTags(record, { addressId, tags }) {
    if (!findAddress(record, addressId)) return addressNotFound(record, addressId)
    return retag(record, addTags(record.customer, addressId, tags), addressId)
  },

  removeAddressTags(record, { addressId, tags }) {
    if (!findAddress(record, addressId)) return addressNotFound(record, addressId)
    return retag(record, removeTags(record.customer, addressId, tags), addressId)
  },

  setPassword(record, { accountId, passwordHash, cause }, now) {
    const account = findAccount(record, accountId)
    if (!account) return fail({ kind: 'OneTimeTokenRejected' })
    const accounts = replaceAccount(record, {
      ...account,
      passwordHash,
      initialPassword: false,
      clearedAt: now,
    })
    // A reset proves the mailbox, so it also completes an opt-in that was still awaited.
    const { optInPending, ...rest } = endPending(record.credentials)
    const proven = cause === 'reset'
    const credentials: Credentials = {
      ...rest,
      ...(!proven && optInPending ? { optInPending } : {}),
      accounts,
      revision: record.credentials.revision + 1,
    }
    const customer = proven ? { ...record.customer, emailVerified: true } : record.customer
    return ok({
      record: { customer, credentials },
      messages: [{ type: 'CustomerPasswordUpdated', payload: { reset: proven } }],
      mails: [mailTo(account.email, 'password-changed', record.customer)],
    })
  },

  rehashPassword(record, { accountId, passwordHash }) {
    const account = findAccount(record, accountId)
    if (!account) return unchanged(record)
    const accounts = replaceAccount(record, { ...account, passwordHash })
    return withCredentials(record, { ...record.credentials, accounts })
  },

  recordLogin(record, { accountId }, now) {
    const account = findAccount(record, accountId)
    if (!account) return fail({ kind: 'CredentialsRejected' })
    const customer = { ...record.customer, lastLoginAt: new Date(now).toISOString() }
    const accounts = replaceAccount(record, { ...account, clearedAt: now })
    return withCredentials({ ...record, customer }, { ...record.credentials, accounts })
  },

  addAccount(record, { accountId, email, emailKey: key, passwordHash }) {
    const account: Account = { id: accountId, email, emailKey: key, passwordHash, initialPassword: false }
    const accounts = [...record.credentials.accounts, account]
    const first = record.credentials.accounts[0]
    return ok({
      record: withAccounts(record, { ...record.credentials, accounts }),
      messages: [{ type: 'CustomerAccountAdded', payload: { email } }],
      mails: first ? [mailTo(first.email, 'account-added', record.customer)] : [],
    })
  },

  beginEmailChange(record, { token, newEmail, syncContactEmail }) {
    const emailChange = { tokenId: token.id, accountId: token.accountId, newEmail, syncContactEmail }
    return ok({
      record: { ...record, credentials: { ...record.credentials, emailChange } },
      messages: [{ type: 'CustomerEmailChangeRequested', payload: {} }],
      mails: [mailTo(newEmail, 'email-change', record.customer, token)],
    })
  },

  completeEmailChange(record) {
    const pending = record.credentials.emailChange
    const account = pending && findAccount(record, pending.accountId)
    if (!account) return fail({ kind: 'OneTimeTokenRejected' })
    const { newEmail: email, syncContactEmail } = pending
    const accounts = replaceAccount(record, { ...account, email, emailKey: emailKey(email) })
    const credentials = {
      ...endPending(record.credentials),
      accounts,
      revision: record.credentials.revision + 1,
    }
    const customer = {
      ...record.customer,
      emailVerified: true,
      ...(syncContactEmail ? { contactEmail: email } : {}),
    }
    return ok({
      record: withAccounts({ customer, credentials }, credentials),
      messages: [{ type: 'CustomerEmailChanged', payload: { email, oldEmail: account.email } }],
      mails: [mailTo(account.email, 'email-changed', customer)],
    })
  },

  acceptOptIn(record, { tokenId }, now) {
    if (!record.credentials.optInPending) return unchanged(record)
    const { optInPending: _done, ...credentials } = record.credentials
    return ok({
      record: {
        customer: { ...record.customer, emailVerified: true },
        credentials: { ...credentials, optInAccepted: { tokenId, at: now } },
      },
      messages: [{ type: 'CustomerEmailVerified', payload: {} }],
      mails: [],
    })
  },

  requestDeletion(record, { token }) {
    const account = findAccount(record, token.accountId)
    const to = account?.email ?? record.customer.contactEmail
    return to === undefined
      ? invalid('contactEmail', 'The customer has no e-mail address that the confirmation could be sent to.')
      : ok({ record, messages: [], mails: [mailTo(to, 'deletion', record.customer, token)] })
  },
}

/** A mail order for somebody whose record is at hand. */
export function mailTo(
  to: string,
  template: MailTemplate,
  { firstName, lastName, language }: Customer,
  token?: OneTimeToken,
): AddressedMail {
  const recipient = {
    ...(firstName === undefined ? {} : { firstName }),
    ...(lastName === undefined ? {} : { lastName }),
    ...(language === undefined ? {} : { language }),
  }
  return { kind: 'addressed', template, to, recipient, ...(token ? { token } : {}) }
}

/** Keeps what the customer shows of its accounts in step with the credentials. */
export function withAccounts(record: CustomerRecord, credentials: Credentials): CustomerRecord {
  const accounts = credentials.accounts.map(({ email }) => ({ email }))
  const { email: _previous, ...rest } = record.customer
  const first = accounts[0]
  return { customer: { ...rest, accounts, ...(first ? { email: first.email } : {}) }, credentials }
}

export function addressPayload(address: Address): JsonObject {
  return JSON.parse(JSON.stringify(address)) as JsonObject
}

function unchanged(record: CustomerRecord): Result<Change> {
  return ok({ record, messages: [], mails: [] })
}

function changed(record: CustomerRecord, customer: Customer, ...messages: Message[]): Result<Change> {
  return ok({ record: { ...record, customer }, messages, mails: [] })
}

function withCredentials(record: CustomerRecord, credentials: Credentials): Result<Change> {
  return ok({ record: { ...record, credentials }, messages: [], mails: [] })
}

function findAddress(record: CustomerRecord, addressId: string): Address | undefined {
  return record.customer.addresses.find((address) => address.id === addressId)
}

function addressNotFound(record: CustomerRecord, addressId: string) {
  return fail({ kind: 'AddressNotFound', customerId: record.customer.id, addressId })
}

function findAccount(record: CustomerRecord, accountId: string): Account | undefined {
  return record.credentials.accounts.find((account) => account.id === accountId)
}

function replaceAccount(record: CustomerRecord, next: Account): Account[] {
  return record.credentials.accounts.map((account) => (account.id === next.id ? next : account))
}

/** Tokens for a change of e-mail die with every other change of the credentials. */
function endPending(credentials: Credentials): Credentials {
  const { emailChange: _ended, ...rest } = credentials
  return rest
}

function patchMixins<T extends { mixins: JsonObject; mixinSchemas: { [name: string]: string } }>(
  owner: T,
  mixins: JsonObject | null | undefined,
  mixinSchemas: SchemaPatch | null | undefined,
): T {
  const values = mixins === null ? {} : mergePatch(owner.mixins, mixins ?? {})
  const urls = mixinSchemas === null ? {} : mergePatch(owner.mixinSchemas, mixinSchemas ?? {})
  return {
    ...owner,
    mixins: isJsonObject(values) ? values : {},
    mixinSchemas: urls as { [name: string]: string },
  }
}

function writeAddress(customer: Customer, address: Address, patch: AddressPatch): Customer {
  let next: Address = patchMixins(address, patch.mixins, patch.mixinSchemas)
  for (const field of addressTextFields) {
    const value = patch[field]
    if (value === undefined) continue
    const { [field]: _previous, ...rest } = next
    next = value === null ? (rest as Address) : { ...next, [field]: value }
  }
  let book: Customer = {
    ...customer,
    addresses: customer.addresses.map((present) => (present.id === next.id ? next : present)),
  }
  if (patch.tags !== undefined) {
    const tags = patch.tags ?? []
    const left = address.tags.filter((tag) => !tags.includes(tag))
    book = addTags(removeTags(book, next.id, left), next.id, tags)
    book = {
      ...book,
      addresses: book.addresses.map((present) =>
        present.id === next.id ? { ...present, tags: [...new Set(tags)] } : present,
      ),
    }
  }
  if (patch.isDefault === true) book = { ...book, defaultAddressId: next.id }
  if (patch.isDefault === false || patch.isDefault === null) {
    if (book.defaultAddressId === next.id) {
      const { defaultAddressId: _none, ...rest } = book
      book = rest as Customer
    }
  }
  return book
}

function retag(record: CustomerRecord, customer: Customer, addressId: string): Result<Change> {
  return sameJson(customer, record.customer)
    ? unchanged(record)
    : ok(announceAddress(record, customer, addressId, undefined))
}

/** The messages of an address change: the change itself, then the lists and defaults that it touched. */
function announceAddress(
  record: CustomerRecord,
  customer: Customer,
  addressId: string,
  type: 'CustomerAddressAdded' | 'CustomerAddressChanged' | undefined,
): Change {
  const before = record.customer
  const address = customer.addresses.find(({ id }) => id === addressId)
  const payload: JsonObject = address ? { address: addressPayload(address) } : {}
  const messages: Message[] = type ? [{ type, payload }] : []
  for (const [tag, ids] of [
    [shippingTag, 'shippingAddressIds'],
    [billingTag, 'billingAddressIds'],
  ] as const) {
    const [was, is] = [before[ids].includes(addressId), customer[ids].includes(addressId)]
    const list = tag === shippingTag ? 'Shipping' : 'Billing'
    if (!was && is) messages.push({ type: `Customer${list}AddressAdded`, payload })
    if (was && !is) messages.push({ type: `Customer${list}AddressRemoved`, payload })
  }
  if (before.defaultAddressId !== customer.defaultAddressId) {
    messages.push({ type: 'CustomerDefaultAddressSet', payload: customer.defaultAddressId ? payload : {} })
  }
  if (messages.length === 0) messages.push({ type: 'CustomerAddressChanged', payload })
  return { record: { ...record, customer }, messages, mails: [] }
}

function brokenInvariant(before: Customer, after: Customer): Result<never> | undefined {
  if (after.companyRegistrationId && after.companyRegistrationId !== before.companyRegistrationId) {
    const violations = companyContactFields
      .filter((field) => !after[field])
      .map((field) => ({ field, type: 'missing' as const, message: `${field} is required with a company.` }))
    if (violations.length > 0) return fail({ kind: 'InvalidInput', violations })
  }
  return jsonSizeBytes(after) > customerSizeMaxBytes
    ? invalid('', `A customer with all addresses has at most ${customerSizeMaxBytes} bytes.`, 'too_large')
    : undefined
}

/** A new password counts as a change although nobody can see it; a log-in shows in `lastLoginAt` and does not. */
function nextVersion(before: CustomerRecord, after: CustomerRecord, now: number): CustomerRecord {
  const { lastLoginAt: _a, ...profileBefore } = before.customer
  const { lastLoginAt: _b, ...profileAfter } = after.customer
  const sameRevision = before.credentials.revision === after.credentials.revision
  if (sameRevision && sameJson(profileBefore, profileAfter)) return after
  const version = before.customer.version + 1
  return { ...after, customer: { ...after.customer, version, modifiedAt: new Date(now).toISOString() } }
}
