/**
 * Reading and changing one's own profile and addresses.
 * An update is one call to the customer's object. Only when mixins are touched is the change rehearsed here first, and
 * then bound to the version that it was rehearsed on.
 */
import { apply } from '../domain/apply.ts'
import type { AddressPatch } from '../domain/address.ts'
import type { Customer } from '../domain/customer.ts'
import { ok, type Result } from '../domain/result.ts'
import type { UpdateAction } from '../domain/update-action.ts'
import { proofOf, refOf, type CustomerContext } from './context.ts'
import { checkMixins, touchesMixins } from './mixins.ts'
import type { CustomerOutcome, Ports } from './ports.ts'

/** Rehearsals that lose against other writers before the conflict is the caller's. */
const rehearsalsMax = 5

export function profileFlow({ customers, mixinSchemas, clock, ids }: ProfilePorts) {
  const execute = (
    { principal }: CustomerContext,
    actions: UpdateAction[],
    expectedVersion: number | undefined,
  ): Promise<Result<CustomerOutcome>> =>
    customers.execute(refOf(principal), {
      now: clock.now(),
      operationId: ids.operationId(),
      proof: proofOf(principal),
      actions: actions.map(withId),
      ...(expectedVersion === undefined ? {} : { expectedVersion }),
    })

  const withId = (action: UpdateAction): UpdateAction =>
    action.action === 'addAddress' ? { addressId: ids.addressId(), ...action } : action

  const rehearse = async (
    context: CustomerContext,
    actions: UpdateAction[],
    expectedVersion: number | undefined,
  ): Promise<Result<CustomerOutcome>> => {
    const { principal, tenant } = context
    const before = await customers.readRecord(refOf(principal), proofOf(principal), clock.now())
    if (!before.ok) return before
    const change = apply(before.value, actions, clock.now())
    if (!change.ok) return change
    const valid = await checkMixins(mixinSchemas, tenant, before.value.customer, change.value.record.customer)
    return valid.ok ? execute(context, actions, expectedVersion ?? before.value.customer.version) : valid
  }

  const update = async (
    context: CustomerContext,
    actions: UpdateAction[],
    expectedVersion?: number,
  ): Promise<Result<CustomerOutcome>> => {
    if (!actions.some(touchesMixins)) return execute(context, actions, expectedVersion)
    for (let lost = 1; ; lost += 1) {
      const outcome = await rehearse(context, actions, expectedVersion)
      const raced = !outcome.ok && outcome.error.kind === 'VersionConflict' && expectedVersion === undefined
      if (!raced || lost === rehearsalsMax) return outcome
    }
  }

  return {
    read({ principal }: CustomerContext): Promise<Result<Customer>> {
      return customers.read(refOf(principal), proofOf(principal), clock.now())
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

type ProfilePorts = Pick<Ports, 'customers' | 'mixinSchemas' | 'clock' | 'ids'>
