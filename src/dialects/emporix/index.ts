/**
 * The Emporix dialect: its endpoints in the order in which the router has to see them.
 */
import type { Dialect } from '../../http/endpoint.ts'
import { addressEndpoints } from './addresses.ts'
import { authenticationEndpoints } from './authentication.ts'
import { credentialsEndpoints } from './credentials.ts'
import { customerAddressEndpoints } from './office/customer-addresses.ts'
import { customerEndpoints } from './office/customers.ts'
import { presentFailure } from './error.ts'
import { importEndpoints } from './office/import.ts'
import { meEndpoints } from './me.ts'

export const emporixDialect: Dialect = {
  name: 'emporix',
  endpoints: [
    ...authenticationEndpoints,
    ...meEndpoints,
    ...addressEndpoints,
    ...credentialsEndpoints,
    ...importEndpoints,
    ...customerEndpoints,
    ...customerAddressEndpoints,
  ],
  presentFailure,
}
