/**
 * Where events may be sent (T47), what is asked of the network, what is believed of an answer, and the signatures (T61).
 */
import { Webhook } from 'standardwebhooks'
import { describe, expect, it, vi } from 'vitest'
import { webhookSecrets, webhookSender } from '../../../src/adapters/webhook/sender.ts'
import type { WebhookRequest } from '../../../src/flows/ports/index.ts'

const secret = `whsec_${btoa('a secret of thirty-two letters..')}`
const request: WebhookRequest = {
  ...{ url: 'https://shop.example/hook', id: 'event 1', body: '{"a":1}', contentType: 'application/json' },
  ...{ timestamp: Math.floor(Date.now() / 1000), secrets: [secret], format: 'cloudevents' },
}

function setUp(answer: () => Promise<Response>, development = false) {
  const fetch = vi.fn(async (_url: string, _init: RequestInit) => answer())
  return { fetch, sender: webhookSender({ fetch, development, timeoutMilliseconds: 50 }) }
}
const fine = async () => new Response(null, { status: 204 })

describe('T47 Events', () => {
  it.each([
    'http://shop.example/',
    'https://localhost/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::ffff:127.0.0.1]/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://metadata.internal/',
    'https://printer.local/',
    'https://intranet/',
    'https://10.1.2.3.nip.io/',
    'https://169-254-169-254.sslip.io/latest/meta-data',
    'https://hook.127.0.0.1.xip.io/',
    'https://LOCALTEST.me/',
    'https://shop.lvh.me./',
    'https://a9fea9fe.1u.ms/',
    'https://7f000001.c0a80001.rbndr.us/',
    'https://user:password@shop.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '',
  ])('never go to %s', async (url) => {
    const { fetch, sender } = setUp(fine)
    expect(sender.accepts(url)).toBe(false)
    expect(await sender.send({ ...request, url })).toEqual({
      kind: 'failed',
      reason: 'The address is not public.',
    })
    expect(fetch).not.toHaveBeenCalled()
  })

  it('go to this very machine in development only', () => {
    expect(setUp(fine, true).sender.accepts('http://127.0.0.1:9000/hook')).toBe(true)
    expect(setUp(fine, true).sender.accepts('http://10.0.0.1/hook')).toBe(false)
  })

  it('follow no redirect, and read nothing of an answer', async () => {
    const body = vi.fn()
    const cancelled = vi.fn()
    const stream = new ReadableStream({ pull: body, cancel: cancelled }, { highWaterMark: 0 })
    const { fetch, sender } = setUp(async () => new Response(stream, { status: 307 }))
    expect(await sender.send(request)).toEqual({
      ...{ kind: 'failed', status: 307, reason: 'Redirects are not followed.' },
    })
    expect(fetch.mock.calls[0]?.[1]).toMatchObject({ method: 'POST', redirect: 'manual' })
    expect(body).not.toHaveBeenCalled()
    expect(cancelled).toHaveBeenCalledOnce()
  })

  it('wait only so long', async () => {
    const sender = webhookSender({
      development: false,
      timeoutMilliseconds: 20,
      fetch: (_url, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('aborted')))
        }),
    })
    expect(await sender.send(request)).toEqual({ kind: 'failed', reason: 'No answer in time.' })
  })

  it.each<[number, string]>([
    [200, 'delivered'],
    [299, 'delivered'],
    [304, 'failed'],
    [400, 'failed'],
    [404, 'failed'],
    [410, 'gone'],
    [429, 'failed'],
    [503, 'failed'],
  ])('that are answered with %i are %s', async (status, kind) => {
    expect(await setUp(async () => new Response(null, { status })).sender.send(request)).toMatchObject({
      kind,
      status,
    })
  })
})

describe('T61 Signatures', () => {
  const headersOf = async (change: Partial<WebhookRequest> = {}) => {
    const { fetch, sender } = setUp(fine)
    await sender.send({ ...request, ...change })
    return fetch.mock.calls[0]?.[1].headers as Record<string, string>
  }

  it('are good for either secret during a rotation, and for no other', async () => {
    const next = `whsec_${btoa('another secret of 32 letters....')}`
    const headers = await headersOf({ secrets: [next, secret] })
    for (const good of [next, secret])
      expect(new Webhook(good).verify(request.body, headers)).toEqual({ a: 1 })
    const other = new Webhook(`whsec_${btoa('a third secret of 32 letters....')}`)
    expect(() => other.verify(request.body, headers)).toThrow()
  })

  it.each<[string, (headers: Record<string, string>) => [string, Record<string, string>]]>([
    ['another body', (headers) => ['{"a":2}', headers]],
    ['another id', (headers) => [request.body, { ...headers, 'webhook-id': 'event 2' }]],
    [
      'another time',
      (headers) => [request.body, { ...headers, 'webhook-timestamp': String(request.timestamp - 1) }],
    ],
  ])('do not stand for %s', async (_what, altered) => {
    const [body, headers] = altered(await headersOf())
    expect(() => new Webhook(secret).verify(body, headers)).toThrow()
  })

  it('of events that are too old are refused by the receiver', async () => {
    const headers = await headersOf({ timestamp: request.timestamp - 301 })
    expect(() => new Webhook(secret).verify(request.body, headers)).toThrow(/too old/)
  })

  it('come from a secret for each subscription and number', async () => {
    const { secretOf } = webhookSecrets(
      async (label, text) =>
        new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${label}|${text}`))),
    )
    const all = await Promise.all([
      secretOf({ tenant: 'acme', id: 'a' }, 1),
      secretOf({ tenant: 'acme', id: 'a' }, 2),
      secretOf({ tenant: 'acme', id: 'b' }, 1),
      secretOf({ tenant: 'globex', id: 'a' }, 1),
    ])
    expect(new Set(all).size).toBe(4)
    expect(await secretOf({ tenant: 'acme', id: 'a' }, 1)).toBe(all[0])
  })
})
