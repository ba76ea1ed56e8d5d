/**
 * Heading "Authentication and authorization" of the customer-managed document: anonymous tokens, sign-up, log-in, log-out,
 * refresh, validation, and the two exchanges that are not available yet.
 */
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  anonymous,
  call,
  logIn,
  newCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
  type Answer,
} from '../../support/client.ts'
import { later, storefrontOf } from '../../support/storefront.ts'
import {
  AnonymousAccessToken,
  AnonymousAccessTokenOnly,
  conform,
  conformEmpty,
  conformError,
  conformFault,
  conformViolations,
  conformWrongCredentials,
  Customer,
  CustomerLocation,
  CustomerToken,
  RefreshCustomerToken,
  ValidateTokenResponse,
} from './schemas.ts'

const tenant = 'acme'
const anonymousPath = '/customerlogin/auth/anonymous'
const client = { tenant, client_id: 'acme-storefront' }
const minute = 60_000
const hour = 60 * minute

const { shop, visitor, isAlive } = storefrontOf(tenant)
const post = async (path: string, body: unknown) => shop('POST', path, { token: await visitor(), body })
const profileOf = async (token: string) =>
  conform(await shop('GET', '/me', { token, query: { expand: 'addresses' } }), 200, Customer)
const refresh = (token: string, refreshToken: string, more: Record<string, string> = {}) =>
  shop('GET', '/refreshauthtoken', { token, query: { refreshToken, ...more } })

afterEach(() => {
  vi.useRealTimers()
})

describe('Requesting an anonymous token', () => {
  it('answers tokens, lifetimes, a new session and the tenant as scope', async () => {
    const [first, second] = [await anonymous(tenant), await anonymous(tenant)]
    const answer = await call('GET', `${anonymousPath}/login`, { query: client })
    expect(conform(answer, 200, AnonymousAccessToken).scope).toBe('tenant=acme')
    expect(first.sessionId).not.toBe(second.sessionId)
  })

  it.each([
    [
      'the context parameters',
      { ...client, currency: 'EUR', siteCode: 'main', language: 'EN', targetLocation: 'DE' },
    ],
    ['the older name of the tenant parameter', { 'hybris-tenant': tenant, client_id: client.client_id }],
    ['parameters that it does not know', { ...client, somethingElse: '1' }],
  ])('takes %s', async (_what, query) => {
    conform(await call('GET', `${anonymousPath}/login`, { query }), 200, AnonymousAccessToken)
  })

  it.each([
    ['tenant', { client_id: client.client_id }],
    ['client_id', { tenant }],
  ])('names the missing parameter %s', async (field, query) => {
    const answer = await call('GET', `${anonymousPath}/login`, { query })
    conformViolations(answer, { [field]: 'missing_query_parameter' })
  })

  it('names a refused context parameter by its own name', async () => {
    const query = { ...client, language: 'x'.repeat(101) }
    const answer = await call('GET', `${anonymousPath}/login`, { query })
    conformViolations(answer, { language: 'invalid_query_parameter' })
  })

  it.each(['nobody', 'ACME', 'a', '../acme'])(
    'refuses the unknown tenant %s with the documented 400',
    async (key) => {
      const query = { ...client, tenant: key }
      const answer = await call('GET', `${anonymousPath}/login`, { query })
      expect(conformError(answer, 400, 'bad_request').message).toBe(
        'The tenant information provided with the request is not valid.',
      )
    },
  )

  it.each(['nobody', 'globex-storefront'])(
    'refuses the client %s, which is not of this tenant',
    async (client_id) => {
      const answer = await call('GET', `${anonymousPath}/login`, { query: { tenant, client_id } })
      conformFault(answer, 'Invalid ApiKey')
    },
  )
})

describe('Refreshing an anonymous token', () => {
  it('keeps the session and answers a new pair', async () => {
    const before = await anonymous(tenant)
    const query = { ...client, refresh_token: before.refresh_token, currency: 'EUR' }
    const after = conform(await call('GET', `${anonymousPath}/refresh`, { query }), 200, AnonymousAccessToken)
    expect(after.sessionId).toBe(before.sessionId)
    expect(after.access_token).not.toBe(before.access_token)
    expect((await shop('GET', '/me', { token: after.access_token })).status).toBe(200)
  })

  it('takes the deprecated access token instead, and then gives no refresh token', async () => {
    const before = await anonymous(tenant)
    const query = { ...client, anonymous_token: before.access_token }
    const answer = await call('GET', `${anonymousPath}/refresh`, { query })
    expect(conform(answer, 200, AnonymousAccessTokenOnly).sessionId).toBe(before.sessionId)
  })

  it('needs one of the two tokens', async () => {
    const answer = await call('GET', `${anonymousPath}/refresh`, { query: client })
    conformViolations(answer, { refresh_token: 'missing_query_parameter' })
  })

  it('refuses tokens that are made up, of another tenant, of a customer, or too old', async () => {
    const [own, foreign, customer] = [
      await anonymous(tenant),
      await anonymous('globex'),
      await newCustomer(tenant),
    ]
    const attempt = (query: Record<string, string>) =>
      call('GET', `${anonymousPath}/refresh`, { query: { ...client, ...query } })
    for (const query of [
      { refresh_token: 'made-up' },
      { refresh_token: foreign.refresh_token },
      { refresh_token: customer.tokens.refresh_token },
      { refresh_token: own.access_token },
      { anonymous_token: foreign.access_token },
      { anonymous_token: customer.tokens.access_token },
    ]) {
      conformFault(await attempt(query))
    }
    later(24 * hour + minute)
    conformFault(await attempt({ refresh_token: own.refresh_token }))
  })
})

describe('Creating a new customer', () => {
  it('needs no more than e-mail and password, and fills in the defaults', async () => {
    const [email, password] = [uniqueEmail(), 'secret1']
    const { id } = conform(await post('/signup', { email, password }), 201, CustomerLocation)
    const profile = await profileOf((await logIn(tenant, { email, password })).access_token)
    expect(profile).toMatchObject({
      id,
      customerNumber: id,
      contactEmail: email,
      preferredLanguage: 'en_US',
      preferredCurrency: 'USD',
      preferredSite: 'main',
      accounts: [{ id: email }],
      addresses: [],
      businessModel: 'B2C',
      b2b: { legalEntities: [] },
      metadata: { version: 1, mixins: {} },
      mixins: {},
    })
    expect(profile).not.toHaveProperty('firstName')
  })

  it('stores customerDetails and customerAddress as they are written', async () => {
    const email = uniqueEmail()
    const customerDetails = {
      title: 'MS',
      firstName: 'Ada',
      middleName: '',
      lastName: 'Lovelace',
      contactEmail: email,
      contactPhone: '+44 20 7946 0000',
      company: 'Engines Ltd',
      preferredLanguage: 'de_DE',
      preferredCurrency: 'EUR',
      preferredSite: 'north',
      b2b: { companyRegistrationId: 'HRB 4711' },
    }
    const customerAddress = {
      contactName: 'Ada Lovelace',
      companyName: 'Engines Ltd',
      street: 'St James’s Square',
      streetNumber: '12',
      streetAppendix: '',
      extraLine1: 'Front door',
      extraLine2: '',
      zipCode: 'SW1Y 4JH',
      city: 'London',
      country: 'GB',
      state: 'England',
      contactPhone: '+44 20 7946 0001',
      tags: ['BILLING', 'SHIPPING'],
      isDefault: true,
    }
    const body = { email, password: 'secret1', customerDetails, customerAddress }
    conform(await post('/signup', body), 201, CustomerLocation)
    const profile = await profileOf((await logIn(tenant, { email, password: 'secret1' })).access_token)
    const { b2b, ...fields } = customerDetails
    expect(profile).toMatchObject({ ...fields, b2b: { ...b2b, legalEntities: [{ name: fields.company }] } })
    expect(profile.addresses).toEqual([expect.objectContaining(customerAddress)])
    expect(profile.defaultAddress).toEqual(profile.addresses?.[0])
  })

  it('logs in with the separate credentials of signup, and keeps the outer e-mail as contact', async () => {
    const [contact, login] = [uniqueEmail('contact'), uniqueEmail('login')]
    const body = {
      email: contact,
      password: 'outer-secret',
      customerDetails: { firstName: 'Ada', contactEmail: contact },
      signup: { email: login, password: 'inner-secret' },
    }
    conform(await post('/signup', body), 201, CustomerLocation)
    const tokens = await logIn(tenant, { email: login, password: 'inner-secret' })
    const profile = await profileOf(tokens.access_token)
    expect(profile).toMatchObject({ contactEmail: contact, accounts: [{ id: login }] })
    for (const wrong of [
      { email: contact, password: 'outer-secret' },
      { email: login, password: 'outer-secret' },
    ]) {
      conformWrongCredentials(await post('/login', wrong))
    }
  })

  it.each([
    ['b2b: null', { customerDetails: { b2b: null } }],
    [
      'null for fields of customerDetails',
      { customerDetails: { title: null, b2b: { companyRegistrationId: null } } },
    ],
    ['null for the optional parts', { customerDetails: null, customerAddress: null, signup: null }],
    ['fields that it does not know', { nickname: 'countess', customerDetails: { nickname: 'countess' } }],
    [
      'read-only fields, without effect',
      { customerDetails: { id: '1', customerNumber: '1', active: false, onHold: true, accounts: [] } },
    ],
    ['the contact e-mail in other letter case', { customerDetails: { contactEmail: 'MIXED' } }],
  ])('takes %s', async (_what, more) => {
    const email = uniqueEmail()
    const details =
      more.customerDetails && 'contactEmail' in more.customerDetails
        ? { customerDetails: { contactEmail: email.toUpperCase() } }
        : {}
    const answer = await post('/signup', { email, password: 'secret1', ...more, ...details })
    const { id } = conform(answer, 201, CustomerLocation)
    const profile = await profileOf((await logIn(tenant, { email, password: 'secret1' })).access_token)
    expect(profile).toMatchObject({ id, accounts: [{ id: email }], b2b: { legalEntities: [] } })
  })

  it('shows a language with an underscore, however it was written', async () => {
    const { tokens } = await newCustomer(tenant, { customerDetails: { preferredLanguage: 'de-DE' } })
    expect((await profileOf(tokens.access_token)).preferredLanguage).toBe('de_DE')
  })

  const registered = { companyRegistrationId: 'HRB 4711' }
  it.each<[string, Record<string, unknown>, Record<string, string>]>([
    [
      'a missing e-mail and password',
      { email: undefined, password: undefined },
      { email: 'missing_field', password: 'missing_field' },
    ],
    ['an e-mail that is none', { email: 'ada at shop.example' }, { email: 'invalid_field' }],
    ['an empty e-mail', { email: '' }, { email: 'invalid_field' }],
    ['an e-mail of another type', { email: ['a@b.example'] }, { email: 'invalid_field' }],
    [
      'a line break in the e-mail',
      { email: 'ada@shop.example\r\nBcc: x@y.example' },
      { email: 'invalid_field' },
    ],
    ['a password below six characters', { password: 'five5' }, { password: 'invalid_field' }],
    ['an empty password', { password: '' }, { password: 'invalid_field' }],
    ['a password above 256 characters', { password: 'x'.repeat(257) }, { password: 'invalid_field' }],
    ['a password that is a number', { password: 123456 }, { password: 'invalid_field' }],
    [
      'a contactEmail that is not the e-mail',
      { customerDetails: { contactEmail: 'other@shop.example' } },
      { 'customerDetails.contactEmail': 'invalid_field' },
    ],
    [
      'a short password in signup',
      { signup: { email: 'x@shop.example', password: 'five5' } },
      { 'signup.password': 'invalid_field' },
    ],
    [
      'a signup without password',
      { signup: { email: 'x@shop.example' } },
      { 'signup.password': 'missing_field' },
    ],
    [
      'an address without contactName',
      { customerAddress: { city: 'London' } },
      { 'customerAddress.contactName': 'missing_field' },
    ],
    [
      'a country that is no two-letter code',
      { customerAddress: { contactName: 'A', country: 'GBR' } },
      { 'customerAddress.country': 'invalid_field' },
    ],
    [
      'a currency that is no three-letter code',
      { customerDetails: { preferredCurrency: 'EURO' } },
      { 'customerDetails.preferredCurrency': 'invalid_field' },
    ],
    [
      'a language that is none',
      { customerDetails: { preferredLanguage: 'no language' } },
      { 'customerDetails.preferredLanguage': 'invalid_field' },
    ],
    [
      'a company registration that is no text',
      { customerDetails: { b2b: { companyRegistrationId: 5 } } },
      { 'customerDetails.b2b.companyRegistrationId': 'invalid_field' },
    ],
    [
      'a company registration without the three names',
      { customerDetails: { b2b: registered } },
      {
        'customerDetails.firstName': 'missing_field',
        'customerDetails.lastName': 'missing_field',
        'customerDetails.company': 'missing_field',
      },
    ],
    [
      'a company registration without company',
      { customerDetails: { b2b: registered, firstName: 'A', lastName: 'L' } },
      { 'customerDetails.company': 'missing_field' },
    ],
    [
      'a first name that is a list',
      { customerDetails: { firstName: ['Ada'] } },
      { 'customerDetails.firstName': 'invalid_field' },
    ],
  ])('refuses %s, field by field', async (_what, fields, expected) => {
    const email = uniqueEmail()
    conformViolations(await post('/signup', { email, password: 'secret1', ...fields }), expected)
    // Nothing was written: the address is still free.
    conform(await post('/signup', { email, password: 'secret1' }), 201, CustomerLocation)
  })

  it('answers a taken e-mail, in any letter case, with the documented 409', async () => {
    const { email } = await signUp(tenant)
    for (const spelling of [email, email.toUpperCase()]) {
      const answer = await post('/signup', { email: spelling, password: 'secret1' })
      const { message, details } = conformError(answer, 409, 'conflict_resource')
      expect({ message, details }).toEqual({
        message: `Duplicate account '${spelling}' for tenant 'acme'.`,
        details: undefined,
      })
    }
  })

  it('is not for customers and not for services', async () => {
    const body = { email: uniqueEmail(), password: 'secret1' }
    const { tokens } = await newCustomer(tenant)
    for (const token of [tokens.access_token, await serviceToken(tenant)]) {
      conformFault(await shop('POST', '/signup', { token, body }))
    }
  })
})

describe('Logging in a customer', () => {
  it('answers both tokens under both spellings and keeps the anonymous session', async () => {
    const { id, email, password } = await signUp(tenant)
    const session = await anonymous(tenant)
    const answer = await shop('POST', '/login', { token: session.access_token, body: { email, password } })
    const tokens = conform(answer, 200, CustomerToken)
    expect(tokens).toMatchObject({ session_id: session.sessionId, initialPassword: false })
    expect(decodeProtectedHeader(tokens.saas_token)).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(decodeJwt(tokens.saas_token)).toMatchObject({ sub: id, exp: expect.any(Number) })
  })

  it('reads the e-mail without regard to letter case', async () => {
    const { email, password } = await signUp(tenant)
    const answer = await post('/login', { email: email.toUpperCase(), password })
    conform(answer, 200, CustomerToken)
  })

  it('shows the time of the last log-in and keeps the version', async () => {
    const customer = await newCustomer(tenant)
    const before = await profileOf(customer.tokens.access_token)
    later(minute)
    const after = await profileOf((await logIn(tenant, customer)).access_token)
    expect(Date.parse(after.lastLogin) - Date.parse(before.lastLogin)).toBeGreaterThanOrEqual(minute)
    expect(after.metadata.version).toBe(before.metadata.version)
  })

  it('answers a wrong password and an unknown e-mail alike, byte for byte', async () => {
    const { email } = await signUp(tenant)
    const wrong = await post('/login', { email, password: 'not the password' })
    const unknown = await post('/login', { email: uniqueEmail(), password: 'not the password' })
    conformWrongCredentials(wrong)
    expect(unknown.text).toBe(wrong.text)
    const names = (answer: Answer) => [...answer.headers.keys()].sort()
    expect([unknown.status, names(unknown)]).toEqual([wrong.status, names(wrong)])
  })

  it('knows no customer of another tenant', async () => {
    const { email, password } = await signUp('initech')
    conformWrongCredentials(await post('/login', { email, password }))
  })

  it.each<[string, unknown, Record<string, string>]>([
    ['nothing', {}, { email: 'missing_field', password: 'missing_field' }],
    ['an empty e-mail', { email: '', password: 'secret1' }, { email: 'invalid_field' }],
    ['a short password', { email: 'a@shop.example', password: 'five5' }, { password: 'invalid_field' }],
    ['null', { email: null, password: null }, { email: 'invalid_field', password: 'invalid_field' }],
  ])('refuses %s', async (_what, body, expected) => {
    conformViolations(await post('/login', body), expected)
  })
})

describe('Refreshing a customer token', () => {
  it('answers a new pair of the same session, without saas token', async () => {
    const { tokens } = await newCustomer(tenant)
    const answer = await refresh(await visitor(), tokens.refresh_token)
    const next = conform(answer, 200, RefreshCustomerToken)
    expect(next.session_id).toBe(tokens.session_id)
    expect(next.refresh_token).not.toBe(tokens.refresh_token)
    expect((await profileOf(next.access_token)).accounts).toHaveLength(1)
  })

  it('takes an anonymous or a customer bearer, and even an expired one', async () => {
    const customer = await newCustomer(tenant)
    const first = await refresh(customer.tokens.access_token, customer.tokens.refresh_token)
    const second = await refresh(customer.token, conform(first, 200, RefreshCustomerToken).refresh_token)
    const { refresh_token } = conform(second, 200, RefreshCustomerToken)
    later(2 * hour)
    conformFault(await shop('GET', '/me', { token: customer.token }), 'Access Token expired')
    conform(await refresh(customer.token, refresh_token), 200, RefreshCustomerToken)
  })

  it('honours the previous token for ten seconds with the pair that is current', async () => {
    const { tokens, token } = await newCustomer(tenant)
    const first = conform(await refresh(token, tokens.refresh_token), 200, RefreshCustomerToken)
    const again = conform(await refresh(token, tokens.refresh_token), 200, RefreshCustomerToken)
    expect(again.session_id).toBe(first.session_id)
    conform(await refresh(token, again.refresh_token), 200, RefreshCustomerToken)
  })

  it('takes a token that was used before as stolen, and ends the session', async () => {
    const { tokens, token } = await newCustomer(tenant)
    const next = conform(await refresh(token, tokens.refresh_token), 200, RefreshCustomerToken)
    later(11_000)
    conformFault(await refresh(token, tokens.refresh_token))
    conformFault(await refresh(token, next.refresh_token))
    expect([await isAlive(tokens.access_token), await isAlive(next.access_token)]).toEqual([false, false])
  })

  it('refuses a token that is made up, of another tenant or older than a day', async () => {
    const { tokens, token } = await newCustomer(tenant)
    const foreign = await newCustomer('initech')
    for (const refused of ['made-up', foreign.tokens.refresh_token, tokens.access_token])
      conformFault(await refresh(token, refused))
    later(24 * hour + minute)
    conformFault(await refresh(token, tokens.refresh_token))
  })

  it('refuses a company that the customer does not belong to, and the token stays good', async () => {
    const { tokens, token } = await newCustomer(tenant)
    const answer = await refresh(token, tokens.refresh_token, { legalEntityId: 'D165356' })
    conformError(answer, 403, 'Forbidden')
    conform(await refresh(token, tokens.refresh_token), 200, RefreshCustomerToken)
  })

  it('needs the refresh token and some bearer', async () => {
    const answer = await shop('GET', '/refreshauthtoken', { token: await visitor() })
    conformViolations(answer, { refreshToken: 'missing_query_parameter' })
    conformFault(await shop('GET', '/refreshauthtoken', { query: { refreshToken: 'x' } }))
  })
})

describe('Validate a token', () => {
  it('answers kind, remaining seconds, scopes, session and login e-mail', async () => {
    const { tokens, email } = await newCustomer(tenant)
    later(minute)
    const answer = await shop('GET', '/validateauthtoken', { token: tokens.access_token })
    const valid = conform(answer, 200, ValidateTokenResponse)
    expect(valid).toMatchObject({ sessionId: tokens.session_id, email })
    expect(2_592_000 - valid.expires_in).toBeGreaterThanOrEqual(60)
    expect(2_592_000 - valid.expires_in).toBeLessThan(90)
    expect(valid.scope.split(' ')).toEqual(
      expect.arrayContaining([
        'customer.customerprofile_edit',
        'customer.customerprofile_view',
        'customer.customer_update',
        'order.history_view',
        'tenant=acme',
      ]),
    )
    expect(valid).not.toHaveProperty('legalEntityId')
  })

  it('refuses every token that is no living customer token of the tenant', async () => {
    const [customer, foreign] = [await newCustomer(tenant), await newCustomer('initech')]
    const { access_token: expiring } = customer.tokens
    for (const token of [
      'made.up.token',
      await visitor(),
      await serviceToken(tenant),
      foreign.tokens.access_token,
    ])
      conformFault(await shop('GET', '/validateauthtoken', { token }))
    conformFault(await shop('GET', '/validateauthtoken'))
    conformFault(await shop('GET', '/validateauthtoken', { headers: { Authorization: `Basic ${expiring}` } }))
    later(31 * 24 * hour)
    conformFault(await shop('GET', '/validateauthtoken', { token: expiring }), 'Access Token expired')
  })
})

describe('Logging out a customer', () => {
  const logOut = (token: string, accessToken: string) =>
    shop('GET', '/logout', { token, query: { accessToken } })

  it('ends access and refresh token at once, and nothing else', async () => {
    const customer = await newCustomer(tenant)
    const other = await logIn(tenant, customer)
    const { access_token, refresh_token } = customer.tokens
    conformEmpty(await logOut(access_token, access_token), 204)
    conformFault(await shop('GET', '/me', { token: access_token }))
    conformFault(await refresh(customer.token, refresh_token))
    expect(await isAlive(other.access_token)).toBe(true)
    conformFault(await logOut(access_token, access_token))
  })

  it('ends another session of the same customer', async () => {
    const customer = await newCustomer(tenant)
    const other = await logIn(tenant, customer)
    conformEmpty(await logOut(customer.tokens.access_token, other.access_token), 204)
    expect([await isAlive(customer.tokens.access_token), await isAlive(other.access_token)]).toEqual([
      true,
      false,
    ])
  })

  it('refuses to end what is not the caller’s own', async () => {
    const [own, foreign] = [await newCustomer(tenant), await newCustomer(tenant)]
    for (const accessToken of [foreign.tokens.access_token, 'made-up', await visitor()]) {
      conformViolations(await logOut(own.tokens.access_token, accessToken), { accessToken: 'invalid_field' })
    }
    expect([await isAlive(own.tokens.access_token), await isAlive(foreign.tokens.access_token)]).toEqual([
      true,
      true,
    ])
  })

  it('needs the parameter and a customer', async () => {
    const { tokens } = await newCustomer(tenant)
    const answer = await shop('GET', '/logout', { token: tokens.access_token })
    conformViolations(answer, { accessToken: 'missing_query_parameter' })
    conformFault(await logOut(await visitor(), tokens.access_token))
    expect(await isAlive(tokens.access_token)).toBe(true)
  })
})

describe('Exchanging an external access token, and social log-in', () => {
  it.each(['/exchangeauthtoken?subjectAccessToken=x&config=y', '/socialLogin?code=x&redirect_uri=y'])(
    'are not available yet, and say so in the shape of an error: %s',
    async (path) => {
      conformError(await shop('POST', path, { token: await visitor() }), 501, 'not_implemented')
      conformFault(await shop('POST', path))
    },
  )
})

describe('GETs that act', () => {
  it('do nothing on HEAD or when they are fetched ahead', async () => {
    const { tokens } = await newCustomer(tenant)
    const { access_token: token, refresh_token: refreshToken } = tokens
    const looks: [string, Record<string, string>][] = [
      ['HEAD', {}],
      ['GET', { 'Sec-Purpose': 'prefetch' }],
    ]
    for (const [method, headers] of looks) {
      conformEmpty(await shop(method, '/logout', { token, headers, query: { accessToken: token } }), 200)
      conformEmpty(await shop(method, '/refreshauthtoken', { token, headers, query: { refreshToken } }), 200)
    }
    expect(await isAlive(token)).toBe(true)
    later(11_000)
    conform(await refresh(token, refreshToken), 200, RefreshCustomerToken)
  })
})
