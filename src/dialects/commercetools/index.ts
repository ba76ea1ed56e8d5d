/**
 * The commercetools dialect: its endpoints, under the key of the project, which is the tenant.
 */
import type { Dialect } from '../../http/endpoint.ts'
import { credentialsEndpoints } from './credentials.ts'
import { customerEndpoints } from './customers.ts'
import { customerGroupEndpoints } from './resources/customer-groups.ts'
import { presentFailure } from './error.ts'
import { meEndpoints } from './me.ts'
import { messageEndpoints } from './messages/messages.ts'
import { projectEndpoints } from './resources/project.ts'
import { storeEndpoints } from './resources/stores.ts'
import { typeEndpoints } from './resources/types.ts'

export const commercetoolsDialect: Dialect = {
  name: 'commercetools',
  endpoints: [
    ...projectEndpoints,
    ...meEndpoints,
    ...credentialsEndpoints,
    ...customerEndpoints,
    ...customerGroupEndpoints,
    ...storeEndpoints,
    ...typeEndpoints,
    ...messageEndpoints,
  ],
  presentFailure,
}
