/**
 * "Customers": what the back office may see. `HEAD` comes with every `GET`.
 */
import { endpoint, type Access, type Endpoint } from '../../http/endpoint.ts'
import { customerFields } from './customer-fields.ts'
import { presentFailure } from './error.ts'
import { PageQuery, presentPage, toPageRequest } from './query-parameters.ts'
import { reply } from './reply.ts'
import { presentCustomer } from './translate.ts'

const viewer: Access<'service'> = {
  kinds: ['service'],
  scopes: ['view_customers', 'manage_customers', 'manage_project'],
}
const keyPrefix = 'key='

export const customerEndpoints: Endpoint[] = [
  endpoint({
    method: 'get',
    path: '/:tenant/customers',
    heading: 'Query Customers',
    access: viewer,
    query: PageQuery,
    async handle({ tenant, query, request, flows }) {
      const wanted = toPageRequest(query, customerFields)
      if (!wanted.ok) return presentFailure(wanted.error, { source: 'query' })
      // `HEAD` asks whether there is any customer of the kind.
      const isHead = request.method === 'HEAD'
      const page = await flows.customers.page(tenant, {
        ...wanted.value,
        ...(isHead && { sort: [], limit: 1, offset: 0, withTotal: false }),
      })
      const status = isHead && page.ok && page.value.customers.length === 0 ? 404 : 200
      return reply(status, page, ({ customers, total }) =>
        presentPage(query, customers.map(presentCustomer), total),
      )
    },
  }),

  // Before the route by id, which would take the key for one.
  endpoint({
    method: 'get',
    path: `/:tenant/customers/:key{${keyPrefix}.+}`,
    heading: 'Get Customer by Key',
    access: viewer,
    async handle({ tenant, parameters, flows }) {
      const key = (parameters['key'] ?? '').slice(keyPrefix.length)
      return reply(200, await flows.customers.findByKey(tenant, key), presentCustomer)
    },
  }),

  endpoint({
    method: 'get',
    path: '/:tenant/customers/:id',
    heading: 'Get Customer by ID',
    access: viewer,
    async handle({ tenant, parameters, flows }) {
      return reply(200, await flows.customers.find(tenant, parameters['id'] ?? ''), presentCustomer)
    },
  }),
]
