/**
 * Heading "Credentials" of the customer-managed document: e-mail change, password reset and change.
 */
import { endpoint, type Endpoint } from '../../http/endpoint.ts'
import { anonymous, anonymousOrLiveCustomer, customer } from './access.ts'
import { reply } from './reply.ts'
import {
  ChangeEmailRequestDto,
  PasswordChangeDto,
  PasswordResetRequestDto,
  PasswordUpdate,
  UpdateEmail,
} from './schema.ts'

export const credentialsEndpoints: Endpoint[] = [
  endpoint({
    method: 'post',
    path: '/customer/:tenant/me/accounts/internal/email/change',
    heading: 'Sending a request to update a customer email address',
    access: { ...customer, scopes: ['customer.customerprofile_edit'] },
    body: ChangeEmailRequestDto,
    async handle({ tenant, principal, network, body, flows }) {
      const request = { ...body, syncContactEmail: body.syncContactEmail ?? false }
      return reply(
        204,
        await flows.emailChange.request({ tenant, principal, network }, request),
        undefined,
        tenant,
      )
    },
  }),

  endpoint({
    method: 'post',
    path: '/customer/:tenant/me/accounts/internal/email/change/confirm',
    heading: 'Updating a customer email address',
    access: anonymousOrLiveCustomer,
    body: UpdateEmail,
    async handle({ tenant, principal, network, body, flows }) {
      const confirmed = await flows.emailChange.confirm({ tenant, network }, principal, body.token)
      return reply(204, confirmed, undefined, tenant)
    },
  }),

  endpoint({
    method: 'post',
    path: '/customer/:tenant/password/reset',
    heading: 'Sending a request to reset a customer password',
    access: anonymous,
    body: PasswordResetRequestDto,
    async handle({ tenant, network, body, flows }) {
      return reply(
        204,
        await flows.passwords.requestReset({ tenant, network }, body.email, body.site ?? undefined),
      )
    },
  }),

  endpoint({
    method: 'post',
    path: '/customer/:tenant/password/reset/update',
    heading: 'Resetting a customer password',
    access: anonymous,
    body: PasswordUpdate,
    async handle({ tenant, network, body, flows }) {
      return reply(204, await flows.passwords.reset({ tenant, network }, body.token, body.password))
    },
  }),

  endpoint({
    method: 'post',
    path: '/customer/:tenant/password/change',
    heading: 'Changing a customer password',
    access: customer,
    body: PasswordChangeDto,
    async handle({ tenant, principal, network, body, flows }) {
      const context = { tenant, principal, network }
      return reply(
        204,
        await flows.passwords.change(context, { current: body.currentPassword, next: body.newPassword }),
      )
    },
  }),
]
