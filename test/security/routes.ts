/**
 * Every endpoint of every dialect as the router knows it, with a request that a storefront could send to it.
 * The security tests iterate over this list, so a new endpoint is attacked from the day it is mounted; one that takes a
 * body or a query and has no sample here makes `access.test.ts` red.
 */
import { expect } from 'vitest'
import { dialects } from '../../src/app.ts'
import { accountPageNames } from '../../src/pages/account-texts.ts'
import { accountDialect } from '../../src/pages/account.ts'
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

/** For people, in a browser. */
export const isPage = ({ dialect }: Route) => dialect.name === accountDialect.name
export const formRoutes = routes.filter(({ endpoint }) => endpoint.form !== undefined)
export const protectedRoutes = routes.filter(({ endpoint }) => endpoint.access !== undefined)
export const jsonRoutes = protectedRoutes.filter(({ endpoint }) => endpoint.body !== undefined)

type Sample = Pick<CallOptions, 'query' | 'body' | 'form'>

const password = 'correct horse battery'
const client = { client_id: 'acme-storefront', client_secret: 'acme-storefront-secret' }
const mailWords = { subject: 'Welcome', text: 'Welcome', html: '<p>Welcome</p>' }
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
  'POST /customer/:tenant/customers': () => ({ body: { contactEmail: uniqueEmail() } }),
  'PUT /customer/:tenant/customers/:customerNumber': () => ({ body: { firstName: 'Augusta' } }),
  'PATCH /customer/:tenant/customers/:customerNumber': () => ({ body: { firstName: 'Augusta' } }),
  'POST /customer/:tenant/customers/:customerNumber/accounts/internal': () => ({
    body: { email: uniqueEmail() },
  }),
  'POST /customer/:tenant/customers/:customerNumber/addresses': () => ({ body: address }),
  'PUT /customer/:tenant/customers/:customerNumber/addresses/:addressId': () => ({ body: address }),
  'PATCH /customer/:tenant/customers/:customerNumber/addresses/:addressId': () => ({
    body: { city: 'London' },
  }),
  'POST /customer/:tenant/customers/:customerNumber/addresses/:addressId/tags': () => ({
    query: { tags: 'SHIPPING' },
  }),
  'DELETE /customer/:tenant/customers/:customerNumber/addresses/:addressId/tags': () => ({
    query: { tags: 'SHIPPING' },
  }),
  'POST /customer/:tenant/config/password-migration-retention': () => ({
    body: { retentionEndDate: '2999-12-31' },
  }),
  'POST /customer/:tenant/customers/import': () => ({
    body: [{ account: { email: uniqueEmail(), passwordHash: '1:1000:c2FsdHNhbHQ=:aGFzaGhhc2g=' } }],
  }),
  'POST /customer/:tenant/assisted-buying-login': () => ({ body: { customerNumber: '0000000000' } }),
  'GET /customer/:tenant/customers/:customerNumber': () => ({ query: { expand: 'addresses,mixin:*' } }),
  'PUT /admin/:tenant/templates/:template/:language': () => ({ body: mailWords }),
  'POST /admin/:tenant/templates/:template/:language/preview': () => ({ body: mailWords }),
  'POST /customer-management/:tenant/legal-entities': () => ({ body: { name: 'ABC Company' } }),
  'GET /customer-management/:tenant/legal-entities': () => ({
    query: { q: 'name:ABC', sort: 'name:desc', pageNumber: 1, pageSize: 1, fields: 'id,name' },
  }),
  'POST /customer-management/:tenant/legal-entities/search': () => ({
    body: { q: 'name:ABC' },
    query: { pageSize: 1 },
  }),
  'GET /customer-management/:tenant/legal-entities/:legalEntityId': () => ({ query: { fields: 'id' } }),
  'PUT /customer-management/:tenant/legal-entities/:legalEntityId': () => ({
    body: { name: 'ABC Company', type: 'COMPANY', metadata: { version: 999 } },
  }),
  'POST /customer-management/:tenant/contact-assignments': () => ({
    body: { legalEntity: { id: 'none' }, customer: { id: 'none' } },
  }),
  'GET /customer-management/:tenant/contact-assignments': () => ({
    query: { 'customer.id': 'none', sort: 'type', pageSize: 1 },
  }),
  'GET /customer-management/:tenant/contact-assignments/:contactAssignmentId': () => ({
    query: { fields: 'id' },
  }),
  'PUT /customer-management/:tenant/contact-assignments/:contactAssignmentId': () => ({
    body: { legalEntity: { id: 'none' }, customer: { id: 'none' }, type: 'CONTACT' },
  }),
  'POST /oauth/token': () => ({ form: { grant_type: 'client_credentials', ...client } }),
  'POST /oauth/:tenant/customers/token': () => ({
    form: { grant_type: 'password', username: uniqueEmail(), password, ...client },
  }),
  'POST /oauth/:tenant/anonymous/token': () => ({ form: { grant_type: 'client_credentials', ...client } }),
  'POST /oauth/introspect': (token) => ({
    form: { token, client_id: 'acme-admin', client_secret: 'acme-admin-secret' },
  }),
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
  'POST /:tenant/me/email/confirm': () => ({ body: { tokenValue: 'none' } }),
  'POST /oauth/:tenant/in-store/:storeKey{key=[^/]+}/customers/token': () => ({
    form: { grant_type: 'password', username: uniqueEmail(), password, ...client },
  }),
  ...pageSamples(),
  ...managementSamples('/:tenant'),
  ...managementSamples('/:tenant/in-store/:storeKey{key=[^/]+}'),
  'POST /admin/:tenant/webhooks': () => ({
    body: { url: 'https://shop.example/hook', format: 'emporix', events: ['customer.sneezed'] },
  }),
  'PATCH /admin/:tenant/webhooks/:webhookId': () => ({ body: { enabled: false } }),
  'GET /admin/:tenant/webhooks/:webhookId/deliveries': () => ({ query: { status: 'failed', limit: 1 } }),
  'POST /admin/:tenant/webhooks/:webhookId/replay': () => ({ body: { eventId: 'none' } }),
  'GET /:tenant/messages': () => ({ query: { where: 'type="CustomerCreated"', limit: 1 } }),
  'GET /:tenant/messages/:id': () => ({ query: { expand: 'resource' } }),
  'GET /:tenant/me': () => ({ query: { expand: 'custom.type' } }),
  'GET /:tenant/stores': () => ({ query: { where: 'key="berlin"', limit: 1 } }),
  'POST /:tenant/stores': () => ({ body: { key: crypto.randomUUID() } }),
  'POST /:tenant/stores/:ref': () => ({ body: { version: 1, actions: [{ action: 'setName' }] } }),
  'DELETE /:tenant/stores/:ref': () => ({ query: { version: 999 } }),
  'GET /:tenant/customer-groups': () => ({ query: { where: 'name="Gold"', limit: 1 } }),
  'POST /:tenant/customer-groups': () => ({ body: { groupName: 'Gold' } }),
  'POST /:tenant/customer-groups/:ref': () => ({ body: { version: 1, actions: [{ action: 'setKey' }] } }),
  'DELETE /:tenant/customer-groups/:ref': () => ({ query: { version: 999 } }),
  'GET /:tenant/types': () => ({ query: { where: 'key="loyalty"', limit: 1 } }),
  'POST /:tenant/types': () => ({
    body: { key: crypto.randomUUID(), name: { en: 'Loyalty' }, resourceTypeIds: ['customer'] },
  }),
  'POST /:tenant/types/:ref': () => ({ body: { version: 1, actions: [{ action: 'setDescription' }] } }),
  'DELETE /:tenant/types/:ref': () => ({ query: { version: 999 } }),
}

function pageSamples(): Record<string, () => Sample> {
  return Object.fromEntries(
    accountPageNames.flatMap((name) => [
      [`GET /account/:tenant/${name}`, () => ({ query: { token: 'none' } })],
      [`POST /account/:tenant/${name}`, () => ({ form: { token: 'none', password } })],
    ]),
  )
}

function managementSamples(office: string): Record<string, () => Sample> {
  const path = `${office}/customers`
  const one = [`${path}/:key{key=[^/]+}`, `${path}/:id`]
  const byToken = ['password-token', 'email-token'].map((name) => `${path}/:token{${name}=[^/]+}`)
  const update = { version: 1, actions: [{ action: 'setExternalId', externalId: 'x' }] }
  const change = { id: 'nobody', version: 1, currentPassword: password, newPassword: `${password}!` }
  return {
    [`POST ${office}/login`]: () => ({ body: { email: uniqueEmail(), password } }),
    [`POST ${path}/password-token`]: () => ({ body: { email: uniqueEmail(), ttlMinutes: 60 } }),
    [`POST ${path}/email-token`]: () => ({ body: { id: 'nobody', version: 1, ttlMinutes: 60 } }),
    [`POST ${path}/password`]: () => ({ body: change }),
    [`POST ${path}/password/reset`]: () => ({ body: { tokenValue: 'none', newPassword: password } }),
    [`POST ${path}/email/confirm`]: () => ({ body: { tokenValue: 'none', version: 1 } }),
    [`GET ${path}`]: () => ({ query: { where: 'firstName="Ada"', limit: 1 } }),
    [`POST ${path}`]: () => ({ body: { email: uniqueEmail(), password, addresses: [{ country: 'GB' }] } }),
    ...Object.fromEntries(
      [...one, ...byToken].map((each) => [`GET ${each}`, () => ({ query: { expand: 'custom.type' } })]),
    ),
    ...Object.fromEntries(one.map((each) => [`POST ${each}`, () => ({ body: update })])),
    ...Object.fromEntries(one.map((each) => [`DELETE ${each}`, () => ({ query: { version: 999 } })])),
  }
}

export function needsSample({ endpoint }: Route): boolean {
  return [endpoint.query, endpoint.body, endpoint.form].some((schema) => schema !== undefined)
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
    /:(\w+)(?:\{([\w-]+=)[^}]*\})?/g,
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
