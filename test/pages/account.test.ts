/** The pages behind mailed links: nothing happens before a person presses a button (T10, T15). */
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { fail, invalid, ok, type Result } from '../../src/domain/base/result.ts'
import { defaultTenantSettings } from '../../src/domain/tenant/tenant.ts'
import type { VisitorContext } from '../../src/flows/context.ts'
import type { Flows } from '../../src/flows/index.ts'
import { mount, respond } from '../../src/http/mount.ts'
import { accountDialect } from '../../src/pages/account.ts'

const names = [
  ...['opt-in', 'reset-password', 'change-email', 'confirm-email', 'confirm-account', 'not-me'],
  ...['undo-email-change', 'delete'],
]
const withPassword = ['reset-password', 'confirm-email', 'confirm-account']
const pageOf: Record<string, string> = {
  email_confirmation: 'confirm-email',
  account_confirmation: 'confirm-account',
}
const form = (fields: Record<string, string>, contentType = 'application/x-www-form-urlencoded') => ({
  method: 'POST',
  headers: { 'content-type': contentType },
  body: new URLSearchParams(fields).toString(),
})

/** `chooses`: a confirmed sign-up needs a new password. */
function setUp(result: Result<unknown> = ok(undefined), chooses = false) {
  const calls: unknown[][] = []
  const record =
    (name: string) =>
    async ({ tenant, network, actor }: VisitorContext, ...given: unknown[]) => {
      expect(actor).toEqual({})
      calls.push([name, tenant.key, ...given.filter((one) => one !== undefined), network])
      return result
    }
  const settings = { ...defaultTenantSettings, passwordPolicy: 'standard', passwordLengthMin: 9 }
  const flows = {
    tenants: { findTenant: async (key: string) => (key === 'acme' ? { key, settings } : undefined) },
    optIn: {
      confirm: async (visitor: VisitorContext, secret: string) => {
        const done = await record('opt-in')(visitor, secret)
        return done.ok ? ok(chooses ? 'token of a new password' : undefined) : done
      },
    },
    mailboxLinks: {
      once: (
        _visitor: VisitorContext,
        _purpose: string,
        _secret: string,
        act: () => Promise<Result<unknown>>,
      ) => act(),
      confirm: (visitor: VisitorContext, purpose: string, ...given: string[]) =>
        record(pageOf[purpose] ?? '')(visitor, ...given),
      disown: (visitor: VisitorContext, _purpose: string, ...given: string[]) =>
        record('not-me')(visitor, ...given),
    },
    passwords: { reset: record('reset-password') },
    emailChange: { confirm: record('change-email'), undo: record('undo-email-change') },
    deletion: { confirm: record('delete') },
  } as unknown as Flows
  const app = new Hono()
  mount(app, accountDialect, { flows, networkOf: () => 'network' })
  app.notFound((context) =>
    respond(
      context,
      accountDialect.presentFailure({ kind: 'PathUnknown' }, { source: 'query', request: context.req.raw }),
    ),
  )
  return { app, calls }
}

describe('pages behind mailed links', () => {
  it.each(names)('T15: do nothing on GET and HEAD: %s', async (name) => {
    const { app, calls } = setUp()
    for (const method of ['GET', 'HEAD']) {
      const answer = await app.request(`/account/acme/${name}?token=abc`, { method })
      expect(answer.status).toBe(200)
    }
    expect(calls).toEqual([])
  })

  it.each(names)('act when the button is pressed: %s', async (name) => {
    const { app, calls } = setUp()
    const answer = await app.request(`/account/acme/${name}`, form({ token: 'abc', password: 'new secret' }))
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('role="status"')
    expect(calls).toEqual([
      withPassword.includes(name)
        ? [name, 'acme', 'abc', 'new secret', 'network']
        : [name, 'acme', 'abc', 'network'],
    ])
  })

  it.each(names)('T10: keep the token to themselves: %s', async (name) => {
    for (const init of [{}, form({ token: 'abc' })]) {
      const { headers } = await setUp().app.request(`/account/acme/${name}?token=abc`, init)
      // Within this origin alone: without any, browsers send the page's own form as if it came from nowhere.
      expect(headers.get('referrer-policy')).toBe('same-origin')
      expect(headers.get('cache-control')).toBe('no-store')
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).toContain("form-action 'self'")
      expect(policy).not.toMatch(/script-src|unsafe-inline/)
    }
  })

  it('have the style sheet that their policy allows, another nonce each time, and no script', async () => {
    const nonces = new Set<string>()
    for (let round = 0; round < 2; round += 1) {
      const answer = await setUp().app.request('/account/acme/delete?token=abc')
      const nonce = /'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '')?.[1] ?? ''
      const body = await answer.text()
      expect(body).toContain(`<style nonce="${nonce}">`)
      expect(body).not.toContain('<script')
      nonces.add(nonce)
    }
    expect(nonces.size).toBe(2)
  })

  it('ask for a new password at once where a confirmation has ended the one of the sign-up', async () => {
    const { app, calls } = setUp(ok(undefined), true)
    const answer = await app.request('/account/acme/opt-in', form({ token: 'abc' }))
    const body = await answer.text()
    expect(answer.status).toBe(200)
    expect(body).toContain('action="/account/acme/reset-password"')
    expect(body).toContain('name="token" value="token of a new password"')
    expect(body).toContain('Your e-mail address is confirmed. Please choose a password')
    expect(calls).toEqual([['opt-in', 'acme', 'abc', 'network']])
  })

  it.each(['confirm-email', 'confirm-account'])(
    'have a way out for a reader who asked for nothing: %s',
    async (name) => {
      const { app, calls } = setUp()
      const body = await (await app.request(`/account/acme/${name}?token=abc`)).text()
      expect(body).toContain('autocomplete="current-password"')
      expect(body).toContain('name="answer" value="not-me"')
      const answer = await app.request(`/account/acme/${name}`, form({ token: 'abc', answer: 'not-me' }))
      expect(await answer.text()).toContain('Thank you. It is taken back')
      expect(calls).toEqual([['not-me', 'acme', 'abc', 'network']])
    },
  )

  it('say at the field that a password is not the one of the account', async () => {
    const { app } = setUp(fail({ kind: 'CredentialsRejected' }))
    const answer = await app.request('/account/acme/confirm-email', form({ token: 'abc', password: 'x' }))
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('This is not the password of the account.')
  })

  it('post to themselves, without the token in the URL', async () => {
    const body = await (await setUp().app.request('/account/acme/opt-in?token=a%22b')).text()
    expect(body).toContain('<form method="post" action="/account/acme/opt-in">')
    expect(body).toContain('<input type="hidden" name="token" value="a&quot;b" />')
  })

  it("ask for a new password with a label, the tenant's length, and a password manager's hint", async () => {
    const body = await (await setUp().app.request('/account/acme/reset-password?token=abc')).text()
    expect(body).toContain('<label for="password">')
    expect(body).toContain('minlength="9"')
    expect(body).toContain('autocomplete="new-password"')
    expect(body).not.toContain('maxlength')
    expect(await (await setUp().app.request('/account/acme/delete?token=abc')).text()).not.toContain(
      'password',
    )
  })

  it.each([
    ['/account/acme/opt-in', 400],
    ['/account/acme/opt-in?token=', 400],
    [`/account/acme/opt-in?token=${'a'.repeat(513)}`, 400],
    ['/account/globex/opt-in?token=abc', 404],
    ['/account/acme/other?token=abc', 404],
    ['/account/acme/__proto__?token=abc', 404],
    ['/account/acme', 404],
  ])('are pages too when something is wrong: %.50s → %i', async (path, status) => {
    const answer = await setUp().app.request(path)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/)
    expect(answer.headers.get('referrer-policy')).toBe('same-origin')
  })

  it.each<[string, Result<unknown>, number, string]>([
    ['spent', fail({ kind: 'OneTimeTokenRejected' }), 400, 'no longer valid'],
    ['of nobody', fail({ kind: 'CustomerNotFound', customerId: '1' }), 400, 'no longer valid'],
    ['tried too often', fail({ kind: 'TooManyAttempts', retryAfterSeconds: 7 }), 429, 'Too many'],
    ['unlucky', fail({ kind: 'Unavailable', dependency: 'database' }), 503, 'did not work'],
  ])('say so when a link is %s', async (_name, result, status, text) => {
    const { app } = setUp(result)
    const answer = await app.request('/account/acme/reset-password', form({ token: 'abc', password: 'x' }))
    expect(answer.status).toBe(status)
    expect(await answer.text()).toContain(text)
    expect(answer.headers.get('retry-after')).toBe(status === 429 ? '7' : null)
  })

  it.each([
    ['en', 'out_of_range', 'A password has from 9 to 256 characters.'],
    ['de', 'out_of_range', 'Ein Passwort hat 9 bis 256 Zeichen.'],
    ['fr', 'out_of_range', 'Un mot de passe compte de 9 à 256 caractères.'],
    ['en', 'invalid', 'too easy to guess'],
    ['de', 'invalid', 'zu leicht zu erraten'],
    ['fr', 'invalid', 'trop facile à deviner'],
  ] as const)(
    'say at the field what is wrong with a password, in the language of the page: %s, %s',
    async (language, type, text) => {
      const { app } = setUp(invalid('password', 'in the words of the API', type))
      const sent = form({ token: 'abc', password: 'x' })
      const answer = await app.request('/account/acme/reset-password', {
        ...sent,
        headers: { ...sent.headers, 'accept-language': language },
      })
      const body = await answer.text()
      expect(answer.status).toBe(400)
      expect(body).toContain(`${text}`)
      expect(body).toContain('aria-invalid="true" autofocus')
      expect(body).toContain('name="token" value="abc"')
      expect(body).not.toContain('in the words of the API')
    },
  )

  it('act on forms only', async () => {
    const { app, calls } = setUp()
    for (const type of ['application/json', 'text/plain', 'multipart/form-data']) {
      expect((await app.request('/account/acme/delete', form({ token: 'abc' }, type))).status).toBe(415)
    }
    expect((await app.request('/account/acme/delete?token=abc', { method: 'POST' })).status).toBe(400)
    const other = await app.request('/account/acme/delete', { method: 'DELETE' })
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, OPTIONS'])
    expect(calls).toEqual([])
  })

  it.each(names)('T16: act for no page of another origin: %s', async (name) => {
    const { app, calls } = setUp()
    const sent = form({ token: 'abc', password: 'new secret' })
    for (const more of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: 'http://localhost' },
    ]) {
      const headers = Object.fromEntries(Object.entries({ ...sent.headers, ...more }))
      const answer = await app.request(`/account/acme/${name}`, { ...sent, headers })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([403, 'text/html; charset=UTF-8'])
    }
    expect(calls).toEqual([])
    const headers = { ...sent.headers, origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }
    expect((await app.request(`/account/acme/${name}`, { ...sent, headers })).status).toBe(200)
    expect(calls).toHaveLength(1)
  })

  it.each([
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['en;q=0.1, fr-CA', 'fr'],
    ['xx, *', 'en'],
    ['', 'en'],
  ])('speak the language of the browser: %s → %s', async (accepted, language) => {
    const headers = { 'accept-language': accepted }
    const answer = await setUp().app.request('/account/acme/delete?token=abc', { headers })
    expect(await answer.text()).toContain(`<html lang="${language}">`)
    expect(answer.headers.get('content-language')).toBe(language)
  })
})
