/**
 * How much a request may carry: every part of a path and every list of a body has a bound, which is looked at before anything
 * is made of it. T51, over every route and every parameter and list of it.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { anonymous, call, newCustomer, serviceToken } from '../support/client.ts'
import { walk } from '../support/schemas.ts'
import { expectFailure, jsonRoutes, knock, refusedFields, routes, type Route } from './routes.ts'

let tokens: { visitor: string; customer: string; shop: string }

beforeAll(async () => {
  tokens = {
    visitor: (await anonymous('acme')).access_token,
    customer: (await newCustomer('acme')).tokens.access_token,
    shop: await serviceToken('acme'),
  }
})

/** A token that the route lets in. */
function tokenFor({ endpoint: { access } }: Route): string {
  if (access?.kinds.includes('anonymous')) return tokens.visitor
  return access?.kinds.includes('customer') && !access.reach ? tokens.customer : tokens.shop
}

const parameters = routes.flatMap((route) =>
  [...route.endpoint.path.matchAll(/:(\w+)(?:\{([\w-]+=)[^}]*\})?/g)].flatMap(
    ([, parameter = '', prefix = '']) => (parameter === 'tenant' ? [] : [{ ...route, parameter, prefix }]),
  ),
)

/** Lists that a body can have without having to be an element of another. */
const lists = jsonRoutes.flatMap((route) =>
  [...walk({ place: '', schema: route.endpoint.body as NonNullable<typeof route.endpoint.body> })].flatMap(
    ({ place, schema }) =>
      (schema as { type?: string }).type === 'array' && /^(\.\w+)*$/.test(place) ? [{ ...route, place }] : [],
  ),
)

describe('a path part', () => {
  it.each(parameters)(
    'T51 that is longer than any name names nothing, and is not looked at: $name ($parameter)',
    async ({ parameter, prefix, ...route }) => {
      for (const length of [261, 1020]) {
        const long = (prefix + 'x'.repeat(length)).slice(0, length)
        const answer = await knock(route, {
          token: tokenFor(route),
          place: { parameters: { [parameter]: long } },
        })
        expectFailure(route, answer, {
          kind: parameter === 'token' ? 'OneTimeTokenRejected' : 'PathUnknown',
        })
      }
    },
  )

  it.each(parameters)(
    'T51 that is no text is no server error: $name ($parameter)',
    async ({ parameter, prefix, ...route }) => {
      for (const odd of [
        '%00',
        'a%00b',
        '%ff',
        '%ed%a0%80',
        '%',
        '%2f',
        '%2e%2e%2f',
        "'",
        '*',
        'key=',
        '=',
        ':',
        '%3Ax',
      ]) {
        const answer = await knock(route, {
          token: tokenFor(route),
          place: { parameters: { [parameter]: prefix + odd } },
        })
        expect(answer.status, answer.text.slice(0, 300)).toBeLessThan(500)
      }
    },
  )

  it.each([':', ':x', 'a:'])(
    'T51 with a colon is no server error in a body either: %s',
    async (customerNumber) => {
      const body = { customerNumber }
      const answer = await call('POST', '/customer/acme/assisted-buying-login', { token: tokens.shop, body })
      expect(answer.status, answer.text).toBe(404)
    },
  )

  it('T51 that begins with a customer and a colon names nobody', async () => {
    const { id } = await newCustomer('acme')
    const token = tokens.shop
    const body = { customerNumber: `${id}:x` }
    const change = { body: { firstName: 'Eve' }, token }
    for (const answer of [
      await call('POST', '/customer/acme/assisted-buying-login', { token, body }),
      await call('PATCH', `/customer/acme/customers/${id}:x`, change),
      await call('DELETE', `/customer/acme/customers/${id}:x`, { token }),
    ])
      expect(answer.status, answer.text).toBe(404)
    expect(await call('GET', `/customer/acme/customers/${id}`, { token })).toMatchObject({
      status: 200,
      body: { firstName: 'Ada' },
    })
  })

  it('T51 as long as the longest key is looked up', async () => {
    const key = 'k'.repeat(256)
    const token = tokens.shop
    expect(
      await call('POST', '/acme/customer-groups', { token, body: { groupName: 'Gold', key } }),
    ).toMatchObject({ status: 201 })
    expect(await call('GET', `/acme/customer-groups/key=${key}`, { token })).toMatchObject({ status: 200 })
  })
})

describe('a query', () => {
  it.each(routes)('T51 that is longer than any URL is refused: $name', async (route) => {
    const query = { filler: 'x'.repeat(65_536) }
    const answer = await knock(route, { token: tokenFor(route), query })
    expect(answer.status, answer.text.slice(0, 300)).toBe(400)
  })
})

describe('a list in a body', () => {
  const bodyWith = (place: string, count: number, element: unknown) =>
    place
      .split('.')
      .filter((name) => name !== '')
      .reduceRight<unknown>((inner, name) => ({ [name]: inner }), Array(count).fill(element))

  it.each(lists)('T51 is bounded, of sense and of nonsense: $name $place', async ({ place, ...route }) => {
    const token = tokenFor(route)
    for (const [count, element] of [
      [60_000, 'customer'],
      [60_000, { key: 'berlin' }],
      [40_000, 0],
      [20_000, {}],
    ] as const) {
      const answer = await knock(route, { token, body: JSON.stringify(bodyWith(place, count, element)) })
      expect([400, 413], answer.text.slice(0, 300)).toContain(answer.status)
    }
  })

  it('T51 of enumeration values, has a bound of its own', async () => {
    const token = tokens.shop
    const values = Array.from({ length: 501 }, (_, index) => ({ key: `k${index}`, label: 'x' }))
    const field = { name: 'color', label: { en: 'Color' }, type: { name: 'Enum', values } }
    const draft = { key: crypto.randomUUID(), name: { en: 'T' }, resourceTypeIds: ['customer'] }
    const created = await call('POST', '/acme/types', {
      token,
      body: { ...draft, fieldDefinitions: [field] },
    })
    expect(created.status).toBe(400)
    expect(refusedFields(created)).toEqual(['fieldDefinitions -> 0 -> type -> values'])
  })
})

describe('a form', () => {
  it.each(routes.filter(({ dialect }) => dialect.name === 'oauth'))(
    'T51 with a parameter beyond all bounds is refused: $name',
    async (route) => {
      for (const parameter of ['username', 'password', 'scope', 'token', 'refresh_token', 'client_id', 'x']) {
        const form = { [parameter]: 'x '.repeat(400_000), grant_type: 'password' }
        const answer = await knock(route, { form })
        expect(answer.status, answer.text.slice(0, 300)).toBe(400)
      }
    },
  )
})
