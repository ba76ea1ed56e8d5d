/**
 * Our own management endpoints, below `/admin/{tenant}`: plain REST for what neither vendor's API has. Service tokens
 * only, with scopes of their own.
 */
import type { Dialect } from '../../http/endpoint.ts'
import { presentFailure } from './error.ts'
import { mailTemplateEndpoints } from './mail-templates.ts'
import { webhookEndpoints } from './webhooks.ts'

export const adminDialect: Dialect = {
  name: 'admin',
  endpoints: [...mailTemplateEndpoints, ...webhookEndpoints],
  tenantParameters: [],
  presentFailure,
}
