/**
 * Update actions: the only vocabulary in which a customer is changed.
 * `UpdateAction` is what clients may cause; dialects translate into it. `TrustedAction` is what only the use cases
 * themselves may cause: no request schema can produce one.
 */
import type { AddressPatch } from './address.ts'
import type { ProfileTextField } from './customer.ts'
import type { JsonObject } from './json.ts'
import type { MessageType } from './message.ts'
import type { OneTimeToken } from './one-time-token.ts'

/** Every settable profile field with the message that reports its change. */
export const SETTERS: Record<ProfileTextField, MessageType> = {
  title: 'CustomerTitleSet',
  salutation: 'CustomerProfileChanged',
  firstName: 'CustomerFirstNameSet',
  middleName: 'CustomerProfileChanged',
  lastName: 'CustomerLastNameSet',
  dateOfBirth: 'CustomerDateOfBirthSet',
  contactEmail: 'CustomerProfileChanged',
  contactPhone: 'CustomerProfileChanged',
  company: 'CustomerCompanyNameSet',
  vatId: 'CustomerProfileChanged',
  language: 'CustomerProfileChanged',
  currency: 'CustomerProfileChanged',
  site: 'CustomerProfileChanged',
  companyRegistrationId: 'CustomerProfileChanged',
  photoUrl: 'CustomerProfileChanged',
}

export type ProfileAction =
  | { action: 'set'; field: ProfileTextField; value: string | undefined }
  | {
      action: 'patchMixins'
      mixins: JsonObject | null | undefined
      mixinSchemas: SchemaPatch | null | undefined
    }

export type AddressAction =
  | { action: 'addAddress'; address: AddressPatch; addressId: string }
  | { action: 'patchAddress'; addressId: string; address: AddressPatch }
  | { action: 'removeAddress'; addressId: string }
  | { action: 'addAddressTags'; addressId: string; tags: string[] }
  | { action: 'removeAddressTags'; addressId: string; tags: string[] }

export type UpdateAction = ProfileAction | AddressAction

export type SchemaPatch = { [name: string]: string | null }

export type TrustedAction =
  | { action: 'setPassword'; accountId: string; passwordHash: string; cause: 'change' | 'reset' }
  | { action: 'rehashPassword'; accountId: string; passwordHash: string }
  | { action: 'recordLogin'; accountId: string }
  | { action: 'addAccount'; accountId: string; email: string; emailKey: string; passwordHash: string }
  | { action: 'beginEmailChange'; token: OneTimeToken; newEmail: string; syncContactEmail: boolean }
  | { action: 'completeEmailChange' }
  | { action: 'acceptOptIn'; tokenId: string }
  | { action: 'requestDeletion'; token: OneTimeToken }

export type CustomerAction = UpdateAction | TrustedAction
