/**
 * Headings "Account and profile" and "Addresses" of the tenant-managed document, the writing half: customers made, changed,
 * put and deleted by the back office, and their addresses.
 */
import { z } from 'zod'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
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
  type CallOptions,
  type CustomerTokens,
} from '../../support/client.ts'
import { newTenant } from '../../security/service.ts'
import {
  conform,
  conformEmpty,
  conformError,
  conformFault,
  conformViolations,
  CustomerForSellerDto,
  CustomerLocation,
  ResourceLocation,
  SellerAddress,
} from './schemas.ts'

const tenant = 'acme'
const password = 'correct horse battery'
let token: string

beforeAll(async () => {
  token = await serviceToken(tenant)
})

const office = (method: string, path = '', options: CallOptions = {}) =>
  call(method, `/customer/${tenant}/customers${path}`, { token, ...options })
const create = (body: unknown, query: Record<string, boolean> = {}) => office('POST', '', { body, query })
const made = async (body: unknown, query: Record<string, boolean> = {}): Promise<string> =>
  conform(await create(body, query), 201, ResourceLocation).id
const read = async (id: string, of = tenant, bearer = token) =>
  conform(
    await call('GET', `/customer/${of}/customers/${id}`, {
      token: bearer,
      query: { expand: 'accounts,addresses,mixin:*' },
    }),
    200,
    CustomerForSellerDto,
  )
const patch = (id: string, body: unknown, options: CallOptions = {}) =>
  office('PATCH', `/${id}`, { body, ...options })
const put = (id: string, body: unknown, options: CallOptions = {}) =>
  office('PUT', `/${id}`, { body, ...options })
const tryLogIn = async (email: string, secret = password, of = tenant) =>
  call<CustomerTokens>('POST', `/customer/${of}/login`, {
    token: (await anonymous(of)).access_token,
    body: { email, password: secret },
  })
const choosePassword = async (email: string, secret: string) =>
  conformEmpty(
    await call('POST', `/customer/${tenant}/password/reset/update`, {
      token: (await anonymous(tenant)).access_token,
      body: { token: await mailedToken(email, 'initial-password'), password: secret },
    }),
    204,
  )

const everything = {
  title: 'MS',
  firstName: 'Ada',
  middleName: 'King',
  lastName: 'Lovelace',
  contactPhone: '+44 1',
  company: 'Engines',
  preferredLanguage: 'de_DE',
  preferredCurrency: 'EUR',
  preferredSite: 'north',
  photoUrl: 'https://cdn.example/ada.png',
}
const mediaTypes = ['application/json', 'application/merge-patch+json']

describe('Creating a new customer', () => {
  it('keeps everything that is said, and shows it to the customer too', async () => {
    const contactEmail = uniqueEmail()
    const b2b = { companyRegistrationId: 'HRB 7' }
    const answer = await create({ ...everything, contactEmail, password, b2b, type: 'CUSTOMER' })
    const { id } = conform(answer, 201, CustomerLocation)
    expect(await read(id)).toMatchObject({
      ...everything,
      ...{ contactEmail, email: contactEmail, type: 'CUSTOMER', active: true, onHold: false },
      b2b,
      accounts: [{ id: contactEmail }],
    })
    const { access_token } = await logIn(tenant, { email: contactEmail, password })
    const me = await call('GET', `/customer/${tenant}/me`, { token: access_token })
    expect(me.body).toMatchObject({ id, firstName: 'Ada', contactEmail })
  })

  it('needs nothing, and then has no log-in', async () => {
    const { accounts, type, preferredCurrency } = await read(await made({}))
    expect({ accounts, type, preferredCurrency }).toEqual({
      accounts: [],
      type: 'CUSTOMER',
      preferredCurrency: 'USD',
    })
  })

  it('takes an id of the caller’s choice once, in its very letter case', async () => {
    const id = `ERP_${crypto.randomUUID()}`
    expect(await made({ id, contactEmail: uniqueEmail() })).toBe(id)
    conformError(await create({ id, contactEmail: uniqueEmail() }), 409, 'conflict_resource')
    expect(await made({ id: id.toLowerCase() })).toBe(id.toLowerCase())
  })

  it('answers a taken e-mail with the documented 409, and makes nobody', async () => {
    const { email } = await signUp(tenant)
    const id = crypto.randomUUID()
    const answer = await create({ id, contactEmail: email.toUpperCase() })
    const { message } = conformError(answer, 409, 'conflict_resource')
    expect(message).toBe(`Duplicate account '${email.toUpperCase()}' for tenant '${tenant}'.`)
    conformError(await office('GET', `/${id}`), 404, 'application/json')
  })

  it('an initial password works, is told as one, and no more after the first change', async () => {
    const email = uniqueEmail()
    await made({ contactEmail: email, password })
    const { initialPassword, access_token } = await logIn(tenant, { email, password })
    expect(initialPassword).toBe(true)
    const body = { currentPassword: password, newPassword: `${password}!` }
    conformEmpty(
      await call('POST', `/customer/${tenant}/password/change`, { token: access_token, body }),
      204,
    )
    expect((await logIn(tenant, { email, password: `${password}!` })).initialPassword).toBe(false)
  })

  it('a customer without password is invited to choose one, and no mail holds a password', async () => {
    const [with_, without] = [uniqueEmail(), uniqueEmail()]
    await made({ contactEmail: without })
    await choosePassword(without, password)
    expect((await logIn(tenant, { email: without, password })).initialPassword).toBe(false)
    await made({ contactEmail: with_, password })
    const [mail] = await mailbox(with_, 'initial-password')
    expect(`${mail?.text} ${mail?.html}`).not.toContain(password)
  })

  it('sendPasswordResetNotifications=false sends nothing', async () => {
    const [silent, told] = [uniqueEmail(), uniqueEmail()]
    await made({ contactEmail: silent }, { sendPasswordResetNotifications: false })
    await made({ contactEmail: told }, { sendPasswordResetNotifications: true })
    await mailbox(told, 'initial-password')
    expect(await mailbox(silent, undefined, 0)).toEqual([])
  })

  it('a contact has no log-in, and may share the address of a customer', async () => {
    const { email } = await signUp(tenant)
    const contact = await read(await made({ type: 'CONTACT', contactEmail: email }))
    expect(contact).toMatchObject({ type: 'CONTACT', contactEmail: email, accounts: [] })
  })

  it.each<[string, Record<string, unknown>, Record<string, string>]>([
    ['an id with a space', { id: 'a b' }, { id: 'invalid_field' }],
    ['an id that is too long', { id: 'x'.repeat(67) }, { id: 'invalid_field' }],
    ['an empty id', { id: '' }, { id: 'invalid_field' }],
    ['an unknown type', { type: 'ROBOT' }, { type: 'invalid_field' }],
    ['a type that is no text', { type: 7 }, { type: 'invalid_field' }],
    ['no e-mail address', { contactEmail: 'ada' }, { contactEmail: 'invalid_field' }],
    ['a short password', { contactEmail: 'a@b.example', password: 'short' }, { password: 'invalid_field' }],
    ['a password for nobody', { password }, { password: 'invalid_field' }],
    [
      'a password for a contact',
      { type: 'CONTACT', contactEmail: 'a@b.example', password },
      { password: 'invalid_field' },
    ],
    ['a currency of four letters', { preferredCurrency: 'EURO' }, { preferredCurrency: 'invalid_field' }],
    ['an unknown restriction', { restriction: 'DE' }, { restriction: 'invalid_field' }],
    [
      'a company without contact',
      { b2b: { companyRegistrationId: '1' } },
      { firstName: 'missing_field', lastName: 'missing_field', company: 'missing_field' },
    ],
    ['a mixin without schema', { mixins: { a: { b: 1 } } }, { 'mixins.a': 'invalid_field' }],
  ])('refuses %s by name', async (_what, body, violations) => {
    conformViolations(await create(body), violations)
  })

  it('refuses a flag that is neither true nor false', async () => {
    const answer = await office('POST', '?sendPasswordResetNotifications=maybe', { body: {} })
    conformViolations(answer, { sendPasswordResetNotifications: 'invalid_query_parameter' })
  })
})

describe('Upserting a customer profile', () => {
  it('makes the customer of the id with 201, and changes it with 204', async () => {
    const id = `put-${crypto.randomUUID()}`
    const contactEmail = uniqueEmail()
    const answer = await put(id, { contactEmail, firstName: 'Ada', active: false })
    expect(conform(answer, 201, ResourceLocation)).toEqual({ id })
    expect(await read(id)).toMatchObject({ contactEmail, active: false, metadata: { version: 1 } })
    conformEmpty(await put(id, { firstName: 'Augusta' }), 204)
    expect(await read(id)).toMatchObject({ firstName: 'Augusta', metadata: { version: 2 } })
    conformEmpty(await put(id, { firstName: 'Augusta' }), 204)
    expect((await read(id)).metadata.version).toBe(2)
  })

  it.each(mediaTypes)(
    'clears what is left out, but neither contact e-mail, type nor status: %s',
    async (type) => {
      const contactEmail = uniqueEmail()
      const id = await made({ ...everything, contactEmail, type: 'CONTACT' })
      conformEmpty(await patch(id, { onHold: true }), 200)
      conformEmpty(await put(id, { lastName: 'Noel' }, { headers: { 'Content-Type': type } }), 204)
      const { metadata: _version, metadataCreatedAt: _time, ...profile } = await read(id)
      expect(profile).toEqual({
        ...{ id, customerNumber: id, lastName: 'Noel', contactEmail, type: 'CONTACT' },
        ...{ active: true, onHold: true, preferredLanguage: 'en_US', preferredCurrency: 'USD' },
        ...{ preferredSite: 'main', businessModel: 'B2C', b2b: { legalEntities: [] }, lastLogin: null },
        ...{ accounts: [], addresses: [], mixins: {} },
      })
    },
  )

  it('takes the current version, and refuses any other with 409 and without effect', async () => {
    const id = await made({ firstName: 'Ada' })
    conformError(await put(id, { metadata: { version: 7 } }), 409, 'conflict_resource')
    conformEmpty(await put(id, { firstName: 'Bob', metadata: { version: 1 } }), 204)
    expect(await read(id)).toMatchObject({ firstName: 'Bob', metadata: { version: 2 } })
    const nobody = crypto.randomUUID()
    conformError(await put(nobody, { metadata: { version: 1 } }), 409, 'conflict_resource')
    conformError(await office('GET', `/${nobody}`), 404, 'application/json')
  })

  it('of many at once one makes the customer, and the others change it', async () => {
    const id = `race-${crypto.randomUUID()}`
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        put(id, { firstName: `Ada ${n}`, contactEmail: `${id}@shop.example` }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(204)])
    expect((await read(id)).metadata.version).toBe(8)
  })

  it('refuses an id that is none', async () => {
    conformViolations(await put('a%20b', {}), { customerNumber: 'invalid_field' })
  })
})

describe('Updating a customer profile', () => {
  it.each(mediaTypes)('takes %s: what is absent stays, null clears', async (type) => {
    const id = await made(everything)
    const body = { firstName: null, lastName: 'Noel', photoUrl: null }
    conformEmpty(await patch(id, body, { headers: { 'Content-Type': type } }), 200)
    const profile = await read(id)
    expect(profile).toMatchObject({ lastName: 'Noel', middleName: 'King', title: 'MS' })
    expect('firstName' in profile || 'photoUrl' in profile).toBe(false)
  })

  it('never unsets the contact e-mail', async () => {
    const id = await made({ contactEmail: uniqueEmail() })
    conformViolations(await patch(id, { contactEmail: null }), { contactEmail: 'invalid_field' })
  })

  it('refuses another version with 409, and an unknown customer with 404', async () => {
    const id = await made({ firstName: 'Ada' })
    const stale = await patch(id, { firstName: 'Bob', metadata: { version: 3 } })
    conformError(stale, 409, 'conflict_resource')
    expect((await read(id)).firstName).toBe('Ada')
    const { message, details } = conformError(await patch('nobody', {}), 404, 'application/json')
    expect([message, details?.[0]?.message]).toEqual([
      'Customer not Found',
      "Couldn't find a customer with customerNumber 'nobody'",
    ])
  })

  it.each([{ active: false }, { onHold: true }])(
    '%j keeps a customer out at once, sessions included',
    async (status) => {
      const { id, email, tokens } = await newCustomer(tenant)
      const bearer = { token: tokens.access_token }
      conformEmpty(await patch(id, status), 200)
      conformFault(await call('GET', `/customer/${tenant}/me`, bearer))
      conformError(await tryLogIn(email), 403, 'Forbidden')
      conformEmpty(await patch(id, { active: true, onHold: false }), 200)
      expect((await tryLogIn(email)).status).toBe(200)
    },
  )

  it.each([{ active: 'yes' }, { onHold: null }, { type: 'ROBOT' }, { firstName: 7 }, { restriction: 'X' }])(
    'refuses %j by name, and changes nothing',
    async (body) => {
      const id = await made({ firstName: 'Ada' })
      const [field = ''] = Object.keys(body)
      conformViolations(await patch(id, { lastName: 'Noel', ...body }), { [field]: 'invalid_field' })
      expect((await read(id)).metadata.version).toBe(1)
    },
  )

  it('a lock-out ends when the back office says that the customer is active', async () => {
    const email = uniqueEmail()
    const of = 'initech'
    const bearer = await serviceToken(of)
    const { id } = await signUp(of, { email })
    const attempts: number[] = []
    for (let guess = 0; guess < 8; guess += 1)
      attempts.push((await tryLogIn(email, `wrong ${guess}`, of)).status)
    expect(attempts.at(-1)).toBe(429)
    expect((await tryLogIn(email, password, of)).status).toBe(429)
    const unlock = { token: bearer, body: { active: true } }
    conformEmpty(await call('PATCH', `/customer/${of}/customers/${id}`, unlock), 200)
    expect((await tryLogIn(email, password, of)).status).toBe(200)
    expect((await read(id, of, bearer)).metadata.version).toBe(1)
  })

  it('a contact that becomes a customer gets a log-in at its contact e-mail, and a mail', async () => {
    const email = uniqueEmail()
    const id = await made({ type: 'CONTACT' })
    conformEmpty(await patch(id, { type: 'CUSTOMER', contactEmail: email }), 200)
    expect(await read(id)).toMatchObject({ type: 'CUSTOMER', accounts: [{ id: email }] })
    await choosePassword(email, password)
    expect((await tryLogIn(email)).status).toBe(200)
  })

  it('a contact cannot become a customer at an address that is taken', async () => {
    const { email } = await signUp(tenant)
    const id = await made({ type: 'CONTACT', contactEmail: email })
    conformError(await patch(id, { type: 'CUSTOMER' }), 409, 'conflict_resource')
    expect((await read(id)).type).toBe('CONTACT')
  })

  it('who cannot sign in yet hears that the account is prepared, and is invited when it is let in', async () => {
    const email = uniqueEmail()
    const id = `later-${crypto.randomUUID()}`
    expect((await put(id, { contactEmail: email, active: false })).status).toBe(201)
    const [prepared] = await mailbox(email, 'account-prepared')
    expect(prepared?.link).toBeUndefined()
    conformEmpty(await patch(id, { active: true }), 200)
    await choosePassword(email, password)
    expect((await tryLogIn(email)).status).toBe(200)
  })

  it('restrictions are those of the tenant, and type and restriction can be asked for', async () => {
    const of = await newTenant({ restrictions: ['DE', 'FR'] })
    const bearer = await serviceToken(of)
    const at = (method: string, path: string, options: CallOptions = {}) =>
      call<{ id: string }>(method, `/customer/${of}/customers${path}`, { token: bearer, ...options })
    const german = (await at('POST', '', { body: { restriction: 'DE' } })).body.id
    const contact = (await at('POST', '', { body: { type: 'CONTACT', restriction: 'FR' } })).body.id
    const idsOf = async (q: string) =>
      (
        await call<{ id: string }[]>('GET', `/customer/${of}/customers`, { token: bearer, query: { q } })
      ).body.map(({ id }) => id)
    expect(await idsOf('restriction:DE')).toEqual([german])
    expect(await idsOf('type:CONTACT')).toEqual([contact])
    expect(await idsOf('type:CUSTOMER')).toEqual([german])
    conformViolations(await at('PATCH', `/${german}`, { body: { restriction: 'IT' } }), {
      restriction: 'invalid_field',
    })
    conformEmpty(await at('PATCH', `/${german}`, { body: { restriction: null } }), 200)
    expect('restriction' in (await read(german, of, bearer))).toBe(false)
  })
})

describe('Deleting a customer profile', () => {
  it('is 202, ends sessions, frees the e-mail, and never gives out the id again', async () => {
    const { id, email, tokens } = await newCustomer(tenant)
    conformEmpty(await office('DELETE', `/${id}`, { body: {} }), 202)
    conformError(await office('GET', `/${id}`), 404, 'application/json')
    conformFault(await call('GET', `/customer/${tenant}/me`, { token: tokens.access_token }))
    conformError(await create({ id, contactEmail: email }), 409, 'conflict_resource')
    conformError(await put(id, { contactEmail: email }), 409, 'conflict_resource')
    await signUp(tenant, { email })
    conformError(await office('DELETE', `/${id}`), 404, 'application/json')
  })

  it('gives it out again where the tenant says so, and nothing of the first customer reaches the second', async () => {
    const of = await newTenant({ reuseDeletedIds: true })
    const bearer = await serviceToken(of)
    const { id, email, tokens } = await newCustomer(of)
    const deletion = { token: tokens.access_token }
    conformEmpty(await call('DELETE', `/customer/${of}/me`, deletion), 204)
    const oldToken = await mailedToken(email, 'deletion')
    const path = `/customer/${of}/customers/${id}`
    conformEmpty(await call('DELETE', path, { token: bearer }), 202)
    const again = { token: bearer, body: { contactEmail: uniqueEmail(), firstName: 'New' } }
    conform(await call('PUT', path, again), 201, ResourceLocation)
    expect(await read(id, of, bearer)).toMatchObject({ firstName: 'New', metadata: { version: 1 } })
    conformFault(await call('GET', `/customer/${of}/me`, deletion))
    const visitor = { token: (await anonymous(of)).access_token, query: { token: oldToken } }
    expect((await call('DELETE', `/customer/${of}/me`, visitor)).status).toBe(400)
    expect((await read(id, of, bearer)).firstName).toBe('New')
  })
})

describe("Assigning an account to a customer's profile", () => {
  const assign = (id: string, body: unknown) => office('POST', `/${id}/accounts/internal`, { body })

  it('gives a contact a log-in whose owner chooses the password', async () => {
    const email = uniqueEmail()
    const id = await made({ type: 'CONTACT' })
    expect(conform(await assign(id, { email }), 201, ResourceLocation)).toEqual({ id })
    expect((await read(id)).accounts).toEqual([{ id: email }])
    await choosePassword(email, password)
    expect((await tryLogIn(email)).status).toBe(200)
  })

  it('refuses a taken address, an unknown customer and what is no address', async () => {
    const { id, email } = await signUp(tenant)
    conformError(await assign(id, { email }), 409, 'conflict_resource')
    conformError(await assign('nobody', { email: uniqueEmail() }), 404, 'application/json')
    conformViolations(await assign(id, { email: 'x' }), { email: 'invalid_field' })
    conformViolations(await assign(id, {}), { email: 'missing_field' })
  })
})

const place = { contactName: 'Ada', street: 'Main', city: 'London', country: 'GB', tags: ['BILLING'] }

describe('Addresses', () => {
  const at = (id: string, method: string, path = '', options: CallOptions = {}) =>
    office(method, `/${id}/addresses${path}`, options)
  const readAddress = async (id: string, addressId: string) =>
    conform(await at(id, 'GET', `/${addressId}`), 200, SellerAddress)
  let id: string
  beforeAll(async () => {
    id = await made({ firstName: 'Ada' })
  })

  it('are added, with an id of the caller’s choice once', async () => {
    const custom = `wh_${crypto.randomUUID()}`
    const { id: given } = conform(await at(id, 'POST', '', { body: place }), 201, ResourceLocation)
    expect(await readAddress(id, given)).toMatchObject({ ...place, isDefault: false })
    const body = { ...place, id: custom, isDefault: true }
    expect(conform(await at(id, 'POST', '', { body }), 201, ResourceLocation)).toEqual({ id: custom })
    conformError(await at(id, 'POST', '', { body }), 409, 'conflict_resource')
    expect((await readAddress(id, custom)).isDefault).toBe(true)
  })

  it('are put: made with 201, and replaced with 204', async () => {
    const path = `/${crypto.randomUUID()}`
    expect((await at(id, 'PUT', path, { body: { ...place, isDefault: true } })).status).toBe(201)
    conformEmpty(await at(id, 'PUT', path, { body: { contactName: 'Bob' } }), 204)
    const { metadata: _version, ...left } = await readAddress(id, path.slice(1))
    expect(left).toEqual({ id: path.slice(1), contactName: 'Bob', tags: [], mixins: {}, isDefault: false })
    conformViolations(await at(id, 'PUT', '/missing', { body: {} }), { contactName: 'missing_field' })
    conformViolations(await at(id, 'PUT', '/a%20b', { body: place }), { addressId: 'invalid_field' })
  })

  it('have a name, if need be an empty one', async () => {
    const { id: addressId } = conform(await at(id, 'POST', '', { body: place }), 201, ResourceLocation)
    conformEmpty(await at(id, 'PUT', `/${addressId}`, { body: { street: 'Side' } }), 204)
    expect(await readAddress(id, addressId)).toMatchObject({ contactName: '', street: 'Side' })
    const all = conform(await at(id, 'GET'), 200, z.array(SellerAddress))
    expect(all.find((address) => address.id === addressId)).toMatchObject({ contactName: '' })
  })

  it('are changed field by field, under the version when one is sent', async () => {
    const body = { ...place, id: crypto.randomUUID() }
    const path = `/${conform(await at(id, 'POST', '', { body }), 201, ResourceLocation).id}`
    const { metadata } = await readAddress(id, body.id)
    const stale = { city: 'Paris', metadata: { version: metadata.version + 1 } }
    conformError(await at(id, 'PATCH', path, { body: stale }), 409, 'conflict_resource')
    conformEmpty(await at(id, 'PATCH', path, { body: { city: null, street: 'Side', metadata } }), 200)
    const address = await readAddress(id, body.id)
    expect(address).toMatchObject({ street: 'Side', contactName: 'Ada', tags: ['BILLING'] })
    expect('city' in address).toBe(false)
  })

  it('get and lose tags, and are deleted', async () => {
    const body = { ...place, id: crypto.randomUUID() }
    const path = `/${conform(await at(id, 'POST', '', { body }), 201, ResourceLocation).id}`
    conformEmpty(await at(id, 'POST', `${path}/tags`, { query: { tags: 'SHIPPING,x' } }), 204)
    conformEmpty(await at(id, 'DELETE', `${path}/tags`, { query: { tags: 'BILLING' } }), 204)
    expect((await readAddress(id, body.id)).tags).toEqual(['SHIPPING', 'x'])
    conformEmpty(await at(id, 'DELETE', path, { body: {} }), 204)
    conformError(await at(id, 'GET', path), 404, 'resource_not_found')
  })

  it.each<[method: string, path: string]>([
    ['PATCH', '/none'],
    ['DELETE', '/none'],
    ['POST', '/none/tags?tags=a'],
    ['DELETE', '/none/tags?tags=a'],
  ])('that do not exist are the documented 404: %s %s', async (method, path) => {
    const options = method === 'PATCH' ? { body: {} } : {}
    const { message } = conformError(await at(id, method, path, options), 404, 'resource_not_found')
    expect(message).toBe(`Address none of customer ${id} not found.`)
    conformError(await at('nobody', method, path, options), 404, 'application/json')
  })

  it.each<[Record<string, unknown>, Record<string, string>]>([
    [{}, { contactName: 'missing_field' }],
    [{ ...place, country: 'GBR' }, { country: 'invalid_field' }],
    [{ ...place, id: 'a/b' }, { id: 'invalid_field' }],
    [{ ...place, tags: 'BILLING' }, { tags: 'invalid_field' }],
    [{ ...place, isDefault: 'yes' }, { isDefault: 'invalid_field' }],
    [{ ...place, mixins: { a: 1 } }, { 'mixins.a': 'invalid_field' }],
  ])('refuse %j by name', async (body, violations) => {
    conformViolations(await at(id, 'POST', '', { body }), violations)
  })

  it('of one id put by many at once are one', async () => {
    const path = `/${crypto.randomUUID()}`
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) => at(id, 'PUT', path, { body: { ...place, street: `Street ${n}` } })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(5).fill(204)])
  })
})

describe('A customer that back office and storefront change at once', () => {
  it('loses nothing, and counts every change', async () => {
    const { id, tokens } = await newCustomer(tenant)
    const fields = ['title', 'middleName', 'company', 'contactPhone', 'preferredSite'] as const
    const before = (await read(id)).metadata.version
    const answers = await Promise.all([
      ...fields.map((field) => patch(id, { [field]: `${field} by the office` })),
      ...Array.from({ length: 5 }, (_, n) =>
        call('POST', `/customer/${tenant}/me/addresses`, {
          token: tokens.access_token,
          body: { ...place, street: `Street ${n}` },
        }),
      ),
      ...Array.from({ length: 5 }, (_, n) =>
        office('PUT', `/${id}/addresses/office-${n}`, { body: { ...place, street: `Office ${n}` } }),
      ),
    ])
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array<number>(5).fill(200),
      ...Array<number>(10).fill(201),
    ])
    const { addresses = [], metadata, ...profile } = await read(id)
    expect(metadata.version).toBe(before + answers.length)
    const told = env.DB.prepare(
      'SELECT DISTINCT resource_version AS version FROM messages WHERE resource_id = ? ORDER BY resource_version',
    )
    const { results } = await told.bind(id).all<{ version: number }>()
    expect(results.map(({ version }) => version)).toEqual(
      Array.from({ length: metadata.version }, (_, n) => n + 1),
    )
    expect(addresses).toHaveLength(10)
    for (const field of fields) expect(profile[field]).toBe(`${field} by the office`)
  })
})
