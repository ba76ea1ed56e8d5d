/**
 * The authorization service of commercetools over plain HTTP: what the SDK sends, what other clients may send, and the
 * answers byte for byte.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { adminScopes } from '../../../src/cli/scopes.ts'
import { call, logIn, request, signUp, uniqueEmail, type Answer } from '../../support/client.ts'
import { serviceWith } from '../../security/service.ts'

interface Token {
  access_token: string
  expires_in: number
  token_type: string
  scope: string
  refresh_token?: string
}

const day = 86_400
const password = 'correct horse battery'
const storefront = basic('acme-storefront', 'acme-storefront-secret')
const admin = basic('acme-admin', 'acme-admin-secret')
const paths = {
  service: '/oauth/token',
  customer: '/oauth/acme/customers/token',
  anonymous: '/oauth/acme/anonymous/token',
}

afterEach(() => void vi.useRealTimers())

function basic(id: string, secret: string) {
  return { Authorization: `Basic ${btoa(`${id}:${secret}`)}` }
}

const post = <Body = Token>(path: string, form: Record<string, string>, headers = storefront) =>
  call<Body>('POST', path, { form, headers })

/** The five keys of the authorization service and nothing else. */
function expectError({ status, body, headers }: Answer, code: number, error: string, text: string): void {
  expect({ status, body }).toEqual({
    status: code,
    body: {
      statusCode: code,
      message: text,
      errors: [{ code: error, message: text }],
      error,
      error_description: text,
    },
  })
  expect(headers.get('Content-Type')).toMatch(/^application\/json/)
}

function granted({ status, body, text }: Answer<Token>): Token {
  expect(status, text).toBe(200)
  expect(body).toMatchObject({
    access_token: expect.any(String),
    expires_in: 2 * day,
    token_type: 'Bearer',
  })
  return body
}

const invalidClient = (answer: Answer) => {
  const text = 'Please provide valid client credentials using HTTP Basic Authentication.'
  expectError(answer, 401, 'invalid_client', text)
}
const invalidGrant = (answer: Answer) =>
  expectError(answer, 400, 'invalid_grant', 'The refresh token was not found. It may have expired.')

async function passwordToken(more: Record<string, string> = {}) {
  const customer = await signUp('acme')
  const form = { grant_type: 'password', username: customer.email, password: customer.password, ...more }
  return { customer, token: granted(await post(paths.customer, form)) }
}

const me = (token: string) => call('GET', '/acme/me', { token })
const refresh = (token: string | undefined, headers = storefront) =>
  post(paths.service, { grant_type: 'refresh_token', refresh_token: token ?? '' }, headers)
const introspect = (token: string, headers = admin) =>
  post<{ active: boolean; scope?: string; exp?: number; client_id?: string }>(
    '/oauth/introspect',
    { token },
    headers,
  )
const revoke = (token: string, headers = storefront) => post('/oauth/token/revoke', { token }, headers)

describe('client credentials', () => {
  it('are all scopes of the client for two days, each with the project, and no refresh token', async () => {
    const token = granted(await post(paths.service, { grant_type: 'client_credentials' }, admin))
    expect(Object.keys(token).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type'])
    const named = adminScopes.map((scope) => (scope.includes('.') ? scope : `${scope}:acme`))
    expect(token.scope.split(' ').sort()).toEqual(named.sort())
  })

  it('are the scopes that are asked for', async () => {
    const form = { grant_type: 'client_credentials', scope: 'view_customers:acme manage_my_profile:acme' }
    expect(granted(await post(paths.service, form, admin)).scope).toBe(form.scope)
  })

  it('are read from the query, from any media type, and with raw spaces', async () => {
    const grant = 'grant_type=client_credentials&scope=view_customers:acme manage_my_profile:acme'
    const scope = 'view_customers:acme manage_my_profile:acme'
    const service = serviceWith(() => ({}))
    for (const type of ['application/x-www-form-urlencoded', 'application/json', 'text/plain']) {
      const { url, method, headers } = request('POST', paths.service, { headers: admin })
      headers.set('Content-Type', type)
      const answer = await service.fetch(new Request(url, { method, headers, body: grant }))
      expect([answer.status, await answer.json()]).toMatchObject([200, { scope }])
    }
    const query = { grant_type: 'client_credentials', scope }
    const answer = await call<Token>('POST', paths.service, { query, headers: admin })
    expect(granted(answer).scope).toBe(scope)
  })

  it.each(Object.values(paths))(
    'that are wrong, or of another project, are invalid_client: %s',
    async (path) => {
      const form = { grant_type: path === paths.customer ? 'password' : 'client_credentials' }
      for (const headers of [
        basic('acme-storefront', 'wrong'),
        basic('nobody', 'x'),
        { Authorization: 'Basic %' },
      ])
        invalidClient(await post(path, form, headers))
      if (path !== paths.service)
        invalidClient(await post(path, form, basic('globex-storefront', 'globex-storefront-secret')))
    },
  )

  it('that are absent are invalid_client', async () => {
    invalidClient(await call('POST', paths.service, { form: { grant_type: 'client_credentials' } }))
    invalidClient(await call('POST', '/oauth/introspect', { form: { token: 'x' } }))
    invalidClient(await call('POST', '/oauth/token/revoke', { form: { token: 'x' } }))
  })
})

describe('every grant', () => {
  it.each(Object.values(paths))('needs a grant type that the path knows: %s', async (path) => {
    expectError(await post(path, {}), 400, 'invalid_request', 'Missing required parameter: grant_type.')
    const nothing = { grant_type: '' }
    expectError(await post(path, nothing), 400, 'invalid_request', 'Missing required parameter: grant_type.')
    const text = 'Invalid parameter: grant_type: Invalid grant type: magic'
    expectError(await post(path, { grant_type: 'magic' }), 400, 'unsupported_grant_type', text)
  })

  it.each([
    ['unknown', 'make_coffee'],
    ['not of the client', 'manage_customers:acme'],
    ['of another project', 'manage_my_profile:globex'],
  ])('refuses a scope that is %s', async (_what, scope) => {
    const { email } = await signUp('acme')
    const forms = {
      [paths.service]: { grant_type: 'client_credentials' },
      [paths.customer]: { grant_type: 'password', username: email, password },
      [paths.anonymous]: { grant_type: 'client_credentials' },
    }
    for (const [path, form] of Object.entries(forms)) {
      const answer = await post(path, { ...form, scope })
      expectError(answer, 400, 'invalid_scope', 'Malformed parameter: scope: Invalid scope.')
    }
  })
})

describe('the password flow', () => {
  it('answers a token for the customer, for two days, with a refresh token of the project', async () => {
    const { customer, token } = await passwordToken({ scope: 'manage_my_profile:acme' })
    expect(token.scope).toBe(`manage_my_profile:acme customer_id:${customer.id}`)
    expect(token.refresh_token).toMatch(/^acme:./)
    expect(await me(token.access_token)).toMatchObject({ status: 200, body: { id: customer.id } })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + (2 * day - 60) * 1000 })
    expect(await me(token.access_token)).toMatchObject({ status: 200 })
    vi.setSystemTime(Date.now() + 61_000)
    expect(await me(token.access_token)).toMatchObject({ status: 401 })
  })

  it('reads the e-mail without regard to letter case', async () => {
    const { email } = await signUp('acme')
    const form = { grant_type: 'password', username: email.toUpperCase(), password }
    granted(await post(paths.customer, form))
  })

  it('answers a wrong password and an unknown e-mail alike', async () => {
    const { email } = await signUp('acme')
    const text = 'Customer account with the given credentials not found.'
    for (const username of [email, uniqueEmail('nobody')]) {
      const answer = await post(paths.customer, { grant_type: 'password', username, password: 'wrong horse' })
      expectError(answer, 400, 'invalid_customer_account_credentials', text)
    }
  })

  it.each(['username', 'password'])('needs the %s, and something in it', async (name) => {
    const form = { grant_type: 'password', username: uniqueEmail(), password }
    const { [name as keyof typeof form]: _left, ...rest } = form
    const text = `Missing required parameter: ${name}.`
    for (const incomplete of [rest, { ...form, [name]: '' }])
      expectError(await post(paths.customer, incomplete), 400, 'invalid_request', text)
  })

  it('knows no customer of another project', async () => {
    const { email } = await signUp('globex')
    const answer = await post(paths.customer, { grant_type: 'password', username: email, password })
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_customer_account_credentials' } })
  })

  it('gives no refresh token when none is wanted', async () => {
    expect((await passwordToken({ refresh_token: 'false' })).token).not.toHaveProperty('refresh_token')
  })
})

describe('the anonymous flow', () => {
  it('answers a token for a visitor of a new id', async () => {
    const form = { grant_type: 'client_credentials', scope: 'manage_my_profile:acme' }
    const [one, two] = [
      granted(await post(paths.anonymous, form)),
      granted(await post(paths.anonymous, form)),
    ]
    expect(one.scope).toMatch(/^manage_my_profile:acme anonymous_id:[\w-]+$/)
    expect(one.scope).not.toBe(two.scope)
    expect(one.refresh_token).toMatch(/^acme:./)
  })

  it('takes an id that nobody has used, once', async () => {
    const form = { grant_type: 'client_credentials', anonymous_id: `visitor-${crypto.randomUUID()}` }
    expect(granted(await post(paths.anonymous, form)).scope).toContain(`anonymous_id:${form.anonymous_id}`)
    const again = await post(paths.anonymous, form)
    expectError(again, 400, 'invalid_request', 'The anonymousId is already in use.')
    const elsewhere = basic('globex-storefront', 'globex-storefront-secret')
    expect((await post('/oauth/globex/anonymous/token', form, elsewhere)).status).toBe(200)
  })

  it.each([
    ['more than one scope', 'ada manage_project:acme'],
    ['letters beyond ASCII', 'b\u00e9atrice'],
    ['a control character', 'a\0'],
    ['more characters than a token can carry', 'x'.repeat(257)],
  ])('refuses an id with %s', async (_what, anonymous_id) => {
    const { status, body } = await post<{ error: string; error_description: string }>(paths.anonymous, {
      grant_type: 'client_credentials',
      anonymous_id,
    })
    expect([status, body.error]).toEqual([400, 'invalid_request'])
    expect(body.error_description).toMatch(/^Malformed parameter: anonymous_id: /)
  })

  it('takes the longest id and an empty one, which is none, and their tokens work', async () => {
    const longest = crypto.randomUUID().padEnd(256, '~')
    for (const anonymous_id of [longest, '', '']) {
      const { access_token } = granted(
        await post(paths.anonymous, { grant_type: 'client_credentials', anonymous_id }),
      )
      const body = { email: uniqueEmail(), password }
      expect(await call('POST', '/acme/me/signup', { token: access_token, body })).toMatchObject({
        status: 201,
        body: { customer: { createdBy: { anonymousId: anonymous_id || expect.stringMatching(/./) } } },
      })
    }
  })

  it.each(['/signup', '/login', '/password/reset', '/email/confirm'])(
    'gives a token that needs the scope of the profile for /me%s, whoever holds it',
    async (path) => {
      const text =
        'Insufficient scope. One of the following scopes is missing: manage_my_profile:acme customer.customerprofile_edit.'
      const form = { grant_type: 'client_credentials', scope: 'view_project_settings:acme' }
      const { customer } = await passwordToken()
      const holder = { grant_type: 'password', username: customer.email, password: customer.password }
      const narrow = [
        await post(paths.anonymous, form),
        await post(paths.service, form),
        await post(paths.customer, { ...holder, scope: form.scope }),
      ]
      for (const answer of narrow)
        expectError(
          await call('POST', `/acme/me${path}`, { token: granted(answer).access_token, body: {} }),
          403,
          'insufficient_scope',
          text,
        )
    },
  )

  it('gives no refresh token when none is wanted', async () => {
    const form = { grant_type: 'client_credentials', refresh_token: 'false' }
    expect(granted(await post(paths.anonymous, form))).not.toHaveProperty('refresh_token')
  })

  it('gives a token that is no customer’s: /me says which one it needs', async () => {
    const { access_token } = granted(await post(paths.anonymous, { grant_type: 'client_credentials' }))
    const text =
      "This endpoint requires an access token issued with the 'Resource Owner Password Credentials Grant'."
    expectError(await me(access_token), 403, 'insufficient_token_grant_type', text)
  })
})

describe('the refresh flow', () => {
  it('keeps the refresh token of a customer good and answers without one, with the same scopes', async () => {
    const { token } = await passwordToken({ scope: 'manage_my_profile:acme' })
    for (const _again of [1, 2, 3]) {
      const refreshed = granted(await refresh(token.refresh_token))
      expect(refreshed).not.toHaveProperty('refresh_token')
      expect(refreshed.scope).toBe(token.scope)
      expect((await me(refreshed.access_token)).status).toBe(200)
    }
  })

  it('keeps the visitor’s id', async () => {
    const token = granted(await post(paths.anonymous, { grant_type: 'client_credentials' }))
    for (const _again of [1, 2]) {
      const refreshed = granted(await refresh(token.refresh_token))
      expect(refreshed).not.toHaveProperty('refresh_token')
      expect(refreshed.scope).toBe(token.scope)
    }
  })

  it('is found for a visitor under the path of the anonymous flow as well', async () => {
    const token = granted(await post(paths.anonymous, { grant_type: 'client_credentials' }))
    const form = { grant_type: 'refresh_token', refresh_token: token.refresh_token ?? '' }
    expect(granted(await post(paths.anonymous, form)).scope).toBe(token.scope)
    const text = 'Invalid parameter: grant_type: Invalid grant type: refresh_token'
    expectError(await post(paths.customer, form), 400, 'unsupported_grant_type', text)
  })

  it('ends after 200 days without use, and each use starts them anew', async () => {
    const { token } = await passwordToken()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    for (const _use of [1, 2]) {
      vi.setSystemTime(Date.now() + 199 * day * 1000)
      granted(await refresh(token.refresh_token))
    }
    vi.setSystemTime(Date.now() + 201 * day * 1000)
    invalidGrant(await refresh(token.refresh_token))
  })

  it('rotates the token of an Emporix log-in, as that dialect does', async () => {
    const customer = await signUp('acme')
    const { refresh_token: first } = await logIn('acme', customer)
    const { status, body } = await refresh(first)
    expect(status).toBe(200)
    expect(body.refresh_token).toMatch(/^acme:./)
    expect((await refresh(body.refresh_token)).status).toBe(200)
  })

  it('refuses the token of another client', async () => {
    const { token } = await passwordToken()
    const visitor = granted(await post(paths.anonymous, { grant_type: 'client_credentials' }))
    for (const of of [token, visitor]) {
      invalidGrant(await refresh(of.refresh_token, admin))
      granted(await refresh(of.refresh_token))
    }
  })

  it('refuses a token that is made up, altered, or of another project', async () => {
    const { token } = await passwordToken()
    for (const made of ['', 'none', 'acme:none', `${token.refresh_token}x`, token.access_token])
      invalidGrant(await refresh(made))
    invalidGrant(await refresh(token.refresh_token, basic('globex-storefront', 'globex-storefront-secret')))
  })

  it('refuses the token after the password has changed', async () => {
    const { customer, token } = await passwordToken()
    const body = { version: 1, currentPassword: customer.password, newPassword: 'battery staple' }
    const changed = await call('POST', '/acme/me/password', { token: token.access_token, body })
    expect(changed.status, changed.text).toBe(200)
    invalidGrant(await refresh(token.refresh_token))
    const refused = await me(token.access_token)
    expectError(refused, 401, 'invalid_token', 'invalid_token')
  })
})

describe('introspection', () => {
  it('tells scopes, end and client of a token that is alive', async () => {
    const { token } = await passwordToken()
    const { status, body } = await introspect(token.access_token)
    expect({ status, body }).toEqual({
      status: 200,
      body: { active: true, scope: token.scope, exp: expect.any(Number), client_id: 'acme-storefront' },
    })
    expect((body.exp ?? 0) - Date.now()).toBeGreaterThan((2 * day - 60) * 1000)
    const visitor = granted(await post(paths.anonymous, { grant_type: 'client_credentials' }))
    const seen = await introspect(visitor.access_token)
    expect(seen.body).toMatchObject({ active: true, scope: visitor.scope, client_id: 'acme-storefront' })
    const service = granted(await post(paths.service, { grant_type: 'client_credentials' }, admin))
    const known = await introspect(service.access_token)
    expect(known.body).toMatchObject({ active: true, scope: service.scope, client_id: 'acme-admin' })
  })

  it('tells no more than that of any other', async () => {
    const { token } = await passwordToken()
    await revoke(token.access_token)
    const foreign = granted(
      await post(
        '/oauth/globex/anonymous/token',
        { grant_type: 'client_credentials' },
        basic('globex-storefront', 'globex-storefront-secret'),
      ),
    )
    for (const text of ['', 'none', token.access_token, foreign.access_token])
      expect(await introspect(text)).toMatchObject({ status: 200, text: '{"active":false}' })
  })

  it('is for clients that own its scope', async () => {
    const { token } = await passwordToken()
    expect(await introspect(token.access_token, storefront)).toMatchObject({
      status: 403,
      body: { error: 'insufficient_scope', statusCode: 403 },
    })
  })
})

describe('revocation', () => {
  it('is refused for a token that another client of the project was given, and does nothing', async () => {
    const { token } = await passwordToken()
    expect(await revoke(token.access_token, admin)).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    })
    expect((await me(token.access_token)).status).toBe(200)
  })

  it.each(['access_token', 'refresh_token'] as const)(
    'of a visitor, by the %s, ends the refreshing, and frees no id',
    async (kind) => {
      const anonymous_id = crypto.randomUUID()
      const form = { grant_type: 'client_credentials', anonymous_id }
      const visitor = granted(await post('/oauth/acme/anonymous/token', form))
      expect((await refresh(visitor.refresh_token)).status).toBe(200)
      expect(await revoke(visitor[kind] ?? '')).toMatchObject({ status: 200, text: '{}' })
      invalidGrant(await refresh(visitor.refresh_token))
      expect((await post('/oauth/acme/anonymous/token', form)).status).toBe(400)
    },
  )

  it.each(['access_token', 'refresh_token'] as const)('by the %s ends the session at once', async (kind) => {
    const { token } = await passwordToken()
    expect(await revoke(token[kind] ?? '')).toMatchObject({ status: 200, text: '{}' })
    expect((await me(token.access_token)).status).toBe(401)
    invalidGrant(await refresh(token.refresh_token))
  })

  it('ends that session alone, and none for a client of another project', async () => {
    const { customer, token } = await passwordToken()
    const other = await logIn('acme', customer)
    await revoke(token.access_token, basic('globex-storefront', 'globex-storefront-secret'))
    expect((await me(token.access_token)).status).toBe(200)
    await revoke(token.access_token)
    expect((await me(other.access_token)).status).toBe(200)
  })

  it('of an unknown token is fine', async () => {
    expect(await revoke('none')).toMatchObject({ status: 200, text: '{}' })
  })
})
