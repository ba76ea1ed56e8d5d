/**
 * Changing one customer, whoever asks: one call to the customer's object. Only when free data is touched is the change
 * rehearsed here first, because what that data has to look like is looked up elsewhere; the write is then bound to the
 * version that it was rehearsed on.
 */
import { apply } from '../domain/apply.ts'
import type { CustomerRecord } from '../domain/change.ts'
import type { Result } from '../domain/result.ts'
import type { Tenant } from '../domain/tenant.ts'
import type { ManagementAction, UpdateAction } from '../domain/update-action.ts'
import { checkMixins, touchesMixins } from './mixins.ts'
import type { Conditions, CustomerOutcome, CustomerRef, Ports } from './ports.ts'

/** Rehearsals that lose against other writers before the conflict is the caller's. */
const rehearsalsMax = 5

/** Whose record is to change, and what proves that the caller may: a session, or an actor of the back office. */
export interface ChangeRequest extends Pick<Conditions, 'proof' | 'actor' | 'expectedVersion'> {
  tenant: Tenant
  ref: CustomerRef
  actions: (UpdateAction | ManagementAction)[]
}

export type ChangeCustomer = ReturnType<typeof changeCustomerFlow>

/** Fails with `VersionConflict` when a version is expected and is not the current one. */
export function changeCustomerFlow({ customers, mixinSchemas, clock, ids }: ChangeCustomerPorts) {
  const execute = ({ ref, proof, actor, actions, expectedVersion }: ChangeRequest) =>
    customers.execute(ref, {
      now: clock.now(),
      operationId: ids.operationId(),
      actions: actions.map((action) =>
        action.action === 'addAddress' ? { addressId: ids.addressId(), ...action } : action,
      ),
      ...(proof && { proof }),
      ...(actor && { actor }),
      ...(expectedVersion !== undefined && { expectedVersion }),
    })

  const readRecord = ({ ref, proof }: ChangeRequest): Promise<Result<CustomerRecord>> =>
    proof ? customers.readRecord(ref, proof, clock.now()) : customers.inspect(ref)

  const rehearse = async (request: ChangeRequest): Promise<Result<CustomerOutcome>> => {
    const before = await readRecord(request)
    if (!before.ok) return before
    const change = apply(before.value, request.actions, clock.now())
    if (!change.ok) return change
    const { customer } = before.value
    const { customer: after } = change.value.record
    const valid = await checkMixins(mixinSchemas, request.tenant, customer, after)
    return valid.ok ? execute({ expectedVersion: customer.version, ...request }) : valid
  }

  return async (request: ChangeRequest): Promise<Result<CustomerOutcome>> => {
    if (!request.actions.some(touchesMixins)) return execute(request)
    for (let lost = 1; ; lost += 1) {
      const outcome = await rehearse(request)
      const raced =
        !outcome.ok && outcome.error.kind === 'VersionConflict' && request.expectedVersion === undefined
      if (!raced || lost === rehearsalsMax) return outcome
    }
  }
}

type ChangeCustomerPorts = Pick<Ports, 'customers' | 'mixinSchemas' | 'clock' | 'ids'>
