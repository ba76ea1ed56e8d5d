/**
 * The kinds of access that the two documents know ("Note: The request needs to be authorized with …", "Scopes"). The documents
 * name no scope for most of what customers and visitors do, because their tokens have the same scopes there; ours may
 * have been asked for with fewer.
 */
import { reachScopes } from '../../domain/customer/reach.ts'
import { profileScopes } from '../../domain/tenant/scope.ts'
import type { Access } from '../../http/endpoint.ts'

export const anonymous: Access<'anonymous'> = { kinds: ['anonymous'], scopes: profileScopes.edit }
export const customer: Access<'customer'> = { kinds: ['customer'], scopes: profileScopes.edit }
export const customerViewer: Access<'customer'> = { kinds: ['customer'], scopes: profileScopes.view }
export const anybodyLooking: Access<'anonymous' | 'customer'> = {
  kinds: ['anonymous', 'customer'],
  scopes: profileScopes.view,
}

/** Ends or prolongs a session and shows nothing: any token of it may, whatever else it is good for. */
export const leaving: Access<'customer'> = { kinds: ['customer'] }
export const refreshing: Access<'anonymous' | 'customer'> = {
  kinds: ['anonymous', 'customer'],
  evenExpired: true,
}

/** Either kind, where the use case does not look at the customer's session itself. */
export const anonymousOrLiveCustomer: Access<'anonymous' | 'customer'> = {
  kinds: ['anonymous', 'customer'],
  scopes: profileScopes.edit,
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
