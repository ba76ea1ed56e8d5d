/**
 * Custom fields are valid when their Type exists and takes them, and when what they refer to exists. Types are read from
 * the database, so this happens in the Worker, on a rehearsal of the change. Nothing is remembered between requests: a Type
 * that has changed counts at once.
 */
import type { ResourceRef } from '../../domain/base/names.ts'
import type { AddressPatch } from '../../domain/customer/address.ts'
import {
  checkFields,
  type CustomFields,
  type CustomFieldsOwner,
} from '../../domain/customer/custom-fields.ts'
import type { Customer, CustomerDraft } from '../../domain/customer/customer.ts'
import type { ValueReference } from '../../domain/resources/field-values.ts'
import { sameJson } from '../../domain/base/json.ts'
import type { Reference } from '../../domain/resources/resource.ts'
import { fail, ok, type Result, type Violation } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type {
  ContactAssignmentAction,
  CustomerAction,
  ManagementAction,
  TrustedAction,
  UpdateAction,
} from '../../domain/changes/update-action.ts'
import type { References } from './references.ts'

/** Actions and drafts as a request has them: Types may be named by key. */
export type UnresolvedAction =
  UpdateAction<ResourceRef> | ManagementAction | ContactAssignmentAction | TrustedAction
export interface UnresolvedCustomer {
  draft: CustomerDraft<ResourceRef>
  addresses: AddressPatch<ResourceRef>[]
}

/** Names the Type of some custom fields by its id. */
type Identify = (custom: CustomFields<ResourceRef>) => CustomFields

/** Whether the action can bring in values or take away a required one, so that the change has to be rehearsed. */
export function touchesCustomFields(action: CustomerAction | UnresolvedAction): boolean {
  switch (action.action) {
    case 'changeCustomFields':
    case 'changeAddressCustomFields':
      return true
    case 'addAddress':
    case 'patchAddress':
      return action.address.custom != null
    default:
      return false
  }
}

/** Those of the named customers that exist, in one query. */
export interface CustomersById {
  findAll(office: { tenant: Tenant }, ids: readonly string[]): Promise<Result<Customer[]>>
}

export type CustomFieldsFlow = ReturnType<typeof customFieldsFlow>

export function customFieldsFlow(references: References, customers: CustomersById) {
  /** `write` with every Type by its id; asks for the ids of Types only when there is one named by key. */
  const identified = async <T>(tenant: Tenant, write: (identify: Identify) => T): Promise<Result<T>> => {
    const keys = new Set<string>()
    write(({ type, fields }) => {
      if ('key' in type) keys.add(type.key)
      return { type: byId(''), fields }
    })
    const refs = Array.from(keys, (key) => ({ key }))
    const found = await references.resolve(tenant, 'type', refs)
    if (!found.ok) return found
    const idOf = (ref: ResourceRef) =>
      'id' in ref ? ref.id : (found.value.find(({ key }) => key === ref.key)?.id ?? '')
    return ok(write(({ type, fields }) => ({ type: byId(idOf(type)), fields })))
  }

  /** Those kinds of things that are here have to exist; others are unknown here. */
  const resolveValues = async (tenant: Tenant, values: ValueReference[]): Promise<Result<unknown>> => {
    const idsOf = (typeId: string) =>
      Array.from(new Set(values.filter((value) => value.typeId === typeId).map(({ id }) => id)), (id) => ({
        id,
      }))
    const groups = await references.resolve(tenant, 'customer-group', idsOf('customer-group'))
    if (!groups.ok) return groups
    const wanted = idsOf('customer').map(({ id }) => id)
    const found = await customers.findAll({ tenant }, wanted)
    if (!found.ok) return found
    const missing = wanted.find((id) => !found.value.some((customer) => customer.id === id))
    if (missing !== undefined) return fail({ kind: 'ReferenceUnresolved', of: 'customer', id: missing })
    return ok(undefined)
  }

  return {
    identifyActions(tenant: Tenant, actions: readonly UnresolvedAction[]): Promise<Result<CustomerAction[]>> {
      return identified(tenant, (identify) => actions.map((action) => withTypeIds(action, identify)))
    },

    identifyDraft(
      tenant: Tenant,
      { draft, addresses }: UnresolvedCustomer,
    ): Promise<Result<{ draft: CustomerDraft; addresses: AddressPatch[] }>> {
      return identified(tenant, (identify) => {
        const { custom, ...rest } = draft
        return {
          draft: custom ? { ...rest, custom: identify(custom) } : rest,
          addresses: addresses.map((address) => addressWithTypeId(address, identify)),
        }
      })
    },

    /** Checks what `after` has and `before` had not; without anything of that, nothing is asked. */
    async check(tenant: Tenant, before: Customer | undefined, after: Customer): Promise<Result<void>> {
      const changes = changesOf(before, after)
      if (changes.length === 0) return ok(undefined)
      const refs = Array.from(new Set(changes.map(({ is }) => is.type.id)), (id) => ({ id }))
      const types = await references.resolve(tenant, 'type', refs)
      if (!types.ok) return types
      const violations: Violation[] = []
      const values: ValueReference[] = []
      for (const { owner, was, is } of changes) {
        const type = types.value.find(({ id }) => id === is.type.id)
        if (!type) return fail({ kind: 'ReferenceUnresolved', of: 'type', id: is.type.id })
        const checked = checkFields(owner, was, is, type)
        if (checked.ok) values.push(...checked.value)
        else if (checked.error.kind === 'InvalidInput') violations.push(...checked.error.violations)
        else return checked
      }
      if (violations.length > 0) return fail({ kind: 'InvalidInput', violations })
      const resolved = await resolveValues(tenant, values)
      return resolved.ok ? ok(undefined) : resolved
    },
  }
}

interface CustomChange {
  owner: CustomFieldsOwner
  was: CustomFields | undefined
  is: CustomFields
}

function changesOf(before: Customer | undefined, after: Customer): CustomChange[] {
  const owners = [
    { owner: 'customer' as const, was: before?.custom, is: after.custom },
    ...after.addresses.map(({ id, custom }) => ({
      owner: 'address' as const,
      was: before?.addresses.find((address) => address.id === id)?.custom,
      is: custom,
    })),
  ]
  return owners.flatMap(({ owner, was, is }) =>
    is === undefined || (was && sameJson(was, is)) ? [] : [{ owner, was, is }],
  )
}

function withTypeIds(action: UnresolvedAction, identify: Identify): CustomerAction {
  switch (action.action) {
    case 'addAddress':
    case 'patchAddress':
      return { ...action, address: addressWithTypeId(action.address, identify) }
    case 'changeCustomFields':
    case 'changeAddressCustomFields':
      if (action.change === 'field') return action
      return { ...action, custom: action.custom && identify(action.custom) }
    default:
      return action
  }
}

function addressWithTypeId(address: AddressPatch<ResourceRef>, identify: Identify): AddressPatch {
  const { custom, ...rest } = address
  if (custom === undefined) return rest
  return { ...rest, custom: custom && identify(custom) }
}

function byId(id: string): Reference {
  return { typeId: 'type', id }
}
