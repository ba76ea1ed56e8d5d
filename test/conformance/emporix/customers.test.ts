/**
 * Headings "Account and profile" and "Addresses" of the tenant-managed document, the reading half: the list with `q`, order
 * and page, the search, one customer, its addresses, over HTTP against real rows.
 */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  anonymous,
  call,
  newCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
  type Answer,
  type CallOptions,
} from '../../support/client.ts'
import {
  AddressDto,
  AddressDtos,
  conform,
  conformError,
  conformFault,
  conformViolations,
  CustomerForSellerDto,
} from './schemas.ts'

const Page = z.array(CustomerForSellerDto)
const path = '/customer/acme/customers'

const home = (city: string, country: string) => ({
  contactName: 'Somebody',
  street: 'Street',
  zipCode: '1',
  city,
  country,
  tags: ['BILLING'],
  isDefault: true,
})
const people = [
  {
    customerDetails: {
      firstName: 'Ada',
      lastName: 'Müller',
      company: 'Engines & Sons',
      preferredCurrency: 'EUR',
    },
    customerAddress: home('Berlin', 'DE'),
  },
  { customerDetails: { firstName: 'ada', lastName: 'MÜLLER' }, customerAddress: home('Paris', 'FR') },
  { customerDetails: { firstName: 'Bob', lastName: 'Zimmer', preferredLanguage: 'de_DE' } },
  {
    customerDetails: { firstName: 'Cyd', lastName: 'O"Neil \\ Sons' },
    customerAddress: home('Berlin', 'US'),
  },
  { customerDetails: { firstName: 'Dan', lastName: `'; DROP TABLE customers; --` } },
]
/** In the order of `people`. */
const all: { id: string; email: string }[] = []
let foreign: { id: string; email: string }
let erased: string
let token: string

beforeAll(async () => {
  token = await serviceToken('acme')
  for (const [index, person] of people.entries())
    all.push(await signUp('acme', { email: uniqueEmail(`Person${index}`), ...person }))
  await env.DB.prepare(
    `UPDATE customers SET profile = json_set(profile, '$.photoUrl', 'https://cdn.example/a.png', '$.onHold', json('true'),
     '$.mixins', json('{"loyalty":{"points":120,"vip":true}}'), '$.mixinSchemas', json('{"loyalty":"https://schemas.example/l.json"}')) WHERE id = ?`,
  )
    .bind(all[0]?.id)
    .run()
  foreign = await signUp('globex', {
    customerDetails: { firstName: 'Ada' },
    customerAddress: home('Berlin', 'DE'),
  })
  const gone = await newCustomer('acme', { customerDetails: { firstName: 'Gone' } })
  erased = gone.id
  const { body } = await call<{ version: number }>('GET', `/acme/customers/${gone.id}`, { token })
  const left = await call('DELETE', '/acme/me', {
    token: gone.tokens.access_token,
    query: { version: body.version },
  })
  if (left.status !== 200) throw new Error(left.text)
})

const ada = () => all[0] ?? { id: '', email: '' }
const list = (query: Record<string, string | number> = {}, options: CallOptions = {}) =>
  call('GET', path, { token, query, ...options })
const search = (body: unknown, query: Record<string, string | number> = {}, options: CallOptions = {}) =>
  call('POST', `${path}/search`, { token, body, query, ...options })
const read = (id: string, query: Record<string, string> = {}) =>
  call('GET', `${path}/${id}`, { token, query })

/** Who is in the answer, by their places in `people`. */
function placesIn(answer: Answer): string {
  return conform(answer, 200, Page)
    .map(({ id }) => all.findIndex((one) => one.id === id))
    .join('')
}

describe('Retrieving a list of customers', () => {
  it('answers a bare array in the order of ids, and counts in a header', async () => {
    const answer = await list()
    expect(conform(answer, 200, Page).map(({ id }) => id)).toEqual(all.map(({ id }) => id).sort())
    expect(answer.headers.get('Count')).toBe('5')
    expect(answer.headers.get('X-Total-Count')).toBeNull()
  })

  it('counts all matches on every page, under its other name too when that is asked for', async () => {
    const headers = { 'X-Total-Count': 'true' }
    const answer = await list({ q: 'firstName:(Ada,ada,Bob)', pageSize: 2, pageNumber: 2 }, { headers })
    expect(conform(answer, 200, Page)).toHaveLength(1)
    expect([answer.headers.get('Count'), answer.headers.get('X-Total-Count')]).toEqual(['3', '3'])
    const beyond = await list({ pageSize: 2, pageNumber: 99 })
    expect([beyond.text, beyond.headers.get('Count')]).toEqual(['[]', '5'])
  })

  it('begins where the page before has ended, and shows nobody twice', async () => {
    const pages = await Promise.all(
      [1, 2, 3].map((pageNumber) => list({ pageNumber, pageSize: 2, sort: 'lastName' })),
    )
    expect(pages.map(placesIn)).toEqual(['41', '03', '2'])
  })

  it.each<[string, Record<string, string>]>([
    ['pageNumber', { pageNumber: '0' }],
    ['pageNumber', { pageNumber: '-1' }],
    ['pageNumber', { pageNumber: '1.5' }],
    ['pageNumber', { pageNumber: '' }],
    ['pageNumber', { pageNumber: '1e3' }],
    ['pageNumber', { pageNumber: '99999999999999999999' }],
    ['pageSize', { pageSize: '0' }],
    ['pageSize', { pageSize: '1001' }],
    ['pageSize', { pageSize: 'all' }],
    ['sort', { sort: 'nothing' }],
    ['sort', { sort: 'lastName:up' }],
    ['sort', { sort: 'lastName;firstName' }],
    ['sort', { sort: 'addresses.city' }],
    ['q', { q: 'nothing:1' }],
    ['q', { q: 'firstName' }],
    ['q', { q: 'active:maybe' }],
    ['q', { q: 'passwordHash:exists' }],
    ['q', { q: 'company:~(a+)+$' }],
    ['q', { q: `firstName:"${'x'.repeat(10_000)}"` }],
    ['q', { q: '('.repeat(9000) }],
  ])('refuses a bad %s by name: %j', async (name, query) => {
    conformViolations(await list(query), { [name]: 'invalid_query_parameter' })
  })

  it('says at which letter it cannot go on', async () => {
    const { details } = conformError(
      await list({ q: 'firstName:Ada nothing:1' }),
      400,
      'validation_violation',
    )
    expect(details?.[0]?.message).toBe(`The field 'nothing' does not exist, at position 15.`)
  })

  it('takes a page of a thousand', async () => {
    expect(conform(await list({ pageSize: 1000 }), 200, Page)).toHaveLength(5)
  })
})

describe('A query', () => {
  it.each<[string, string]>([
    ['firstName:Ada', '0'],
    ['firstName:"Ada"', '0'],
    ['firstName:(Ada,Bob)', '02'],
    ['firstName:Ada lastName:Müller', '0'],
    ['firstName:Ada lastName:Zimmer', ''],
    ['lastName:~^M', '01'],
    ['lastName:~(Neil \\\\)', '3'],
    ['lastName:"O\\"Neil \\\\ Sons"', '3'],
    [`lastName:"'; DROP TABLE customers; --"`, '4'],
    ['company:exists', '0'],
    ['company:missing', '1234'],
    ['company:~(& Sons)', '0'],
    ['preferredLanguage:de_DE', '2'],
    ['preferredCurrency:EUR', '0'],
    ['active:true', '01234'],
    ['onHold:true', '0'],
    ['metadata.version:>=1', '01234'],
    ['metadataCreatedAt:>"2020-01-01"', '01234'],
    ['metadataCreatedAt:(>"2020-01-01" AND <"2021-01-01")', ''],
    ['lastLogin:null', '01234'],
    ['mixins.loyalty.points:>100', '0'],
    ['mixins.loyalty.vip:true', '0'],
    ['mixins.loyalty:exists', '0'],
    ['metadata.mixins.loyalty:~schemas.example', '0'],
    ['addresses.city:Berlin', '03'],
    ['addresses.country:(FR,US)', '13'],
    ['addresses.tags:BILLING', '013'],
    ['addresses:missing', '24'],
    ['', '01234'],
  ])('finds the same in the list and in the search: %s', async (q, expected) => {
    const sort = 'metadataCreatedAt'
    expect([placesIn(await list({ q, sort })), placesIn(await search({ q }, { sort }))]).toEqual([
      expected,
      expected,
    ])
  })

  it('finds a customer by contact e-mail, by login and by number', async () => {
    const { id, email } = ada()
    for (const q of [
      `contactEmail:${email}`,
      `email:${email}`,
      `accounts.id:"${email}"`,
      `customerNumber:${id}`,
      `id:${id}`,
    ])
      expect(placesIn(await list({ q }))).toBe('0')
    expect(placesIn(await list({ q: `email:${email.toUpperCase()}` }))).toBe('')
  })

  it.each<[string, string]>([
    ['firstName', '02341'],
    ['firstName:desc', '14320'],
    ['lastName:asc,firstName:desc', '41032'],
    ['metadataCreatedAt:desc', '43210'],
    ['company:desc,metadataCreatedAt', '01234'],
    ['mixins.loyalty.points:desc,metadata.createdAt', '01234'],
  ])('is answered in the order %s', async (sort, expected) => {
    expect(placesIn(await list({ sort }))).toBe(expected)
  })

  it('never sees customers of another tenant, or who were erased', async () => {
    for (const q of [
      `id:${foreign.id}`,
      `contactEmail:${foreign.email}`,
      `accounts.id:${foreign.email}`,
      `id:${erased}`,
      'firstName:Gone',
    ]) {
      const answer = await list({ q })
      expect([answer.text, answer.headers.get('Count')]).toEqual(['[]', '0'])
    }
    const other = await call('GET', '/customer/globex/customers', { token })
    conformFault(other)
  })

  it('never costs more than the database takes', async () => {
    const q = Array.from({ length: 40 }, (_, index) => `mixins.m.f${index}:x`).join(' ')
    conformError(await search({ q }), 400, 'business_error')
  })
})

describe('Searching for customers', () => {
  it('takes order, page and expansions from the query, and counts', async () => {
    const answer = await search(
      { q: 'firstName:(Ada,Bob)' },
      { sort: 'firstName:desc', pageSize: 1, expand: 'accounts' },
    )
    expect(placesIn(answer)).toBe('2')
    expect(answer.headers.get('Count')).toBe('2')
    expect(conform(answer, 200, Page)[0]?.accounts).toEqual([{ id: all[2]?.email }])
  })

  it.each<[string, unknown]>([
    ['an empty object', {}],
    ['a null', { q: null }],
    ['no body', undefined],
    ['unknown fields', { q: '', query: 'x' }],
  ])('asks for everybody with %s', async (_name, body) => {
    expect((await search(body)).headers.get('Count')).toBe('5')
  })

  it.each<[string, unknown, Record<string, string>]>([
    ['a q that is no text', { q: 1 }, { q: 'invalid_field' }],
    ['a q that cannot be read', { q: 'firstName:"' }, { q: 'invalid_field' }],
    ['a q that is too long', { q: `company:${'x'.repeat(20_000)}` }, { q: 'invalid_field' }],
    ['a megabyte of brackets', { q: '('.repeat(1_000_000) }, { q: 'invalid_field' }],
  ])('refuses %s', async (_name, body, details) => {
    conformViolations(await search(body), details)
  })

  it('names a bad parameter of the query as such', async () => {
    conformViolations(await search({ q: '' }, { sort: 'nothing' }), { sort: 'invalid_query_parameter' })
    conformViolations(await search({ q: '' }, { pageSize: 0 }), { pageSize: 'invalid_query_parameter' })
  })
})

describe('Retrieving a customer profile', () => {
  it('shows every field, and what has to be asked for only when it is', async () => {
    const customer = conform(await read(ada().id), 200, CustomerForSellerDto)
    expect(customer).toEqual({
      id: ada().id,
      customerNumber: ada().id,
      firstName: 'Ada',
      lastName: 'Müller',
      company: 'Engines & Sons',
      contactEmail: ada().email,
      email: ada().email,
      preferredLanguage: 'en_US',
      preferredCurrency: 'EUR',
      preferredSite: 'main',
      photoUrl: 'https://cdn.example/a.png',
      type: 'CUSTOMER',
      active: true,
      onHold: true,
      businessModel: 'B2C',
      b2b: { legalEntities: [] },
      lastLogin: null,
      metadataCreatedAt: customer.metadataCreatedAt,
      metadata: { mixins: { loyalty: 'https://schemas.example/l.json' }, version: customer.metadata.version },
    })
    expect(conform(await list({ q: `id:${ada().id}` }), 200, Page)).toEqual([customer])
  })

  it.each<[string, string[]]>([
    ['addresses', ['addresses', 'defaultAddress']],
    ['accounts', ['accounts']],
    ['mixin:*', ['mixins']],
    ['addresses,accounts,mixin:*', ['accounts', 'addresses', 'defaultAddress', 'mixins']],
    ['unknown', []],
  ])('takes expand=%s', async (expand, added) => {
    const plain = Object.keys(conform(await read(ada().id), 200, CustomerForSellerDto))
    const expanded = conform(await read(ada().id, { expand }), 200, CustomerForSellerDto)
    expect(
      Object.keys(expanded)
        .filter((name) => !plain.includes(name))
        .sort(),
    ).toEqual(added)
    const [listed] = conform(await list({ q: `id:${ada().id}`, expand }), 200, Page)
    expect(listed).toEqual(expanded)
  })

  it('shows what the customer itself has just written', async () => {
    const { id, tokens } = await newCustomer('initech')
    const body = { firstName: 'Augusta' }
    await call('PATCH', '/customer/initech/me', { token: tokens.access_token, body })
    const office = await serviceToken('initech')
    const answer = await call('GET', `/customer/initech/customers/${id}`, { token: office })
    const seen = conform(answer, 200, CustomerForSellerDto)
    expect(seen.firstName).toBe('Augusta')
    expect(seen.lastLogin).not.toBeNull()
  })

  it.each([
    ['who does not exist', () => 'nobody'],
    ['of another tenant', () => foreign.id],
    ['who was erased', () => erased],
  ])('answers a customer %s with the documented 404', async (_name, id) => {
    const wanted = id()
    expect((await read(wanted)).body).toEqual({
      status: 404,
      type: 'application/json',
      message: 'Customer not Found',
      details: [{ message: `Couldn't find a customer with customerNumber '${wanted}'` }],
    })
    for (const below of ['/addresses', '/addresses/b05c20e034'])
      conformError(await read(`${wanted}${below}`), 404, 'application/json')
  })

  it('holds no secret', async () => {
    expect((await read(ada().id, { expand: 'addresses,accounts,mixin:*' })).text).not.toMatch(
      /argon2|\$v=|credentials|hash/i,
    )
  })
})

describe('Retrieving customer addresses', () => {
  it('answers all of them, and each by its id', async () => {
    const addresses = conform(await read(`${ada().id}/addresses`), 200, AddressDtos)
    expect(addresses).toMatchObject([{ city: 'Berlin', country: 'DE', tags: ['BILLING'], isDefault: true }])
    const [first] = addresses
    expect(conform(await read(`${ada().id}/addresses/${first?.id}`), 200, AddressDto)).toEqual(first)
    expect((await read(`${all[2]?.id}/addresses`)).text).toBe('[]')
  })

  it('answers an address that is not the customer’s with the documented 404', async () => {
    const [address] = conform(await read(`${all[1]?.id}/addresses`), 200, AddressDtos)
    for (const id of ['b05c20e034', address?.id]) {
      const { body } = await read(`${ada().id}/addresses/${id}`)
      expect(body).toEqual({
        status: 404,
        type: 'resource_not_found',
        message: `Address ${id} of customer ${ada().id} not found.`,
      })
    }
  })
})

describe('The back office', () => {
  const shop = '/customer/initech/customers'
  let strangers: string[]
  beforeAll(async () => {
    const visitor = await anonymous('initech')
    strangers = [visitor.access_token, token]
  })

  it.each([
    ['GET', shop],
    ['POST', `${shop}/search`],
    ['GET', `${shop}/nobody`],
    ['GET', `${shop}/nobody/addresses`],
    ['GET', `${shop}/nobody/addresses/b05c20e034`],
  ])('keeps visitors, other tenants and other scopes out: %s %s', async (method, target) => {
    const knock = (bearer?: string) =>
      call(method, target, {
        ...(method === 'POST' && { body: {} }),
        ...(bearer !== undefined && { token: bearer }),
      })
    conformFault(await knock())
    for (const stranger of strangers) conformFault(await knock(stranger))
    for (const scope of ['customer.customer_read_own', 'customer.customer_manage', 'view_customers'])
      conformError(await knock(await serviceToken('initech', scope)), 403, 'Forbidden')
    const allowed = await knock(await serviceToken('initech', 'customer.customer_read'))
    expect(allowed.status).toBe(target.includes('nobody') ? 404 : 200)
  })
})
