/**
 * As whom requests are recorded: whatever a request does, in either dialect, its messages name the caller of its token and
 * the user that its client says it acts for. Events are made of messages, so they name the same.
 */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '../../src/domain/base/actor.ts'
import {
  anonymous,
  call as send,
  logIn,
  mailbox,
  mailedToken,
  newCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
  type CallOptions,
} from '../support/client.ts'
import { officeOf } from '../support/company.ts'
import { newTenant } from '../security/service.ts'

const externalUserId = 'clerk-7'
const password = 'correct horse battery'
const newPassword = 'another correct horse'

async function call<Body = unknown>(method: string, path: string, options: CallOptions) {
  const headers = { 'X-External-User-ID': externalUserId, ...options.headers }
  const answer = await send<Body>(method, path, { ...options, headers })
  expect(answer.status, answer.text).toBeLessThan(300)
  return answer.body
}

/** Of the customer's messages of a type the actor of the last one. */
async function actorOf(customerId: string, type: string): Promise<Actor | undefined> {
  const text = await env.DB.prepare(
    'SELECT created_by FROM messages WHERE resource_id = ? AND type = ? ORDER BY sequence DESC LIMIT 1',
  )
    .bind(customerId, type)
    .first<string>('created_by')
  return text === null ? undefined : (JSON.parse(text) as Actor)
}

let office: string
let visitor: { token: string; actor: Actor }

beforeAll(async () => {
  office = await serviceToken('acme')
  const { access_token: token, sessionId: anonymousId } = await anonymous('acme')
  visitor = { token, actor: { anonymousId, externalUserId } }
})

describe('a visitor is named', () => {
  const signUps: [string, string, (email: string) => object, (body: unknown) => string][] = [
    [
      'Emporix',
      '/customer/acme/signup',
      (email) => ({ email, password }),
      (body) => (body as { id: string }).id,
    ],
    [
      'commercetools',
      '/acme/me/signup',
      (email) => ({ email, password }),
      (body) => (body as { customer: { id: string } }).customer.id,
    ],
  ]

  it.each(signUps)('by a sign-up: %s', async (_dialect, path, body, idOf) => {
    const answer = await call('POST', path, { token: visitor.token, body: body(uniqueEmail()) })
    expect(await actorOf(idOf(answer), 'CustomerCreated')).toEqual(visitor.actor)
  })

  it.each([
    ['Emporix', '/customer/acme/login'],
    ['commercetools', '/acme/me/login'],
  ])('by a log-in: %s', async (_dialect, path) => {
    const { id, email } = await signUp('acme')
    await call('POST', path, { token: visitor.token, body: { email, password } })
    expect(await actorOf(id, 'CustomerLoggedIn')).toEqual(visitor.actor)
  })

  it.each([
    [
      'Emporix',
      '/customer/acme/password/reset/update',
      (token: string) => ({ token, password: newPassword }),
    ],
    ['commercetools', '/acme/me/password/reset', (tokenValue: string) => ({ tokenValue, newPassword })],
  ])('by a reset of the password: %s', async (_dialect, path, body) => {
    const { id, email } = await signUp('acme')
    await call('POST', '/customer/acme/password/reset', { token: visitor.token, body: { email } })
    const token = await mailedToken(email, 'password-reset')
    await call('POST', path, { token: visitor.token, body: body(token) })
    expect(await actorOf(id, 'CustomerPasswordUpdated')).toEqual(visitor.actor)
  })

  it('by an opt-in', async () => {
    const tenant = await newTenant({ optIn: 'double' })
    const { access_token: token, sessionId: anonymousId } = await anonymous(tenant)
    const { id, email } = await signUp(tenant, { token })
    await call('GET', `/customer/${tenant}/signup/optin/${await mailedToken(email, 'opt-in')}`, { token })
    expect(await actorOf(id, 'CustomerEmailVerified')).toEqual({
      anonymousId,
      externalUserId,
    })
  })

  it('by the confirmed deletion of an account', async () => {
    const { id, email, tokens } = await newCustomer('acme')
    await call('DELETE', '/customer/acme/me', { token: tokens.access_token })
    const token = await mailedToken(email, 'deletion')
    await call('DELETE', '/customer/acme/me', { token: visitor.token, query: { token } })
    expect(await actorOf(id, 'CustomerDeleted')).toEqual(visitor.actor)
  })
})

describe('a customer is named', () => {
  const change = { currentPassword: password, newPassword }

  it.each<[string, string, string, object, string]>([
    ['PATCH', '/customer/acme/me', 'Emporix', { firstName: 'Augusta' }, 'CustomerFirstNameSet'],
    ['PUT', '/customer/acme/me', 'Emporix', { firstName: 'Augusta' }, 'CustomerFirstNameSet'],
    ['POST', '/customer/acme/me/addresses', 'Emporix', { street: 'Main Street' }, 'CustomerAddressAdded'],
    ['POST', '/customer/acme/password/change', 'Emporix', change, 'CustomerPasswordUpdated'],
    [
      'POST',
      '/acme/me',
      'commercetools',
      { version: 1, actions: [{ action: 'setFirstName', firstName: 'Augusta' }] },
      'CustomerFirstNameSet',
    ],
    ['POST', '/acme/me/password', 'commercetools', { version: 1, ...change }, 'CustomerPasswordUpdated'],
  ])('by %s %s: %s', async (method, path, _dialect, body, type) => {
    const { id, tokens } = await newCustomer('acme')
    await call(method, path, { token: tokens.access_token, body })
    expect(await actorOf(id, type)).toMatchObject({ customerId: id, externalUserId })
  })

  it('by an e-mail change, asked for and confirmed', async () => {
    const { id, email, tokens } = await newCustomer('acme')
    const token = tokens.access_token
    const newEmail = uniqueEmail('new')
    const path = '/customer/acme/me/accounts/internal/email/change'
    await call('POST', path, { token, body: { email, password, newEmail } })
    expect(await actorOf(id, 'CustomerEmailChangeRequested')).toMatchObject({
      customerId: id,
      externalUserId,
    })
    const proof = { token: await mailedToken(newEmail, 'email-change') }
    await call('POST', `${path}/confirm`, { token, body: proof })
    expect(await actorOf(id, 'CustomerEmailChanged')).toMatchObject({ customerId: id, externalUserId })
  })

  it('by the removal of an address', async () => {
    const { id, tokens } = await newCustomer('acme')
    const token = tokens.access_token
    const path = '/customer/acme/me/addresses'
    const { id: addressId } = await call<{ id: string }>('POST', path, { token, body: { street: 'Main' } })
    await call('DELETE', `${path}/${addressId}`, { token })
    expect(await actorOf(id, 'CustomerAddressRemoved')).toMatchObject({ customerId: id, externalUserId })
  })
})

describe('the back office is named', () => {
  it.each<[string, string, (id: string) => string, object, string]>([
    [
      'PATCH',
      'Emporix',
      (id) => `/customer/acme/customers/${id}`,
      { firstName: 'A' },
      'CustomerFirstNameSet',
    ],
    [
      'POST',
      'Emporix',
      (id) => `/customer/acme/customers/${id}/addresses`,
      { contactName: 'Ada', street: 'Main', country: 'GB' },
      'CustomerAddressAdded',
    ],
    [
      'POST',
      'commercetools',
      (id) => `/acme/customers/${id}`,
      { version: 1, actions: [{ action: 'setFirstName', firstName: 'A' }] },
      'CustomerFirstNameSet',
    ],
  ])('by %s, %s', async (method, _dialect, pathOf, body, type) => {
    const { id } = await signUp('acme')
    await call(method, pathOf(id), { token: office, body })
    expect(await actorOf(id, type)).toEqual({ clientId: 'acme-admin', externalUserId })
  })

  it('by a contact assignment', async () => {
    const { id } = await signUp('acme')
    const legalEntity = { id: await (await officeOf('acme')).company() }
    const path = '/customer-management/acme/contact-assignments'
    await call('POST', path, { token: office, body: { customer: { id }, legalEntity } })
    expect(await actorOf(id, 'CustomerProfileChanged')).toEqual({ clientId: 'acme-admin', externalUserId })
  })
})

describe('a customer of an OAuth client is named', () => {
  it('by the log-in with its password', async () => {
    const { id, email } = await signUp('acme')
    await call('POST', '/oauth/acme/customers/token', {
      form: { grant_type: 'password', username: email, password },
      headers: { Authorization: `Basic ${btoa('acme-storefront:acme-storefront-secret')}` },
    })
    expect(await actorOf(id, 'CustomerLoggedIn')).toEqual({ clientId: 'acme-storefront', externalUserId })
  })
})

it('a page behind a mailed link names nobody that it does not know', async () => {
  const { id, email } = await signUp('acme')
  await call('POST', '/customer/acme/password/reset', { token: visitor.token, body: { email } })
  const [mail] = await mailbox(email, 'password-reset')
  await call('POST', '/account/acme/reset-password', {
    form: { token: mail?.token ?? '', password: newPassword },
  })
  expect(await actorOf(id, 'CustomerPasswordUpdated')).not.toHaveProperty('anonymousId')
  await logIn('acme', { email, password: newPassword })
})
