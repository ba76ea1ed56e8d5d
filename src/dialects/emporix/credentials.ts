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
    access: customer,
    body: ChangeEmailRequestDto,
    async handle({ tenant, customer, body, flows }) {
      const request = { ...body, syncContactEmail: body.syncContactEmail ?? false }
      return reply(204, await flows.emailChange.request(customer, request), undefined, tenant)
    },
  }),

  endpoint({
    method: 'post',
    path: '/customer/:tenant/me/accounts/internal/email/change/confirm',
    heading: 'Updating a customer email address',
    access: anonymousOrLiveCustomer,
    body: UpdateEmail,
    async handle({ tenant, principal, visitor, body, flows }) {
      const confirmed = await flows.emailChange.confirm(visitor, principal, body.token)
      return reply(204, confirmed, undefined, tenant)
    },
  }),

  endpoint({
    method: 'post',
    path: '/customer/:tenant/password/reset',
    heading: 'Sending a request to reset a customer password',
    access: anonymous,
    body: PasswordResetRequestDto,
    async handle({ visitor, body, flows }) {
      return reply(204, await flows.passwords.requestReset(visitor, body.email, body.site ?? undefined))
    },
  }),

  endpoint({
    method: 'post',
    path: '/customer/:tenant/password/reset/update',
    heading: 'Resetting a customer password',
    access: anonymous,
    body: PasswordUpdate,
    async handle({ visitor, body, flows }) {
      return reply(204, await flows.passwords.reset(visitor, body.token, body.password))
    },
  }),

  endpoint({
    method: 'post',
    path: '/customer/:tenant/password/change',
    heading: 'Changing a customer password',
    access: customer,
    body: PasswordChangeDto,
    async handle({ customer, body, flows }) {
      return reply(
        204,
        await flows.passwords.change(customer, { current: body.currentPassword, next: body.newPassword }),
      )
    },
  }),
]
