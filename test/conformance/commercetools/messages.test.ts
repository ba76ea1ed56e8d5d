/**
 * "Messages", through the unmodified SDK: every type that is told about a customer in its form on the wire (the table is
 * checked against the SDK's own types, so none is missing), then queries, numbers, and what is never shown.
 */
import {
  createApiBuilderFromCtpClient,
  type Message as SdkMessage,
  type MessagePagedQueryResponse,
} from '@commercetools/platform-sdk'
import { ClientBuilder } from '@commercetools/ts-client'
import { env, exports } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { customerStore } from '../../../src/adapters/d1/customer/customer-store.ts'
import { openDatabase } from '../../../src/adapters/d1/database.ts'
import { oneDatabase } from '../../../src/adapters/d1/databases.ts'
import type { Actor } from '../../../src/domain/base/actor.ts'
import { billingTag, shippingTag } from '../../../src/domain/customer/address.ts'
import { apply } from '../../../src/domain/changes/apply.ts'
import type { Change, CustomerRecord } from '../../../src/domain/changes/change.ts'
import type { Customer } from '../../../src/domain/customer/customer.ts'
import type { Message } from '../../../src/domain/events/message.ts'
import type { CustomerAction } from '../../../src/domain/changes/update-action.ts'
import type { StoredCustomer } from '../../../src/flows/ports/index.ts'
import { baseUrl, call, newCustomer, serviceToken } from '../../support/client.ts'
import { accountOf, addressOf, now, recordWith, valueOf } from '../../support/records.ts'
import document from '../../messages.md?raw'

// The SDK's build for browsers looks at the browser's name for its user agent.
vi.stubGlobal('window', { navigator: { userAgent: 'workerd' } })

const toWorker = (url: string, init: RequestInit) => exports.default.fetch(new Request(url, init))
const project = createApiBuilderFromCtpClient(
  new ClientBuilder()
    .withProjectKey('acme')
    .withClientCredentialsFlow({
      host: baseUrl,
      projectKey: 'acme',
      credentials: { clientId: 'acme-admin', clientSecret: 'acme-admin-secret' },
      scopes: ['view_messages:acme'],
      httpClient: toWorker,
    })
    .withHttpMiddleware({ host: baseUrl, httpClient: toWorker })
    .build(),
).withProjectKey({ projectKey: 'acme' })

type Common =
  | 'id'
  | 'version'
  | 'createdAt'
  | 'lastModifiedAt'
  | 'createdBy'
  | 'lastModifiedBy'
  | 'sequenceNumber'
  | 'resource'
  | 'resourceVersion'
  | 'resourceUserProvidedIdentifiers'
/** The vendor's types, without those of the group as a resource of its own. */
type Told = Exclude<
  Extract<SdkMessage, { type: `Customer${string}` }>['type'],
  `CustomerGroupCustom${string}`
>
type Shown<T extends Told> = Omit<Extract<SdkMessage, { type: T }>, Common | 'type'>

const type = { typeId: 'type', id: 't1' } as const
const gold = { typeId: 'customer-group', id: 'gold' } as const
const silver = { typeId: 'customer-group', id: 'silver' } as const
const berlin = { typeId: 'store', key: 'berlin' } as const
const paris = { typeId: 'store', key: 'paris' } as const
const home = addressOf('home', { street: 'Row', country: 'GB', key: 'h', tags: [shippingTag] })
const work = addressOf('work', { contactName: 'Ada King', country: 'FR', custom: { type, fields: { f: 3 } } })
const shownHome = { id: 'home', key: 'h', country: 'GB', streetName: 'Row' }
const shownWork = {
  id: 'work',
  country: 'FR',
  firstName: 'Ada',
  lastName: 'King',
  custom: { type, fields: { f: 3 } },
}
const full = {
  key: 'ada-key',
  externalId: 'erp-1',
  addresses: [home, work],
  shippingAddressIds: ['home'],
  customerGroup: gold,
  customerGroupAssignments: [{ customerGroup: gold }],
  stores: [berlin],
  custom: { type, fields: { points: 1 } },
} satisfies Partial<Customer>

const tokenOfMessage = {
  tokenId: 'one-time',
  customerId: '1',
  expiresAt: '2026-03-01T13:00:00.000Z',
  invalidateOlderTokens: true,
}
const { tokenId, ...shownToken } = tokenOfMessage
const custom = (change: object) => ({ action: 'changeCustomFields', ...change }) as CustomerAction
const customOfWork = (change: object) =>
  ({ action: 'changeAddressCustomFields', addressId: 'work', ...change }) as CustomerAction

/** What causes a message of the type, and what it shows beside the fields that all have. */
const wire: { [T in Told]: { cause: CustomerAction | Message; shown: Shown<T> } } = {
  CustomerCreated: {
    cause: { type: 'CustomerCreated', payload: { customer: recordWith(full).customer } },
    shown: { customer: expect.objectContaining({ key: 'ada-key', addresses: [shownHome, shownWork] }) },
  },
  CustomerDeleted: {
    cause: { type: 'CustomerDeleted', payload: { email: 'ada@shop.example' } },
    shown: { email: 'ada@shop.example' },
  },
  CustomerEmailChanged: {
    cause: { type: 'CustomerEmailChanged', payload: { email: 'new@x.example', oldEmail: 'old@x.example' } },
    shown: { email: 'new@x.example', oldEmail: 'old@x.example' },
  },
  CustomerEmailVerified: { cause: { action: 'verifyEmail', way: 'email_token' }, shown: {} },
  CustomerPasswordUpdated: {
    cause: { type: 'CustomerPasswordUpdated', payload: { reset: true } },
    shown: { reset: true },
  },
  CustomerPasswordTokenCreated: {
    cause: { type: 'CustomerPasswordTokenCreated', payload: tokenOfMessage },
    shown: shownToken,
  },
  CustomerEmailTokenCreated: {
    cause: { type: 'CustomerEmailTokenCreated', payload: tokenOfMessage },
    shown: shownToken,
  },
  CustomerFirstNameSet: {
    cause: { action: 'set', field: 'firstName', value: 'Augusta' },
    shown: { firstName: 'Augusta' },
  },
  CustomerLastNameSet: { cause: { action: 'set', field: 'lastName', value: undefined }, shown: {} },
  CustomerTitleSet: { cause: { action: 'set', field: 'title', value: 'Dr' }, shown: { title: 'Dr' } },
  CustomerCompanyNameSet: {
    cause: { action: 'set', field: 'company', value: 'Looms' },
    shown: { companyName: 'Looms' },
  },
  CustomerDateOfBirthSet: {
    cause: { action: 'set', field: 'dateOfBirth', value: '1815-12-10' },
    shown: { dateOfBirth: '1815-12-10' },
  },
  CustomerExternalIdSet: {
    cause: { action: 'set', field: 'externalId', value: 'erp-2' },
    shown: { externalId: 'erp-2' },
  },
  CustomerAddressAdded: {
    cause: { action: 'addAddress', addressId: 'new', address: { country: 'IT' } },
    shown: { address: { id: 'new', country: 'IT' } },
  },
  CustomerAddressChanged: {
    cause: { action: 'patchAddress', addressId: 'home', address: { city: 'Bath' } },
    shown: { address: { ...shownHome, city: 'Bath' }, addressRoles: ['Shipping'] },
  },
  CustomerAddressRemoved: {
    cause: { action: 'removeAddress', addressId: 'work' },
    shown: { address: shownWork, addressRoles: [] },
  },
  CustomerShippingAddressAdded: {
    cause: { action: 'addAddressTags', addressId: 'work', tags: [shippingTag] },
    shown: { address: shownWork },
  },
  CustomerShippingAddressRemoved: {
    cause: { action: 'removeAddressTags', addressId: 'home', tags: [shippingTag] },
    shown: { address: shownHome },
  },
  CustomerBillingAddressAdded: {
    cause: { action: 'addAddressTags', addressId: 'home', tags: [billingTag] },
    shown: { address: shownHome },
  },
  CustomerBillingAddressRemoved: {
    cause: { type: 'CustomerBillingAddressRemoved', payload: { address: home } },
    shown: { address: shownHome },
  },
  CustomerDefaultShippingAddressSet: {
    cause: { action: 'setDefaultAddress', of: 'shipping', addressId: 'home' },
    shown: { address: shownHome },
  },
  CustomerDefaultBillingAddressSet: {
    cause: { type: 'CustomerDefaultBillingAddressSet', payload: {} },
    shown: {},
  },
  CustomerCustomTypeSet: {
    cause: custom({ change: 'type', custom: { type: { ...type, id: 't2' }, fields: {} } }),
    shown: { customFields: { type: { ...type, id: 't2' }, fields: {} }, previousTypeId: 't1' },
  },
  CustomerCustomTypeRemoved: {
    cause: custom({ change: 'type', custom: undefined }),
    shown: { previousTypeId: 't1' },
  },
  CustomerCustomFieldAdded: {
    cause: custom({ change: 'field', name: 'vip', value: { en: 'yes' } }),
    shown: { name: 'vip', value: { en: 'yes' } },
  },
  CustomerCustomFieldChanged: {
    cause: custom({ change: 'field', name: 'points', value: 2 }),
    shown: { name: 'points', value: 2, previousValue: 1 },
  },
  CustomerCustomFieldRemoved: {
    cause: custom({ change: 'field', name: 'points' }),
    shown: { name: 'points' },
  },
  CustomerAddressCustomTypeSet: {
    cause: customOfWork({ change: 'type', custom: { type: { ...type, id: 't2' }, fields: {} } }),
    shown: {
      addressId: 'work',
      customFields: { type: { ...type, id: 't2' }, fields: {} },
      previousTypeId: 't1',
    },
  },
  CustomerAddressCustomTypeRemoved: {
    cause: customOfWork({ change: 'type', custom: undefined }),
    shown: { addressId: 'work', previousTypeId: 't1' },
  },
  CustomerAddressCustomFieldAdded: {
    cause: customOfWork({ change: 'field', name: 'bell', value: 'L' }),
    shown: { addressId: 'work', name: 'bell', value: 'L' },
  },
  CustomerAddressCustomFieldChanged: {
    cause: customOfWork({ change: 'field', name: 'f', value: 4 }),
    shown: { addressId: 'work', name: 'f', value: 4, previousValue: 3 },
  },
  CustomerAddressCustomFieldRemoved: {
    cause: customOfWork({ change: 'field', name: 'f' }),
    shown: { addressId: 'work', name: 'f' },
  },
  CustomerGroupSet: {
    cause: { action: 'setCustomerGroup', customerGroupId: 'silver' },
    shown: { customerGroup: silver },
  },
  CustomerGroupAssignmentAdded: {
    cause: { action: 'addCustomerGroupAssignment', customerGroupId: 'silver' },
    shown: { customerGroupAssignment: { customerGroup: silver } },
  },
  CustomerGroupAssignmentRemoved: {
    cause: { action: 'removeCustomerGroupAssignment', customerGroupId: 'gold' },
    shown: { customerGroupAssignment: { customerGroup: gold } },
  },
  CustomerGroupAssignmentsSet: {
    cause: { action: 'setCustomerGroupAssignments', customerGroupIds: ['silver'] },
    shown: {
      customerGroupAssignments: [{ customerGroup: silver }],
      oldCustomerGroupAssignments: [{ customerGroup: gold }],
    },
  },
  CustomerStoresSet: {
    cause: { action: 'addStore', store: 'paris' },
    shown: { stores: [berlin, paris], oldStores: [berlin] },
  },
}

const store = customerStore(oneDatabase(openDatabase(env.DB)))

/** A customer of `full` without any message so far, and one write to it. */
async function written(
  causes: (CustomerAction | Message)[],
  more: { actor?: Actor; tenant?: string; at?: number } = {},
): Promise<string> {
  const { tenant = 'acme', at = now, actor } = more
  const id = crypto.randomUUID()
  const account = { ...accountOf(id), emailKey: `${id}@shop.example` }
  const record = recordWith({ ...full, tenant, id, key: `k-${id}` }, { accounts: [account] })
  const operation = { operationId: 'create', now: at, mails: [], actor }
  valueOf(await store.insert({ record, messages: [], mails: [] }, operation))
  const before: StoredCustomer = {
    record,
    operationId: 'create',
    messageSequence: 0,
    publishedSequence: 0,
    erased: false,
  }
  valueOf(await store.save(before, changeOf(record, causes), { ...operation, operationId: 'change' }))
  return id
}

function changeOf(record: CustomerRecord, causes: (CustomerAction | Message)[]): Change {
  const actions = causes.filter((cause) => 'action' in cause)
  const change = valueOf(apply(record, actions, now))
  return { ...change, messages: [...change.messages, ...causes.filter((cause) => 'payload' in cause)] }
}

const get = async (queryArgs: Record<string, string | number | boolean | string[]>) =>
  (await project.messages().get({ queryArgs }).execute()).body
const ofCustomer = (id: string) => get({ where: `resource(id="${id}")`, sort: 'sequenceNumber', limit: 500 })

let token: string
beforeAll(async () => {
  token = await serviceToken('acme', 'view_messages')
})

describe('A message', () => {
  it.each(Object.entries(wire))('%s shows its payload, in a page and by id', async (name, example) => {
    const id = await written([example.cause])
    const isOfToken = name.endsWith('TokenCreated')
    const page = await get({ where: `type="${name}"`, sort: 'createdAt desc', limit: 500 })
    const message = page.results.find((one) => one.resource.id === (isOfToken ? tokenId : id))
    const everything = {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      version: 1,
      sequenceNumber: expect.any(Number),
      resource: { typeId: 'customer', id },
      resourceVersion: 'action' in example.cause ? 8 : 7,
      resourceUserProvidedIdentifiers: expect.objectContaining({ customerNumber: id, key: `k-${id}` }),
      type: name,
      createdAt: '2026-03-01T12:00:00.000Z',
      lastModifiedAt: '2026-03-01T12:00:00.000Z',
      ...example.shown,
    }
    const { resourceUserProvidedIdentifiers: _none, ...token } = everything
    const typeId = `customer-${name.includes('Password') ? 'password' : 'email'}-token`
    const expected = isOfToken
      ? { ...token, sequenceNumber: 1, resource: { typeId, id: tokenId }, resourceVersion: 1 }
      : everything
    expect(message).toEqual(expected)
    const byId = await project
      .messages()
      .withId({ ID: message?.id ?? '' })
      .get()
      .execute()
    expect(byId.body).toEqual(message)
  })

  it('of every type that the service tells is a row of the table in test/messages.md', () => {
    const rows = [...document.matchAll(/^\| `(Customer\w+)`[^|]* \|/gm)].map(([, name]) => name)
    expect(rows.toSorted()).toEqual(Object.keys(wire).toSorted())
  })

  it.each<[string, Actor | undefined, object]>([
    [
      'a customer',
      { clientId: 'shop', customerId: '7' },
      { clientId: 'shop', isPlatformClient: false, customer: { typeId: 'customer', id: '7' } },
    ],
    [
      'a visitor',
      { clientId: 'shop', anonymousId: 'visitor' },
      { clientId: 'shop', isPlatformClient: false, anonymousId: 'visitor' },
    ],
    [
      'the back office for somebody',
      { clientId: 'admin', externalUserId: 'bob' },
      { clientId: 'admin', isPlatformClient: false, externalUserId: 'bob' },
    ],
  ])('names %s that caused it', async (_who, actor, shown) => {
    const id = await written([wire.CustomerTitleSet.cause], { ...(actor && { actor }) })
    expect((await ofCustomer(id)).results).toMatchObject([{ createdBy: shown, lastModifiedBy: shown }])
  })

  it('holds the whole new customer as the customer sees itself, and no secret', async () => {
    const { id, tokens, password } = await newCustomer('acme')
    const own = await call('GET', '/acme/me', { token: tokens.access_token })
    const page = await ofCustomer(id)
    expect(page.results).toMatchObject([{ type: 'CustomerCreated', sequenceNumber: 1, resourceVersion: 1 }])
    expect(page.results[0]).toHaveProperty('customer', own.body)
    expect(JSON.stringify(page)).not.toMatch(new RegExp(`${password}|argon2|\\$v=`))
  })
})

describe('What happens is told', () => {
  it('once for each effect, in order, with the version that it led to and the customer who did it', async () => {
    const { id, tokens, email } = await newCustomer('acme')
    const actions = [
      { action: 'setFirstName', firstName: 'Augusta' },
      { action: 'setMiddleName', middleName: 'Byron' },
      { action: 'addAddress', address: { country: 'GB' } },
      { action: 'setLastName' },
    ]
    const updated = await call('POST', '/acme/me', {
      token: tokens.access_token,
      body: { version: 1, actions },
    })
    expect(updated.status, updated.text).toBe(200)
    const { results } = await ofCustomer(id)
    expect(
      results.map(({ type, sequenceNumber, resourceVersion }) => [type, sequenceNumber, resourceVersion]),
    ).toEqual([
      ['CustomerCreated', 1, 1],
      ['CustomerFirstNameSet', 2, 2],
      ['CustomerAddressAdded', 3, 2],
      ['CustomerLastNameSet', 4, 2],
    ])
    expect(results[1]?.createdBy).toMatchObject({ customer: { typeId: 'customer', id } })
    expect(JSON.stringify(results.slice(1))).not.toContain(email)
  })

  it('not at all for a request that fails or changes nothing', async () => {
    const { id, tokens } = await newCustomer('acme')
    const send = async (version: number, ...actions: object[]) =>
      (await call('POST', '/acme/me', { token: tokens.access_token, body: { version, actions } })).status
    const title = { action: 'setTitle', title: 'Dr' }
    expect(await send(1, title, { action: 'removeAddress', addressId: 'none' })).toBe(400)
    expect(await send(9, title)).toBe(409)
    expect(await send(1, { action: 'setFirstName', firstName: 'Ada' })).toBe(200)
    expect(await send(1, title, { action: 'setTitle' })).toBe(200)
    expect((await ofCustomer(id)).count).toBe(1)
  })

  it('in numbers without gaps while twenty write at once, although what is internal is written between', async () => {
    const { id, tokens } = await newCustomer('acme')
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, writer) =>
        call('PATCH', '/customer/acme/me', {
          token: tokens.access_token,
          body: { contactPhone: `${writer}`, firstName: `Ada ${writer}`, preferredCurrency: 'EUR' },
        }),
      ),
    )
    expect(answers.filter(({ status }) => status >= 400)).toEqual([])
    const { results } = await ofCustomer(id)
    expect(results.map(({ sequenceNumber }) => sequenceNumber)).toEqual(
      Array.from({ length: 21 }, (_, index) => index + 1),
    )
    expect(results.map(({ resourceVersion }) => resourceVersion)).toEqual(
      Array.from({ length: 21 }, (_, index) => index + 1),
    )
    const internal = await env.DB.prepare(
      'SELECT count(*) AS count FROM messages WHERE resource_id = ? AND published_sequence IS NULL',
    )
      .bind(id)
      .first<{ count: number }>()
    expect(internal?.count).toBeGreaterThanOrEqual(20)
  })

  it('of a customer who is gone says no more than that', async () => {
    const { id, tokens, email } = await newCustomer('acme')
    const gone = await call('DELETE', '/acme/me', { token: tokens.access_token, query: { version: 1 } })
    expect(gone.status, gone.text).toBe(200)
    const { results } = await ofCustomer(id)
    expect(results).toMatchObject([
      { type: 'CustomerDeleted', sequenceNumber: 2, resourceVersion: 2, resource: { id } },
    ])
    expect(JSON.stringify(results)).not.toMatch(new RegExp(`${email}|Ada`))
  })
})

describe('A query of messages', () => {
  let ada: string
  let bob: string
  let first: SdkMessage

  beforeAll(async () => {
    const rename = (value: string): CustomerAction => ({ action: 'set', field: 'firstName', value })
    ada = await written([rename('A1'), wire.CustomerTitleSet.cause, wire.CustomerStoresSet.cause], {
      at: Date.parse('2026-02-01T00:00:00.000Z'),
      actor: { clientId: 'query-shop' },
    })
    bob = await written(
      [
        rename('B1'),
        { type: 'CustomerEmailTokenCreated', payload: { ...tokenOfMessage, tokenId: 'for-bob' } },
      ],
      { at: Date.parse('2026-02-02T00:00:00.000Z') },
    )
    const page = await ofCustomer(ada)
    first = page.results[0] as SdkMessage
  })

  const both = () => `(resource(id in ("${ada}", "${bob}", "for-bob")))`
  const types = ({ results }: MessagePagedQueryResponse) =>
    results.map(({ type }) => type.replace('Customer', ''))

  it('shows limit, offset, count and total, and what happened first comes first', async () => {
    const page = await get({ where: both() })
    expect(page).toMatchObject({ limit: 20, offset: 0, count: 5, total: 5 })
    expect(types(page)).toEqual([
      'FirstNameSet',
      'TitleSet',
      'StoresSet',
      'FirstNameSet',
      'EmailTokenCreated',
    ])
    const part = await get({ where: both(), limit: 2, offset: 2, withTotal: false })
    expect(part).toMatchObject({ limit: 2, offset: 2, count: 2 })
    expect(part).not.toHaveProperty('total')
    expect(types(part)).toEqual(['StoresSet', 'FirstNameSet'])
  })

  it.each<[string, () => string, string[]]>([
    ['id', () => `id="${first.id}"`, ['FirstNameSet']],
    [
      'type',
      () => `${both()} and type in ("CustomerTitleSet", "CustomerStoresSet")`,
      ['TitleSet', 'StoresSet'],
    ],
    ['what it is about', () => `resource(typeId="customer" and id="${bob}")`, ['FirstNameSet']],
    [
      'a token that it is about',
      () => 'resource(typeId="customer-email-token" and id="for-bob")',
      ['EmailTokenCreated'],
    ],
    [
      'a kind of resource',
      () => `${both()} and resource(typeId="customer-email-token")`,
      ['EmailTokenCreated'],
    ],
    ['its number', () => `resource(id="${ada}") and sequenceNumber > 1`, ['TitleSet', 'StoresSet']],
    ['the version', () => `${both()} and resourceVersion < 8`, ['EmailTokenCreated']],
    ['time', () => `${both()} and createdAt > "2026-02-01T12:00:00Z"`, ['FirstNameSet', 'EmailTokenCreated']],
    [
      'another word for the time',
      () => `${both()} and lastModifiedAt <= "2026-02-01T00:00:00.000Z" and version = 1`,
      ['FirstNameSet', 'TitleSet', 'StoresSet'],
    ],
    [
      'who did it',
      () => `${both()} and createdBy(clientId="query-shop") and type="CustomerTitleSet"`,
      ['TitleSet'],
    ],
    ['nobody who did it', () => `resource(id="${bob}") and createdBy is not defined`, ['FirstNameSet']],
    [
      'the merchant’s name of the customer',
      () => `resourceUserProvidedIdentifiers(key="k-${ada}") and type="CustomerTitleSet"`,
      ['TitleSet'],
    ],
    ['nothing', () => `${both()} and type="CustomerDeleted"`, []],
    ['an internal type', () => `type="CustomerProfileChanged"`, []],
  ])('finds by %s', async (_what, where, expected) => {
    expect(types(await get({ where: where(), sort: ['createdAt asc', 'sequenceNumber asc'] }))).toEqual(
      expected,
    )
  })

  it('sorts, and reads page by page as the SDK does', async () => {
    expect(types(await get({ where: both(), sort: ['createdAt desc', 'type desc'], limit: 2 }))).toEqual([
      'FirstNameSet',
      'EmailTokenCreated',
    ])
    const seen: string[] = []
    for (let last = ''; seen.length < 9; last = seen.at(-1) ?? '') {
      const { results } = await get({
        where: [both(), ...(last === '' ? [] : [`id > "${last}"`])],
        sort: 'id asc',
        limit: 2,
        withTotal: false,
      })
      seen.push(...results.map(({ id }) => id))
      if (results.length < 2) break
    }
    expect(new Set(seen).size).toBe(5)
    expect(seen).toEqual(seen.toSorted())
  })

  it('takes variables', async () => {
    const page = await get({
      where: 'resource(id = :id) and sequenceNumber = :n',
      'var.id': ada,
      'var.n': '2',
    })
    expect(types(page)).toEqual(['TitleSet'])
  })

  it('is answered by HEAD with whether there is any', async () => {
    const head = (query: Record<string, string>) => call('HEAD', '/acme/messages', { token, query })
    expect((await head({ where: `resource(id="${ada}")` })).status).toBe(200)
    const none = await head({ where: 'resource(id="nobody")' })
    expect([none.status, none.text]).toEqual([404, ''])
    expect((await head({ where: 'what is this' })).status).toBe(400)
    expect((await call('HEAD', `/acme/messages/${first.id}`, { token })).status).toBe(200)
    expect((await call('HEAD', '/acme/messages/none', { token })).status).toBe(404)
  })

  it.each([
    ['a field that there is not', { where: 'payload(x="y")' }, /The field 'payload' does not exist/],
    ['a field of a payload', { where: 'customer(email="a@x.example")' }, /does not exist/],
    ['half a predicate', { where: 'type=' }, /Syntax error while parsing 'where'/],
    ['a number where text belongs', { where: 'type=7' }, /Malformed parameter: where/],
    ['a quote that does not end', { where: 'type="x' }, /Malformed parameter: where/],
    ['a sort by a field that there is not', { sort: 'email' }, /Malformed parameter: sort/],
    ['a limit that is too high', { limit: '501' }, /Malformed parameter: limit/],
    ['an offset that is too high', { offset: '10001' }, /Malformed parameter: offset/],
    [
      'a predicate that is too deep',
      { where: `${'('.repeat(5000)}type="x"${')'.repeat(5000)}` },
      /Malformed parameter: where/,
    ],
  ])('refuses %s', async (_what, query, words) => {
    const answer = await call<{ errors: { code: string; message: string }[] }>('GET', '/acme/messages', {
      token,
      query,
    })
    expect(answer.status, answer.text).toBe(400)
    expect(answer.body.errors).toEqual([{ code: 'InvalidInput', message: expect.stringMatching(words) }])
  })

  it('of more than can be held at once is refused, and a smaller page is not', async () => {
    const huge: Message = { type: 'CustomerTitleSet', payload: { title: 'x'.repeat(450_000) } }
    const id = await written(Array.from({ length: 20 }, () => huge))
    const where = `resource(id="${id}")`
    const answer = await call<{ message: string }>('GET', '/acme/messages', { token, query: { where } })
    expect(answer.status).toBe(413)
    expect(answer.body.message).toMatch(/^Content too large\. .*limit/)
    expect((await get({ where, limit: 10 })).count).toBe(10)
  })

  it('of an id that nobody has is 404', async () => {
    const answer = await call('GET', '/acme/messages/none', { token })
    expect(answer.status).toBe(404)
    expect(answer.body).toMatchObject({
      errors: [{ code: 'ResourceNotFound', message: `The Resource with ID 'none' was not found.` }],
    })
  })

  it('never reaches what is internal, nor another tenant', async () => {
    const id = await written(
      [
        { action: 'set', field: 'salutation', value: 'Mrs' },
        { type: 'CustomerSessionStolen', payload: { sessionId: 'stolen' } },
      ],
      { tenant: 'globex' },
    )
    const hidden = await env.DB.prepare('SELECT id FROM messages WHERE resource_id = ?').bind(id).all()
    expect(hidden.results).toHaveLength(2)
    const globex = await serviceToken('globex', 'view_messages')
    for (const row of hidden.results) {
      const answer = await call('GET', `/globex/messages/${String(row['id'])}`, { token: globex })
      expect(answer.status).toBe(404)
    }
    const where = `resource(id="${ada}") or id="${first.id}" or not(type="x")`
    const foreign = await call<MessagePagedQueryResponse>('GET', '/globex/messages', {
      token: globex,
      query: { where },
    })
    expect(foreign.body.results.filter(({ resource }) => resource.id === ada)).toEqual([])
    expect((await call('GET', `/globex/messages/${first.id}`, { token: globex })).status).toBe(404)
    expect((await call('GET', '/globex/messages', { token })).status).toBe(401)
  })

  it.each<[string, () => Promise<string>, number]>([
    ['customers', async () => (await newCustomer('acme')).tokens.access_token, 403],
    ['clients that may only view customers', () => serviceToken('acme', 'view_customers'), 403],
    ['clients that manage the project', () => serviceToken('acme', 'manage_project'), 200],
  ])('by %s is %s', async (_who, tokenOf, status) => {
    const answers = await Promise.all(
      ['/acme/messages', `/acme/messages/${first.id}`].map(async (path) =>
        call('GET', path, { token: await tokenOf() }),
      ),
    )
    expect(answers.map((answer) => answer.status)).toEqual([status, status])
  })
})
