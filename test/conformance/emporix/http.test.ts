/**
 * What holds for every endpoint alike: bodies, methods, media types, headers, cross-origin calls, unknown tenants and
 * paths, and missing scopes. The endpoints are taken from the dialect's own list, so that new ones are included.
 */
import { env, exports } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { accessTokens } from '../../../src/adapters/crypto/access-tokens.ts'
import { composePorts } from '../../../src/adapters/index.ts'
import { buildApp, eventPresenters } from '../../../src/app.ts'
import { insertTenant } from '../../../src/cli/database/sql.ts'
import { emporixDialect } from '../../../src/dialects/emporix/index.ts'
import { readConfiguration } from '../../../src/env.ts'
import { buildFlows } from '../../../src/flows/index.ts'
import { anonymous, call, newCustomer, request, uniqueEmail, type Answer } from '../../support/client.ts'
import { recordedLog } from '../../support/ports.ts'
import {
  AddressDtos,
  conform,
  conformError,
  conformFault,
  conformViolations,
  Customer,
  ErrorMessage,
} from './schemas.ts'

const worker: Pick<Fetcher, 'fetch'> = exports.default
const signUpPath = '/customer/acme/signup'
const visitor = async () => (await anonymous('acme')).access_token
const sizeMaxBytes = 1024 * 1024

/** The path of an endpoint with something in the place of each parameter. */
const filled = (path: string) => path.replace(':tenant', 'acme').replaceAll(/:\w+/g, 'b05c20e034')

/** Sends bytes as they are. */
async function send(path: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Answer> {
  const plain = request('POST', path, { token: await visitor() })
  const sent = new Headers(plain.headers)
  for (const [name, value] of Object.entries({ 'Content-Type': 'application/json', ...headers }))
    sent.set(name, value)
  const response = await worker.fetch(new Request(plain.url, { method: 'POST', headers: sent, body }))
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as unknown }
}

describe('Bodies', () => {
  it.each<[string, BodyInit, string]>([
    ['a body that is no JSON', '{"email":', 'bad_payload_syntax'],
    ['text after the JSON', '{} {}', 'bad_payload_syntax'],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xc3, 0x28, 0x22]), 'bad_payload_syntax'],
    ['JSON that is nested too deep', '['.repeat(5000) + ']'.repeat(5000), 'validation_violation'],
    ['NUL in a text', JSON.stringify({ email: 'a\0@shop.example' }), 'validation_violation'],
    ['NUL in a name', JSON.stringify({ 'e\0mail': 1 }), 'validation_violation'],
    ['half a surrogate pair', '{"email":"\\ud800"}', 'validation_violation'],
    ['a number beyond all bounds', '{"email":1e999}', 'validation_violation'],
    ['the name __proto__', '{"__proto__":{"admin":true}}', 'validation_violation'],
    ['a text instead of an object', '"email"', 'validation_violation'],
  ])('%s is 400', async (_what, body, type) => {
    const { details } = conformError(await send(signUpPath, body), 400, type)
    expect(details?.length).toBeGreaterThan(0)
  })

  it('above one MiB are 413, with or without a length that says so', async () => {
    const text = `{"email":"${'x'.repeat(sizeMaxBytes)}"}`
    conformError(await send(signUpPath, text), 413, 'bad_payload_size')
    const stream = new Response(text).body?.pipeThrough(new TransformStream())
    conformError(await send(signUpPath, stream ?? ''), 413, 'bad_payload_size')
  })

  it('of one MiB are read', async () => {
    const frame = '{"email":"","password":"secret1","unknown":""}'
    const email = uniqueEmail()
    const text = frame
      .replace('""', `"${email}"`)
      .replace(/""\}$/, `"${'x'.repeat(sizeMaxBytes - frame.length - email.length)}"}`)
    expect(text).toHaveLength(sizeMaxBytes)
    expect((await send(signUpPath, text)).status).toBe(201)
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'multipart/form-data; boundary=x',
  ])('of type %s are 415', async (type) => {
    const answer = await send(signUpPath, '{}', { 'Content-Type': type })
    conformError(answer, 415, 'unsupported_request_content_type')
  })

  it('are looked at only after the bearer', async () => {
    conformFault(await call('POST', signUpPath, { body: '{"email":' }))
  })

  it('or not, no path makes a failure of ours', async () => {
    const { access_token: token } = (await newCustomer('acme')).tokens
    for (const id of ['%E0%A4', '%00', '..%2f..', 'a'.repeat(4000), '%F0%9F%92%A9'])
      conformError(
        await call('GET', `/customer/acme/me/addresses/${id}`, { token }),
        404,
        'resource_not_found',
      )
  })
})

const byPath = new Map<string, string[]>()
for (const { path, method } of emporixDialect.endpoints)
  byPath.set(path, [...(byPath.get(path) ?? []), method.toUpperCase()])

const covers = (pattern: string, path: string) =>
  new RegExp(`^${pattern.replaceAll(/:\w+/g, '[^/]+')}$`).test(path)

describe('Methods', () => {
  it.each([...byPath])('other than the documented ones are 405 with Allow: %s', async (path, methods) => {
    const allowed = new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])
    // A path with a parameter there may know more methods (the opt-in link, a customer by number).
    const elsewhere = [...byPath].flatMap(([other, more]) =>
      other !== path && covers(other, path) ? more : [],
    )
    if (elsewhere.includes('GET')) elsewhere.push('HEAD')
    const refused = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(
      (method) => !allowed.has(method) && !elsewhere.includes(method),
    )
    expect([...refused, ...elsewhere]).not.toEqual([])
    for (const method of refused) {
      const answer = await call(method, filled(path))
      if (method === 'HEAD') expect([answer.status, answer.text]).toEqual([405, ''])
      else conformError(answer, 405, 'unsupported_method')
      expect(new Set(answer.headers.get('Allow')?.split(', '))).toEqual(allowed)
    }
  })

  it('HEAD answers like GET, without the body', async () => {
    const { tokens } = await newCustomer('acme')
    const query = { tenant: 'acme', client_id: 'acme-storefront' }
    for (const [path, options] of [
      ['/customer/acme/me', { token: tokens.access_token }],
      ['/customer/acme/me/addresses', { token: tokens.access_token }],
      ['/customer/acme/validateauthtoken', { token: tokens.access_token }],
      ['/customer/acme/me', {}],
      ['/customerlogin/auth/anonymous/login', { query }],
      ['/health', {}],
      ['/.well-known/jwks.json', {}],
    ] as const) {
      const [head, get] = [await call('HEAD', path, options), await call('GET', path, options)]
      expect([head.status, head.text]).toEqual([get.status, ''])
      expect(head.headers.get('Content-Type')).toBe(get.headers.get('Content-Type'))
    }
  })
})

describe('Bearers', () => {
  const guarded = emporixDialect.endpoints.filter(({ access }) => access !== undefined)

  it.each(guarded.map(({ method, path }) => [method.toUpperCase(), path]))(
    'are needed: without one, or with one of another tenant, %s %s is the gateway’s 401',
    async (method, path) => {
      const body = ['POST', 'PUT', 'PATCH'].includes(method) ? { body: {} } : {}
      const foreign = (await anonymous('globex')).access_token
      for (const bearer of [{}, { token: 'made-up' }, { token: foreign }]) {
        const answer = await call(method, filled(path), { ...bearer, ...body })
        conformFault(answer)
        expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer')
      }
    },
  )

  it('without the scope that an endpoint needs are the documented 403', async () => {
    const { tokens } = await newCustomer('acme')
    const { sub = '', sid, key } = decodeJwt<{ sid: string; key: string }>(tokens.access_token)
    const issuer = accessTokens(readConfiguration(env), { now: () => Date.now() })
    const scopes = ['customer.customerprofile_view']
    const principal = { tenant: 'acme', customerId: sub, sessionId: sid, sessionKey: key, scopes }
    const token = await issuer.issue({ kind: 'customer', ...principal }, 3600)
    const body = { email: uniqueEmail(), password: 'secret1', newEmail: uniqueEmail() }
    conform(await call('GET', '/customer/acme/me', { token }), 200, Customer)
    for (const path of ['/me/accounts/internal', '/me/accounts/internal/email/change']) {
      const answer = await call('POST', `/customer/acme${path}`, { token, body })
      expect(conform(answer, 403, ErrorMessage)).toEqual({
        type: 'Forbidden',
        status: 403,
        message: 'User not authorized.',
      })
    }
  })
})

describe('Tenants and paths', () => {
  const inPath = emporixDialect.endpoints.filter(({ path }) => path.includes(':tenant'))

  it.each(inPath.map(({ method, path }) => [method.toUpperCase(), path]))(
    'that are unknown are the documented 400: %s %s',
    async (method, path) => {
      const token = await visitor()
      for (const key of ['nobody', 'ACME', 'a']) {
        const answer = await call(method, filled(path).replace('/acme/', `/${key}/`), { token })
        expect(conform(answer, 400, ErrorMessage)).toEqual({
          type: 'bad_request',
          status: 400,
          message: 'The tenant information provided with the request is not valid.',
        })
      }
    },
  )

  it.each([
    '/',
    '/customerlogin/nothing',
    '/customer',
    '/customer/acme',
    '/customer/acme/nothing',
    '/customer/acme/me/nothing',
  ])('that nobody knows are 404: %s', async (path) => {
    for (const method of ['GET', 'POST', 'DELETE'])
      conformError(await call(method, path), 404, 'resource_not_found')
  })

  it('may end with a slash', async () => {
    const { tokens } = await newCustomer('acme')
    const answer = await call('GET', '/customer/acme/me/addresses/', { token: tokens.access_token })
    conform(answer, 200, AddressDtos)
  })

  it('query parameters that are given twice are refused by name', async () => {
    const path = '/customerlogin/auth/anonymous/login?tenant=acme&client_id=a&client_id=b'
    conformViolations(await call('GET', path), { client_id: 'invalid_query_parameter' })
  })
})

describe('Headers', () => {
  const samples = async (): Promise<[string, string, Record<string, unknown>][]> => [
    ['GET', '/health', {}],
    ['GET', '/nothing', {}],
    ['GET', '/customer/acme/me', {}],
    ['PUT', '/customer/acme/login', {}],
    ['POST', signUpPath, { token: await visitor(), body: '{' }],
    ['DELETE', '/customer/acme/me/addresses/x', { token: await visitor() }],
  ]

  it('X-Correlation-ID is echoed when it is usable, on successes and failures', async () => {
    for (const [method, path, options] of await samples()) {
      for (const id of ['abc-123', '~'.repeat(256)]) {
        const answer = await call(method, path, { ...options, headers: { 'X-Correlation-ID': id } })
        expect(answer.headers.get('X-Correlation-ID')).toBe(id)
      }
    }
  })

  it('X-Correlation-ID is made up when there is none, or one that is too long or not visible ASCII', async () => {
    for (const headers of [{}, { 'X-Correlation-ID': 'x'.repeat(257) }, { 'X-Correlation-ID': 'a b' }]) {
      const [one, other] = [
        await call('GET', '/health', { headers }),
        await call('GET', '/nothing', { headers }),
      ]
      const ids = [one, other].map((answer) => answer.headers.get('X-Correlation-ID'))
      expect(ids).toEqual([
        expect.stringMatching(/^[0-9a-f-]{36}$/),
        expect.stringMatching(/^[0-9a-f-]{36}$/),
      ])
      expect(ids[0]).not.toBe(ids[1])
    }
  })

  it('protect every answer', async () => {
    for (const [method, path, options] of await samples()) {
      const { headers } = await call(method, path, options)
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': expect.stringMatching(/^max-age=\d{7,}/),
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'cache-control': 'private, no-store',
        vary: expect.stringContaining('Authorization'),
      })
      expect(headers.has('set-cookie')).toBe(false)
    }
  })

  it('that only other services know are accepted and ignored', async () => {
    const { tokens } = await newCustomer('acme')
    const headers = {
      'Accept-Language': 'de',
      'Content-Language': '*',
      'Emporix-Tenant': 'globex',
      'saas-token': tokens.saas_token,
      'session-id': 'x',
      Accept: 'text/html',
    }
    const answer = await call('GET', '/customer/acme/me', { token: tokens.access_token, headers })
    conform(answer, 200, Customer)
  })
})

describe('Calls from a browser', () => {
  const shop = 'https://shop.example'
  const preflight = (path: string, origin = shop) =>
    call('OPTIONS', path, {
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'PATCH',
        'Access-Control-Request-Headers': 'authorization,content-type,x-correlation-id',
      },
    })

  it.each([...byPath.keys()])('are announced with success: %s', async (path) => {
    const query = path.includes(':tenant') ? '' : '?tenant=acme'
    const { status, headers } = await preflight(filled(path) + query)
    expect(status).toBe(204)
    expect(headers.get('Access-Control-Allow-Origin')).toBe(shop)
    const methods = headers.get('Access-Control-Allow-Methods')?.split(',')
    expect(methods).toEqual(expect.arrayContaining(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']))
    const allowed = headers.get('Access-Control-Allow-Headers')?.toLowerCase()
    for (const name of ['authorization', 'content-type', 'x-correlation-id']) expect(allowed).toContain(name)
    expect(headers.get('Access-Control-Allow-Credentials')).toBeNull()
    expect(headers.get('Vary')).toContain('Origin')
  })

  it('can read every answer, failures included, and the headers that matter', async () => {
    for (const [path, status] of [
      ['/customer/acme/me', 401],
      ['/customer/acme/nothing', 404],
      ['/health', 200],
    ] as const) {
      const { headers, status: answered } = await call('GET', path, { headers: { Origin: shop } })
      expect([answered, headers.get('Access-Control-Allow-Origin')]).toEqual([status, shop])
      expect(headers.get('Access-Control-Expose-Headers')).toContain('X-Correlation-ID')
      expect(headers.get('Access-Control-Expose-Headers')).toContain('Retry-After')
    }
  })

  it('are for the tenant’s own origins only, once deployed', async () => {
    await env.DB.exec(insertTenant('narrow', { allowedOrigins: [shop] }, '2026-01-01T00:00:00.000Z'))
    const deployed = buildApp(buildFlows(composePorts(env), eventPresenters), {
      development: false,
      log: recordedLog(),
    })
    const allowedOrigin = async (path: string, origin: string) => {
      const answer = await deployed.fetch(request('OPTIONS', path, { headers: { Origin: origin } }))
      return answer.headers.get('Access-Control-Allow-Origin')
    }
    const none = null
    for (const [path, origin, allowed] of [
      ['/customer/narrow/me', shop, shop],
      ['/customer/narrow/me', 'https://shop.example.attacker.example', none],
      ['/customer/narrow/me', 'null', none],
      ['/customer/nobody/me', shop, none],
      ['/customerlogin/auth/anonymous/login?tenant=narrow', shop, shop],
      ['/customerlogin/auth/anonymous/login?tenant=narrow', 'https://attacker.example', none],
      ['/health', 'https://anybody.example', 'https://anybody.example'],
    ] as const) {
      expect([path, await allowedOrigin(path, origin)]).toEqual([path, allowed])
    }
  })
})

describe('The state of the service', () => {
  it('is told as JSON to anybody', async () => {
    const answer = await call('GET', '/health')
    expect([answer.status, answer.body]).toMatchObject([200, { status: 'ok' }])
    expect(answer.headers.get('Content-Type')).toMatch(/^application\/json/)
  })
})
