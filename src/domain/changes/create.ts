/**
 * `createCustomer`: what a new record looks like, from a draft, its first account and the tenant's settings.
 * Starts at version 1 and revision 1. With double opt-in the account waits, and the mail that ends the wait is ordered.
 */
import { languageTag } from '../base/language-tag.ts'
import type { Actor } from '../base/actor.ts'
import { apply } from './apply.ts'
import { addressLists, type AddressPatch, type AddressUse } from '../customer/address.ts'
import { mailTo, withAccounts, type Change, type CustomerRecord } from './change.ts'
import type { Account, Credentials } from '../credentials/credentials.ts'
import { profileTextFields, type Customer, type CustomerDraft } from '../customer/customer.ts'
import { invitationMails } from './invitation.ts'
import type { PreparedToken, OneTimeToken } from '../credentials/one-time-token.ts'
import { ok, type Result } from '../base/result.ts'
import type { Tenant } from '../tenant/tenant.ts'
import type {
  ContactAssignmentAction,
  CustomerAction,
  ManagementAction,
  UpdateAction,
} from './update-action.ts'

export interface CustomerCreation {
  id: string
  draft: CustomerDraft
  /** Of which the draft's has to be one; a draft that says none then leaves it open, instead of getting the tenant's. */
  languages?: readonly string[]
  addresses: { id: string; address: AddressPatch }[]
  /** What addresses are for, by their places in `addresses`: the default leads its list, the others follow in order. */
  addressUses?: { [U in AddressUse]?: { default?: number | undefined; listed?: number[] | undefined } }
  /** Absent for a contact who cannot sign in. */
  account?: Account
  /** Token of the opt-in mail, for those who sign up themselves; ignored where the tenant asks for no opt-in. */
  optInToken?: OneTimeToken<'opt_in'>
  /** Two letters of the country that the request came from. */
  place?: string | undefined
  /** Whose session signs up. */
  visitor?: { sessionId: string }
  /** For the owner of an account that others have made. */
  invitation?: PreparedToken
  /** What the back office decides at once, and the company that a sign-up names. */
  decisions?: (ManagementAction | ContactAssignmentAction)[]
  emailVerified?: boolean
  authenticationMode?: Customer['authenticationMode']
  actor?: Actor
}

/**
 * `now` in milliseconds since the epoch. `erased` is who had the id before: nothing that was issued to him is good for the
 * new one. Fails with `InvalidInput` when a rule of the record is broken.
 */
export function createCustomer(
  tenant: Tenant,
  creation: CustomerCreation,
  now: number,
  erased?: CustomerRecord,
): Result<Change> {
  const { settings } = tenant
  const { account, optInToken, actor } = creation
  const time = new Date(now).toISOString()
  const optIn = settings.optIn === 'double' && account ? optInToken : undefined
  const welcomed = settings.welcomeMail && optInToken && !optIn
  const proved = creation.emailVerified ? { proved: { at: now, by: 'back_office' as const } } : {}
  const credentials: Credentials = {
    revision: (erased?.credentials.revision ?? 0) + 1,
    ...(erased && { tokensSince: { email_verification: now } }),
    accounts: account ? [{ ...account, ...proved }] : [],
    ...(optIn && { optInPending: true, signUp: { tokenId: optIn.id, ...creation.visitor } }),
  }
  const blank: Customer = {
    tenant: tenant.key,
    id: creation.id,
    version: 0,
    createdAt: time,
    modifiedAt: time,
    ...(actor && { createdBy: actor, modifiedBy: actor }),
    emailVerified: creation.emailVerified ?? false,
    accounts: [],
    active: settings.activeOnCreation,
    onHold: settings.onHoldOnCreation,
    addresses: [],
    shippingAddressIds: [],
    billingAddressIds: [],
    ...(!creation.languages && { language: languageTag(settings.defaults.language) }),
    currency: settings.defaults.currency,
    site: settings.defaults.site,
    mixins: {},
    mixinSchemas: {},
    ...(creation.authenticationMode && { authenticationMode: creation.authenticationMode }),
  }
  const filled = apply(
    withAccounts({ customer: blank, credentials }, credentials),
    draftToActions(creation),
    now,
    actor,
  )
  if (!filled.ok) return filled
  const record: CustomerRecord = {
    ...filled.value.record,
    customer: { ...filled.value.record.customer, version: 1, modifiedAt: time },
  }
  const { customer } = record
  return ok({
    record,
    messages: [
      { type: 'CustomerCreated', payload: { customer } },
      ...(optIn ? [{ type: 'CustomerOptInRequested' as const, payload: { token: optIn } }] : []),
    ],
    mails:
      account && optIn
        ? [
            {
              ...mailTo(account.email, 'opt-in', customer, optIn),
              ...(creation.place && { place: creation.place }),
            },
          ]
        : [
            ...(account && welcomed ? [mailTo(account.email, 'welcome', customer)] : []),
            ...invitationMails(record, account, creation.invitation),
          ],
  })
}

function draftToActions(creation: CustomerCreation): CustomerAction[] {
  const { draft, languages, addresses, decisions = [] } = creation
  const fields = profileTextFields
    .filter((field) => draft[field] !== undefined)
    .map((field) => ({
      action: 'set' as const,
      field,
      value: draft[field],
      ...(field === 'language' && languages && { languages }),
    }))
  const mixins: UpdateAction[] =
    draft.mixins || draft.mixinSchemas
      ? [{ action: 'patchMixins', mixins: draft.mixins, mixinSchemas: draft.mixinSchemas }]
      : []
  const custom: UpdateAction[] = draft.custom
    ? [{ action: 'changeCustomFields', change: 'type', custom: draft.custom }]
    : []
  const added = addresses.map(({ id, address }) => ({
    action: 'addAddress' as const,
    addressId: id,
    address,
  }))
  return [...fields, ...mixins, ...custom, ...added, ...usesToActions(creation), ...decisions]
}

/** Indices that no address has are left out: a dialect that takes them from a client has refused them. */
function usesToActions({ addresses, addressUses = {} }: CustomerCreation): UpdateAction[] {
  return (['shipping', 'billing'] as const).flatMap((of): UpdateAction[] => {
    const { default: first, listed = [] } = addressUses[of] ?? {}
    const idsAt = (index: number) => addresses.slice(index, index + 1).map(({ id }) => id)
    return [
      ...(first === undefined ? [] : idsAt(first)).map((addressId) => ({
        action: 'setDefaultAddress' as const,
        of,
        addressId,
      })),
      ...listed.flatMap(idsAt).map((addressId) => ({
        action: 'addAddressTags' as const,
        addressId,
        tags: [addressLists[of].tag],
      })),
    ]
  })
}
