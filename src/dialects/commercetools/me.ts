/**
 * "My Customer Profile": what a storefront may do for the customer whose token it holds.
 */
import { ok } from '../../domain/base/result.ts'
import { profileScopes } from '../../domain/tenant/scope.ts'
import { endpoint, type Access, type Endpoint } from '../../http/endpoint.ts'
import { MyCustomerUpdate } from './actions.ts'
import { draftToSignUp } from './drafts.ts'
import { customerReply } from './resources/expansion.ts'
import { withLocales } from './locales.ts'
import { ExpandQuery } from './query/query-parameters.ts'
import { reply } from './reply.ts'
import {
  MyCustomerChangePassword,
  MyCustomerDraft,
  MyCustomerEmailVerify,
  MyCustomerResetPassword,
  MyCustomerSignin,
  VersionQuery,
} from './schema.ts'
import { presentCustomer, presentIdentified, presentSignIn, visitorLinkOf } from './translate.ts'

const customer: Access<'customer'> = { kinds: ['customer'], scopes: profileScopes.edit }
/** A visitor of either dialect, or the shop itself. */
const anybody: Access<'anonymous' | 'customer' | 'service'> = {
  kinds: ['anonymous', 'customer', 'service'],
  scopes: profileScopes.edit,
  checkSession: true,
}
/** Customers of stores sign in at their stores. */
const globally = { store: undefined }

export const meEndpoints: Endpoint[] = [
  endpoint({
    method: 'get',
    path: '/:tenant/me',
    heading: 'Get Customer',
    access: customer,
    query: ExpandQuery,
    async handle({ tenant, principal, customer, query, flows }) {
      const found = await flows.profile.read(customer)
      return customerReply(200, found, { tenant, principal, query, flows })
    },
  }),

  endpoint({
    method: 'post',
    path: '/:tenant/me',
    heading: 'Update Customer',
    access: customer,
    query: ExpandQuery,
    body: MyCustomerUpdate,
    async handle({ tenant, principal, customer, query, body, flows }) {
      const actions = withLocales(tenant, body.actions)
      const updated = await flows.profile.update(customer, actions, body.version)
      const changed = updated.ok ? ok(updated.value.customer) : updated
      return customerReply(200, changed, { tenant, principal, query, flows })
    },
  }),

  endpoint({
    method: 'delete',
    path: '/:tenant/me',
    heading: 'Delete Customer',
    access: customer,
    query: VersionQuery,
    async handle({ customer, query, flows }) {
      return reply(200, await flows.deletion.erase(customer, query.version), presentCustomer)
    },
  }),

  endpoint({
    method: 'post',
    path: '/:tenant/me/signup',
    heading: 'Create (sign up) Customer',
    access: anybody,
    body: MyCustomerDraft,
    async handle({ tenant, visitor, body, flows }) {
      const signedUp = await flows.signUp.signUp(visitor, draftToSignUp(tenant, body))
      return reply(201, signedUp, presentSignIn)
    },
  }),

  endpoint({
    method: 'post',
    path: '/:tenant/me/login',
    heading: 'Authenticate (sign in) Customer',
    access: anybody,
    body: MyCustomerSignin,
    async handle({ principal, visitor, body, flows }) {
      const link = visitorLinkOf(body, principal)
      const context = { ...visitor, signInAt: globally, link }
      return reply(200, await flows.signIn.identify(context, body), presentIdentified)
    },
  }),

  endpoint({
    method: 'post',
    path: '/:tenant/me/password',
    heading: 'Change password of Customer',
    access: customer,
    body: MyCustomerChangePassword,
    async handle({ customer, body, flows }) {
      const options = { expectedVersion: body.version, endOwnSession: true }
      const change = { current: body.currentPassword, next: body.newPassword }
      const changed = await flows.passwords.change(customer, change, options)
      return reply(200, changed, ({ customer }) => presentCustomer(customer), { currentPassword: true })
    },
  }),

  endpoint({
    method: 'post',
    path: '/:tenant/me/password/reset',
    heading: 'Reset password of Customer',
    access: anybody,
    body: MyCustomerResetPassword,
    async handle({ visitor, body, flows }) {
      const { tokenValue: token, newPassword } = body
      const reset = await flows.passwords.reset(visitor, token, newPassword, { field: 'newPassword' })
      return reply(200, reset, ({ customer }) => presentCustomer(customer), { token })
    },
  }),

  endpoint({
    method: 'post',
    path: '/:tenant/me/email/confirm',
    heading: 'Verify email of Customer',
    access: anybody,
    body: MyCustomerEmailVerify,
    async handle({ visitor, body: { tokenValue: token }, flows }) {
      const confirmed = await flows.issuedTokens.confirmEmail(visitor, token)
      return reply(200, confirmed, presentCustomer, { token })
    },
  }),
]
