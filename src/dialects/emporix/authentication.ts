/**
 * Heading "Authentication and authorization" and "Double opt-in" of the customer-managed document.
 */
import { scopesHeld } from '../../domain/customer/reach.ts'
import { scopeText } from '../../domain/tenant/principal.ts'
import { endpoint, type Endpoint } from '../../http/endpoint.ts'
import { anonymous, customerViewer, leaving, refreshing } from './access.ts'
import { reply } from './reply.ts'
import {
  AnonymousLoginQuery,
  AnonymousRefreshQuery,
  CustomerSignup,
  LogoutQuery,
  PasswordAuthentication,
  RefreshQuery,
  RefreshToken,
} from './schema.ts'
import {
  presentAnonymousTokens,
  presentRefreshedTokens,
  presentSignedIn,
  signUpFailure,
  signUpToRequest,
} from './translate.ts'

export const authenticationEndpoints: Endpoint[] = [
  endpoint({
    method: 'get',
    path: '/customerlogin/auth/anonymous/login',
    heading: 'Requesting an anonymous token',
    tenantFrom: 'query',
    query: AnonymousLoginQuery,
    async handle({ tenant, query, flows }) {
      const opened = await flows.anonymousSessions.open(tenant, query.client_id)
      return reply(200, opened, (tokens) => presentAnonymousTokens(tenant.key, tokens))
    },
  }),

  endpoint({
    method: 'get',
    path: '/customerlogin/auth/anonymous/refresh',
    heading: 'Refreshing an anonymous token',
    tenantFrom: 'query',
    query: AnonymousRefreshQuery,
    async handle({ tenant, query, flows }) {
      const { client_id: client, refresh_token: refreshToken, anonymous_token: accessToken } = query
      const refreshed =
        refreshToken === undefined
          ? await flows.anonymousSessions.renew(tenant, client, accessToken ?? '')
          : await flows.anonymousSessions.refresh(tenant, client, refreshToken)
      return reply(200, refreshed, (tokens) => presentAnonymousTokens(tenant.key, tokens))
    },
  }),

  endpoint({
    method: 'post',
    path: '/customer/:tenant/signup',
    heading: 'Creating a new customer',
    access: anonymous,
    body: CustomerSignup,
    async handle({ tenant, visitor, body, flows }) {
      const signedUp = await flows.signUp.signUp(visitor, signUpToRequest(body))
      const answer = signedUp.ok
        ? signedUp
        : { ok: false as const, error: signUpFailure(signedUp.error, body) }
      return reply(201, answer, ({ id }) => ({ id }), tenant)
    },
  }),

  endpoint({
    method: 'post',
    path: '/customer/:tenant/login',
    heading: 'Logging in a customer',
    access: anonymous,
    body: PasswordAuthentication,
    async handle({ visitor, body, flows }) {
      return reply(200, await flows.signIn.signIn(visitor, body), presentSignedIn)
    },
  }),

  endpoint({
    method: 'get',
    path: '/customer/:tenant/logout',
    heading: 'Logging out a customer',
    access: leaving,
    query: LogoutQuery,
    acts: true,
    async handle({ customer, query, flows }) {
      return reply(204, await flows.sessions.end(customer, query.accessToken))
    },
  }),

  endpoint({
    method: 'get',
    path: '/customer/:tenant/refreshauthtoken',
    heading: 'Refreshing a customer token',
    access: refreshing,
    query: RefreshQuery,
    acts: true,
    async handle({ tenant, principal: { clientId }, query, flows }) {
      const presenter = { ...(clientId !== undefined && { clientId }), withoutSecret: true } as const
      const { refreshToken, legalEntityId } = query
      const refreshed = await flows.sessions.refresh({ tenant }, presenter, refreshToken, legalEntityId)
      return reply(200, refreshed, presentRefreshedTokens)
    },
  }),

  endpoint({
    method: 'get',
    path: '/customer/:tenant/validateauthtoken',
    heading: 'Validate a token',
    access: customerViewer,
    async handle({ tenant, principal, tokenExpiresAt, flows }) {
      const checked = await flows.sessions.check({ principal })
      return reply(200, checked, ({ email, assignment, session }) => ({
        token_type: 'Bearer',
        expires_in: Math.max(0, Math.floor((tokenExpiresAt - Date.now()) / 1000)),
        scope: scopeText(tenant.key, scopesHeld(principal.scopes, assignment, session)),
        sessionId: principal.sessionId,
        email,
        ...(assignment && { legalEntityId: assignment.legalEntityId }),
      }))
    },
  }),

  endpoint({
    method: 'post',
    path: '/customer/:tenant/exchangeauthtoken',
    heading: 'Exchanging an external access token for an Emporix customer token',
    access: anonymous,
    handle: async () => reply(200, { ok: false, error: { kind: 'NotImplemented' } }),
  }),

  endpoint({
    method: 'post',
    path: '/customer/:tenant/socialLogin',
    heading: 'Logging in a customer with social login',
    access: anonymous,
    handle: async () => reply(200, { ok: false, error: { kind: 'NotImplemented' } }),
  }),

  endpoint({
    method: 'post',
    path: '/customer/:tenant/signup/optin/refresh_token',
    heading: 'Resending an account activation link to a customer',
    access: anonymous,
    body: RefreshToken,
    async handle({ visitor, body, flows }) {
      return reply(202, await flows.optIn.resend(visitor, body.email))
    },
  }),

  endpoint({
    method: 'get',
    path: '/customer/:tenant/signup/optin/:token',
    heading: 'Creating a customer account with double opt-in',
    access: anonymous,
    acts: true,
    async handle({ visitor, parameters, flows }) {
      return reply(200, await flows.optIn.accept(visitor, parameters.token ?? ''), presentSignedIn)
    },
  }),
]
