/** The shop's cart service: what it is told, what is believed, and that nobody waits for it in vain. */
import { describe, expect, it } from 'vitest'
import { cartService } from '../../../src/adapters/carts/cart-service.ts'
import type { Fetch } from '../../../src/adapters/fetch/fetch-text.ts'
import type { AnonymousLink } from '../../../src/domain/customer/cart.ts'
import type { Principal } from '../../../src/domain/tenant/principal.ts'
import { tenantWith } from '../../support/records.ts'

const url = 'https://carts.example/link?from=patron'
const tenant = tenantWith({ cartService: { url } })
const link: AnonymousLink = {
  anonymousId: 'visitor',
  anonymousCart: { key: 'basket' },
  cartSignInMode: 'UseAsNewActiveCustomerCart',
  updateProductData: true,
}
const patient = { timeoutMilliseconds: 10_000, sizeMaxBytes: 1000 }

/** A service that answers so, asked with these limits; and what tokens were made for it. */
function linked(fetch: Fetch, limits = patient, of = tenant) {
  const issued: [Principal, number][] = []
  const issue = async (principal: Principal, seconds: number) => {
    issued.push([principal, seconds])
    return 'token'
  }
  return { issued, cart: cartService(fetch, { issue }, limits).link(of, '12345678', link) }
}

const answering =
  (text: string, init: ResponseInit = {}): Fetch =>
  async () =>
    new Response(text, init)

describe('the cart service', () => {
  it('is told who has signed in and who that was, under a short-lived token', async () => {
    const asked: { url: string; init: RequestInit }[] = []
    const { issued, cart } = linked(async (target, init) => {
      asked.push({ url: target, init })
      return Response.json({ id: 'cart' })
    })
    expect(await cart).toEqual({ id: 'cart' })
    expect(asked).toMatchObject([{ url, init: { method: 'POST', redirect: 'manual' } }])
    const { body, headers } = asked[0]?.init ?? {}
    expect(JSON.parse(String(body))).toEqual({ tenant: 'acme', customerId: '12345678', ...link })
    expect(headers).toEqual({ authorization: 'Bearer token', 'content-type': 'application/json' })
    expect(issued).toEqual([
      [{ kind: 'service', tenant: 'acme', clientId: 'patron', scopes: ['link_carts'] }, 60],
    ])
  })

  it('is not asked, and no token is made, where a tenant has none', async () => {
    const { issued, cart } = linked(() => Promise.reject(new Error('asked')), patient, tenantWith())
    expect(await cart).toBeUndefined()
    expect(issued).toEqual([])
  })

  it.each<[string, Fetch]>([
    ['is no JSON', answering('{"id":')],
    ['is no object', answering('"cart"')],
    ['is null', answering('null')],
    ['is empty', answering('')],
    ['is larger than allowed', answering(`{"id":"${'x'.repeat(1000)}"}`)],
    ['is an error', answering('{"id":"cart"}', { status: 404 })],
    ['is no text', async () => new Response(new Uint8Array([0x7b, 0xff, 0x7d]))],
    ['leads elsewhere', async () => Response.redirect('https://elsewhere.example/', 307)],
    ['never comes', () => Promise.reject(new Error('connection refused'))],
  ])('that answers what %s is no cart', async (_what, fetch) => {
    expect(await linked(fetch).cart).toBeUndefined()
  })

  it('that never answers, or never ends its answer, is left at the deadline', async () => {
    const impatient = { ...patient, timeoutMilliseconds: 20 }
    const silent: Fetch = () => new Promise(() => {})
    const stalled: Fetch = async () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) }))
    for (const fetch of [silent, stalled]) expect(await linked(fetch, impatient).cart).toBeUndefined()
  })
})
