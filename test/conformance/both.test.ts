/**
 * One record, two dialects: who signs up in one and changes in the other reads the same customer in both. commercetools by
 * its SDK, unmodified; Emporix over HTTP.
 */
import type { Customer, MyCustomerDraft, MyCustomerUpdateAction } from '@commercetools/platform-sdk'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { anonymous, call, logIn, serviceToken, signUp, uniqueEmail } from '../support/client.ts'
import {
  asVisitor,
  asShop,
  password,
  passwordFlow,
  refreshFlow,
  withToken,
  type User,
} from '../support/commercetools.ts'

interface EmporixAddress {
  id: string
  contactName: string
  tags: string[]
  isDefault: boolean
  metadata: { version: number }
  [field: string]: unknown
}
interface EmporixProfile {
  id: string
  customerNumber: string
  metadata: { version: number }
  accounts: { id: string }[]
  addresses: EmporixAddress[]
  [field: string]: unknown
}

const emporixMe = '/customer/acme/me'
const country = 'DE'

afterEach(() => {
  vi.unstubAllGlobals()
})

/** A customer with a session, seen and changed in both dialects with one and the same token. */
function person(token: string) {
  const me = withToken(token).me()
  const emporix = async <Body = EmporixProfile>(method: string, path = '', body?: object): Promise<Body> => {
    const answer = await call<Body>(method, `${emporixMe}${path}`, { token, ...(body && { body }) })
    if (answer.status >= 300) throw new Error(answer.text)
    return answer.body
  }
  const readBoth = async () => {
    const [theirs, ours] = await Promise.all([
      me.get().execute(),
      emporix('GET', '?expand=addresses,mixin:*'),
    ])
    expect(ours.metadata.version).toBe(theirs.body.version)
    for (const { metadata } of ours.addresses) expect(metadata.version).toBe(theirs.body.version)
    return { theirs: theirs.body, ours }
  }
  return {
    token,
    emporix,
    readBoth,
    /** Changes by commercetools' actions, for the version that is current. */
    async update(...actions: MyCustomerUpdateAction[]): Promise<Customer> {
      const { version } = (await me.get().execute()).body
      return (await me.post({ body: { version, actions } }).execute()).body
    },
  }
}

/** How a customer comes to be in each dialect, and the session that it begins with there. */
const origins = {
  async commercetools(draft: Partial<MyCustomerDraft> = {}) {
    const user: User = { email: uniqueEmail('Ada'), password }
    await asVisitor()
      .me()
      .signup()
      .post({ body: { ...user, firstName: 'Ada', lastName: 'Lovelace', ...draft } })
      .execute()
    return { user, ...person((await passwordFlow(user)).body.access_token) }
  },
  async emporix() {
    const user = await signUp('acme', { email: uniqueEmail('Ada'), password })
    return { user, ...person((await logIn('acme', user)).access_token) }
  },
}
const everyOrigin = Object.entries(origins).map(([origin, make]) => ({ origin, make: () => make() }))

describe.each(everyOrigin)('who signed up with $origin', ({ make }) => {
  it('is the same customer in both: id, number, version, e-mail, names', async () => {
    const { user, readBoth } = await make()
    const { theirs, ours } = await readBoth()
    expect(theirs).toMatchObject({
      id: ours.id,
      customerNumber: ours.customerNumber,
      version: 1,
      email: user.email,
      firstName: 'Ada',
      lastName: 'Lovelace',
      createdAt: ours['metadataCreatedAt'],
    })
    expect(ours).toMatchObject({
      contactEmail: user.email,
      accounts: [{ id: user.email }],
      firstName: 'Ada',
      lastName: 'Lovelace',
    })
  })

  it('counts one version for a change in either dialect, and none for one that changes nothing', async () => {
    const { update, emporix, readBoth } = await make()
    expect((await update({ action: 'setTitle', title: 'MS' })).version).toBe(2)
    await emporix('PATCH', '', { lastName: 'Byron', metadata: { version: 2 } })
    expect((await update({ action: 'setLastName', lastName: 'Byron' })).version).toBe(3)
    await emporix('PATCH', '', { title: 'MS' })
    await emporix('POST', '/addresses', { city: 'Berlin', country })
    const { theirs } = await readBoth()
    expect(theirs).toMatchObject({ version: 4, title: 'MS', lastName: 'Byron' })
  })

  it('has one version, and what is stale in one dialect is stale in the other', async () => {
    const { token, emporix, update, readBoth } = await make()
    await emporix('PATCH', '', { firstName: 'Augusta' })
    const actions = [{ action: 'setFirstName' as const, firstName: 'Lost' }]
    expect(await call('POST', '/acme/me', { token, body: { version: 1, actions } })).toMatchObject({
      status: 409,
      body: { errors: [{ code: 'ConcurrentModification', currentVersion: 2 }] },
    })
    await update({ action: 'setMiddleName', middleName: 'King' })
    const stale = { firstName: 'Lost', metadata: { version: 2 } }
    expect(await call('PATCH', emporixMe, { token, body: stale })).toMatchObject({ status: 409 })
    expect((await readBoth()).theirs).toMatchObject({ version: 3, firstName: 'Augusta', middleName: 'King' })
  })

  it.each<[string, MyCustomerUpdateAction, string, object, object]>([
    ['first name', { action: 'setFirstName', firstName: 'Grace' }, 'firstName', { firstName: 'Grace' }, {}],
    ['last name', { action: 'setLastName', lastName: 'Hopper' }, 'lastName', { lastName: 'Hopper' }, {}],
    ['middle name', { action: 'setMiddleName', middleName: 'B' }, 'middleName', { middleName: 'B' }, {}],
    ['title', { action: 'setTitle', title: 'DR' }, 'title', { title: 'DR' }, {}],
    ['company', { action: 'setCompanyName', companyName: 'Navy' }, 'companyName', { company: 'Navy' }, {}],
    [
      'language, each spelling its own',
      { action: 'setLocale', locale: 'de-DE' },
      'locale',
      { preferredLanguage: 'de_DE' },
      {},
    ],
  ])('%s is one field of both', async (_what, action, name, written) => {
    const value = (action as unknown as Record<string, string>)[name]
    const first = await make()
    await first.update(action)
    const second = await make()
    await second.emporix('PATCH', '', written)
    for (const { readBoth } of [first, second]) {
      const { theirs, ours } = await readBoth()
      expect(theirs).toMatchObject({ version: 2, [name]: value })
      expect(ours).toMatchObject(written)
    }
    const [unset] = Object.keys(written)
    await first.emporix('PATCH', '', { [unset ?? '']: null })
    await second.update({ action: action.action } as MyCustomerUpdateAction)
    for (const { readBoth } of [first, second]) {
      const { theirs, ours } = await readBoth()
      expect([theirs.version, name in theirs, (unset ?? '') in ours]).toEqual([3, false, false])
    }
  })

  it('has one address book: fields under the names of each dialect, whoever wrote them', async () => {
    const { emporix, update, readBoth } = await make()
    const shared = { streetNumber: '1', city: 'Berlin', country, state: 'BE' }
    await emporix('POST', '/addresses', {
      ...shared,
      contactName: 'Ada King Lovelace',
      street: 'Unter den Linden',
      streetAppendix: 'Hinterhaus',
      zipCode: '10117',
      companyName: 'Engines',
      contactPhone: '+49 30 1',
      extraLine1: 'Front door',
    })
    await update({
      action: 'addAddress',
      address: {
        ...shared,
        firstName: 'Grace B',
        lastName: 'Hopper',
        streetName: 'Kanalstraße',
        additionalStreetInfo: 'Links',
        postalCode: '10785',
        company: 'Navy',
        phone: '+49 30 2',
        building: 'B',
        email: 'desk@shop.example',
      },
    })
    const { theirs, ours } = await readBoth()
    expect(ours.addresses.map(({ id }) => id)).toEqual(theirs.addresses.map(({ id }) => id))
    expect(theirs.addresses[0]).toEqual({
      id: ours.addresses[0]?.id,
      ...shared,
      firstName: 'Ada King',
      lastName: 'Lovelace',
      streetName: 'Unter den Linden',
      additionalStreetInfo: 'Hinterhaus',
      postalCode: '10117',
      company: 'Engines',
      phone: '+49 30 1',
    })
    expect(ours.addresses[1]).toMatchObject({
      ...shared,
      contactName: 'Grace B Hopper',
      street: 'Kanalstraße',
      streetAppendix: 'Links',
      zipCode: '10785',
      companyName: 'Navy',
      contactPhone: '+49 30 2',
    })
    expect(ours.addresses[1]).not.toHaveProperty('building')
  })

  it('keeps what only one dialect knows when the other changes the address', async () => {
    const { emporix, update, readBoth } = await make()
    const body = { contactName: 'Ada', city: 'Berlin', country, extraLine1: 'Front door', tags: ['gift'] }
    const { id: addressId } = await emporix<{ id: string }>('POST', '/addresses', body)
    await update({
      action: 'changeAddress',
      addressId,
      address: { country, city: 'Potsdam', building: 'B', key: 'home' },
    })
    await emporix('PATCH', `/addresses/${addressId}`, { city: 'Bonn' })
    const { theirs, ours } = await readBoth()
    expect(theirs.addresses).toEqual([
      expect.objectContaining({ id: addressId, city: 'Bonn', building: 'B', key: 'home' }),
    ])
    expect(ours.addresses).toMatchObject([{ city: 'Bonn', extraLine1: 'Front door', tags: ['gift'] }])
  })

  it('has tags in one dialect where the other has lists of ids', async () => {
    const { emporix, update, readBoth } = await make()
    const add = async (...tags: string[]) =>
      (await emporix<{ id: string }>('POST', '/addresses', { city: 'Berlin', country, tags })).id
    const [both, none] = [await add('SHIPPING', 'BILLING', 'gift'), await add()]
    const first = await readBoth()
    expect([first.theirs.shippingAddressIds, first.theirs.billingAddressIds]).toEqual([[both], [both]])
    await update(
      { action: 'removeBillingAddressId', addressId: both },
      { action: 'addBillingAddressId', addressId: none },
    )
    expect((await readBoth()).ours.addresses.map(({ tags }) => tags)).toEqual([
      ['SHIPPING', 'gift'],
      ['BILLING'],
    ])
    await emporix('POST', `/addresses/${none}/tags?tags=SHIPPING`)
    await emporix('DELETE', `/addresses/${both}/tags?tags=SHIPPING`)
    const last = await readBoth()
    expect([last.theirs.shippingAddressIds, last.theirs.billingAddressIds]).toEqual([[none], [none]])
    await update({ action: 'removeAddress', addressId: none })
    const { theirs, ours } = await readBoth()
    expect([theirs.shippingAddressIds, theirs.billingAddressIds, ours.addresses.length]).toEqual([[], [], 1])
  })

  it('has three defaults that are independent, and a default is in its list', async () => {
    const { emporix, update, readBoth } = await make()
    const add = async (city: string) =>
      (await emporix<{ id: string }>('POST', '/addresses', { city, country })).id
    const [berlin, bonn, ulm] = [await add('Berlin'), await add('Bonn'), await add('Ulm')]
    await update(
      { action: 'setDefaultShippingAddress', addressId: berlin },
      { action: 'setDefaultBillingAddress', addressId: bonn },
    )
    await emporix('PATCH', `/addresses/${ulm}`, { isDefault: true })
    const { theirs, ours } = await readBoth()
    expect([theirs.defaultShippingAddressId, theirs.defaultBillingAddressId]).toEqual([berlin, bonn])
    expect([theirs.shippingAddressIds, theirs.billingAddressIds]).toEqual([[berlin], [bonn]])
    expect(ours.addresses.map(({ isDefault }) => isDefault)).toEqual([false, false, true])
    expect(ours['defaultAddress']).toMatchObject({ id: ulm })
    await emporix('DELETE', `/addresses/${berlin}/tags?tags=SHIPPING`)
    await update({ action: 'setDefaultBillingAddress' })
    const cleared = await readBoth()
    expect(cleared.theirs).not.toHaveProperty('defaultShippingAddressId')
    expect(cleared.theirs).not.toHaveProperty('defaultBillingAddressId')
    expect(cleared.theirs.billingAddressIds).toEqual([bonn])
    expect(cleared.ours['defaultAddress']).toMatchObject({ id: ulm })
  })

  it('has a contact e-mail that moves with the login while both are equal, and stays once they differ', async () => {
    const { user, emporix, update, readBoth } = await make()
    const [moved, contact, last] = [uniqueEmail('Moved'), uniqueEmail('contact'), uniqueEmail('last')]
    await update({ action: 'changeEmail', email: moved })
    const equal = await readBoth()
    expect(equal.theirs).toMatchObject({ email: moved, isEmailVerified: false })
    expect(equal.ours).toMatchObject({ contactEmail: moved, accounts: [{ id: moved }] })
    await emporix('PATCH', '', { contactEmail: contact })
    await update({ action: 'changeEmail', email: last })
    const apart = await readBoth()
    expect(apart.theirs.email).toBe(last)
    expect(apart.ours).toMatchObject({ contactEmail: contact, accounts: [{ id: last }] })
    expect((await passwordFlow({ ...user, email: last })).status).toBe(200)
    expect((await logIn('acme', { ...user, email: last })).access_token).toBeTruthy()
    expect((await passwordFlow(user)).status).toBe(400)
  })

  it('has mixins for one dialect and custom fields for the other, each untouched by the other', async () => {
    vi.stubGlobal('fetch', async () => Response.json({ type: 'object' }))
    const { emporix, update, readBoth } = await make()
    const key = `type-${crypto.randomUUID()}`
    const { body: type } = await asShop()
      .types()
      .post({
        body: {
          key,
          name: { en: 'Loyalty' },
          resourceTypeIds: ['customer'],
          fieldDefinitions: [
            { name: 'points', label: { en: 'Points' }, required: false, type: { name: 'Number' } },
          ],
        },
      })
      .execute()
    await update({ action: 'setCustomType', type: { typeId: 'type', key }, fields: { points: 7 } })
    const mixins = { size: { shoe: 42 } }
    await emporix('PATCH', '', {
      mixins,
      metadata: { mixins: { size: 'https://schemas.example/size' } },
    })
    await update({ action: 'setCustomField', name: 'points', value: 8 })
    await emporix('PATCH', '', { firstName: 'Augusta' })
    const { theirs, ours } = await readBoth()
    expect(theirs).toMatchObject({
      version: 5,
      custom: { type: { typeId: 'type', id: type.id }, fields: { points: 8 } },
    })
    expect(ours).toMatchObject({ mixins, firstName: 'Augusta' })
    expect(theirs).not.toHaveProperty('mixins')
    expect(ours).not.toHaveProperty('custom')
  })

  it('ends every session of both dialects with a new password, at once, whichever dialect sets it', async () => {
    const changes = {
      commercetools: (token: string) =>
        call('POST', '/acme/me/password', {
          token,
          body: { version: 1, currentPassword: password, newPassword: 'battery staple' },
        }),
      emporix: (token: string) =>
        call('POST', '/customer/acme/password/change', {
          token,
          body: { currentPassword: password, newPassword: 'battery staple' },
        }),
    }
    for (const change of Object.values(changes)) {
      const { user, token } = await make()
      const older = [(await passwordFlow(user)).body, await logIn('acme', user)]
      expect((await change(token)).status).toBeLessThan(300)
      for (const { access_token, refresh_token } of older) {
        expect((await call('GET', '/acme/me', { token: access_token })).status).toBe(401)
        expect((await call('GET', emporixMe, { token: access_token })).status).toBe(401)
        expect((await refreshFlow(refresh_token)).status).toBe(400)
        const query = { refreshToken: refresh_token }
        const visitor = (await anonymous('acme')).access_token
        const refreshed = await call('GET', '/customer/acme/refreshauthtoken', { token: visitor, query })
        expect(refreshed.status).toBe(401)
      }
      expect((await passwordFlow(user)).status).toBe(400)
      expect((await passwordFlow({ ...user, password: 'battery staple' })).status).toBe(200)
    }
  })

  it('is gone from both when one deletes it, and its e-mail is free in both', async () => {
    const { user, token } = await make()
    const { body } = await call<Customer>('DELETE', '/acme/me', { token, query: { version: 1 } })
    expect(body.email).toBe(user.email)
    expect((await call('GET', emporixMe, { token })).status).toBe(401)
    expect((await passwordFlow(user)).status).toBe(400)
    expect((await signUp('acme', user)).email).toBe(user.email)
  })
})

it('a contact who cannot sign in has no e-mail in the other dialect, and is there all the same', async () => {
  const token = await serviceToken('acme')
  const contact = { contactEmail: uniqueEmail(), firstName: 'Ada', lastName: 'Lovelace', type: 'CONTACT' }
  const { body } = await call<{ id: string }>('POST', '/customer/acme/customers', { token, body: contact })
  const seen = await call('GET', `/acme/customers/${body.id}`, { token })
  expect(seen).toMatchObject({ status: 200, body: { id: body.id, firstName: 'Ada', version: 1 } })
  expect(seen.body).not.toHaveProperty('email')
})

describe('tokens', () => {
  it('of a visitor of either dialect sign up and log in with both', async () => {
    const form = { grant_type: 'client_credentials' }
    const headers = { Authorization: `Basic ${btoa('acme-storefront:acme-storefront-secret')}` }
    const theirs = await call<{ access_token: string }>('POST', '/oauth/acme/anonymous/token', {
      form,
      headers,
    })
    for (const token of [theirs.body.access_token, (await anonymous('acme')).access_token]) {
      const [first, second] = [uniqueEmail(), uniqueEmail()]
      const body = { email: first, password }
      expect((await call('POST', '/acme/me/signup', { token, body })).status).toBe(201)
      expect((await signUp('acme', { email: second, password, token })).email).toBe(second)
      for (const email of [first, second]) {
        expect((await call('POST', '/acme/me/login', { token, body: { email, password } })).status).toBe(200)
        expect((await logIn('acme', { email, password, token })).session_id).toBeTruthy()
      }
    }
  })

  it('of a shop reach as far as their scopes, in both', async () => {
    const { id } = await signUp('acme')
    const places = [`/acme/customers/${id}`, `/customer/acme/customers/${id}`]
    const statuses = async (scope?: string) => {
      const token = await serviceToken('acme', scope)
      return Promise.all(places.map(async (path) => (await call('GET', path, { token })).status))
    }
    expect(await statuses()).toEqual([200, 200])
    expect(await statuses('view_customers:acme')).toEqual([200, 403])
    expect(await statuses('customer.customer_read')).toEqual([403, 200])
  })

  it('of an Emporix log-in are refreshed by the client of the other; a client’s own need the client', async () => {
    const { user } = await origins.emporix()
    const emporix = await logIn('acme', user)
    const refreshed = await refreshFlow(emporix.refresh_token)
    expect((await call('GET', emporixMe, { token: refreshed.body.access_token })).status).toBe(200)
    const theirs = (await passwordFlow(user)).body
    const query = { refreshToken: theirs.refresh_token }
    const visitor = (await anonymous('acme')).access_token
    const refused = await call('GET', '/customer/acme/refreshauthtoken', { token: visitor, query })
    expect(refused.status, refused.text).toBe(401)
    expect((await refreshFlow(theirs.refresh_token)).status).toBe(200)
  })
})
