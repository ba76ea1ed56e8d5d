/**
 * Changing one customer, for every caller: one call to the customer's object. Only when free data is touched is the change
 * rehearsed here first, because what that data has to look like is looked up elsewhere; the write is then bound to the
 * version that it was rehearsed on.
 */
import { apply } from '../../domain/changes/apply.ts'
import type { CustomerRecord } from '../../domain/changes/change.ts'
import { fail, type Result } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { CustomerAction } from '../../domain/changes/update-action.ts'
import { refusal } from '../object/conditions.ts'
import { touchesCustomFields, type CustomFieldsFlow, type UnresolvedAction } from './custom-fields.ts'
import { checkMixins, touchesMixins } from './mixins.ts'
import type { Conditions, CustomerOutcome, CustomerRef, Ports } from '../ports/index.ts'

/** Rehearsals that lose against other writers before the conflict is the caller's. */
const rehearsalsMax = 5

/** Whose record is to change, and what proves that the caller may: a session, or an actor of the back office. */
export interface ChangeRequest extends Pick<
  Conditions,
  'proof' | 'actor' | 'store' | 'reach' | 'ownStores' | 'expectedVersion'
> {
  place?: string | undefined
  tenant: Tenant
  ref: CustomerRef
  actions: UnresolvedAction[]
}

/** A request whose Types are all named by id. */
type IdentifiedRequest = Omit<ChangeRequest, 'actions'> & { actions: CustomerAction[] }

export type ChangeCustomer = ReturnType<typeof changeCustomerFlow>

/** Fails with `VersionConflict` when a version is expected and is not the current one. */
export function changeCustomerFlow(
  { customers, mixinSchemas, clock, ids }: ChangeCustomerPorts,
  customFields: CustomFieldsFlow,
) {
  const execute = ({ tenant: _tenant, ref, actions, ...conditions }: IdentifiedRequest) =>
    customers.execute(ref, {
      ...conditions,
      now: clock.now(),
      operationId: ids.operationId(),
      actions: actions.map((action) =>
        action.action === 'addAddress' ? { addressId: ids.addressId(), ...action } : action,
      ),
    })

  const readRecord = ({ ref, proof }: ChangeRequest): Promise<Result<CustomerRecord>> =>
    proof ? customers.readRecord(ref, proof, clock.now()) : customers.inspect(ref, { now: clock.now() })

  const rehearse = async (request: ChangeRequest): Promise<Result<CustomerOutcome>> => {
    const before = await readRecord(request)
    if (!before.ok) return before
    const { tenant, store, reach, expectedVersion } = request
    const within = { ...(store !== undefined && { store }), ...(reach && { reach }) }
    const conditions = { ...within, ...(expectedVersion && { expectedVersion }) }
    const refused = refusal(before.value, undefined, { now: clock.now(), ...conditions })
    if (refused) return fail(refused)
    const { customer } = before.value
    const { version } = customer
    const actions = await customFields.identifyActions(tenant, request.actions)
    if (!actions.ok) return actions
    const change = apply(before.value, actions.value, clock.now())
    if (!change.ok) return change
    const { customer: after } = change.value.record
    const valid = await checkMixins(mixinSchemas, tenant, customer, after)
    if (!valid.ok) return valid
    const fitting = await customFields.check(tenant, customer, after)
    return fitting.ok ? execute({ ...request, actions: actions.value, expectedVersion: version }) : fitting
  }

  return async (request: ChangeRequest): Promise<Result<CustomerOutcome>> => {
    if (!request.actions.some(needsRehearsal)) {
      const actions = await customFields.identifyActions(request.tenant, request.actions)
      return actions.ok ? execute({ ...request, actions: actions.value }) : actions
    }
    for (let lost = 1; ; lost += 1) {
      const outcome = await rehearse(request)
      const raced =
        !outcome.ok && outcome.error.kind === 'VersionConflict' && request.expectedVersion === undefined
      if (!raced || lost === rehearsalsMax) return outcome
    }
  }
}

function needsRehearsal(action: UnresolvedAction): boolean {
  return touchesMixins(action) || touchesCustomFields(action)
}

type ChangeCustomerPorts = Pick<Ports, 'customers' | 'mixinSchemas' | 'clock' | 'ids'>
