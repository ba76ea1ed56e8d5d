/**
 * Bodies of the tenant-managed document as drafts and actions. `PUT` names the whole profile: what it leaves out goes, and
 * what a new customer gets by default comes back; only contact e-mail, type and status stay as they are, since leaving them
 * out is no decision about them.
 */
import { languageTag } from '../../../domain/base/language-tag.ts'
import type { AddressPatch } from '../../../domain/customer/address.ts'
import type { Tenant } from '../../../domain/tenant/tenant.ts'
import type { ManagementAction, UpdateAction } from '../../../domain/changes/update-action.ts'
import type { OfficeAction } from '../../../flows/office/customer-management.ts'
import type { NewCustomer } from '../../../flows/writing/new-customer.ts'
import type { AddressUpdateDto } from '../schema.ts'
import type { CustomerSignupBySellerDto, CustomerUpdateBySellerDto, SellerAddress } from './seller-schema.ts'
import {
  addressToPatch,
  emporixAddressFields,
  profileEntries,
  profileToActions,
  profileToDraft,
  toDomainText,
} from '../translate.ts'

type SellerProfile = Pick<
  CustomerUpdateBySellerDto & CustomerSignupBySellerDto,
  keyof CustomerUpdateBySellerDto & keyof CustomerSignupBySellerDto
>

/** A contact has no log-in unless one is assigned; all other customers sign in with the contact e-mail. */
export function draftToNewCustomer(draft: CustomerSignupBySellerDto): NewCustomer {
  const { id, password, contactEmail } = draft
  return {
    ...profileOf(draft),
    ...(id != null && { id }),
    ...(draft.type !== 'CONTACT' && contactEmail != null && { email: contactEmail }),
    ...(password != null && { password, initialPassword: true }),
  }
}

/** What is made of the body of an upsert when there is no customer to update. */
export function putToNewCustomer({ active, onHold, ...draft }: CustomerUpdateBySellerDto): NewCustomer {
  const status = active === undefined && onHold === undefined ? [] : [setStatus({ active, onHold })]
  const creation = draftToNewCustomer(draft)
  return { ...creation, decisions: [...(creation.decisions ?? []), ...status] }
}

/** Everything but the account. */
export function profileOf(profile: SellerProfile): NewCustomer {
  const { type, photoUrl, restriction } = profile
  const decisions: ManagementAction[] = [
    ...(type == null ? [] : [{ action: 'setType' as const, type }]),
    ...(restriction == null ? [] : [{ action: 'setRestriction' as const, restriction }]),
  ]
  const draft = profileToDraft(profile, profile.contactEmail ?? undefined)
  return { draft: { ...draft, photoUrl: photoUrl ?? undefined }, addresses: [], decisions }
}

/** Absent fields stay, `null` clears. What decides about log-ins comes last, when the contact e-mail is in its place. */
export function patchToActions(patch: CustomerUpdateBySellerDto): OfficeAction[] {
  const { photoUrl, type, restriction, active, onHold } = patch
  return [
    ...profileToActions(patch),
    ...(photoUrl === undefined ? [] : [set('photoUrl', photoUrl)]),
    ...(restriction === undefined
      ? []
      : [{ action: 'setRestriction' as const, restriction: restriction ?? undefined }]),
    ...(active === undefined && onHold === undefined ? [] : [setStatus({ active, onHold })]),
    ...(type === undefined ? [] : [{ action: 'setType' as const, type: type ?? undefined }]),
  ]
}

export function putToActions(
  { settings: { defaults } }: Tenant,
  { contactEmail, mixins, metadata, ...body }: CustomerUpdateBySellerDto,
): OfficeAction[] {
  const language = languageTag(defaults.language)
  const byDefault: Partial<Record<string, string>> = { ...defaults, language }
  const { active, onHold, type, restriction, photoUrl, b2b, ...named } = body
  const texts = profileEntries.flatMap(([name, field]): UpdateAction[] => {
    if (name === 'contactEmail')
      return contactEmail == null ? [] : [{ action: 'set', field, value: contactEmail }]
    const value = named[name]
    return [{ action: 'set', field, value: value == null ? byDefault[field] : toDomainText(field, value) }]
  })
  return [
    ...texts,
    set('companyRegistrationId', b2b?.companyRegistrationId),
    {
      action: 'patchMixins',
      mixins: mixins ?? null,
      mixinSchemas: metadata?.mixins ?? null,
      replacing: true,
    },
    ...patchToActions({ photoUrl: photoUrl ?? null, restriction: restriction ?? null, active, onHold, type }),
  ]
}

/** What the body of an upsert leaves out goes; fields that only the other dialect knows stay. */
export function addressReplacement(address: AddressUpdateDto): AddressPatch {
  const absent = Object.fromEntries([...emporixAddressFields].map((field) => [field, null]))
  const {
    mixins = null,
    mixinSchemas = null,
    tags = null,
    isDefault = false,
    ...fields
  } = addressToPatch(address)
  const named = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  return { ...absent, ...named, mixins, mixinSchemas, tags, isDefault, replacesMixins: true }
}

export function sellerAddressToPatch({ id: _id, ...address }: SellerAddress): AddressPatch {
  return addressToPatch(address)
}

function set(field: 'photoUrl' | 'companyRegistrationId', value: string | null | undefined): UpdateAction {
  return { action: 'set', field, value: value ?? undefined }
}

function setStatus(status: Pick<CustomerUpdateBySellerDto, 'active' | 'onHold'>): ManagementAction {
  return { action: 'setStatus', ...status }
}
