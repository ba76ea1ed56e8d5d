/**
 * Passwords under a tenant's policy, on every way by which one can be set.
 * T37 the service of known breaches: what it is told, what happens without it, and who never asks it.
 */
import { exports } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { baseUrl, anonymous, call, logIn, mailedToken, newCustomer, uniqueEmail } from '../support/client.ts'
import type { Answer, CustomerTokens, SignedUp } from '../support/client.ts'
import { breachService, sha1, type BreachService } from '../support/breaches.ts'
import { visible } from './routes.ts'
import { interceptAll, newTenant, serviceWith } from './service.ts'

const breached = 'violet otter parade 31'
const good = 'seldom heard cellos hum'
let breaches: BreachService

beforeEach(() => {
  breaches = breachService([breached])
  vi.spyOn(globalThis, 'fetch').mockImplementation((target, init) => breaches.fetch(target, init))
})
afterEach(() => void vi.restoreAllMocks())

/** Somebody with an account, and all that is needed to set a password once on each way. */
interface Person extends SignedUp {
  tenant: string
  tokens: CustomerTokens
  mailed: string
}

type Way = (person: Person, password: string) => Promise<Answer>

const post = (token: string, path: string, body: object) => call('POST', path, { token, body })

const ways: Record<string, Way> = {
  'sign-up': ({ tenant, token }, password) =>
    post(token, `/customer/${tenant}/signup`, { email: uniqueEmail('byronesque'), password }),
  'sign-up with credentials of its own': ({ tenant, token }, password) =>
    post(token, `/customer/${tenant}/signup`, {
      email: uniqueEmail(),
      signup: { email: uniqueEmail('byronesque'), password },
    }),
  'sign-up of commercetools': ({ tenant, token }, password) =>
    post(token, `/${tenant}/me/signup`, { email: uniqueEmail('byronesque'), password }),
  'account assignment': ({ tenant, tokens }, password) =>
    post(tokens.access_token, `/customer/${tenant}/me/accounts/internal`, {
      email: uniqueEmail('byronesque'),
      password,
    }),
  change: ({ tenant, tokens, password: currentPassword }, newPassword) =>
    post(tokens.access_token, `/customer/${tenant}/password/change`, { currentPassword, newPassword }),
  'change of commercetools': async ({ tenant, tokens, password: currentPassword }, newPassword) => {
    const token = tokens.access_token
    const { body } = await call<{ version: number }>('GET', `/${tenant}/me`, { token })
    return post(token, `/${tenant}/me/password`, { version: body.version, currentPassword, newPassword })
  },
  reset: ({ tenant, token, mailed }, password) =>
    post(token, `/customer/${tenant}/password/reset/update`, { token: mailed, password }),
  'reset of commercetools': ({ tenant, token, mailed }, newPassword) =>
    post(token, `/${tenant}/me/password/reset`, { tokenValue: mailed, newPassword }),
  'page of a mailed link': async ({ tenant, mailed }, password) => {
    const body = new URLSearchParams({ token: mailed, password }).toString()
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'CF-Connecting-IP': '203.0.113.7' }
    const url = `${baseUrl}/account/${tenant}/reset-password`
    const response = await exports.default.fetch(new Request(url, { method: 'POST', headers, body }))
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: undefined }
  },
}

async function personOf(tenant: string): Promise<Person> {
  const customer = await newCustomer(tenant, {
    email: uniqueEmail('byronesque'),
    password: 'an unusual old phrase',
  })
  await post(customer.token, `/customer/${tenant}/password/reset`, { email: customer.email })
  return { ...customer, tenant, mailed: await mailedToken(customer.email, 'password-reset') }
}

const refusal = {
  short: (lengthMin: number) => `must have at least ${lengthMin} characters`,
  pattern: () => 'made of repetitions or sequences',
  common: () => 'made of words that are common in passwords',
  email: () => 'made of the e-mail address or the name of the shop',
  shop: () => 'made of the e-mail address or the name of the shop',
  breach: () => 'known from a data breach',
}

/** The page speaks to people, in their language, and does not tell one weakness from another. */
const refusalOnPage = (reason: string, lengthMin: number) =>
  reason === 'short' ? `has from ${lengthMin} to 256 characters` : 'too easy to guess'

const long = {
  pattern: '12345678901234567',
  common: 'Passwort-Sommer-2026',
  email: 'BYRONESQUE.byronesque.1',
}
const tried = {
  standard: { lengthMin: 8, short: 'q8#xv!m', shop: 'Wunderkammer-7' },
  nist: { lengthMin: 15, short: 'q8#xv!m kw5z? g', shop: 'Wunderkammer-2025' },
}

describe.each(['standard', 'nist'] as const)('under the policy `%s`', (policy) => {
  let person: Person
  beforeAll(async () => {
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(breachService([]).fetch)
    const sender = { name: 'Wunderkammer GmbH', email: 'shop@wunderkammer.example' }
    person = await personOf(await newTenant({ passwordPolicy: policy, sender }))
    spy.mockRestore()
  })

  it.each(Object.keys(ways))(
    '%s refuses each weak password with its reason, and takes a good one',
    async (name) => {
      const way = ways[name] ?? expect.fail()
      const { lengthMin, short, shop } = tried[policy]
      const passwords = { short: short.slice(0, lengthMin - 1), ...long, shop, breach: breached }
      for (const [reason, password] of Object.entries(passwords)) {
        const answer = await way(person, password)
        const why = name.startsWith('page')
          ? refusalOnPage(reason, lengthMin)
          : refusal[reason as keyof typeof refusal](lengthMin)
        expect(answer, `${reason}: ${answer.text}`).toMatchObject({ status: 400 })
        expect(answer.text, reason).toContain(why)
        expect(answer.text.replace(/<input[^>]*>/g, '')).not.toContain(password)
        if (!/commercetools|page/.test(name))
          expect(answer.body).toMatchObject({
            type: 'validation_violation',
            details: [
              {
                field: name === 'change' ? 'newPassword' : expect.stringMatching(/password$/),
                type: 'invalid_field',
                message: expect.stringContaining(why),
              },
            ],
          })
      }
      const fresh = /change|reset|page/.test(name) ? await personOf(person.tenant) : person
      const answer = await way(fresh, good)
      expect(answer.status, answer.text).toBeLessThan(300)
      if (fresh !== person) await logIn(person.tenant, { email: fresh.email, password: good })
    },
  )

  it('log-in asks nobody and takes whatever the password is', async () => {
    const open = await newTenant({ passwordPolicy: policy, breachedPasswordCheck: { onFailure: 'accept' } })
    breaches = { asked: [], fetch: async () => Promise.reject(new Error('down')) }
    const { email, password } = await newCustomer(open, { password: breached })
    breaches = breachService([breached])
    await logIn(open, { email, password })
    const token = (await anonymous(open)).access_token
    for (const wrong of ['secret', '12345678', 'Passwort-Sommer-2026'])
      expect(await post(token, `/customer/${open}/login`, { email, password: wrong })).toMatchObject({
        status: 401,
      })
    expect(breaches.asked).toEqual([])
  })
})

describe('under the policy `compat`', () => {
  it.each(Object.keys(ways))(
    'T37 %s takes six characters of any kind, and nobody else is asked',
    async (name) => {
      const person = await personOf('acme')
      const way = ways[name] ?? expect.fail()
      expect(await way(person, '12345')).toMatchObject({ status: 400 })
      const answer = await way(person, '123456')
      expect(answer.status, answer.text).toBeLessThan(300)
      expect(breaches.asked).toEqual([])
    },
  )

  it('a stricter minimum of the tenant counts', async () => {
    const person = await personOf(await newTenant({ passwordLengthMin: 9 }))
    expect(await ways['sign-up']?.(person, '12345678')).toMatchObject({ status: 400 })
    expect(await ways['sign-up']?.(person, '123456789')).toMatchObject({ status: 201 })
  })
})

describe('the service of known breaches', () => {
  const signUpAt = async (settings: object, password: string, service = serviceWith(() => ({}))) => {
    const tenant = await newTenant({ passwordPolicy: 'standard', ...settings })
    const token = (await anonymous(tenant)).access_token
    const email = uniqueEmail()
    const answer = await service.call('POST', `/customer/${tenant}/signup`, {
      token,
      body: { email, password },
    })
    return { answer, tenant, email, lines: service.lines }
  }

  it('T37 learns five characters of a hash and nothing about who asks', async () => {
    const { answer } = await signUpAt({}, good)
    expect(answer.status, answer.text).toBe(201)
    const hash = await sha1(good)
    expect(breaches.asked.map(({ url }) => url)).toEqual([
      `https://api.pwnedpasswords.com/range/${hash.slice(0, 5)}`,
    ])
    expect(Object.fromEntries(breaches.asked[0]?.headers ?? [])).toEqual({
      accept: 'text/plain',
      'add-padding': 'true',
      'user-agent': 'patron',
    })
    expect(breaches.asked[0]?.body).toBeUndefined()
  })

  it('T37 is the one that the tenant names', async () => {
    await signUpAt({ breachedPasswordCheck: { url: 'https://breaches.example/v1/' } }, breached)
    expect(breaches.asked[0]?.url).toMatch(/^https:\/\/breaches\.example\/v1\/[0-9A-F]{5}$/)
  })

  it('T37 is asked for the normal form, in which the password is kept', async () => {
    const { answer } = await signUpAt({}, 'ｖｉｏｌｅｔ otter parade 31')
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('known from a data breach')
  })

  it('T37 cannot make a password known by padding', async () => {
    breaches = breachService([], [good])
    expect((await signUpAt({}, good)).answer.status).toBe(201)
  })

  const failures: [string, BreachService['fetch']][] = [
    ['is down', async () => Promise.reject(new Error('canary of the service'))],
    ['answers with an error', async () => new Response('canary of the service', { status: 500 })],
    ['answers with a page', async () => new Response('<p>canary of the service</p>')],
    ['redirects', async () => Response.redirect('https://canary.example/', 302)],
    ['says nothing', () => new Promise(() => {})],
  ]

  it.each(failures)(
    'T37 when it %s, passwords are refused unless the tenant accepts them',
    async (_what, fetch) => {
      breaches = { asked: [], fetch }
      const refused = await signUpAt({}, good)
      expect(refused.answer).toMatchObject({
        status: 503,
        body: { status: 503, type: 'service_temporarily_unavailable' },
      })
      expect(refused.answer.headers.get('Retry-After')).toBe('5')
      const accepted = await signUpAt({ breachedPasswordCheck: { onFailure: 'accept' } }, good)
      expect(accepted.answer.status, accepted.answer.text).toBe(201)
      for (const { answer, lines } of [refused, accepted]) {
        expect(answer.text).not.toContain('canary')
        expect(lines.length).toBeGreaterThan(0)
        expect(lines.join('\n')).not.toMatch(/canary|seldom|cellos/)
      }
      await logIn(accepted.tenant, { email: accepted.email, password: good })
      const token = (await anonymous(refused.tenant)).access_token
      expect(
        await post(token, `/customer/${refused.tenant}/login`, { email: refused.email, password: good }),
      ).toMatchObject({ status: 401 })
    },
  )

  it('T37 lists are no matter of the service: a predictable password is refused without asking', async () => {
    const { answer } = await signUpAt({ breachedPasswordCheck: { onFailure: 'accept' } }, 'Passwort-2026')
    expect(answer.status).toBe(400)
    expect(breaches.asked).toEqual([])
  })

  it.each([
    ['compat', []],
    ['standard', ['breachedPasswords.includes']],
  ])('costs a reset under `%s` these calls, beside those of any reset: %j', async (passwordPolicy, extra) => {
    const trace: string[] = []
    const service = serviceWith((ports) => interceptAll(ports, (name) => void trace.push(name)))
    const { tenant, token, mailed } = await personOf(await newTenant({ passwordPolicy }))
    const body = { token: mailed, password: good }
    const path = `/customer/${tenant}/password/reset/update`
    expect(await service.call('POST', path, { token, body })).toMatchObject({ status: 204 })
    const calls = trace.slice(trace.indexOf('limiter.network')).filter((name) => !/^(clock|ids)\./.test(name))
    expect(calls).toEqual([
      'limiter.network',
      'oneTimeTokens.find',
      'customers.inspect',
      ...extra,
      'passwords.hash',
      'customers.execute',
    ])
  })

  it('T37 is asked after the limits and before the hash, alike for free and taken addresses', async () => {
    const trace: string[] = []
    const service = serviceWith((ports) => interceptAll(ports, (name) => void trace.push(name)))
    const tenant = await newTenant({ passwordPolicy: 'nist', revealExistingAccounts: false })
    const { email, token } = await newCustomer(tenant, { password: good })
    const answers: ReturnType<typeof visible>[] = []
    const checks: string[][] = []
    for (const password of [breached, good])
      for (const address of [email, uniqueEmail()]) {
        trace.length = 0
        const body = { email: address, password }
        const answer = visible(await service.call('POST', `/customer/${tenant}/signup`, { token, body }))
        answers.push({ ...answer, text: answer.text.replace(/\d{8}/, '{id}') })
        checks.push(trace.filter((name) => /^(limiter|breachedPasswords|passwords|customers)\./.test(name)))
      }
    const before = ['limiter.network', 'breachedPasswords.includes']
    expect(checks[0]).toEqual(before)
    expect(checks[2]).toEqual([...before, 'limiter.recipient', 'passwords.hash', 'customers.create'])
    expect([checks[1], checks[3]]).toEqual([checks[0], checks[2]])
    expect([answers[1], answers[3]]).toEqual([answers[0], answers[2]])
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 201, 201])
  })
})
