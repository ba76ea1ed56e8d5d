/**
 * Conditions that hold whichever way a request takes: who is kept out, where a page leads, whom the service calls, and what happens to
 * a request that is overtaken or comes twice.
 * T13 every way in, T14 redirects, T47 webhooks as a way out, T48 lost updates, T49 twice the same, T58 addresses.
 */
import { describe, expect, it } from 'vitest'
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
  type Answer,
} from '../support/client.ts'

const visitor = async (tenant = 'acme') => (await anonymous(tenant)).access_token
const storefront = { Authorization: `Basic ${btoa('acme-storefront:acme-storefront-secret')}` }

interface Person {
  id: string
  email: string
  password: string
}

/** Each way to sign in with what the owner of the mailbox and of the password has. */
const waysIn: Record<string, (person: Person) => Promise<Answer>> = {
  'the Emporix log-in': async ({ email, password }) =>
    call('POST', '/customer/acme/login', { token: await visitor(), body: { email, password } }),
  'the password flow': ({ email, password }) =>
    call('POST', '/oauth/acme/customers/token', {
      headers: storefront,
      form: { grant_type: 'password', username: email, password },
    }),
  'the log-in of My Customer Profile': async ({ email, password }) =>
    call('POST', '/acme/me/login', { token: await profileToken(), body: { email, password } }),
  'the global log-in': async ({ email, password }) =>
    call('POST', '/acme/login', { token: await serviceToken('acme'), body: { email, password } }),
  'a new password by mail, and then the log-in': async ({ email }) => {
    await call('POST', '/customer/acme/password/reset', { token: await visitor(), body: { email } })
    const body = { token: await mailedToken(email, 'password-reset'), password: 'another horse' }
    await call('POST', '/customer/acme/password/reset/update', { token: await visitor(), body })
    return call('POST', '/customer/acme/login', {
      token: await visitor(),
      body: { email, password: 'another horse' },
    })
  },
  'the shop on the phone': async ({ id }) =>
    call('POST', '/customer/acme/assisted-buying-login', {
      token: await serviceToken('acme'),
      body: { customerNumber: id },
    }),
}

async function profileToken(): Promise<string> {
  const answer = await call<{ access_token: string }>('POST', '/oauth/acme/anonymous/token', {
    headers: storefront,
    form: { grant_type: 'client_credentials' },
  })
  return answer.body.access_token
}

describe('a customer who is kept out', () => {
  it.each(
    Object.keys(waysIn).flatMap((way) => [
      [way, { active: false }],
      [way, { onHold: true }],
    ]) as [string, object][],
  )('T13 stays out by %s: %j', async (way, state) => {
    const person = await signUp('acme')
    const path = `/customer/acme/customers/${person.id}`
    const token = await serviceToken('acme')
    expect((await call('PATCH', path, { token, body: state })).status).toBeLessThan(300)
    const answer = await waysIn[way]?.(person)
    expect(answer?.status, answer?.text).toBeGreaterThanOrEqual(400)
    expect(answer?.status).toBeLessThan(500)
    expect(answer?.text).not.toMatch(/access_?token"/i)
  })

  it('T13 stays out while the opt-in is awaited, by every log-in', async () => {
    const { email, password } = await signUp('globex')
    const token = await visitor('globex')
    const body = { email, password }
    expect((await call('POST', '/customer/globex/login', { token, body })).status).toBe(403)
    const flow = await call('POST', '/oauth/globex/customers/token', {
      headers: { Authorization: `Basic ${btoa('globex-storefront:globex-storefront-secret')}` },
      form: { grant_type: 'password', username: email, password },
    })
    expect(flow.status).toBe(403)
  })
})

describe('a page', () => {
  const elsewhere = [
    '//evil.example',
    'https:evil.example',
    '\\\\evil.example',
    'https://acme@evil.example',
    '/%0d%0aLocation: x',
  ]

  it.each(['opt-in', 'reset-password', 'change-email', 'confirm-email', 'not-me', 'delete'])(
    'T14 leads nowhere else, whatever its address says: %s',
    async (name) => {
      for (const target of elsewhere)
        for (const parameter of ['next', 'return_to', 'redirect', 'redirect_uri', 'url'])
          for (const method of ['GET', 'POST']) {
            const query = { token: 'A'.repeat(43), [parameter]: target }
            const form = method === 'POST' ? { form: { token: 'A'.repeat(43), [parameter]: target } } : {}
            const answer = await call(method, `/account/acme/${name}`, { query, ...form })
            expect(answer.status).toBeLessThan(500)
            expect(answer.headers.get('Location')).toBeNull()
            expect(answer.text).not.toContain('evil.example')
          }
    },
  )
})

describe('a webhook', () => {
  it.each([
    'http://shop.example/hook',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.7/',
    'https://localhost/',
    'https://127.0.0.1.nip.io/',
    'https://user:word@shop.example/',
    'ftp://shop.example/',
    'https://shop.example:22/',
  ])('T47 calls no address inside: %s', async (url) => {
    const body = { url, format: 'cloudevents', events: ['*'] }
    const token = await serviceToken('acme')
    const answer = await call('POST', '/admin/acme/webhooks', { token, body })
    // In development the loopback address is a receiver of the tests.
    const isLocal = url.includes('//127.0.0.1/') || url.includes('[::1]') || url.includes('localhost')
    if (!isLocal && url !== 'https://shop.example:22/') expect(answer.status, answer.text).toBe(400)
    expect(answer.status).toBeLessThan(500)
  })
})

describe('two writers', () => {
  it('T48 with one version: one succeeds and the other is told, in both dialects', async () => {
    const { tokens } = await newCustomer('acme')
    const token = tokens.access_token
    const change = (firstName: string) =>
      call('POST', '/acme/me', {
        token,
        body: { version: 1, actions: [{ action: 'setFirstName', firstName }] },
      })
    const put = (firstName: string) =>
      call('PATCH', '/customer/acme/me', { token, body: { firstName, metadata: { version: 1 } } })
    const answers = await Promise.all([change('A'), put('B'), change('C'), put('D')])
    const statuses = answers.map(({ status }) => status).toSorted()
    expect(statuses.slice(1)).toEqual([409, 409, 409])
    expect(statuses[0]).toBe(200)
  })

  it('T49 who send one sign-up twenty times make one customer', async () => {
    const email = uniqueEmail()
    const token = await visitor()
    const send = () =>
      call('POST', '/customer/acme/signup', { token, body: { email, password: 'correct horse' } })
    const answers = await Promise.all(Array.from({ length: 20 }, send))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19)
    await logIn('acme', { email, password: 'correct horse' })
  })
})

describe('an address that mail servers could read in two ways', () => {
  const odd = [
    '"a@x.example" <b@y.example>',
    'a@x.example,b@y.example',
    'a@x.example;b@y.example',
    '@relay.example:a@x.example',
    'group:a@x.example;',
    'a(comment)@x.example',
    '"quoted local"@x.example',
    'a@[127.0.0.1]',
    'a@x.example\r\nBcc: b@y.example',
  ]

  it.each(odd)('T58 is refused wherever one is asked for: %j', async (email) => {
    const { tokens, password, email: known } = await newCustomer('acme')
    const token = tokens.access_token
    const office = await serviceToken('acme')
    const answers = await Promise.all([
      call('POST', '/customer/acme/signup', { token: await visitor(), body: { email, password } }),
      call('POST', '/customer/acme/me/accounts/internal', { token, body: { email, password } }),
      call('POST', '/customer/acme/me/accounts/internal/email/change', {
        token,
        body: { email: known, password, newEmail: email },
      }),
      call('POST', '/acme/me', { token, body: { version: 1, actions: [{ action: 'changeEmail', email }] } }),
      call('POST', '/acme/customers', { token: office, body: { email, password } }),
      call('POST', '/customer/acme/customers', { token: office, body: { contactEmail: email } }),
    ])
    for (const { status, text } of answers) expect(status, text).toBe(400)
    expect(await mailbox('b@y.example', undefined, 0)).toEqual([])
  })
})
