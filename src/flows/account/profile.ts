/**
 * Reading and changing one's own profile and addresses.
 */
import type { ResourceRef } from '../../domain/base/names.ts'
import type { AddressPatch } from '../../domain/customer/address.ts'
import { getAddress, type AddressOfCustomer, type Customer } from '../../domain/customer/customer.ts'
import { ok, type Result } from '../../domain/base/result.ts'
import type { UpdateAction } from '../../domain/changes/update-action.ts'
import type { ChangeCustomer } from '../writing/change-customer.ts'
import { proofOf, refOf, type CustomerContext } from '../context.ts'
import type { LoginEmailFlow } from './login-email.ts'
import type { CustomerOutcome, Ports } from '../ports/index.ts'

export function profileFlow(ports: ProfilePorts, changeCustomer: ChangeCustomer, loginEmail: LoginEmailFlow) {
  const { customers, clock, ids } = ports

  const update = async (
    context: CustomerContext,
    actions: UpdateAction<ResourceRef>[],
    expectedVersion?: number,
  ): Promise<Result<CustomerOutcome>> => {
    const { tenant, principal, actor, place } = context
    const prepared = await loginEmail.prepare(context, actions, expectedVersion)
    if (!prepared.ok) return prepared
    const updated = await changeCustomer({
      tenant,
      ref: refOf(principal),
      proof: proofOf(principal),
      actions: prepared.value.actions,
      place,
      actor,
      ...(expectedVersion !== undefined && { expectedVersion }),
    })
    if (updated.ok) await prepared.value.afterwards()
    return updated
  }

  const read = ({ principal }: CustomerContext): Promise<Result<Customer>> =>
    customers.read(refOf(principal), proofOf(principal), clock.now())

  return {
    read,

    async findAddress(context: CustomerContext, addressId: string): Promise<Result<AddressOfCustomer>> {
      const found = await read(context)
      return found.ok ? getAddress(found.value, addressId) : found
    },

    /** Fails with `VersionConflict` when a version is expected and is not the current one. */
    update,

    /** The id of the new address. */
    async addAddress(context: CustomerContext, address: AddressPatch): Promise<Result<string>> {
      const addressId = ids.addressId()
      const outcome = await update(context, [{ action: 'addAddress', addressId, address }])
      return outcome.ok ? ok(addressId) : outcome
    },
  }
}

type ProfilePorts = Pick<Ports, 'customers' | 'clock' | 'ids'>
