/**
 * "Customers": what the back office does with the customers of a project, or of one store in it.
 */
import { endpoint, type Endpoint, type EndpointRequest } from '../../http/endpoint.ts'
import { CustomerUpdate } from './actions.ts'
import { customerFields } from './customer-fields.ts'
import { draftToNewCustomer } from './drafts.ts'
import { customerReply, expandCustomers, expansionOf, signInReply } from './resources/expansion.ts'
import { withLocales } from './locales.ts'
import { inWorkplaces, keyIn, keyPrefix, type Workplace } from './workplaces.ts'
import { pageReply } from './query/paging.ts'
import { ExpandQuery, PageQuery } from './query/query-parameters.ts'
import { CustomerDraft, DeleteQuery } from './schema.ts'

const key = `:key{${keyPrefix}[^/]+}`

export const customerEndpoints: Endpoint[] = inWorkplaces(customersAt)

function customersAt({ base, where, viewer, manager }: Workplace): Endpoint[] {
  const path = `${base}/customers`
  return [
    endpoint({
      method: 'get',
      path,
      heading: `Query Customers${where}`,
      access: viewer,
      query: PageQuery,
      handle: (call) =>
        pageReply(
          { query: call.query, request: call.request, fields: customerFields },
          (wanted) => call.flows.findCustomers.page(call.office, wanted),
          (customers) => expandCustomers(expansionOf(call), customers),
        ),
    }),

    endpoint({
      method: 'post',
      path,
      heading: `Create (sign up) Customer${where}`,
      access: manager,
      query: ExpandQuery,
      body: CustomerDraft,
      async handle(call) {
        const draft = draftToNewCustomer(call.tenant, call.body)
        const created = await call.flows.customerManagement.create(call.office, draft)
        return signInReply(201, created, expansionOf(call))
      },
    }),

    // By key before by id, which would take the key for one.
    ...[
      { path: `${path}/${key}`, by: 'Key' },
      { path: `${path}/:id`, by: 'ID' },
    ].flatMap(({ path: one, by }) => [
      endpoint({
        method: 'get',
        path: one,
        heading: `Get Customer${where} by ${by}`,
        access: viewer,
        query: ExpandQuery,
        async handle(call) {
          const found = await call.flows.findCustomers.find(call.office, namedIn(call))
          return customerReply(200, found, expansionOf(call))
        },
      }),

      endpoint({
        method: 'post',
        path: one,
        heading: `Update Customer${where} by ${by}`,
        access: manager,
        query: ExpandQuery,
        body: CustomerUpdate,
        async handle(call) {
          const { customerManagement } = call.flows
          const actions = withLocales(call.tenant, call.body.actions)
          const updated = await customerManagement.update(call.office, namedIn(call), actions, {
            expectedVersion: call.body.version,
          })
          return customerReply(200, updated, expansionOf(call))
        },
      }),

      endpoint({
        method: 'delete',
        path: one,
        heading: `Delete Customer${where} by ${by}`,
        access: manager,
        query: DeleteQuery.extend(ExpandQuery.shape),
        async handle(call) {
          const { version: expectedVersion, dataErasure } = call.query
          const extent = { expectedVersion, dataErasure }
          const erased = await call.flows.customerManagement.erase(call.office, namedIn(call), extent)
          return customerReply(200, erased, expansionOf(call))
        },
      }),
    ]),
  ]
}

function namedIn({
  parameters: { id, key: text },
}: Pick<EndpointRequest<undefined, unknown, unknown>, 'parameters'>) {
  return id === undefined ? { key: keyIn(text) } : { id }
}
