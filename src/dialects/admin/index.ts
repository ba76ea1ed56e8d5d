/**
 * Our own management endpoints, below `/admin/{tenant}`: plain REST for what neither vendor's API has. Service tokens
 * only, with scopes of their own; OpenAPI describes them, and its document is public.
 */
import type { Dialect } from '../../http/endpoint.ts'
import { presentFailure } from './error.ts'
import { mailTemplateEndpoints } from './mail-templates.ts'
import { openApiEndpoint } from './openapi.ts'
import { webhookEndpoints } from './webhooks.ts'

const managed = [...mailTemplateEndpoints, ...webhookEndpoints]

export const adminDialect: Dialect = {
  name: 'admin',
  endpoints: [...managed, openApiEndpoint(managed)],
  presentFailure,
}
