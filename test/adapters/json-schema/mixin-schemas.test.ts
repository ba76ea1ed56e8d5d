/** Mixin schemas: where they may come from, how they are loaded, what they say (T45, T46). */
import { describe, expect, it } from 'vitest'
import type { Fetch } from '../../../src/adapters/fetch/fetch-text.ts'
import { mixinSchemaValidator } from '../../../src/adapters/json-schema/mixin-schemas.ts'
import type { Json } from '../../../src/domain/base/json.ts'
import { defaultTenantSettings, type Tenant } from '../../../src/domain/tenant/tenant.ts'

const url = 'https://schemas.shop.example/loyalty.json'
const limits = { timeoutMilliseconds: 50, sizeMaxBytes: 256 * 1024, depthMax: 64 }

function tenantWith(...mixinSchemaHosts: string[]): Tenant {
  return {
    key: 'acme',
    createdAt: '2026-01-01T00:00:00.000Z',
    settings: { ...defaultTenantSettings, mixinSchemaHosts },
  }
}

function setUp(fetch: Fetch, development = false) {
  const clock = { time: 0, now: () => clock.time }
  const calls: string[] = []
  const counted: Fetch = (target, init) => {
    calls.push(target)
    return fetch(target, init)
  }
  const validator = mixinSchemaValidator({ fetch: counted, clock, development, limits })
  const validate = (value: Json, at = url, tenant = tenantWith('*')) =>
    validator.validate(tenant, at, value, 'mixins.loyalty')
  return { validate, calls, clock }
}

const answering =
  (schema: unknown): Fetch =>
  async () =>
    Response.json(schema)

const violation = (message: string, field = 'mixins.loyalty', type = 'invalid') => ({
  ok: false,
  error: { kind: 'InvalidInput', violations: [{ field, type, message }] },
})
const refusedUrl = violation('The schema of this mixin may not be loaded from its URL.')
const notLoaded = violation('The schema of this mixin could not be loaded.')
const unusable = violation('The schema of this mixin cannot be used.')

async function fieldsOf(schema: unknown, value: Json) {
  const result = await setUp(answering(schema)).validate(value)
  if (result.ok || result.error.kind !== 'InvalidInput') return []
  return result.error.violations.map(({ field, type }) => `${field} ${type}`)
}

describe('URLs of mixin schemas', () => {
  it.each([
    'https://schemas.shop.example/a.json',
    'https://schemas.shop.example:8443/a.json?b=c',
    'https://93.184.216.34/a.json',
    'https://[2606:2800:220:1::1]/a.json',
  ])('that are https and public are loaded: %s', async (at) => {
    const { validate, calls } = setUp(answering({}))
    expect(await validate({}, at)).toEqual({ ok: true, value: undefined })
    expect(calls).toEqual([at])
  })

  it.each([
    ['no URL', 'schema.json'],
    ['too long', `https://a.example/${'a'.repeat(2048)}`],
    ['http', 'http://schemas.shop.example/a.json'],
    ['file', 'file:///etc/passwd'],
    ['data', 'data:application/json,{}'],
    ['javascript', 'javascript:alert(1)'],
    ['a user name', 'https://user@schemas.shop.example/a.json'],
    ['a password', 'https://user:pass@schemas.shop.example/a.json'],
    ['this network', 'https://0.0.0.0/'],
    ['loopback', 'https://127.0.0.1/'],
    ['loopback, short', 'https://127.1/'],
    ['loopback, decimal', 'https://2130706433/'],
    ['loopback, hexadecimal', 'https://0x7f.1/'],
    ['loopback, octal', 'https://0177.0.0.1/'],
    ['loopback, another', 'https://127.255.255.254/'],
    ['private 10/8', 'https://10.1.2.3/'],
    ['private 172.16/12', 'https://172.31.255.255/'],
    ['private 192.168/16', 'https://192.168.0.1/'],
    ['shared address space', 'https://100.64.0.1/'],
    ['link-local', 'https://169.254.1.1/'],
    ['cloud metadata', 'https://169.254.169.254/latest/meta-data/'],
    ['reserved', 'https://240.0.0.1/'],
    ['broadcast', 'https://255.255.255.255/'],
    ['multicast', 'https://224.0.0.1/'],
    ['documentation', 'https://192.0.2.1/'],
    ['IPv6 unspecified', 'https://[::]/'],
    ['IPv6 loopback', 'https://[::1]/'],
    ['IPv6 unique local', 'https://[fd00::1]/'],
    ['IPv6 metadata', 'https://[fd00:ec2::254]/'],
    ['IPv6 link-local', 'https://[fe80::1]/'],
    ['IPv6 multicast', 'https://[ff02::1]/'],
    ['IPv4-mapped loopback', 'https://[::ffff:127.0.0.1]/'],
    ['IPv4-mapped private', 'https://[::ffff:a01:203]/'],
    ['IPv4-mapped metadata', 'https://[::ffff:169.254.169.254]/'],
    ['IPv4-compatible loopback', 'https://[::7f00:1]/'],
    ['IPv4 translated', 'https://[64:ff9b::7f00:1]/'],
    ['6to4', 'https://[2002:7f00:1::]/'],
    ['localhost', 'https://localhost/'],
    ['localhost with a dot', 'https://localhost./'],
    ['below localhost', 'https://a.localhost/'],
    ['.local', 'https://printer.local/'],
    ['.internal', 'https://metadata.google.internal/'],
    ['.internal with a dot', 'https://metadata.google.internal./'],
    ['a single word', 'https://intranet/'],
  ])('T46: are refused without a request: %s', async (_name, at) => {
    const { validate, calls } = setUp(answering({}))
    expect(await validate({}, at)).toEqual(refusedUrl)
    expect(calls).toEqual([])
  })

  it('on hosts that the tenant does not allow are refused', async () => {
    const { validate, calls } = setUp(answering({}))
    expect(await validate({}, url, tenantWith())).toEqual(refusedUrl)
    expect(await validate({}, url, tenantWith('shop.example'))).toEqual(refusedUrl)
    expect(await validate({}, url, tenantWith('schemas.shop.example'))).toMatchObject({ ok: true })
    expect(await validate({}, url, tenantWith('other.example'))).toEqual(refusedUrl)
    expect(calls).toHaveLength(1)
  })

  it.each([
    'http://127.0.0.1:9000/a',
    'http://localhost:9000/a',
    'http://[::1]:9000/a',
    'https://127.9.9.9/a',
  ])('on this machine are loaded in development only: %s', async (at) => {
    expect(await setUp(answering({}), true).validate({}, at, tenantWith())).toMatchObject({ ok: true })
    expect(await setUp(answering({})).validate({}, at)).toEqual(refusedUrl)
  })

  it.each(['http://192.168.0.1/', 'https://10.0.0.1/', 'http://schemas.shop.example/', 'ftp://127.0.0.1/'])(
    'elsewhere have the same rules in development: %s',
    async (at) => {
      expect(await setUp(answering({}), true).validate({}, at)).toEqual(refusedUrl)
    },
  )
})

describe('loading a mixin schema', () => {
  const nested = (depth: number) => JSON.parse(`${'{"not":'.repeat(depth)}{}${'}'.repeat(depth)}`) as unknown

  it.each<[string, Fetch]>([
    ['301', async () => new Response(null, { status: 301, headers: { location: 'https://a.example/' } })],
    ['302', async () => Response.redirect('http://169.254.169.254/', 302)],
    ['307', async () => new Response('{}', { status: 307 })],
    ['404', async () => new Response('{}', { status: 404 })],
    ['500', async () => new Response('secret', { status: 500 })],
    ['204', async () => new Response(null, { status: 204 })],
    ['a network error', async () => Promise.reject(new Error('secret'))],
    ['no JSON', async () => new Response('<html>secret</html>')],
    ['half of a JSON', async () => new Response('{"type":')],
    ['no UTF-8', async () => new Response(Uint8Array.of(0x7b, 0xff, 0x7d))],
    ['an array', answering([])],
    ['a string', answering('secret')],
    ['null', answering(null)],
    ['too much', answering({ description: 'x'.repeat(256 * 1024) })],
    ['too deep', answering(nested(64))],
    ['absurdly deep', async () => new Response('['.repeat(200_000))],
    ['an endless answer', async () => new Response(endless())],
    ['no answer', () => new Promise(() => {})],
    [
      'a body that stalls',
      async () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })),
    ],
  ])('T46: fails, and repeats nothing, on %s', async (_name, fetch) => {
    expect(await setUp(fetch).validate({})).toEqual(notLoaded)
  })

  it('is bounded: 63 levels are still fine', async () => {
    expect(await setUp(answering(nested(63))).validate({})).toMatchObject({ error: { kind: 'InvalidInput' } })
  })

  it('follows no redirect and has a deadline', async () => {
    let init: RequestInit = {}
    const { validate } = setUp(async (_url, given) => {
      init = given
      return Response.json({})
    })
    await validate({})
    expect(init.redirect).toBe('manual')
    expect(init.signal).toBeInstanceOf(AbortSignal)
  })

  it('happens once in five minutes', async () => {
    const { validate, calls, clock } = setUp(answering({}))
    await validate({})
    clock.time = 299_999
    await validate({})
    expect(calls).toHaveLength(1)
    clock.time = 300_000
    await validate({})
    expect(calls).toHaveLength(2)
  })

  it('that failed is tried again after ten seconds', async () => {
    const { validate, calls, clock } = setUp(async () => new Response(null, { status: 503 }))
    await validate({})
    clock.time = 9999
    await validate({})
    expect(calls).toHaveLength(1)
    clock.time = 10_000
    await validate({})
    expect(calls).toHaveLength(2)
  })

  it('remembers a bounded number of schemas', async () => {
    const { validate, calls } = setUp(answering({}))
    for (let at = 0; at <= 200; at += 1) await validate({}, `${url}?${at}`)
    await validate({}, `${url}?0`)
    await validate({}, `${url}?200`)
    expect(calls).toHaveLength(202)
  })
})

describe('validating a mixin', () => {
  const schema = {
    $schema: 'http://json-schema.org/draft-04/schema#',
    type: 'object',
    required: ['tier', 'since'],
    additionalProperties: false,
    properties: {
      tier: { enum: ['gold', 'silver'] },
      since: { type: 'string' },
      points: { type: 'integer', minimum: 0, exclusiveMinimum: true },
      cards: { type: 'array', items: { type: 'object', properties: { 'a/b~c ü': { type: 'string' } } } },
    },
  }

  it('accepts what satisfies the schema', async () => {
    expect(await fieldsOf(schema, { tier: 'gold', since: '2026', points: 1 })).toEqual([])
  })

  it('names each place that does not', async () => {
    const value = { tier: 'wood', points: 0, cards: [{}, { 'a/b~c ü': 1 }], more: true }
    expect((await fieldsOf(schema, value)).sort()).toEqual([
      'mixins.loyalty.cards.1.a/b~c ü invalid',
      'mixins.loyalty.more invalid',
      'mixins.loyalty.points invalid',
      'mixins.loyalty.since missing',
      'mixins.loyalty.tier invalid',
    ])
  })

  it('names the mixin itself when it is of the wrong type', async () => {
    expect(await fieldsOf(schema, 'text')).toEqual(['mixins.loyalty invalid'])
  })

  it('names the place when two alternatives both fit', async () => {
    expect(await fieldsOf({ properties: { a: { oneOf: [{}, {}] } } }, { a: 1 })).toEqual([
      'mixins.loyalty.a invalid',
    ])
  })

  it('names at most 20 places', async () => {
    const required = Array.from({ length: 50 }, (_, index) => `f${index}`)
    expect(await fieldsOf({ required }, {})).toHaveLength(20)
  })

  it.each([
    ['http://json-schema.org/draft-07/schema#', { exclusiveMinimum: 3 }, 3],
    ['https://json-schema.org/draft/2020-12/schema', { prefixItems: [{ type: 'string' }] }, [1]],
    ['https://json-schema.org/draft/2019-09/schema', { dependentRequired: { a: ['b'] } }, { a: 1 }],
  ])('follows the draft that the schema names: %s', async ($schema, rest, value) => {
    expect(await fieldsOf({ $schema, ...rest }, value)).toHaveLength(1)
  })

  it('follows references within the schema', async () => {
    const recursive = {
      properties: { next: { $ref: '#' }, size: { $ref: '#/definitions/size' } },
      definitions: { size: { type: 'number' } },
    }
    expect(await fieldsOf(recursive, { next: { next: { size: 'big' } } })).toEqual([
      'mixins.loyalty.next.next.size invalid',
    ])
  })

  it.each<[string, unknown]>([
    ['a reference to another document', { $ref: 'https://other.example/schema.json' }],
    ['a reference to nothing', { $ref: '#/definitions/none' }],
    ['a reference to itself', { $ref: '#' }],
    ['a pattern that is none', { properties: { a: { pattern: '(' } } }],
    ['a format named like a property of every object', { properties: { a: { format: '__proto__' } } }],
    ['keywords of the wrong type', { allOf: 1, required: 5 }],
    ['properties that are null', { properties: { a: null } }],
  ])('T46: is one violation when the schema has %s', async (_name, broken) => {
    expect(await setUp(answering(broken)).validate({ a: 'x' })).toEqual(unusable)
  })

  it('is a failure to load when the schema has an id that is no URL', async () => {
    expect(await setUp(answering({ $schema: 'x', $ref: 'http://[' })).validate({})).toEqual(notLoaded)
  })

  it('T45: takes __proto__ and constructor for names like any other', async () => {
    const value = JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    ) as Json
    const proto = JSON.parse(
      '{"properties":{"__proto__":{"type":"string"}},"required":["toString"],"__proto__":{"polluted":1}}',
    ) as unknown
    expect((await fieldsOf(proto, value)).sort()).toEqual([
      'mixins.loyalty.__proto__ invalid',
      'mixins.loyalty.toString missing',
    ])
    expect('polluted' in {}).toBe(false)
  })
})

function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(0x20)),
  })
}
