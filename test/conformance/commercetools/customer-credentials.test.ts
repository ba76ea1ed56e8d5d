/**
 * "Customers": passwords, e-mails and log-in by the back office, in the project and in a store, by the official SDK,
 * unmodified; every code and message byte for byte.
 */
import type { Customer, CustomerDraft } from '@commercetools/platform-sdk'
import { evictAllDurableObjects } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { newTenant } from '../../security/service.ts'
import { call, logIn, uniqueEmail } from '../../support/client.ts'
import {
  asCustomer,
  asShop,
  asVisitor,
  createdBy,
  failure,
  password,
  passwordFlow,
  refreshFlow,
  refusal,
  withToken,
  type Failure,
  type Office,
} from '../../support/commercetools.ts'

const shop = asShop()
const customers = shop.customers()
const inStore = (storeKey: string, project = shop) => project.inStoreKeyWithStoreKeyValue({ storeKey })
const newPassword = 'battery staple'

beforeAll(async () => {
  for (const key of ['berlin', 'paris']) await shop.stores().post({ body: { key } }).execute()
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const created = (draft: Partial<CustomerDraft> = {}, place: Office = shop) => createdBy(place, draft)
const ofStore = (key: string) => created({ stores: [{ typeId: 'store', key }] })
const read = async ({ id: ID }: Customer) => (await customers.withId({ ID }).get().execute()).body
const later = (minutes: number) =>
  void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * 60_000 })

/** What has been told about a customer beside log-ins, oldest first. */
async function messagesOf({ id }: Customer) {
  const rows = await env.DB.prepare(
    `SELECT type, payload FROM messages WHERE resource_id = ? AND type <> 'CustomerLoggedIn' ORDER BY sequence`,
  )
    .bind(id)
    .all<{ type: string; payload: string }>()
  return rows.results.map(({ type, payload }) => ({ type, payload: JSON.parse(payload) as object }))
}

const errors = {
  credentials: { code: 'InvalidCredentials', message: 'Account with the given credentials not found.' },
  currentPassword: {
    code: 'InvalidCurrentPassword',
    message: 'The given current password does not match.',
  },
  resource: (id: string) => ({
    code: 'ResourceNotFound',
    message: `The Resource with ID '${id}' was not found.`,
  }),
  token: (value: string) => ({
    code: 'ResourceNotFound',
    message: `The Customer with ID 'Token(${value})' was not found.`,
  }),
  version: (id: string, expected: number, actual: number) => ({
    code: 'ConcurrentModification',
    message: `Object ${id} has a different version than expected. Expected: ${expected} - Actual: ${actual}.`,
    currentVersion: actual,
  }),
  shape: (detailedErrorMessage: string) => ({
    code: 'InvalidJsonInput',
    message: 'Request body does not contain valid JSON.',
    detailedErrorMessage,
  }),
}

interface Options {
  ttlMinutes?: number
  invalidateOlderTokens?: boolean
}

/** The two kinds of tokens: issued, looked up, and spent by the back office or on `me`. */
const kinds = {
  'password token': {
    issue: async ({ email }: Customer, options: Options = {}, place: Office = shop) =>
      (
        await place
          .customers()
          .passwordToken()
          .post({ body: { email, ...options } })
          .execute()
      ).body,
    find: (passwordToken: string, place: Office = shop) =>
      place.customers().withPasswordToken({ passwordToken }).get().execute(),
    spend: (tokenValue: string, version?: number, place: Office = shop) =>
      place
        .customers()
        .passwordReset()
        .post({ body: { tokenValue, newPassword, ...(version !== undefined && { version }) } })
        .execute(),
    spendOnMe: (tokenValue: string, project = asVisitor()) =>
      project.me().password().reset().post({ body: { tokenValue, newPassword } }).execute(),
    expired: { code: 'ExpiredCustomerPasswordToken', message: 'The given password token has expired.' },
    message: 'CustomerPasswordTokenCreated',
  },
  'email token': {
    issue: async ({ id }: Customer, options: Options = {}, place: Office = shop) =>
      (
        await place
          .customers()
          .emailToken()
          .post({ body: { id, ttlMinutes: 60, ...options } })
          .execute()
      ).body,
    find: (emailToken: string, place: Office = shop) =>
      place.customers().withEmailToken({ emailToken }).get().execute(),
    spend: (tokenValue: string, version?: number, place: Office = shop) =>
      place
        .customers()
        .emailConfirm()
        .post({ body: { tokenValue, ...(version !== undefined && { version }) } })
        .execute(),
    spendOnMe: (tokenValue: string, project = asVisitor()) =>
      project.me().emailConfirm().post({ body: { tokenValue } }).execute(),
    expired: { code: 'ExpiredCustomerEmailToken', message: 'The given email token has expired.' },
    message: 'CustomerEmailTokenCreated',
  },
}

describe.each(Object.entries(kinds))('a %s', (name, kind) => {
  const { issue, find, spend, spendOnMe, expired, message } = kind
  const other = name === 'email token' ? kinds['password token'] : kinds['email token']

  it('is handed to the shop, finds its customer, and is told without its value', async () => {
    const customer = await created()
    const issued = await issue(customer, { ttlMinutes: 30 })
    expect(issued).toEqual({
      id: expect.any(String),
      customerId: customer.id,
      value: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      lastModifiedAt: issued.createdAt,
      expiresAt: new Date(Date.parse(issued.createdAt) + 30 * 60_000).toISOString(),
      invalidateOlderTokens: false,
      createdBy: { clientId: 'acme-admin', isPlatformClient: false },
      lastModifiedBy: { clientId: 'acme-admin', isPlatformClient: false },
    })
    expect((await find(issued.value)).body).toEqual(customer)
    const [created_, told, ...more] = await messagesOf(customer)
    expect([created_?.type, told, more]).toEqual([
      'CustomerCreated',
      {
        type: message,
        payload: {
          tokenId: issued.id,
          customerId: customer.id,
          expiresAt: issued.expiresAt,
          invalidateOlderTokens: false,
        },
      },
      [],
    ])
    expect(JSON.stringify(told)).not.toContain(issued.value)
  })

  it('leaves older ones good, until it is told to end them', async () => {
    const customer = await created()
    const first = await issue(customer)
    later(1)
    const second = await issue(customer)
    for (const { value } of [first, second]) expect((await find(value)).statusCode).toBe(200)
    later(2)
    const third = await issue(customer, { invalidateOlderTokens: true })
    expect(third.invalidateOlderTokens).toBe(true)
    for (const { value } of [first, second]) {
      expect(await refusal(find(value))).toEqual([400, [expired]])
      expect(await refusal(spend(value))).toEqual([400, [expired]])
    }
    expect((await find(third.value)).body.id).toBe(customer.id)
    expect((await spend(third.value)).body.id).toBe(customer.id)
  })

  it('of one purpose is not ended by one of the other', async () => {
    const customer = await created()
    const kept = await issue(customer)
    later(1)
    await other.issue(customer, { invalidateOlderTokens: true })
    expect((await find(kept.value)).statusCode).toBe(200)
  })

  it('works once, and is expired afterwards, like all that were issued before', async () => {
    const customer = await created()
    const [unused, used] = [await issue(customer), await issue(customer)]
    await spend(used.value)
    later(1)
    const { version } = await read(customer)
    for (const { value } of [used, unused])
      for (const attempt of [find(value), spend(value), spendOnMe(value)])
        expect(await refusal(attempt)).toEqual([400, [expired]])
    expect((await read(customer)).version).toBe(version)
    expect((await find((await issue(customer)).value)).statusCode).toBe(200)
  })

  it('expires with its time, to the minute', async () => {
    const customer = await created()
    const { value } = await issue(customer, { ttlMinutes: 10 })
    const end = Date.now() + 10 * 60_000
    vi.useFakeTimers({ toFake: ['Date'], now: end - 10_000 })
    expect((await find(value)).statusCode).toBe(200)
    vi.setSystemTime(end)
    for (const attempt of [find(value), spend(value), spendOnMe(value)])
      expect(await refusal(attempt)).toEqual([400, [expired]])
    expect((await read(customer)).version).toBe(1)
  })

  it('that is unknown, of the other purpose or of another project is not found', async () => {
    const customer = await created()
    const globex = asShop({ tenant: 'globex' })
    const foreign = await issue(await created({}, globex), {}, globex)
    const crossed = await other.issue(customer)
    for (const value of ['none', 'x'.repeat(43), 'ünknown', foreign.value, crossed.value])
      for (const attempt of [find(value), spend(value), spendOnMe(value)])
        expect(await refusal(attempt)).toEqual([404, [errors.token(value)]])
    expect((await other.find(crossed.value)).statusCode).toBe(200)
    expect((await find(foreign.value, globex)).statusCode).toBe(200)
  })

  it('belongs to a customer: it dies with it', async () => {
    const customer = await created()
    const { value } = await issue(customer)
    await customers
      .withId({ ID: customer.id })
      .delete({ queryArgs: { version: 1 } })
      .execute()
    for (const attempt of [find(value), spend(value), spendOnMe(value)])
      expect(await refusal(attempt)).toEqual([404, [errors.token(value)]])
  })

  it('spent with a version is refused when the version is another, and stays good', async () => {
    const customer = await created()
    const { value } = await issue(customer)
    expect(await refusal(spend(value, 2))).toEqual([409, [errors.version(customer.id, 2, 1)]])
    expect((await spend(value, 1)).body.version).toBe(2)
  })

  it('in a store is for the customers of that store', async () => {
    const [own, elsewhere, global] = [await ofStore('berlin'), await ofStore('paris'), await created()]
    const berlin = inStore('berlin')
    const { value } = await issue(own, {}, berlin)
    expect((await find(value, berlin)).body.id).toBe(own.id)
    const paris = inStore('paris')
    for (const attempt of [find(value, paris), spend(value, undefined, paris)])
      expect(await refusal(attempt)).toEqual([404, [errors.resource(own.id)]])
    for (const stranger of [elsewhere, global]) {
      const missing =
        name === 'email token'
          ? errors.resource(stranger.id)
          : {
              code: 'ResourceNotFound',
              message: `The Resource with email '${stranger.email}' was not found.`,
            }
      expect(await refusal(issue(stranger, {}, berlin))).toEqual([404, [missing]])
    }
    expect((await spend(value, undefined, berlin)).body).toMatchObject({ id: own.id, version: 2 })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['a lifetime of no minutes', { ttlMinutes: 0 }, 'ttlMinutes: '],
    ['half a minute', { ttlMinutes: 0.5 }, 'ttlMinutes: '],
    ['a lifetime of more than a year', { ttlMinutes: 525_601 }, 'ttlMinutes: '],
    ['a lifetime in words', { ttlMinutes: '60' }, 'ttlMinutes: '],
    ['a wish that is no truth value', { invalidateOlderTokens: 'yes' }, 'invalidateOlderTokens: '],
  ])('refuses %s', async (_what, options, detail) => {
    const customer = await created()
    const [status, [error]] = await refusal(issue(customer, options))
    expect([status, error]).toEqual([400, errors.shape(expect.stringContaining(detail) as unknown as string)])
    expect(await messagesOf(customer)).toHaveLength(1)
  })
})

describe('a password token', () => {
  const { issue, spend, spendOnMe } = kinds['password token']

  it('lives for a day unless it is said otherwise, and finds the e-mail in any letter case', async () => {
    const customer = await created()
    const issued = await issue({ ...customer, email: customer.email.toUpperCase() })
    expect(Date.parse(issued.expiresAt) - Date.parse(issued.createdAt)).toBe(1440 * 60_000)
    expect(issued.customerId).toBe(customer.id)
  })

  it('for an e-mail that nobody has is 404 for the shop', async () => {
    const email = uniqueEmail('nobody')
    expect(await refusal(customers.passwordToken().post({ body: { email } }).execute())).toEqual([
      404,
      [{ code: 'ResourceNotFound', message: `The Resource with email '${email}' was not found.` }],
    ])
  })

  it.each([
    ['by the shop', spend],
    ['by a visitor', (value: string) => spendOnMe(value)],
  ])('sets a new password %s: every session is dead, of both dialects, at once', async (_who, reset) => {
    const customer = await created()
    const user = { email: customer.email, password }
    const session = (await passwordFlow(user)).body
    const emporix = await logIn('acme', user)
    const answer = await reset((await issue(customer)).value)
    const { id } = customer
    expect(answer.body).toMatchObject({ id, version: 2, email: customer.email, isEmailVerified: false })
    for (const { access_token } of [session, emporix])
      expect(await failure(withToken(access_token).me().get().execute())).toMatchObject({ statusCode: 401 })
    for (const { refresh_token } of [session, emporix])
      expect(await refreshFlow(refresh_token)).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant' },
      })
    expect((await passwordFlow(user)).status).toBe(400)
    expect(
      (
        await asCustomer({ ...user, password: newPassword })
          .me()
          .get()
          .execute()
      ).body.version,
    ).toBe(2)
    expect(await messagesOf(customer)).toContainEqual({
      type: 'CustomerPasswordUpdated',
      payload: { reset: true },
    })
  })

  it('ends with a change of the password', async () => {
    const customer = await created()
    const { value } = await issue(customer)
    const body = { id: customer.id, version: 1, currentPassword: password, newPassword }
    await customers.password().post({ body }).execute()
    expect(await refusal(spend(value))).toEqual([400, [kinds['password token'].expired]])
  })

  it('is not spent by a password that is too short', async () => {
    const { value } = await issue(await created())
    const body = { tokenValue: value, newPassword: 'short' }
    const [status, [error]] = await refusal(customers.passwordReset().post({ body }).execute())
    expect([status, error]).toMatchObject([400, { code: 'InvalidField', field: 'newPassword' }])
    expect((await spend(value)).statusCode).toBe(200)
  })
})

describe('an e-mail token', () => {
  const { issue, find, spend, spendOnMe } = kinds['email token']

  it('needs a lifetime', async () => {
    const { id } = await created()
    const body = { id } as { id: string; ttlMinutes: number }
    expect(await refusal(customers.emailToken().post({ body }).execute())).toEqual([
      400,
      [errors.shape('ttlMinutes: Missing required value')],
    ])
  })

  it('is issued for the version that is current, when one is given', async () => {
    const { id } = await created()
    const post = (version: number) =>
      customers
        .emailToken()
        .post({ body: { id, version, ttlMinutes: 5 } })
        .execute()
    expect(await refusal(post(7))).toEqual([409, [errors.version(id, 7, 1)]])
    expect((await post(1)).body.customerId).toBe(id)
  })

  it('for a customer that does not exist is 404', async () => {
    const body = { id: 'nobody', ttlMinutes: 5 }
    expect(await refusal(customers.emailToken().post({ body }).execute())).toEqual([
      404,
      [errors.resource('nobody')],
    ])
  })

  it.each<[string, (value: string, customer: Customer) => Promise<{ body: Customer }>]>([
    ['by the shop', (value) => spend(value)],
    ['by a visitor', (value) => spendOnMe(value)],
    ['by the customer', (value, { email }) => spendOnMe(value, asCustomer({ email, password }))],
  ])('verifies the e-mail %s, and no session ends', async (_who, confirm) => {
    const customer = await created()
    const session = (await passwordFlow({ email: customer.email, password })).body
    const answer = await confirm((await issue(customer)).value, customer)
    expect(answer.body).toMatchObject({ id: customer.id, version: 2, isEmailVerified: true })
    expect(await read(customer)).toEqual(answer.body)
    expect((await withToken(session.access_token).me().get().execute()).body.isEmailVerified).toBe(true)
    expect((await messagesOf(customer)).at(-1)).toEqual({ type: 'CustomerEmailVerified', payload: {} })
  })

  it('survives a change of the password', async () => {
    const customer = await created()
    const { value } = await issue(customer)
    const body = { id: customer.id, version: 1, currentPassword: password, newPassword }
    await customers.password().post({ body }).execute()
    expect((await spend(value)).body).toMatchObject({ isEmailVerified: true, version: 3 })
  })

  it('ends with a change of the e-mail, which is unverified then', async () => {
    const customer = await created({ isEmailVerified: true })
    const { value } = await issue(customer)
    const one = customers.withId({ ID: customer.id })
    const actions = [{ action: 'changeEmail' as const, email: uniqueEmail('moved') }]
    const moved = await one.post({ body: { version: 1, actions } }).execute()
    expect(moved.body.isEmailVerified).toBe(false)
    for (const attempt of [find(value), spend(value)])
      expect(await refusal(attempt)).toEqual([400, [kinds['email token'].expired]])
    expect((await read(customer)).isEmailVerified).toBe(false)
  })
})

describe('changing a password for a customer', () => {
  const change = (body: { id: string; version: number; currentPassword: string; newPassword: string }) =>
    customers.password().post({ body }).execute()

  it('with the current one ends every session of both dialects at once', async () => {
    const { id, email } = await created()
    const user = { email, password }
    const session = (await passwordFlow(user)).body
    const emporix = await logIn('acme', user)
    const changed = await change({ id, version: 1, currentPassword: password, newPassword })
    expect(changed.body).toMatchObject({ id, version: 2 })
    expect(JSON.stringify(changed.body)).not.toMatch(/argon2|battery/)
    for (const { access_token } of [session, emporix]) {
      expect((await call('GET', '/acme/me', { token: access_token })).status).toBe(401)
      expect((await call('GET', '/customer/acme/me', { token: access_token })).status).toBe(401)
    }
    for (const { refresh_token } of [session, emporix])
      expect((await refreshFlow(refresh_token)).status).toBe(400)
    expect((await passwordFlow(user)).status).toBe(400)
    expect((await passwordFlow({ email, password: newPassword })).status).toBe(200)
    expect((await messagesOf(changed.body)).at(-1)).toEqual({
      type: 'CustomerPasswordUpdated',
      payload: { reset: false },
    })
  })

  it('looks at the shape, then at the version, then at the current password', async () => {
    const { id } = await created()
    const wrong = { id, version: 9, currentPassword: 'not this one', newPassword }
    const unshaped = { ...wrong, newPassword: undefined } as unknown as typeof wrong
    expect(await refusal(change(unshaped))).toEqual([
      400,
      [errors.shape('newPassword: Missing required value')],
    ])
    expect(await refusal(change(wrong))).toEqual([409, [errors.version(id, 9, 1)]])
    expect(await refusal(change({ ...wrong, version: 1 }))).toEqual([400, [errors.currentPassword]])
    const [status, [error]] = await refusal(
      change({ id, version: 1, currentPassword: password, newPassword: 'short' }),
    )
    expect([status, error]).toMatchObject([400, { code: 'InvalidField', field: 'newPassword' }])
    expect((await customers.withId({ ID: id }).get().execute()).body.version).toBe(1)
  })

  it('of nobody, or of a customer of another store, is 404', async () => {
    const body = { id: 'nobody', version: 1, currentPassword: password, newPassword }
    expect(await refusal(change(body))).toEqual([404, [errors.resource('nobody')]])
    const [own, elsewhere] = [await ofStore('berlin'), await ofStore('paris')]
    const within = (id: string) =>
      inStore('berlin')
        .customers()
        .password()
        .post({ body: { ...body, id } })
        .execute()
    expect(await refusal(within(elsewhere.id))).toEqual([404, [errors.resource(elsewhere.id)]])
    expect((await within(own.id)).body).toMatchObject({ id: own.id, version: 2 })
  })

  it('who signs in elsewhere has no current password', async () => {
    const { id } = await created({ authenticationMode: 'ExternalAuth', password: undefined } as object)
    const body = { id, version: 1, currentPassword: password, newPassword }
    expect(await refusal(change(body))).toEqual([400, [errors.currentPassword]])
  })

  it('counts wrong current passwords, and locks the account in time', async () => {
    const limits = { freeFailures: 2, failuresMax: 2, lockSeconds: 600, burst: 'wide', mailsPerHour: 100 }
    const tenant = await newTenant({ limits })
    const project = asShop({ tenant })
    const { id, email } = await created({}, project)
    const attempt = (currentPassword: string) =>
      project
        .customers()
        .password()
        .post({ body: { id, version: 1, currentPassword, newPassword } })
        .execute()
    for (const _try of [1, 2]) expect((await failure(attempt('wrong horse'))).statusCode).toBe(400)
    expect(await refusal(attempt(password))).toEqual([
      429,
      [{ code: 'TooManyRequests', message: 'Too many attempts. Try again later.' }],
    ])
    expect((await failure(project.login().post({ body: { email, password } }).execute())).statusCode).toBe(
      429,
    )
  })
})

describe('logging a customer in', () => {
  const login = (email: string, given = password, place: Office = shop) =>
    place
      .login()
      .post({ body: { email, password: given } })
      .execute()

  it('answers with the customer, in any letter case of the e-mail, and without a cart', async () => {
    const customer = await created()
    const { body, statusCode } = await login(customer.email.toUpperCase())
    expect([statusCode, body]).toEqual([200, { customer }])
  })

  it('answers an unknown e-mail, a wrong password and a customer of a store alike', async () => {
    const [customer, store] = [await created(), await ofStore('berlin')]
    const attempts = [
      login(customer.email, 'wrong horse'),
      login(uniqueEmail('nobody')),
      login(store.email),
      login(store.email, 'wrong horse'),
    ]
    const answers = await Promise.all(attempts.map(failure))
    for (const { statusCode, body } of answers)
      expect([statusCode, body]).toEqual([
        400,
        { statusCode: 400, message: errors.credentials.message, errors: [errors.credentials] },
      ])
  })

  it('in a store is for its customers; those of another and of none have a wrong password', async () => {
    const [own, elsewhere, global] = [await ofStore('berlin'), await ofStore('paris'), await created()]
    const berlin = inStore('berlin')
    expect((await login(own.email, password, berlin)).body.customer.id).toBe(own.id)
    for (const { email } of [elsewhere, global])
      expect(await refusal(login(email, password, berlin))).toEqual([400, [errors.credentials]])
    const limited = inStore('berlin', asShop({ scopes: ['manage_customers:acme:berlin'] }))
    expect((await login(own.email, password, limited)).statusCode).toBe(200)
  })

  it('of a store’s customer happens there alone, for visitors and for the password flow too', async () => {
    const { id, email } = await ofStore('berlin')
    const me = asVisitor().me()
    expect(await refusal(me.login().post({ body: { email, password } }).execute())).toEqual([
      400,
      [errors.credentials],
    ])
    const global = await created()
    const answers = [
      await passwordFlow({ email, password }),
      await passwordFlow({ email, password }, 'acme', 'paris'),
      await passwordFlow({ email: global.email, password }, 'acme', 'berlin'),
      await passwordFlow({ email, password: 'wrong horse' }, 'acme', 'berlin'),
    ]
    for (const { status, text } of answers) expect([status, text]).toEqual([400, answers[0]?.text])
    expect(answers[0]?.body).toMatchObject({ error: 'invalid_customer_account_credentials' })
    const inside = await passwordFlow({ email, password }, 'acme', 'berlin')
    expect(inside.body.scope).toContain(`customer_id:${id}`)
    expect((await withToken(inside.body.access_token).me().get().execute()).body.id).toBe(id)
    expect((await refreshFlow(inside.body.refresh_token)).status).toBe(200)
  })

  it('is refused with 403 for who may not sign in, but only with the right password', async () => {
    const { id, email } = await created()
    await env.DB.prepare(
      "UPDATE customers SET profile = json_set(profile, '$.onHold', json('true')) WHERE id = ?",
    )
      .bind(id)
      .run()
    await evictAllDurableObjects()
    expect(await refusal(login(email, 'wrong horse'))).toEqual([400, [errors.credentials]])
    expect(await refusal(login(email))).toEqual([
      403,
      [{ code: 'Forbidden', message: 'The account is not active or is on hold.' }],
    ])
  })

  it('is locked after too many failures, for the shop as for everybody, and says for how long', async () => {
    const limits = { freeFailures: 2, failuresMax: 2, lockSeconds: 600, burst: 'wide', mailsPerHour: 100 }
    const tenant = await newTenant({ limits })
    const project = asShop({ tenant })
    const { email } = await created({}, project)
    for (const _try of [1, 2])
      expect((await failure(login(email, 'wrong horse', project))).statusCode).toBe(400)
    const refused = await failure(login(email, password, project))
    expect(refused).toMatchObject({ statusCode: 429, body: { errors: [{ code: 'TooManyRequests' }] } })
    expect(Number(headersOf(refused)['retry-after'])).toBeGreaterThan(590)
  })

  it('needs both fields', async () => {
    for (const [body, detail] of [
      [{ password }, 'email: Missing required value'],
      [{ email: 'a@shop.example' }, 'password: Missing required value'],
    ] as [{ email: string; password: string }, string][])
      expect(await refusal(shop.login().post({ body }).execute())).toEqual([400, [errors.shape(detail)]])
  })
})

describe('the visitor whom the customer was', () => {
  const linked = (payload: object) => ({ type: 'CustomerAnonymousSessionLinked', payload })

  it('is told with the shop’s log-in, cart and mode included', async () => {
    const customer = await created()
    await shop
      .login()
      .post({
        body: {
          email: customer.email,
          password,
          anonymousId: 'visitor-7',
          anonymousCart: { typeId: 'cart', id: 'cart-7' },
          anonymousCartSignInMode: 'UseAsNewActiveCustomerCart',
          updateProductData: true,
        },
      })
      .execute()
    expect((await messagesOf(customer)).at(-1)).toEqual(
      linked({
        anonymousId: 'visitor-7',
        anonymousCart: { id: 'cart-7' },
        cartSignInMode: 'UseAsNewActiveCustomerCart',
        updateProductData: true,
      }),
    )
    expect((await read(customer)).version).toBe(1)
  })

  it('is the one of the token at the log-in of a storefront', async () => {
    const customer = await created()
    const anonymousId = crypto.randomUUID()
    const body = { email: customer.email, password }
    await asVisitor({ anonymousId }).me().login().post({ body }).execute()
    expect((await messagesOf(customer)).at(-1)).toEqual(
      linked({ anonymousId, cartSignInMode: 'MergeWithExistingCustomerCart', updateProductData: false }),
    )
  })

  it('is nobody when the shop names nobody', async () => {
    const customer = await created()
    await shop
      .login()
      .post({ body: { email: customer.email, password } })
      .execute()
    expect((await messagesOf(customer)).map(({ type }) => type)).toEqual(['CustomerCreated'])
  })
})

describe('the cart service of a tenant', () => {
  interface Asked {
    url: string
    authorization: string
    body: unknown
    redirect: unknown
  }

  /** A tenant with a cart service, its shop and storefront, and a customer of it. */
  async function tenantWithCarts(answer: () => Promise<Response>) {
    const tenant = await newTenant({ cartService: { url: 'https://carts.example/link' } })
    const customer = await created({}, asShop({ tenant }))
    const asked: Asked[] = []
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
      const authorization = new Headers(init.headers).get('authorization') ?? ''
      asked.push({ url, authorization, body: JSON.parse(String(init.body)), redirect: init.redirect })
      return answer()
    })
    return { tenant, customer, asked }
  }

  const cart = { id: 'cart-1', version: 3, lineItems: [{ sku: 'A', quantity: 2 }] }

  it('answers with the cart, which the log-in’s answer carries; it is told who, and who that was', async () => {
    const { tenant, customer, asked } = await tenantWithCarts(async () => Response.json(cart))
    const body = { email: customer.email, password, anonymousId: 'visitor-7' }
    const byShop = await asShop({ tenant }).login().post({ body }).execute()
    expect(byShop.body).toEqual({ customer, cart })
    const anonymousId = crypto.randomUUID()
    const byVisitor = await asVisitor({ tenant, anonymousId })
      .me()
      .login()
      .post({ body: { email: customer.email, password } })
      .execute()
    expect(byVisitor.body.cart).toEqual(cart)
    const merge = { cartSignInMode: 'MergeWithExistingCustomerCart', updateProductData: false }
    expect(asked).toEqual(
      ['visitor-7', anonymousId].map((id) => ({
        url: 'https://carts.example/link',
        authorization: expect.stringMatching(/^Bearer ./),
        redirect: 'manual',
        body: { tenant, customerId: customer.id, anonymousId: id, ...merge },
      })),
    )
  })

  it('gets a token that the published keys verify, for a minute and for nothing else', async () => {
    const { tenant, customer, asked } = await tenantWithCarts(async () => Response.json(cart))
    await asShop({ tenant })
      .login()
      .post({ body: { email: customer.email, password } })
      .execute()
    vi.unstubAllGlobals()
    const keys = await call<JSONWebKeySet>('GET', '/.well-known/jwks.json')
    const token = asked[0]?.authorization.slice('Bearer '.length) ?? ''
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys.body))
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60)
    for (const path of [
      `/${tenant}/customers`,
      `/${tenant}/me`,
      `/${tenant}`,
      `/customer/${tenant}/customers`,
    ])
      expect((await call('GET', path, { token })).status, path).toBe(401)
  })

  it.each<[string, () => Promise<Response>]>([
    ['cannot be reached', () => Promise.reject(new Error('connection refused'))],
    ['fails', async () => new Response('{"id":"cart-1"}', { status: 500 })],
    ['redirects', async () => Response.redirect('https://elsewhere.example/', 302)],
    ['answers with a page', async () => new Response('<html></html>')],
    ['answers with a list', async () => Response.json([cart])],
    ['answers with nothing', async () => new Response(null, { status: 204 })],
  ])('that %s keeps nobody out: there is no cart', async (_what, answer) => {
    const { tenant, customer, asked } = await tenantWithCarts(answer)
    const { body } = await asShop({ tenant })
      .login()
      .post({ body: { email: customer.email, password } })
      .execute()
    expect(body).toEqual({ customer })
    expect(asked).toHaveLength(1)
  })

  it('is not asked about who was refused', async () => {
    const { tenant, customer, asked } = await tenantWithCarts(async () => Response.json(cart))
    const body = { email: customer.email, password: 'wrong horse' }
    expect((await failure(asShop({ tenant }).login().post({ body }).execute())).statusCode).toBe(400)
    expect(asked).toEqual([])
  })
})

/** The SDK hands out the headers of a failure as a plain object. */
function headersOf(failed: Failure): Record<string, string> {
  return (failed as Failure & { headers: Record<string, string> }).headers
}
