/**
 * The shapes of the requests of the tenant-managed document, by the names of its schemas. Unknown and read-only fields are
 * dropped. `null` means "clear" in a patch and "not given" elsewhere.
 */
import { z } from 'zod'
import { customerTypes } from '../../../domain/customer/customer.ts'
import { record } from '../../../http/bounds.ts'
import { customId } from '../custom-id.ts'
import { AddressUpdateDto, CustomerPatchDto, email, password } from '../schema.ts'

/** An empty type is none; a null clears it. */
const type = z.preprocess((value) => (value === '' ? null : value), z.enum(customerTypes).nullish())

const restriction = z.string().min(1).max(100).nullish()

const CustomerCreateDto = CustomerPatchDto.extend({
  type,
  photoUrl: z.string().max(4000).nullish(),
  restriction,
})

export const CustomerSignupBySellerDto = CustomerCreateDto.extend({
  id: customId.nullish(),
  password: password.nullish(),
})
export type CustomerSignupBySellerDto = z.infer<typeof CustomerSignupBySellerDto>

export const CustomerUpdateBySellerDto = CustomerCreateDto.extend({
  active: z.boolean().optional(),
  onHold: z.boolean().optional(),
})
export type CustomerUpdateBySellerDto = z.infer<typeof CustomerUpdateBySellerDto>

/** Each item of an import is checked by itself. */
export const CustomerImports = z.array(z.unknown()).max(200)

/** What hashes of known systems have is looked at where they are read; these bounds are wider. */
const hash = z.string().min(1).max(10_000)
const LegacyAuth = z.object({
  algorithm: z.string().min(1).max(100),
  hash,
  context: record(z.string().min(1).max(64), z.string().max(10_000), 100).nullish(),
})

/** Schema `Address_2`, with an id of the caller's choice. */
export const SellerAddress = AddressUpdateDto.extend({
  id: customId.nullish(),
  contactName: z.string().min(1).max(4000),
  country: z.string().length(2).nullish(),
})
export type SellerAddress = z.infer<typeof SellerAddress>

/** The document has no addresses here; a shop that moves here has them, and a second run for them would be a burden. */
export const CustomerImportDto = CustomerCreateDto.extend({
  id: customId.nullish(),
  addresses: z.array(SellerAddress).max(100).nullish(),
  account: z.object({ email, passwordHash: hash.nullish(), legacyAuth: LegacyAuth.nullish() }),
})
export type CustomerImportDto = z.infer<typeof CustomerImportDto>

const date = z.iso.date('This is not a date of the form 2027-01-31.')

export const PasswordMigrationRetentionConfigRequest = z.object({
  retentionEndDate: date,
  emailReminderDate: date.nullish(),
  emailNotificationsEnabled: z.boolean().nullish(),
})

export const AccountAssignment = z.object({ email })
export const AssistedBuyingLoginDto = z.object({ customerNumber: z.string().min(1).max(66) })

export const NotificationsQuery = z.object({
  sendPasswordResetNotifications: z
    .enum(['true', 'false'])
    .default('true')
    .transform((text) => text === 'true'),
})
