/**
 * Heading "Account and profile" of the customer-managed document, with the two endpoints that it no longer shows.
 */
import { endpoint, type Endpoint } from '../../http/endpoint.ts'
import { profileScopes } from '../../domain/tenant/scope.ts'
import { anonymousOrLiveCustomer, anybodyLooking, customer } from './access.ts'
import { reply } from './reply.ts'
import { AssignAccountDto, CustomerPatchDto, DeletionQuery, ExpandQuery } from './schema.ts'
import { anonymousCustomer, presentCustomer, profileToActions } from './translate.ts'

const path = '/customer/:tenant/me'

export const meEndpoints: Endpoint[] = [
  endpoint({
    method: 'get',
    path,
    heading: 'Retrieving a customer profile',
    access: anybodyLooking,
    query: ExpandQuery,
    async handle({ tenant, customer, query, flows }) {
      if (!customer) return { status: 200, body: anonymousCustomer }
      const found = await flows.profile.read(customer)
      const companies = await flows.companies.namesFor(tenant, found.ok ? [found.value] : [])
      return reply(200, found, (profile) => presentCustomer(profile, query.expand, companies))
    },
  }),

  ...(['patch', 'put'] as const).map((method) =>
    endpoint({
      method,
      path,
      heading: 'Updating a customer profile',
      access: customer,
      body: CustomerPatchDto,
      async handle({ tenant, customer, body, flows }) {
        const version = body.metadata?.version ?? undefined
        return reply(
          200,
          await flows.profile.update(customer, profileToActions(body), version),
          undefined,
          tenant,
        )
      },
    }),
  ),

  endpoint({
    method: 'delete',
    path,
    heading: "Deleting a customer's profile",
    access: anonymousOrLiveCustomer,
    query: DeletionQuery,
    async handle({ visitor, customer, query, flows }) {
      if (query.token !== undefined) return reply(202, await flows.deletion.confirm(visitor, query.token))
      if (!customer) return reply(204, { ok: false, error: { kind: 'TokenInvalid' } })
      return reply(204, await flows.deletion.request(customer))
    },
  }),

  endpoint({
    method: 'post',
    path: '/customer/:tenant/me/accounts/internal',
    heading: "Assigning an account to a customer's profile",
    access: { ...customer, scopes: profileScopes.addAccount },
    body: AssignAccountDto,
    async handle({ tenant, principal, customer, body, flows }) {
      const assigned = await flows.accountAssignment.assign(customer, body.email, body.password)
      return reply(201, assigned, () => ({ id: principal.customerId }), tenant)
    },
  }),
]
