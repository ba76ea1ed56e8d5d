/**
 * Tokens that travel: forged access tokens, and one-time tokens raced, guessed, misused or fetched by a scanner.
 * T2 races, T8 algorithm confusion, T11 guessing, T12 binding, T15 links that are only looked at.
 */
import { env } from 'cloudflare:workers'
import { base64url, decodeJwt, importJWK, SignJWT, type JWK } from 'jose'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { MailTemplate } from '../../src/domain/mail/mail.ts'
import {
  anonymous,
  call,
  logIn,
  mailbox,
  mailedToken,
  newCustomer,
  signUp,
  uniqueEmail,
  type Answer,
  type CustomerTokens,
  type SignedUp,
} from '../support/client.ts'
import { expectFault } from './routes.ts'
import { outboxEmpty } from './service.ts'

afterEach(() => void vi.useRealTimers())

type Customer = SignedUp & { tokens: CustomerTokens }
type Purpose = 'opt-in' | 'password-reset' | 'email-change' | 'deletion'

const visitorOf = async (tenant: string) => (await anonymous(tenant)).access_token

/** How each kind of one-time token is asked for; the address that it is mailed to. */
const order: Record<Exclude<Purpose, 'opt-in'>, (customer: Customer, tenant: string) => Promise<string>> = {
  async 'password-reset'({ email }, tenant) {
    const token = await visitorOf(tenant)
    await call('POST', `/customer/${tenant}/password/reset`, { token, body: { email } })
    return email
  },
  async 'email-change'({ email, password, tokens }, tenant) {
    const newEmail = uniqueEmail('new')
    const path = `/customer/${tenant}/me/accounts/internal/email/change`
    await call('POST', path, { token: tokens.access_token, body: { email, password, newEmail } })
    return newEmail
  },
  async deletion({ email, tokens }, tenant) {
    await call('DELETE', `/customer/${tenant}/me`, { token: tokens.access_token })
    return email
  },
}

/** How each kind is redeemed. */
const redeem: Record<Purpose, (tenant: string, token: string, secret: string) => Promise<Answer>> = {
  'opt-in': (tenant, token, secret) =>
    call('GET', `/customer/${tenant}/signup/optin/${encodeURIComponent(secret)}`, { token }),
  'password-reset': (tenant, token, secret) =>
    call('POST', `/customer/${tenant}/password/reset/update`, {
      token,
      body: { token: secret, password: 'password by reset' },
    }),
  'email-change': (tenant, token, secret) =>
    call('POST', `/customer/${tenant}/me/accounts/internal/email/change/confirm`, {
      token,
      body: { token: secret },
    }),
  deletion: (tenant, token, secret) =>
    call('DELETE', `/customer/${tenant}/me`, { token, query: { token: secret } }),
}

const purposes = Object.keys(redeem) as Purpose[]
const orderable = Object.keys(order) as (keyof typeof order)[]

const ordered = async (purpose: keyof typeof order, customer: Customer, tenant = 'acme') =>
  mailedToken(await order[purpose](customer, tenant), purpose)

/** A customer whose opt-in is still awaited, with the token. */
async function pending(): Promise<SignedUp & { secret: string }> {
  const customer = await signUp('globex')
  return { ...customer, secret: await mailedToken(customer.email, 'opt-in') }
}

const rowOf = (id: string) =>
  env.DB.prepare('SELECT version, credentials, credentials_revision, erased_at FROM customers WHERE id = ?')
    .bind(id)
    .first<{ version: number; credentials: string }>()

describe('one-time tokens', () => {
  it('T2 reset: fifty at once, one winner, and only his password works', async () => {
    const customer = await newCustomer('acme')
    const secret = await ordered('password-reset', customer)
    const token = await visitorOf('acme')
    const passwords = Array.from({ length: 50 }, (_, index) => `password number ${index}`)
    const answers = await Promise.all(
      passwords.map((password) =>
        call('POST', '/customer/acme/password/reset/update', { token, body: { token: secret, password } }),
      ),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 204)).toHaveLength(1)
    expect(statuses.filter((status) => status === 400)).toHaveLength(49)
    const winner = statuses.indexOf(204)
    await logIn('acme', { email: customer.email, password: passwords[winner] ?? '' })
    const loser = { email: customer.email, password: passwords[(winner + 1) % 50] }
    expect(await call('POST', '/customer/acme/login', { token, body: loser })).toMatchObject({ status: 401 })
    expect(await rowOf(customer.id)).toMatchObject({ version: 2, credentials_revision: 2 })
  })

  it.each(['email-change', 'deletion'] as const)('T2 %s: fifty at once, one winner', async (purpose) => {
    const customer = await newCustomer('acme')
    const secret = await ordered(purpose, customer)
    const token = await visitorOf('acme')
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => redeem[purpose]('acme', token, secret)),
    )
    const won = answers.filter(({ status }) => status === 204 || status === 202)
    expect(won).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(49)
  })

  it('T2 opt-in: fifty at once are one change of state, and each is logged in', async () => {
    const { id, secret, token } = await pending()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => redeem['opt-in']('globex', token, secret)),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(await rowOf(id)).toMatchObject({ version: 2 })
    const verified = await env.DB.prepare(
      "SELECT count(*) AS count FROM messages WHERE resource_id = ? AND type = 'CustomerEmailVerified'",
    )
      .bind(id)
      .first('count')
    expect(verified).toBe(1)
  })

  it('T2 opt-in: is over ten minutes after its success', async () => {
    const { secret, token } = await pending()
    vi.useFakeTimers({ toFake: ['Date'] })
    expect(await redeem['opt-in']('globex', token, secret)).toMatchObject({ status: 200 })
    vi.setSystemTime(Date.now() + 599_000)
    expect(await redeem['opt-in']('globex', token, secret)).toMatchObject({ status: 200 })
    vi.setSystemTime(Date.now() + 2_000)
    expect(await redeem['opt-in']('globex', token, secret)).toMatchObject({ status: 400 })
  })

  it('T11 have 256 bits that say nothing, and only their hash is kept', async () => {
    const customer = await newCustomer('acme')
    const secrets = [
      await ordered('password-reset', customer),
      await ordered('email-change', customer),
      await ordered('deletion', customer),
    ]
    expect(new Set(secrets).size).toBe(3)
    for (const secret of secrets) {
      expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/)
      const text = new TextDecoder().decode(base64url.decode(secret))
      expect(text).not.toContain(customer.id)
      expect(text).not.toContain(customer.email)
    }
    const { keys } = await env.TOKENS.list()
    const values = await Promise.all(keys.map(({ name }) => env.TOKENS.get(name)))
    const tables = ['customers', 'accounts', 'addresses', 'messages', 'outbox']
    const rows = await env.DB.batch(tables.map((table) => env.DB.prepare(`SELECT * FROM ${table}`)))
    const kept = JSON.stringify([keys, values, rows])
    expect(keys.length).toBeGreaterThan(0)
    for (const secret of secrets) expect(kept).not.toContain(secret)
    for (const value of values) expect(value).not.toContain(customer.email)
  })

  it('T11 session keys and refresh tokens cannot be made from what a storefront sees', async () => {
    const { id, tokens, password, email } = await newCustomer('acme')
    const other = await logIn('acme', { email, password })
    const [key, otherKey] = [tokens, other].map(({ access_token }) => String(decodeJwt(access_token)['key']))
    expect(base64url.decode(key ?? '').byteLength).toBeGreaterThanOrEqual(16)
    expect(key).not.toBe(otherKey)
    const [payload = '', mac = ''] = tokens.refresh_token.split('.')
    const handle = JSON.parse(new TextDecoder().decode(base64url.decode(payload))) as object
    const made = base64url.encode(JSON.stringify({ ...handle, counter: 1 }))
    const forged = [
      `${made}.${mac}`,
      `${payload}.${'A'.repeat(43)}`,
      payload,
      `${payload}.`,
      `.${mac}`,
      `${tokens.refresh_token}=`,
      tokens.session_id,
      id,
    ]
    const token = await visitorOf('acme')
    for (const refreshToken of forged)
      expectFault(await call('GET', '/customer/acme/refreshauthtoken', { token, query: { refreshToken } }))
  })

  it('T12 are good for their purpose only', async () => {
    const owner = await newCustomer('acme')
    const awaiting = await pending()
    const secrets: Record<Purpose, { tenant: string; secret: string }> = {
      'opt-in': { tenant: 'globex', secret: awaiting.secret },
      'password-reset': { tenant: 'acme', secret: await ordered('password-reset', owner) },
      'email-change': { tenant: 'acme', secret: await ordered('email-change', owner) },
      deletion: { tenant: 'acme', secret: await ordered('deletion', owner) },
    }
    const unknown = new Set<string>()
    for (const [purpose, { tenant, secret }] of Object.entries(secrets)) {
      const token = await visitorOf(tenant)
      for (const other of purposes.filter((name) => name !== purpose)) {
        const answer = await redeem[other](tenant, token, secret)
        expect(answer.status, `${purpose} as ${other}`).toBe(400)
        unknown.add(answer.text)
      }
    }
    for (const purpose of purposes)
      unknown.add((await redeem[purpose]('acme', await visitorOf('acme'), 'A'.repeat(43))).text)
    expect(unknown.size).toBe(1)
    expect(await rowOf(owner.id)).toMatchObject({ version: 1, erased_at: null })
  })

  it.each(orderable)('T12 are good in their tenant only: %s', async (purpose) => {
    const owner = await newCustomer('acme')
    const secret = await ordered(purpose, owner)
    for (const tenant of ['globex', 'initech'])
      expect(await redeem[purpose](tenant, await visitorOf(tenant), secret)).toMatchObject({ status: 400 })
    expect((await redeem[purpose]('acme', await visitorOf('acme'), secret)).status).toBeLessThan(300)
  })

  it('T12 change the account that they were mailed for, whoever presents them', async () => {
    const [owner, finder] = [await newCustomer('acme'), await newCustomer('acme')]
    const newEmail = await order['email-change'](owner, 'acme')
    const secret = await mailedToken(newEmail, 'email-change')
    await redeem['email-change']('acme', finder.tokens.access_token, secret)
    const me = await call('GET', '/customer/acme/me', { token: finder.tokens.access_token })
    expect(me.body).toMatchObject({ accounts: [{ id: finder.email }] })
    await logIn('acme', { email: newEmail, password: owner.password })
  })

  const laterEvents: [string, (customer: Customer) => Promise<unknown>][] = [
    [
      'a password change',
      ({ password, tokens }) =>
        call('POST', '/customer/acme/password/change', {
          token: tokens.access_token,
          body: { currentPassword: password, newPassword: 'another secret' },
        }),
    ],
    [
      'a change of the e-mail',
      async (customer) =>
        redeem['email-change']('acme', customer.tokens.access_token, await ordered('email-change', customer)),
    ],
    [
      'a reset',
      async (customer) =>
        redeem['password-reset']('acme', customer.token, await ordered('password-reset', customer)),
    ],
    [
      'the deletion of the account',
      async (customer) => redeem.deletion('acme', customer.token, await ordered('deletion', customer)),
    ],
  ]
  it.each(laterEvents.flatMap(([name, event]) => orderable.map((purpose) => ({ purpose, name, event }))))(
    'T12 die with the state that they were issued for: $purpose after $name',
    async ({ purpose, event }) => {
      const customer = await newCustomer('acme')
      const secret = await ordered(purpose, customer)
      // The event waits for a mail of its own, which may be of the same kind.
      await call('DELETE', '/_dev/mailbox')
      await event(customer)
      expect(await redeem[purpose]('acme', await visitorOf('acme'), secret)).toMatchObject({ status: 400 })
    },
  )

  it.each([
    ['password-reset', 3600],
    ['email-change', 86_400],
    ['deletion', 86_400],
  ] as const)('T12 die of age: %s after %i seconds', async (purpose, seconds) => {
    const customer = await newCustomer('acme')
    const secret = await ordered(purpose, customer)
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(Date.now() + seconds * 1000)
    expect(await redeem[purpose]('acme', await visitorOf('acme'), secret)).toMatchObject({ status: 400 })
  })
})

describe('links that are only looked at', () => {
  const looks: [string, string, Record<string, string>][] = [
    ['HEAD', 'HEAD', {}],
    ['Purpose: prefetch', 'GET', { Purpose: 'prefetch' }],
    ['Sec-Purpose: prefetch', 'GET', { 'Sec-Purpose': 'prefetch' }],
    ['Sec-Purpose: prefetch;prerender', 'GET', { 'Sec-Purpose': 'prefetch;prerender' }],
    ['Purpose: preview', 'GET', { Purpose: 'preview' }],
  ]

  it.each(looks)('T15 the opt-in address does not act on %s', async (_name, method, headers) => {
    const { id, secret, token } = await pending()
    const before = await rowOf(id)
    const path = `/customer/globex/signup/optin/${secret}`
    expect(await call(method, path, { token, headers })).toMatchObject({ status: 200, text: '' })
    expect(await rowOf(id)).toEqual(before)
    expect(await call('GET', path, { token })).toMatchObject({ status: 200 })
  })

  it.each(looks)('T15 log-out and refresh do not act on %s', async (_name, method, headers) => {
    const { access_token: token, refresh_token: refreshToken } = (await newCustomer('acme')).tokens
    await call(method, '/customer/acme/logout', { token, headers, query: { accessToken: token } })
    await call(method, '/customer/acme/refreshauthtoken', { token, headers, query: { refreshToken } })
    expect(await call('GET', '/customer/acme/me', { token })).toMatchObject({ status: 200 })
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(Date.now() + 60_000)
    const refreshed = await call('GET', '/customer/acme/refreshauthtoken', { token, query: { refreshToken } })
    expect(refreshed.status, 'a rotation would have ended the grace of this token').toBe(200)
  })

  const linked: [MailTemplate, () => Promise<{ id: string; to: string }>][] = [
    ['opt-in', async () => signUp('globex').then(({ id, email }) => ({ id, to: email }))],
    ...orderable.map((purpose): [MailTemplate, () => Promise<{ id: string; to: string }>] => [
      purpose,
      async () => {
        const customer = await newCustomer('acme')
        return { id: customer.id, to: await order[purpose](customer, 'acme') }
      },
    ]),
  ]
  it.each(linked)('T15 the page of the mail %s acts on its button alone', async (template, prepare) => {
    const { id, to } = await prepare()
    const [mail] = await mailbox(to, template)
    const link = new URL(mail?.link ?? '')
    const before = await rowOf(id)
    for (const [, method, headers] of [...looks, ['GET', 'GET', {}] as const]) {
      const page = await call(method, link.pathname + link.search, { headers })
      expect(page.status).toBe(200)
      expect(page.headers.get('Referrer-Policy')).toBe('same-origin')
      expect(page.headers.get('Cache-Control')).toContain('no-store')
    }
    expect(await rowOf(id)).toEqual(before)
    const form = { token: mail?.token ?? '', password: 'a new password' }
    expect(await call('POST', link.pathname, { form })).toMatchObject({ status: 200 })
    expect(await rowOf(id)).not.toEqual(before)
  })
})

describe('forged access tokens', () => {
  let header: Record<string, unknown>
  let claims: Record<string, unknown>
  let signature: string
  let own: JWK
  const part = (value: unknown) => base64url.encode(JSON.stringify(value))
  const hmac = (secret: Uint8Array | string, alg = 'HS256') =>
    new SignJWT(claims)
      .setProtectedHeader({ ...header, alg })
      .sign(typeof secret === 'string' ? new TextEncoder().encode(secret) : secret)
  const signed = async (changedHeader: object = {}, changedClaims: object = {}, key = own) => {
    const payload = JSON.parse(JSON.stringify({ ...claims, ...changedClaims })) as Record<string, unknown>
    return new SignJWT(payload)
      .setProtectedHeader({ ...header, alg: 'EdDSA', ...changedHeader })
      .sign(await importJWK(key, 'EdDSA'))
  }

  beforeAll(async () => {
    const token = (await newCustomer('acme')).tokens.access_token
    const [head = '', , end = ''] = token.split('.')
    header = JSON.parse(new TextDecoder().decode(base64url.decode(head))) as Record<string, unknown>
    claims = decodeJwt(token)
    signature = end
    own = (JSON.parse(env.SIGNING_KEYS) as { current: JWK }).current
  })

  it('T8 are told from one that is signed as it should be', async () => {
    expect(await call('GET', '/customer/acme/me', { token: await signed() })).toMatchObject({ status: 200 })
  })

  const confusions: Record<string, () => string | Promise<string>> = {
    'alg none': () => `${part({ ...header, alg: 'none' })}.${part(claims)}.`,
    'alg None with the old signature': () =>
      `${part({ ...header, alg: 'None' })}.${part(claims)}.${signature}`,
    'alg missing': () => `${part({ kid: header['kid'], typ: header['typ'] })}.${part(claims)}.${signature}`,
    'alg as a list': () => `${part({ ...header, alg: ['EdDSA'] })}.${part(claims)}.${signature}`,
    'HS256 with the public key': () => hmac(base64url.decode(own.x ?? '')),
    'HS256 with the public key as text': () => hmac(own.x ?? ''),
    'HS256 with the published document': async () => hmac((await call('GET', '/.well-known/jwks.json')).text),
    'HS512 with the public key': () => hmac(own.x ?? '', 'HS512'),
    'HS256 with an empty kid': async () => hmac(String(own.kid)),
    'ES256 in the header': () => `${part({ ...header, alg: 'ES256' })}.${part(claims)}.${signature}`,
    'a key of its own (jwk)': async () => {
      const { key, jwk } = await foreignKey()
      return signed({ jwk }, {}, key)
    },
    'a key of its own under our kid': async () => signed({}, {}, (await foreignKey()).key),
    'a key at a URL (jku)': () => signed({ jku: 'https://evil.example/jwks.json' }),
    'a key at a URL (x5u)': () => signed({ x5u: 'https://evil.example/cert.pem' }),
    'a certificate (x5c)': () => signed({ x5c: ['AAAA'] }),
    'crit of an extension': () => rawSigned({ ...header, crit: ['x'], x: 1 }),
    'kid as a path': () => signed({ kid: '../../../../dev/null' }),
    'kid as SQL': () => signed({ kid: "x' UNION SELECT 'key" }),
    'kid as __proto__': () => signed({ kid: '__proto__' }),
    'kid missing': () => signed({ kid: undefined }),
    'another typ': () => signed({ typ: 'JWT' }),
    'another issuer': () => signed({}, { iss: 'https://evil.example' }),
    'another audience': () => signed({}, { aud: 'globex' }),
    'two audiences': () => signed({}, { aud: ['acme', 'globex'] }),
    'no audience': () => signed({}, { aud: undefined }),
    'no end': () => signed({}, { exp: undefined }),
    'an end beyond time': () => signed({}, { exp: '9999999999' }),
    'another kind': () => signed({}, { kind: 'employee' }),
    'no session': () => signed({}, { key: undefined }),
    'changed claims under the old signature': () =>
      `${part(header)}.${part({ ...claims, sub: '12345678' })}.${signature}`,
    'a cut signature': () => `${part(header)}.${part(claims)}.${signature.slice(0, -2)}`,
    'no signature': () => `${part(header)}.${part(claims)}.`,
  }

  /** Signed with our key whatever the header says, which the library itself would refuse. */
  async function rawSigned(head: object): Promise<string> {
    const text = `${part(head)}.${part(claims)}`
    const key = (await importJWK(own, 'EdDSA')) as CryptoKey
    const mac = await crypto.subtle.sign('Ed25519', key, new TextEncoder().encode(text))
    return `${text}.${base64url.encode(new Uint8Array(mac))}`
  }

  async function foreignKey(): Promise<{ key: JWK; jwk: JWK }> {
    const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
    const key = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as JWK
    const jwk = (await crypto.subtle.exportKey('jwk', pair.publicKey)) as JWK
    return { key, jwk }
  }

  it.each(Object.keys(confusions))('T8 are refused: %s', async (name) => {
    const token = (await confusions[name]?.()) ?? ''
    expect(token).not.toBe('')
    expectFault(await call('GET', '/customer/acme/me', { token }))
  })
})

it('T12 a newer e-mail change replaces the one before', async () => {
  const customer = await newCustomer('acme')
  const first = await ordered('email-change', customer)
  const second = await ordered('email-change', customer)
  await outboxEmpty()
  const token = await visitorOf('acme')
  expect(await redeem['email-change']('acme', token, first)).toMatchObject({ status: 400 })
  expect(await redeem['email-change']('acme', token, second)).toMatchObject({ status: 204 })
})
