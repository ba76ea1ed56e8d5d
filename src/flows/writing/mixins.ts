/**
 * Mixins are valid when each value has a schema and satisfies it. Schemas are loaded from the network, so this happens
 * in the Worker, on a rehearsal of the change, and never in the customer's object.
 */
import type { MixinSchemaValidator } from '../ports/index.ts'
import type { Address } from '../../domain/customer/address.ts'
import type { Customer } from '../../domain/customer/customer.ts'
import { sameJson } from '../../domain/base/json.ts'
import { fail, ok, type Result, type Violation } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { CustomerAction } from '../../domain/changes/update-action.ts'
import type { UnresolvedAction } from './custom-fields.ts'

/** Whether the action can change a mixin, so that the change has to be rehearsed. No schema minds that all are gone. */
export function touchesMixins(action: CustomerAction | UnresolvedAction): boolean {
  switch (action.action) {
    case 'patchMixins':
      return action.mixins !== null
    case 'addAddress':
    case 'patchAddress': {
      const { mixins, mixinSchemas } = action.address
      return mixins !== null && (mixins !== undefined || mixinSchemas !== undefined)
    }
    case 'addContactAssignment':
    case 'changeContactAssignment':
      return Object.keys(action.draft.mixins).length > 0
    default:
      return false
  }
}

type Mixed = Pick<Address, 'mixins' | 'mixinSchemas'>

/** Something with mixins, and what it was before; `path` stands before the names of its fields. */
export interface MixinOwner {
  path: string
  was: Mixed | undefined
  is: Mixed
}

/** Checks what `after` has and `before` had not. Paths: `mixins.{name}…`, for an address `address.mixins.{name}…`. */
export function checkMixins(
  schemas: MixinSchemaValidator,
  tenant: Tenant,
  before: Customer | undefined,
  after: Customer,
): Promise<Result<void>> {
  const byId = <T extends { id: string }>(path: string, was: T[] = [], is: T[] = []) =>
    is.map((one) => ({ path, was: was.find(({ id }) => id === one.id), is: one }))
  return checkMixinOwners(schemas, tenant, [
    { path: '', was: before, is: after },
    ...byId('address.', before?.addresses, after.addresses),
    ...byId('', before?.contactAssignments, after.contactAssignments),
  ])
}

export async function checkMixinOwners(
  schemas: MixinSchemaValidator,
  tenant: Tenant,
  owners: readonly MixinOwner[],
): Promise<Result<void>> {
  const violations: Violation[] = []
  for (const { path, was, is } of owners) {
    for (const [name, value] of Object.entries(is.mixins)) {
      const url = Object.hasOwn(is.mixinSchemas, name) ? is.mixinSchemas[name] : undefined
      const same =
        was &&
        Object.hasOwn(was.mixins, name) &&
        sameJson(was.mixins[name], value) &&
        was.mixinSchemas[name] === url
      if (same) continue
      const field = `${path}mixins.${name}`
      if (url === undefined) {
        violations.push({ field, type: 'invalid', message: 'No matching schema found' })
        continue
      }
      const checked = await schemas.validate(tenant, url, value, field)
      if (!checked.ok && checked.error.kind === 'InvalidInput') violations.push(...checked.error.violations)
      else if (!checked.ok) return checked
    }
  }
  return violations.length === 0 ? ok(undefined) : fail({ kind: 'InvalidInput', violations })
}
