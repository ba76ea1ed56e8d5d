/**
 * What a token was granted, and until when: its scopes count in both dialects, a session keeps to its client, a client answers for
 * a visitor only with its secret, and what was revoked or belongs to a deleted client is over. T6 revocation, T9 scopes and
 * clients.
 */
import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { composePorts } from '../../src/adapters/index.ts'
import { hashClientSecret, insertClient } from '../../src/cli/database/sql.ts'
import type { Principal } from '../../src/domain/tenant/principal.ts'
import {
  anonymous,
  call,
  logIn,
  newCustomer,
  signUp,
  uniqueEmail,
  type Answer,
  type AnonymousSession,
  type CustomerTokens,
  type SignedUp,
} from '../support/client.ts'
import { expectFailure, expectFault, knock, protectedRoutes, type Route } from './routes.ts'
import { newTenant, serviceWith } from './service.ts'

afterEach(() => void vi.useRealTimers())

interface Token {
  access_token: string
  refresh_token: string
  scope: string
}

const password = 'correct horse battery'

/** A request to the authorization service with a client's secret. */
function asClient<Body = Token>(client: string, path: string, form: Record<string, string>) {
  const headers = { Authorization: `Basic ${btoa(`${client}:${client}-secret`)}` }
  return call<Body>('POST', path, { form, headers })
}

const visitorOfClient = (client = 'acme-storefront', more = {}) =>
  asClient(client, `/oauth/${client.split('-')[0]}/anonymous/token`, {
    grant_type: 'client_credentials',
    ...more,
  })
const customerOfClient = ({ email }: Pick<SignedUp, 'email'>, client = 'acme-storefront', more = {}) =>
  asClient(client, `/oauth/${client.split('-')[0]}/customers/token`, {
    ...{ grant_type: 'password', username: email, password },
    ...more,
  })
const service = (client = 'acme-admin') =>
  asClient(client, '/oauth/token', { grant_type: 'client_credentials' })
const revoke = (token: string, client = 'acme-storefront') =>
  asClient(client, '/oauth/token/revoke', { token })
const refreshWithSecret = (token: string, client = 'acme-storefront') =>
  asClient(client, '/oauth/token', { grant_type: 'refresh_token', refresh_token: token })

const visitorOf = (tenant: string, client: string) =>
  call<AnonymousSession>('GET', '/customerlogin/auth/anonymous/login', {
    query: { tenant, client_id: client },
  })
const refreshVisitor = (token: Record<string, string>, client = 'acme-storefront') =>
  call<AnonymousSession>('GET', '/customerlogin/auth/anonymous/refresh', {
    query: { tenant: client.split('-')[0] ?? '', client_id: client, ...token },
  })
const refreshCustomer = (bearer: string, refreshToken: string) =>
  call<CustomerTokens>('GET', '/customer/acme/refreshauthtoken', { token: bearer, query: { refreshToken } })

/** commercetools' refresh tokens start with their project, which Emporix' do not. */
const bare = ({ refresh_token }: Pick<Token, 'refresh_token'>) => refresh_token.slice('acme:'.length)

async function newClient(tenant: string, scopes: string[]): Promise<string> {
  const id = `${tenant}-${crypto.randomUUID().slice(0, 8)}`
  const client = { id, tenant, secretHash: hashClientSecret(`${id}-secret`), scopes }
  await env.DB.prepare(insertClient(client, '2026-01-01T00:00:00.000Z')).run()
  return id
}

/** Of customers and visitors themselves, in both dialects. */
const ownRoutes = protectedRoutes.filter(
  ({ endpoint: { access, path } }) =>
    !access?.reach && /^(\/customer\/:tenant\/|\/:tenant\/me)/.test(path) && !isOffice(access?.kinds ?? []),
)
function isOffice(kinds: readonly string[]): boolean {
  return kinds.every((kind) => kind === 'service')
}

/** By the vendors' documents; whatever is not here changes something of the customer's, or makes one. */
const needs: Record<string, 'nothing' | 'view' | 'account'> = {
  'GET /customer/:tenant/logout': 'nothing',
  'GET /customer/:tenant/refreshauthtoken': 'nothing',
  'GET /customer/:tenant/validateauthtoken': 'view',
  'GET /customer/:tenant/me': 'view',
  'GET /customer/:tenant/me/addresses': 'view',
  'GET /customer/:tenant/me/addresses/:addressId': 'view',
  'POST /customer/:tenant/me/accounts/internal': 'account',
}
const whole = ['manage_my_profile', 'manage_project']
const enough = {
  view: ['customer.customerprofile_view', 'customer.customerprofile_edit', ...whole],
  edit: ['customer.customerprofile_edit', ...whole],
  account: ['customer.customer_update', ...whole],
}
const useless = ['view_project_settings', 'create_anonymous_token', 'order.history_view', 'view_customers']

function isEnough({ name }: Route, scopes: string[]): boolean {
  const need = needs[name] ?? 'edit'
  return need === 'nothing' || scopes.some((scope) => enough[need].includes(scope))
}

function expectScopeMissing(route: Route, answer: Answer): void {
  expectFailure(route, answer, { kind: 'ScopeMissing', scopes: route.endpoint.access?.scopes ?? [] })
}

let own: Extract<Principal, { kind: 'customer' }>
beforeAll(async () => {
  const { id, tokens } = await newCustomer('acme')
  const { key } = decodeJwt<{ key: string }>(tokens.access_token)
  const sessionId = tokens.session_id
  own = { kind: 'customer', tenant: 'acme', customerId: id, sessionId, sessionKey: key, scopes: [] }
})

describe('the scopes of a token', () => {
  const { accessTokens } = composePorts(env)
  const tokenWith = (kind: string, scopes: string[]) =>
    accessTokens.issue(
      kind === 'customer'
        ? { ...own, scopes }
        : { kind: 'anonymous', tenant: 'acme', sessionId: 's', clientId: 'acme-storefront', scopes },
      60,
    )
  const kindsOf = ({ endpoint }: Route) => (endpoint.access?.kinds ?? []).filter((kind) => kind !== 'service')

  it('T9 are asked for by everything that customers and visitors do but ending and prolonging a session', () => {
    expect(ownRoutes.length).toBeGreaterThan(30)
    const free = ownRoutes.filter(({ endpoint }) => !endpoint.access?.scopes?.length)
    expect(free.map(({ name }) => name).sort()).toEqual(
      Object.keys(needs).filter((name) => needs[name] === 'nothing'),
    )
  })

  it.each(ownRoutes.filter(({ name }) => needs[name] !== 'nothing'))(
    'T9 are missing in a token that is for something else: $name',
    async (route) => {
      for (const kind of kindsOf(route))
        expectScopeMissing(route, await knock(route, { token: await tokenWith(kind, useless) }))
    },
  )

  it('T9 count alike in both dialects, whichever they are', async () => {
    const settled = ownRoutes.filter(({ name }) => needs[name] !== 'nothing')
    const pool = [...new Set([...Object.values(enough).flat(), ...useless])]
    const calls = fc.record({
      route: fc.constantFrom(...settled),
      scopes: fc.subarray(pool, { maxLength: 3 }),
      choice: fc.nat(),
    })
    await fc.assert(
      fc.asyncProperty(calls, async ({ route, scopes, choice }) => {
        const kinds = kindsOf(route)
        const token = await tokenWith(kinds[choice % kinds.length] ?? '', scopes)
        const answer = await knock(route, { token })
        if (isEnough(route, scopes)) expect(() => expectScopeMissing(route, answer)).toThrow()
        else expectScopeMissing(route, answer)
      }),
      { numRuns: 300 },
    )
  })

  it('T9 of every ordinary token are enough in both dialects', async () => {
    const customer = await newCustomer('acme')
    const [visitors, customers] = [
      [await anonymous('acme'), (await visitorOfClient()).body],
      [
        customer.tokens,
        (await customerOfClient(customer, 'acme-storefront', { scope: 'manage_my_profile' })).body,
      ],
    ]
    const ordinary = { anonymous: visitors, customer: customers }
    for (const route of ownRoutes.filter(({ name }) => name !== 'GET /customer/:tenant/logout'))
      for (const kind of kindsOf(route))
        for (const { access_token: token } of kind === 'anonymous' ? ordinary.anonymous : ordinary.customer) {
          const answer = await knock(route, { token })
          expect(() => expectScopeMissing(route, answer), route.name).toThrow()
        }
  })

  it('T9 of a customer’s narrow token neither delete the account nor show it', async () => {
    const customer = await signUp('acme')
    const { body } = await customerOfClient(customer, 'acme-storefront', { scope: 'view_project_settings' })
    for (const [method, path] of [
      ['GET', '/acme/me'],
      ['GET', '/customer/acme/me'],
      ['GET', '/customer/acme/validateauthtoken'],
      ['PATCH', '/customer/acme/me'],
      ['DELETE', '/customer/acme/me'],
    ] as const)
      expect(await call(method, path, { token: body.access_token })).toMatchObject({ status: 403 })
  })

  it('T9 of a visitor are kept when the session goes on, in the other dialect, too', async () => {
    const client = await newClient('acme', ['create_anonymous_token', 'view_project_settings'])
    const opened = (await visitorOf('acme', client)).body
    const renewed = (await refreshVisitor({ anonymous_token: opened.access_token }, client)).body
    const refreshed = (await refreshVisitor({ refresh_token: opened.refresh_token }, client)).body
    const theirs = (await refreshWithSecret(opened.refresh_token, client)).body
    for (const { access_token: token } of [opened, renewed, refreshed, theirs]) {
      const body = { email: uniqueEmail(), password }
      expect(await call('POST', '/customer/acme/signup', { token, body })).toMatchObject({ status: 403 })
      expect(await call('POST', '/acme/me/signup', { token, body })).toMatchObject({ status: 403 })
    }
  })
})

describe('a session keeps to its client', () => {
  it('T9 that a client has opened with its secret: nothing but that secret refreshes it', async () => {
    const customer = await newCustomer('acme')
    const { body: token } = await customerOfClient(customer)
    const bearers = [
      (await anonymous('acme')).access_token,
      (await visitorOfClient()).body.access_token,
      token.access_token,
      customer.tokens.access_token,
    ]
    for (const bearer of bearers) expectFault(await refreshCustomer(bearer, bare(token)))
    expect(await refreshWithSecret(token.refresh_token, 'acme-admin')).toMatchObject({ status: 400 })
    expect(await refreshWithSecret(token.refresh_token)).toMatchObject({ status: 200 })
  })

  it('T9 of a visitor, that a client has opened with its secret: neither of its tokens goes on without', async () => {
    const { body: token } = await visitorOfClient()
    expectFault(await refreshVisitor({ refresh_token: bare(token) }))
    expectFault(await refreshVisitor({ anonymous_token: token.access_token }))
    expect(await refreshWithSecret(token.refresh_token, 'acme-admin')).toMatchObject({ status: 400 })
    const { body: refreshed } = await refreshWithSecret(token.refresh_token)
    expectFault(await refreshVisitor({ anonymous_token: refreshed.access_token }))
  })

  it('T9 that was opened by its id: no other client refreshes or revokes it, in neither dialect', async () => {
    const customer = await newCustomer('acme')
    const { refresh_token, access_token } = customer.tokens
    const other = (await visitorOf('acme', 'acme-admin')).body.access_token
    expectFault(await refreshCustomer(other, refresh_token))
    const others = await logIn('acme', { ...customer, token: other })
    expectFault(await refreshCustomer(others.access_token, refresh_token))
    expect(await refreshWithSecret(refresh_token, 'acme-admin')).toMatchObject({ status: 400 })
    for (const token of [refresh_token, access_token])
      expect(await revoke(token, 'acme-admin')).toMatchObject({
        status: 400,
        body: { error: 'unauthorized_client' },
      })
    const refreshed = await refreshCustomer((await anonymous('acme')).access_token, refresh_token)
    expect(refreshed.status, refreshed.text).toBe(200)
    const again = await refreshCustomer(access_token, refreshed.body.refresh_token)
    expect(again.status, again.text).toBe(200)
    expect(await refreshWithSecret(again.body.refresh_token)).toMatchObject({ status: 200 })
  })
})

describe('a visitor whom a client has not vouched for', () => {
  it('T9 needs a client that allows it, to come and to stay', async () => {
    const client = await newClient('acme', ['manage_my_profile'])
    const refused = { status: 403, body: { type: 'Forbidden' } }
    expect(await visitorOf('acme', client)).toMatchObject(refused)
    expect(await refreshVisitor({ refresh_token: 'none' }, client)).toMatchObject(refused)
    expect(await refreshVisitor({ anonymous_token: 'none' }, client)).toMatchObject(refused)
    expect(await visitorOfClient(client)).toMatchObject({ status: 403 })
  })

  it.each([
    ['Emporix', '/customer/acme/signup'],
    ['commercetools', '/acme/me/signup'],
  ])('T9 is no act of the client: %s', async (_dialect, path) => {
    const createdBy = async (token: string) => {
      const body = { email: uniqueEmail(), password }
      await call('POST', path, { token, body })
      const { access_token } = (await customerOfClient(body)).body
      return (await call<{ createdBy: object }>('GET', '/acme/me', { token: access_token })).body.createdBy
    }
    const { access_token: named, sessionId: anonymousId } = await anonymous('acme')
    expect(await createdBy(named)).toEqual({ isPlatformClient: false, anonymousId })
    const { body: proved } = await visitorOfClient()
    expect(await createdBy(proved.access_token)).toMatchObject({ clientId: 'acme-storefront' })
  })
})

/** Another isolate, with a memory of its own. */
const elsewhere = () => serviceWith(() => ({}))
const visit = '/customer/acme/me'

describe('a revoked visitor', () => {
  it.each(['access_token', 'refresh_token'] as const)(
    'T6 is over in both dialects, by the %s',
    async (kind) => {
      const theirs = (await visitorOfClient()).body
      const ours = await anonymous('acme')
      for (const token of [theirs, ours]) {
        expect(await call('GET', visit, { token: token.access_token })).toMatchObject({ status: 200 })
        expect(await revoke(token[kind])).toMatchObject({ status: 200 })
        expectFault(await call('GET', visit, { token: token.access_token }))
        expectFault(await refreshVisitor({ anonymous_token: token.access_token }))
      }
      expectFault(await refreshVisitor({ refresh_token: ours.refresh_token }))
      for (const { refresh_token } of [theirs, ours])
        expect(await refreshWithSecret(refresh_token)).toMatchObject({ status: 400 })
      expect(await call('GET', visit, { token: (await anonymous('acme')).access_token })).toMatchObject({
        status: 200,
      })
    },
  )

  it('T6 is over within half a minute where the visitor was known before', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const [isolate, { access_token: token }] = [elsewhere(), await anonymous('acme')]
    expect(await isolate.call('GET', visit, { token })).toMatchObject({ status: 200 })
    await revoke(token)
    expect(await isolate.call('GET', visit, { token })).toMatchObject({ status: 200 })
    vi.setSystemTime(Date.now() + 30_000)
    expectFault(await isolate.call('GET', visit, { token }))
  })

  it('T6 is over although more were revoked since than an isolate remembers', async () => {
    const tenant = await newTenant()
    const [{ access_token: first }, { access_token: alive }] = [
      await anonymous(tenant),
      await anonymous(tenant),
    ]
    await revoke(first, `${tenant}-storefront`)
    const later = Date.now() + 1000
    await env.DB.batch(
      Array.from({ length: 250 }, (_, index) => {
        const at = new Date(later + index).toISOString()
        return env.DB.prepare(
          'INSERT INTO anonymous_ids (tenant, id, created_at, revoked_at) VALUES (?, ?, ?, ?)',
        ).bind(tenant, `later ${index}`, at, at)
      }),
    )
    const isolate = elsewhere()
    const path = `/customer/${tenant}/me`
    expectFault(await isolate.call('GET', path, { token: first }))
    expect(await isolate.call('GET', path, { token: alive })).toMatchObject({ status: 200 })
  })
})

describe('a revoked service token', () => {
  const active = async (token: string) =>
    (await asClient<{ active: boolean }>('acme-admin', '/oauth/introspect', { token })).body.active

  it('T6 ends all that its client has, and none of others or of later', async () => {
    const client = await newClient('acme', ['view_customers', 'customer.customer_read'])
    const [{ body: one }, { body: two }, { body: others }] = [
      await service(client),
      await service(client),
      await service(),
    ]
    const works = async ({ access_token: token }: Token) => [
      (await call('GET', '/acme/customers', { token })).status,
      (await call('GET', '/customer/acme/customers', { token })).status,
    ]
    expect(await works(one)).toEqual([200, 200])
    expect(await revoke(one.access_token, 'acme-admin')).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    })
    expect(await works(one)).toEqual([200, 200])
    expect(await revoke(one.access_token, client)).toMatchObject({ status: 200, text: '{}' })
    expect([await works(one), await works(two)]).toEqual([
      [401, 401],
      [401, 401],
    ])
    expect([await active(one.access_token), await active(others.access_token)]).toEqual([false, true])
    expect(await works(others)).toEqual([200, 200])
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(Date.now() + 1)
    expect(await works((await service(client)).body)).toEqual([200, 200])
  })

  it('T6 is over within half a minute where it was known before', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const client = await newClient('acme', ['view_customers'])
    const isolate = elsewhere()
    const { access_token: token } = (await service(client)).body
    expect(await isolate.call('GET', '/acme/customers', { token })).toMatchObject({ status: 200 })
    await revoke(token, client)
    expect(await isolate.call('GET', '/acme/customers', { token })).toMatchObject({ status: 200 })
    vi.setSystemTime(Date.now() + 30_000)
    expect(await isolate.call('GET', '/acme/customers', { token })).toMatchObject({ status: 401 })
  })
})

it('T6 whatever a deleted client was given is over within half a minute', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const tenant = await newTenant()
  const client = `${tenant}-storefront`
  const customer = await newCustomer(tenant)
  const me = `/customer/${tenant}/me`
  const given: [string, string][] = [
    [me, customer.token],
    [me, customer.tokens.access_token],
    [me, (await customerOfClient(customer, client)).body.access_token],
    [me, (await visitorOfClient(client)).body.access_token],
    [`/${tenant}`, (await service(client)).body.access_token],
  ]
  for (const [path, token] of given)
    expect(await call('GET', path, { token }), path).toMatchObject({ status: 200 })
  await env.DB.prepare('DELETE FROM clients WHERE id = ?').bind(client).run()
  vi.setSystemTime(Date.now() + 30_000)
  for (const [path, token] of given)
    expect(await call('GET', path, { token }), path).toMatchObject({ status: 401 })
  const presented = await call('GET', `/customer/${tenant}/refreshauthtoken`, {
    token: customer.token,
    query: { refreshToken: customer.tokens.refresh_token },
  })
  expectFault(presented)
})
