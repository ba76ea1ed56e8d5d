/**
 * The commercetools dialect: its endpoints, under the key of the project, which is the tenant.
 */
import type { Dialect } from '../../http/endpoint.ts'
import { customerEndpoints } from './customers.ts'
import { presentFailure } from './error.ts'
import { meEndpoints } from './me.ts'

export const commercetoolsDialect: Dialect = {
  name: 'commercetools',
  endpoints: [...meEndpoints, ...customerEndpoints],
  tenantParameters: [],
  presentFailure,
}
