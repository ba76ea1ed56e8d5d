/**
 * "My Customer Profile": what a storefront may do for the customer whose token it holds.
 */
import { ok } from '../../domain/result.ts'
import { endpoint, type Access, type Endpoint } from '../../http/endpoint.ts'
import { reply } from './reply.ts'
import {
  MyCustomerChangePassword,
  MyCustomerDraft,
  MyCustomerResetPassword,
  MyCustomerSignin,
  MyCustomerUpdate,
  VersionQuery,
} from './schema.ts'
import { draftToSignUp, presentCustomer, presentSignIn, toActions } from './translate.ts'

/** `manage_my_profile`, or the Emporix scope that means the same: a customer token works in both dialects. */
const profileScopes = ['manage_my_profile', 'customer.customerprofile_edit']
const customer: Access<'customer'> = { kinds: ['customer'], scopes: profileScopes }
/** A visitor of either dialect, or the shop itself. */
const anybody: Access<'anonymous' | 'customer' | 'service'> = {
  kinds: ['anonymous', 'customer', 'service'],
  checkSession: true,
}

export const meEndpoints: Endpoint[] = [
  endpoint({
    method: 'get',
    path: '/:tenant/me',
    heading: 'Get Customer',
    access: customer,
    async handle({ tenant, principal, network, flows }) {
      return reply(200, await flows.profile.read({ tenant, principal, network }), presentCustomer)
    },
  }),

  endpoint({
    method: 'post',
    path: '/:tenant/me',
    heading: 'Update Customer',
    access: customer,
    body: MyCustomerUpdate,
    async handle({ tenant, principal, network, body, flows }) {
      const context = { tenant, principal, network }
      const updated = await flows.profile.update(context, toActions(body.actions), body.version)
      return reply(200, updated, (outcome) => presentCustomer(outcome.customer))
    },
  }),

  endpoint({
    method: 'delete',
    path: '/:tenant/me',
    heading: 'Delete Customer',
    access: customer,
    query: VersionQuery,
    async handle({ tenant, principal, network, query, flows }) {
      return reply(
        200,
        await flows.deletion.erase({ tenant, principal, network }, query.version),
        presentCustomer,
      )
    },
  }),

  endpoint({
    method: 'post',
    path: '/:tenant/me/signup',
    heading: 'Create (sign up) Customer',
    access: anybody,
    body: MyCustomerDraft,
    async handle({ tenant, network, body, flows }) {
      return reply(201, await flows.signUp.signUp({ tenant, network }, draftToSignUp(body)), presentSignIn)
    },
  }),

  endpoint({
    method: 'post',
    path: '/:tenant/me/login',
    heading: 'Authenticate (sign in) Customer',
    access: anybody,
    body: MyCustomerSignin,
    async handle({ tenant, network, body, flows }) {
      return reply(
        200,
        await flows.signIn.identify({ tenant, network }, body.email, body.password),
        presentSignIn,
      )
    },
  }),

  endpoint({
    method: 'post',
    path: '/:tenant/me/password',
    heading: 'Change password of Customer',
    access: customer,
    body: MyCustomerChangePassword,
    async handle({ tenant, principal, network, body, flows }) {
      const options = { expectedVersion: body.version, endOwnSession: true }
      const changed = await flows.passwords.change(
        { tenant, principal, network },
        body.currentPassword,
        body.newPassword,
        options,
      )
      return reply(200, changed, (outcome) => presentCustomer(outcome.customer), 'body')
    },
  }),

  endpoint({
    method: 'post',
    path: '/:tenant/me/password/reset',
    heading: 'Reset password of Customer',
    access: anybody,
    body: MyCustomerResetPassword,
    async handle({ tenant, network, body, flows }) {
      const reset = await flows.passwords.reset({ tenant, network }, body.tokenValue, body.newPassword)
      return reply(200, reset.ok ? ok(reset.value.customer) : reset, presentCustomer)
    },
  }),
]
