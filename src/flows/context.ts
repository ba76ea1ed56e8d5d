/**
 * What every use case is told about its caller, and how a use case is put together.
 * `network` is the caller's IPv4 address or IPv6 /64, as the platform saw it; no client can choose it.
 */
import type { Reach } from '../domain/customer/reach.ts'
import type { Actor } from '../domain/base/actor.ts'
import type { AnonymousLink } from '../domain/customer/cart.ts'
import type { CustomerPrincipal } from '../domain/tenant/principal.ts'
import type { SessionGrant } from '../domain/credentials/session.ts'
import type { Tenant } from '../domain/tenant/tenant.ts'
import type { CustomerRef, SessionProof } from './ports/index.ts'

export interface Context {
  tenant: Tenant
  /** Undefined when the shop's own server asks for its customers: those calls are limited by account alone. */
  network: string | undefined
  /** As whom changes are recorded. */
  actor: Actor
  /** Two letters of the country that the request came from, as the platform saw it. */
  place?: string | undefined
}

/** A use case of the back office, whose principal has been found to be allowed. */
export interface OfficeContext {
  tenant: Tenant
  actor: Actor
  /** Key of the store that the caller keeps to: customers of others do not exist. Absent: no such limit. */
  store?: string
  /** Keys of the stores that the caller may move customers between. Absent: of all. */
  ownStores?: readonly string[]
  /** Whose records the caller reaches: all others do not exist. Absent: the tenant's. */
  reach?: Reach
}

/** A use case for a visitor whose identity is not known, with the public session that the request brings along. */
export interface VisitorContext extends Context {
  sessionId?: string | undefined
  /** The client of the token that the caller holds, which need not have shown its secret. */
  clientId?: string | undefined
  /** How a session is to be opened; absent: the tenant's rotating one. */
  grant?: SessionGrant
  /** At which store, or at none; absent where stores are unknown. */
  signInAt?: { store: string | undefined }
  /** Which visitor the customer was, for the carts; absent: the cart service is not told. */
  link?: AnonymousLink
}

/** A use case for a customer, who has been recognised but whose session has still to be found alive. */
export interface CustomerContext extends Context {
  principal: CustomerPrincipal
}

export function refOf({ tenant, customerId }: CustomerPrincipal): CustomerRef {
  return { tenant, customerId }
}

export function proofOf({ sessionKey }: CustomerPrincipal): SessionProof {
  return { sessionKey }
}
