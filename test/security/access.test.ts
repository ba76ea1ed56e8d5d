/**
 * Who may call what: the suite that every route has to pass, whatever it does.
 * T9 wrong token kinds, T30 changes without proof, T38 foreign addresses, T39 foreign tenants, T44 fields that only the
 * back office may set, T52 malformed credentials.
 */
import { evictDurableObject } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { composePorts } from '../../src/adapters/index.ts'
import type { Principal } from '../../src/domain/tenant/principal.ts'
import {
  anonymous,
  baseUrl,
  call,
  logIn,
  mailbox,
  mailedToken,
  newCustomer,
  provedCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
  type CustomerTokens,
  type SignedUp,
} from '../support/client.ts'
import {
  expectFailure,
  expectFault,
  expectRefused,
  formRoutes,
  jsonRoutes,
  knock,
  needsSample,
  pathOf,
  protectedRoutes,
  routes,
  sampleOf,
} from './routes.ts'
import { newTenant } from './service.ts'

type TokenKind =
  | 'anonymous'
  | 'customer'
  | 'service'
  | 'anonymous refresh token'
  | 'customer refresh token'
  | 'saas token'
  | 'one-time token'

const principalKinds = ['anonymous', 'customer', 'service']

let victim: SignedUp & { tokens: CustomerTokens }
let tokens: Record<TokenKind, string>

beforeAll(async () => {
  victim = await newCustomer('acme')
  const visitor = await anonymous('acme')
  await call('POST', '/customer/acme/password/reset', {
    token: visitor.access_token,
    body: { email: victim.email },
  })
  tokens = {
    anonymous: visitor.access_token,
    customer: victim.tokens.access_token,
    service: await serviceToken('acme'),
    'anonymous refresh token': visitor.refresh_token,
    'customer refresh token': victim.tokens.refresh_token,
    'saas token': victim.tokens.saas_token,
    'one-time token': await mailedToken(victim.email, 'password-reset'),
  }
})

afterEach(() => void vi.useRealTimers())

/** A principal of the kind, as good as one of the service's own making. */
function principalOf(kind: Principal['kind'], tenant = 'acme'): Principal {
  const scopes = [
    'customer.customerprofile_edit',
    'customer.customer_update',
    'customer.customer_manage',
    'customer.customer_read_own',
    'customer.customer_manage_own',
    'view_project_settings',
    'customermanagement.legalentity_read_own',
  ]
  const own = { tenant, scopes }
  switch (kind) {
    case 'anonymous':
      return { ...own, kind, sessionId: 'session', clientId: `${tenant}-storefront` }
    case 'service':
      return { ...own, kind, clientId: `${tenant}-admin` }
    case 'customer':
      return { ...own, kind, customerId: victim.id, sessionId: 'session', sessionKey: 'key' }
  }
}

const malformed = [
  '',
  ' ',
  'Bearer',
  'Bearer ',
  'Bearer  ',
  'bearer null',
  'Bearer undefined',
  'Bearer .',
  'Bearer ..',
  'Bearer a.b.c',
  'Bearer a.b.c.d.e',
  'Bearer eyJhbGciOiJFZERTQSJ9',
  'Bearer eyJhbGciOiJFZERTQSJ9..',
  'Bearer e30.e30.e30',
  'Bearer bnVsbA.bnVsbA.bnVsbA',
  'Bearer W10.W10.W10',
  `Bearer ${'a'.repeat(9000)}`,
  `Bearer ${'a'.repeat(3000)}.${'b'.repeat(3000)}.${'c'.repeat(86)}`,
  'Bearer Bearer token',
  'Bearer token, Bearer token',
  'Bearer "token"',
  'Bearer %00',
  'Bearer \u00e4\u00f6\u00fc',
  'Basic',
  'Basic YTpi',
  'Basic !!!!',
  'Digest username="ada"',
  'Negotiate',
  'null',
  ',',
  ';',
  '=',
  "' OR 1=1 --",
  '{"alg":"none"}',
]

/** A header of nothing is no header. */
const wordFor = (header: string) => (header.trim() === '' ? 'TokenMissing' : 'TokenInvalid')

describe('every route', () => {
  it('has a sample request, when it takes anything', () => {
    const missing = routes.filter((route) => needsSample(route) && !sampleOf(route, 'none'))
    expect(missing.map(({ name }) => name)).toEqual([])
  })

  it.each(protectedRoutes)('T52 asks for a token: $name', async (route) => {
    expectRefused(route, await knock(route), 'TokenMissing')
  })

  it.each(protectedRoutes)('T52 refuses every malformed Authorization header alike: $name', async (route) => {
    for (const Authorization of malformed)
      expectRefused(route, await knock(route, { headers: { Authorization } }), wordFor(Authorization))
  })

  it.each(routes.filter(({ endpoint }) => !endpoint.access))(
    'T52 survives every malformed Authorization header: $name',
    async (route) => {
      for (const Authorization of malformed)
        expect((await knock(route, { headers: { Authorization } })).status).toBeLessThan(500)
    },
  )

  it('T52 answers random Authorization headers with the same 401', async () => {
    const letter = fc.integer({ min: 0x21, max: 0xff }).filter((code) => code < 0x7f || code > 0xa0)
    const noise = fc.array(letter, { maxLength: 60 }).map((codes) => String.fromCharCode(...codes))
    const header = fc.oneof(
      noise,
      noise.map((text) => `Bearer ${text}`),
      noise.map((text) => `Basic ${text}`),
    )
    await fc.assert(
      fc.asyncProperty(header, fc.constantFrom(...protectedRoutes), async (Authorization, target) => {
        expectRefused(target, await knock(target, { headers: { Authorization } }), wordFor(Authorization))
      }),
      { numRuns: 200 },
    )
  })

  it.each(protectedRoutes)('T9 takes only the kinds of token that it is for: $name', async (route) => {
    const accepted: readonly string[] = route.endpoint.access?.kinds ?? []
    const wrong = Object.entries(tokens).filter(([kind]) => !accepted.includes(kind))
    expect(wrong.length).toBeGreaterThan(0)
    for (const [kind, token] of wrong)
      expectRefused(
        route,
        await knock(route, { token }),
        principalKinds.includes(kind) ? 'PrincipalUnfit' : 'TokenInvalid',
      )
  })

  it.each(protectedRoutes)('T9 refuses tokens whose time is over: $name', async (route) => {
    const { kinds = [], evenExpired } = route.endpoint.access ?? {}
    for (const kind of kinds) {
      const token = await composePorts(env).accessTokens.issue(principalOf(kind), -1)
      expectRefused(route, await knock(route, { token }), evenExpired ? undefined : 'TokenExpired')
    }
  })

  it.each(protectedRoutes)('T39 refuses tokens of another tenant: $name', async (route) => {
    const { accessTokens } = composePorts(env)
    for (const kind of route.endpoint.access?.kinds ?? []) {
      for (const tenant of ['globex', 'initech']) {
        expectRefused(
          route,
          await knock(route, { token: await accessTokens.issue(principalOf(kind, tenant), 600) }),
        )
      }
    }
  })

  it.each(protectedRoutes.filter(({ endpoint }) => endpoint.access?.kinds.includes('customer')))(
    'T6 refuses the token of a session that has ended or never was: $name',
    async (route) => {
      const { accessTokens } = composePorts(env)
      const made = await accessTokens.issue(principalOf('customer'), 600)
      expectRefused(route, await knock(route, { token: made }))
      const ended = await logIn('acme', victim)
      await call('GET', '/customer/acme/logout', {
        token: ended.access_token,
        query: { accessToken: ended.access_token },
      })
      // With every scope that a customer can have, so that the session is all that is missing.
      const verdict = await accessTokens.verify(ended.access_token)
      if (!verdict.ok) throw new Error(verdict.reason)
      const { scopes } = principalOf('customer')
      const token = await accessTokens.issue({ ...verdict.principal, scopes }, 600)
      expectRefused(route, await knock(route, { token }))
    },
  )

  it.each(protectedRoutes.filter(({ endpoint }) => endpoint.access?.scopes))(
    'T9 asks for its scope: $name',
    async (route) => {
      const { kinds = [], scopes = [] } = route.endpoint.access ?? {}
      const principal = { ...principalOf(kinds[0] ?? 'customer'), scopes: ['order.history_view'] }
      const token = await composePorts(env).accessTokens.issue(principal, 600)
      const answer = await knock(route, { token })
      expect(answer.status).toBe(403)
      expectFailure(route, answer, { kind: 'ScopeMissing', scopes })
    },
  )
})

describe('every form', () => {
  it.each(formRoutes)('T16 is taken from no page of another origin: $name', async (route) => {
    const foreign: Record<string, string>[] = [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site', Origin: baseUrl },
    ]
    for (const headers of foreign) {
      const answer = await knock(route, { headers })
      expectFailure(route, answer, { kind: 'RequestForeign' })
      expect(answer.status).toBe(403)
    }
    const own = await knock(route, { headers: { Origin: baseUrl, 'Sec-Fetch-Site': 'same-origin' } })
    expect(own.status).toBe(400)
  })

  it.each(formRoutes)(
    'that is sent in pieces is read up to the limit and no further: $name',
    async (route) => {
      const piece = new TextEncoder().encode('x'.repeat(256 * 1024))
      let sent = 0
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 1
          if (sent > 96) controller.close()
          else controller.enqueue(piece)
        },
      })
      const response = await exports.default.fetch(
        new Request(new URL(pathOf(route), baseUrl), {
          method: 'POST',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body,
        }),
      )
      expect(response.status).toBe(413)
      expect(await response.text()).toContain('<!doctype html>')
      expect(sent).toBeLessThan(20)
    },
  )
})

describe('addresses of others', () => {
  const addressRoutes = routes.filter(({ endpoint }) => endpoint.path.includes('/me/addresses/:addressId'))
  const street = { contactName: 'Ada', street: 'Secret Street' }
  const add = async (tenant: string, token: string) =>
    (
      await call<{ id: string }>('POST', `/customer/${tenant}/me/addresses`, {
        token,
        body: { ...street, tags: ['BILLING'] },
      })
    ).body.id

  it.each(addressRoutes)('T38 look like addresses that do not exist: $name', async (route) => {
    const [owner, neighbour, stranger] = await Promise.all([
      newCustomer('acme'),
      newCustomer('acme'),
      newCustomer('initech'),
    ])
    const token = neighbour.tokens.access_token
    const foreign = [
      await add('acme', owner.tokens.access_token),
      await add('initech', stranger.tokens.access_token),
    ]
    const answers: object[] = []
    for (const addressId of ['0123456789', ...foreign]) {
      const { status, text } = await knock(route, { token, place: { parameters: { addressId } } })
      answers.push({ status, text: text.replaceAll(addressId, '{id}') })
    }
    expect(answers[0]).toEqual({
      status: 404,
      text: JSON.stringify({
        status: 404,
        type: 'resource_not_found',
        message: `Address {id} of customer ${neighbour.id} not found.`,
      }),
    })
    expect(answers).toEqual(answers.map(() => answers[0]))
    const kept = await call<object[]>('GET', '/customer/acme/me/addresses', {
      token: owner.tokens.access_token,
    })
    expect(kept.body).toMatchObject([{ ...street, id: foreign[0], tags: ['BILLING'] }])
  })

  it('T38 stay untouched even when two customers have addresses of one id', async () => {
    const [own, other] = await Promise.all([newCustomer('acme'), newCustomer('acme')])
    const ids = [await add('acme', own.tokens.access_token), await add('acme', other.tokens.access_token)]
    await env.DB.batch(
      ids.map((id) =>
        env.DB.prepare("UPDATE addresses SET id = ? WHERE id = ? AND tenant = 'acme'").bind(
          `same-${own.id}`,
          id,
        ),
      ),
    )
    for (const { id } of [own, other]) await evictDurableObject(env.CUSTOMERS.getByName(`acme:${id}`))
    const path = `/customer/acme/me/addresses/same-${own.id}`
    expect(
      await call('PATCH', path, { token: own.tokens.access_token, body: { street: 'Other' } }),
    ).toMatchObject({ status: 200 })
    expect(await call('GET', path, { token: other.tokens.access_token })).toMatchObject({ body: street })
    expect(await call('DELETE', path, { token: own.tokens.access_token })).toMatchObject({ status: 204 })
    expect(await call('GET', path, { token: other.tokens.access_token })).toMatchObject({ body: street })
  })
})

describe('two tenants', () => {
  it('T39 keep accounts of one e-mail and one customer id apart', async () => {
    const [one, two] = [await newTenant(), await newTenant()]
    const email = uniqueEmail()
    const ports = composePorts(env)
    for (const key of [one, two]) {
      const tenant = await ports.tenants.findTenant(key)
      if (!tenant) throw new Error('the tenant has just been made')
      const account = { id: 'account', email, emailKey: email, initialPassword: false }
      const optInToken = {
        id: 'token',
        purpose: 'opt_in' as const,
        tenant: key,
        customerId: 'same',
        accountId: 'account',
        credentialsRevision: 1,
        issuedAt: 0,
        expiresAt: 0,
      }
      const passwordHash = await ports.passwords.hash(`password of ${key}`)
      const created = await ports.customers.create(
        tenant,
        {
          id: 'same',
          draft: { firstName: key, contactEmail: email },
          account: { ...account, passwordHash },
          addresses: [{ id: 'address', address: { street: key } }],
          optInToken,
        },
        Date.now(),
      )
      expect(created.ok).toBe(true)
    }
    const own = await logIn(one, { email, password: `password of ${one}` })
    const other = await logIn(two, { email, password: `password of ${two}` })
    const token = (await anonymous(two)).access_token
    const crossed = { token, body: { email, password: `password of ${one}` } }
    expect(await call('POST', `/customer/${two}/login`, crossed)).toMatchObject({ status: 401 })

    await call('PATCH', `/customer/${one}/me`, { token: own.access_token, body: { lastName: 'Changed' } })
    await call('DELETE', `/customer/${one}/me/addresses/address`, { token: own.access_token })
    await call('POST', `/customer/${one}/password/reset`, {
      token: (await anonymous(one)).access_token,
      body: { email },
    })
    const reset = { token: await mailedToken(email, 'password-reset'), password: 'another password' }
    expect(
      await call('POST', `/customer/${two}/password/reset/update`, { token, body: reset }),
    ).toMatchObject({ status: 400 })
    const done = { token: (await anonymous(one)).access_token, body: reset }
    expect(await call('POST', `/customer/${one}/password/reset/update`, done)).toMatchObject({ status: 204 })

    const untouched = await call<Record<string, unknown>>('GET', `/customer/${two}/me`, {
      token: other.access_token,
      query: { expand: 'addresses' },
    })
    expect(untouched.body).toMatchObject({ firstName: two, addresses: [{ id: 'address', street: two }] })
    expect(untouched.body).not.toHaveProperty('lastName')
    expectFault(await call('GET', `/customer/${one}/me`, { token: own.access_token }))
    await logIn(two, { email, password: `password of ${two}` })
  })
})

describe('what a customer sends about himself', () => {
  /** What the back office may set, what the service alone sets, and where they are kept inside. */
  const privileged = {
    id: '99999999',
    customerNumber: '99999999',
    tenant: 'globex',
    type: 'CONTACT',
    restriction: 'none',
    active: false,
    onHold: true,
    groups: ['admins'],
    businessModel: 'B2B',
    version: 77,
    email: 'root@shop.example',
    emailVerified: true,
    passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA',
    credentials: { revision: 0, optInPending: true },
    credentialsRevision: 0,
    accounts: [{ id: 'root@shop.example' }],
    initialPassword: true,
    lastLogin: '2000-01-01T00:00:00.000Z',
    lastLoginAt: '2000-01-01T00:00:00.000Z',
    createdAt: '2000-01-01T00:00:00.000Z',
    metadataCreatedAt: '2000-01-01T00:00:00.000Z',
    addresses: [{ id: 'planted' }],
    defaultAddress: { id: 'planted' },
    shippingAddressIds: ['planted'],
    billingAddressIds: ['planted'],
    defaultAddressId: 'planted',
    photoUrl: 'https://evil.example/x.png',
    b2b: { legalEntities: [{ id: 'planted' }] },
    mixinSchemas: { planted: 'https://evil.example' },
    scopes: ['customer.customer_manage'],
    __tenant: 'globex',
  }
  const stored = async (id: string) => {
    const rows = await env.DB.batch([
      env.DB.prepare(
        'SELECT tenant, id, version, created_at, profile, credentials, credentials_revision FROM customers WHERE id = ?',
      ).bind(id),
      env.DB.prepare(
        'SELECT tenant, email, position, initial_password FROM accounts WHERE customer_id = ?',
      ).bind(id),
      env.DB.prepare('SELECT tenant, id, body FROM addresses WHERE customer_id = ?').bind(id),
    ])
    return rows.map(({ results }) => results)
  }
  const profileRoutes = jsonRoutes.filter(({ name }) => /^(PATCH|PUT) .*\/me$/.test(name))

  it.each(profileRoutes)('T44 cannot set what only others may set: $name', async (route) => {
    const { id, tokens: own } = await newCustomer('acme')
    const before = await stored(id)
    const body = { ...privileged, metadata: { version: undefined, createdAt: '2000' } }
    expect(await knock(route, { token: own.access_token, body })).toMatchObject({ status: 200 })
    expect(await stored(id)).toEqual(before)
  })

  it('T44 cannot set it at sign-up either', async () => {
    const [plain, greedy] = [await signUp('acme'), uniqueEmail()]
    const body = {
      ...privileged,
      email: greedy,
      password: plain.password,
      customerDetails: { ...privileged, firstName: 'Ada', lastName: 'Lovelace', contactEmail: greedy },
    }
    const token = plain.token
    const made = await call<{ id: string }>('POST', '/customer/acme/signup', { token, body })
    expect(made.status).toBe(201)
    const comparable = async (id: string, email: string) =>
      JSON.stringify(await stored(id))
        .replaceAll(id, '{id}')
        .replaceAll(email, '{email}')
        .replace(/"created_at":"[^"]*"/, '')
    expect(await comparable(made.body.id, greedy)).toBe(await comparable(plain.id, plain.email))
  })

  it('T44 cannot set it through My Customer Profile', async () => {
    const { id, tokens: own } = await newCustomer('acme')
    const token = own.access_token
    const before = await stored(id)
    const update = (body: object) => call('POST', '/acme/me', { token, body: { ...body, version: 1 } })
    expect(await update({ ...privileged, actions: [] })).toMatchObject({ status: 200, body: { version: 1 } })
    for (const action of [
      { action: 'setKey', key: 'planted' },
      { action: 'setExternalId', externalId: 'planted' },
      { action: 'setCustomerNumber', customerNumber: '99999999' },
      { action: 'setCustomerGroup', customerGroup: { typeId: 'customer-group', id: 'admins' } },
      { action: 'setStores', stores: [{ typeId: 'store', key: 'planted' }] },
      { action: 'setAuthenticationMode', authMode: 'ExternalAuth' },
      { action: 'setAddressCustomField', addressId: 'planted', name: 'planted' },
      { action: 'verifyEmail' },
      { action: 'set', field: 'photoUrl', value: privileged.photoUrl },
    ]) {
      const answer = await update({ actions: [action] })
      expect(answer, answer.text).toMatchObject({
        status: 400,
        body: { errors: [{ code: 'InvalidJsonInput' }] },
      })
    }
    expect(await stored(id)).toEqual(before)
  })

  it('T44 cannot set it when signing up through My Customer Profile', async () => {
    const { access_token: token } = await anonymous('acme')
    const register = async (more: object) => {
      const email = uniqueEmail()
      const body = { ...more, email, password: 'correct horse battery', addresses: [], firstName: 'Ada' }
      const made = await call<{ customer: { id: string } }>('POST', '/acme/me/signup', { token, body })
      expect(made.status, made.text).toBe(201)
      const { id } = made.body.customer
      return JSON.stringify(await stored(id))
        .replaceAll(id, '{id}')
        .replaceAll(email, '{email}')
        .replace(/"created_at":"[^"]*"/, '')
    }
    expect(await register(privileged)).toBe(await register({}))
  })

  it.each(jsonRoutes.filter(({ endpoint }) => endpoint.path.includes('/me/addresses')))(
    'T44 cannot choose ids or owners of addresses: $name',
    async (route) => {
      const { id, tokens: own } = await newCustomer('acme')
      const token = own.access_token
      const created = await call<{ id: string }>('POST', '/customer/acme/me/addresses', {
        token,
        body: { street: 'Main Street' },
      })
      const { b2b: _b2b, ...fields } = privileged
      await knock(route, {
        token,
        body: { ...fields, city: 'London', customerId: victim.id, key: 'planted' },
        place: { parameters: { addressId: created.body.id } },
      })
      const [customer, , addresses = []] = await stored(id)
      expect(customer).toMatchObject([{ tenant: 'acme', id }])
      for (const address of addresses as { id: string; body: string }[]) {
        expect(address.id).not.toBe(privileged.id)
        expect(address.body).not.toMatch(/planted|evil|root@|2000-01-01|globex/)
      }
      expect(JSON.stringify(addresses)).toContain('London')
    },
  )
})

describe('changes of credentials', () => {
  it.each([
    ['e-mail, without password', 'me/accounts/internal/email/change', { password: '' }, 400],
    ['e-mail, wrong password', 'me/accounts/internal/email/change', { password: 'wrong password' }, 401],
    ['e-mail, of another account', 'me/accounts/internal/email/change', { email: 'other@shop.example' }, 401],
    ['password, without the current one', 'password/change', { currentPassword: '' }, 400],
    ['password, wrong current one', 'password/change', { currentPassword: 'wrong password' }, 401],
  ])('T30 need the present password: %s', async (_name, path, wrong, status) => {
    const { email, password, tokens: own } = await newCustomer('acme')
    const right = {
      email,
      password,
      newEmail: uniqueEmail(),
      currentPassword: password,
      newPassword: 'new secret',
    }
    const answer = await call('POST', `/customer/acme/${path}`, {
      token: own.access_token,
      body: { ...right, ...wrong },
    })
    expect(answer.status, answer.text).toBe(status)
    if (status === 401) expect(answer.body).toMatchObject({ type: 'insufficient_credentials' })
    await logIn('acme', { email, password })
    expect(await call('GET', '/customer/acme/me', { token: own.access_token })).toMatchObject({
      body: { accounts: [{ id: email }] },
    })
  })

  it('T30 tell the old address about a new one, and ask the new one first', async () => {
    const { email, password, tokens: own } = await newCustomer('acme')
    const newEmail = uniqueEmail('new')
    const token = own.access_token
    const asked = await call('POST', '/customer/acme/me/accounts/internal/email/change', {
      token,
      body: { email, password, newEmail },
    })
    expect(asked.status).toBe(204)
    await logIn('acme', { email, password })
    const proof = { token: await mailedToken(newEmail, 'email-change') }
    await call('POST', '/customer/acme/me/accounts/internal/email/change/confirm', { token, body: proof })
    expect(await mailbox(email, 'email-changed')).toHaveLength(1)
    await logIn('acme', { email: newEmail, password })
  })

  it('T30 let the old address take a new one back, whatever was changed since, and nobody knows the password then', async () => {
    const { email, password, tokens: thief } = await provedCustomer('acme')
    const newEmail = uniqueEmail('thief')
    const emailChange = '/customer/acme/me/accounts/internal/email/change'
    await call('POST', emailChange, { token: thief.access_token, body: { email, password, newEmail } })
    const proof = { token: await mailedToken(newEmail, 'email-change') }
    await call('POST', `${emailChange}/confirm`, { token: thief.access_token, body: proof })
    const newPassword = 'password of the thief'
    const change = { currentPassword: password, newPassword }
    await call('POST', '/customer/acme/password/change', { token: thief.access_token, body: change })
    const [notice] = await mailbox(email, 'email-changed')
    const link = notice?.link ?? ''
    expect(link).toBe(`http://127.0.0.1:8787/account/acme/undo-email-change?token=${notice?.token}`)
    expect((await call('GET', link)).status, 'looking does nothing').toBe(200)
    const { access_token: later } = await logIn('acme', { email: newEmail, password: newPassword })
    const form = { token: notice?.token ?? '' }
    expect(await call('POST', '/account/globex/undo-email-change', { form })).toMatchObject({ status: 400 })
    expect(await call('POST', '/account/acme/undo-email-change', { form })).toMatchObject({ status: 200 })
    expect(await call('GET', '/customer/acme/me', { token: later })).toMatchObject({ status: 401 })
    const { access_token: visitor } = await anonymous('acme')
    for (const [as, word] of [
      [newEmail, newPassword],
      [email, newPassword],
      [email, password],
    ]) {
      const body = { email: as, password: word }
      expect(await call('POST', '/customer/acme/login', { token: visitor, body })).toMatchObject({
        status: 401,
      })
    }
    const [mail] = await mailbox(email, 'password-reset', 2)
    const token = mail?.token ?? ''
    const reset = { token, password: 'password of the owner' }
    expect(
      await call('POST', '/customer/acme/password/reset/update', { token: visitor, body: reset }),
    ).toMatchObject({
      status: 204,
    })
    await logIn('acme', { email, password: reset.password })
    expect(await mailbox(newEmail, 'email-changed')).toHaveLength(1)
    const again = await call('POST', '/account/acme/undo-email-change', { form })
    expect(again, 'a double click').toMatchObject({ status: 200 })
    await logIn('acme', { email, password: reset.password })
  })

  it('T30 tell the customer about a new password', async () => {
    const { email, password, tokens: own } = await newCustomer('acme')
    const body = { currentPassword: password, newPassword: 'another secret' }
    await call('POST', '/customer/acme/password/change', { token: own.access_token, body })
    expect(await mailbox(email, 'password-changed')).toHaveLength(1)
  })

  it('T30 need a recent log-in where no password is asked for', async () => {
    const { email, tokens: own } = await newCustomer('acme')
    vi.useFakeTimers({ toFake: ['Date'] })
    const add = () =>
      call('POST', '/customer/acme/me/accounts/internal', {
        token: own.access_token,
        body: { email: uniqueEmail(), password: 'another secret' },
      })
    vi.setSystemTime(Date.now() + 16 * 60_000)
    expect(await add()).toMatchObject({ status: 403 })
    vi.useRealTimers()
    expect(await add()).toMatchObject({ status: 201 })
    expect(await mailbox(email, 'account-added')).toHaveLength(1)
  })

  it('T30 tell the old address, and end every other session, with changeEmail too', async () => {
    const customer = await newCustomer('acme')
    const { access_token: token } = await logIn('acme', customer)
    const actions = [{ action: 'changeEmail', email: uniqueEmail('moved') }]
    const body = { version: 1, actions }
    expect(await call('POST', '/acme/me', { token, body })).toMatchObject({ status: 200 })
    expect(await mailbox(customer.email, 'email-changed')).toHaveLength(1)
    expectFault(await call('GET', '/customer/acme/me', { token: customer.tokens.access_token }))
    const taken = {
      ...body,
      version: 2,
      actions: [{ action: 'changeEmail', email: victim.email.toUpperCase() }],
    }
    expect(await call('POST', '/acme/me', { token, body: taken })).toMatchObject({
      status: 400,
      body: { errors: [{ code: 'DuplicateField', field: 'email' }] },
    })
  })

  it('T30 with changeEmail can be taken back from the old mailbox, in both its addresses; what employees change cannot', async () => {
    const customer = await provedCustomer('acme')
    const change = (email: string, version: number) => ({
      version,
      actions: [{ action: 'changeEmail', email }],
    })
    const [stolen, further] = [uniqueEmail('stolen'), uniqueEmail('further')]
    const { access_token: token } = customer.tokens
    expect(await call('POST', '/acme/me', { token, body: change(stolen, 2) })).toMatchObject({ status: 200 })
    const again = await call('POST', '/acme/me', { token, body: change(further, 3) })
    expect(again).toMatchObject({ status: 200, body: { email: further } })
    expect((await mailbox(stolen, 'email-changed'))[0]).not.toHaveProperty('link')
    const [notice] = await mailbox(customer.email, 'email-changed')
    expect(notice?.link).toBe(`http://127.0.0.1:8787/account/acme/undo-email-change?token=${notice?.token}`)
    const form = { token: notice?.token ?? '' }
    expect(await call('POST', '/account/acme/undo-email-change', { form })).toMatchObject({ status: 200 })
    expectFault(await call('GET', '/customer/acme/me', { token }))
    const office = await serviceToken('acme')
    const path = `/acme/customers/${customer.id}`
    const restored = await call<Record<string, unknown>>('GET', path, { token: office })
    expect(restored.body).toMatchObject({ email: customer.email, version: 5, isEmailVerified: true })
    const seen = await call('GET', `/customer${path}`, { token: office })
    expect(seen.body).toMatchObject({ contactEmail: customer.email })
    expect(await mailbox(customer.email, 'password-reset', 2)).toHaveLength(2)

    const moved = uniqueEmail('moved')
    expect((await call('POST', path, { token: office, body: change(moved, 5) })).status).toBe(200)
    const notices = await mailbox(customer.email, 'email-changed', 2)
    expect(notices.filter((mail) => mail.link !== undefined)).toHaveLength(1)
  })

  it('T30 delete an account only with the mailed token', async () => {
    const { email, tokens: own } = await newCustomer('acme')
    const token = own.access_token
    expect(await call('DELETE', '/customer/acme/me', { token })).toMatchObject({ status: 204 })
    expect(await call('GET', '/customer/acme/me', { token })).toMatchObject({ status: 200 })
    const guessed = await call('DELETE', '/customer/acme/me', { token, query: { token: 'A'.repeat(43) } })
    expect(guessed).toMatchObject({ status: 400 })
    const visitor = (await anonymous('acme')).access_token
    expectFault(await call('DELETE', '/customer/acme/me', { token: visitor }))
    const proof = await mailedToken(email, 'deletion')
    expect(
      await call('DELETE', '/customer/acme/me', { token: visitor, query: { token: proof } }),
    ).toMatchObject({ status: 202 })
    expectFault(await call('GET', '/customer/acme/me', { token }))
  })
})
