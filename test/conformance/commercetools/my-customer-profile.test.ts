/**
 * My Customer Profile through the official SDK, unmodified, with the vendor's present client and with the one before. How
 * tokens come and go under the SDK's own management is part of it.
 */
import type { MyCustomerUpdateAction } from '@commercetools/platform-sdk'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { anonymous, call, logIn, mailedToken, uniqueEmail } from '../../support/client.ts'
import {
  asCustomer,
  asShop,
  asVisitor,
  failure,
  password,
  passwordFlow,
  refreshFlow,
  refusal,
  sdks,
  withRefreshToken,
} from '../../support/commercetools.ts'

afterEach(() => void vi.useRealTimers())

describe.each(sdks)('with %s', (sdk) => {
  const visitor = (anonymousId?: string) =>
    asVisitor({ sdk, ...(anonymousId !== undefined && { anonymousId }) })
  const customerOf = (email: string, secret: string) =>
    asCustomer({ email, password: secret }, { sdk, repeats: true }).me()

  async function signedUp() {
    const email = uniqueEmail()
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
      expect(again.message).toBe('The anonymousId is already in use.')
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

    it('a locale is a language of the project, at the sign-up and after it', async () => {
      const foreign = { code: 'InvalidField', field: 'locale', invalidValue: 'nl' }
      const body = { email: uniqueEmail(), password: 'correct horse', locale: 'nl' }
      const refused = await failure(visitor().me().signup().post({ body }).execute())
      expect([refused.statusCode, refused.body.errors[0]]).toEqual([400, expect.objectContaining(foreign)])
      const { body: signedUp } = await visitor()
        .me()
        .signup()
        .post({ body: { ...body, locale: 'fr-FR' } })
        .execute()
      expect(signedUp.customer).toMatchObject({ version: 1, locale: 'fr-FR' })
      const me = customerOf(body.email, body.password)
      const actions: MyCustomerUpdateAction[] = [
        { action: 'setFirstName', firstName: 'Lost' },
        { action: 'setLocale', locale: 'nl' },
      ]
      const update = await failure(me.post({ body: { version: 1, actions } }).execute())
      expect([update.statusCode, update.body.errors[0]]).toEqual([400, expect.objectContaining(foreign)])
      const { access_token: token } = await logIn('acme', body)
      expect((await call('POST', '/acme/me', { token, body: { version: 2, actions } })).status).toBe(409)
      expect((await me.get().execute()).body).toEqual(signedUp.customer)
    })

    it('a foreign locale is told after a session that has ended and a version that is stale', async () => {
      const { email, password } = await signedUp()
      const { access_token: token } = (await passwordFlow({ email, password })).body
      const update = async (version: number) => {
        const body = { version, actions: [{ action: 'setLocale', locale: 'nl' }] }
        return (await call('POST', '/acme/me', { token, body })).status
      }
      expect([await update(9), await update(1)]).toEqual([409, 400])
      const body = { version: 1, currentPassword: password, newPassword: 'battery staple' }
      await customerOf(email, password).password().post({ body }).execute()
      expect(await update(2)).toBe(401)
    })

    it('changing the e-mail unsets its verification and keeps the session that asked', async () => {
      const { email, password } = await signedUp()
      const me = customerOf(email, password)
      const moved = uniqueEmail()
      const body = { version: 1, actions: [{ action: 'changeEmail' as const, email: moved }] }
      expect((await me.post({ body }).execute()).body).toMatchObject({ email: moved, isEmailVerified: false })
      expect((await me.get().execute()).body.email).toBe(moved)
    })

    const repeats = sdk === 'ts-client'
    it.runIf(repeats)(
      'a stale version is repeated by the SDK with the current version of the 409',
      async () => {
        const { email, password } = await signedUp()
        const me = customerOf(email, password)
        await me.post({ body: { version: 1, actions: [{ action: 'setTitle', title: 'Dr' }] } }).execute()
        const repeated = await me
          .post({ body: { version: 1, actions: [{ action: 'setVatId', vatId: 'V' }] } })
          .execute()
        expect(repeated.body).toMatchObject({ version: 3, title: 'Dr', vatId: 'V' })
      },
    )

    it.skipIf(repeats)('a stale version is a 409 that says which one is current', async () => {
      const { email, password, customer } = await signedUp()
      const me = customerOf(email, password)
      const body = { version: 1, actions: [{ action: 'setTitle' as const, title: 'Dr' }] }
      await me.post({ body }).execute()
      expect(await refusal(me.post({ body }).execute())).toEqual([
        409,
        [
          {
            code: 'ConcurrentModification',
            message: `Object ${customer.id} has a different version than expected. Expected: 1 - Actual: 2.`,
            currentVersion: 2,
          },
        ],
      ])
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
      const token = (await passwordFlow({ email, password })).body
      const body = { version: 1, currentPassword: password, newPassword: 'battery staple' }
      expect((await customerOf(email, password).password().post({ body }).execute()).body.version).toBe(2)
      expect((await call('GET', '/acme/me', { token: token.access_token })).status).toBe(401)
      const refused = await refreshFlow(token.refresh_token)
      expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
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
        await call<{ addresses: { tags: string[] }[] }>('GET', '/customer/acme/me?expand=addresses', {
          token,
        })
      ).body
      expect(ours.addresses.map(({ tags }) => tags)).toEqual([['SHIPPING'], ['BILLING']])
    })
  })

  describe('tokens in the hands of the SDK', () => {
    const hour = 3_600_000
    /** Requests for tokens by grant, as they go out. */
    function watched() {
      const grants: string[] = []
      const onRequest = (request: Request) => {
        if (!new URL(request.url).pathname.startsWith('/oauth/')) return
        void request
          .clone()
          .text()
          .then((form) => grants.push(new URLSearchParams(form).get('grant_type') ?? ''))
      }
      return { grants, caller: { sdk, onRequest } }
    }

    /** The present client asks with what it began with; the one before remembers its refresh token. */
    const again = sdk === 'ts-client' ? undefined : 'refresh_token'

    it('are fetched once, and again when their time is over', async () => {
      const { email, password } = await signedUp()
      const { grants, caller } = watched()
      const me = asCustomer({ email, password }, caller).me()
      for (const _again of [1, 2]) await me.get().execute()
      expect(grants).toEqual(['password'])
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 49 * hour })
      for (const _again of [1, 2]) expect((await me.get().execute()).body.email).toBe(email)
      expect(grants).toEqual(['password', again ?? 'password'])
    })

    it('of a visitor are fetched again too, and a visitor who was refreshed stays who it was', async () => {
      const { grants, caller } = watched()
      const me = asVisitor(caller).me()
      const signUp = async () => {
        const body = { email: uniqueEmail(), password }
        return (await me.signup().post({ body }).execute()).body.customer.createdBy?.anonymousId
      }
      const before = await signUp()
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 49 * hour })
      expect((await signUp()) === before).toBe(again === 'refresh_token')
      expect(grants).toEqual(['client_credentials', again ?? 'client_credentials'])
    })

    it('are begun with a refresh token alone', async () => {
      const { email, password } = await signedUp()
      const { body } = await passwordFlow({ email, password })
      const { grants, caller } = watched()
      const me = withRefreshToken(body.refresh_token, caller).me()
      expect((await me.get().execute()).body.email).toBe(email)
      expect(grants).toEqual(['refresh_token'])
    })

    it('of a shop are fetched anew when their time is over', async () => {
      const { grants, caller } = watched()
      const shop = asShop(caller)
      await shop.get().execute()
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 49 * hour })
      expect((await shop.get().execute()).body.key).toBe('acme')
      expect(grants).toEqual(['client_credentials', 'client_credentials'])
    })

    it('that are refused say why, in words that reach the caller', async () => {
      const { email } = await signedUp()
      const wrong = await failure(customerOf(email, 'wrong horse').get().execute())
      expect(wrong.message).toBe('Customer account with the given credentials not found.')
      const dead = await failure(withRefreshToken('acme:none', { sdk }).me().get().execute())
      expect(dead.message).toBe('The refresh token was not found. It may have expired.')
    })
  })

  it('the back office reaches every endpoint', async () => {
    const shop = asShop({ sdk })
    const [email, key] = [uniqueEmail(), `key-${crypto.randomUUID()}`]
    const newPassword = 'battery staple'
    const status = async (request: { execute(): Promise<{ statusCode?: number }> }) =>
      (await request.execute()).statusCode
    const made = await Promise.all([
      shop.stores().post({ body: { key } }).execute(),
      shop
        .customerGroups()
        .post({ body: { key, groupName: key } })
        .execute(),
      shop
        .types()
        .post({ body: { key, name: { en: key }, resourceTypeIds: ['customer'] } })
        .execute(),
    ])
    expect(made.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201])
    const inStore = shop.inStoreKeyWithStoreKeyValue({ storeKey: key })
    for (const place of [shop, inStore]) {
      const customers = place.customers()
      const body = {
        email: place === shop ? email : uniqueEmail(),
        password,
        key: `${key}-${place === shop}`,
      }
      const { customer } = (await customers.post({ body }).execute()).body
      const one = customers.withId({ ID: customer.id })
      const byKey = customers.withKey({ key: body.key })
      expect(await status(place.login().post({ body: { email: body.email, password } }))).toBe(200)
      expect(await status(customers.get({ queryArgs: { where: `id = "${customer.id}"` } }))).toBe(200)
      for (const get of [one, byKey]) expect(await status(get.get())).toBe(200)
      const setTitle = { action: 'setTitle' as const, title: 'Dr' }
      expect(await status(one.post({ body: { version: 1, actions: [setTitle] } }))).toBe(200)
      expect(await status(byKey.post({ body: { version: 2, actions: [{ action: 'setTitle' }] } }))).toBe(200)
      const passwordToken = (
        await customers
          .passwordToken()
          .post({ body: { email: body.email } })
          .execute()
      ).body.value
      expect(await status(customers.withPasswordToken({ passwordToken }).get())).toBe(200)
      const reset = { tokenValue: passwordToken, newPassword }
      expect(await status(customers.passwordReset().post({ body: reset }))).toBe(200)
      const change = { id: customer.id, version: 4, currentPassword: newPassword, newPassword: password }
      expect(await status(customers.password().post({ body: change }))).toBe(200)
      const forEmail = { id: customer.id, ttlMinutes: 5 }
      const emailToken = (await customers.emailToken().post({ body: forEmail }).execute()).body.value
      expect(await status(customers.withEmailToken({ emailToken }).get())).toBe(200)
      const confirmed = await customers
        .emailConfirm()
        .post({ body: { tokenValue: emailToken } })
        .execute()
      const { version } = confirmed.body
      expect(await status(one.delete({ queryArgs: { version } }))).toBe(200)
    }
    expect(await status(shop.customers().head())).toBe(200)
    expect(await status(shop.get())).toBe(200)
    for (const all of [shop.stores(), shop.customerGroups(), shop.types()]) {
      const one = all.withKey({ key })
      expect(await status(all.get({ queryArgs: { where: `key = "${key}"` } }))).toBe(200)
      expect(await status(one.get())).toBe(200)
      expect(await status(one.delete({ queryArgs: { version: 1 } }))).toBe(200)
    }
  })
})
