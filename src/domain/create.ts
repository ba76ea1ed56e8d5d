/**
 * `createCustomer`: what a new record looks like, from a draft, its first account and the tenant's settings.
 * Starts at version 1 and revision 1. With double opt-in the account waits, and the mail that ends the wait is ordered.
 */
import { apply } from './apply.ts'
import type { AddressPatch } from './address.ts'
import { mailTo, withAccounts, type Change, type CustomerRecord } from './change.ts'
import type { Account, Credentials } from './credentials.ts'
import { languageTag, profileTextFields, type Customer, type CustomerDraft } from './customer.ts'
import type { OneTimeToken } from './one-time-token.ts'
import { ok, type Result } from './result.ts'
import type { Tenant } from './tenant.ts'
import type { UpdateAction } from './update-action.ts'

export interface CustomerCreation {
  id: string
  draft: CustomerDraft
  account: Account
  addresses: { id: string; address: AddressPatch }[]
  /** Token of the opt-in mail; ignored where the tenant asks for no opt-in. */
  optInToken: OneTimeToken
}

/** `now` in milliseconds since the epoch. Fails with `InvalidInput` when a rule of the record is broken. */
export function createCustomer(tenant: Tenant, creation: CustomerCreation, now: number): Result<Change> {
  const { settings } = tenant
  const time = new Date(now).toISOString()
  const doubleOptIn = settings.optIn === 'double'
  const credentials: Credentials = {
    revision: 1,
    accounts: [creation.account],
    ...(doubleOptIn ? { optInPending: true } : {}),
  }
  const blank: Customer = {
    tenant: tenant.key,
    id: creation.id,
    version: 0,
    createdAt: time,
    modifiedAt: time,
    emailVerified: false,
    accounts: [],
    active: settings.activeOnCreation,
    onHold: settings.onHoldOnCreation,
    addresses: [],
    shippingAddressIds: [],
    billingAddressIds: [],
    language: languageTag(settings.defaults.language),
    currency: settings.defaults.currency,
    site: settings.defaults.site,
    mixins: {},
    mixinSchemas: {},
  }
  const filled = apply(
    withAccounts({ customer: blank, credentials }, credentials),
    draftToActions(creation),
    now,
  )
  if (!filled.ok) return filled
  const record: CustomerRecord = {
    ...filled.value.record,
    customer: { ...filled.value.record.customer, version: 1, modifiedAt: time },
  }
  const { customer } = record
  return ok({
    record,
    messages: [{ type: 'CustomerCreated', payload: { customerId: customer.id, version: 1 } }],
    mails: doubleOptIn ? [mailTo(creation.account.email, 'opt-in', customer, creation.optInToken)] : [],
  })
}

function draftToActions({ draft, addresses }: CustomerCreation): UpdateAction[] {
  const fields = profileTextFields
    .filter((field) => draft[field] !== undefined)
    .map((field) => ({ action: 'set' as const, field, value: draft[field] }))
  const mixins: UpdateAction[] =
    draft.mixins || draft.mixinSchemas
      ? [{ action: 'patchMixins', mixins: draft.mixins, mixinSchemas: draft.mixinSchemas }]
      : []
  const added = addresses.map(({ id, address }) => ({
    action: 'addAddress' as const,
    addressId: id,
    address,
  }))
  return [...fields, ...mixins, ...added]
}
