/**
 * Heading "Legal Entities" of the customer management document.
 */
import type { Principal } from '../../../domain/tenant/principal.ts'
import { endpoint, type Access, type Endpoint, type EndpointRequest } from '../../../http/endpoint.ts'
import type { Reply } from '../../../http/failure.ts'
import { legalEntityPage } from './company-query.ts'
import { companyReply, pageReply, refusedId, upsertReply } from './company-reply.ts'
import {
  FieldsQuery,
  LegalEntitiesQuery,
  LegalEntityCreate,
  LegalEntitySearch,
  LegalEntitySearchQuery,
  LegalEntityUpdate,
} from './company-schema.ts'
import { bodyToLegalEntity, presentLegalEntity, project } from './company-translate.ts'

const list = '/customer-management/:tenant/legal-entities'
const one = `${list}/:legalEntityId`

const read = 'customermanagement.legalentity_read'
const readOwn = 'customermanagement.legalentity_read_own'
const manage = 'customermanagement.legalentity_manage'

/** All of the tenant's, or those of the customer who asks. */
const finder: Access<'service' | 'customer'> = {
  kinds: ['service', 'customer'],
  scopes: [read, readOwn],
  checkSession: true,
}
const reader: Access<'service'> = { kinds: ['service'], scopes: [read] }
const lineageReader: Access<'service'> = { kinds: ['service'], scopes: [read, manage] }
const manager: Access<'service'> = { kinds: ['service'], scopes: [manage] }

export const legalEntityEndpoints: Endpoint[] = [
  endpoint({
    method: 'post',
    path: list,
    heading: 'Creating legal entity',
    access: manager,
    body: LegalEntityCreate,
    async handle({ tenant, body, flows }) {
      const created = await flows.companies.create(tenant, bodyToLegalEntity(body), body.id ?? undefined)
      return companyReply(201, created, (id) => ({ id }))
    },
  }),

  endpoint({
    method: 'get',
    path: list,
    heading: 'Retrieving all legal entities',
    access: finder,
    query: LegalEntitiesQuery,
    handle: (request) => answerPage(request, request.query.q),
  }),

  endpoint({
    method: 'post',
    path: `${list}/search`,
    heading: 'Searching with parameters for legal entities',
    access: finder,
    query: LegalEntitySearchQuery,
    body: LegalEntitySearch,
    handle: (request) => answerPage(request, request.body.q ?? ''),
  }),

  endpoint({
    method: 'get',
    path: one,
    heading: 'Retrieving a legal entity',
    access: reader,
    query: FieldsQuery,
    async handle({ tenant, parameters, query, flows }) {
      const found = await flows.companies.find(tenant, parameters['legalEntityId'] ?? '')
      return companyReply(200, found, (entity) => project(presentLegalEntity(entity), query.fields))
    },
  }),

  endpoint({
    method: 'put',
    path: one,
    heading: 'Upserting a legal entity',
    access: manager,
    body: LegalEntityUpdate,
    async handle({ tenant, parameters, body, flows }) {
      const id = parameters['legalEntityId'] ?? ''
      const version = body.metadata?.version ?? undefined
      const put = () => flows.companies.put(tenant, id, bodyToLegalEntity(body), version)
      return refusedId(id) ?? upsertReply(await put(), id)
    },
  }),

  endpoint({
    method: 'delete',
    path: one,
    heading: 'Delete a legal entity',
    access: manager,
    async handle({ tenant, parameters, flows }) {
      return companyReply(204, await flows.companies.dissolve(tenant, parameters['legalEntityId'] ?? ''))
    },
  }),

  endpoint({
    method: 'get',
    path: `${one}/parent-hierarchy`,
    heading: 'Retrieving a legal entity with parent hierarchy',
    access: lineageReader,
    async handle({ tenant, parameters, flows }) {
      const lineage = await flows.companies.lineage(tenant, parameters['legalEntityId'] ?? '')
      return companyReply(200, lineage, (entities) => entities.map(presentLegalEntity))
    },
  }),
]

async function answerPage(
  { tenant, principal, query, request, flows }: EndpointRequest<Principal, LegalEntitySearchQuery, unknown>,
  q: string,
): Promise<Reply> {
  const wanted = legalEntityPage(q, query, request)
  if (!wanted.ok) return companyReply(400, wanted, undefined, 'query')
  const own = !principal.scopes.includes(read)
  const page = await flows.companies.page(tenant, principal, wanted.value, own)
  return pageReply(page, ({ items }) =>
    items.map((entity) => project(presentLegalEntity(entity), query.fields)),
  )
}
