/**
 * Heading "Account and profile" of the tenant-managed document: how the back office sees, makes and changes customers.
 */
import type { Principal } from '../../../domain/tenant/principal.ts'
import { endpoint, type Endpoint, type EndpointRequest } from '../../../http/endpoint.ts'
import type { Reply } from '../../../http/failure.ts'
import { customerManager, customerReader, officeManager } from '../access.ts'
import { checkCustomId } from '../custom-id.ts'
import { customerFields } from '../customer-fields.ts'
import { presentFailure } from '../error.ts'
import { countHeaders, toPageRequest } from '../query/query-parameters.ts'
import { reply } from '../reply.ts'
import { CustomerSearch, CustomersQuery, ExpandQuery, PageQuery } from '../schema.ts'
import {
  AccountAssignment,
  CustomerSignupBySellerDto,
  CustomerUpdateBySellerDto,
  NotificationsQuery,
} from './seller-schema.ts'
import { draftToNewCustomer, patchToActions, putToActions, putToNewCustomer } from './seller-translate.ts'
import { presentCustomerForSeller } from '../translate.ts'

const list = '/customer/:tenant/customers'
const one = `${list}/:customerNumber`

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
    path: list,
    heading: 'Creating a new customer',
    access: customerManager,
    query: NotificationsQuery,
    body: CustomerSignupBySellerDto,
    async handle({ tenant, office, query, body, flows }) {
      const options = { invites: query.sendPasswordResetNotifications }
      const { customerManagement } = flows
      const created = await customerManagement.create(office, draftToNewCustomer(body), options)
      return reply(201, created, ({ id }) => ({ id }), tenant)
    },
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
    path: one,
    heading: 'Retrieving a customer profile',
    access: customerReader,
    query: ExpandQuery,
    async handle({ tenant, office, parameters, query, flows }) {
      const found = await flows.findCustomers.find(office, { id: parameters['customerNumber'] ?? '' })
      const [companies, undeliverable] = await Promise.all([
        flows.companies.namesFor(tenant, found.ok ? [found.value] : []),
        found.ok ? flows.findCustomers.undeliverableOf(found.value) : [],
      ])
      return reply(200, found, (customer) => ({
        ...presentCustomerForSeller(customer, query.expand, companies),
        // No field of the document: addresses that the service has stopped to write to.
        ...(undeliverable.length > 0 && { undeliverableEmails: undeliverable }),
      }))
    },
  }),

  endpoint({
    method: 'put',
    path: one,
    heading: 'Upserting a customer profile',
    access: customerManager,
    query: NotificationsQuery,
    body: CustomerUpdateBySellerDto,
    async handle({ tenant, office, parameters, query, body, flows }) {
      const { customerNumber: id = '' } = parameters
      const fit = checkCustomId('customerNumber', id)
      if (!fit.ok) return reply(201, fit)
      const wanted = { changes: putToActions(tenant, body), creation: putToNewCustomer(body) }
      const put = await flows.customerUpserts.put(office, id, wanted, {
        expectedVersion: body.metadata?.version ?? undefined,
        invites: query.sendPasswordResetNotifications,
      })
      return put.ok && put.value ? { status: 201, body: { id } } : reply(204, put, undefined, tenant)
    },
  }),

  endpoint({
    method: 'patch',
    path: one,
    heading: 'Updating a customer profile',
    access: customerManager,
    body: CustomerUpdateBySellerDto,
    async handle({ tenant, office, parameters, body, flows }) {
      const named = { id: parameters['customerNumber'] ?? '' }
      const expectedVersion = body.metadata?.version ?? undefined
      const { customerManagement } = flows
      const patched = await customerManagement.update(office, named, patchToActions(body), {
        expectedVersion,
      })
      return reply(200, patched, undefined, tenant)
    },
  }),

  endpoint({
    method: 'delete',
    path: one,
    heading: 'Deleting a customer profile',
    access: customerManager,
    async handle({ office, parameters, flows }) {
      const named = { id: parameters['customerNumber'] ?? '' }
      return reply(202, await flows.customerManagement.erase(office, named, { dataErasure: true }))
    },
  }),

  endpoint({
    method: 'post',
    path: `${one}/accounts/internal`,
    heading: "Assigning an account to a customer's profile",
    access: officeManager,
    query: NotificationsQuery,
    body: AccountAssignment,
    async handle({ tenant, office, parameters, query, body, flows }) {
      const { customerNumber: id = '' } = parameters
      const invites = query.sendPasswordResetNotifications
      const { accountAssignment } = flows
      const assigned = await accountAssignment.assignFor(office, id, body.email, invites)
      return reply(201, assigned, () => ({ id }), tenant)
    },
  }),
]

async function answerPage(
  { tenant, office, query, request, flows }: EndpointRequest<Principal, PageQuery, unknown>,
  q: string,
  placeOfQ: 'query' | 'body',
): Promise<Reply> {
  const wanted = toPageRequest(q, query, customerFields, { withTotal: true })
  if (!wanted.ok)
    return presentFailure(wanted.error, { source: wanted.error.parameter === 'q' ? placeOfQ : 'query' })
  const page = await flows.findCustomers.page(office, wanted.value)
  const companies = await flows.companies.namesFor(tenant, page.ok ? page.value.items : [])
  const answer = reply(200, page, ({ items }) =>
    items.map((customer) => presentCustomerForSeller(customer, query.expand, companies)),
  )
  return page.ok ? { ...answer, headers: countHeaders(page.value, request) } : answer
}
