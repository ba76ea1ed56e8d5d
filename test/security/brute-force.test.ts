/**
 * Guessing and flooding: what is counted, what it costs, and what it must not do to the victim; and the passwords that
 * are guessed at: how they are bounded, compared and kept.
 * T26 counters, T27 networks, T28 other ways to the same check, T29 the lock as a weapon, T32 to T36 passwords.
 */
import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { argon2 } from '../../src/adapters/crypto/argon2.ts'
import { passwordHasher } from '../../src/adapters/crypto/passwords.ts'
import { importLegacyPassword, type LegacyAuth } from '../../src/domain/passwords/imported-password.ts'
import { networkOf, networkOfAddress } from '../../src/http/network.ts'
import {
  anonymous,
  call,
  logIn,
  mailedToken,
  newCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
  type Answer,
} from '../support/client.ts'
import { officeOf, refresh } from '../support/company.ts'
import { exportedPasswords } from '../support/exported-passwords.ts'
import { valueOf } from '../support/records.ts'
import { jsonRoutes, pathOf, refusedFields, sampleOf } from './routes.ts'
import { newTenant, serviceWith, wideLimits } from './service.ts'

afterEach(() => void vi.useRealTimers())

// Hashes as in production: what they cost is looked at here.
env.PASSWORD_HASH_COST = 'full'

const wrong = 'this is not the password'
const strict = { ...wideLimits, freeFailures: 3, failuresMax: 3, lockSeconds: 600 }

/** Log-ins at one tenant under one anonymous token. */
async function door(tenant: string) {
  const token = (await anonymous(tenant)).access_token
  const post = (path: string, body: object): Promise<Answer> =>
    call('POST', `/customer/${tenant}/${path}`, { token, body })
  return {
    token,
    post,
    fail: (email: string) => post('login', { email, password: wrong }),
    enter: ({ email, password }: { email: string; password: string }) => post('login', { email, password }),
  }
}

const statuses = (answers: Answer[], status: number) =>
  answers.filter((answer) => answer.status === status).length

function later(seconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })
}

describe('wrong passwords', () => {
  it('T26 counts a hundred parallel wrong passwords as a hundred', async () => {
    const { email } = await signUp('acme')
    const { fail } = await door('acme')
    const answers = await Promise.all(Array.from({ length: 120 }, () => fail(email)))
    expect(statuses(answers, 401)).toBe(100)
    expect(statuses(answers, 429)).toBe(20)
  })

  it('T26 counts for an address without account alike', async () => {
    const tenant = await newTenant({ limits: strict })
    const { fail } = await door(tenant)
    const email = uniqueEmail('nobody')
    const answers = await Promise.all(Array.from({ length: 10 }, () => fail(email)))
    expect(statuses(answers, 401)).toBe(3)
    expect(statuses(answers, 429)).toBe(7)
  })

  it('T26 locks after the number of failures that the tenant allows, and opens by time', async () => {
    const tenant = await newTenant({ limits: strict })
    const customer = await signUp(tenant)
    const { fail, enter } = await door(tenant)
    vi.useFakeTimers({ toFake: ['Date'] })
    for (const _failure of [1, 2, 3]) expect(await fail(customer.email)).toMatchObject({ status: 401 })
    const locked = await enter(customer)
    expect(locked).toMatchObject({ status: 429, body: { status: 429 } })
    expect(locked.headers.get('Retry-After')).toBe('600')
    later(599)
    expect((await enter(customer)).headers.get('Retry-After')).toBe('1')
    later(1)
    expect(await enter(customer)).toMatchObject({ status: 200 })
  })

  it('T26 never allows more than a hundred in a row, whatever a tenant is set to', async () => {
    const tenant = await newTenant({ limits: { ...wideLimits, failuresMax: 101 } })
    const opened = await call('GET', '/customerlogin/auth/anonymous/login', {
      query: { tenant, client_id: `${tenant}-storefront` },
    })
    expect(opened.status).toBe(500)
  })

  it('T26, T29 end after a hundred in a row, over all locks, until a reset by mail; sessions go on', async () => {
    const tenant = await newTenant({ limits: wideLimits })
    const customer = await newCustomer(tenant)
    const { fail, enter, post } = await door(tenant)
    const answers = await Promise.all(Array.from({ length: 100 }, () => fail(customer.email)))
    expect(statuses(answers, 401)).toBe(100)
    later(1800)
    const refused = await enter(customer)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('Retry-After')).toBe('86400')
    const { access_token: token, refresh_token: refreshToken } = customer.tokens
    expect(await call('GET', `/customer/${tenant}/me`, { token })).toMatchObject({ status: 200 })
    const query = { refreshToken }
    expect(await call('GET', `/customer/${tenant}/refreshauthtoken`, { token, query })).toMatchObject({
      status: 200,
    })
    await post('password/reset', { email: customer.email })
    const reset = { token: await mailedToken(customer.email, 'password-reset'), password: 'a new password' }
    expect(await post('password/reset/update', reset)).toMatchObject({ status: 204 })
    expect(await enter({ ...customer, password: 'a new password' })).toMatchObject({ status: 200 })
  })

  it('T29 knocking in bursts does not keep the owner out', async () => {
    const tenant = await newTenant({ limits: { ...strict, burst: 'standard', lockSeconds: 60 } })
    const customer = await signUp(tenant)
    vi.useFakeTimers({ toFake: ['Date'] })
    const asked = serviceWith(({ limiter }) => ({
      limiter: { ...limiter, network: async () => ({ ok: true, value: undefined }) },
    }))
    const token = (await anonymous(tenant)).access_token
    const body = { email: customer.email, password: wrong }
    const knock = () => asked.call('POST', `/customer/${tenant}/login`, { token, body })
    for (const _knock of Array(80)) await knock()
    later(60)
    const { email, password } = customer
    expect(
      await asked.call('POST', `/customer/${tenant}/login`, { token, body: { email, password } }),
    ).toMatchObject({ status: 200 })
  })

  it('T26 begins again after a success', async () => {
    const tenant = await newTenant({ limits: strict })
    const customer = await signUp(tenant)
    const { fail, enter } = await door(tenant)
    for (const _round of [1, 2, 3]) {
      for (const _failure of [1, 2]) expect(await fail(customer.email)).toMatchObject({ status: 401 })
      expect(await enter(customer)).toMatchObject({ status: 200 })
    }
  })

  it('T26 opens by a password reset', async () => {
    const tenant = await newTenant({ limits: strict })
    const customer = await signUp(tenant)
    const { fail, enter, post } = await door(tenant)
    for (const _failure of [1, 2, 3]) await fail(customer.email)
    expect(await enter(customer)).toMatchObject({ status: 429 })
    await post('password/reset', { email: customer.email })
    const reset = { token: await mailedToken(customer.email, 'password-reset'), password: 'a new password' }
    expect(await post('password/reset/update', reset)).toMatchObject({ status: 204 })
    expect(await enter({ ...customer, password: 'a new password' })).toMatchObject({ status: 200 })
  })

  it('T26 cost growing pauses before the lock, and knocking meanwhile costs nothing', async () => {
    const tenant = await newTenant({
      limits: { ...strict, freeFailures: 1, delaySeconds: 2, delaySecondsMax: 5, failuresMax: 5 },
    })
    const { fail } = await door(tenant)
    const email = uniqueEmail()
    vi.useFakeTimers({ toFake: ['Date'] })
    expect(await fail(email)).toMatchObject({ status: 401 })
    for (const pause of [2, 4, 5, 600]) {
      expect(await fail(email)).toMatchObject({ status: 401 })
      for (const _knock of [1, 2]) {
        const refused = await fail(email)
        expect(refused.status).toBe(429)
        expect(refused.headers.get('Retry-After')).toBe(String(pause))
      }
      later(pause)
    }
  })

  it('T26 are answered with 429 and Retry-After under the limits of production', async () => {
    const { fail } = await door('initech')
    const email = uniqueEmail()
    const answers: Answer[] = []
    for (const _attempt of Array(10)) answers.push(await fail(email))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    for (const { headers } of refused) expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
  })

  it('T26 are limited per network too, over any number of accounts', async () => {
    const tenant = await newTenant({ limits: { ...wideLimits, burst: 'standard' } })
    const { post } = await door(tenant)
    // More than two periods' worth, so that the turn of a minute in between does not matter.
    const answers = await Promise.all(
      Array.from({ length: 130 }, () => post('password/reset/update', { token: 'none', password: wrong })),
    )
    expect(statuses(answers, 429)).toBeGreaterThan(0)
    expect(statuses(answers, 400) + statuses(answers, 429)).toBe(130)
    expect(answers.find(({ status }) => status === 429)?.headers.get('Retry-After')).toBe('60')
  })
})

describe('the network of a request', () => {
  const request = (headers: Record<string, string>) => new Request('https://patron.test/', { headers })

  it.each([
    'X-Forwarded-For',
    'Forwarded',
    'X-Real-IP',
    'True-Client-IP',
    'X-Client-IP',
    'X-Cluster-Client-IP',
    'Fastly-Client-IP',
    'CF-Connecting-IPv6',
    'CF-Pseudo-IPv4',
    'X-Original-Forwarded-For',
  ])('T27 is not what a client says: %s', async (name) => {
    const platform = { 'CF-Connecting-IP': '203.0.113.7' }
    for (const spoofed of ['198.51.100.1', 'for=198.51.100.1', '198.51.100.1, 203.0.113.7'])
      expect(networkOf(request({ ...platform, [name]: spoofed }), true)).toBe('203.0.113.7')

    const asked: string[] = []
    const service = serviceWith(
      ({ limiter }) => ({
        limiter: {
          ...limiter,
          network: (tenant, network) => {
            asked.push(network ?? 'none')
            return limiter.network(tenant, network)
          },
        },
      }),
      { development: false },
    )
    const token = (await anonymous('acme')).access_token
    for (const spoofed of ['198.51.100.1', '198.51.100.2'])
      await service.call('POST', '/customer/acme/password/reset', {
        token,
        body: { email: uniqueEmail() },
        headers: { [name]: spoofed },
      })
    expect(asked).toEqual(['203.0.113.7', '203.0.113.7'])
  })

  it('T27 is one for all where no platform stands in front', () => {
    expect(networkOf(request({ 'CF-Connecting-IP': '198.51.100.1' }), false)).toBe('unknown')
    expect(networkOf(request({}), true)).toBe('unknown')
  })

  it.each([
    ['203.0.113.7', ['203.0.113.7', '::ffff:203.0.113.7', '::FFFF:cb00:7107', '0:0:0:0:0:ffff:203.0.113.7']],
    [
      '2001:db8:1:2::/64',
      [
        '2001:db8:1:2::1',
        '2001:DB8:1:2::1',
        '2001:0db8:0001:0002:0000:0000:0000:0001',
        '2001:db8:1:2:ffff:ffff:ffff:ffff',
        '2001:db8:1:2:0:0:1.2.3.4',
      ],
    ],
    ['::/64', ['::1', '0:0:0:0:0:0:0:1', '0000::0001']],
    ['unknown', ['', ' ', 'localhost', '203.0.113.7:443', '203.0.113.256', '1.2.3.4, 5.6.7.8', ':::']],
  ])('T27 is %s in all its spellings', (network, spellings) => {
    expect(spellings.map(networkOfAddress)).toEqual(spellings.map(() => network))
  })

  it('T27 is another one for the neighbour', () => {
    const networks = ['203.0.113.7', '203.0.113.8', '2001:db8:1:2::1', '2001:db8:1:3::1'].map(
      networkOfAddress,
    )
    expect(new Set(networks).size).toBe(4)
  })
})

describe('other ways to the same password check', () => {
  it.each([
    'login/',
    '/login',
    'LOGIN',
    'Login',
    '%6Cogin',
    'login%20',
    'login;x',
    'login?x=1',
    'x/../login',
    './login',
  ])('T28 share the counter or lead nowhere: %s', async (alias) => {
    const tenant = await newTenant({ limits: strict })
    const customer = await signUp(tenant)
    const { post, enter, fail } = await door(tenant)
    const tries = []
    for (const _failure of [1, 2, 3])
      tries.push((await post(alias, { email: customer.email, password: wrong })).status)
    if (tries.every((status) => status === 404)) {
      expect(await post(alias, customer)).toMatchObject({ status: 404 })
      for (const _failure of [1, 2, 3]) await fail(customer.email)
    } else expect(tries).toEqual([401, 401, 401])
    expect(await enter(customer)).toMatchObject({ status: 429 })
  })

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])('T28 are not opened by %s', async (method) => {
    const customer = await signUp('acme')
    const { token } = await door('acme')
    const { email, password } = customer
    const answer = await call(method, '/customer/acme/login', {
      token,
      ...(method === 'GET' || method === 'HEAD'
        ? { query: { email, password } }
        : { body: { email, password } }),
    })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('Allow')).toBe('POST, OPTIONS')
  })

  it('T28 count every spelling of the address together', async () => {
    const tenant = await newTenant({ limits: strict })
    const customer = await signUp(tenant)
    const { fail, enter } = await door(tenant)
    const upper = customer.email.toUpperCase()
    for (const spelled of [customer.email, upper, upper.replace('A', 'a')]) await fail(spelled)
    expect(await enter(customer)).toMatchObject({ status: 429 })
  })

  it.each([
    ['password change', 'password/change', { currentPassword: wrong, newPassword: 'a new password' }],
    ['e-mail change', 'me/accounts/internal/email/change', { password: wrong, newEmail: 'new@shop.example' }],
  ])('T28 share the counter with the log-in: %s', async (_name, path, body) => {
    const tenant = await newTenant({ limits: strict })
    const customer = await newCustomer(tenant)
    const guess = () =>
      call('POST', `/customer/${tenant}/${path}`, {
        token: customer.tokens.access_token,
        body: { email: customer.email, ...body },
      })
    for (const _failure of [1, 2, 3]) expect(await guess()).toMatchObject({ status: 401 })
    expect(await guess()).toMatchObject({ status: 429 })
    const { enter } = await door(tenant)
    expect(await enter(customer)).toMatchObject({ status: 429 })
  })
})

describe('the log-ins of both dialects', () => {
  const basicOf = (tenant: string) => ({
    Authorization: `Basic ${btoa(`${tenant}-storefront:${tenant}-storefront-secret`)}`,
  })
  const ways: [
    string,
    (tenant: string, token: string, email: string, password: string) => Promise<Answer>,
  ][] = [
    [
      'Emporix log-in',
      (tenant, token, email, password) =>
        call('POST', `/customer/${tenant}/login`, { token, body: { email, password } }),
    ],
    [
      'sign-in of My Customer Profile',
      (tenant, token, email, password) =>
        call('POST', `/${tenant}/me/login`, { token, body: { email, password } }),
    ],
    [
      'password flow',
      (tenant, _token, email, password) =>
        call('POST', `/oauth/${tenant}/customers/token`, {
          form: { grant_type: 'password', username: email, password },
          headers: basicOf(tenant),
        }),
    ],
  ]

  it.each(ways)('T28 share one counter of failures, which %s opens for none', async (_name, enter) => {
    const tenant = await newTenant({ limits: strict })
    const { email, password } = await signUp(tenant)
    const { token } = await door(tenant)
    for (const [, guess] of ways) {
      const { status } = await guess(tenant, token, email, wrong)
      expect([400, 401]).toContain(status)
    }
    const refused = await enter(tenant, token, email.toUpperCase(), password)
    expect(refused.status, refused.text).toBe(429)
    expect(refused.headers.get('Retry-After')).toBe('600')
  })

  it.each(ways)('T28 count failures of one way, %s, for all', async (_name, guess) => {
    const tenant = await newTenant({ limits: strict })
    const { email, password } = await signUp(tenant)
    const { token } = await door(tenant)
    for (const _failure of [1, 2, 3])
      expect([400, 401]).toContain((await guess(tenant, token, email, wrong)).status)
    for (const [, enter] of ways)
      expect(await enter(tenant, token, email, password)).toMatchObject({ status: 429 })
  })
})

describe('a lock as a weapon', () => {
  it('T29 does not reach the sessions of the victim', async () => {
    const tenant = await newTenant({ limits: strict })
    const { email, tokens } = await newCustomer(tenant)
    const { fail } = await door(tenant)
    for (const _failure of Array(6)) await fail(email)
    const token = tokens.access_token
    expect(await call('GET', `/customer/${tenant}/me`, { token })).toMatchObject({ status: 200 })
    expect(
      await call('PATCH', `/customer/${tenant}/me`, { token, body: { firstName: 'Augusta' } }),
    ).toMatchObject({ status: 200 })
    const refreshed = await call('GET', `/customer/${tenant}/refreshauthtoken`, {
      token,
      query: { refreshToken: tokens.refresh_token },
    })
    expect(refreshed).toMatchObject({ status: 200 })
  })

  it('T29 does not reach other accounts or the same address in another tenant', async () => {
    const [tenant, elsewhere] = [await newTenant({ limits: strict }), await newTenant({ limits: strict })]
    const victim = await signUp(tenant)
    const neighbour = await signUp(tenant)
    const twin = await signUp(elsewhere, { email: victim.email })
    const { fail, enter } = await door(tenant)
    for (const _failure of [1, 2, 3]) await fail(victim.email)
    expect(await enter(victim)).toMatchObject({ status: 429 })
    expect(await enter(neighbour)).toMatchObject({ status: 200 })
    await logIn(elsewhere, twin)
  })

  it('T29 mails to one recipient are capped, over all the ways to cause them', async () => {
    const tenant = await newTenant({
      limits: { ...wideLimits, mailsPerHour: 4 },
      revealExistingAccounts: false,
    })
    const { email } = await signUp(tenant)
    let { post } = await door(tenant)
    vi.useFakeTimers({ toFake: ['Date'] })
    const ways = [
      () => post('password/reset', { email }),
      () => post('signup/optin/refresh_token', { email: email.toUpperCase() }),
      () => post('signup', { email, password: 'a password of mine' }),
    ]
    for (const way of ways) expect((await way()).status).toBeLessThan(300)
    for (const way of ways) {
      const refused = await way()
      expect(refused.status).toBe(429)
      expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(3500)
    }
    expect(await post('password/reset', { email: uniqueEmail() })).toMatchObject({ status: 204 })
    later(3601)
    post = (await door(tenant)).post
    for (const way of ways) expect((await way()).status).toBeLessThan(300)
  })

  it('T29 caps the mails that the administrator of a company causes, and not those of the shop', async () => {
    const tenant = await newTenant({ limits: { ...wideLimits, mailsPerHour: 3 } })
    const [boss, office] = [await newCustomer(tenant), await officeOf(tenant)]
    const company = await office.company()
    await office.assign(boss.id, company, { type: 'PRIMARY' })
    const token = (await refresh(tenant, boss.tokens, company)).body.access_token
    const [path, contactEmail] = [`/customer/${tenant}/customers`, uniqueEmail()]
    for (let round = 0; round < 3; round += 1) {
      const made = await call<{ id: string }>('POST', path, { token, body: { contactEmail } })
      expect(made.status, made.text).toBe(201)
      await call('DELETE', `${path}/${made.body.id}`, { token })
    }
    const body = { contactEmail: contactEmail.toUpperCase(), type: 'CONTACT' }
    for (const [method, target] of [
      ['POST', path],
      ['PUT', `${path}/erp-1`],
      ['PATCH', `${path}/${boss.id}`],
    ] as const)
      expect((await call(method, target, { token, body })).status).toBe(429)
    expect((await call('POST', path, { token: await serviceToken(tenant), body })).status).toBe(201)
  })
})

describe('passwords', () => {
  it('T12 of a reset with a spent token are refused before they have cost a hash', async () => {
    let hashes = 0
    const counting = serviceWith(() => ({
      passwords: passwordHasher((...given) => {
        hashes += 1
        return argon2(...given)
      }),
    }))
    const { email, token } = await newCustomer('acme')
    await call('POST', '/customer/acme/password/reset', { token, body: { email } })
    const body = { token: await mailedToken(email, 'password-reset'), password: 'a new password' }
    const reset = () => counting.call('POST', '/customer/acme/password/reset/update', { token, body })
    expect((await reset()).status).toBe(204)
    expect(hashes).toBe(1)
    expect((await reset()).status).toBe(400)
    expect(hashes).toBe(1)
  })

  it('T33 of a megabyte are refused before anything is hashed', async () => {
    const hashed: number[] = []
    const counting = serviceWith(() => ({
      passwords: passwordHasher((...given) => {
        hashed.push(given[0].byteLength)
        return argon2(...given)
      }),
    }))
    const { email, tokens } = await newCustomer('acme')
    const visitor = (await anonymous('acme')).access_token
    const callers = { service: await serviceToken('acme'), customer: tokens.access_token, anonymous: visitor }
    // The store in which the samples knock.
    const store = { token: callers.service, body: { key: '0000000000' } }
    expect((await call('POST', '/acme/stores', store)).status).toBe(201)
    const long = 'x'.repeat(1_000_000)
    const tried: string[] = []
    for (const route of jsonRoutes) {
      const { kinds = [], reach } = route.endpoint.access ?? {}
      const own = (['anonymous', 'customer'] as const).find((kind) => kinds.includes(kind) && !reach)
      const token = callers[own ?? 'service']
      const body = sampleOf(route, token)?.body as Record<string, unknown>
      for (const field of Object.keys(body).filter((name) => /password/i.test(name))) {
        const options = { token, body: { ...body, email, [field]: long } }
        const answer = await counting.call(route.endpoint.method.toUpperCase(), pathOf(route), options)
        expect(answer.status, `${route.name} ${field}`).toBe(400)
        expect(refusedFields(answer), answer.text).toEqual([expect.stringMatching(/password/i)])
        tried.push(`${route.name} ${field}`)
      }
    }
    expect(tried.length).toBeGreaterThanOrEqual(7)
    expect(hashed).toEqual([])
    const over = { email: uniqueEmail(), password: 'x'.repeat(1024 * 1024) }
    expect(
      await counting.call('POST', '/customer/acme/signup', { token: visitor, body: over }),
    ).toMatchObject({
      status: 413,
    })
  })

  it.each([
    ['256 letters', 'x'.repeat(256), 201],
    ['257 letters', 'x'.repeat(257), 400],
    ['256 letters of four bytes', '\u{1f600}'.repeat(256), 201],
    ['more than 1,024 bytes after normalisation', '\ufdfa'.repeat(60), 400],
    ['six emoji', '\u{1f600}'.repeat(6), 201],
    ['five emoji, which are ten code units', '\u{1f600}'.repeat(5), 400],
    ['spaces', '          ', 201],
    ['a lone surrogate', 'password \ud800 password', 400],
  ])('T36 count in code points after normalisation: %s', async (_name, password, status) => {
    const token = (await anonymous('acme')).access_token
    const email = uniqueEmail()
    const answer = await call('POST', '/customer/acme/signup', { token, body: { email, password } })
    expect(answer.status, answer.text).toBe(status)
    if (status === 201) await logIn('acme', { email, password })
    else expect(answer.body).toMatchObject({ details: [{ field: 'password' }] })
  })

  it.each([
    ['composed and decomposed letters', 'd\u00e9j\u00e0 vu \u00fcber', 'de\u0301ja\u0300 vu u\u0308ber'],
    ['full-width letters', '\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44', 'password'],
    ['ligatures', 'e\ufb03cient words', 'efficient words'],
  ])('T36 are the same in %s', async (_name, one, other) => {
    for (const [chosen, typed] of [
      [one, other],
      [other, one],
    ] as const) {
      const { email } = await signUp('acme', { password: chosen })
      await logIn('acme', { email, password: typed })
    }
  })

  it.each([
    ['beyond ASCII', '\u00fc\u00df\u20ac'.repeat(30)],
    ['beyond 72 bytes', 'x'.repeat(100)],
    ['beyond the basic plane', '\u{1f600}'.repeat(100)],
  ])('T36 count to their last letter: %s', async (_name, stem) => {
    const { email } = await signUp('acme', { password: `${stem}a` })
    const { enter } = await door('acme')
    for (const password of [`${stem}b`, stem, `${stem}aa`])
      expect(await enter({ email, password })).toMatchObject({ status: 401 })
    expect(await enter({ email, password: `${stem}a` })).toMatchObject({ status: 200 })
  })

  const hashOf = (email: string) =>
    env.DB.prepare('SELECT password_hash FROM accounts WHERE email = ?')
      .bind(email)
      .first<string>('password_hash')

  it('T35 are kept as salted argon2id of at least 19 MiB and two passes', async () => {
    const password = 'one password for two'
    const [one, two] = [await signUp('acme', { password }), await signUp('acme', { password })]
    const hashes = [await hashOf(one.email), await hashOf(two.email)]
    for (const hash of hashes) {
      const [, algorithm, version, cost, salt = '', key = ''] = hash?.split('$') ?? []
      expect([algorithm, version]).toEqual(['argon2id', 'v=19'])
      const { m, t, p } = Object.fromEntries((cost ?? '').split(',').map((pair) => pair.split('=')))
      expect(Number(m)).toBeGreaterThanOrEqual(19_456)
      expect(Number(t)).toBeGreaterThanOrEqual(2)
      expect(Number(p)).toBeGreaterThanOrEqual(1)
      expect(atob(salt).length).toBeGreaterThanOrEqual(16)
      expect(atob(key).length).toBeGreaterThanOrEqual(32)
    }
    expect(hashes[0]).not.toBe(hashes[1])
  })

  it('T35 under an older, cheaper hash are hashed anew at the next log-in', async () => {
    const { id, email, password } = await signUp('acme')
    const salt = crypto.getRandomValues(new Uint8Array(16))
    const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes)).replace(/=+$/, '')
    const weak = argon2(
      new TextEncoder().encode(password),
      salt,
      { memoryKib: 8192, passes: 1, lanes: 1 },
      32,
    )
    await env.DB.prepare('UPDATE accounts SET password_hash = ? WHERE email = ?')
      .bind(`$argon2id$v=19$m=8192,t=1,p=1$${base64(salt)}$${base64(weak)}`, email)
      .run()
    await evictDurableObject(env.CUSTOMERS.getByName(`acme:${id}`))
    const { fail } = await door('acme')
    expect(await fail(email)).toMatchObject({ status: 401 })
    expect(await hashOf(email)).toContain('m=8192,t=1')
    await logIn('acme', { email, password })
    expect(await hashOf(email)).toContain('m=19456,t=2')
    await logIn('acme', { email, password })
  })

  /** A customer whose stored hash is the one that an importer sent. */
  async function imported(legacyAuth: LegacyAuth) {
    const { id, email } = await signUp('acme')
    await env.DB.prepare('UPDATE accounts SET password_hash = ? WHERE email = ?')
      .bind(valueOf(importLegacyPassword(legacyAuth)), email)
      .run()
    await evictDurableObject(env.CUSTOMERS.getByName(`acme:${id}`))
    return email
  }

  it.each(
    exportedPasswords.filter(([name]) =>
      /^SAP.*base64|more than 72|Firebase$|scrypt of Werkzeug|id, behind/.test(name),
    ),
  )(
    'T32 of another system open the account, and are hashed anew in full: %s',
    async (_name, password, legacyAuth) => {
      const email = await imported(legacyAuth)
      const { fail, enter } = await door('acme')
      expect(await fail(email)).toMatchObject({ status: 401 })
      expect(await hashOf(email)).toMatch(/^\$legacy\$/)
      await logIn('acme', { email, password })
      expect(await hashOf(email)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
      await logIn('acme', { email, password })
      expect(await enter({ email, password: `${password}!` })).toMatchObject({ status: 401 })
      expect(await enter({ email, password: password.slice(0, -1) })).toMatchObject({ status: 401 })
    },
  )

  it.each([
    'argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    'bcrypt$c=31$EAAAAAAAAAAAAAAAAAAAAA$U2FtcGxlU2FtcGxlU2FtcGxlU2FtcGw',
    'pbkdf2-sha256$i=2147483648$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    'scrypt$ln=30,r=8,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    'nothing that anybody knows',
  ])('T34 that would cost too much are never computed, and match nothing: %s', async (hash) => {
    const { id, email, password } = await signUp('acme')
    await env.DB.prepare('UPDATE accounts SET password_hash = ? WHERE email = ?')
      .bind(`$legacy$${hash}`, email)
      .run()
    await evictDurableObject(env.CUSTOMERS.getByName(`acme:${id}`))
    const { enter } = await door('acme')
    expect(await enter({ email, password })).toMatchObject({ status: 401 })
  })
})
