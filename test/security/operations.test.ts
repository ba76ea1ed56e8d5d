/**
 * What a running service gives away: to logs, to caches, to pages of other origins; and whether it runs at all when it
 * should not.
 * T10 tokens in logs and URLs, T54 caches, T55 origins, T60 secrets and line breaks in logs, T64 secrets of production.
 */
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { newSecret, newSigningKey } from '../../src/cli/secrets.ts'
import { ConfigurationError, readConfiguration, type Bindings } from '../../src/env.ts'
import {
  anonymous,
  call,
  logIn,
  mailbox,
  mailedToken,
  newCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
  type CustomerTokens,
  type SignedUp,
} from '../support/client.ts'
import { isPage, knock, pathOf, protectedRoutes, routes } from './routes.ts'
import { newTenant, outboxEmpty, serviceWith, type Service } from './service.ts'

let owner: SignedUp & { tokens: CustomerTokens }

beforeAll(async () => void (owner = await newCustomer('acme')))
afterEach(() => void vi.restoreAllMocks())

function recordLogs(): string[] {
  const lines: string[] = []
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const)
    vi.spyOn(console, method).mockImplementation(
      (...given: unknown[]) => void lines.push(given.map(String).join(' ')),
    )
  return lines
}

describe('the log', () => {
  it('T10 T60 has no token, password, one-time token, session, name or e-mail in it, whatever is done', async () => {
    const lines = recordLogs()
    const secrets = new Set<string>()
    const keep = <T>(value: T): T => {
      for (const text of Object.values(value as object)) if (typeof text === 'string') secrets.add(text)
      return value
    }
    const names = { firstName: 'Canarina', lastName: 'Kanarienvogel' }
    keep(names)
    const [password, changed, byReset] = ['first canary word', 'second canary word', 'third canary word']
    keep({ password, changed, byReset })

    const visitor = await anonymous('acme')
    const token = visitor.access_token
    const email = uniqueEmail('canary')
    const newEmail = uniqueEmail('newcanary')
    const added = uniqueEmail('addedcanary')
    keep({ email, newEmail, added, token, refresh: visitor.refresh_token, session: visitor.sessionId })
    keep({ service: await serviceToken('acme'), secret: 'acme-admin-secret' })

    await signUp('acme', { email, password, token, customerDetails: names })
    const first = await logIn('acme', { email, password, token })
    const pick = ({ access_token, refresh_token, saas_token }: CustomerTokens) =>
      keep({ access_token, refresh_token, saas_token })
    pick(first)
    const own = { token: first.access_token }
    await call('POST', '/customer/acme/login', { token, body: { email, password: 'wrong canary word' } })
    await call('POST', '/customer/acme/signup', { token, body: { email, password } })
    await call('PATCH', '/customer/acme/me', { ...own, body: { contactPhone: '+44 canary 1' } })
    await call('PATCH', '/customer/acme/me', { ...own, body: { contactEmail: 'canary' } })
    await call('POST', '/customer/acme/me/addresses', { ...own, body: { street: 'Canary Wharf 1' } })
    await call('GET', '/customer/acme/refreshauthtoken', {
      token,
      query: { refreshToken: first.refresh_token },
    })
    await call('GET', '/customer/acme/validateauthtoken', own)
    await call('POST', '/customer/acme/me/accounts/internal', { ...own, body: { email: added, password } })
    await call('POST', '/customer/acme/password/change', {
      ...own,
      body: { currentPassword: password, newPassword: changed },
    })
    await call('POST', '/customer/acme/password/reset', { token, body: { email } })
    const reset = await mailedToken(email, 'password-reset')
    await call('POST', '/customer/acme/password/reset/update', {
      token,
      body: { token: reset, password: byReset },
    })
    const second = pick(await logIn('acme', { email, password: byReset, token }))
    const again = { token: second.access_token }
    await call('POST', '/customer/acme/me/accounts/internal/email/change', {
      ...again,
      body: { email, password: byReset, newEmail },
    })
    const change = await mailedToken(newEmail, 'email-change')
    await call('POST', '/customer/acme/me/accounts/internal/email/change/confirm', {
      ...again,
      body: { token: change },
    })
    await call('DELETE', '/customer/acme/me', again)
    // To the address before the change, as long as the change can be taken back.
    const deletion = await mailedToken(email, 'deletion')
    await call('HEAD', `/account/acme/delete?token=${deletion}`)
    await call('DELETE', '/customer/acme/me', { token, query: { token: deletion } })
    const pending = await signUp('globex', { customerDetails: names })
    const optIn = await mailedToken(pending.email, 'opt-in')
    await call('GET', `/customer/globex/signup/optin/${optIn}`, { token: pending.token })
    await call('GET', `/customer/globex/signup/optin/${optIn}/`, { token: pending.token })
    await call('GET', `/nowhere/${encodeURIComponent(email)}`)
    await call('GET', '/customer/acme/logout', { ...own, query: { accessToken: first.access_token } })
    keep({ reset, change, deletion, optIn, pending: pending.email })
    await outboxEmpty()

    expect(lines.length).toBeGreaterThan(25)
    const log = lines.join('\n')
    for (const secret of secrets) {
      expect(log).not.toContain(secret)
      expect(log).not.toContain(encodeURIComponent(secret))
    }
    expect(log).not.toMatch(/canary/i)
    expect(log).not.toMatch(/shop\.example/)
    expect(log).not.toMatch(/[\w-]+\.[\w-]{20,}\.[\w-]{20,}/)
  })

  it('T60 is one JSON object per line, whatever a client sends', async () => {
    const lines = recordLogs()
    const hostile = [
      'a\tb',
      'a b',
      '"},{"level":"error"',
      'x'.repeat(300),
      '\u00e4',
      '${jndi:ldap://evil.example}',
    ]
    for (const value of hostile) {
      await call('GET', '/customer/acme/me', {
        headers: { 'X-Correlation-ID': value, 'User-Agent': value, Referer: value, Authorization: value },
      })
      await call('GET', `/customer/${encodeURIComponent(`${value}\r\nlevel=error`)}/me`)
      await call('GET', `/${encodeURIComponent(`\n${value}\u001b[2J`)}`)
    }
    expect(lines.length).toBeGreaterThanOrEqual(hostile.length * 3)
    for (const line of lines) {
      expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
      expect(JSON.parse(line)).toMatchObject({ event: 'request', level: 'info' })
      expect(line).not.toContain('evil.example/')
    }
  })

  it.each([
    ['spaces', 'a b'],
    ['too long', 'x'.repeat(257)],
    ['beyond ASCII', 'caf\u00e9'],
    ['empty', ''],
  ])('T60 takes no correlation id that is %s', async (_name, id) => {
    const { headers } = await call('GET', '/health', { headers: { 'X-Correlation-ID': id } })
    expect(headers.get('X-Correlation-ID')).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('caches and referrers', () => {
  it.each(routes)('T10 T54 are told to keep nothing, whether it goes well or not: $name', async (route) => {
    const visitor = await anonymous('acme')
    for (const token of [owner.tokens.access_token, visitor.access_token, undefined]) {
      const { headers } = await knock(route, token === undefined ? {} : { token })
      expect(headers.get('Cache-Control')).toMatch(/no-store/)
      expect(headers.get('Cache-Control')).not.toMatch(/public|max-age=[1-9]/)
      expect(headers.get('Vary')).toMatch(/Authorization/)
      // A page's form needs its origin, and what a page refers to is this service alone.
      expect(headers.get('Referrer-Policy')).toBe(isPage(route) ? 'same-origin' : 'no-referrer')
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(headers.get('ETag')).toBeNull()
      expect(headers.get('Set-Cookie')).toBeNull()
    }
  })

  it.each([
    'me/x.css',
    'me.css',
    'me.json',
    'me;.js',
    'me;x=.js',
    'me%2Fx.css',
    'me%00.css',
    'me%0A.css',
    'me%3F.css',
    'me%23.css',
    '/me',
    'ME',
    'Me',
    'me//',
    'me/./x.js',
    'me/addresses.css',
    'me/addresses/x/y.css',
    'validateauthtoken.js',
    '..%2Facme%2Fme',
  ])('T54 are not fooled by the path: %s', async (path) => {
    owner = { ...owner, tokens: await logIn('acme', owner) }
    const answer = await call('GET', `/customer/acme/${path}`, { token: owner.tokens.access_token })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    expect(answer.text).not.toContain(owner.email)
    expect(answer.headers.get('Cache-Control')).toMatch(/no-store/)
  })

  it('T54 are told the same by a path that is only spelled otherwise', async () => {
    owner = { ...owner, tokens: await logIn('acme', owner) }
    for (const path of ['me', 'me/', 'me?x=.css', 'x/../me', '%6De']) {
      const answer = await call('GET', `/customer/acme/${path}`, { token: owner.tokens.access_token })
      expect(answer.headers.get('Cache-Control')).toMatch(/private, no-store/)
      expect(answer.headers.get('Content-Type')).toMatch(/^application\/json/)
    }
  })

  it('T10 get no token in the address of a mail link but the one-time token', async () => {
    const { email, token } = await signUp('acme')
    await call('POST', '/customer/acme/password/reset', { token, body: { email } })
    const [mail] = await mailbox(email, 'password-reset')
    const { searchParams } = new URL(mail?.link ?? '')
    expect([...searchParams.keys()]).toEqual(['token'])
    const page = await call('GET', mail?.link ?? '')
    expect(page.headers.get('Referrer-Policy')).toBe('same-origin')
    expect(page.headers.get('Content-Security-Policy')).toMatch(/default-src 'none'/)
    expect(page.text).not.toMatch(/<script|src=|https?:\/\//)
  })
})

describe('pages of other origins', () => {
  const allowed = 'https://shop.example'
  let tenant: string
  let token: string
  let deployed: Service

  beforeAll(async () => {
    // Development is open to any origin, so this is about the service as it is deployed.
    deployed = serviceWith(() => ({}), { development: false })
    tenant = await newTenant({ allowedOrigins: [allowed] })
    token = (await anonymous(tenant)).access_token
  })

  const preflight = {
    'Access-Control-Request-Method': 'PATCH',
    'Access-Control-Request-Headers': 'authorization',
  }
  const ask = async (Origin: string, method = 'GET', headers = {}) =>
    (await deployed.call(method, `/customer/${tenant}/me`, { token, headers: { Origin, ...headers } }))
      .headers

  it('T55 of the tenant may read', async () => {
    for (const headers of [await ask(allowed), await ask(allowed, 'OPTIONS', preflight)]) {
      expect(headers.get('Access-Control-Allow-Origin')).toBe(allowed)
      expect(headers.get('Vary')).toMatch(/Origin/i)
      expect(headers.get('Access-Control-Allow-Credentials')).toBeNull()
    }
  })

  it.each([
    'null',
    'https://evil.example',
    'http://shop.example',
    'https://shop.example.evil.example',
    'https://shop.example:8443',
    'https://evilshop.example',
    'https://evil-shop.example',
    'https://sub.shop.example',
    'https://shop.example@evil.example',
    'https://SHOP.example',
    'https://shop.example/',
    'https://shop.example.',
    'https://shop.example%60.evil.example',
    'https://shop_example',
    'https://shopxexample',
    `${allowed}, https://evil.example`,
    `${allowed} https://evil.example`,
    '*',
    'file://',
  ])('T55 of anybody else may not: %s', async (origin) => {
    for (const headers of [await ask(origin), await ask(origin, 'OPTIONS', preflight)]) {
      expect(headers.get('Access-Control-Allow-Origin')).toBeNull()
      expect(headers.get('Access-Control-Allow-Credentials')).toBeNull()
    }
  })

  it.each(protectedRoutes)(
    'T55 is asked about at every route, and none has credentials mode: $name',
    async (route) => {
      const method = route.endpoint.method.toUpperCase()
      const headers = { Origin: 'https://evil.example' }
      for (const own of [tenant, 'acme']) {
        const answer = await deployed.call(method, pathOf(route, { tenant: own }), { headers })
        expect(answer.headers.get('Access-Control-Allow-Credentials')).toBeNull()
        expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(own === tenant ? null : headers.Origin)
      }
    },
  )
})

describe('the configuration of production', () => {
  const good = {
    ENVIRONMENT: 'production',
    PUBLIC_URL: 'https://accounts.shop.test',
    SIGNING_KEYS: JSON.stringify({ current: newSigningKey() }),
    TOKEN_SECRET: newSecret(),
    EMAIL_TRANSPORT: 'smtp',
    SMTP_URL: 'smtps://patron:secret-word@mail.shop.test',
  }
  const { PASSWORD_HASH_COST: _light, ...bindings } = env
  const key = newSigningKey()
  const read = (values: object) => readConfiguration({ ...bindings, ...good, ...values } as Bindings)

  it('T64 is accepted when it is as it should be', () => {
    expect(read({})).toMatchObject({
      ...{ development: false, publicUrl: good.PUBLIC_URL, passwordHashCost: 'full' },
    })
  })

  it.each<[string, string, unknown]>([
    ['a base URL over http', 'PUBLIC_URL', 'http://accounts.shop.test'],
    ['the sample base URL', 'PUBLIC_URL', 'https://patron.example.com'],
    ['a base URL with a slash at its end', 'PUBLIC_URL', 'https://accounts.shop.test/'],
    ['a base URL that is none', 'PUBLIC_URL', 'accounts.shop.test'],
    ['a base URL of a script', 'PUBLIC_URL', 'javascript:alert(1)'],
    ['no base URL', 'PUBLIC_URL', undefined],
    ['no secret', 'TOKEN_SECRET', undefined],
    ['an empty secret', 'TOKEN_SECRET', ''],
    ['a short secret', 'TOKEN_SECRET', 'k'.repeat(31)],
    ['a sample secret', 'TOKEN_SECRET', `sample-${newSecret()}`],
    ['a secret to be changed', 'TOKEN_SECRET', `change-me-${newSecret()}`],
    ['a secret of development', 'TOKEN_SECRET', `Development ${newSecret()}`],
    ['no keys', 'SIGNING_KEYS', undefined],
    ['keys that are no JSON', 'SIGNING_KEYS', 'canary-key'],
    ['keys without the current one', 'SIGNING_KEYS', JSON.stringify({ next: key })],
    ['a key without its private part', 'SIGNING_KEYS', JSON.stringify({ current: { ...key, d: undefined } })],
    ['a key without name', 'SIGNING_KEYS', JSON.stringify({ current: { ...key, kid: undefined } })],
    ['a short key', 'SIGNING_KEYS', JSON.stringify({ current: { ...key, d: 'AAAA' } })],
    [
      'a key of another kind',
      'SIGNING_KEYS',
      JSON.stringify({ current: { kty: 'oct', kid: 'x', k: 'AAAA' } }),
    ],
    ['a key of another curve', 'SIGNING_KEYS', JSON.stringify({ current: { ...key, crv: 'P-256' } })],
    ['a key of development', 'SIGNING_KEYS', JSON.stringify({ current: { ...key, kid: 'development-1' } })],
    ['no environment', 'ENVIRONMENT', undefined],
    ['an unknown environment', 'ENVIRONMENT', 'staging'],
    ['no e-mail transport', 'EMAIL_TRANSPORT', undefined],
    ['an unknown e-mail transport', 'EMAIL_TRANSPORT', 'pigeon'],
    ['the mailbox of development', 'EMAIL_TRANSPORT', 'mailbox'],
    ['mail without the binding', 'EMAIL', 'cloudflare'],
    ['no mail server', 'SMTP_URL', undefined],
    ['a mail server over http', 'SMTP_URL', 'https://u:hidden@mail.shop.test'],
    ['a mail server without TLS', 'SMTP_URL', 'smtp://u:hidden@mail.shop.test?tls=none'],
    ['a mail server at the blocked port', 'SMTP_URL', 'smtp://u:hidden@mail.shop.test:25'],
    ['a mail server with a path', 'SMTP_URL', 'smtp://u:hidden@mail.shop.test/inbox'],
    ['a mail server with an option that there is not', 'SMTP_URL', 'smtp://u:hidden@mail.shop.test?tls=off'],
    ['a password that is not encoded', 'SMTP_URL', 'smtp://u:hid%den@mail.shop.test'],
    ['hashes that cost nothing', 'PASSWORD_HASH_COST', 'light'],
    ['hashes of an unknown cost', 'PASSWORD_HASH_COST', 'heavy'],
    ['a short token for the operator', 'OPERATOR_TOKEN', 'k'.repeat(31)],
  ])('T64 is refused, by name and without its content: %s', (_what, name, value) => {
    let refused: unknown
    try {
      read(name === 'EMAIL' ? { EMAIL_TRANSPORT: value } : { [name]: value })
    } catch (error) {
      refused = error
    }
    expect(refused).toBeInstanceOf(ConfigurationError)
    const message = refused instanceof Error ? refused.message : ''
    expect(message).toContain(name)
    if (typeof value === 'string' && value !== '') expect(message).not.toContain(value)
    expect(message).not.toContain(key.d ?? 'no key')
  })

  it.each<[string, object, object]>([
    [
      'TLS from the first byte',
      { SMTP_URL: 'smtps://mail.shop.test' },
      { smtp: { host: 'mail.shop.test', port: 465, tls: 'implicit' } },
    ],
    [
      'STARTTLS with a log-in',
      { SMTP_URL: 'smtp://ada%40shop.test:p%2Fw%C3%B6@mail.shop.test' },
      { smtp: { port: 587, tls: 'starttls', credentials: { user: 'ada@shop.test', password: 'p/wö' } } },
    ],
    ['another port', { SMTP_URL: 'smtp://mail.shop.test:2525' }, { smtp: { port: 2525, tls: 'starttls' } }],
    [
      'no TLS, in development',
      { ENVIRONMENT: 'development', SMTP_URL: 'smtp://127.0.0.1:1025?tls=none' },
      { smtp: { host: '127.0.0.1', port: 1025, tls: 'none' } },
    ],
    [
      'Resend',
      { EMAIL_TRANSPORT: 'resend', RESEND_API_KEY: 're_1' },
      { transport: 'resend', apiKey: 're_1' },
    ],
    [
      'Postmark at another host',
      { EMAIL_TRANSPORT: 'postmark', POSTMARK_SERVER_TOKEN: 't', EMAIL_API_URL: 'https://mail.shop.test' },
      { transport: 'postmark', serverToken: 't', url: 'https://mail.shop.test' },
    ],
    [
      'Amazon SES',
      {
        EMAIL_TRANSPORT: 'ses',
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'id',
        AWS_SECRET_ACCESS_KEY: 'key',
      },
      { transport: 'ses', region: 'eu-central-1', accessKeyId: 'id', secretAccessKey: 'key' },
    ],
    [
      'the mailbox, in development',
      { ENVIRONMENT: 'development', EMAIL_TRANSPORT: undefined },
      { transport: 'mailbox' },
    ],
  ])('sends mail as it is told to: %s', (_what, values, email) => {
    expect(read(values).email).toMatchObject(email)
  })

  it.each([
    ['RESEND_API_KEY', { EMAIL_TRANSPORT: 'resend' }],
    ['POSTMARK_SERVER_TOKEN', { EMAIL_TRANSPORT: 'postmark' }],
    ['AWS_SECRET_ACCESS_KEY', { EMAIL_TRANSPORT: 'ses', AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'id' }],
    [
      'EMAIL_API_URL',
      { EMAIL_TRANSPORT: 'resend', RESEND_API_KEY: 'k', EMAIL_API_URL: 'http://mail.shop.test' },
    ],
  ])('T64 is refused when its transport lacks or has a bad %s', (name, values) => {
    expect(() => read(values)).toThrow(name)
  })

  it('shows the outbox to who has the operator’s token, and to nobody else', async () => {
    const { default: worker } = await import('../../src/worker.ts')
    const token = newSecret()
    const context = { waitUntil() {}, passThroughOnException() {}, props: {} } as unknown as ExecutionContext
    const health = async (Authorization: string, OPERATOR_TOKEN?: string) => {
      const deployed = { ...bindings, ...good, OPERATOR_TOKEN } as Bindings
      const headers = { Authorization }
      const request = new Request('https://accounts.shop.test/health', { headers })
      return (
        await worker.fetch(request as Request<unknown, IncomingRequestCfProperties>, deployed, context)
      ).json()
    }
    const open = { status: 'ok', checks: { database: 'ok' } }
    const outbox = { waiting: expect.any(Number), delayed: expect.any(Number), failed: expect.any(Number) }
    expect(await health(`Bearer ${token}`, token)).toEqual({ ...open, outbox })
    expect(await health(`Bearer ${token.slice(1)}`, token)).toEqual(open)
    expect(await health('', token)).toEqual(open)
    expect(await health('Bearer undefined')).toEqual(open)
    expect(await health('')).toEqual(open)
  })

  it('T64 has no mailbox to read', async () => {
    const { default: worker } = await import('../../src/worker.ts')
    const deployed = { ...bindings, ...good } as Bindings
    const context = { waitUntil() {}, passThroughOnException() {}, props: {} } as unknown as ExecutionContext
    const send = (path: string, bindings: Bindings) =>
      worker.fetch(
        new Request(`https://accounts.shop.test${path}`) as Request<unknown, IncomingRequestCfProperties>,
        bindings,
        context,
      )
    expect((await send('/_dev/mailbox', deployed)).status).toBe(404)
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect((await send('/health', { ...deployed, TOKEN_SECRET: 'short' })).status).toBe(503)
    expect((await send('/customer/acme/me', { ...deployed, PUBLIC_URL: 'http://x' })).status).toBe(503)
  })
})
