/**
 * Customers and addresses that the back office names itself, and writes without asking first whether they are there. Of two
 * who write the same one at once, one makes it and the other changes it.
 */
import type { Ports } from '../ports/index.ts'
import type { AddressPatch } from '../../domain/customer/address.ts'
import { fail, invalid, ok, type Result } from '../../domain/base/result.ts'
import type { UpdateAction } from '../../domain/changes/update-action.ts'
import type { OfficeContext } from '../context.ts'
import type { CustomerManagement, OfficeAction, UpdateOptions } from './customer-management.ts'
import type { NewCustomer } from '../writing/new-customer.ts'

interface WantedAddress {
  address: AddressPatch
  addressId?: string | undefined
}

export function customerUpsertsFlow(
  { ids }: Pick<Ports, 'ids'>,
  { create, update }: Pick<CustomerManagement, 'create' | 'update'>,
) {
  return {
    /**
     * Changes the customer of this id, or makes it; true when it was made. A caller who expects a version of a customer that
     * there is not has lost it. A company makes no customer in this way, because the id of another customer must look like
     * one that is not given out.
     */
    async put(
      office: OfficeContext,
      id: string,
      { changes, creation }: { changes: readonly OfficeAction[]; creation: NewCustomer },
      options: UpdateOptions,
    ): Promise<Result<boolean>> {
      const change = async (): Promise<Result<boolean>> => {
        const updated = await update(office, { id }, changes, options)
        return updated.ok ? ok(false) : updated
      }
      const changed = await change()
      const isFinal = changed.ok || changed.error.kind !== 'CustomerNotFound'
      if (isFinal || office.reach?.kind === 'company') return changed
      const { expectedVersion: expected } = options
      if (expected !== undefined)
        return fail({ kind: 'VersionConflict', customerId: id, expected, actual: 0 })
      const created = await create(office, { ...creation, id }, options)
      if (created.ok) return ok(true)
      if (created.error.kind !== 'CustomerIdTaken') return created
      // Another request was faster; or the id belonged to a customer who was deleted, and stays taken.
      const again = await change()
      return again.ok || again.error.kind !== 'CustomerNotFound' ? again : created
    },

    /** The id of the new address; fails with `ValueTaken` when the wanted one is another's. */
    async addAddress(
      office: OfficeContext,
      customerId: string,
      { address, addressId = ids.addressId() }: WantedAddress,
    ): Promise<Result<string>> {
      const added = await update(
        office,
        { id: customerId },
        [{ action: 'addAddress', addressId, address }],
        {},
      )
      return added.ok ? ok(addressId) : added
    },

    /** True when there was no address of this id before. */
    async putAddress(
      office: OfficeContext,
      customerId: string,
      { address, addressId }: WantedAddress & { addressId: string },
      { expectedVersion }: Pick<UpdateOptions, 'expectedVersion'>,
    ): Promise<Result<boolean>> {
      const wanted = { addressId, address }
      const write = (action: UpdateAction) =>
        update(office, { id: customerId }, [action], { expectedVersion })
      const changed = await write({ action: 'patchAddress', ...wanted })
      if (changed.ok) return ok(false)
      if (changed.error.kind !== 'AddressNotFound') return changed
      if (!address.contactName) return invalid('contactName', 'contactName is required.', 'missing')
      const added = await write({ action: 'addAddress', ...wanted })
      if (added.ok) return ok(true)
      // Another request was faster.
      const again =
        added.error.kind === 'ValueTaken' ? await write({ action: 'patchAddress', ...wanted }) : added
      return again.ok ? ok(false) : again
    },
  }
}
