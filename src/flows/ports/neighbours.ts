/**
 * The ports to services of the tenant: schemas of mixins, and carts.
 */
import type { Json, JsonObject } from '../../domain/base/json.ts'
import type { Result } from '../../domain/base/result.ts'
import type { AnonymousLink } from '../../domain/customer/cart.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'

export interface MixinSchemaValidator {
  /** Violations of `value` against the schema at `url`, with paths below `field`. */
  validate(tenant: Tenant, url: string, value: Json, field: string): Promise<Result<void>>
}

/** The carts of a tenant that has named a service for them. */
export interface CartService {
  /** The customer's cart after the log-in; undefined when there is none, or no service to ask. */
  link(tenant: Tenant, customerId: string, link: AnonymousLink): Promise<JsonObject | undefined>
}
