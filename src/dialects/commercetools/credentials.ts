/**
 * "Customers": what the back office does about their passwords, their e-mails and their log-in, for the whole project or
 * one store. The service sends no mail for this dialect: tokens are handed to the shop, which delivers them itself.
 */
import type { IssuedTokenPurpose } from '../../domain/base/names.ts'
import { ok, type Result } from '../../domain/base/result.ts'
import type { Context, OfficeContext } from '../../flows/context.ts'
import type { CustomerOutcome } from '../../flows/ports/index.ts'
import { endpoint, type Endpoint } from '../../http/endpoint.ts'
import { customerReply, expansionOf } from './resources/expansion.ts'
import { inWorkplaces, type Workplace } from './workplaces.ts'
import { ExpandQuery } from './query/query-parameters.ts'
import { reply } from './reply.ts'
import {
  CustomerChangePassword,
  CustomerCreateEmailToken,
  CustomerCreatePasswordResetToken,
  CustomerEmailVerify,
  CustomerResetPassword,
  CustomerSignin,
} from './schema.ts'
import { anonymousLinkOf, presentCustomer, presentIdentified, presentToken } from './translate.ts'

/** What commercetools documents for a password token that does not say how long it is to live. */
const passwordTokenMinutes = 1440

export const credentialsEndpoints: Endpoint[] = inWorkplaces(credentialsAt)

function credentialsAt({ base, where, viewer, manager }: Workplace): Endpoint[] {
  const path = `${base}/customers`
  return [
    endpoint({
      method: 'post',
      path: `${base}/login`,
      heading: `Authenticate (sign in) Customer${where}`,
      access: manager,
      body: CustomerSignin,
      async handle(call) {
        const { body, flows } = call
        const { store } = call.office
        const context = { ...shopOf(call.office), signInAt: { store }, link: anonymousLinkOf(body) }
        return reply(200, await flows.signIn.identify(context, body), presentIdentified)
      },
    }),

    endpoint({
      method: 'post',
      path: `${path}/password-token`,
      heading: `Create password reset token for Customer${where}`,
      access: manager,
      body: CustomerCreatePasswordResetToken,
      async handle(call) {
        const { email, ttlMinutes, invalidateOlderTokens } = call.body
        const issued = await call.flows.issuedTokens.issuePasswordToken(call.office, email, {
          lifetimeMinutes: ttlMinutes ?? passwordTokenMinutes,
          replacing: invalidateOlderTokens ?? false,
        })
        return reply(200, issued, presentToken)
      },
    }),

    endpoint({
      method: 'post',
      path: `${path}/email-token`,
      heading: `Create email token for Customer${where}`,
      access: manager,
      body: CustomerCreateEmailToken,
      async handle(call) {
        const { id, version, ttlMinutes, invalidateOlderTokens } = call.body
        const issued = await call.flows.issuedTokens.issueEmailToken(call.office, id, {
          lifetimeMinutes: ttlMinutes,
          replacing: invalidateOlderTokens ?? false,
          expectedVersion: version ?? undefined,
        })
        return reply(200, issued, presentToken)
      },
    }),

    // Before the route by id, which would take the token for one.
    ...(
      [
        ['password-token', 'password_reset', 'Get Customer by password token'],
        ['email-token', 'email_verification', 'Get Customer by email token'],
      ] as [string, IssuedTokenPurpose, string][]
    ).map(([name, purpose, heading]) =>
      endpoint({
        method: 'get',
        path: `${path}/:token{${name}=[^/]+}`,
        heading: `${heading}${where}`,
        access: viewer,
        query: ExpandQuery,
        async handle(call) {
          const token = (call.parameters['token'] ?? '').slice(name.length + 1)
          const found = await call.flows.issuedTokens.findOwner(call.office, purpose, token)
          return customerReply(200, found, expansionOf(call), { token })
        },
      }),
    ),

    endpoint({
      method: 'post',
      path: `${path}/password`,
      heading: `Change password of Customer${where}`,
      access: manager,
      body: CustomerChangePassword,
      async handle(call) {
        const { id, version, currentPassword: current, newPassword: next } = call.body
        const changed = await call.flows.passwords.changeFor(call.office, id, { current, next }, version)
        return reply(200, customerIn(changed), presentCustomer, { currentPassword: true })
      },
    }),

    endpoint({
      method: 'post',
      path: `${path}/password/reset`,
      heading: `Reset password of Customer${where}`,
      access: manager,
      body: CustomerResetPassword,
      async handle(call) {
        const { tokenValue: token, newPassword, version } = call.body
        const reset = await call.flows.passwords.reset(shopOf(call.office), token, newPassword, {
          ...conditionsOf(call.office, version),
          field: 'newPassword',
        })
        return reply(200, customerIn(reset), presentCustomer, { token })
      },
    }),

    endpoint({
      method: 'post',
      path: `${path}/email/confirm`,
      heading: `Verify email of Customer${where}`,
      access: manager,
      body: CustomerEmailVerify,
      async handle(call) {
        const { tokenValue: token, version } = call.body
        const confirmed = await call.flows.issuedTokens.confirmEmail(
          shopOf(call.office),
          token,
          conditionsOf(call.office, version),
        )
        return reply(200, confirmed, presentCustomer, { token })
      },
    }),
  ]
}

/** The shop's own server asks for its customers, so its network says nothing about them. */
function shopOf({ tenant, actor }: OfficeContext): Context {
  return { tenant, actor, network: undefined }
}

function conditionsOf({ store }: OfficeContext, version: number | null | undefined) {
  return { ...(store !== undefined && { store }), ...(version != null && { expectedVersion: version }) }
}

function customerIn(outcome: Result<CustomerOutcome>) {
  return outcome.ok ? ok(outcome.value.customer) : outcome
}
