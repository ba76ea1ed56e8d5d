/**
 * Who is calling, as proved by an access token, and the scopes that each kind of caller carries.
 * A principal of one tenant has no meaning in another; whether a customer's session is still alive is not known here but
 * in the customer's object.
 */
import type { Actor } from '../base/actor.ts'
import { sufficientScopes } from './scope.ts'
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
  /** Opened by the id of the client alone, which is public: the client answers for nothing that this visitor does. */
  withoutSecret?: true
}

export interface CustomerPrincipal {
  kind: 'customer'
  tenant: string
  customerId: string
  sessionId: string
  /** Id of the session in the customer's object, new at each log-in and known to its token holder only. */
  sessionKey: string
  scopes: string[]
  /** Through which the session was opened, as far as one was named. */
  clientId?: string
  /** The company that the token was asked for; whether the customer still acts for it is not known here. */
  legalEntityId?: string
}

export interface ServicePrincipal {
  kind: 'service'
  tenant: string
  clientId: string
  scopes: string[]
}

/** Every customer token has these (Emporix "Base set", plus what account assignment and choosing a company need). */
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
  'customermanagement.legalentity_read_own',
] as const

/**
 * As whom a caller is recorded. The client of a customer is known where the customer's session is; a client that has not
 * shown its secret is not named.
 */
export function actorOf(principal: Principal | undefined, externalUserId?: string): Actor {
  const external = externalUserId === undefined ? {} : { externalUserId }
  switch (principal?.kind) {
    case 'customer':
      return { customerId: principal.customerId, ...external }
    case 'anonymous':
      return {
        ...(!principal.withoutSecret && { clientId: principal.clientId }),
        anonymousId: principal.sessionId,
        ...external,
      }
    case 'service':
      return { clientId: principal.clientId, ...external }
    case undefined:
      return external
  }
}

/** Within a store, what is held for that store is enough. */
export function hasAnyScope({ scopes }: Principal, required: readonly string[], store?: string): boolean {
  return required.length === 0 || sufficientScopes(required, store).some((scope) => scopes.includes(scope))
}

/** The scope string of a token answer: the scopes and the tenant that they hold in. */
export function scopeText(tenant: Tenant['key'], scopes: readonly string[]): string {
  return [...scopes, `tenant=${tenant}`].join(' ')
}
