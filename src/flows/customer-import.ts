/**
 * Customers who come from another system, with the hashes of their passwords: each is stored whole or not at all, and none
 * stands in the way of the others. An item that is sent again, because its answer was lost, finds what it made and is
 * answered with that.
 */
import type { Actor } from '../domain/actor.ts'
import { emailKey } from '../domain/email-address.ts'
import { importLegacyPassword, importNativePassword, type LegacyAuth } from '../domain/imported-password.ts'
import { isOpen } from '../domain/password-migration.ts'
import { fail, invalid, ok, type Result } from '../domain/result.ts'
import type { Tenant } from '../domain/tenant.ts'
import { inTurns } from './bounded.ts'
import type { CustomerManagement } from './customer-management.ts'
import type { NewCustomer } from './new-customer.ts'
import type { Ports } from './ports.ts'

export interface ImportItem extends Omit<NewCustomer, 'email' | 'password' | 'passwordHash'> {
  email: string
  /** Exactly one of the two. */
  nativeHash?: string | undefined
  legacyAuth?: LegacyAuth | undefined
}

export interface Imported {
  id: string
  /** It was there already, as an earlier sending of the same item has left it. */
  repeated: boolean
}

/** Each is a call to a customer's object; two hundred items at once would be too many for one request. */
const atOnceMax = 10

export function customerImportFlow(
  { accounts, passwordMigrations, clock }: Pick<Ports, 'accounts' | 'passwordMigrations' | 'clock'>,
  { create }: Pick<CustomerManagement, 'create'>,
) {
  const hashOf = ({ nativeHash, legacyAuth }: ImportItem, acceptsLegacy: boolean): Result<string> => {
    if ((nativeHash === undefined) === (legacyAuth === undefined))
      return invalid('', "Exactly one of 'passwordHash' or 'legacyAuth' must be provided in the account")
    if (nativeHash !== undefined) return importNativePassword(nativeHash)
    if (!legacyAuth || !acceptsLegacy)
      return invalid('legacyAuth', 'This needs an active password migration retention configuration.')
    return importLegacyPassword(legacyAuth)
  }

  const importOne = async (
    tenant: Tenant,
    actor: Actor,
    item: ImportItem,
    acceptsLegacy: boolean,
  ): Promise<Result<Imported>> => {
    const { nativeHash: _native, legacyAuth: _legacy, ...customer } = item
    const { contactEmail = item.email } = item.draft
    if (emailKey(contactEmail) !== emailKey(item.email))
      return invalid('contactEmail', 'contactEmail has to be the same as account.email.')
    const hash = hashOf(item, acceptsLegacy)
    if (!hash.ok) return hash
    const draft = { ...item.draft, contactEmail }
    const created = await create({ tenant, actor }, { ...customer, draft, passwordHash: hash.value })
    if (created.ok) return ok({ id: created.value.id, repeated: false })
    if (created.error.kind !== 'EmailTaken' && created.error.kind !== 'CustomerIdTaken') return created
    const there = await accounts.findAccount(tenant.key, emailKey(item.email))
    const isRepeat = there?.passwordHash === hash.value && (item.id ?? there.customerId) === there.customerId
    return isRepeat ? ok({ id: there.customerId, repeated: true }) : created
  }

  return {
    /** In the order of the items; one that fails unexpectedly may be sent again. */
    async importAll(
      { tenant, actor }: { tenant: Tenant; actor: Actor },
      items: readonly ImportItem[],
    ): Promise<Result<Imported>[]> {
      const hasLegacy = items.some(({ legacyAuth }) => legacyAuth !== undefined)
      const migration = hasLegacy ? await passwordMigrations.find(tenant.key) : undefined
      const acceptsLegacy = isOpen(migration, clock.now())
      return inTurns(items, atOnceMax, (item) =>
        importOne(tenant, actor, item, acceptsLegacy).catch(() =>
          fail({ kind: 'Unavailable', dependency: 'customer' }),
        ),
      )
    },
  }
}
