/**
 * The official SDK, unmodified, against the service: OAuth flows and My Customer Profile.
 * Only the transport differs from production: its HTTP client calls the Worker directly.
 */
import { createApiBuilderFromCtpClient, type MyCustomerUpdateAction } from '@commercetools/platform-sdk'
import { ClientBuilder } from '@commercetools/ts-client'
import { exports } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { anonymous, call, logIn, mailedToken, uniqueEmail } from '../../support/client.ts'

const host = 'http://127.0.0.1:8787'
const projectKey = 'acme'
const credentials = { clientId: 'acme-storefront', clientSecret: 'acme-storefront-secret' }
const scopes = [`manage_my_profile:${projectKey}`]
/** The build for browsers, which is the one that this runtime resolves to, names its platform from here. */
vi.stubGlobal('window', { navigator: { userAgent: 'workerd' } })

const httpClient = (url: string, init: RequestInit) => exports.default.fetch(new Request(url, init))

function visitor(anonymousId?: string) {
  const client = new ClientBuilder()
    .withProjectKey(projectKey)
    .withAnonymousSessionFlow({
      host,
      projectKey,
      credentials: { ...credentials, ...(anonymousId === undefined ? {} : { anonymousId }) },
      scopes,
      httpClient,
    })
    .withHttpMiddleware({ host, httpClient })
    .build()
  return createApiBuilderFromCtpClient(client).withProjectKey({ projectKey })
}

function customerOf(username: string, password: string) {
  const client = new ClientBuilder()
    .withProjectKey(projectKey)
    .withPasswordFlow({
      host,
      projectKey,
      credentials: { ...credentials, user: { username, password } },
      scopes,
      httpClient,
    })
    .withConcurrentModificationMiddleware()
    .withHttpMiddleware({ host, httpClient })
    .build()
  return createApiBuilderFromCtpClient(client).withProjectKey({ projectKey }).me()
}

async function signedUp() {
  const email = uniqueEmail()
  const password = 'correct horse'
  const body = {
    email,
    password,
    firstName: 'Ada',
    addresses: [
      { country: 'DE', city: 'Berlin', key: 'home' },
      { country: 'FR', city: 'Paris' },
    ],
    defaultShippingAddress: 0,
    defaultBillingAddress: 1,
  }
  const answer = await visitor().me().signup().post({ body }).execute()
  return { email, password, customer: answer.body.customer }
}

async function failure(request: Promise<unknown>): Promise<{ statusCode: number; body: ErrorBody }> {
  return request.then(
    () => Promise.reject(new Error('This request was expected to fail.')),
    (error: unknown) => error as { statusCode: number; body: ErrorBody },
  )
}

interface ErrorBody {
  statusCode: number
  message: string
  errors: { code: string; message: string; currentVersion?: number }[]
}

describe('signing up and in', () => {
  it('a draft becomes a customer of version 1 whose default addresses lead their lists', async () => {
    const { email, customer } = await signedUp()
    const [first, second] = customer.addresses
    expect(customer).toMatchObject({
      version: 1,
      email,
      firstName: 'Ada',
      isEmailVerified: false,
      authenticationMode: 'Password',
      defaultShippingAddressId: first?.id,
      defaultBillingAddressId: second?.id,
      shippingAddressIds: [first?.id],
      billingAddressIds: [second?.id],
    })
    expect(Object.values(customer)).not.toContain(null)
  })

  it('a taken e-mail is a DuplicateField in any letter case', async () => {
    const { email } = await signedUp()
    const body = { email: email.toUpperCase(), password: 'correct horse' }
    const { statusCode, body: answer } = await failure(visitor().me().signup().post({ body }).execute())
    expect([statusCode, answer.errors[0]?.code, answer.errors[0]?.message]).toEqual([
      400,
      'DuplicateField',
      'There is already an existing customer with the provided email.',
    ])
  })

  it('an unknown e-mail and a wrong password are the same InvalidCredentials', async () => {
    const { email } = await signedUp()
    const attempt = (name: string) =>
      failure(
        visitor()
          .me()
          .login()
          .post({ body: { email: name, password: 'wrong horse' } })
          .execute(),
      )
    const [known, unknown] = [await attempt(email), await attempt(uniqueEmail())]
    expect(known.body).toEqual(unknown.body)
    expect(known.body.errors).toEqual([
      { code: 'InvalidCredentials', message: 'Account with the given credentials not found.' },
    ])
  })

  it('logging in answers with the customer and without a cart', async () => {
    const { email, password } = await signedUp()
    const answer = await visitor().me().login().post({ body: { email, password } }).execute()
    expect(answer.statusCode).toBe(200)
    expect(Object.keys(answer.body)).toEqual(['customer'])
  })

  it('an anonymous id can be used once', async () => {
    const anonymousId = `visitor-${crypto.randomUUID()}`
    await visitor(anonymousId)
      .me()
      .signup()
      .post({ body: { email: uniqueEmail(), password: 'correct horse' } })
      .execute()
    const again = await failure(
      visitor(anonymousId)
        .me()
        .signup()
        .post({ body: { email: uniqueEmail(), password: 'correct horse' } })
        .execute(),
    )
    expect(again.statusCode).toBe(400)
  })
})

describe('updating', () => {
  it('each field is set and unset by its action, and one request is one version', async () => {
    const { email, password } = await signedUp()
    const me = customerOf(email, password)
    const fields = {
      firstName: 'Grace',
      lastName: 'Hopper',
      middleName: 'B',
      title: 'Dr',
      salutation: 'Mrs',
      dateOfBirth: '1906-12-09',
      companyName: 'Navy',
      vatId: 'X1',
      locale: 'de-DE',
    }
    const actionsOf = (values: Partial<Record<keyof typeof fields, string>>) =>
      Object.keys(fields).map((name) => ({
        action: `set${name[0]?.toUpperCase()}${name.slice(1)}`,
        [name]: values[name as keyof typeof fields],
      })) as unknown as MyCustomerUpdateAction[]
    const set = await me.post({ body: { version: 1, actions: actionsOf(fields) } }).execute()
    expect(set.body).toMatchObject({ version: 2, ...fields })
    const unset = await me.post({ body: { version: 2, actions: actionsOf({}) } }).execute()
    expect(unset.body.version).toBe(3)
    for (const name of Object.keys(fields)) expect(unset.body).not.toHaveProperty(name)
  })

  it('addresses are added, replaced, listed, made default and removed, by id or key', async () => {
    const { email, password } = await signedUp()
    const me = customerOf(email, password)
    const update = async (...actions: MyCustomerUpdateAction[]) => {
      const { version } = (await me.get().execute()).body
      return (await me.post({ body: { version, actions } }).execute()).body
    }
    const added = await update({
      action: 'addAddress',
      address: { country: 'US', city: 'Rome', key: 'work' },
    })
    const id = added.addresses[2]?.id ?? ''
    expect(added.addresses).toHaveLength(3)
    const listed = await update({ action: 'addShippingAddressId', addressKey: 'work' })
    expect(listed.shippingAddressIds).toContain(id)
    const preferred = await update({ action: 'setDefaultBillingAddress', addressId: id })
    expect(preferred.billingAddressIds).toContain(id)
    expect(preferred.defaultBillingAddressId).toBe(id)
    const replaced = await update({ action: 'changeAddress', addressId: id, address: { country: 'IT' } })
    expect(replaced.addresses[2]).toEqual({ id, country: 'IT' })
    const unset = await update({ action: 'setDefaultBillingAddress' })
    expect(unset.defaultBillingAddressId).toBeUndefined()
    const removed = await update({ action: 'removeAddress', addressId: id })
    expect([...(removed.shippingAddressIds ?? []), ...(removed.billingAddressIds ?? [])]).not.toContain(id)
  })

  it('a key names one address of the customer', async () => {
    const { email, password } = await signedUp()
    const actions: MyCustomerUpdateAction[] = [
      { action: 'addAddress', address: { country: 'DE', key: 'home' } },
    ]
    const { statusCode, body } = await failure(
      customerOf(email, password)
        .post({ body: { version: 1, actions } })
        .execute(),
    )
    expect([statusCode, body.errors[0]?.code]).toEqual([400, 'DuplicateField'])
  })

  it('a failing action fails the whole request and stores nothing', async () => {
    const { email, password } = await signedUp()
    const me = customerOf(email, password)
    const actions: MyCustomerUpdateAction[] = [
      { action: 'setFirstName', firstName: 'Lost' },
      { action: 'removeAddress', addressId: 'nowhere' },
    ]
    const { body } = await failure(me.post({ body: { version: 1, actions } }).execute())
    expect(body.errors[0]).toEqual({
      code: 'InvalidOperation',
      message: 'Customer does not contain an address with the id nowhere.',
    })
    expect((await me.get().execute()).body).toMatchObject({ version: 1, firstName: 'Ada' })
  })

  it('changing the e-mail unsets its verification and keeps the session that asked', async () => {
    const { email, password } = await signedUp()
    const me = customerOf(email, password)
    const moved = uniqueEmail()
    const body = { version: 1, actions: [{ action: 'changeEmail' as const, email: moved }] }
    expect((await me.post({ body }).execute()).body).toMatchObject({ email: moved, isEmailVerified: false })
    expect((await me.get().execute()).body.email).toBe(moved)
  })

  it('a stale version is repeated by the SDK with the current version of the 409', async () => {
    const { email, password } = await signedUp()
    const me = customerOf(email, password)
    await me.post({ body: { version: 1, actions: [{ action: 'setTitle', title: 'Dr' }] } }).execute()
    const repeated = await me
      .post({ body: { version: 1, actions: [{ action: 'setVatId', vatId: 'V' }] } })
      .execute()
    expect(repeated.body).toMatchObject({ version: 3, title: 'Dr', vatId: 'V' })
  })

  it('an unknown action is InvalidJsonInput before the version is looked at', async () => {
    const { email, password } = await signedUp()
    const actions = [{ action: 'setNothing' }] as unknown as MyCustomerUpdateAction[]
    const { statusCode, body } = await failure(
      customerOf(email, password)
        .post({ body: { version: 99, actions } })
        .execute(),
    )
    expect([statusCode, body.errors[0]?.code]).toEqual([400, 'InvalidJsonInput'])
  })
})

describe('passwords and deletion', () => {
  it('after a password change every older token is dead and the new password works', async () => {
    const { email, password } = await signedUp()
    const form = (fields: Record<string, string>) => ({
      form: fields,
      headers: { Authorization: `Basic ${btoa('acme-storefront:acme-storefront-secret')}` },
    })
    const grant = { grant_type: 'password', username: email, password, scope: scopes.join(' ') }
    const token = (
      await call<{ access_token: string; refresh_token: string }>(
        'POST',
        '/oauth/acme/customers/token',
        form(grant),
      )
    ).body
    const body = { version: 1, currentPassword: password, newPassword: 'battery staple' }
    expect((await customerOf(email, password).password().post({ body }).execute()).body.version).toBe(2)
    expect((await call('GET', '/acme/me', { token: token.access_token })).status).toBe(401)
    const refresh = { grant_type: 'refresh_token', refresh_token: token.refresh_token }
    const refused = await call<ErrorBody>('POST', '/oauth/token', form(refresh))
    expect(refused.body.errors[0]?.code).toBe('invalid_grant')
    expect((await customerOf(email, 'battery staple').get().execute()).statusCode).toBe(200)
  })

  it('a wrong current password is InvalidCurrentPassword', async () => {
    const { email, password } = await signedUp()
    const body = { version: 1, currentPassword: 'not this', newPassword: 'battery staple' }
    const answer = await failure(customerOf(email, password).password().post({ body }).execute())
    expect(answer.body.errors).toEqual([
      { code: 'InvalidCurrentPassword', message: 'The given current password does not match.' },
    ])
  })

  it('a mailed reset token sets a new password', async () => {
    const { email } = await signedUp()
    const { access_token: token } = await anonymous('acme')
    await call('POST', '/customer/acme/password/reset', { token, body: { email } })
    const tokenValue = await mailedToken(email, 'password-reset')
    const answer = await visitor()
      .me()
      .password()
      .reset()
      .post({ body: { tokenValue, newPassword: 'battery staple' } })
      .execute()
    expect(answer.body.email).toBe(email)
    expect((await customerOf(email, 'battery staple').get().execute()).statusCode).toBe(200)
  })

  it('deleting needs the version, answers with the last state and frees the e-mail', async () => {
    const { email, password, customer } = await signedUp()
    const me = customerOf(email, password)
    expect((await failure(me.delete({ queryArgs: { version: 7 } }).execute())).statusCode).toBe(409)
    const deleted = await me.delete({ queryArgs: { version: 1 } }).execute()
    expect(deleted.body).toMatchObject({ id: customer.id, email })
    const body = { email, password }
    expect((await visitor().me().signup().post({ body }).execute()).statusCode).toBe(201)
  })
})

describe('one record, two dialects', () => {
  it('what one dialect writes the other reads, with the same version and the same session', async () => {
    const { email, password } = await signedUp()
    const { access_token: token } = await logIn('acme', { email, password })
    await call('PATCH', '/customer/acme/me', {
      token,
      body: { lastName: 'Lovelace', preferredLanguage: 'de_DE' },
    })
    const theirs = (await call<Record<string, unknown>>('GET', '/acme/me', { token })).body
    expect(theirs).toMatchObject({ version: 2, lastName: 'Lovelace', locale: 'de-DE' })
    const ours = (
      await call<{ addresses: { tags: string[] }[] }>('GET', '/customer/acme/me?expand=addresses', { token })
    ).body
    expect(ours.addresses.map(({ tags }) => tags)).toEqual([['SHIPPING'], ['BILLING']])
  })
})
