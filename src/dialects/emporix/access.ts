/**
 * The kinds of access that the two documents know ("Note: The request needs to be authorized with …", "Scopes").
 */
import type { Access } from '../../http/endpoint.ts'

export const anonymous: Access<'anonymous'> = { kinds: ['anonymous'] }
export const customer: Access<'customer'> = { kinds: ['customer'] }

/** Either kind, where the use case does not look at the customer's session itself. */
export const anonymousOrLiveCustomer: Access<'anonymous' | 'customer'> = {
  kinds: ['anonymous', 'customer'],
  checkSession: true,
}

/** The back office; what `_own` scopes reach is the customers of a company, and a service belongs to none. */
export const customerReader: Access<'service'> = { kinds: ['service'], scopes: ['customer.customer_read'] }
export const customerManager: Access<'service'> = {
  kinds: ['service'],
  scopes: ['customer.customer_manage'],
}
export const importReader: Access<'service'> = { kinds: ['service'], scopes: ['customer.import_read'] }
export const importManager: Access<'service'> = { kinds: ['service'], scopes: ['customer.import_manage'] }
export const assistant: Access<'service'> = {
  kinds: ['service'],
  scopes: ['customer.assistedBuying_manage'],
}
