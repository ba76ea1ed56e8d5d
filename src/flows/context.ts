/**
 * What every use case is told about its caller, and how a use case is put together.
 * `network` is the caller's IPv4 address or IPv6 /64, as the platform saw it; no client can choose it.
 */
import type { CustomerPrincipal } from '../domain/principal.ts'
import type { SessionGrant } from '../domain/session.ts'
import type { Tenant } from '../domain/tenant.ts'
import type { CustomerRef, SessionProof } from './ports.ts'

export interface Context {
  tenant: Tenant
  network: string
}

/** A use case for somebody who may be anybody, with the public session that he brought along. */
export interface VisitorContext extends Context {
  sessionId?: string | undefined
  /** How a session is to be opened; absent: the tenant's rotating one. */
  grant?: SessionGrant
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
