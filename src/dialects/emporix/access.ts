/**
 * The kinds of access that the two documents know ("Note: The request needs to be authorized with …", "Scopes").
 */
import { reachScopes } from '../../domain/customer/reach.ts'
import type { Access } from '../../http/endpoint.ts'

export const anonymous: Access<'anonymous'> = { kinds: ['anonymous'] }
export const customer: Access<'customer'> = { kinds: ['customer'] }

/** Either kind, where the use case does not look at the customer's session itself. */
export const anonymousOrLiveCustomer: Access<'anonymous' | 'customer'> = {
  kinds: ['anonymous', 'customer'],
  checkSession: true,
}

/** The back office, and customers who manage those of their company. */
export const customerReader: Access<'service' | 'customer'> = {
  kinds: ['service', 'customer'],
  scopes: Object.values(reachScopes.read),
  reach: 'read',
}
export const customerManager: Access<'service' | 'customer'> = {
  kinds: ['service', 'customer'],
  scopes: Object.values(reachScopes.manage),
  reach: 'manage',
}

/** The back office alone: the document has no `_own` scopes for accounts and addresses. */
export const officeReader: Access<'service'> = { kinds: ['service'], scopes: [reachScopes.read.all] }
export const officeManager: Access<'service'> = { kinds: ['service'], scopes: [reachScopes.manage.all] }
export const importReader: Access<'service'> = { kinds: ['service'], scopes: ['customer.import_read'] }
export const importManager: Access<'service'> = { kinds: ['service'], scopes: ['customer.import_manage'] }
export const assistant: Access<'service'> = {
  kinds: ['service'],
  scopes: ['customer.assistedBuying_manage'],
}
