/**
 * Who is calling, as proved by an access token, and the scopes that each kind of caller carries.
 * A principal of one tenant has no meaning in another; whether a customer's session is still alive is not known here but
 * in the customer's object.
 */
import type { Tenant } from './tenant.ts'

export type Principal = AnonymousPrincipal | CustomerPrincipal | ServicePrincipal
export type PrincipalKind = Principal['kind']

export interface AnonymousPrincipal {
  kind: 'anonymous'
  tenant: string
  /** The public session id, kept through log-in; it proves nothing. */
  sessionId: string
  clientId: string
  scopes: string[]
}

export interface CustomerPrincipal {
  kind: 'customer'
  tenant: string
  customerId: string
  sessionId: string
  /** Id of the session in the customer's object, new at each log-in and known to its token holder only. */
  sessionKey: string
  scopes: string[]
  legalEntityId?: string
}

export interface ServicePrincipal {
  kind: 'service'
  tenant: string
  clientId: string
  scopes: string[]
}

/** Every customer token has these (Emporix "Base set", plus what account assignment needs). */
export const customerScopes = [
  'customer.customerprofile_edit',
  'customer.customerprofile_view',
  'order.history_view',
  'order.order_readascustomer',
  'order.order_updateascustomer',
  'coupon.coupon_redeem',
  'customer.consent_view',
  'customer.consent_manage',
  'customer.customer_update',
] as const

export function hasAnyScope(principal: Principal, required: readonly string[]): boolean {
  return required.length === 0 || required.some((scope) => principal.scopes.includes(scope))
}

/** The scope string of a token answer: the scopes and the tenant that they hold in. */
export function scopeText(tenant: Tenant['key'], scopes: readonly string[]): string {
  return [...scopes, `tenant=${tenant}`].join(' ')
}
