/**
 * What stands between a request and a handler: tenant, token, session, query and body, in this order, each refusal worded
 * by the dialect, and nothing set off by somebody who only looks (T15).
 */
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Principal } from '../../src/domain/tenant/principal.ts'
import type { Tenant } from '../../src/domain/tenant/tenant.ts'
import { fail, ok } from '../../src/domain/base/result.ts'
import type { Flows } from '../../src/flows/index.ts'
import { endpoint, type Dialect, type EndpointRequest, type FailurePlace } from '../../src/http/endpoint.ts'
import type { HttpFailure } from '../../src/http/failure.ts'
import { mount } from '../../src/http/mount.ts'
import { tenantWith } from '../support/records.ts'

const acme = tenantWith()
const customer = (sessionKey: string): Principal => ({
  kind: 'customer',
  tenant: 'acme',
  customerId: '12345678',
  sessionId: 'public',
  sessionKey,
  scopes: [],
})
const principals: Record<string, Principal> = {
  alive: customer('alive'),
  dead: customer('dead'),
  service: { kind: 'service', tenant: 'acme', clientId: 'erp', scopes: [] },
  anonymous: { kind: 'anonymous', tenant: 'acme', sessionId: 'public', clientId: 'shop', scopes: [] },
}

const flows = {
  tenants: { findTenant: async (key: string) => (key === 'acme' ? acme : undefined) },
  accessTokens: {
    verify: async (token: string) => {
      const principal = principals[token]
      return principal ? { ok: true, principal, expiresAt: 5000 } : { ok: false, reason: 'invalid' }
    },
  },
  pageSessions: {
    recognise: async ({ key }: Tenant, sealed: string) =>
      sealed === `sealed for ${key}` ? ok(principals['alive']) : fail({ kind: 'SessionEnded' }),
  },
  sessions: {
    check: async ({ principal }: { principal: { sessionKey: string } }) =>
      principal.sessionKey === 'alive' ? ok(undefined) : fail({ kind: 'SessionEnded' }),
  },
} as unknown as Flows

interface Failed {
  failure: HttpFailure
  place: FailurePlace
}

function withoutRequest({ request: _request, ...place }: FailurePlace): FailurePlace {
  return place
}

const handled: string[] = []
const note = (path: string) => {
  handled.push(path)
  return Promise.resolve({ status: 200, body: { path } })
}
const kinds = ['customer', 'anonymous'] as const
const page = z.object({ page: z.coerce.number().int() })
const named = z.object({ name: z.string() })

const dialect: Dialect = {
  name: 'test',
  presentFailure: (failure, place) => ({
    status: 400,
    body: { failure, place: withoutRequest(place) } satisfies Failed,
  }),
  endpoints: [
    endpoint({
      method: 'post',
      path: '/in/:tenant/things/:thing',
      heading: '-',
      access: { kinds },
      query: page,
      body: named,
      handle: async ({ request: _request, flows: given, tenant, ...rest }) => ({
        status: 201,
        body: {
          ...rest,
          ...contextsOf(rest),
          tenant: tenant.key,
          same: given === flows,
        },
        headers: { Location: '/x' },
      }),
    }),
    endpoint({
      method: 'post',
      path: '/in/:tenant/stores/:store/things',
      heading: '-',
      access: { kinds: ['anonymous', 'service'], storeFrom: ({ store = '' }) => store.slice('key='.length) },
      body: named,
      handle: async (request) => ({ status: 200, body: contextsOf(request) }),
    }),
    endpoint({
      method: 'get',
      path: '/in/:tenant/things/:thing',
      heading: '-',
      handle: () => note('things'),
    }),
    endpoint({
      method: 'get',
      path: '/in/:tenant/acts',
      heading: '-',
      acts: true,
      handle: () => note('acts'),
    }),
    endpoint({
      method: 'delete',
      path: '/in/:tenant/checked',
      heading: '-',
      access: { kinds, checkSession: true },
      handle: async () => ({ status: 204 }),
    }),
    endpoint({
      method: 'get',
      path: '/by-query',
      heading: '-',
      tenantFrom: 'query',
      query: z.object({
        tenant: z.string().optional(),
        'hybris-tenant': z.string().optional(),
        page: z.string(),
      }),
      handle: async ({ tenant }) => ({ status: 200, body: { tenant: tenant.key } }),
    }),
    endpoint({
      method: 'get',
      path: '/by-query/private',
      heading: '-',
      tenantFrom: 'query',
      access: { kinds },
      handle: () => note('private'),
    }),
    ...(['get', 'post'] as const).map((method) =>
      endpoint({
        method,
        path: '/in/:tenant/page',
        heading: '-',
        access: { kinds: ['customer'], from: 'cookie' },
        handle: async ({ customer }) => ({
          status: 200,
          markup: `<p>${customer.principal.customerId}</p>`,
          headers: { 'Content-Language': 'en' },
        }),
      }),
    ),
    endpoint({
      method: 'post',
      path: '/in/:tenant/form',
      heading: '-',
      form: named,
      handle: async ({ body }) => ({ status: 200, body }),
    }),
    endpoint({
      method: 'post',
      path: '/nobody',
      heading: '-',
      tenantFrom: 'none',
      handle: () => note('nobody'),
    }),
  ],
}

/** With the tenant's key in the place of the tenant. */
function contextsOf({
  visitor,
  customer,
  office,
}: Pick<EndpointRequest<Principal, unknown, unknown>, 'visitor' | 'customer' | 'office'>) {
  const short = <C extends { tenant: Tenant }>({ tenant, ...context }: C) => ({
    ...context,
    tenant: tenant.key,
  })
  return { visitor: short(visitor), office: short(office), ...(customer && { customer: short(customer) }) }
}

const app = new Hono()
mount(app, dialect, { flows, networkOf: () => '203.0.113.7' })

interface Options {
  token?: string
  body?: string
  headers?: Record<string, string>
}

async function ask(method: string, path: string, { token, body, headers }: Options = {}) {
  const response = await app.request(path, {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === '' ? '' : (JSON.parse(text) as unknown),
  }
}

describe('a handler', () => {
  it('gets everything decoded, and its reply becomes the response', async () => {
    const answer = await ask('POST', '/in/acme/things/a%20b?page=7', {
      token: 'alive',
      body: '{"name":"Ada","more":1}',
      headers: { 'X-External-User-ID': 'clerk-7' },
    })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('Location')).toBe('/x')
    const actor = { customerId: '12345678', externalUserId: 'clerk-7' }
    const caller = { tenant: 'acme', actor, network: '203.0.113.7' }
    expect(answer.body).toEqual({
      tenant: 'acme',
      principal: principals['alive'],
      tokenExpiresAt: 5000,
      visitor: caller,
      customer: { ...caller, principal: principals['alive'] },
      office: { tenant: 'acme', actor: caller.actor, reach: { kind: 'nobody' } },
      parameters: { tenant: 'acme', thing: 'a b' },
      query: { page: 7 },
      body: { name: 'Ada' },
      same: true,
    })
  })

  it.each<[string, Record<string, unknown>]>([
    ['anonymous', { visitor: { sessionId: 'public' }, office: { reach: { kind: 'nobody' } } }],
    ['service', { office: { actor: { clientId: 'erp' }, reach: { kind: 'tenant' } } }],
  ])('is told of a caller of the kind %s, who is no customer', async (token, contexts) => {
    const { body } = await ask('POST', '/in/acme/stores/key=berlin/things', { token, body: '{"name":"x"}' })
    expect(body).toMatchObject(contexts)
    expect(body).not.toHaveProperty('customer')
    expect(body).toMatchObject({ office: { store: 'berlin' } })
  })

  it('that replies without a body sends none', async () => {
    const answer = await ask('DELETE', '/in/acme/checked', { token: 'alive' })
    expect(answer).toMatchObject({ status: 204, text: '' })
    expect(answer.headers.get('Content-Type')).toBeNull()
  })
})

describe('a request', () => {
  const path = '/in/acme/things/x'
  it.each<[string, string, Options, string]>([
    ['an unknown tenant, though all else is wrong', '/in/nobody/things/x', {}, 'TenantUnknown'],
    ['no token, though query and body are wrong', path, { body: '{' }, 'TokenMissing'],
    ['a bad token, though query and body are wrong', path, { token: 'bad', body: '{' }, 'TokenInvalid'],
    ['a bad query, though the body is wrong', path, { token: 'alive', body: '{' }, 'InvalidInput'],
    [
      'a parameter given twice',
      `${path}?page=1&page=2`,
      { token: 'alive', body: '{"name":"x"}' },
      'InvalidInput',
    ],
    ['a body that is no JSON', `${path}?page=1`, { token: 'alive', body: '{' }, 'BodyMalformed'],
    ['a body of another shape', `${path}?page=1`, { token: 'alive', body: '{"name":1}' }, 'InvalidInput'],
    ['no body', `${path}?page=1`, { token: 'alive' }, 'InvalidInput'],
  ])('with %s is refused', async (_what, to, options, kind) => {
    const { status, body } = await ask('POST', to, options)
    const { failure, place } = body as Failed
    expect([status, failure.kind]).toEqual([400, kind])
    expect(place.tenant).toBe(to.split('/')[2])
  })

  it.each([
    [path, 'query', 'page'],
    [`${path}?page=1`, 'body', 'name'],
  ])('at %s is told that its %s is at fault, and which field', async (to, source, field) => {
    const { body } = await ask('POST', to, { token: 'alive', body: '{}' })
    expect(body).toMatchObject({ failure: { violations: [{ field }] }, place: { source } })
  })
})

describe('a session', () => {
  it('is checked where nobody else will', async () => {
    expect((await ask('DELETE', '/in/acme/checked', { token: 'dead' })).body).toMatchObject({
      failure: { kind: 'SessionEnded' },
    })
  })

  it('is not checked where the use case does it', async () => {
    expect(
      (await ask('POST', '/in/acme/things/x?page=1', { token: 'dead', body: '{"name":"x"}' })).status,
    ).toBe(201)
  })

  it('is none of a caller without one', async () => {
    expect((await ask('DELETE', '/in/acme/checked', { token: 'anonymous' })).status).toBe(204)
  })
})

describe('a tenant named by the query', () => {
  it.each(['tenant', 'hybris-tenant'])('is found by the parameter %s', async (parameter) => {
    expect((await ask('GET', `/by-query?${parameter}=acme&page=1`)).body).toEqual({ tenant: 'acme' })
  })

  it.each([
    ['/by-query?tenant=acme', 'InvalidInput'],
    ['/by-query?page=1', 'TenantUnknown'],
    ['/by-query?page=1&tenant=nobody', 'TenantUnknown'],
    ['/by-query/private', 'TenantUnknown'],
    ['/by-query/private?tenant=acme', 'TokenMissing'],
  ])('at %s: %s', async (path, kind) => {
    expect((await ask('GET', path, {})).body).toMatchObject({ failure: { kind } })
  })

  it('is not asked for where there is none', async () => {
    expect((await ask('POST', '/nobody?tenant=nobody')).status).toBe(200)
  })
})

describe('somebody who only looks', () => {
  it.each<[string, Record<string, string>]>([
    ['HEAD', {}],
    ['GET', { Purpose: 'prefetch' }],
    ['GET', { 'Sec-Purpose': 'prefetch;prerender' }],
    ['GET', { Purpose: 'preview' }],
  ])('by %s with %j sets nothing off', async (method, headers) => {
    const before = handled.length
    expect(await ask(method, '/in/acme/acts', { headers })).toMatchObject({ status: 200, text: '' })
    expect(handled.length).toBe(before)
  })

  it('is told apart from somebody who means it', async () => {
    const before = handled.length
    expect((await ask('GET', '/in/acme/acts')).body).toEqual({ path: 'acts' })
    expect(handled.slice(before)).toEqual(['acts'])
  })

  it('gets the head of a GET that changes nothing', async () => {
    expect(await ask('HEAD', '/in/acme/things/x')).toMatchObject({ status: 200, text: '' })
  })
})

describe('a method that a path does not know', () => {
  it.each([
    ['PUT', '/in/acme/things/x', ['POST', 'GET', 'HEAD', 'OPTIONS']],
    ['POST', '/in/acme/acts', ['GET', 'HEAD', 'OPTIONS']],
    ['GET', '/in/acme/checked', ['DELETE', 'OPTIONS']],
    ['PROPFIND', '/nobody', ['POST', 'OPTIONS']],
  ])('%s %s is answered with those it knows', async (method, path, allowed) => {
    expect((await ask(method, path)).body).toMatchObject({ failure: { kind: 'MethodUnsupported', allowed } })
  })

  it('is not looked for at a path that does not exist', async () => {
    expect((await app.request('/in/acme')).status).toBe(404)
  })
})

const ownOrigin = { Origin: 'http://localhost' }
const foreign: [string, Record<string, string>][] = [
  ['another origin', { Origin: 'https://evil.example' }],
  ['another scheme', { Origin: 'https://localhost' }],
  ['another port', { Origin: 'http://localhost:8080' }],
  ['an opaque origin', { Origin: 'null' }],
  ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
  ['a neighbouring subdomain', { 'Sec-Fetch-Site': 'same-site', ...ownOrigin }],
  ['another site that claims our origin', { 'Sec-Fetch-Site': 'cross-site', ...ownOrigin }],
]

describe('a form', () => {
  const send = (form: string, headers: Record<string, string> = {}) =>
    ask('POST', '/in/acme/form', {
      body: form,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    })

  it.each<[string, Record<string, string>]>([
    ['a page of ours', ownOrigin],
    ['a page of ours, as the browser says', { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' }],
    ['the address bar', { 'Sec-Fetch-Site': 'none' }],
    ['no browser', {}],
  ])('is decoded when it comes from %s', async (_from, headers) => {
    expect(await send('name=Ada+L&more=1', headers)).toMatchObject({ status: 200, body: { name: 'Ada L' } })
  })

  it.each(foreign)('is refused from %s', async (_from, headers) => {
    expect((await send('name=Ada', headers)).body).toMatchObject({ failure: { kind: 'RequestForeign' } })
  })

  it.each([
    ['name=Ada&name=Eve', 'InvalidInput'],
    ['', 'InvalidInput'],
    ['name=%00', 'BodyMalformed'],
    ['__proto__=x&name=Ada', 'BodyMalformed'],
    [`name=${'x'.repeat(1024 * 1024)}`, 'BodyTooLarge'],
  ])('is refused when it is not as it should be: %.30s', async (form, kind) => {
    expect((await send(form)).body).toMatchObject({ failure: { kind } })
  })

  it('is refused when it is no form', async () => {
    const answer = await ask('POST', '/in/acme/form', { body: '{"name":"Ada"}' })
    expect(answer.body).toMatchObject({ failure: { kind: 'MediaTypeUnsupported' } })
  })
})

describe('a page that reads the session cookie', () => {
  const cookie = (value: string, tenant = 'acme') => ({ Cookie: `a=b; __Host-patron-${tenant}=${value}` })
  const own = cookie(encodeURIComponent('sealed for acme'))

  it('knows its customer, and answers with markup', async () => {
    const answer = await app.request('/in/acme/page', { headers: own })
    expect(answer.headers.get('Content-Type')).toBe('text/html; charset=UTF-8')
    expect(answer.headers.get('Content-Language')).toBe('en')
    expect(await answer.text()).toBe('<p>12345678</p>')
  })

  it.each<[string, Record<string, string>, string]>([
    ['no cookie', {}, 'TokenMissing'],
    ['a bearer token in its place', { Authorization: 'Bearer alive' }, 'TokenMissing'],
    ['the cookie of another tenant', cookie('sealed%20for%20acme', 'globex'), 'TokenMissing'],
    ['a cookie without the prefix', { Cookie: 'patron-acme=sealed%20for%20acme' }, 'TokenMissing'],
    ['a handle of another tenant', cookie('sealed%20for%20globex'), 'SessionEnded'],
    ['a handle that is made up', cookie('x'), 'SessionEnded'],
  ])('refuses %s', async (_what, headers, kind) => {
    expect((await ask('GET', '/in/acme/page', { headers })).body).toMatchObject({ failure: { kind } })
  })

  it.each<[string, Record<string, string>]>([...foreign, ['a client that says nothing', {}]])(
    'changes nothing for %s',
    async (_from, headers) => {
      const answer = await ask('POST', '/in/acme/page', { headers: { ...own, ...headers } })
      expect(answer.body).toMatchObject({ failure: { kind: 'RequestForeign' } })
    },
  )

  it('changes something for a page of ours', async () => {
    const answer = await app.request('/in/acme/page', { method: 'POST', headers: { ...own, ...ownOrigin } })
    expect(answer.status).toBe(200)
  })
})
