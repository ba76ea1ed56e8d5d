/** The range protocol (T37): what leaves, what is believed, and what is no answer. */
import { describe, expect, it } from 'vitest'
import { breachedPasswords } from '../../../src/adapters/breached-passwords/pwned-range.ts'
import type { Fetch } from '../../../src/adapters/fetch/fetch-text.ts'
import { breachService } from '../../support/breaches.ts'

const url = 'https://breaches.example/range/'
/** SHA-1 of `password` is 5BAA6 1E4C9B93F3F0682250B6CF8331B7EE68FD8. */
const suffix = '1E4C9B93F3F0682250B6CF8331B7EE68FD8'
const other = '0018A45C4D1DEF81644B54AB7F969B88D65'
const limits = { timeoutMilliseconds: 10_000, sizeMaxBytes: 64 * 1024 }

const included = (fetch: Fetch, password = 'password') =>
  breachedPasswords(fetch, limits).includes(url, password)
const answering =
  (text: string, status = 200): Fetch =>
  async () =>
    new Response(text, { status })
const unanswered = { ok: false, error: { kind: 'Unavailable', dependency: 'breached passwords' } }

describe('a password', () => {
  it.each([
    ['known', `${other}:1\r\n${suffix}:3861493`, true],
    ['known, in the only line', `${suffix}:1`, true],
    ['known, in lower case', `${other}:1\r\n${suffix.toLowerCase()}:2\r\n`, true],
    ['known, from a service that ends lines with LF', `${suffix}:1\n${other}:2\n`, true],
    ['unknown', `${other}:12`, false],
    ['only padding', `${other}:7\r\n${suffix}:0`, false],
    ['only padding with more zeros', `${suffix}:000`, false],
  ])('is %s', async (_what, range, value) => {
    expect(await included(answering(range))).toEqual({ ok: true, value })
  })

  it('is compared as its UTF-8 bytes', async () => {
    const { fetch } = breachService(['pässwörter 😀'])
    expect(await included(fetch, 'pässwörter 😀')).toEqual({ ok: true, value: true })
    expect(await included(fetch, 'passworter 😀')).toEqual({ ok: true, value: false })
  })

  it('T37 leaves as five characters of its hash, padded, under a name and nothing else', async () => {
    const { fetch, asked } = breachService(['password'])
    expect(await included(fetch)).toEqual({ ok: true, value: true })
    expect(asked).toEqual([
      { url: `${url}5BAA6`, headers: expect.any(Headers), redirect: 'manual', body: undefined },
    ])
    expect(Object.fromEntries(asked[0]?.headers ?? [])).toEqual({
      accept: 'text/plain',
      'add-padding': 'true',
      'user-agent': 'patron',
    })
  })

  it('T37 is asked for within one second, when nothing else is said', async () => {
    let signal: AbortSignal | null | undefined
    const started = Date.now()
    const silent: Fetch = (_url, init) => {
      signal = init.signal
      return new Promise(() => {})
    }
    expect(await breachedPasswords(silent).includes(url, 'password')).toEqual(unanswered)
    expect(signal?.aborted).toBe(true)
    expect(Date.now() - started).toBeGreaterThanOrEqual(900)
  })
})

describe('T37 no answer is', () => {
  it.each<[string, Fetch]>([
    ['a redirect', async () => new Response(`${suffix}:1`, { status: 302, headers: { location: url } })],
    ['not found', answering(`${suffix}:1`, 404)],
    ['too many requests', answering('', 429)],
    ['an error of the service', answering(`${suffix}:1`, 500)],
    ['success without a body', async () => new Response(null, { status: 204 })],
    ['an empty range', answering('')],
    ['the page of some portal', answering('<!doctype html><title>Log in</title>')],
    ['a range with a line that is none', answering(`${other}:1\r\noops\r\n${suffix}:1`)],
    ['a range with an empty line', answering(`${other}:1\r\n\r\n${suffix}:1`)],
    ['a suffix that is too short', answering(`${suffix.slice(1)}:1`)],
    ['a suffix that is too long', answering(`0${suffix}:1`)],
    ['a count that is none', answering(`${suffix}:many`)],
    ['a negative count', answering(`${suffix}:-1`)],
    ['no UTF-8', async () => new Response(Uint8Array.of(0xff, 0xfe))],
    ['too much', answering(`${suffix}:1\r\n`.repeat(1700))],
    ['an endless answer', async () => new Response(endless())],
    ['a network error', async () => Promise.reject(new Error('secret'))],
  ])('%s', async (_what, fetch) => {
    expect(await included(fetch)).toEqual(unanswered)
  })

  it.each<[string, Fetch]>([
    ['silence', () => new Promise(() => {})],
    [
      'a body that stalls',
      async () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })),
    ],
  ])('%s, once the time is over', async (_what, fetch) => {
    const impatient = breachedPasswords(fetch, { ...limits, timeoutMilliseconds: 20 })
    expect(await impatient.includes(url, 'password')).toEqual(unanswered)
  })

  it('but nearly as much is', async () => {
    expect(await included(answering(`${suffix}:1\r\n`.repeat(1600)))).toEqual({ ok: true, value: true })
  })
})

function endless(): ReadableStream<Uint8Array> {
  const chunk = new TextEncoder().encode(`${other}:1\r\n`.repeat(100))
  return new ReadableStream({ pull: (controller) => controller.enqueue(chunk) })
}
