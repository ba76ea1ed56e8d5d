/**
 * Heading "Credentials" of the customer-managed document: change of the login e-mail, reset and change of the password.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Mail } from '../../../src/flows/ports/index.ts'
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
} from '../../support/client.ts'
import { later, storefrontOf } from '../../support/storefront.ts'
import {
  conform,
  conformEmpty,
  conformError,
  conformFault,
  conformViolations,
  conformWrongCredentials,
  Customer,
} from './schemas.ts'

const tenant = 'acme'
const changePath = '/me/accounts/internal/email/change'
const confirmPath = `${changePath}/confirm`
const minute = 60_000
const hour = 60 * minute

const { shop, visitor, isAlive } = storefrontOf(tenant)
const post = async (path: string, body: unknown, token?: string) =>
  shop('POST', path, { token: token ?? (await visitor()), body })
const read = async (token: string) => conform(await shop('GET', '/me', { token }), 200, Customer)
const canRefresh = async (token: string, refreshToken: string) =>
  (await shop('GET', '/refreshauthtoken', { token, query: { refreshToken } })).status === 200

/** A customer with two sessions. */
async function withTwoSessions() {
  const customer = await newCustomer(tenant)
  return { ...customer, own: customer.tokens.access_token, other: await logIn(tenant, customer) }
}

/** Templates of the mails to an address that have come through by now. */
async function mailsTo(to: string): Promise<Mail['template'][]> {
  return (await mailbox(to, undefined, 0)).map(({ template }) => template)
}

/** One and the same 400, whatever is the matter with a token. */
function conformRejectedTokens(...answers: Answer[]): void {
  for (const answer of answers) conformViolations(answer, { token: 'invalid_field' })
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
}

afterEach(() => {
  vi.useRealTimers()
})

describe('Sending a request to update a customer email address', () => {
  it('mails a token to the new address, and changes nothing before it comes back', async () => {
    const { email, password, tokens } = await newCustomer(tenant)
    const newEmail = uniqueEmail('new')
    conformEmpty(await post(changePath, { email, password, newEmail }, tokens.access_token), 204)
    const [mail] = await mailbox(newEmail, 'email-change')
    expect(mail).toMatchObject({ tenant, to: newEmail, token: expect.stringMatching(/^\S{20,}$/) })
    const profile = await read(tokens.access_token)
    expect(profile).toMatchObject({ contactEmail: email, accounts: [{ id: email }] })
    await logIn(tenant, { email, password })
    conformWrongCredentials(await post('/login', { email: newEmail, password }))
  })

  it('refuses a wrong password, and an e-mail that is not the caller’s, as wrong credentials', async () => {
    const [{ email, password, tokens }, foreign] = [await newCustomer(tenant), await signUp(tenant)]
    const newEmail = uniqueEmail('new')
    const answers = [
      await post(changePath, { email, password: 'not the password', newEmail }, tokens.access_token),
      await post(changePath, { email: uniqueEmail(), password, newEmail }, tokens.access_token),
      await post(changePath, { email: foreign.email, password, newEmail }, tokens.access_token),
    ]
    for (const answer of answers) conformWrongCredentials(answer)
  })

  it('answers an address that is taken with 409', async () => {
    const [{ email, password, tokens }, other] = [await newCustomer(tenant), await signUp(tenant)]
    const body = { email, password, newEmail: other.email.toUpperCase() }
    const answer = await post(changePath, body, tokens.access_token)
    expect(conformError(answer, 409, 'conflict_resource').message).toBe(
      `Duplicate account '${body.newEmail}' for tenant 'acme'.`,
    )
  })

  it.each<[string, Record<string, unknown>, Record<string, string>]>([
    [
      'nothing',
      { email: undefined, password: undefined, newEmail: undefined },
      { email: 'missing_field', password: 'missing_field', newEmail: 'missing_field' },
    ],
    ['a new address that is none', { newEmail: 'ada' }, { newEmail: 'invalid_field' }],
    [
      'a line break in the new address',
      { newEmail: 'a@shop.example\nBcc: b@shop.example' },
      { newEmail: 'invalid_field' },
    ],
    ['a flag that is no flag', { syncContactEmail: 'yes' }, { syncContactEmail: 'invalid_field' }],
  ])('refuses %s', async (_what, fields, expected) => {
    const { email, password, tokens } = await newCustomer(tenant)
    const body = { email, password, newEmail: uniqueEmail(), ...fields }
    conformViolations(await post(changePath, body, tokens.access_token), expected)
  })

  it('refuses the address that is the login already', async () => {
    const { email, password, tokens } = await newCustomer(tenant)
    const answer = await post(changePath, { email, password, newEmail: email }, tokens.access_token)
    conformViolations(answer, { newEmail: 'invalid_field' })
  })

  it('is for customers only', async () => {
    const body = { email: uniqueEmail(), password: 'secret1', newEmail: uniqueEmail() }
    conformFault(await post(changePath, body))
  })
})

describe('Updating a customer email address', () => {
  async function requested(more: Record<string, unknown> = {}) {
    const customer = await withTwoSessions()
    const { email, password, own } = customer
    const newEmail = uniqueEmail('new')
    conformEmpty(await post(changePath, { email, password, newEmail, ...more }, own), 204)
    return { ...customer, newEmail, mailed: await mailedToken(newEmail, 'email-change') }
  }

  it('moves the login, keeps the contact e-mail, and tells the old address', async () => {
    const { email, password, newEmail, mailed } = await requested()
    conformEmpty(await post(confirmPath, { token: mailed }), 204)
    conformWrongCredentials(await post('/login', { email, password }))
    const { access_token } = await logIn(tenant, { email: newEmail, password })
    expect(await read(access_token)).toMatchObject({ contactEmail: email, accounts: [{ id: newEmail }] })
    expect(await mailbox(email, 'email-changed')).toHaveLength(1)
  })

  it.each([
    [true, 'moves'],
    [false, 'keeps'],
    [null, 'keeps'],
  ])('with syncContactEmail %s %s the contact e-mail', async (syncContactEmail, what) => {
    const { email, password, newEmail, mailed } = await requested({ syncContactEmail })
    conformEmpty(await post(confirmPath, { token: mailed }), 204)
    const { access_token } = await logIn(tenant, { email: newEmail, password })
    expect((await read(access_token)).contactEmail).toBe(what === 'moves' ? newEmail : email)
  })

  it('ends every other session, and keeps the one of the customer who confirms', async () => {
    const { own, other, mailed } = await requested()
    conformEmpty(await post(confirmPath, { token: mailed }, own), 204)
    expect([await isAlive(own), await isAlive(other.access_token)]).toEqual([true, false])
    expect(await canRefresh(await visitor(), other.refresh_token)).toBe(false)
  })

  it('ends all sessions when a visitor confirms', async () => {
    const { own, other, mailed } = await requested()
    conformEmpty(await post(confirmPath, { token: mailed }), 204)
    expect([await isAlive(own), await isAlive(other.access_token)]).toEqual([false, false])
  })

  it('frees the old address', async () => {
    const { email, mailed } = await requested()
    conformEmpty(await post(confirmPath, { token: mailed }), 204)
    await signUp(tenant, { email })
  })

  it('works once, for its purpose and tenant, and for a day', async () => {
    const [spent, late, replaced] = [await requested(), await requested(), await requested()]
    conformEmpty(await post(confirmPath, { token: spent.mailed }), 204)
    const { email, password, own } = replaced
    conformEmpty(await post(changePath, { email, password, newEmail: uniqueEmail() }, own), 204)
    const foreign = (await anonymous('initech')).access_token
    const answers = [
      await post(confirmPath, { token: spent.mailed }),
      await post(confirmPath, { token: replaced.mailed }),
      await post(confirmPath, { token: 'made-up' }),
      await call('POST', `/customer/initech${confirmPath}`, { token: foreign, body: { token: late.mailed } }),
      await post('/password/reset/update', { token: late.mailed, password: 'secret2' }),
    ]
    later(24 * hour + minute)
    answers.push(await post(confirmPath, { token: late.mailed }))
    conformRejectedTokens(...answers)
  })

  it('dies with a change of the password', async () => {
    const { mailed, own, password } = await requested()
    const change = { currentPassword: password, newPassword: 'secret2' }
    conformEmpty(await post('/password/change', change, own), 204)
    conformRejectedTokens(await post(confirmPath, { token: mailed }))
  })

  it('needs the token, and a bearer that is alive', async () => {
    conformViolations(await post(confirmPath, {}), { token: 'missing_field' })
    const { own, mailed } = await requested()
    conformEmpty(await shop('GET', '/logout', { token: own, query: { accessToken: own } }), 204)
    conformFault(await post(confirmPath, { token: mailed }, own))
    conformFault(await shop('POST', confirmPath, { body: { token: mailed } }))
  })
})

describe('Sending a request to reset a customer password', () => {
  it('answers the same for a known and an unknown address, and writes to the known one only', async () => {
    const [{ email }, stranger] = [await signUp(tenant), uniqueEmail('stranger')]
    const unknown = await post('/password/reset', { email: stranger })
    const known = await post('/password/reset', { email })
    conformEmpty(known, 204)
    conformEmpty(unknown, 204)
    const names = (answer: Answer) => [...answer.headers.keys()].sort()
    expect(names(unknown)).toEqual(names(known))
    expect(await mailbox(email, 'password-reset')).toHaveLength(1)
    expect(await mailsTo(stranger)).toEqual([])
  })

  it.each([
    ['with a trailing slash', '/password/reset/', {}],
    ['with the site', '/password/reset', { site: 'main' }],
    ['with null as the site', '/password/reset', { site: null }],
  ])('may be called %s', async (_what, path, more) => {
    const { email } = await signUp(tenant)
    conformEmpty(await post(path, { email, ...more }), 204)
    expect(await mailbox(email, 'password-reset')).toHaveLength(1)
  })

  it.each<[string, unknown, Record<string, string>]>([
    ['nothing', {}, { email: 'missing_field' }],
    ['an address that is none', { email: 'ada' }, { email: 'invalid_field' }],
    [
      'a line break in the address',
      { email: 'a@shop.example\r\nBcc: b@shop.example' },
      { email: 'invalid_field' },
    ],
    ['a site that is no text', { email: 'a@shop.example', site: 1 }, { site: 'invalid_field' }],
  ])('refuses %s', async (_what, body, expected) => {
    conformViolations(await post('/password/reset', body), expected)
  })

  it('is for visitors', async () => {
    const { email, tokens } = await newCustomer(tenant)
    conformFault(await post('/password/reset', { email }, tokens.access_token))
  })
})

describe('Resetting a customer password', () => {
  async function requested() {
    const customer = await withTwoSessions()
    conformEmpty(await post('/password/reset', { email: customer.email }), 204)
    return { ...customer, mailed: await mailedToken(customer.email, 'password-reset') }
  }
  const reset = (token: string, password: string) => post('/password/reset/update', { token, password })

  it('sets the new password, ends every session, and tells the customer', async () => {
    const { email, password, own, other, mailed } = await requested()
    conformEmpty(await reset(mailed, 'a new secret'), 204)
    expect([await isAlive(own), await isAlive(other.access_token)]).toEqual([false, false])
    expect(await canRefresh(await visitor(), other.refresh_token)).toBe(false)
    conformWrongCredentials(await post('/login', { email, password }))
    await logIn(tenant, { email, password: 'a new secret' })
    expect(await mailbox(email, 'password-changed')).toHaveLength(1)
  })

  it('refuses a short password without spending the token', async () => {
    const { mailed } = await requested()
    conformViolations(await reset(mailed, 'five5'), { password: 'invalid_field' })
    conformViolations(await reset(mailed, ''), { password: 'invalid_field' })
    conformEmpty(await reset(mailed, 'sixsix'), 204)
  })

  it('works once, for its purpose and tenant, and for an hour', async () => {
    const [spent, late] = [await requested(), await requested()]
    conformEmpty(await reset(spent.mailed, 'a new secret'), 204)
    const foreign = (await anonymous('initech')).access_token
    const body = { token: late.mailed, password: 'a new secret' }
    const answers = [
      await reset(spent.mailed, 'another secret'),
      await reset('made-up', 'a new secret'),
      await reset('A'.repeat(43), 'a new secret'),
      await call('POST', '/customer/initech/password/reset/update', { token: foreign, body }),
      await post(confirmPath, { token: late.mailed }),
    ]
    later(hour + minute)
    answers.push(await reset(late.mailed, 'a new secret'))
    conformRejectedTokens(...answers)
    expect(answers[0]?.text).toContain('invalid token')
  })

  it('dies with a change of the password', async () => {
    const { mailed, own, password } = await requested()
    const change = { currentPassword: password, newPassword: 'secret2' }
    conformEmpty(await post('/password/change', change, own), 204)
    conformRejectedTokens(await reset(mailed, 'a new secret'))
  })

  it('needs both fields', async () => {
    conformViolations(await post('/password/reset/update', {}), {
      token: 'missing_field',
      password: 'missing_field',
    })
    conformViolations(await post('/password/reset/update', { token: '', password: 'secret2' }), {
      token: 'invalid_field',
    })
  })
})

describe('Changing a customer password', () => {
  const change = (token: string, currentPassword: unknown, newPassword: unknown) =>
    post('/password/change', { currentPassword, newPassword }, token)

  it('ends every other session, keeps the own one, and tells the customer', async () => {
    const { email, password, own, other } = await withTwoSessions()
    conformEmpty(await change(own, password, 'a new secret'), 204)
    expect([await isAlive(own), await isAlive(other.access_token)]).toEqual([true, false])
    expect(await canRefresh(await visitor(), other.refresh_token)).toBe(false)
    conformWrongCredentials(await post('/login', { email, password }))
    await logIn(tenant, { email, password: 'a new secret' })
    expect(await mailbox(email, 'password-changed')).toHaveLength(1)
  })

  it('refuses a wrong current password, and everything stays', async () => {
    const { email, password, own, other } = await withTwoSessions()
    conformWrongCredentials(await change(own, 'not the password', 'a new secret'))
    expect([await isAlive(own), await isAlive(other.access_token)]).toEqual([true, true])
    await logIn(tenant, { email, password })
  })

  it.each<[string, unknown, unknown, Record<string, string>]>([
    ['nothing', undefined, undefined, { currentPassword: 'missing_field', newPassword: 'missing_field' }],
    ['a short new password', 'secret1', 'five5', { newPassword: 'invalid_field' }],
    ['a new password above 256 characters', 'secret1', 'é'.repeat(257), { newPassword: 'invalid_field' }],
    ['an empty current password', '', 'secret2', { currentPassword: 'invalid_field' }],
    [
      'passwords that are no texts',
      1,
      ['secret2'],
      { currentPassword: 'invalid_field', newPassword: 'invalid_field' },
    ],
  ])('refuses %s', async (_what, current, next, expected) => {
    const { tokens } = await newCustomer(tenant)
    conformViolations(await change(tokens.access_token, current, next), expected)
  })

  it('raises the version', async () => {
    const { password, tokens } = await newCustomer(tenant)
    conformEmpty(await change(tokens.access_token, password, 'a new secret'), 204)
    expect((await read(tokens.access_token)).metadata.version).toBe(2)
  })

  it('is for customers only', async () => {
    conformFault(await change(await visitor(), 'secret1', 'secret2'))
  })

  it.each([
    ['PUT', '/password'],
    ['POST', '/password/reset/confirm'],
  ])('knows no path beside the documented ones: %s %s', async (method, path) => {
    const answer = await shop(method, path, { token: await visitor(), body: {} })
    conformError(answer, 404, 'resource_not_found')
  })
})
