/**
 * Update actions: the only vocabulary in which a customer is changed.
 * `UpdateAction` is what customers may cause and `ManagementAction` what only the back office may; dialects translate into
 * both. `TrustedAction` is what only the use cases themselves may cause: no request schema can produce one.
 */
/**
 * Update actions: the only vocabulary in which a customer is changed.
 * `UpdateAction` is what customers may cause and `ManagementAction` what only the back office may; dialects translate into
 * both. `TrustedAction` is what only the use cases themselves may cause: no request schema can produce one.
 */
import type { Actor } from '../base/actor.ts'
import type { CustomAction } from '../customer/custom-fields.ts'
import type { IssuedTokenPurpose, MailedTokenPurpose } from '../base/names.ts'
import type { PendingAccount } from '../credentials/credentials.ts'
import type { AddressPatch } from '../customer/address.ts'
import type { AnonymousLink } from '../customer/cart.ts'
import type { ContactAssignmentDraft, Standing } from '../customer/company.ts'
import type { CustomerType, ProfileTextField } from '../customer/customer.ts'
import type { JsonObject } from '../base/json.ts'
import type { MessageType } from '../events/message.ts'
import type { PreparedToken, OneTimeToken } from '../credentials/one-time-token.ts'
import type { Reference } from '../resources/resource.ts'

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
  key: 'CustomerProfileChanged',
  externalId: 'CustomerExternalIdSet',
}

export type ProfileAction =
  /** `languages`: those of which the customer's has to be one. */
  | { action: 'set'; field: ProfileTextField; value: string | undefined; languages?: readonly string[] }
  | {
      action: 'patchMixins'
      mixins: JsonObject | null | undefined
      mixinSchemas: SchemaPatch | null | undefined
      /** What is not named goes. */
      replacing?: boolean
    }

/** An address by its id or by the key that a client gave it. */
export interface AddressRef {
  addressId?: string | undefined
  addressKey?: string | undefined
}

export type AddressAction<T = Reference> =
  /** The use case gives the id. */
  | { action: 'addAddress'; address: AddressPatch<T>; addressId?: string }
  | ({ action: 'patchAddress'; address: AddressPatch<T> } & AddressRef)
  | ({ action: 'removeAddress' } & AddressRef)
  | ({ action: 'addAddressTags'; tags: string[] } & AddressRef)
  | ({ action: 'removeAddressTags'; tags: string[] } & AddressRef)
  /** Without a reference there is no default any more. */
  | ({ action: 'setDefaultAddress'; of: 'shipping' | 'billing' } & AddressRef)

/** The login e-mail of the first account, changed at once and unverified until its owner confirms it. */
export type EmailAction = {
  action: 'changeEmail'
  email: string
  /** When it is the customer who changes it: for the notice to the old address, and for the mail to the new one. */
  tokens?: { undo: PreparedToken; confirmation: PreparedToken } | undefined
}

export type CustomFieldsAction<T = Reference> =
  | ({ action: 'changeCustomFields' } & CustomAction<T>)
  | ({ action: 'changeAddressCustomFields' } & CustomAction<T> & AddressRef)

/** `T`: how Types are named; a request may do it by key, but nothing is applied before their ids are known. */
export type UpdateAction<T = Reference> =
  ProfileAction | AddressAction<T> | EmailAction | CustomFieldsAction<T>

/** Whether and as what a customer may sign in. The use case gives ids and prepares tokens. */
export type StatusAction =
  /** To be made active ends a lock-out, too. */
  | {
      action: 'setStatus'
      active?: boolean | undefined
      onHold?: boolean | undefined
      invitation?: PreparedToken | undefined
    }
  /** A contact that becomes a customer gets an account at its contact e-mail. */
  | {
      action: 'setType'
      type: CustomerType | undefined
      accountId?: string | undefined
      invitation?: PreparedToken | undefined
    }
  | { action: 'setRestriction'; restriction: string | undefined }

/** What only the back office may cause. References have been found to exist. */
export type ManagementAction =
  | StatusAction
  /** Once and for all; before, the number is the id. */
  | { action: 'setCustomerNumber'; customerNumber: string | undefined }
  | { action: 'setCustomerGroup'; customerGroupId: string | undefined }
  | { action: 'setCustomerGroupAssignments'; customerGroupIds: string[] }
  | { action: 'addCustomerGroupAssignment'; customerGroupId: string }
  | { action: 'removeCustomerGroupAssignment'; customerGroupId: string }
  | { action: 'setStores'; stores: string[] }
  | { action: 'addStore'; store: string }
  | { action: 'removeStore'; store: string }

/** What only the back office may cause, and a sign-up that names a company. */
export type ContactAssignmentAction =
  | ({ action: 'addContactAssignment'; assignmentId: string; draft: ContactAssignmentDraft } & Standing)
  | {
      action: 'changeContactAssignment'
      assignmentId: string
      draft: ContactAssignmentDraft
      /** Who of the back office writes it, and vouches for it by that. */
      confirmedBy?: Actor
      expectedVersion?: number | undefined
    }
  | { action: 'removeContactAssignment'; assignmentId: string }

export type SchemaPatch = { [name: string]: string | null }

/** Passwords of the system that a customer came from: what becomes of those that have not been used yet. */
export type MigrationAction =
  | { action: 'endLegacyPasswords'; invitation: PreparedToken | undefined }
  /** Once for each end date. */
  | { action: 'remindOfMigration'; endDate: string; invitation: PreparedToken }

/** What the owner of a mailbox has proved or asked for. */
export type MailboxAction =
  /** Of the first account: by a token that the shop delivered, or by the back office's word. */
  | { action: 'verifyEmail'; way: 'email_token' | 'back_office' }
  | {
      action: 'beginEmailChange'
      token: OneTimeToken<MailedTokenPurpose>
      newEmail: string
      syncContactEmail: boolean
    }
  | { action: 'completeEmailChange'; undoToken: OneTimeToken<MailedTokenPurpose> }
  /** A change that waits is not to be made. */
  | { action: 'dropEmailChange' }
  /** A change that was made at once is the owner's of the new mailbox, too. */
  | { action: 'confirmEmail'; tokenId: string }
  /** Back to the old address, where the token is mailed that makes the next password. By either mailbox's token. */
  | { action: 'undoEmailChange'; tokenId: string; reset: PreparedToken }
  /**
   * `welcome`: by a mail, once. `sessionId`: of the visitor who confirms. Who confirms by a mail that anyone can ask for, and
   * not in the session that signed up, chooses the password by `reset`.
   */
  | {
      action: 'acceptOptIn'
      token: OneTimeToken
      welcome: boolean
      sessionId?: string | undefined
      reset: PreparedToken
    }
  /** For ten minutes the same token is answered with the same success, without acting again. */
  | { action: 'spendToken'; tokenId: string }

export type TrustedAction =
  | { action: 'setPassword'; accountId: string; passwordHash: string; cause: PasswordCause }
  | { action: 'rehashPassword'; accountId: string; passwordHash: string }
  | { action: 'recordLogin'; accountId: string; sessionId?: string }
  /** An account that waits for its mailbox's owner. */
  | { action: 'addPendingAccount'; account: PendingAccount; token: OneTimeToken<MailedTokenPurpose> }
  /** The mailbox's owner has come back with the token, from within the record. */
  | { action: 'confirmAccount'; tokenId: string }
  | { action: 'dropPendingAccount'; tokenId: string }
  /** By the back office. Without a password its owner is invited to choose one. */
  | {
      action: 'addAccount'
      accountId: string
      email: string
      emailKey: string
      passwordHash?: string
      invitation?: PreparedToken | undefined
    }
  /** An employee has signed in as the customer. */
  | { action: 'recordAssistedLogin'; sessionId: string }
  | MigrationAction
  | MailboxAction
  | { action: 'requestDeletion'; token: OneTimeToken<MailedTokenPurpose> }
  /** A token that the back office delivers itself; without `replacing`, older ones stay good. */
  | { action: 'issueToken'; token: OneTimeToken<IssuedTokenPurpose>; replacing: boolean }
  /** A person who was a visitor before has signed in. */
  | { action: 'linkAnonymousSession'; link: AnonymousLink }
  /** With a password there is a hash; without, the customer signs in elsewhere. */
  | { action: 'setAuthenticationMode'; passwordHash: string | undefined }

export type CustomerAction = UpdateAction | ManagementAction | ContactAssignmentAction | TrustedAction

/**
 * The current password was given, or a one-time token: mailed to the account's mailbox, to the one that was proved before a
 * change, or handed out to the shop.
 */
export type PasswordCause = 'change' | 'mailed_token' | 'recovery_token' | 'handed_out_token'
