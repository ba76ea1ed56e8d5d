/**
 * Heading "Account and profile" of the tenant-managed document: what the back office sees of customers.
 */
import type { Principal } from '../../domain/principal.ts'
import { endpoint, type Endpoint, type EndpointRequest } from '../../http/endpoint.ts'
import type { Reply } from '../../http/failure.ts'
import { customerReader } from './access.ts'
import { presentFailure } from './error.ts'
import { countHeaders, toPageRequest } from './query-parameters.ts'
import { reply } from './reply.ts'
import { CustomerSearch, CustomersQuery, ExpandQuery, PageQuery } from './schema.ts'
import { presentCustomerForSeller } from './translate.ts'

const list = '/customer/:tenant/customers'

export const customerEndpoints: Endpoint[] = [
  endpoint({
    method: 'get',
    path: list,
    heading: 'Retrieving a list of customers',
    access: customerReader,
    query: CustomersQuery,
    handle: (request) => answerPage(request, request.query.q, 'query'),
  }),

  endpoint({
    method: 'post',
    path: `${list}/search`,
    heading: 'Searching for customers',
    access: customerReader,
    query: PageQuery,
    body: CustomerSearch,
    handle: (request) => answerPage(request, request.body.q ?? '', 'body'),
  }),

  endpoint({
    method: 'get',
    path: `${list}/:customerNumber`,
    heading: 'Retrieving a customer profile',
    access: customerReader,
    query: ExpandQuery,
    async handle({ tenant, parameters, query, flows }) {
      const found = await flows.customers.find({ tenant }, { id: parameters['customerNumber'] ?? '' })
      const companies = await flows.companies.namesFor(tenant, found.ok ? [found.value] : [])
      return reply(200, found, (customer) => presentCustomerForSeller(customer, query.expand, companies))
    },
  }),
]

async function answerPage(
  { tenant, query, request, flows }: EndpointRequest<Principal, PageQuery, unknown>,
  q: string,
  placeOfQ: 'query' | 'body',
): Promise<Reply> {
  const wanted = toPageRequest(q, query)
  if (!wanted.ok)
    return presentFailure(wanted.error, { source: wanted.error.parameter === 'q' ? placeOfQ : 'query' })
  const page = await flows.customers.page({ tenant }, wanted.value)
  const companies = await flows.companies.namesFor(tenant, page.ok ? page.value.customers : [])
  const answer = reply(200, page, ({ customers }) =>
    customers.map((customer) => presentCustomerForSeller(customer, query.expand, companies)),
  )
  return page.ok ? { ...answer, headers: countHeaders(page.value, request) } : answer
}
