/**
 * What surrounds every answer: a correlation id, headers that keep caches, frames and sniffers away (T54), origins by the
 * tenant's list (T55), and a log line without addresses or secrets (T10, T60).
 */
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { jsonLog } from '../../src/adapters/log/json-log.ts'
import {
  correlation,
  correlationHeader,
  crossOrigin,
  protection,
  requestLog,
} from '../../src/http/envelope.ts'
import { tenantWith } from '../support/records.ts'

const lines: string[] = []
const clock = { time: 0, now: () => (clock.time += 5) }
const allowedOrigins = ['https://shop.example']

const app = new Hono()
app.use(
  correlation(),
  requestLog(
    jsonLog((_level, line) => lines.push(line)),
    clock.now,
  ),
  protection(),
)
app.use(
  crossOrigin(
    async (context) => {
      const key = context.req.query('tenant')
      if (key === 'open') return tenantWith({ allowedOrigins: ['*'] })
      return key === 'acme' ? tenantWith({ allowedOrigins }) : undefined
    },
    (path) => path === '/shared',
  ),
)
app.get('/things/:secret', (context) => context.text('thing'))
app.get('/shared', (context) => context.text('shared'))
app.get('/cached', (context) =>
  context.text('cached', 200, {
    'Cache-Control': 'public, max-age=300',
    'Content-Security-Policy': "default-src 'self'",
  }),
)
app.get('/broken', () => {
  throw new Error('broken')
})
app.onError((_error, context) => context.text('failed', 500))
app.notFound((context) => context.text('nothing', 404))

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  app.request(path, { method, headers })

describe('the correlation id', () => {
  it.each(['abc', '0b9e-1', '!~{"x"}', 'x'.repeat(256)])('%j is echoed', async (id) => {
    expect((await ask('/shared', { [correlationHeader]: id })).headers.get(correlationHeader)).toBe(id)
  })

  it.each([{}, { [correlationHeader]: 'a b' }, { [correlationHeader]: 'x'.repeat(257) }])(
    'is a new one with %j',
    async (headers) => {
      const ids = [await ask('/shared', headers), await ask('/shared', headers)].map((answer) =>
        answer.headers.get(correlationHeader),
      )
      for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/)
      expect(ids[0]).not.toBe(ids[1])
    },
  )
})

describe.each(['/things/x', '/nowhere', '/broken'])('the answer of %s', (path) => {
  it.each([
    ['Cache-Control', 'private, no-store'],
    ['Vary', expect.stringContaining('Authorization')],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'DENY'],
    ['Referrer-Policy', 'no-referrer'],
    ['Strict-Transport-Security', expect.stringContaining('max-age=')],
    ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
    [correlationHeader, expect.stringMatching(/./)],
  ])('has %s', async (name, value) => {
    expect((await ask(path)).headers.get(name)).toEqual(value)
  })
})

it('an answer keeps a cache rule and a content policy of its own', async () => {
  const { headers } = await ask('/cached')
  expect(headers.get('Cache-Control')).toBe('public, max-age=300')
  expect(headers.get('Content-Security-Policy')).toBe("default-src 'self'")
})

describe('a page of another origin', () => {
  it.each([
    ['one of the tenant’s', '/things/x?tenant=acme', 'https://shop.example', 'https://shop.example'],
    ['any, where the tenant is open', '/things/x?tenant=open', 'https://any.example', 'https://any.example'],
    ['any, for what is nobody’s', '/shared', 'https://any.example', 'https://any.example'],
    ['another', '/things/x?tenant=acme', 'https://evil.example', null],
    ['one with the right end', '/things/x?tenant=acme', 'https://evilshop.example', null],
    ['one with the right beginning', '/things/x?tenant=acme', 'https://shop.example.evil.example', null],
    ['another scheme', '/things/x?tenant=acme', 'http://shop.example', null],
    ['another port', '/things/x?tenant=acme', 'https://shop.example:8443', null],
    ['null', '/things/x?tenant=acme', 'null', null],
    ['any, for a tenant that is not there', '/things/x?tenant=nobody', 'https://shop.example', null],
  ])('%s is answered by the list', async (_what, path, origin, allowed) => {
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await ask(path, { Origin: origin }, method)
      expect(headers.get('Access-Control-Allow-Origin')).toBe(allowed)
      expect(headers.get('Access-Control-Allow-Credentials')).toBeNull()
      expect(headers.get('Vary')).toContain('Origin')
    }
  })

  it('may use every method and header, and read what it needs', async () => {
    const preflight = await ask(
      '/things/x?tenant=acme',
      {
        Origin: 'https://shop.example',
        'Access-Control-Request-Method': 'PATCH',
        'Access-Control-Request-Headers': 'authorization, content-type',
      },
      'OPTIONS',
    )
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('Access-Control-Allow-Methods')?.split(/, ?/)).toEqual(
      expect.arrayContaining(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    )
    expect(preflight.headers.get('Access-Control-Allow-Headers')).toMatch(/authorization.*content-type/)
    const answer = await ask('/things/x?tenant=acme', { Origin: 'https://shop.example' })
    expect(answer.headers.get('Access-Control-Expose-Headers')).toContain('Retry-After')
  })
})

describe('the log', () => {
  const logged = async (path: string, headers: Record<string, string> = {}) => {
    lines.length = 0
    await ask(path, headers)
    expect(lines).toHaveLength(1)
    return JSON.parse(lines[0] ?? '') as Record<string, unknown>
  }

  it('has one line for a request, with the pattern of the route', async () => {
    expect(await logged('/things/x', { [correlationHeader]: 'abc' })).toEqual({
      level: 'info',
      event: 'request',
      correlationId: 'abc',
      method: 'GET',
      route: '/things/:secret',
      status: 200,
      durationMs: 5,
    })
  })

  it.each([
    ['/nowhere/canary', 'info', 404],
    ['/broken', 'error', 500],
  ])('calls %s an event of level %s', async (path, level, status) => {
    expect(await logged(path)).toMatchObject({ level, status })
  })

  it.each(['/things/canary', '/things/x?token=canary', '/canary', '/things/x%0A%22canary'])(
    'has nothing of the address %s',
    async (path) => {
      await logged(path, {
        Authorization: 'Bearer canary',
        'User-Agent': 'canary',
        Origin: 'https://canary.example',
      })
      expect(lines[0]).not.toContain('canary')
      expect(lines[0]).not.toContain('\n')
    },
  )
})
