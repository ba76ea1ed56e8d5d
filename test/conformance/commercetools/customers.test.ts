/**
 * "Customers", read by the back office: by id, by key, and by predicate, order and page, over HTTP against real rows.
 */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  anonymous,
  call,
  newCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
  type Answer,
} from '../../support/client.ts'
import { asShop } from '../../support/commercetools.ts'

interface Shown {
  id: string
  email: string
  version: number
  [field: string]: unknown
}
interface Page {
  limit: number
  offset: number
  count: number
  total?: number
  results: Shown[]
}
interface Failure {
  statusCode: number
  message: string
  errors: { code: string; message: string }[]
}

type Parameters = Record<string, string | number | boolean | string[]>

const people = [
  { firstName: 'Ada', lastName: 'Müller', company: 'Engines' },
  { firstName: 'ada', lastName: 'MÜLLER' },
  { firstName: 'Bob', lastName: 'Zimmer' },
  { firstName: 'Cyd', lastName: 'O"Neil \\ Sons' },
  { firstName: 'Dan', lastName: `'; DROP TABLE customers; --` },
]
const homes = [
  { city: 'Berlin', country: 'DE' },
  { city: 'Paris', country: 'FR' },
  undefined,
  { city: 'Berlin', country: 'US' },
  undefined,
]
/** In the order of `people`. */
const all: { id: string; email: string }[] = []
let foreign: { id: string; email: string }
let erased: string
let token: string

beforeAll(async () => {
  token = await serviceToken('acme')
  for (const [index, person] of people.entries()) {
    const home = homes[index]
    const email = uniqueEmail(`Person${index}`)
    const customer = await signUp('acme', {
      email,
      customerDetails: person,
      ...(home && {
        customerAddress: {
          contactName: 'Somebody',
          street: 'Street',
          zipCode: '1',
          tags: ['SHIPPING'],
          ...home,
        },
      }),
    })
    all.push({ id: customer.id, email })
  }
  const ada = all[0]?.id ?? ''
  await env.DB.prepare(
    `UPDATE customers SET profile = json_set(profile, '$.key', 'first-key', '$.dateOfBirth', '1990-01-01', '$.emailVerified', json('true'),
     '$.custom', json('{"type":{"typeId":"type","id":"t"},"fields":{"points":120,"vip":true,"size":"M"}}')) WHERE id = ?`,
  )
    .bind(ada)
    .run()
  foreign = await signUp('globex', { customerDetails: { firstName: 'Ada' } })
  await env.DB.prepare(
    `UPDATE customers SET profile = json_set(profile, '$.key', 'foreign-key') WHERE id = ?`,
  )
    .bind(foreign.id)
    .run()
  const gone = await newCustomer('acme', { customerDetails: { firstName: 'Gone' } })
  erased = gone.id
  const left = await call('DELETE', '/acme/me', {
    token: gone.tokens.access_token,
    query: { version: await versionOf(gone.id) },
  })
  if (left.status !== 200) throw new Error(left.text)
})

async function versionOf(id: string): Promise<number> {
  return (await call<Shown>('GET', `/acme/customers/${id}`, { token })).body.version
}

function path(parameters: Parameters = {}, base = '/acme/customers'): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters))
    for (const one of [value].flat()) search.append(name, String(one))
  return `${base}?${search}`
}

function query<Body = Page>(parameters: Parameters = {}): Promise<Answer<Body>> {
  return call<Body>('GET', path(parameters), { token })
}

/** Who was found, by their places in `people`. */
async function found(parameters: Parameters): Promise<string> {
  const { status, body, text } = await query(parameters)
  expect(status, text).toBe(200)
  return body.results.map(({ id }) => all.findIndex((one) => one.id === id)).join('')
}

describe('a page', () => {
  it('has limit, offset, count, total and the customers in full', async () => {
    const { status, body } = await query()
    expect(status).toBe(200)
    expect(body).toMatchObject({ limit: 20, offset: 0, count: all.length, total: all.length })
    expect(body.results.map(({ id }) => id)).toEqual(all.map(({ id }) => id).sort())
    expect(body.results.find(({ id }) => id === all[0]?.id)).toEqual(
      expect.objectContaining({
        email: all[0]?.email,
        key: 'first-key',
        customerNumber: all[0]?.id,
        firstName: 'Ada',
        companyName: 'Engines',
        isEmailVerified: true,
        authenticationMode: 'Password',
        addresses: [expect.objectContaining({ city: 'Berlin', country: 'DE' })],
      }),
    )
  })

  it('is the same customer that the customer itself sees, and holds no secret', async () => {
    const customer = await newCustomer('acme', { customerDetails: { firstName: 'Self' } })
    const own = await call<Shown>('GET', '/acme/me', { token: customer.tokens.access_token })
    const byId = await call<Shown>('GET', `/acme/customers/${customer.id}`, { token })
    expect(byId.body).toEqual(own.body)
    expect((await query({ where: `id = "${customer.id}"` })).body.results).toEqual([own.body])
    expect(byId.text).not.toMatch(/argon2|\$v=|credentials|hash/i)
    await call('DELETE', '/acme/me', {
      token: customer.tokens.access_token,
      query: { version: own.body.version },
    })
  })

  it('begins at the offset and ends at the limit', async () => {
    const order = all.map(({ id }) => id).sort()
    const { body } = await query({ limit: 2, offset: 1 })
    expect(body).toMatchObject({ limit: 2, offset: 1, count: 2, total: 5 })
    expect(body.results.map(({ id }) => id)).toEqual(order.slice(1, 3))
    expect((await query({ offset: 4, limit: 500 })).body).toMatchObject({ count: 1, total: 5 })
    expect((await query({ offset: 10000 })).body).toMatchObject({ count: 0, total: 5, results: [] })
    expect((await query({ limit: 0 })).body).toEqual({ limit: 0, offset: 0, count: 0, total: 5, results: [] })
  })

  it('counts what matches, on all pages', async () => {
    expect((await query({ where: 'firstName = "Ada" or firstName = "ada"', limit: 1 })).body).toMatchObject({
      count: 1,
      total: 2,
    })
  })

  it('has no total when it is not wanted', async () => {
    const { body } = await query({ withTotal: false, limit: 1 })
    expect(Object.keys(body)).toEqual(['limit', 'offset', 'count', 'results'])
  })

  it('takes expand and parameters that it does not know', async () => {
    expect(await found({ where: 'firstName = "Bob"', expand: ['customerGroup', 'custom.type'], x: 1 })).toBe(
      '2',
    )
  })

  it.each<[string, Parameters]>([
    ['limit', { limit: 501 }],
    ['limit', { limit: -1 }],
    ['limit', { limit: '1e2' }],
    ['limit', { limit: '' }],
    ['limit', { limit: ['1', '2'] }],
    ['offset', { offset: 10001 }],
    ['offset', { offset: '0x1' }],
    ['withTotal', { withTotal: 'yes' }],
  ])('refuses a bad %s: %j', async (name, parameters) => {
    const { status, body } = await query<Failure>(parameters)
    expect(status).toBe(400)
    expect(body.errors).toHaveLength(1)
    expect(body).toMatchObject({ statusCode: 400, errors: [{ code: 'InvalidInput', message: body.message }] })
    expect(body.message).toMatch(`Malformed parameter: ${name}: `)
  })
})

describe('a predicate', () => {
  it.each<[string, Parameters, string]>([
    ['firstName = "Ada"', {}, '0'],
    ['firstName != "Ada"', {}, '1234'],
    ['firstName in ("Bob", "Cyd")', {}, '23'],
    ['not(firstName = "Ada")', {}, '1234'],
    ['firstName = "Ada" or lastName = "Zimmer"', {}, '02'],
    ['firstName > "Bob" and firstName <= "Dan"', {}, '34'],
    ['lastName matches ignore case "müller"', {}, '01'],
    ['lastName = "O\\"Neil \\\\ Sons"', {}, '3'],
    [`lastName = "'; DROP TABLE customers; --"`, {}, '4'],
    ['companyName is defined', {}, '0'],
    ['companyName is not defined', {}, '1234'],
    ['dateOfBirth < "1991-01-01"', {}, '0'],
    ['isEmailVerified = true', {}, '0'],
    ['version >= 1', {}, '01234'],
    ['createdAt > "2020-01-01T00:00:00.000Z"', {}, '01234'],
    ['createdAt > "2999-01-01"', {}, ''],
    ['key = "first-key"', {}, '0'],
    ['authenticationMode = "Password"', {}, '01234'],
    ['authenticationMode = "ExternalAuth"', {}, ''],
    ['addresses(city="Berlin")', {}, '03'],
    ['addresses(city="Berlin" and country="DE")', {}, '0'],
    ['addresses is empty', {}, '24'],
    ['shippingAddressIds is not empty', {}, '013'],
    ['custom(fields(points > 100))', {}, '0'],
    ['custom(fields(vip = true and size = "M"))', {}, '0'],
    ['stores is empty', {}, '01234'],
    ['firstName = :name', { 'var.name': 'Bob' }, '2'],
    ['firstName in :names', { 'var.names': ['Bob', 'Dan'] }, '24'],
    ['firstName = :name', { 'var.name': '" or id is defined or firstName = "' }, ''],
    ['version = :v', { 'var.v': '77' }, ''],
    ['addresses(country in (:a, :b))', { 'var.a': 'FR', 'var.b': 'US' }, '13'],
  ])('%s with %j', async (where, variables, expected) => {
    expect(await found({ where, sort: 'createdAt', ...variables })).toBe(expected)
  })

  it('asks for e-mails as they were written, or without regard to letter case', async () => {
    const email = all[0]?.email ?? ''
    expect(await found({ where: `email = "${email}"` })).toBe('0')
    expect(await found({ where: `email = "${email.toUpperCase()}"` })).toBe('')
    expect(await found({ where: `lowercaseEmail = "${email.toLowerCase()}"` })).toBe('0')
  })

  it('finds a customer by the number that is shown for it', async () => {
    const shown = (await call<Shown>('GET', `/acme/customers/${all[2]?.id}`, { token })).body.customerNumber
    expect(shown).toBe(all[2]?.id)
    expect(await found({ where: `customerNumber = "${String(shown)}"` })).toBe('2')
    expect(await found({ where: `customerNumber = "${all[0]?.id}"` })).toBe('0')
  })

  it('that is given twice has to hold twice', async () => {
    const where = ['lastName matches ignore case "müller"', 'firstName = "ada" or firstName = "Bob"']
    expect(await found({ where })).toBe('1')
  })

  it.each<[string | string[], string]>([
    ['firstName = "Ada', ` Unexpected end of input, expected '"' (line 1, column 17)`],
    ['firstName', 'Unexpected end of input, expected SphereIdentifierChar, comparison operator, '],
    ['firstName ~ "x"', `Invalid input '~', expected `],
    ['', `Syntax error while parsing 'where'.`],
    ['unknown = "x"', `Malformed parameter: where: The field 'unknown' does not exist.`],
    ['passwordHash is defined', `Malformed parameter: where: The field 'passwordHash' does not exist.`],
    ['credentials(revision = 1)', `The field 'credentials' does not exist.`],
    ['firstName = :missing', 'Missing parameter value for missing'],
    ['('.repeat(10_000), 'too complex'],
    [Array.from({ length: 150 }, (_, index) => `id = "${index}"`).join(' or '), 'too complex'],
    [`firstName = "${'x'.repeat(10_001)}"`, 'longer than 10000'],
    [['id is defined', 'nothing is defined'], `The field 'nothing' does not exist.`],
  ])('that is malformed is refused with its place: %.60s', async (where, message) => {
    const { status, body } = await query<Failure>({ where })
    expect(status).toBe(400)
    expect(body.message).toContain(message)
    expect(body.message).toMatch(/^Malformed parameter: where: /)
    expect(body.errors).toEqual([{ code: 'InvalidInput', message: body.message }])
  })

  it('never costs more parameters than the database takes', async () => {
    const where = Array.from({ length: 29 }, (_, index) => `custom(fields(f${index} = "x"))`).join(' or ')
    const sort = Array.from({ length: 10 }, (_, index) => `custom.fields.f${index}`)
    expect((await query({ where, sort })).status).toBe(200)
    const wide = Array.from({ length: 30 }, (_, index) => `custom(fields(f${index} = "x"))`).join(' or ')
    expect((await query<Failure>({ where: wide, sort })).status).toBe(400)
  })
})

describe('an order', () => {
  it.each<[string | string[], string]>([
    ['firstName', '02341'],
    ['firstName desc', '14320'],
    [['lastName asc', 'firstName desc'], '41032'],
    ['createdAt desc', '43210'],
    ['email', '01234'],
  ])('%j', async (sort, expected) => {
    expect(await found({ sort })).toBe(expected)
  })

  it.each([
    ['nothing', /^Malformed parameter: sort: Invalid query field 'nothing' in sort path\./],
    ['id up', /^Malformed parameter: sort: Syntax error .*expected asc or desc \(line 1, column 4\)/s],
    ['addresses.city', /Invalid query field/],
  ])('that is none is refused: %s', async (sort, message) => {
    const { status, body } = await query<Failure>({ sort })
    expect(status).toBe(400)
    expect(body.errors).toEqual([{ code: 'InvalidInput', message: expect.stringMatching(message) as string }])
  })

  it('by id lets the SDK walk through everybody without offsets', async () => {
    const seen: string[] = []
    for (let last = ''; ; last = seen.at(-1) ?? '') {
      const where = last === '' ? {} : { where: `id > "${last}"` }
      const { body } = await query({ sort: 'id asc', withTotal: false, limit: 2, ...where })
      seen.push(...body.results.map(({ id }) => id))
      if (body.count < 2) break
    }
    expect(seen).toEqual(all.map(({ id }) => id).sort())
  })
})

describe('one customer', () => {
  it('is found by id and by key', async () => {
    const byId = await call<Shown>('GET', `/acme/customers/${all[0]?.id}`, { token })
    const byKey = await call<Shown>('GET', '/acme/customers/key=first-key', { token })
    expect([byId.status, byKey.status]).toEqual([200, 200])
    expect(byId.body).toMatchObject({ id: all[0]?.id, email: all[0]?.email })
    expect(byKey.body).toEqual(byId.body)
  })

  it.each([
    ['nobody', `The Resource with ID 'nobody' was not found.`],
    ['key=nobody', `The Resource with key 'nobody' was not found.`],
    ['key=foreign-key', `The Resource with key 'foreign-key' was not found.`],
    [`key=%27%20OR%201%3D1`, `The Resource with key '' OR 1=1' was not found.`],
  ])('%s is not found', async (name, message) => {
    const { status, body } = await call('GET', `/acme/customers/${name}`, { token })
    expect({ status, body }).toEqual({
      status: 404,
      body: { statusCode: 404, message, errors: [{ code: 'ResourceNotFound', message }] },
    })
  })

  it('of another tenant is never found', async () => {
    expect((await call('GET', `/acme/customers/${foreign.id}`, { token })).status).toBe(404)
    for (const where of [
      `id = "${foreign.id}"`,
      `email = "${foreign.email}"`,
      `lowercaseEmail = "${foreign.email}"`,
      'key = "foreign-key"',
    ])
      expect((await query({ where })).body).toMatchObject({ count: 0, total: 0, results: [] })
    const everybody = await query({ where: 'id is defined or id is not defined', limit: 500 })
    expect(everybody.body.results.map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort())
    const other = await call('GET', `/globex/customers/${foreign.id}`, { token })
    expect(other.status).toBe(401)
  })

  it('has none of the accounts and addresses of a namesake in another tenant', async () => {
    const id = all[2]?.id ?? ''
    const columns =
      'id, version, operation_id, message_sequence, created_at, modified_at, profile, credentials, credentials_revision'
    await env.DB.batch(
      [
        `INSERT INTO customers (tenant, ${columns}) SELECT 'globex', ${columns} FROM customers WHERE tenant = 'acme' AND id = ?`,
        `INSERT INTO addresses (tenant, customer_id, id, position, body) VALUES ('globex', ?, 'leak', 0, '{"city":"Leak","tags":[]}')`,
        `INSERT INTO accounts (tenant, customer_id, email_key, id, position, email, initial_password) VALUES ('globex', ?, 'leak@shop.example', 'leak', -1, 'leak@shop.example', 0)`,
      ].map((statement) => env.DB.prepare(statement).bind(id)),
    )
    const { body } = await call('GET', `/acme/customers/${id}`, { token })
    expect(body).toMatchObject({ email: all[2]?.email, addresses: [] })
    expect((await query({ where: `id = "${id}"` })).body.results).toEqual([body])
    const other = await call('GET', `/globex/customers/${id}`, { token: await serviceToken('globex') })
    expect(other.body).toMatchObject({
      email: 'leak@shop.example',
      addresses: [{ id: 'leak', city: 'Leak' }],
    })
    for (const where of ['addresses(city = "Leak")', 'lowercaseEmail = "leak@shop.example"'])
      expect(await found({ where })).toBe('')
  })

  it('that was erased is gone', async () => {
    expect((await call('GET', `/acme/customers/${erased}`, { token })).status).toBe(404)
    for (const where of [`id = "${erased}"`, 'firstName = "Gone"'])
      expect((await query({ where })).body).toMatchObject({ count: 0, total: 0 })
  })
})

describe('HEAD', () => {
  const head = async (where: string, bearer = token) => {
    const answer = await call('HEAD', where, { token: bearer })
    expect(answer.text).toBe('')
    return answer.status
  }
  it('says by id and key whether there is a customer', async () => {
    expect(await head(`/acme/customers/${all[0]?.id}`)).toBe(200)
    expect(await head('/acme/customers/key=first-key')).toBe(200)
    expect(await head('/acme/customers/nobody')).toBe(404)
    expect(await head('/acme/customers/key=nobody')).toBe(404)
  })
  it('says of a query whether there is anybody, on whatever page', async () => {
    expect(await head(path({ where: 'firstName = "Bob"' }))).toBe(200)
    expect(await head(path({ where: 'firstName = "Bob"', limit: 0, offset: 5 }))).toBe(200)
    expect(await head(path({ where: 'firstName = "Nobody"' }))).toBe(404)
    expect(await head(path({ where: 'firstName' }))).toBe(400)
  })
})

describe('who may look', () => {
  const paths = ['/acme/customers', '/acme/customers/key=first-key', '/acme/customers/nobody']

  it.each(['view_customers:acme', 'manage_customers', 'manage_project:acme'])(
    'a client with %s',
    async (scope) => {
      const bearer = await serviceToken('acme', scope)
      const statuses = await Promise.all(
        paths.map(async (one) => (await call('GET', one, { token: bearer })).status),
      )
      expect(statuses).toEqual([200, 200, 404])
    },
  )

  it.each(paths)('no client without such a scope: %s', async (one) => {
    const bearer = await serviceToken('acme', 'view_types customer.customerprofile_view')
    const { status, body } = await call('GET', one, { token: bearer })
    expect(status).toBe(403)
    expect(body).toMatchObject({ error: 'insufficient_scope', errors: [{ code: 'insufficient_scope' }] })
  })

  it.each(paths)('no visitor, no customer, nobody without a token: %s', async (one) => {
    const visitor = await anonymous('acme')
    const customer = await newCustomer('acme')
    for (const bearer of [visitor.access_token, customer.tokens.access_token])
      expect(await call('GET', one, { token: bearer })).toMatchObject({
        status: 403,
        body: { statusCode: 403, errors: [{ code: expect.stringMatching(/^insufficient_/) as string }] },
      })
    expect((await call('GET', one, { token: 'none' })).status).toBe(401)
    expect((await call('GET', one)).status).toBe(401)
    expect((await call('HEAD', one)).status).toBe(401)
  })

  it('nobody may do with customers what is not offered', async () => {
    const { status, headers } = await call('PATCH', '/acme/customers/1', { token })
    expect([status, headers.get('Allow')]).toEqual([405, 'GET, HEAD, POST, DELETE, OPTIONS'])
  })
})

describe('the SDK', () => {
  const api = asShop({ scopes: ['view_customers:acme'] }).customers()

  it('queries with lists of predicates, orders and variables', async () => {
    const { body } = await api
      .get({
        queryArgs: {
          where: ['lastName matches ignore case :name', 'firstName in :first'],
          sort: ['lastName asc', 'firstName desc'],
          'var.name': 'müller',
          'var.first': ['Ada', 'ada'],
          limit: 5,
        },
      })
      .execute()
    expect(body).toMatchObject({ limit: 5, offset: 0, count: 2, total: 2 })
    expect(body.results.map(({ id }) => id)).toEqual([all[1]?.id, all[0]?.id])
  })

  it('gets by id and key, and asks by HEAD', async () => {
    const ID = all[0]?.id ?? ''
    expect((await api.withId({ ID }).get().execute()).body.id).toBe(ID)
    expect((await api.withKey({ key: 'first-key' }).get().execute()).body.id).toBe(ID)
    expect((await api.head({ queryArgs: { where: 'key = "first-key"' } }).execute()).statusCode).toBe(200)
    await expect(api.withKey({ key: 'nobody' }).get().execute()).rejects.toMatchObject({ statusCode: 404 })
  })
})
