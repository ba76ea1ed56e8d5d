/**
 * Input that is not what it seems: it is refused whole, or it is data and nothing else.
 * T25 e-mails that are no text, T45 prototype pollution, T46 schemas from strangers, T51 oversize and tricks of JSON.
 */
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  anonymous,
  call,
  mailbox,
  newCustomer,
  request,
  serviceToken,
  signUp,
  type CustomerTokens,
  type SignedUp,
} from '../support/client.ts'
import { jsonRoutes, knock, pathOf, refusedFields, routes, sampleOf, type Route } from './routes.ts'
import { outboxEmpty, serviceWith } from './service.ts'

let visitor: string
let customer: SignedUp & { tokens: CustomerTokens }
let shop: string

beforeAll(async () => {
  shop = await serviceToken('acme')
  visitor = (await anonymous('acme')).access_token
  customer = await newCustomer('acme')
})

/** A token that the route lets in. */
function tokenFor({ endpoint: { access } }: Route): string {
  if (access?.kinds.includes('anonymous')) return visitor
  return access?.kinds.includes('customer') && !access.reach ? customer.tokens.access_token : shop
}

const version = async () => {
  const me = await call<{ metadata: { version: number } }>('GET', '/customer/acme/me', {
    token: customer.tokens.access_token,
  })
  return me.body.metadata.version
}

/** Where a dialect's errors repeat the status; `statusCode` elsewhere. */
const statusNames: Record<string, string> = {
  admin: 'status',
  emporix: 'status',
  'emporix companies': 'code',
}

/** The route's sample body with a member added, as text: some members no object literal can have. */
function withMember(route: Route, member: string): string {
  const text = JSON.stringify(sampleOf(route, tokenFor(route))?.body ?? {})
  return text === '{}' ? `{${member}}` : `${text.slice(0, -1)},${member}}`
}

describe('an e-mail that is no e-mail', () => {
  const emailRoutes = jsonRoutes.filter((route) => {
    const body = sampleOf(route, 'none')?.body
    return typeof body === 'object' && body !== null && 'email' in body
  })
  const values: [string, unknown][] = [
    ['a list of two', ['ada@shop.example', 'eve@shop.example']],
    ['a list of one', ['ada@shop.example']],
    ['an object', { $ne: '' }],
    ['an object with a number for a key', { 0: 'ada@shop.example' }],
    ['a number', 7],
    ['true', true],
    ['nothing', ''],
    ['null', null],
  ]

  it('T25 is looked for at every endpoint that takes one', () => {
    expect(emailRoutes.length).toBeGreaterThanOrEqual(6)
  })

  it.each(
    emailRoutes.flatMap((route) => values.map(([what, value]) => ({ name: route.name, route, what, value }))),
  )('T25 is refused with the name of the field: $what, $name', async ({ route, value }) => {
    const body = { ...(sampleOf(route, 'none')?.body as object), email: value }
    const answer = await knock(route, { token: tokenFor(route), body })
    expect(answer.status, answer.text).toBe(400)
    expect(refusedFields(answer), answer.text).toContainEqual(expect.stringMatching(/^email/))
  })

  it.each([
    'ada@shop.example,eve@shop.example',
    'ada@shop.example;eve@shop.example',
    'ada@shop.example eve@shop.example',
  ])('T25 is refused where mail is sent to it: %s', async (email) => {
    for (const path of ['signup', 'password/reset', 'signup/optin/refresh_token']) {
      const body = { email, password: customer.password }
      expect(await call('POST', `/customer/acme/${path}`, { token: visitor, body })).toMatchObject({
        status: 400,
      })
    }
  })

  it('T25 of two in one body or in body and query, one gets the mail, and it is the one that was looked up', async () => {
    const [owner, other] = [await signUp('acme'), await signUp('acme')]
    const body = `{"email":"${other.email}","email":"${owner.email}"}`
    const query = { email: other.email }
    expect(
      await call('POST', '/customer/acme/password/reset', { token: visitor, body, query }),
    ).toMatchObject({ status: 204 })
    expect(await mailbox(owner.email, 'password-reset')).toHaveLength(1)
    await outboxEmpty()
    expect(await mailbox(other.email, undefined, 0)).toEqual([])
  })
})

describe('names that mean something to the language', () => {
  const polluted = '{"polluted":"yes"}'

  it.each(jsonRoutes)('T45 __proto__ is refused at any depth: $name', async (route) => {
    const before = await version()
    for (const member of [
      `"__proto__":${polluted}`,
      `"mixins":{"__proto__":${polluted}}`,
      `"mixins":{"loyalty":{"a":[{"__proto__":${polluted}}]}}`,
      `"metadata":{"mixins":{"__proto__":"https://shop.example/s.json"}}`,
      `"\\u005f_proto__":${polluted}`,
    ]) {
      const answer = await knock(route, { token: tokenFor(route), body: withMember(route, member) })
      expect(answer, `${member} ${answer.text}`).toMatchObject({ status: 400 })
    }
    expect({}).not.toHaveProperty('polluted')
    expect(await version()).toBe(before)
  })

  it('T45 __proto__ is no name of a custom field, neither in a Type nor in an action', async () => {
    const post = (path: string, body: object) => call('POST', path, { token: shop, body })
    const field = { name: '__proto__', label: { en: 'x' }, type: { name: 'String' } }
    const draft = { key: crypto.randomUUID(), name: { en: 'x' }, resourceTypeIds: ['customer'] }
    expect(await post('/acme/types', { ...draft, fieldDefinitions: [field] })).toMatchObject({ status: 400 })
    const type = await call<{ id: string }>('POST', '/acme/types', { token: shop, body: draft })
    const add = { action: 'addFieldDefinition', fieldDefinition: field }
    expect(await post(`/acme/types/${type.body.id}`, { version: 1, actions: [add] })).toMatchObject({
      status: 400,
    })
    const set = { action: 'setCustomField', name: '__proto__', value: { polluted: 'yes' } }
    const update = { version: await version(), actions: [set] }
    expect(await post(`/acme/customers/${customer.id}`, update)).toMatchObject({ status: 400 })
    expect({}).not.toHaveProperty('polluted')
  })

  it.each(['constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'])(
    'T45 %s is a mixin like any other: stored, merged and removed as data',
    async (name) => {
      const fetched = vi
        .spyOn(globalThis, 'fetch')
        .mockImplementation(async () => Response.json({ type: 'object' }))
      const token = (await newCustomer('acme')).tokens.access_token
      const url = `https://schemas.shop.example/${name}.json`
      const patch = (body: object) =>
        call('PATCH', '/customer/acme/me', { token, body: JSON.stringify(body) })
      const seen = () =>
        call<{ mixins: object; metadata: { mixins: object } }>('GET', '/customer/acme/me', {
          token,
          query: { expand: 'mixin:*' },
        })
      const value = { prototype: { polluted: 'yes' }, constructor: { prototype: { polluted: 'yes' } } }
      const mixins = Object.fromEntries([[name, value]])
      const urls = Object.fromEntries([[name, url]])

      expect(await patch({ mixins })).toMatchObject({ status: 400 })
      expect(await patch({ mixins, metadata: { mixins: urls } })).toMatchObject({ status: 200 })
      expect((await seen()).body.mixins).toEqual(mixins)
      expect((await seen()).body.metadata.mixins).toEqual(urls)
      expect(await patch({ mixins: Object.fromEntries([[name, { prototype: null }]]) })).toMatchObject({
        status: 200,
      })
      expect((await seen()).body.mixins).toEqual(
        Object.fromEntries([[name, { constructor: value.constructor }]]),
      )
      expect(await patch({ mixins: Object.fromEntries([[name, null]]) })).toMatchObject({ status: 200 })
      expect((await seen()).body.mixins).toEqual({})
      for (const object of [{}, [], Object, () => undefined]) expect(object).not.toHaveProperty('polluted')
      fetched.mockRestore()
    },
  )

  it.each(['constructor', 'prototype', 'toString', '__proto__.polluted'])(
    'T45 %s as an unknown field changes nothing',
    async (name) => {
      const before = await version()
      const body = `{"${name}":{"prototype":${polluted}}}`
      expect(
        await call('PATCH', '/customer/acme/me', { token: customer.tokens.access_token, body }),
      ).toMatchObject({ status: 200 })
      expect(await version()).toBe(before)
      expect({}).not.toHaveProperty('polluted')
    },
  )
})

describe('the URL of a mixin schema', () => {
  let fetched: string[]

  beforeEach(() => {
    fetched = []
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (target) => {
      fetched.push(String(target))
      return Response.redirect('https://169.254.169.254/latest/meta-data/')
    })
    return () => spy.mockRestore()
  })

  const store = (url: string) =>
    call('PATCH', '/customer/acme/me', {
      token: customer.tokens.access_token,
      body: { mixins: { loyalty: { points: 1 } }, metadata: { mixins: { loyalty: url } } },
    })

  // The full table is in test/adapters/json-schema; this one shows that every way in goes through it.
  it.each([
    'http://schemas.shop.example/s.json',
    'file:///etc/passwd',
    'data:application/json,{}',
    'javascript:alert(1)',
    'https://10.0.0.1/s.json',
    'https://169.254.169.254/latest/meta-data/',
    'https://[fd00::1]/s.json',
    'https://[::ffff:192.168.0.1]/s.json',
    'https://metadata.google.internal/',
    'https://intranet/s.json',
    'https://user:secret@schemas.shop.example/s.json',
    'not a url',
  ])('T46 is not even asked when it is not public https: %s', async (url) => {
    const answer = await store(url)
    expect(answer).toMatchObject({ status: 400, body: { details: [{ field: 'mixins.loyalty' }] } })
    expect(fetched).toEqual([])
  })

  it('T46 is not followed elsewhere, and what it answers is not shown', async () => {
    const answer = await store('https://schemas.shop.example/redirect.json')
    expect(answer).toMatchObject({ status: 400 })
    expect(answer.text).not.toContain('169.254')
    expect(fetched).toEqual(['https://schemas.shop.example/redirect.json'])
  })
})

describe('a body that is too much or too odd', () => {
  const bytes = (...parts: (string | number[])[]) =>
    parts.map((part) => (typeof part === 'string' ? part : String.fromCharCode(...part))).join('')

  const bodies: [string, (route: Route) => string, number][] = [
    ['five megabytes', (route) => withMember(route, `"filler":"${'x'.repeat(5 * 1024 * 1024)}"`), 413],
    [
      'a thousand levels',
      (route) => withMember(route, `"mixins":${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`),
      400,
    ],
    [
      'a hundred thousand levels',
      (route) => withMember(route, `"a":${'['.repeat(1e5)}${']'.repeat(1e5)}`),
      400,
    ],
    ['a number beyond numbers', (route) => withMember(route, '"mixins":{"a":1e999}'), 400],
    ['NaN', (route) => withMember(route, '"a":NaN'), 400],
    ['NUL in text', (route) => withMember(route, '"a":"\\u0000"'), 400],
    ['a lone surrogate', (route) => withMember(route, '"a":"\\ud800"'), 400],
    ['a lone surrogate in a name', (route) => withMember(route, '"\\udc00":1'), 400],
    ['a cut end', (route) => withMember(route, '"a":1').slice(0, -1), 400],
    ['a comment', (route) => `/* */${withMember(route, '"a":1')}`, 400],
    ['two values', (route) => `${withMember(route, '"a":1')}{}`, 400],
    // An import is a list, of at most 200 items.
    ['a list', ({ name }) => (name.endsWith('/import') ? `[${'0,'.repeat(200)}0]` : '[]'), 400],
    ['a text', () => '"text"', 400],
    ['null', () => 'null', 400],
    ['a number', () => '1', 400],
  ]
  it.each(jsonRoutes)('T51 is 400 or 413 and changes nothing: $name', async (route) => {
    const before = await version()
    for (const [what, body, status] of bodies) {
      const answer = await knock(route, { token: tokenFor(route), body: body(route) })
      expect(answer, `${what}: ${answer.text.slice(0, 300)}`).toMatchObject({
        status,
        body: { [statusNames[route.dialect.name] ?? 'statusCode']: status },
      })
    }
    expect(await version()).toBe(before)
  })

  it.each(jsonRoutes)(
    'T51 is 400 when it is not UTF-8, and 415 when it is not JSON: $name',
    async (route) => {
      const token = tokenFor(route)
      const send = async (body: Uint8Array<ArrayBuffer> | string, type = 'application/json') => {
        const { url, method, headers } = request(route.endpoint.method.toUpperCase(), pathOf(route), {
          token,
        })
        headers.set('Content-Type', type)
        return serviceWith(() => ({})).fetch(new Request(url, { method, headers, body }))
      }
      const invalid = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80]]
      for (const code of invalid) {
        const text = bytes('{"a":"', code, '"}')
        const body = Uint8Array.from(text, (letter) => letter.charCodeAt(0))
        expect((await send(body)).status).toBe(400)
      }
      const utf16 = new Uint8Array(
        Uint16Array.from(JSON.stringify({ a: 1 }), (letter) => letter.charCodeAt(0)).buffer,
      )
      expect((await send(utf16)).status).toBe(400)
      for (const type of [
        'text/plain',
        'application/xml',
        'multipart/form-data; boundary=x',
        'application/x-www-form-urlencoded',
      ])
        expect((await send('{"a":1}', type)).status).toBe(415)
    },
  )

  it('T51 is stopped at a megabyte even when no length is announced', async () => {
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536
        controller.enqueue(new Uint8Array(65_536).fill(0x20))
      },
    })
    const { url, method, headers } = request('POST', '/customer/acme/password/reset', { token: visitor })
    headers.set('Content-Type', 'application/json')
    const { fetch } = serviceWith(() => ({}))
    const answer = await fetch(new Request(url, { method, headers, body: endless }))
    expect(answer.status).toBe(413)
    expect(sent).toBeLessThan(2 * 1024 * 1024)
  })

  it('T51 is read past a byte order mark, and the last of two equal names counts', async () => {
    const token = (await newCustomer('acme')).tokens.access_token
    const body = '\ufeff{"firstName":"One","firstName":"Two"}'
    expect(await call('PATCH', '/customer/acme/me', { token, body })).toMatchObject({ status: 200 })
    expect(await call('GET', '/customer/acme/me', { token })).toMatchObject({ body: { firstName: 'Two' } })
  })

  it.each(routes)('T51 in the query is no server error: $name', async (route) => {
    const names = [
      'tenant',
      'client_id',
      'token',
      'tags',
      'expand',
      'accessToken',
      'refreshToken',
      'legalEntityId',
      'scope',
    ]
    for (const value of [
      '',
      '\u0000',
      '\ud800',
      '%',
      "' OR 1=1 --",
      '{"$ne":1}',
      'x'.repeat(10_000),
      '../..',
      ',,,,',
      '\u{1f600}',
    ]) {
      const query = Object.fromEntries(names.map((name) => [name, value]))
      const answer = await knock(route, { token: tokenFor(route), query })
      expect(answer.status === 501 ? 400 : answer.status, answer.text.slice(0, 300)).toBeLessThan(500)
    }
  })
})
