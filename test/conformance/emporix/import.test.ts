/**
 * Heading "Import and migration" of the tenant-managed document: the retention of other systems' passwords, the import, the
 * first log-in, the end of what nobody used; and the log-in by which an employee buys for a customer.
 */
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { newTenant, outboxEmpty } from '../../security/service.ts'
import {
  anonymous,
  call,
  mailbox,
  newCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
  type Answer,
  type CallOptions,
  type CustomerTokens,
} from '../../support/client.ts'
import { exportedPasswords } from '../../support/exported-passwords.ts'
import { runCron } from '../../support/triggers.ts'
import {
  conform,
  conformEmpty,
  conformError,
  conformFault,
  conformViolations,
  CustomerBulkItemResponses,
  CustomerLogin,
  ErrorMessage,
  RetentionConfig,
} from './schemas.ts'

let tenant: string
let token: string
const day = 86_400_000
const dayIn = (days: number) => new Date(Date.now() + days * day).toISOString().slice(0, 10)

beforeAll(async () => {
  tenant = await newTenant()
  token = await serviceToken(tenant)
})

afterEach(() => {
  vi.useRealTimers()
})

const office = (method: string, path: string, options: CallOptions = {}) =>
  call(method, `/customer/${tenant}${path}`, { token, ...options })
const retention = (method: string, body?: unknown) =>
  office(method, '/config/password-migration-retention', body === undefined ? {} : { body })
const send = (items: unknown) => office('POST', '/customers/import', { body: items })
const imported = async (items: unknown) => conform(await send(items), 207, CustomerBulkItemResponses)
const importOne = async (item: unknown) => {
  const [outcome] = await imported([item])
  if (!outcome) throw new Error('no outcome')
  return outcome
}
const tryLogIn = async (email: string, password: string): Promise<Answer<CustomerTokens>> =>
  call('POST', `/customer/${tenant}/login`, {
    token: (await anonymous(tenant)).access_token,
    body: { email, password },
  })
const storedHash = async (email: string) =>
  env.DB.prepare('SELECT password_hash FROM accounts WHERE email_key = ?')
    .bind(email.toLowerCase())
    .first<string>('password_hash')

/** PBKDF2-HMAC-SHA-1 of `native password`, as Emporix itself stores it. */
const nativePassword = 'native password'
async function nativeHash(): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const bytes = new TextEncoder().encode(nativePassword)
  const key = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveBits'])
  const parameters = { name: 'PBKDF2', hash: 'SHA-1', salt, iterations: 1000 }
  const hash = new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 160))
  const text = (part: Uint8Array) => btoa(String.fromCharCode(...part))
  return `1:1000:${text(salt)}:${text(hash)}`
}
const native = async <M extends object>(more: M = {} as M) => {
  const email = uniqueEmail()
  return { contactEmail: email, ...more, account: { email, passwordHash: await nativeHash() } }
}
const [, legacyPassword, legacyAuth] = exportedPasswords.find(([name]) => /hybris/i.test(name)) ??
  exportedPasswords[0] ?? ['', '', { algorithm: '', hash: '' }]
const legacy = (more: object = {}) => {
  const email = uniqueEmail()
  return { ...more, account: { email, legacyAuth } }
}
const sweep = async () => {
  await runCron()
  vi.useRealTimers()
  await outboxEmpty()
}

describe('The retention of migrated passwords', () => {
  it('is 404 until it is configured, then as it was stored, and removed with 204', async () => {
    conform(await retention('GET'), 404, ErrorMessage)
    const wanted = {
      retentionEndDate: dayIn(30),
      emailReminderDate: dayIn(9),
      emailNotificationsEnabled: false,
    }
    expect(conform(await retention('POST', wanted), 200, RetentionConfig)).toEqual(wanted)
    expect(conform(await retention('GET'), 200, RetentionConfig)).toEqual(wanted)
    conformEmpty(await retention('DELETE'), 204)
    conformEmpty(await retention('DELETE'), 204)
    conform(await retention('GET'), 404, ErrorMessage)
  })

  it.each([
    [30, 23],
    [9, 2],
    [8, 1],
    [7, 1],
    [1, 1],
  ])('that ends in %i days reminds in %i unless told otherwise', async (end, reminder) => {
    expect(conform(await retention('POST', { retentionEndDate: dayIn(end) }), 200, RetentionConfig)).toEqual({
      retentionEndDate: dayIn(end),
      emailReminderDate: dayIn(reminder),
      emailNotificationsEnabled: true,
    })
  })

  it.each<[object, Record<string, string>]>([
    [{}, { retentionEndDate: 'missing_field' }],
    [{ retentionEndDate: dayIn(0) }, { retentionEndDate: 'invalid_field' }],
    [{ retentionEndDate: dayIn(-1) }, { retentionEndDate: 'invalid_field' }],
    [{ retentionEndDate: '2099-02-30' }, { retentionEndDate: 'invalid_field' }],
    [{ retentionEndDate: '31.01.2099' }, { retentionEndDate: 'invalid_field' }],
    [{ retentionEndDate: 20990131 }, { retentionEndDate: 'invalid_field' }],
    [{ retentionEndDate: dayIn(9), emailReminderDate: dayIn(9) }, { emailReminderDate: 'invalid_field' }],
    [{ retentionEndDate: dayIn(9), emailReminderDate: dayIn(-1) }, { emailReminderDate: 'invalid_field' }],
    [
      { retentionEndDate: dayIn(9), emailNotificationsEnabled: 'no' },
      { emailNotificationsEnabled: 'invalid_field' },
    ],
  ])('refuses %j by name', async (body, violations) => {
    conformViolations(await retention('POST', body), violations)
  })
})

describe('Importing customers in bulk', () => {
  beforeAll(async () => {
    conform(await retention('POST', { retentionEndDate: dayIn(30) }), 200, RetentionConfig)
  })

  it('stores the whole customer, without a mail, and the old password works and is hashed anew', async () => {
    const address = { id: 'home', contactName: 'Ada', city: 'London', country: 'GB', tags: ['BILLING'] }
    const item = await native({ firstName: 'Ada', preferredCurrency: 'EUR', addresses: [address] })
    const { id, code, status } = await importOne(item)
    expect({ code, status }).toEqual({ code: 201, status: 'Created' })
    const { email } = item.account
    expect(await storedHash(email)).toMatch(/^\$native\$/)
    const signedIn = await tryLogIn(email, nativePassword)
    expect([signedIn.status, signedIn.body.initialPassword]).toEqual([200, false])
    expect(await storedHash(email)).toMatch(/^\$argon2id\$/)
    expect((await tryLogIn(email, nativePassword)).status).toBe(200)
    const { body } = await office('GET', `/customers/${id}`, { query: { expand: 'addresses,accounts' } })
    expect(body).toMatchObject({
      ...{ firstName: 'Ada', contactEmail: email, preferredCurrency: 'EUR', type: 'CUSTOMER' },
      ...{ accounts: [{ id: email }], addresses: [address] },
    })
    await outboxEmpty()
    expect(await mailbox(email, undefined, 0)).toEqual([])
  })

  it('takes a legacy hash while its retention is configured, and replaces it at the first log-in', async () => {
    const item = legacy()
    expect((await importOne(item)).code).toBe(201)
    expect(await storedHash(item.account.email)).toMatch(/^\$legacy\$/)
    expect((await tryLogIn(item.account.email, `${legacyPassword}x`)).status).toBe(401)
    expect((await tryLogIn(item.account.email, legacyPassword)).status).toBe(200)
    expect(await storedHash(item.account.email)).toMatch(/^\$argon2id\$/)
  })

  it('answers each item in its place, and no bad one stops the others', async () => {
    const taken = await signUp(tenant)
    const good = await native({ id: `erp-${crypto.randomUUID()}` })
    const hash = await nativeHash()
    const bad = (account: object, more: object = {}) => ({
      ...more,
      account: { email: uniqueEmail(), ...account },
    })
    const items: [item: unknown, code: number, message: string][] = [
      [bad({}), 400, "Exactly one of 'passwordHash' or 'legacyAuth' must be provided in the account"],
      [
        bad({ passwordHash: hash, legacyAuth }),
        400,
        "Exactly one of 'passwordHash' or 'legacyAuth' must be provided in the account",
      ],
      [good, 201, ''],
      [null, 400, 'Invalid input'],
      ['text', 400, 'Invalid input'],
      [{}, 400, 'account is required.'],
      [bad({ email: 'nobody', passwordHash: hash }), 400, 'account.email: '],
      [bad({ passwordHash: hash }, { id: 'a b' }), 400, 'id: '],
      [bad({ passwordHash: hash }, { id: good.id }), 409, 'A customer with the id'],
      [bad({ email: taken.email.toUpperCase(), passwordHash: hash }), 409, 'Duplicate account'],
      [bad({ passwordHash: hash }, { contactEmail: uniqueEmail() }), 400, 'contactEmail: '],
      [bad({ passwordHash: 'md5' }), 400, 'account.passwordHash: '],
      [bad({ passwordHash: '1:2000001:c2FsdHNhbHQ=:aGFzaGhhc2g=' }), 400, 'account.passwordHash: '],
      [bad({ legacyAuth: { algorithm: 'rot13', hash: 'x' } }), 400, 'account.legacyAuth.algorithm: '],
      [bad({ legacyAuth: { algorithm: 'bcrypt', hash: '$2b$31$abc' } }), 400, 'account.legacyAuth.hash: '],
      [bad({ passwordHash: hash }, { firstName: 7 }), 400, 'firstName: '],
      [bad({ passwordHash: hash }, { mixins: { a: { b: 1 } } }), 400, 'mixins.a: '],
      [bad({ passwordHash: hash }, { restriction: 'DE' }), 400, 'restriction: '],
      [bad({ passwordHash: hash }, { addresses: [{ city: 'London' }] }), 400, 'addresses.0.contactName'],
      [await native(), 201, ''],
    ]
    const before = await env.DB.prepare('SELECT count(*) AS n FROM customers').first<number>('n')
    const outcomes = await imported(items.map(([item]) => item))
    expect(outcomes.map(({ index }) => index)).toEqual(items.map((_item, index) => index))
    expect(outcomes.map(({ code }) => code)).toEqual(items.map(([, code]) => code))
    for (const [place, [, , message]] of items.entries())
      expect(outcomes[place]?.message ?? '').toContain(message)
    expect(await env.DB.prepare('SELECT count(*) AS n FROM customers').first<number>('n')).toBe(
      (before ?? 0) + 2,
    )
  })

  it('sent twice creates nothing twice, and answers with what the first one made', async () => {
    const items = await Promise.all(Array.from({ length: 30 }, () => native()))
    const [first, second] = [await imported(items), await imported(items)]
    expect(first.every(({ code }) => code === 201)).toBe(true)
    expect(second.map(({ code, status, id }) => ({ code, status, id }))).toEqual(
      first.map(({ id }) => ({ code: 200, status: 'OK', id })),
    )
    const other = { ...items[0], account: { ...items[0]?.account, passwordHash: await nativeHash() } }
    expect((await importOne(other)).code).toBe(409)
  })

  it('two at the same time make each customer once', async () => {
    const items = await Promise.all(Array.from({ length: 20 }, () => native()))
    const both = await Promise.all([imported(items), imported(items)])
    const codes = items.map((_item, place) => both.map((outcomes) => outcomes[place]?.code).sort())
    expect(codes).toEqual(items.map(() => [200, 201]))
  })

  it('knows an item that comes twice in one request', async () => {
    const item = await native()
    const other = { account: { ...item.account, passwordHash: await nativeHash() } }
    const outcomes = await imported([item, await native(), item, other])
    expect(outcomes.map(({ code }) => code)).toEqual([201, 201, 200, 409])
    expect(outcomes[2]?.id).toBe(outcomes[0]?.id)
  })

  it('keeps to the ids of customers who were deleted, unless the tenant gives them out again', async () => {
    const erasedIn = async (settings: object) => {
      const [shop, id] = [await newTenant(settings), `erp-${crypto.randomUUID()}`]
      const bearer = await serviceToken(shop)
      const post = async () =>
        call<{ code: number }[]>('POST', `/customer/${shop}/customers/import`, {
          token: bearer,
          body: [await native({ id }), await native()],
        })
      const first = await post()
      conformEmpty(await call('DELETE', `/customer/${shop}/customers/${id}`, { token: bearer }), 202)
      return [first, await post()].map(({ body }) => body.map(({ code }) => code))
    }
    expect(await erasedIn({})).toEqual([
      [201, 201],
      [409, 201],
    ])
    expect(await erasedIn({ reuseDeletedIds: true })).toEqual([
      [201, 201],
      [201, 201],
    ])
  })

  it('makes customers like any other: their versions and messages go on, and subscriptions hear of each', async () => {
    const body = { url: 'https://shop.example/hook', format: 'emporix', events: ['customer.created'] }
    const webhook = await call<{ id: string }>('POST', `/admin/${tenant}/webhooks`, { token, body })
    expect(webhook.status, webhook.text).toBe(201)
    const outcomes = await imported([await native(), await native(), await native({ type: 'CONTACT' })])
    const told = env.DB.prepare('SELECT customer_id AS id FROM webhook_deliveries WHERE webhook_id = ?')
    const { results } = await told.bind(webhook.body.id).all<{ id: string }>()
    expect(results.map(({ id }) => id).sort()).toEqual(outcomes.map(({ id }) => id).sort())
    await call('DELETE', `/admin/${tenant}/webhooks/${webhook.body.id}`, { token })

    const [{ id } = { id: '' }] = outcomes
    conformEmpty(await office('PATCH', `/customers/${id}`, { body: { firstName: 'Augusta' } }), 200)
    const { body: seen } = await office('GET', `/customers/${id}`)
    expect(seen).toMatchObject({ firstName: 'Augusta', metadata: { version: 2 } })
    const messages = env.DB.prepare(
      'SELECT sequence, type FROM messages WHERE resource_id = ? ORDER BY sequence',
    )
    expect((await messages.bind(id).all()).results).toEqual([
      { sequence: 1, type: 'CustomerCreated' },
      { sequence: 2, type: 'CustomerFirstNameSet' },
    ])
  })

  it('takes two hundred, and no more', async () => {
    const items = await Promise.all(Array.from({ length: 200 }, () => native()))
    expect((await imported(items)).filter(({ code }) => code === 201)).toHaveLength(200)
    conformError(await send([...items, items[0]]), 400, 'validation_violation')
    expect(await imported([])).toEqual([])
    conformError(await send({}), 400, 'validation_violation')
  })

  it.each(exportedPasswords.filter(([, password]) => [...password].length >= 6))(
    '%s: the password works once, and is ours from then on',
    async (_name, password, auth) => {
      const email = uniqueEmail()
      expect((await importOne({ account: { email, legacyAuth: auth } })).code).toBe(201)
      expect((await tryLogIn(email, password)).status).toBe(200)
      expect(await storedHash(email)).toMatch(/^\$argon2id\$/)
    },
  )
})

describe('The end of a migration', () => {
  it('reminds once, takes the unused passwords away, asks for new ones, and can be removed only then', async () => {
    tenant = await newTenant()
    token = await serviceToken(tenant)
    const early = legacy()
    expect((await importOne(early)).message).toContain('retention configuration')
    conform(await retention('POST', { retentionEndDate: dayIn(10) }), 200, RetentionConfig)
    const [used, unused, late] = [legacy(), legacy(), legacy()]
    for (const item of [used, unused, late]) expect((await importOne(item)).code).toBe(201)
    expect((await tryLogIn(used.account.email, legacyPassword)).status).toBe(200)
    const { message } = conformError(await retention('DELETE'), 400, 'validation_failure')
    expect(message).toBe('Configuration removal is not possible until password migration is concluded.')

    const at = (days: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * day })
    for (const days of [1, 3, 3, 4]) {
      at(days)
      await sweep()
    }
    const toUnused = () => mailbox(unused.account.email, undefined, 0)
    expect((await toUnused()).map(({ template }) => template)).toEqual(['migration-reminder'])
    expect((await tryLogIn(unused.account.email, `${legacyPassword}x`)).status).toBe(401)
    at(10)
    const current = token
    token = await serviceToken(tenant)
    expect((await importOne(legacy())).code).toBe(400)
    token = current
    // No sweep has been here yet: the day counts, not the sweep.
    expect(await storedHash(late.account.email)).toMatch(/^\$legacy\$/)
    expect((await tryLogIn(late.account.email, legacyPassword)).status).toBe(401)
    await sweep()
    expect(await storedHash(unused.account.email)).toBeNull()
    expect((await tryLogIn(unused.account.email, legacyPassword)).status).toBe(401)
    expect((await tryLogIn(used.account.email, legacyPassword)).status).toBe(200)
    expect((await toUnused()).map(({ template }) => template)).toEqual([
      'password-reset',
      'migration-reminder',
    ])
    expect(await mailbox(used.account.email, undefined, 0)).toEqual([])
    conformEmpty(await retention('DELETE'), 204)
  })

  it('is silent where the tenant wants it so', async () => {
    tenant = await newTenant()
    token = await serviceToken(tenant)
    const quiet = {
      retentionEndDate: dayIn(2),
      emailReminderDate: dayIn(1),
      emailNotificationsEnabled: false,
    }
    conform(await retention('POST', quiet), 200, RetentionConfig)
    const item = legacy()
    await importOne(item)
    for (const days of [1, 2]) {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * day })
      await sweep()
    }
    expect(await storedHash(item.account.email)).toBeNull()
    expect(await mailbox(item.account.email, undefined, 0)).toEqual([])
  })
})

describe('Generating a customer token', () => {
  const assist = (customerNumber: unknown) =>
    office('POST', '/assisted-buying-login', { body: { customerNumber } })
  const open = async (customerNumber: string) => conform(await assist(customerNumber), 200, CustomerLogin)

  it('opens a session of the customer, and says in the messages who did', async () => {
    const { id, email, password } = await signUp(tenant)
    const { accessToken } = await open(id)
    const { body } = await call(`GET`, `/customer/${tenant}/me`, { token: accessToken })
    expect(body).toMatchObject({ id, lastLogin: null })
    const rename = { token: accessToken, body: { firstName: 'Augusta' } }
    conformEmpty(await call('PATCH', `/customer/${tenant}/me`, rename), 200)
    const { results } = await env.DB.prepare(
      'SELECT type, created_by FROM messages WHERE tenant = ? AND resource_id = ? ORDER BY sequence',
    )
      .bind(tenant, id)
      .all<{ type: string; created_by: string }>()
    const who = results.slice(1).map(({ type, created_by }) => [type, JSON.parse(created_by)])
    expect(who).toEqual([
      ['CustomerAssistedLogin', { clientId: `${tenant}-admin` }],
      ['CustomerFirstNameSet', { clientId: `${tenant}-admin`, customerId: id }],
    ])
    expect((await tryLogIn(email, password)).status).toBe(200)
  })

  it('can be refreshed and ended like any other', async () => {
    const { id } = await signUp(tenant)
    const { accessToken, refreshToken } = await open(id)
    const visitor = (await anonymous(tenant)).access_token
    const refreshed = await call<CustomerTokens>('GET', `/customer/${tenant}/refreshauthtoken`, {
      token: visitor,
      query: { refreshToken },
    })
    expect(refreshed.status).toBe(200)
    const end = { token: accessToken, query: { accessToken } }
    conformEmpty(await call('GET', `/customer/${tenant}/logout`, end), 204)
    conformFault(await call('GET', `/customer/${tenant}/me`, { token: refreshed.body.access_token }))
  })

  it('does not count as a recent log-in of the customer', async () => {
    const { id, tokens } = await newCustomer(tenant)
    const { accessToken } = await open(id)
    const add = (bearer: string) =>
      call('POST', `/customer/${tenant}/me/accounts/internal`, {
        token: bearer,
        body: { email: uniqueEmail(), password: 'correct horse battery' },
      })
    conformError(await add(accessToken), 403, 'Forbidden')
    expect((await add(tokens.access_token)).status).toBe(201)
  })

  it('refuses who is not there, not let in, without a log-in, or not named', async () => {
    conformError(await assist('nobody'), 404, 'application/json')
    const { id } = await signUp(tenant)
    conformEmpty(await office('PATCH', `/customers/${id}`, { body: { onHold: true } }), 200)
    conformError(await assist(id), 403, 'Forbidden')
    const contact = await office('POST', '/customers', { body: { type: 'CONTACT' } })
    const { id: nameless } = contact.body as { id: string }
    conformViolations(await assist(nameless), { customerNumber: 'invalid_field' })
    conformViolations(await assist(undefined), { customerNumber: 'missing_field' })
    conformViolations(await assist(7), { customerNumber: 'invalid_field' })
  })
})
