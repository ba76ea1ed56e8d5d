/**
 * Mixins are valid when each value has a schema and satisfies it. Schemas are loaded from the network, so this happens
 * in the Worker, on a rehearsal of the change, and never in the customer's object.
 */
import type { Address } from '../domain/address.ts'
import type { Customer } from '../domain/customer.ts'
import { sameJson } from '../domain/json.ts'
import { fail, ok, type Result, type Violation } from '../domain/result.ts'
import type { Tenant } from '../domain/tenant.ts'
import type { CustomerAction } from '../domain/update-action.ts'
import type { MixinSchemaValidator } from './ports.ts'

/** Whether the action can change a mixin, so that the change has to be rehearsed. */
export function touchesMixins(action: CustomerAction): boolean {
  switch (action.action) {
    case 'patchMixins':
      return true
    case 'addAddress':
    case 'patchAddress':
      return action.address.mixins !== undefined || action.address.mixinSchemas !== undefined
    default:
      return false
  }
}

/** Checks what `after` has and `before` had not. Paths: `mixins.{name}…`, for an address `address.mixins.{name}…`. */
export async function checkMixins(
  schemas: MixinSchemaValidator,
  tenant: Tenant,
  before: Customer | undefined,
  after: Customer,
): Promise<Result<void>> {
  const owners = [
    { path: '', was: before as Pick<Address, 'mixins' | 'mixinSchemas'> | undefined, is: after },
    ...after.addresses.map((is) => ({
      path: 'address.',
      was: before?.addresses.find(({ id }) => id === is.id),
      is,
    })),
  ]
  const violations: Violation[] = []
  for (const { path, was, is } of owners) {
    for (const [name, value] of Object.entries(is.mixins)) {
      const url = Object.hasOwn(is.mixinSchemas, name) ? is.mixinSchemas[name] : undefined
      const same = was && sameJson(was.mixins[name], value) && was.mixinSchemas[name] === url
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
