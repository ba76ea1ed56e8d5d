/**
 * Causes each mail that there is, as a storefront, a back office and a receiver of webhooks do it: over HTTP, against a
 * running service.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import type { MailTemplate } from '../../src/domain/mail/mail.ts'

export const password = 'correct horse battery'

export interface Reader {
  language: string
  /** The tenant that hides which addresses have an account; its own language is another. */
  shop: string
  firstName: string
}

export interface Caused {
  tenant: string
  template: MailTemplate
  to: string
  /** Whether the mail knows the reader's name. */
  named: boolean
}

/** Requests to one service. */
export class Requests {
  readonly #url: string
  constructor(url: string) {
    this.#url = url
  }

  send(method: string, path: string, token: string, body?: unknown): Promise<Response> {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    return fetch(`${this.#url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  }

  async anonymous(tenant: string): Promise<string> {
    const path = `/customerlogin/auth/anonymous/login?tenant=${tenant}&client_id=${tenant}-storefront`
    return tokenIn(await fetch(`${this.#url}${path}`))
  }

  async office(tenant: string, secret: string): Promise<string> {
    const form = { grant_type: 'client_credentials', client_id: `${tenant}-admin`, client_secret: secret }
    return tokenIn(
      await fetch(`${this.#url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) }),
    )
  }

  /** Fails unless the answer has this status; its JSON. */
  async expect<Body = { access_token: string }>(
    status: number,
    ...[method, path, token, body]: Parameters<Requests['send']>
  ): Promise<Body> {
    const answer = await this.send(method, path, token, body)
    const text = await answer.text()
    expect(answer.status, `${method} ${path}: ${text}`).toBe(status)
    return (text === '' ? {} : JSON.parse(text)) as Body
  }
}

/** The mails of somebody with an account, in the order of a long customer's life. `secretFor` reads them. */
export async function mailsOfStorefront(
  requests: Requests,
  { language, shop, firstName }: Reader,
  secretFor: (to: string, template: MailTemplate) => Promise<string>,
): Promise<Caused[]> {
  const [email, other, next, waiting, nobody, chosen, before, after] = [
    ...['first', 'second', 'next', 'waiting', 'nobody', 'chosen', 'before', 'after'],
  ].map((name) => `${name}.${language}@shop.example`) as [
    ...[string, string, string, string],
    ...[string, string, string, string],
  ]
  const customerDetails = { firstName, preferredLanguage: language }
  const home = `/customer/${shop}`
  const visitor = await requests.anonymous(shop)
  const logIn = async (word: string) =>
    (await requests.expect(200, 'POST', `${home}/login`, visitor, { email, password: word })).access_token

  const globex = await requests.anonymous('globex')
  const signUp = { email: waiting, password, customerDetails }
  await requests.expect(201, 'POST', '/customer/globex/signup', globex, signUp)
  await requests.expect(202, 'POST', '/customer/globex/signup/optin/refresh_token', globex, {
    email: waiting,
  })

  // Confirmed by a mail that anyone can ask for, in another session than the one that signed up.
  await requests.expect(201, 'POST', '/customer/globex/signup', globex, { ...signUp, email: chosen })
  const resend = '/customer/globex/signup/optin/refresh_token'
  await requests.expect(202, 'POST', resend, globex, { email: chosen })
  const link = await secretFor(chosen, 'opt-in-resent')
  const stranger = await requests.anonymous('globex')
  await requests.expect(200, 'GET', `/customer/globex/signup/optin/${link}`, stranger)

  const acme = await requests.anonymous('acme')
  await requests.expect(201, 'POST', '/customer/acme/signup', acme, { ...signUp, email: before })
  const { access_token } = await requests.expect(200, 'POST', '/customer/acme/login', acme, {
    email: before,
    password,
  })
  const actions = [{ action: 'changeEmail', email: after }]
  await requests.expect(200, 'POST', '/acme/me', access_token, { version: 1, actions })

  await requests.expect(204, 'POST', `${home}/password/reset`, visitor, { email: nobody, site: language })
  await requests.expect(201, 'POST', `${home}/signup`, visitor, { email, password, customerDetails })
  await requests.expect(201, 'POST', `${home}/signup`, visitor, { email, password, customerDetails })
  await requests.expect(204, 'POST', `${home}/password/reset`, visitor, { email })
  const newPassword = 'battery staple'
  const reset = { token: await secretFor(email, 'password-reset'), password: newPassword }
  await requests.expect(204, 'POST', `${home}/password/reset/update`, visitor, reset)
  const token = await logIn(newPassword)
  const account = { email: other, password }
  await requests.expect(201, 'POST', `${home}/me/accounts/internal`, token, account)
  await requests.expect(204, 'DELETE', `${home}/me`, token)
  const toNext = { email, password: newPassword, newEmail: next }
  const changing = `${home}/me/accounts/internal/email/change`
  await requests.expect(204, 'POST', changing, token, toNext)
  const secret = await secretFor(next, 'email-change')
  await requests.expect(204, 'POST', `${changing}/confirm`, visitor, { token: secret })

  const to = (template: MailTemplate, address = email) => ({
    tenant: shop,
    template,
    to: address,
    named: true,
  })
  return [
    { tenant: 'globex', template: 'opt-in', to: waiting, named: true },
    { tenant: 'globex', template: 'opt-in-resent', to: waiting, named: true },
    { tenant: 'globex', template: 'choose-password', to: chosen, named: true },
    { tenant: 'acme', template: 'email-confirmation', to: after, named: true },
    to('welcome'),
    { ...to('no-account', nobody), named: false },
    to('already-registered'),
    to('password-reset'),
    to('password-changed'),
    to('account-added'),
    to('account-confirmation', other),
    to('deletion'),
    to('email-change', next),
    to('email-changed'),
  ]
}

/** The mails to those whose account others have made. `runCron` does what the minute's trigger does. */
export async function mailsOfBackOffice(
  requests: Requests,
  { language, shop, firstName }: Reader,
  secret: string,
  runCron: () => Promise<void>,
): Promise<Caused[]> {
  const [made, put, assigned, imported] = ['made', 'put', 'assigned', 'imported'].map(
    (name) => `${name}.${language}@shop.example`,
  ) as [string, string, string, string]
  const customers = `/customer/${shop}/customers`
  const office = await requests.office(shop, secret)
  const profile = { firstName, preferredLanguage: language }

  await requests.expect(201, 'POST', customers, office, { ...profile, contactEmail: made })
  const prepared = { ...profile, contactEmail: put, active: false }
  await requests.expect(201, 'PUT', `${customers}/prepared-${language}`, office, prepared)
  const { id } = await requests.expect<{ id: string }>(201, 'POST', customers, office, profile)
  await requests.expect(201, 'POST', `${customers}/${id}/accounts/internal`, office, { email: assigned })

  const retention = `/customer/${shop}/config/password-migration-retention`
  const retentionEndDate = dayIn(30)
  await requests.expect(200, 'POST', retention, office, { retentionEndDate })
  const legacyAuth = {
    algorithm: 'hybris-sha512-uid-salt',
    hash: 'ab'.repeat(64),
    context: { originalUid: imported, salt: 'salt' },
  }
  const item = { ...profile, account: { email: imported, legacyAuth } }
  const answer = await requests.send('POST', `${customers}/import`, office, [item])
  expect(await answer.json()).toEqual([expect.objectContaining({ code: 201 })])
  await requests.expect(200, 'POST', retention, office, { retentionEndDate, emailReminderDate: dayIn(0) })
  await runCron()

  const to = (template: MailTemplate, address: string) => ({
    tenant: shop,
    template,
    to: address,
    named: true,
  })
  return [
    to('initial-password', made),
    to('account-prepared', put),
    to('initial-password', assigned),
    to('migration-reminder', imported),
  ]
}

/** The mail to the operator of a tenant whose receiver has gone. */
export async function mailToOperator(
  requests: Requests,
  tenant: string,
  secret: string,
  operatorEmail: string,
): Promise<Caused> {
  const receiver = createServer((_request, response) => response.writeHead(410).end()).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  try {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/events`
    const webhooks = `/admin/${tenant}/webhooks`
    const office = await requests.office(tenant, secret)
    const subscription = { url, format: 'cloudevents', events: ['*'] }
    const { id } = await requests.expect<{ id: string }>(201, 'POST', webhooks, office, subscription)
    await requests.expect(201, 'POST', `/customer/${tenant}/customers`, office, { lastName: 'King' })
    const isEnabled = async () =>
      (await requests.expect<{ enabled: boolean }>(200, 'GET', `${webhooks}/${id}`, office)).enabled
    await expect.poll(isEnabled, { timeout: 30_000, interval: 200 }).toBe(false)
    return { tenant, template: 'webhook-disabled', to: operatorEmail, named: false }
  } finally {
    receiver.close()
  }
}

async function tokenIn(answer: Response): Promise<string> {
  return ((await answer.json()) as { access_token: string }).access_token
}

function dayIn(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
}
