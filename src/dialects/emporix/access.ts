/**
 * The kinds of access that the customer-managed document knows ("Note: The request needs to be authorized with …").
 */
import type { Access } from '../../http/endpoint.ts'

export const anonymous: Access<'anonymous'> = { kinds: ['anonymous'] }
export const customer: Access<'customer'> = { kinds: ['customer'] }

/** Either kind, where the use case does not look at the customer's session itself. */
export const anonymousOrLiveCustomer: Access<'anonymous' | 'customer'> = {
  kinds: ['anonymous', 'customer'],
  checkSession: true,
}
