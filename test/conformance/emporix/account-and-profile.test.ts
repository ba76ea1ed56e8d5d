/**
 * Heading "Account and profile" of the customer-managed document: reading and patching the profile, mixins, deletion, and
 * a further account. The last two are endpoints that the document no longer shows.
 */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  anonymous,
  call,
  logIn,
  mailbox,
  mailedToken,
  newCustomer,
  signUp,
  uniqueEmail,
} from '../../support/client.ts'
import { later, storefrontOf } from '../../support/storefront.ts'
import {
  AddressDto,
  conform,
  conformEmpty,
  conformError,
  conformFault,
  conformViolations,
  conformWrongCredentials,
  Customer,
  CustomerLocation,
  ResourceLocation,
} from './schemas.ts'

const tenant = 'acme'
const minute = 60_000

const { shop, visitor, isAlive } = storefrontOf(tenant)
const newToken = async (customerDetails: Record<string, unknown> = {}) =>
  (await newCustomer(tenant, { customerDetails })).tokens.access_token
const read = async (token: string, expand?: string) =>
  conform(await shop('GET', '/me', { token, query: expand === undefined ? {} : { expand } }), 200, Customer)
const patch = (token: string, body: unknown) => shop('PATCH', '/me', { token, body })

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('Retrieving a customer profile', () => {
  it('answers an anonymous token with the documented profile of nobody', async () => {
    const answer = await shop('GET', '/me', { token: await visitor(), query: { expand: 'addresses' } })
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        firstName: 'Anonymous',
        lastName: 'Anonymous',
        preferredSite: 'default',
        customerNumber: '00000000',
        id: '00000000',
        accounts: [],
      },
    ])
  })

  it('shows addresses only when they are asked for', async () => {
    const { access_token: token } = (
      await newCustomer(tenant, { customerAddress: { contactName: 'Ada', isDefault: true } })
    ).tokens
    const [plain, expanded] = [await read(token), await read(token, 'addresses')]
    expect(plain).not.toHaveProperty('addresses')
    expect(plain).not.toHaveProperty('defaultAddress')
    expect(expanded.addresses).toEqual([expect.objectContaining({ contactName: 'Ada', isDefault: true })])
    expect(expanded.defaultAddress).toEqual(expanded.addresses?.[0])
  })

  it('gives an address without a name an empty one, since the document requires it there', async () => {
    const token = await newToken()
    conform(await shop('POST', '/me/addresses', { token, body: { city: 'London' } }), 201, ResourceLocation)
    const { addresses } = await read(token, 'addresses')
    expect(addresses).toEqual([expect.objectContaining({ contactName: '', city: 'London' })])
  })

  it('has every documented field once all of them are set', async () => {
    const texts = Object.fromEntries(profileFields.map(([field, value]) => [field, value]))
    const lines = [
      'contactName',
      'companyName',
      'street',
      'streetNumber',
      'streetAppendix',
      'zipCode',
      'city',
    ]
    const extra = ['extraLine1', 'extraLine2', 'extraLine3', 'extraLine4', 'state', 'contactPhone']
    const address = Object.fromEntries([...lines, ...extra].map((field) => [field, field]))
    const { tokens } = await newCustomer(tenant, {
      customerDetails: { ...texts, b2b: { companyRegistrationId: 'HRB 1' } },
      customerAddress: { ...address, country: 'GB', isDefault: true },
    })
    const profile = await read(tokens.access_token, 'addresses,mixin:*')
    expect(Object.keys(profile).sort()).toEqual(Object.keys(Customer.shape).sort())
    expect(Object.keys(profile.defaultAddress ?? {}).sort()).toEqual(Object.keys(AddressDto.shape).sort())
  })

  it.each(['', 'addresses,mixin:*', ' mixin:* , addresses', 'nothing-known', 'addresses,,'])(
    'takes expand=%s',
    async (expand) => {
      const profile = await read(await newToken(), expand)
      expect('addresses' in profile).toBe(expand.includes('addresses'))
    },
  )

  it('shows when the account was made and used, in UTC with milliseconds', async () => {
    const { lastLogin, metadataCreatedAt } = await read(await newToken())
    for (const time of [lastLogin, metadataCreatedAt])
      expect(Math.abs(Date.now() - Date.parse(time))).toBeLessThan(minute)
  })

  it('is not for strangers', async () => {
    conformFault(await shop('GET', '/me'))
    conformFault(await shop('GET', '/me', { token: 'made-up' }))
    conformFault(await shop('GET', '/me', { headers: { Authorization: 'Bearer' } }))
  })
})

const profileFields: [field: string, value: string, other: string][] = [
  ['title', 'MS', 'DR'],
  ['firstName', 'Ada', 'Augusta'],
  ['middleName', 'King', ''],
  ['lastName', 'Lovelace', 'Noel'],
  ['contactPhone', '+44 1', '+44 2'],
  ['company', 'Engines Ltd', 'Analytical & Sons'],
  ['preferredLanguage', 'fr_FR', 'de'],
  ['preferredCurrency', 'EUR', 'GBP'],
  ['preferredSite', 'north', 'south'],
]

describe('Updating a customer profile', () => {
  let refused = ''
  beforeAll(async () => {
    refused = await newToken()
  })

  it.each(profileFields)(
    'sets %s, keeps it when it is absent, clears it with null',
    async (field, value, other) => {
      const token = await newToken({ [field]: value })
      const neighbour = field === 'title' ? 'company' : 'title'
      conformEmpty(await patch(token, { [neighbour]: 'something' }), 200)
      expect(await read(token)).toMatchObject({ [field]: value, [neighbour]: 'something' })
      conformEmpty(await patch(token, { [field]: other }), 200)
      expect(await read(token)).toMatchObject({ [field]: other, [neighbour]: 'something' })
      conformEmpty(await patch(token, { [field]: null }), 200)
      const cleared = await read(token)
      expect(cleared).not.toHaveProperty(field)
      expect(cleared.metadata.version).toBe(4)
    },
  )

  it('changes the contact e-mail but never unsets it', async () => {
    const [token, contactEmail] = [await newToken(), uniqueEmail('contact')]
    conformEmpty(await patch(token, { contactEmail }), 200)
    for (const unset of [null, ''])
      conformViolations(await patch(token, { contactEmail: unset, title: 'MS' }), {
        contactEmail: 'invalid_field',
      })
    const profile = await read(token)
    expect(profile).toMatchObject({ contactEmail, metadata: { version: 2 } })
    expect(profile).not.toHaveProperty('title')
    expect(profile.accounts[0]?.id).not.toBe(contactEmail)
  })

  it.each([
    ['b2b: null', { b2b: null }],
    ['null for the registration', { b2b: { companyRegistrationId: null } }],
  ])('clears the company registration with %s, and keeps it with an empty b2b', async (_what, body) => {
    const token = await newToken({ company: 'Engines', b2b: { companyRegistrationId: 'HRB 1' } })
    conformEmpty(await patch(token, { b2b: {} }), 200)
    const { legalEntities, ...registration } = (await read(token)).b2b
    expect(registration).toEqual({ companyRegistrationId: 'HRB 1' })
    conformEmpty(await patch(token, body), 200)
    expect((await read(token)).b2b).toEqual({ legalEntities })
  })

  it('wants first name, last name and company with a company registration', async () => {
    const token = await newToken({ firstName: null, lastName: null })
    const b2b = { companyRegistrationId: 'HRB 1' }
    conformViolations(await patch(token, { b2b, firstName: 'Ada' }), {
      lastName: 'missing_field',
      company: 'missing_field',
    })
    conformEmpty(await patch(token, { b2b, firstName: 'Ada', lastName: 'L', company: 'Engines' }), 200)
    expect((await read(token)).b2b.companyRegistrationId).toBe('HRB 1')
  })

  it.each([
    ['PATCH', 'application/json'],
    ['PATCH', 'application/merge-patch+json'],
    ['PATCH', 'application/json; charset=utf-8'],
    ['PUT', 'application/json'],
    ['PUT', 'application/merge-patch+json'],
  ])('takes %s with %s, and what is absent stays', async (method, type) => {
    const token = await newToken()
    const answer = await shop(method, '/me', {
      token,
      body: { title: 'MS' },
      headers: { 'Content-Type': type },
    })
    conformEmpty(answer, 200)
    expect(await read(token)).toMatchObject({ title: 'MS', firstName: 'Ada', lastName: 'Lovelace' })
  })

  it('counts one version per request that changes something, and none otherwise', async () => {
    const token = await newToken()
    const versions: number[] = []
    for (const body of [
      {},
      { title: 'MS', company: 'E' },
      { title: 'MS' },
      { middleName: null },
      { title: 'DR' },
    ]) {
      conformEmpty(await patch(token, body), 200)
      versions.push((await read(token)).metadata.version)
    }
    expect(versions).toEqual([1, 2, 2, 2, 3])
  })

  it('takes the current version, and refuses any other with 409 and without effect', async () => {
    const token = await newToken()
    conformEmpty(await patch(token, { title: 'MS', metadata: { version: 1 } }), 200)
    for (const version of [1, 3, 0, -1]) {
      conformError(await patch(token, { title: 'DR', metadata: { version } }), 409, 'conflict_resource')
      conformError(
        await shop('PUT', '/me', { token, body: { company: 'E', metadata: { version } } }),
        409,
        'conflict_resource',
      )
    }
    const profile = await read(token)
    expect(profile).toMatchObject({ title: 'MS', metadata: { version: 2 } })
    expect(profile).not.toHaveProperty('company')
  })

  it('takes an empty body as no change', async () => {
    const token = await newToken()
    conformEmpty(await shop('PATCH', '/me', { token }), 200)
    expect((await read(token)).metadata.version).toBe(1)
  })

  it('ignores unknown and read-only fields', async () => {
    const token = await newToken()
    const before = await read(token, 'addresses,mixin:*')
    const body = {
      id: '1',
      customerNumber: '1',
      accounts: [],
      addresses: [{ contactName: 'X' }],
      defaultAddress: { id: '1' },
      businessModel: 'B2B',
      lastLogin: null,
      metadataCreatedAt: '2000-01-01T00:00:00.000Z',
      active: false,
      onHold: true,
      type: 'CONTACT',
      restriction: 'X',
      email: 'x@shop.example',
      password: 'another-secret',
      nickname: 'countess',
      b2b: { legalEntities: [{ id: '1' }] },
      metadata: { createdAt: 'x' },
    }
    conformEmpty(await patch(token, body), 200)
    expect(await read(token, 'addresses,mixin:*')).toEqual(before)
  })

  it.each<[string, unknown, Record<string, string>]>([
    ['a number as text', { title: 5 }, { title: 'invalid_field' }],
    ['a text above 4,000 characters', { company: 'x'.repeat(4001) }, { company: 'invalid_field' }],
    [
      'two wrong fields, each by name',
      { title: {}, preferredCurrency: 'EU' },
      { title: 'invalid_field', preferredCurrency: 'invalid_field' },
    ],
    ['a contact e-mail that is none', { contactEmail: 'x@' }, { contactEmail: 'invalid_field' }],
    ['a version that is a text', { metadata: { version: '1' } }, { 'metadata.version': 'invalid_field' }],
    [
      'a registration that is a number',
      { b2b: { companyRegistrationId: 1 } },
      { 'b2b.companyRegistrationId': 'invalid_field' },
    ],
    ['mixins that are a list', { mixins: [] }, { mixins: 'invalid_field' }],
    ['a list', [], { '': 'invalid_field' }],
    ['null', null, { '': 'invalid_field' }],
  ])('refuses %s, and changes nothing', async (_what, body, expected) => {
    conformViolations(await patch(refused, body), expected)
    expect((await read(refused)).metadata.version).toBe(1)
  })

  it('is for customers only', async () => {
    conformFault(await patch(await visitor(), { title: 'MS' }))
    conformFault(await shop('PUT', '/me', { body: {} }))
  })
})

/** Serves schemas to the service under addresses of their own; everything else is unreachable. */
function serveSchemas(...schemas: object[]): string[] {
  const run = crypto.randomUUID()
  const served = new Map(schemas.map((schema, index) => [`http://127.0.0.1:9/${run}/${index}.json`, schema]))
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const schema = served.get(String(input))
    if (schema === undefined) throw new TypeError('unreachable')
    return Response.json(schema)
  })
  return [...served.keys()]
}

const loyalty = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  type: 'object',
  properties: {
    points: { type: 'integer', minimum: 0, exclusiveMinimum: true },
    tier: { type: 'string', enum: ['silver', 'gold'] },
    site: { type: 'object', properties: { language: { type: 'string' } } },
  },
  required: ['tier'],
}

describe('Mixins', () => {
  it('are stored when they satisfy the schema at their URL, and shown with expand=mixin:*', async () => {
    const [url = ''] = serveSchemas(loyalty)
    const token = await newToken()
    const mixins = { loyalty: { points: 1, tier: 'gold', free: { text: ['é'] } } }
    conformEmpty(await patch(token, { mixins, metadata: { mixins: { loyalty: url } } }), 200)
    const [plain, expanded] = [await read(token), await read(token, 'mixin:*')]
    expect(plain.metadata).toEqual({ mixins: { loyalty: url }, version: 2 })
    expect(plain).not.toHaveProperty('mixins')
    expect(expanded.mixins).toEqual(mixins)
  })

  it('may come with the sign-up', async () => {
    const [url = ''] = serveSchemas(loyalty)
    const details = { mixins: { loyalty: { tier: 'gold' } }, metadata: { mixins: { loyalty: url } } }
    expect((await read(await newToken(details), 'mixin:*')).mixins).toEqual(details.mixins)
    const email = uniqueEmail()
    const customerDetails = { ...details, mixins: { loyalty: { tier: 'tin' } } }
    const body = { email, password: 'secret1', customerDetails }
    const answer = await shop('POST', '/signup', { token: await visitor(), body })
    conformViolations(answer, { 'customerDetails.mixins.loyalty.tier': 'invalid_field' })
  })

  it.each<[string, unknown, Record<string, string>]>([
    ['a missing member', {}, { 'mixins.loyalty.tier': 'missing_field' }],
    ['a wrong value', { tier: 'tin' }, { 'mixins.loyalty.tier': 'invalid_field' }],
    ['a bound of draft 4', { tier: 'gold', points: 0 }, { 'mixins.loyalty.points': 'invalid_field' }],
    [
      'a wrong value deeper in, under the names of the mixin',
      { tier: 'gold', site: { language: 1 } },
      { 'mixins.loyalty.site.language': 'invalid_field' },
    ],
    [
      'two places at once',
      { tier: 1, points: 'x' },
      { 'mixins.loyalty.points': 'invalid_field', 'mixins.loyalty.tier': 'invalid_field' },
    ],
    ['no object', 'gold', { 'mixins.loyalty': 'invalid_field' }],
  ])('are refused by path: %s', async (_what, value, expected) => {
    const [url = ''] = serveSchemas(loyalty)
    const token = await newToken()
    const body = { title: 'MS', mixins: { loyalty: value }, metadata: { mixins: { loyalty: url } } }
    conformViolations(await patch(token, body), expected)
    const profile = await read(token, 'mixin:*')
    expect(profile).toMatchObject({ mixins: {}, metadata: { version: 1, mixins: {} } })
    expect(profile).not.toHaveProperty('title')
  })

  it('need a schema', async () => {
    const token = await newToken()
    const answer = await patch(token, { mixins: { loyalty: { tier: 'gold' } } })
    conformViolations(answer, { 'mixins.loyalty': 'invalid_field' })
    expect(conformError(answer, 400, 'validation_violation').details).toEqual([
      { field: 'mixins.loyalty', type: 'invalid_field', message: 'No matching schema found' },
    ])
  })

  it.each([
    ['cannot be reached', 'http://127.0.0.1:9/nothing-here.json'],
    ['may not be loaded', 'http://schemas.shop.example/loyalty.json'],
    ['is no URL', 'loyalty'],
  ])('are refused when the schema %s', async (_what, url) => {
    serveSchemas()
    const token = await newToken()
    const body = { mixins: { loyalty: { tier: 'gold' } }, metadata: { mixins: { loyalty: url } } }
    conformViolations(await patch(token, body), { 'mixins.loyalty': 'invalid_field' })
    expect((await read(token)).metadata).toEqual({ mixins: {}, version: 1 })
  })

  it('are merged member by member, validated as a whole, and removed with null', async () => {
    const [url = '', anything = ''] = serveSchemas(loyalty, {})
    const mixins = { loyalty: { tier: 'gold', points: 5 }, notes: { a: 1, b: 2 } }
    const urls = { loyalty: url, notes: anything }
    const token = await newToken({ mixins, metadata: { mixins: urls } })
    conformEmpty(await patch(token, { mixins: { loyalty: { points: 6 }, notes: { a: null } } }), 200)
    expect((await read(token, 'mixin:*')).mixins).toEqual({
      loyalty: { tier: 'gold', points: 6 },
      notes: { b: 2 },
    })
    conformViolations(await patch(token, { mixins: { loyalty: { tier: null } } }), {
      'mixins.loyalty.tier': 'missing_field',
    })
    // A value without its schema is refused, also when only the schema is taken away.
    conformViolations(await patch(token, { metadata: { mixins: { notes: null } } }), {
      'mixins.notes': 'invalid_field',
    })
    const gone = { mixins: { notes: null }, metadata: { mixins: { notes: null } } }
    conformEmpty(await patch(token, gone), 200)
    expect(await read(token, 'mixin:*')).toMatchObject({
      mixins: { loyalty: { tier: 'gold', points: 6 } },
      metadata: { mixins: { loyalty: url }, version: 3 },
    })
    conformEmpty(await patch(token, { mixins: null, metadata: { mixins: null } }), 200)
    expect(await read(token)).toMatchObject({ mixins: {}, metadata: { mixins: {}, version: 4 } })
  })

  it('of addresses are checked in the same way', async () => {
    const [url = ''] = serveSchemas(loyalty)
    const token = await newToken()
    const metadata = { mixins: { loyalty: url } }
    const add = (tier: string) =>
      shop('POST', '/me/addresses', {
        token,
        body: { city: 'London', mixins: { loyalty: { tier } }, metadata },
      })
    conformViolations(await add('tin'), { 'mixins.loyalty.tier': 'invalid_field' })
    const { id } = conform(await add('gold'), 201, ResourceLocation)
    const path = `/me/addresses/${id}`
    const wrong = { mixins: { loyalty: { tier: 'tin' } } }
    conformViolations(await shop('PATCH', path, { token, body: wrong }), {
      'mixins.loyalty.tier': 'invalid_field',
    })
    const address = conform(await shop('GET', path, { token }), 200, AddressDto)
    expect(address).toMatchObject({
      mixins: { loyalty: { tier: 'gold' } },
      metadata: { ...metadata, version: 2 },
    })
  })

  it('that are not touched by a change are not validated again', async () => {
    const [url = ''] = serveSchemas({})
    const token = await newToken({ mixins: { notes: { a: 1 } }, metadata: { mixins: { notes: url } } })
    const fetched = vi.mocked(globalThis.fetch).mock.calls.length
    later(10 * minute)
    conformEmpty(await patch(token, { title: 'MS' }), 200)
    expect(vi.mocked(globalThis.fetch).mock.calls).toHaveLength(fetched)
  })
})

describe("Deleting a customer's profile", () => {
  it.each(['the customer', 'a visitor'])(
    'asks by mail, and %s confirms with the mailed token',
    async (who) => {
      const { email, password, tokens } = await newCustomer(tenant)
      const { access_token: token } = tokens
      conformEmpty(await shop('DELETE', '/me', { token }), 204)
      const mailed = await mailedToken(email, 'deletion')
      expect(await isAlive(token)).toBe(true)
      const bearer = who === 'the customer' ? token : await visitor()
      conformEmpty(await shop('DELETE', '/me', { token: bearer, query: { token: mailed } }), 202)
      conformFault(await shop('GET', '/me', { token }))
      const body = { email, password }
      conformWrongCredentials(await shop('POST', '/login', { token: await visitor(), body }))
      const again = await shop('DELETE', '/me', { token: await visitor(), query: { token: mailed } })
      conformViolations(again, { token: 'invalid_field' })
    },
  )

  it('frees the e-mail address and never gives out the id again', async () => {
    const { id, email, password, tokens } = await newCustomer(tenant)
    conformEmpty(await shop('DELETE', '/me', { token: tokens.access_token }), 204)
    const query = { token: await mailedToken(email, 'deletion') }
    conformEmpty(await shop('DELETE', '/me', { token: tokens.access_token, query }), 202)
    expect((await signUp(tenant, { email, password })).id).not.toBe(id)
  })

  it('refuses unknown, foreign and late tokens with one and the same 400', async () => {
    const { email, tokens } = await newCustomer(tenant)
    const { access_token: token } = tokens
    conformEmpty(await shop('DELETE', '/me', { token }), 204)
    const mailed = await mailedToken(email, 'deletion')
    const other = await anonymous('initech')
    const refused = [
      await shop('DELETE', '/me', { token, query: { token: 'made-up' } }),
      await shop('DELETE', '/me', { token, query: { token: 'A'.repeat(43) } }),
      await call('DELETE', '/customer/initech/me', { token: other.access_token, query: { token: mailed } }),
    ]
    later(24 * 60 * minute + minute)
    refused.push(await shop('DELETE', '/me', { token, query: { token: mailed } }))
    for (const answer of refused) conformViolations(answer, { token: 'invalid_field' })
    expect(new Set(refused.map(({ text }) => text)).size).toBe(1)
    expect(await isAlive(token)).toBe(true)
  })

  it('needs a customer for the request, and some bearer for the confirmation', async () => {
    conformFault(await shop('DELETE', '/me', { token: await visitor() }))
    conformFault(await shop('DELETE', '/me', { query: { token: 'made-up' } }))
  })
})

describe("Assigning an account to a customer's profile", () => {
  const assign = (token: string, body: unknown) => shop('POST', '/me/accounts/internal', { token, body })

  it('adds a log-in to the same profile once its mailbox and the record agree, and tells the first address', async () => {
    const { id, email, password, tokens } = await newCustomer(tenant)
    const second = { email: uniqueEmail('second'), password: 'secret2' }
    expect(conform(await assign(tokens.access_token, second), 201, CustomerLocation)).toEqual({ id })
    expect(await mailbox(email, 'account-added')).toHaveLength(1)
    const token = await mailedToken(second.email, 'account-confirmation')
    const confirm = (own: string) =>
      call('POST', `/account/${tenant}/confirm-account`, { form: { token, password: own } })
    expect(await confirm(second.password), 'the password of the account that waits').toMatchObject({
      status: 400,
    })
    expect((await read(tokens.access_token)).accounts).toEqual([{ id: email }])
    expect(await confirm(password)).toMatchObject({ status: 200 })
    const [bySecond, byFirst] = [await logIn(tenant, second), await logIn(tenant, { email, password })]
    expect(await read(bySecond.access_token)).toMatchObject({
      id,
      accounts: [{ id: email }, { id: second.email }],
    })
    expect((await read(byFirst.access_token)).id).toBe(id)
    const valid = await shop('GET', '/validateauthtoken', { token: bySecond.access_token })
    expect(valid.body).toMatchObject({ email: second.email })
  })

  it('answers a taken e-mail with the documented 409', async () => {
    const [own, other] = [await newCustomer(tenant), await signUp(tenant)]
    for (const email of [own.email, other.email]) {
      const answer = await assign(own.tokens.access_token, { email, password: 'secret2' })
      expect(conformError(answer, 409, 'conflict_resource').message).toBe(
        `Duplicate account '${email}' for tenant 'acme'.`,
      )
    }
    expect((await read(own.tokens.access_token)).accounts).toEqual([{ id: own.email }])
  })

  it.each<[string, unknown, Record<string, string>]>([
    ['nothing', {}, { email: 'missing_field', password: 'missing_field' }],
    ['an e-mail that is none', { email: 'ada', password: 'secret2' }, { email: 'invalid_field' }],
    ['a short password', { email: 'a@shop.example', password: 'five5' }, { password: 'invalid_field' }],
  ])('refuses %s', async (_what, body, expected) => {
    conformViolations(await assign(await newToken(), body), expected)
  })

  it('wants a recent log-in', async () => {
    const token = await newToken()
    later(16 * minute)
    const answer = await assign(token, { email: uniqueEmail(), password: 'secret2' })
    conformError(answer, 403, 'Forbidden')
  })

  it('is for customers only', async () => {
    conformFault(await assign(await visitor(), { email: uniqueEmail(), password: 'secret2' }))
  })
})
