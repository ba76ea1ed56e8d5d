/**
 * Heading "Addresses" of the customer-managed document: the address book of a customer, its tags and its default.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { anonymous, newCustomer } from '../../support/client.ts'
import { storefrontOf } from '../../support/storefront.ts'
import {
  AddressDto,
  AddressDtos,
  conform,
  conformEmpty,
  conformError,
  conformFault,
  conformViolations,
  Customer,
  ResourceLocation,
} from './schemas.ts'

const list = '/me/addresses'
const unknownId = 'b05c20e034'

const { shop } = storefrontOf('acme')
const newToken = async () => (await newCustomer('acme')).tokens.access_token
const add = async (token: string, body: Record<string, unknown> = {}) =>
  conform(await shop('POST', list, { token, body }), 201, ResourceLocation).id
const read = async (token: string, id: string) =>
  conform(await shop('GET', `${list}/${id}`, { token }), 200, AddressDto)
const readAll = async (token: string) => conform(await shop('GET', list, { token }), 200, AddressDtos)
const patch = (token: string, id: string, body: unknown) => shop('PATCH', `${list}/${id}`, { token, body })
const versionOf = async (token: string) =>
  conform(await shop('GET', '/me', { token }), 200, Customer).metadata.version

const full = {
  contactName: 'Ada Lovelace',
  companyName: 'Engines Ltd',
  street: 'St James’s Square',
  streetNumber: '12',
  streetAppendix: '',
  extraLine1: 'Front door',
  extraLine2: '',
  extraLine3: 'Ring twice',
  extraLine4: '',
  zipCode: 'SW1Y 4JH',
  city: 'London',
  country: 'GB',
  state: 'England',
  contactPhone: '+44 20 7946 0001',
  tags: ['BILLING', 'SHIPPING', 'summer house'],
}

describe('Adding a customer address', () => {
  let refused = ''
  beforeAll(async () => {
    refused = await newToken()
  })

  it('stores every field as it is written', async () => {
    const token = await newToken()
    const id = await add(token, full)
    expect(await read(token, id)).toEqual({
      ...full,
      id,
      isDefault: false,
      mixins: {},
      metadata: { mixins: {}, version: 2 },
    })
  })

  it('needs nothing, not even a body', async () => {
    const token = await newToken()
    conform(await shop('POST', list, { token }), 201, ResourceLocation)
    const [address] = await readAll(token)
    expect(address).toMatchObject({ tags: [], isDefault: false })
  })

  it('ignores id, isDefault and unknown fields', async () => {
    const token = await newToken()
    const id = await add(token, { id: 'mine', isDefault: true, planet: 'Earth', city: 'London' })
    expect(id).not.toBe('mine')
    expect(await read(token, id)).toEqual(expect.objectContaining({ id, isDefault: false }))
  })

  it('keeps each tag once', async () => {
    const token = await newToken()
    const id = await add(token, { tags: ['BILLING', 'BILLING', 'x'] })
    expect((await read(token, id)).tags).toEqual(['BILLING', 'x'])
  })

  it.each<[string, unknown, Record<string, string>]>([
    ['a number as text', { city: 1 }, { city: 'invalid_field' }],
    ['tags that are no list', { tags: 'BILLING' }, { tags: 'invalid_field' }],
    ['a tag that is no text', { tags: ['A', 1] }, { 'tags.1': 'invalid_field' }],
    ['an empty tag', { tags: [''] }, { 'tags.0': 'invalid_field' }],
    [
      'two wrong fields',
      { street: [], zipCode: 11011 },
      { street: 'invalid_field', zipCode: 'invalid_field' },
    ],
  ])('refuses %s', async (_what, body, expected) => {
    conformViolations(await shop('POST', list, { token: refused, body }), expected)
    expect(await readAll(refused)).toEqual([])
  })
})

describe('Retrieving customer addresses', () => {
  it('answers all of them in the order in which they were added', async () => {
    const token = await newToken()
    const ids = [
      await add(token, { city: 'A' }),
      await add(token, { city: 'B' }),
      await add(token, { city: 'C' }),
    ]
    expect((await readAll(token)).map(({ id, city }) => [id, city])).toEqual([
      [ids[0], 'A'],
      [ids[1], 'B'],
      [ids[2], 'C'],
    ])
  })
})

describe('An address that is not the customer’s', () => {
  let owner = ''
  let foreignId = ''
  let other: { id: string; token: string }
  beforeAll(async () => {
    owner = await newToken()
    foreignId = await add(owner, { city: 'London' })
    const { id, tokens } = await newCustomer('acme')
    other = { id, token: tokens.access_token }
  })

  it.each([
    ['GET', ''],
    ['PATCH', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['POST', '/tags?tags=A'],
    ['DELETE', '/tags?tags=A'],
  ])('is answered with the documented 404: %s %s', async (method, suffix) => {
    for (const id of [unknownId, foreignId]) {
      const { token } = other
      const body = ['PATCH', 'PUT'].includes(method) ? { body: { city: 'Paris' } } : {}
      const answer = await shop(method, `${list}/${id}${suffix}`, { token, ...body })
      const { message, details } = conformError(answer, 404, 'resource_not_found')
      expect({ message, details }).toEqual({
        message: `Address ${id} of customer ${other.id} not found.`,
        details: undefined,
      })
    }
    expect(await read(owner, foreignId)).toMatchObject({ city: 'London', tags: [], metadata: { version: 2 } })
  })
})

describe('Updating a customer address', () => {
  const textFields = Object.entries(full).filter((entry): entry is [string, string] => entry[0] !== 'tags')

  let token = ''
  beforeAll(async () => {
    token = await newToken()
  })

  it.each(textFields)('sets %s, keeps it when it is absent, clears it with null', async (field, value) => {
    const id = await add(token, { [field]: value })
    const { version } = (await read(token, id)).metadata
    const neighbour = field === 'city' ? 'street' : 'city'
    conformEmpty(await patch(token, id, { [neighbour]: 'something' }), 200)
    expect(await read(token, id)).toMatchObject({ [field]: value, [neighbour]: 'something' })
    conformEmpty(await patch(token, id, { [field]: 'other' }), 200)
    expect(await read(token, id)).toMatchObject({ [field]: 'other', [neighbour]: 'something' })
    conformEmpty(await patch(token, id, { [field]: null }), 200)
    const cleared = await read(token, id)
    expect(cleared).not.toHaveProperty(field)
    expect(cleared).toMatchObject({ [neighbour]: 'something', metadata: { version: version + 3 } })
  })

  it('replaces the tags, keeps them when they are absent, clears them with null', async () => {
    const token = await newToken()
    const id = await add(token, { tags: ['BILLING', 'x'] })
    conformEmpty(await patch(token, id, { city: 'London' }), 200)
    expect((await read(token, id)).tags).toEqual(['BILLING', 'x'])
    conformEmpty(await patch(token, id, { tags: ['SHIPPING'] }), 200)
    expect((await read(token, id)).tags).toEqual(['SHIPPING'])
    conformEmpty(await patch(token, id, { tags: null }), 200)
    expect((await read(token, id)).tags).toEqual([])
  })

  it('lets one address be the default at most: true moves it, absent keeps it, false and null give it up', async () => {
    const token = await newToken()
    const [first, second] = [await add(token), await add(token)]
    const defaults = async () =>
      (await readAll(token)).filter(({ isDefault }) => isDefault).map(({ id }) => id)
    const steps: [id: string, body: Record<string, unknown>, expected: string[]][] = [
      [first, { isDefault: true }, [first]],
      [second, { isDefault: false }, [first]],
      [second, { isDefault: true }, [second]],
      [second, { city: 'London' }, [second]],
      [second, { isDefault: false }, []],
      [first, { isDefault: true }, [first]],
      [first, { isDefault: null }, []],
    ]
    for (const [id, body, expected] of steps) {
      conformEmpty(await patch(token, id, body), 200)
      expect(await defaults()).toEqual(expected)
    }
  })

  it.each([
    ['PATCH', 'application/json'],
    ['PATCH', 'application/merge-patch+json'],
    ['PUT', 'application/json'],
  ])('takes %s with %s, and what is absent stays', async (method, type) => {
    const token = await newToken()
    const id = await add(token, full)
    const headers = { 'Content-Type': type }
    conformEmpty(await shop(method, `${list}/${id}`, { token, body: { city: 'Paris' }, headers }), 200)
    expect(await read(token, id)).toMatchObject({ ...full, city: 'Paris' })
  })

  it('takes the customer’s current version, and refuses any other with 409 and without effect', async () => {
    const token = await newToken()
    const id = await add(token, { city: 'London' })
    conformEmpty(await patch(token, id, { city: 'Paris', metadata: { version: 2 } }), 200)
    for (const [method, version] of [
      ['PATCH', 2],
      ['PUT', 1],
      ['PATCH', 4],
    ] as const) {
      const body = { city: 'Rome', metadata: { version } }
      conformError(await shop(method, `${list}/${id}`, { token, body }), 409, 'conflict_resource')
    }
    expect(await read(token, id)).toMatchObject({ city: 'Paris', metadata: { version: 3 } })
  })

  it('counts a version only when something changes', async () => {
    const token = await newToken()
    const id = await add(token, full)
    for (const body of [{}, { city: full.city }, { isDefault: false }, { tags: full.tags }, { id: 'x' }])
      conformEmpty(await patch(token, id, body), 200)
    expect(await versionOf(token)).toBe(2)
  })

  it('refuses a wrong field, and changes nothing', async () => {
    const token = await newToken()
    const id = await add(token, { city: 'London' })
    const body = { city: 'Paris', isDefault: 'yes' }
    conformViolations(await patch(token, id, body), { isDefault: 'invalid_field' })
    expect(await read(token, id)).toMatchObject({ city: 'London', isDefault: false })
  })
})

describe('Deleting a customer address', () => {
  it('takes it out of the book, and with it the default', async () => {
    const token = await newToken()
    const [gone, kept] = [await add(token, full), await add(token)]
    conformEmpty(await patch(token, gone, { isDefault: true }), 200)
    conformEmpty(await shop('DELETE', `${list}/${gone}`, { token }), 204)
    expect((await readAll(token)).map(({ id, isDefault }) => [id, isDefault])).toEqual([[kept, false]])
    conformError(await shop('DELETE', `${list}/${gone}`, { token }), 404, 'resource_not_found')
    const profile = await shop('GET', '/me', { token, query: { expand: 'addresses' } })
    expect(conform(profile, 200, Customer)).not.toHaveProperty('defaultAddress')
  })
})

describe('Tags of a customer address', () => {
  const tag = (method: string, token: string, id: string, tags: string) =>
    shop(method, `${list}/${id}/tags`, { token, query: { tags } })

  it('are added and removed as a comma list, and each is there once', async () => {
    const token = await newToken()
    const id = await add(token, { tags: ['home'] })
    const steps: [method: string, tags: string, expected: string[], version: number][] = [
      ['POST', 'BILLING,SHIPPING', ['home', 'BILLING', 'SHIPPING'], 3],
      ['POST', 'SHIPPING', ['home', 'BILLING', 'SHIPPING'], 3],
      ['POST', ' gift , gift ,,', ['home', 'BILLING', 'SHIPPING', 'gift'], 4],
      ['DELETE', 'home, SHIPPING', ['BILLING', 'gift'], 5],
      ['DELETE', 'never there', ['BILLING', 'gift'], 5],
      ['DELETE', 'BILLING,gift', [], 6],
    ]
    for (const [method, tags, expected, version] of steps) {
      conformEmpty(await tag(method, token, id, tags), 204)
      expect(await read(token, id)).toMatchObject({ tags: expected, metadata: { version } })
    }
  })

  it('keep their letter case and may hold any letters', async () => {
    const token = await newToken()
    const id = await add(token)
    conformEmpty(await tag('POST', token, id, 'billing,été,a b'), 204)
    expect((await read(token, id)).tags).toEqual(['billing', 'été', 'a b'])
  })

  it.each(['POST', 'DELETE'])('need the parameter, with at least one tag: %s', async (method) => {
    const token = await newToken()
    const path = `${list}/${await add(token, { tags: ['A'] })}/tags`
    conformViolations(await shop(method, path, { token }), { tags: 'missing_query_parameter' })
    for (const query of [
      '?tags=',
      '?tags=,%20,',
      '?tags=A&tags=B',
      '?tags=A%00',
      `?tags=${'x'.repeat(101)}`,
    ]) {
      conformViolations(await shop(method, path + query, { token }), { tags: 'invalid_query_parameter' })
    }
    expect((await readAll(token)).map(({ tags }) => tags)).toEqual([['A']])
  })
})

describe('Addresses', () => {
  it.each([
    ['POST', list],
    ['GET', list],
    ['GET', `${list}/${unknownId}`],
    ['PATCH', `${list}/${unknownId}`],
    ['PUT', `${list}/${unknownId}`],
    ['DELETE', `${list}/${unknownId}`],
    ['POST', `${list}/${unknownId}/tags?tags=A`],
    ['DELETE', `${list}/${unknownId}/tags?tags=A`],
  ])('are for customers only: %s %s', async (method, path) => {
    conformFault(await shop(method, path, { token: (await anonymous('acme')).access_token }))
    conformFault(await shop(method, path))
  })
})
