/**
 * Every endpoint of every dialect as the router knows it, with a request that a storefront could send to it.
 * The security tests iterate over this list, so a new endpoint is attacked from the day it is mounted; one that takes a
 * body or a query and has no sample here makes `access.test.ts` red.
 */
import { expect } from 'vitest'
import { dialects } from '../../src/app.ts'
import type { Dialect, Endpoint } from '../../src/http/endpoint.ts'
import type { HttpFailure } from '../../src/http/failure.ts'
import { call, uniqueEmail, type Answer, type CallOptions } from '../support/client.ts'

export interface Route {
  /** `METHOD /path/:parameter` */
  name: string
  endpoint: Endpoint
  dialect: Dialect
}

export const routes: readonly Route[] = dialects.flatMap((dialect) =>
  dialect.endpoints.map((endpoint) => ({
    name: `${endpoint.method.toUpperCase()} ${endpoint.path}`,
    endpoint,
    dialect,
  })),
)

export const protectedRoutes = routes.filter(({ endpoint }) => endpoint.access !== undefined)
export const jsonRoutes = protectedRoutes.filter(({ endpoint }) => endpoint.body !== undefined)

type Sample = Pick<CallOptions, 'query' | 'body' | 'form'>

const password = 'correct horse battery'
const client = { client_id: 'acme-storefront', client_secret: 'acme-storefront-secret' }
const address = { contactName: 'Ada Lovelace', street: 'Main Street', country: 'GB' }

/** By the route's name; `token` is the caller's own access token. */
const samples: Record<string, (token: string) => Sample> = {
  'GET /customerlogin/auth/anonymous/login': () => ({
    query: { tenant: 'acme', client_id: 'acme-storefront' },
  }),
  'GET /customerlogin/auth/anonymous/refresh': () => ({
    query: { tenant: 'acme', client_id: 'acme-storefront', refresh_token: 'none' },
  }),
  'POST /customer/:tenant/signup': () => ({ body: { email: uniqueEmail(), password } }),
  'POST /customer/:tenant/login': () => ({ body: { email: uniqueEmail(), password } }),
  'GET /customer/:tenant/logout': (token) => ({ query: { accessToken: token } }),
  'GET /customer/:tenant/refreshauthtoken': () => ({ query: { refreshToken: 'none' } }),
  'POST /customer/:tenant/signup/optin/refresh_token': () => ({ body: { email: uniqueEmail() } }),
  'GET /customer/:tenant/me': () => ({ query: { expand: 'addresses,mixin:*' } }),
  'PATCH /customer/:tenant/me': () => ({ body: { firstName: 'Augusta' } }),
  'PUT /customer/:tenant/me': () => ({ body: { firstName: 'Augusta' } }),
  'DELETE /customer/:tenant/me': () => ({}),
  'POST /customer/:tenant/me/accounts/internal': () => ({ body: { email: uniqueEmail(), password } }),
  'POST /customer/:tenant/me/addresses': () => ({ body: address }),
  'PATCH /customer/:tenant/me/addresses/:addressId': () => ({ body: { city: 'London' } }),
  'PUT /customer/:tenant/me/addresses/:addressId': () => ({ body: { city: 'London' } }),
  'POST /customer/:tenant/me/addresses/:addressId/tags': () => ({ query: { tags: 'SHIPPING' } }),
  'DELETE /customer/:tenant/me/addresses/:addressId/tags': () => ({ query: { tags: 'SHIPPING' } }),
  'POST /customer/:tenant/me/accounts/internal/email/change': () => ({
    body: { email: uniqueEmail(), password, newEmail: uniqueEmail() },
  }),
  'POST /customer/:tenant/me/accounts/internal/email/change/confirm': () => ({ body: { token: 'none' } }),
  'POST /customer/:tenant/password/reset': () => ({ body: { email: uniqueEmail() } }),
  'POST /customer/:tenant/password/reset/update': () => ({ body: { token: 'none', password } }),
  'POST /customer/:tenant/password/change': () => ({
    body: { currentPassword: password, newPassword: `${password}!` },
  }),
  'GET /customer/:tenant/customers': () => ({
    query: { q: 'firstName:Ada', sort: 'lastName:desc', pageNumber: 1, pageSize: 1, expand: 'addresses' },
  }),
  'POST /customer/:tenant/customers/search': () => ({ body: { q: 'firstName:Ada' }, query: { pageSize: 1 } }),
  'GET /customer/:tenant/customers/:customerNumber': () => ({ query: { expand: 'addresses,mixin:*' } }),
  'POST /oauth/token': () => ({ form: { grant_type: 'client_credentials', ...client } }),
  'POST /oauth/:tenant/customers/token': () => ({
    form: { grant_type: 'password', username: uniqueEmail(), password, ...client },
  }),
  'POST /oauth/:tenant/anonymous/token': () => ({ form: { grant_type: 'client_credentials', ...client } }),
  'POST /oauth/introspect': (token) => ({ form: { token, ...client } }),
  'POST /oauth/token/revoke': () => ({ form: { token: 'none', ...client } }),
  'POST /:tenant/me': () => ({
    body: { version: 1, actions: [{ action: 'setFirstName', firstName: 'Augusta' }] },
  }),
  'DELETE /:tenant/me': () => ({ query: { version: 999 } }),
  'POST /:tenant/me/signup': () => ({
    body: { email: uniqueEmail(), password, addresses: [{ country: 'GB' }] },
  }),
  'POST /:tenant/me/login': () => ({ body: { email: uniqueEmail(), password } }),
  'POST /:tenant/me/password': () => ({
    body: { version: 999, currentPassword: password, newPassword: `${password}!` },
  }),
  'POST /:tenant/me/password/reset': () => ({ body: { tokenValue: 'none', newPassword: password } }),
  'GET /:tenant/customers': () => ({ query: { where: 'firstName="Ada"', limit: 1 } }),
}

export function needsSample({ endpoint }: Route): boolean {
  return endpoint.query !== undefined || endpoint.body !== undefined
}

export function sampleOf({ name }: Route, token: string): Sample | undefined {
  return samples[name]?.(token)
}

export interface Place {
  tenant?: string
  parameters?: Record<string, string>
}

/** The route's path with every parameter filled in. */
export function pathOf({ endpoint }: Route, { tenant = 'acme', parameters = {} }: Place = {}): string {
  const values: Record<string, string> = { tenant, ...parameters }
  return endpoint.path.replace(
    /:(\w+)(?:\{(\w+=)[^}]*\})?/g,
    (_all, name: string, prefix = '') => values[name] ?? `${prefix}0000000000`,
  )
}

/** Sends the route's sample; `options` go over it. */
export function knock(
  route: Route,
  { place, ...options }: CallOptions & { place?: Place } = {},
): Promise<Answer> {
  const sample = sampleOf(route, options.token ?? 'none')
  return call(route.endpoint.method.toUpperCase(), pathOf(route, place), { ...sample, ...options })
}

/** The dialect's answer to a bad token, 401 as a rule, and nothing else. */
export function expectRefused(
  route: Route,
  answer: Answer,
  kind: 'TokenMissing' | 'TokenInvalid' | 'TokenExpired' | 'PrincipalUnfit' = 'TokenInvalid',
): void {
  const { kinds: wanted = [], scopes = [] } = route.endpoint.access ?? {}
  expectFailure(route, answer, kind === 'PrincipalUnfit' ? { kind, wanted, scopes } : { kind })
}

/** The dialect's answer to a failure and nothing else. */
export function expectFailure(
  { dialect }: Route,
  { status, body, text }: Answer,
  failure: HttpFailure,
): void {
  const refusal = dialect.presentFailure(failure, { source: 'query', tenant: 'acme' })
  expect({ status, body }, text).toEqual({ status: refusal.status, body: refusal.body })
}

/** The fields that an answer of 400 names, in either dialect's way. */
export function refusedFields({ body }: Answer): string[] {
  const { details = [], errors = [] } = body as {
    details?: { field: string }[]
    errors?: { field?: string; detailedErrorMessage?: string }[]
  }
  const lines = errors.flatMap((error) => error.field ?? error.detailedErrorMessage?.split('\n') ?? [])
  return [...details.map(({ field }) => field), ...lines.map((line) => line.split(':')[0] ?? '')]
}

/** The Emporix gateway's 401 and nothing else. */
export function expectFault({ status, body, text }: Answer, faultstring = 'Invalid access token'): void {
  expect({ status, body }, text).toEqual({
    status: 401,
    body: { fault: { faultstring, detail: { errorcode: expect.any(String) } } },
  })
}

/** What a client can see of an answer, but for the time and the name of the request. */
export function visible({ status, text, headers }: Answer) {
  const shown = [...headers].filter(([name]) => name !== 'x-correlation-id' && name !== 'date')
  return { status, text, headers: shown }
}
