/**
 * The last line: what a customer's record can never become, and what happens to every check when something behind it
 * does not answer.
 * T50 invariants of addresses, T53 nothing fails open.
 */
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { composePorts } from '../../src/adapters/index.ts'
import { apply } from '../../src/domain/changes/apply.ts'
import type { CustomerRecord } from '../../src/domain/changes/change.ts'
import { createCustomer } from '../../src/domain/changes/create.ts'
import { defaultTenantSettings } from '../../src/domain/tenant/tenant.ts'
import type { AddressAction } from '../../src/domain/changes/update-action.ts'
import {
  anonymous,
  call,
  logIn,
  mailbox,
  mailedToken,
  newCustomer,
  signUp,
  uniqueEmail,
  type CustomerTokens,
  type SignedUp,
} from '../support/client.ts'
import { interceptAll, outboxEmpty, serviceWith, type Service } from './service.ts'

describe('the addresses of a customer', () => {
  const tags = fc.subarray(['SHIPPING', 'BILLING', 'gift', 'constructor'])
  /** Longer than any street below, so that a text never looks like an id. */
  const id = fc.constantFrom('address-1', 'address-2', 'address-3', 'address-4', 'address-5')
  const patch = fc.record(
    {
      street: fc.option(fc.string({ maxLength: 5 })),
      tags: fc.option(tags),
      isDefault: fc.option(fc.boolean()),
    },
    { requiredKeys: [] },
  )
  const action: fc.Arbitrary<AddressAction> = fc.oneof(
    fc.record({ action: fc.constant('addAddress' as const), addressId: id, address: patch }),
    fc.record({ action: fc.constant('patchAddress' as const), addressId: id, address: patch }),
    fc.record({ action: fc.constant('removeAddress' as const), addressId: id }),
    fc.record({ action: fc.constant('addAddressTags' as const), addressId: id, tags }),
    fc.record({ action: fc.constant('removeAddressTags' as const), addressId: id, tags }),
  )

  function blank(): CustomerRecord {
    const made = createCustomer(
      { key: 'acme', createdAt: '2026-01-01T00:00:00.000Z', settings: defaultTenantSettings },
      {
        id: '12345678',
        draft: {},
        account: { id: 'a', email: 'ada@shop.example', emailKey: 'ada@shop.example', initialPassword: false },
        addresses: [],
        optInToken: {
          id: 't',
          purpose: 'opt_in',
          tenant: 'acme',
          customerId: '12345678',
          accountId: 'a',
          credentialsRevision: 1,
          issuedAt: 0,
          expiresAt: 0,
        },
      },
      0,
    )
    if (!made.ok) throw new Error('a blank customer is allowed')
    return made.value.record
  }

  function expectSound({ customer }: CustomerRecord): void {
    const ids = customer.addresses.map((address) => address.id)
    expect(new Set(ids).size).toBe(ids.length)
    const tagged = (tag: string) =>
      customer.addresses.filter((address) => address.tags.includes(tag)).map((address) => address.id)
    expect([...customer.shippingAddressIds].sort()).toEqual(tagged('SHIPPING').sort())
    expect([...customer.billingAddressIds].sort()).toEqual(tagged('BILLING').sort())
    for (const address of customer.addresses) expect(new Set(address.tags).size).toBe(address.tags.length)
    const { defaultAddressId, defaultShippingAddressId, defaultBillingAddressId } = customer
    if (defaultAddressId !== undefined) expect(ids).toContain(defaultAddressId)
    if (defaultShippingAddressId !== undefined)
      expect(customer.shippingAddressIds).toContain(defaultShippingAddressId)
    if (defaultBillingAddressId !== undefined)
      expect(customer.billingAddressIds).toContain(defaultBillingAddressId)
  }

  it('T50 have unique ids, lists that agree with the tags, and at most one default, whatever is done', () => {
    let refused = 0
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        let record = blank()
        for (const step of actions) {
          const known = record.customer.addresses.some((address) => address.id === step.addressId)
          // Ids are made by the service, so an address is never added under one that is taken.
          if (step.action === 'addAddress' && known) continue
          const change = apply(record, [step], 0)
          const exists = step.action === 'addAddress' || known
          expect(change.ok).toBe(exists)
          if (!change.ok) {
            refused += 1
            continue
          }
          const { version } = record.customer
          const grown = change.value.record.customer.version - version
          expect(grown).toBe(change.value.record === record || same(record, change.value.record) ? 0 : 1)
          record = change.value.record
          expectSound(record)
          if (step.action === 'removeAddress')
            expect(JSON.stringify(record.customer)).not.toContain(`"${step.addressId}"`)
        }
      }),
      { numRuns: 300 },
    )
    expect(refused).toBeGreaterThan(0)
  })

  function same(before: CustomerRecord, after: CustomerRecord): boolean {
    const plain = ({ customer: { version: _v, modifiedAt: _m, ...rest } }: CustomerRecord) =>
      JSON.stringify(rest)
    return plain(before) === plain(after)
  }

  it('T50 are a hundred at most, also when they are added at once', async () => {
    const { tokens } = await newCustomer('acme')
    const token = tokens.access_token
    const add = (index: number) =>
      call('POST', '/customer/acme/me/addresses', {
        token,
        body: { street: `Street ${index}`, tags: ['SHIPPING'] },
      })
    const answers = await Promise.all(Array.from({ length: 110 }, (_, index) => add(index)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(100)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(10)
    const listed = await call<{ id: string }[]>('GET', '/customer/acme/me/addresses', { token })
    expect(new Set(listed.body.map((address) => address.id)).size).toBe(100)
  })

  it('T50 have one default after twenty made themselves the default at once', async () => {
    const { tokens } = await newCustomer('acme')
    const token = tokens.access_token
    const ids = []
    for (const street of Array.from({ length: 20 }, (_, index) => `Street ${index}`)) {
      const made = await call<{ id: string }>('POST', '/customer/acme/me/addresses', {
        token,
        body: { street },
      })
      ids.push(made.body.id)
    }
    await Promise.all(
      ids.map((id) =>
        call('PATCH', `/customer/acme/me/addresses/${id}`, { token, body: { isDefault: true } }),
      ),
    )
    const listed = await call<{ isDefault: boolean }[]>('GET', '/customer/acme/me/addresses', { token })
    expect(listed.body.filter(({ isDefault }) => isDefault)).toHaveLength(1)
  })
})

describe('with one thing out of order', () => {
  let owner: SignedUp & { tokens: CustomerTokens }
  let other: SignedUp & { tokens: CustomerTokens }
  let visitor: string
  let mailed: Record<'reset' | 'change' | 'deletion' | 'opt-in', string>
  let awaiting: SignedUp
  let constant: string
  const shop = { client_id: 'acme-storefront', client_secret: 'acme-storefront-secret' }
  const office = { client_id: 'acme-admin', client_secret: 'acme-admin-secret' }
  const ownFault = /^(server_error|temporarily_unavailable|General|OverCapacity)$/

  beforeAll(async () => {
    ;[owner, other, awaiting] = [await newCustomer('acme'), await newCustomer('acme'), await signUp('globex')]
    visitor = (await anonymous('acme')).access_token
    const newEmail = uniqueEmail('new')
    await call('POST', '/customer/acme/password/reset', { token: visitor, body: { email: owner.email } })
    await call('DELETE', '/customer/acme/me', { token: owner.tokens.access_token })
    await call('POST', '/customer/acme/me/accounts/internal/email/change', {
      token: owner.tokens.access_token,
      body: { email: owner.email, password: owner.password, newEmail },
    })
    mailed = {
      reset: await mailedToken(owner.email, 'password-reset'),
      deletion: await mailedToken(owner.email, 'deletion'),
      change: await mailedToken(newEmail, 'email-change'),
      'opt-in': await mailedToken(awaiting.email, 'opt-in'),
    }
    const form = { ...shop, grant_type: 'password', username: owner.email, password: owner.password }
    const opened = await call<{ refresh_token: string }>('POST', '/oauth/acme/customers/token', { form })
    constant = opened.body.refresh_token
    await outboxEmpty()
  })

  /** Requests that a storefront makes rightly, by name. All of them succeed when everything is in order. */
  const requests: Record<string, (service: Service) => ReturnType<Service['call']>> = {
    'log-in': ({ call }) =>
      call('POST', '/customer/acme/login', {
        token: visitor,
        body: { email: owner.email, password: owner.password },
      }),
    'sign-up': ({ call }) =>
      call('POST', '/customer/acme/signup', {
        token: visitor,
        body: { email: uniqueEmail(), password: owner.password },
      }),
    'request of a reset': ({ call }) =>
      call('POST', '/customer/acme/password/reset', { token: visitor, body: { email: owner.email } }),
    'request of an opt-in mail': ({ call }) =>
      call('POST', '/customer/acme/signup/optin/refresh_token', {
        token: visitor,
        body: { email: owner.email },
      }),
    reset: ({ call }) =>
      call('POST', '/customer/acme/password/reset/update', {
        token: visitor,
        body: { token: mailed.reset, password: 'by a reset' },
      }),
    'confirmation of an e-mail change': ({ call }) =>
      call('POST', '/customer/acme/me/accounts/internal/email/change/confirm', {
        token: visitor,
        body: { token: mailed.change },
      }),
    'confirmation of the deletion': ({ call }) =>
      call('DELETE', '/customer/acme/me', { token: visitor, query: { token: mailed.deletion } }),
    'opt-in': async ({ call }) =>
      call('GET', `/customer/globex/signup/optin/${mailed['opt-in']}`, { token: awaiting.token }),
    'password change': ({ call }) =>
      call('POST', '/customer/acme/password/change', {
        token: owner.tokens.access_token,
        body: { currentPassword: owner.password, newPassword: 'by a change' },
      }),
    'request of an e-mail change': ({ call }) =>
      call('POST', '/customer/acme/me/accounts/internal/email/change', {
        token: owner.tokens.access_token,
        body: { email: owner.email, password: owner.password, newEmail: uniqueEmail() },
      }),
    'another account': ({ call }) =>
      call('POST', '/customer/acme/me/accounts/internal', {
        token: owner.tokens.access_token,
        body: { email: uniqueEmail(), password: 'another password' },
      }),
    profile: ({ call }) => call('GET', '/customer/acme/me', { token: owner.tokens.access_token }),
    'profile change': ({ call }) =>
      call('PATCH', '/customer/acme/me', {
        token: owner.tokens.access_token,
        body: { firstName: 'Changed' },
      }),
    'check of a token': ({ call }) =>
      call('GET', '/customer/acme/validateauthtoken', { token: owner.tokens.access_token }),
    refresh: ({ call }) =>
      call('GET', '/customer/acme/refreshauthtoken', {
        token: visitor,
        query: { refreshToken: owner.tokens.refresh_token },
      }),
    'anonymous session': ({ call }) =>
      call('GET', '/customerlogin/auth/anonymous/login', {
        query: { tenant: 'acme', client_id: 'acme-storefront' },
      }),
    'password flow of commercetools': ({ call }) =>
      call('POST', '/oauth/acme/customers/token', {
        form: { ...shop, grant_type: 'password', username: owner.email, password: owner.password },
      }),
    'refresh of commercetools': ({ call }) =>
      call('POST', '/oauth/token', {
        form: { ...shop, grant_type: 'refresh_token', refresh_token: constant },
      }),
    'introspection of commercetools': ({ call }) =>
      call('POST', '/oauth/introspect', { form: { ...office, token: owner.tokens.access_token } }),
    'sign-in of commercetools': ({ call }) =>
      call('POST', '/acme/me/login', {
        token: visitor,
        body: { email: owner.email, password: owner.password },
      }),
    'profile of commercetools': ({ call }) => call('GET', '/acme/me', { token: owner.tokens.access_token }),
    'profile change of commercetools': ({ call }) =>
      call('POST', '/acme/me', {
        token: owner.tokens.access_token,
        body: { version: 1, actions: [{ action: 'setFirstName', firstName: 'Changed' }] },
      }),
    'service token of commercetools': ({ call }) =>
      call('POST', '/oauth/token', {
        form: {
          grant_type: 'client_credentials',
          ...office,
        },
      }),
  }
  const signIns = ['log-in', 'password flow of commercetools', 'sign-in of commercetools']
  const guarded = [...signIns, 'request of an e-mail change', 'password change']
  const tokenRedemptions = [
    'reset',
    'confirmation of an e-mail change',
    'confirmation of the deletion',
    'opt-in',
  ]
  const ofCustomer = [
    'password change',
    'request of an e-mail change',
    'another account',
    'profile',
    'profile change',
    'check of a token',
    'refresh',
    'refresh of commercetools',
    'introspection of commercetools',
    'profile of commercetools',
    'profile change of commercetools',
  ]
  const byClient = [
    'password flow of commercetools',
    'refresh of commercetools',
    'introspection of commercetools',
    'service token of commercetools',
  ]
  const everything = Object.keys(requests)

  /** What breaks, in the words of the ports, and which requests must be refused then. */
  const outages: [string, RegExp, string[]][] = [
    [
      'the burst limit of networks',
      /^limiter\.network/,
      [
        ...guarded,
        ...tokenRedemptions,
        'sign-up',
        'another account',
        'request of a reset',
        'request of an opt-in mail',
      ],
    ],
    ['the counter of failures', /^limiter\.account/, guarded],
    [
      'the counter of mails',
      /^limiter\.recipient/,
      ['sign-up', 'request of a reset', 'request of an opt-in mail', 'request of an e-mail change'],
    ],
    ['the table of accounts', /^accounts\./, [...signIns, 'request of an e-mail change']],
    ['the outbox', /^outbox\.add/, ['request of a reset', 'request of an opt-in mail']],
    ['the store of one-time tokens', /^oneTimeTokens\.find/, tokenRedemptions],
    [
      'the objects of the customers',
      /^customers\./,
      [...ofCustomer, ...tokenRedemptions, ...signIns, 'sign-up'],
    ],
    ['the hashing of passwords', /^passwords\./, [...guarded, 'sign-up', 'reset', 'another account']],
    [
      'the verification of tokens',
      /^accessTokens\.verify/,
      everything.filter(
        (name) =>
          name !== 'anonymous session' &&
          (name === 'introspection of commercetools' || !byClient.includes(name)),
      ),
    ],
    [
      'the signing of tokens',
      /^accessTokens\.issue/,
      [
        'log-in',
        'opt-in',
        'refresh',
        'anonymous session',
        'password flow of commercetools',
        'refresh of commercetools',
        'service token of commercetools',
      ],
    ],
    ['the seal of refresh tokens', /^refreshTokens\.open/, ['refresh', 'refresh of commercetools']],
    ['the table of tenants', /^tenants\.findTenant/, everything],
    ['the table of clients', /^tenants\.findClient/, ['anonymous session', ...byClient]],
    ['the comparison of client secrets', /^clientSecrets\./, byClient],
  ]
  const cases = outages.flatMap(([what, broken, refused]) => refused.map((name) => ({ what, broken, name })))

  const canary = 'Failed query: select … params: acme,canary@shop.example,$argon2id$canary'

  it.each(cases)('T53 nothing is allowed without $what: $name', async ({ broken, name }) => {
    const before = await state()
    let hits = 0
    const service = serviceWith((ports) =>
      interceptAll(ports, (port) => {
        if (!broken.test(port)) return
        hits += 1
        throw new Error(canary)
      }),
    )
    const answer = await requests[name]?.(service)
    expect(hits).toBeGreaterThan(0)
    expect(answer?.status, answer?.text).toBeGreaterThanOrEqual(500)
    expect(answer?.body).toMatchObject(
      name.endsWith('of commercetools')
        ? { statusCode: answer?.status, errors: [{ code: expect.stringMatching(ownFault) }] }
        : {
            status: answer?.status,
            type: expect.stringMatching(/^(internal_service_error|service_temporarily_unavailable)$/),
            message: expect.any(String),
          },
    )
    expect(answer?.text).not.toContain('canary')
    // A session may have been opened or rotated before its tokens could not be signed; nobody has them.
    if (!broken.test('accessTokens.issue')) expect(await state()).toEqual(before)
  })

  it('T53 a database that answers with errors is 5xx, and neither answer nor log repeats what was asked', async () => {
    const refuse = () => Promise.reject(new Error('D1_ERROR: the network connection was lost'))
    const statement = { bind: () => statement, all: refuse, raw: refuse, run: refuse, first: refuse }
    const DB = new Proxy(env.DB, {
      get: (_target, name) => (name === 'prepare' ? () => statement : refuse),
    })
    const broken = composePorts({ ...env, DB })
    const service = serviceWith(() => ({ accounts: broken.accounts, outbox: broken.outbox }))
    for (const name of ['log-in', 'request of a reset', 'request of an opt-in mail']) {
      const answer = await requests[name]?.(service)
      expect(answer, answer?.text).toMatchObject({ status: 503, body: { status: 503 } })
      expect(answer?.headers.get('Retry-After')).toBe('5')
    }
    const logged = service.lines.join('\n')
    expect(logged).toContain('"status":503')
    expect(logged).not.toContain(owner.email)
    expect(logged).not.toMatch(/select|insert|params/i)
    const tenantless = serviceWith(() => ({ tenants: broken.tenants }))
    expect(await requests['anonymous session']?.(tenantless)).toMatchObject({ status: 503 })
  })

  it('T53 everything works again afterwards', async () => {
    const service = serviceWith(() => ({}))
    for (const name of [
      'log-in',
      'profile',
      'refresh',
      'check of a token',
      'request of a reset',
      'anonymous session',
      'service token of commercetools',
      'password flow of commercetools',
      'refresh of commercetools',
      'introspection of commercetools',
      'profile of commercetools',
    ]) {
      const answer = await requests[name]?.(service)
      expect(answer?.status, `${name} ${answer?.text}`).toBeLessThan(300)
    }
    await logIn('acme', other)
    expect(await mailbox(owner.email, 'password-reset', 2)).toHaveLength(2)
  })

  /** All that a request of these could change. */
  async function state() {
    const tables = ['customers', 'accounts', 'addresses', 'messages', 'outbox', 'mailbox']
    const rows = await env.DB.batch(
      tables.map((table) => env.DB.prepare(`SELECT count(*) AS count FROM ${table}`)),
    )
    const versions = await env.DB.prepare(
      'SELECT tenant, id, version, credentials_revision, credentials FROM customers',
    ).all()
    return [rows.map(({ results }) => results), versions.results]
  }
})
