/**
 * "Customers", changed by the back office: created, updated by every action, deleted, in the project and in a store, by the
 * official SDK, unmodified.
 */
import type { Customer, CustomerDraft, CustomerUpdateAction } from '@commercetools/platform-sdk'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { anonymous, call, logIn, mailbox, serviceToken, uniqueEmail } from '../../support/client.ts'
import { asShop, asVisitor, createdBy, failure, password, type Failure } from '../../support/commercetools.ts'
import { insert, row } from '../../support/stored-customers.ts'

const api = asShop()
const customers = api.customers()
const inStore = (storeKey: string, of = api) => of.inStoreKeyWithStoreKeyValue({ storeKey }).customers()

let token: string
/** Ids and keys of a group each. */
let gold: { id: string; key: string }
let silver: { id: string; key: string }
/** A Type of customers and addresses with one text field, `size`. */
let sizes: { id: string; key: string }

beforeAll(async () => {
  token = await serviceToken('acme')
  for (const key of ['berlin', 'paris'])
    await api
      .stores()
      .post({ body: { key, name: { en: key } } })
      .execute()
  const [first, second] = await Promise.all(
    ['gold', 'silver'].map(async (key) => {
      const { body } = await api
        .customerGroups()
        .post({ body: { key, groupName: `The ${key} ones` } })
        .execute()
      return { id: body.id, key }
    }),
  )
  const { body: type } = await api
    .types()
    .post({
      body: {
        key: 'sizes',
        name: { en: 'Sizes' },
        resourceTypeIds: ['customer', 'address'],
        fieldDefinitions: [
          { name: 'size', label: { en: 'Size' }, required: false, type: { name: 'String' } },
        ],
      },
    })
    .execute()
  sizes = { id: type.id, key: type.key }
  if (!first || !second) throw new Error('two groups were asked for')
  gold = first
  silver = second
})

const created = (draft: Partial<CustomerDraft> = {}) => createdBy(api, draft)

async function updated({ id: ID }: Customer, version: number, ...actions: CustomerUpdateAction[]) {
  return (await customers.withId({ ID }).post({ body: { version, actions } }).execute()).body
}

async function read(id: string): Promise<Customer> {
  return (await customers.withId({ ID: id }).get().execute()).body
}

const country = 'DE'

describe('creating a customer', () => {
  it('keeps everything that a draft can say', async () => {
    const draft = {
      email: uniqueEmail('Full'),
      password,
      key: `key-${crypto.randomUUID()}`,
      customerNumber: `number-${crypto.randomUUID()}`,
      externalId: 'external',
      firstName: 'Ada',
      lastName: 'Lovelace',
      middleName: 'King',
      title: 'Dr',
      salutation: 'Ms',
      dateOfBirth: '1815-12-10',
      companyName: 'Engines',
      vatId: 'GB1',
      locale: 'de-DE',
      isEmailVerified: true,
      addresses: [{ country, city: 'Berlin', key: 'home' }],
    }
    const customer = await created({
      ...draft,
      customerGroup: { typeId: 'customer-group', key: gold.key },
      customerGroupAssignments: [{ customerGroup: { typeId: 'customer-group', id: silver.id } }],
      stores: [
        { typeId: 'store', key: 'paris' },
        { typeId: 'store', key: 'berlin' },
      ],
    })
    const { password: _secret, addresses: _written, ...shown } = draft
    const actor = { clientId: 'acme-admin', isPlatformClient: false }
    expect(customer).toMatchObject({
      ...shown,
      version: 1,
      authenticationMode: 'Password',
      addresses: [{ country, city: 'Berlin', key: 'home' }],
      customerGroup: { typeId: 'customer-group', id: gold.id },
      customerGroupAssignments: [{ customerGroup: { typeId: 'customer-group', id: silver.id } }],
      stores: [
        { typeId: 'store', key: 'paris' },
        { typeId: 'store', key: 'berlin' },
      ],
      createdBy: actor,
      lastModifiedBy: actor,
    })
    expect(await read(customer.id)).toEqual(customer)
  })

  it('of an e-mail and a password shows what is always there, and nothing that was not said', async () => {
    const always = [
      ...['id', 'version', 'createdAt', 'lastModifiedAt', 'createdBy', 'lastModifiedBy', 'customerNumber'],
      ...['email', 'password', 'addresses', 'shippingAddressIds', 'billingAddressIds', 'isEmailVerified'],
      ...['customerGroupAssignments', 'stores', 'authenticationMode'],
    ].sort()
    expect(Object.keys(await created()).sort()).toEqual(always)
    const body = { email: uniqueEmail(), password }
    const signedUp = await asVisitor().me().signup().post({ body }).execute()
    expect(Object.keys(signedUp.body.customer).sort()).toEqual(always)
  })

  it.each([
    ['a default and listed ones', { defaultBillingAddress: 0, billingAddresses: [3] }, [0, 3]],
    ['a default that comes later', { defaultBillingAddress: 3, billingAddresses: [0, 1] }, [3, 0, 1]],
    ['a default that is listed too', { defaultBillingAddress: 2, billingAddresses: [1, 2] }, [2, 1]],
    ['one that is listed twice', { billingAddresses: [3, 1, 3] }, [3, 1]],
    ['a default alone', { defaultBillingAddress: 1 }, [1]],
    ['none at all', {}, []],
  ])('lists the default first, each address once, in the order given: %s', async (_what, lists, order) => {
    const addresses = ['0', '1', '2', '3'].map((city) => ({ country, city }))
    const customer = await created({ addresses, ...lists })
    expect(customer.billingAddressIds).toEqual(order.map((index) => customer.addresses[index]?.id))
    expect(customer.shippingAddressIds).toEqual([])
    expect(customer.defaultShippingAddressId).toBeUndefined()
  })

  it('shipping addresses are listed like billing addresses', async () => {
    const addresses = [{ country }, { country }]
    const customer = await created({ addresses, defaultShippingAddress: 1, shippingAddresses: [0] })
    const [first, second] = customer.addresses.map(({ id }) => id)
    expect(customer).toMatchObject({
      defaultShippingAddressId: second,
      shippingAddressIds: [second, first],
      billingAddressIds: [],
    })
  })

  it('who signs in elsewhere needs no password and cannot sign in with one', async () => {
    const customer = await created({ password: undefined, authenticationMode: 'ExternalAuth' } as object)
    expect(customer).toMatchObject({ authenticationMode: 'ExternalAuth' })
    expect(customer.password).toBeUndefined()
    const body = { email: customer.email, password }
    const { access_token } = await anonymous('acme')
    expect((await call('POST', '/acme/me/login', { token: access_token, body })).status).toBe(400)
  })

  it('a visitor’s cart and id are taken, and there is no cart in the answer', async () => {
    for (const cart of [
      { anonymousCart: { typeId: 'cart', id: 'c' } as const },
      { anonymousCartId: 'c' },
      { anonymousId: crypto.randomUUID() },
    ]) {
      const body = { email: uniqueEmail(), password, ...cart }
      expect(Object.keys((await customers.post({ body }).execute()).body)).toEqual(['customer'])
    }
  })

  it('of a tenant with double opt-in can be used at once, and gets no mail', async () => {
    const email = uniqueEmail()
    const made = await call('POST', '/globex/customers', {
      token: await serviceToken('globex'),
      body: { email, password },
    })
    expect(made.status).toBe(201)
    expect((await logIn('globex', { email, password })).access_token).toBeTypeOf('string')
    expect(await mailbox(email, undefined, 0)).toEqual([])
  })

  it('a taken e-mail, key or number is a DuplicateField that says which value it is', async () => {
    const taken = await created({ key: `key-${crypto.randomUUID()}`, customerNumber: crypto.randomUUID() })
    const attempt = (draft: Partial<CustomerDraft>) => failure(created(draft))
    const email = taken.email.toUpperCase()
    expect((await attempt({ email })).body.errors).toEqual([
      {
        code: 'DuplicateField',
        message: 'There is already an existing customer with the provided email.',
        field: 'email',
        duplicateValue: email,
      },
    ])
    for (const field of ['key', 'customerNumber'] as const) {
      const duplicateValue = taken[field] ?? ''
      const { statusCode, body } = await attempt({ [field]: duplicateValue })
      const message = `A duplicate value '"${duplicateValue}"' exists for field '${field}'.`
      expect([statusCode, body.errors]).toEqual([
        400,
        [{ code: 'DuplicateField', message, field, duplicateValue }],
      ])
    }
  })

  it('two at once with one e-mail make one customer, and the other is a duplicate', async () => {
    const email = uniqueEmail()
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => created({ email })))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        expect((outcome.reason as Failure).body.errors[0]?.code).toBe('DuplicateField')
  })

  it('refuses a body that is no object, and names no path then', async () => {
    const answer = await call<Failure['body']>('POST', '/acme/customers', { token, body: [] })
    const detailedErrorMessage = 'Invalid input: expected object, received array'
    expect([answer.status, answer.body.errors]).toMatchObject([400, [{ detailedErrorMessage }]])
  })

  it.each<[string, object, string]>([
    ['no e-mail', { email: undefined }, 'email: Missing required value'],
    ['no password', { password: undefined }, 'password: Missing required value'],
    ['an empty password', { password: '' }, 'password'],
    ['an e-mail that is none', { email: 'nobody' }, 'email'],
    ['a short key', { key: 'k' }, 'key'],
    ['an empty number', { customerNumber: '' }, 'customerNumber'],
    ['an unknown mode', { authenticationMode: 'Magic' }, 'authenticationMode'],
    ['a flag that is text', { isEmailVerified: 'true' }, 'isEmailVerified'],
    [
      'a default that no address has',
      { addresses: [{ country }], defaultBillingAddress: 1 },
      'defaultBilling',
    ],
    ['a listed one that no address has', { shippingAddresses: [0] }, 'shippingAddresses -> 0'],
    ['a negative index', { addresses: [{ country }], billingAddresses: [-1] }, 'billingAddresses -> 0'],
    ['a group without a name', { customerGroup: { typeId: 'customer-group' } }, 'customerGroup'],
    ['a group of two names', { customerGroup: { id: 'a', key: 'b' } }, 'customerGroup'],
    ['a group that is a store', { customerGroup: { typeId: 'store', id: 'a' } }, 'customerGroup -> typeId'],
    ['stores that are no list', { stores: 'berlin' }, 'stores'],
    ['both kinds of cart', { anonymousCart: { id: 'a' }, anonymousCartId: 'a' }, 'anonymousCartId'],
    ['an address without country', { addresses: [{ city: 'Berlin' }] }, 'addresses -> 0 -> country'],
  ])('refuses %s by its path', async (_what, draft, path) => {
    const email = uniqueEmail()
    const { status, body } = await call<Failure['body']>('POST', '/acme/customers', {
      token,
      body: { email, password, ...draft },
    })
    expect([status, body.errors[0]?.code]).toEqual([400, 'InvalidJsonInput'])
    expect(body.errors[0]?.['detailedErrorMessage']).toContain(path)
    const where = `lowercaseEmail="${email}"`
    expect((await customers.get({ queryArgs: { where } }).execute()).body.count).toBe(0)
  })

  it('refuses what does not exist and a password that is too short', async () => {
    const unknown = await failure(created({ customerGroup: { typeId: 'customer-group', key: 'nobody' } }))
    expect(unknown.body.errors[0]).toMatchObject({
      code: 'ReferencedResourceNotFound',
      typeId: 'customer-group',
      key: 'nobody',
    })
    const short = await failure(created({ password: 'short' }))
    expect(short.body.errors[0]).toMatchObject({ code: 'InvalidField', field: 'password' })
    expect(JSON.stringify(short.body)).not.toContain('"short"')
    const foreign = await failure(created({ locale: 'nl' }))
    expect(foreign.body.errors[0]).toMatchObject({
      code: 'InvalidField',
      field: 'locale',
      invalidValue: 'nl',
    })
  })
})

type ActionName = CustomerUpdateAction['action']
interface Step {
  does: (customer: Customer) => CustomerUpdateAction
  shows: (customer: Customer) => Partial<Record<keyof Customer, unknown>>
}

const first = ({ addresses }: Customer) => addresses[0]?.id ?? ''
const second = ({ addresses }: Customer) => addresses[1]?.id ?? ''
const groupOf = (id: string) => ({ typeId: 'customer-group', id })
const assigned = (...ids: string[]) => ids.map((id) => ({ customerGroup: groupOf(id) }))

/**
 * Every action, on a customer who is assigned to `gold` and `berlin`, with two addresses, the first listed and default.
 * Steps follow each other, each given the customer as the one before left it.
 */
const steps: Record<ActionName, Step[]> = {
  changeEmail: [
    {
      does: ({ id }) => ({ action: 'changeEmail', email: `moved.${id}@shop.example` }),
      shows: ({ id }) => ({ email: `moved.${id}@shop.example`, isEmailVerified: false }),
    },
  ],
  ...setAndUnset('setFirstName', 'firstName', 'Augusta'),
  ...setAndUnset('setLastName', 'lastName', 'King'),
  ...setAndUnset('setMiddleName', 'middleName', 'Byron'),
  ...setAndUnset('setTitle', 'title', 'Countess'),
  ...setAndUnset('setSalutation', 'salutation', 'Lady'),
  ...setAndUnset('setDateOfBirth', 'dateOfBirth', '1815-12-10'),
  ...setAndUnset('setCompanyName', 'companyName', 'Engines'),
  ...setAndUnset('setVatId', 'vatId', 'GB1'),
  ...setAndUnset('setLocale', 'locale', 'de-DE'),
  ...setAndUnset('setKey', 'key', 'the-key'),
  ...setAndUnset('setExternalId', 'externalId', 'outside'),
  addAddress: [
    {
      does: () => ({ action: 'addAddress', address: { country: 'FR', city: 'Paris' } }),
      shows: () => ({
        addresses: [
          expect.anything(),
          expect.anything(),
          expect.objectContaining({ country: 'FR', city: 'Paris' }),
        ],
      }),
    },
  ],
  changeAddress: [
    {
      does: (customer) => ({
        action: 'changeAddress',
        addressId: first(customer),
        address: { country: 'FR' },
      }),
      shows: (customer) => ({ addresses: [{ id: first(customer), country: 'FR' }, customer.addresses[1]] }),
    },
    {
      does: () => ({ action: 'changeAddress', addressKey: 'second', address: { country: 'IT', key: 'new' } }),
      shows: (customer) => ({
        addresses: [customer.addresses[0], { id: second(customer), country: 'IT', key: 'new' }],
      }),
    },
  ],
  removeAddress: [
    {
      does: (customer) => ({ action: 'removeAddress', addressId: first(customer) }),
      shows: (customer) => ({
        addresses: [customer.addresses[1]],
        shippingAddressIds: [],
        billingAddressIds: [],
        defaultShippingAddressId: undefined,
        defaultBillingAddressId: undefined,
      }),
    },
  ],
  ...ofAddresses('Shipping', 'shippingAddressIds', 'defaultShippingAddressId'),
  ...ofAddresses('Billing', 'billingAddressIds', 'defaultBillingAddressId'),
  setCustomerNumber: [
    {
      does: ({ id }) => ({ action: 'setCustomerNumber', customerNumber: `N-${id}` }),
      shows: ({ id }) => ({ customerNumber: `N-${id}` }),
    },
  ],
  setCustomerGroup: [
    {
      does: () => ({ action: 'setCustomerGroup', customerGroup: { typeId: 'customer-group', key: 'gold' } }),
      shows: () => ({ customerGroup: groupOf(gold.id) }),
    },
    {
      does: () => ({ action: 'setCustomerGroup' }),
      shows: () => ({ customerGroup: undefined }),
    },
  ],
  setCustomerGroupAssignments: [
    {
      does: () => ({
        action: 'setCustomerGroupAssignments',
        customerGroupAssignments: [
          { customerGroup: { typeId: 'customer-group', key: 'silver' } },
          { customerGroup: { typeId: 'customer-group', id: gold.id } },
        ],
      }),
      shows: () => ({ customerGroupAssignments: assigned(silver.id, gold.id) }),
    },
    {
      does: () => ({ action: 'setCustomerGroupAssignments', customerGroupAssignments: [] }),
      shows: () => ({ customerGroupAssignments: [] }),
    },
  ],
  addCustomerGroupAssignment: [
    {
      does: () => ({
        action: 'addCustomerGroupAssignment',
        customerGroupAssignment: { customerGroup: { typeId: 'customer-group', key: 'silver' } },
      }),
      shows: () => ({ customerGroupAssignments: assigned(gold.id, silver.id) }),
    },
  ],
  removeCustomerGroupAssignment: [
    {
      does: () => ({
        action: 'removeCustomerGroupAssignment',
        customerGroup: { typeId: 'customer-group', key: 'gold' },
      }),
      shows: () => ({ customerGroupAssignments: [] }),
    },
  ],
  setStores: [
    {
      does: () => ({ action: 'setStores', stores: [{ typeId: 'store', key: 'paris' }] }),
      shows: () => ({ stores: [{ typeId: 'store', key: 'paris' }] }),
    },
    { does: () => ({ action: 'setStores', stores: [] }), shows: () => ({ stores: [] }) },
  ],
  addStore: [
    {
      does: () => ({ action: 'addStore', store: { typeId: 'store', key: 'paris' } }),
      shows: () => ({
        stores: [
          { typeId: 'store', key: 'berlin' },
          { typeId: 'store', key: 'paris' },
        ],
      }),
    },
  ],
  removeStore: [
    {
      does: () => ({ action: 'removeStore', store: { typeId: 'store', key: 'berlin' } }),
      shows: () => ({ stores: [] }),
    },
  ],
  ...ofCustomFields('setCustomType', 'setCustomField', (custom) => ({ custom })),
  ...ofCustomFields(
    'setAddressCustomType',
    'setAddressCustomField',
    (custom, [home, ...others]) => {
      const { custom: _previous, ...rest } = home ?? { country }
      return { addresses: [custom ? { ...rest, custom } : rest, ...others] }
    },
    (customer) => ({ addressId: first(customer) }),
  ),
  setAuthenticationMode: [
    {
      does: () => ({ action: 'setAuthenticationMode', authMode: 'ExternalAuth' }),
      shows: () => ({ authenticationMode: 'ExternalAuth', password: undefined }),
    },
    {
      does: () => ({ action: 'setAuthenticationMode', authMode: 'Password', password: 'another horse' }),
      shows: () => ({ authenticationMode: 'Password', password: '****' }),
    },
  ],
}

function setAndUnset<A extends ActionName>(
  action: A,
  field: keyof Customer,
  value: string,
): Record<A, Step[]> {
  const unique = (id: string) => (field === 'key' ? `${value}-${id}` : value)
  const does = (fields: object) => ({ action, ...fields }) as unknown as CustomerUpdateAction
  const set: Step[] = [
    { does: ({ id }) => does({ [field]: unique(id) }), shows: ({ id }) => ({ [field]: unique(id) }) },
    { does: () => does({}), shows: () => ({ [field]: undefined }) },
  ]
  return { [action]: set } as Record<A, Step[]>
}

/** The Type is set before its field is, and so comes first in the other action's steps too. */
function ofCustomFields<T extends ActionName, F extends ActionName>(
  typeAction: T,
  fieldAction: F,
  shown: (custom: object | undefined, addresses: Customer['addresses']) => object,
  of: (customer: Customer) => object = () => ({}),
): Record<T | F, Step[]> {
  const type = () => ({ typeId: 'type', id: sizes.id })
  const step = (action: ActionName, fields: object, custom: () => object | undefined): Step => ({
    does: (customer) => ({ action, ...fields, ...of(customer) }) as unknown as CustomerUpdateAction,
    shows: ({ addresses }) => shown(custom(), addresses),
  })
  const byKey = { typeId: 'type', key: 'sizes' }
  const begun = step(typeAction, { type: byKey, fields: { size: 'M' } }, () => ({
    type: type(),
    fields: { size: 'M' },
  }))
  return {
    [typeAction]: [begun, step(typeAction, {}, () => undefined)],
    [fieldAction]: [
      begun,
      step(fieldAction, { name: 'size', value: 'L' }, () => ({ type: type(), fields: { size: 'L' } })),
      step(fieldAction, { name: 'size', value: null }, () => ({ type: type(), fields: {} })),
    ],
  } as Record<T | F, Step[]>
}

function ofAddresses<U extends 'Shipping' | 'Billing'>(
  use: U,
  list: 'shippingAddressIds' | 'billingAddressIds',
  standard: 'defaultShippingAddressId' | 'defaultBillingAddressId',
) {
  const does = (action: string, fields: object) => ({ action, ...fields }) as unknown as CustomerUpdateAction
  const both = (customer: Customer) => [first(customer), second(customer)]
  return {
    [`setDefault${use}Address`]: [
      {
        does: () => does(`setDefault${use}Address`, { addressKey: 'second' }),
        shows: (customer) => ({ [standard]: second(customer), [list]: both(customer) }),
      },
      {
        does: () => does(`setDefault${use}Address`, {}),
        shows: (customer) => ({ [standard]: undefined, [list]: both(customer) }),
      },
    ],
    [`add${use}AddressId`]: [
      {
        does: (customer) => does(`add${use}AddressId`, { addressId: second(customer) }),
        shows: (customer) => ({ [list]: both(customer), [standard]: first(customer) }),
      },
    ],
    [`remove${use}AddressId`]: [
      {
        does: () => does(`remove${use}AddressId`, { addressKey: 'first' }),
        shows: () => ({ [list]: [], [standard]: undefined }),
      },
    ],
  } satisfies Record<string, Step[]> as Record<
    `setDefault${U}Address` | `add${U}AddressId` | `remove${U}AddressId`,
    Step[]
  >
}

it('the vendor’s 34 actions are all here', () => {
  expect(Object.keys(steps)).toHaveLength(34)
})

describe('updating a customer', () => {
  const subject = () =>
    created({
      firstName: 'Ada',
      isEmailVerified: true,
      addresses: [
        { country, city: 'Berlin', key: 'first' },
        { country, key: 'second' },
      ],
      defaultShippingAddress: 0,
      defaultBillingAddress: 0,
      stores: [{ typeId: 'store', key: 'berlin' }],
      customerGroupAssignments: [{ customerGroup: { typeId: 'customer-group', id: gold.id } }],
    })

  it.each(Object.entries(steps))('%s does what it says and shows who did it', async (_name, each) => {
    let before = await subject()
    for (const { does, shows } of each) {
      const after = await updated(before, before.version, does(before))
      const shown = shows(before)
      expect(after).toMatchObject(
        Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined)),
      )
      for (const [field, value] of Object.entries(shown))
        if (value === undefined) expect(after).not.toHaveProperty(field)
      expect(after).toMatchObject({ version: before.version + 1, lastModifiedBy: { clientId: 'acme-admin' } })
      expect(await read(before.id)).toEqual(after)
      before = after
    }
  })

  it('is one version, however many actions there are', async () => {
    const customer = await subject()
    const after = await updated(
      customer,
      1,
      { action: 'setFirstName', firstName: 'Augusta' },
      { action: 'addAddress', address: { country } },
      { action: 'setExternalId', externalId: 'x' },
    )
    expect(after.version).toBe(2)
  })

  it('that changes nothing keeps version and time', async () => {
    const customer = await subject()
    const nothing: CustomerUpdateAction[] = [
      { action: 'setFirstName', firstName: 'Ada' },
      { action: 'setStores', stores: [{ typeId: 'store', key: 'berlin' }] },
      { action: 'addStore', store: { typeId: 'store', key: 'berlin' } },
      { action: 'removeStore', store: { typeId: 'store', key: 'paris' } },
      { action: 'setCustomerGroup' },
      {
        action: 'addCustomerGroupAssignment',
        customerGroupAssignment: { customerGroup: { typeId: 'customer-group', key: 'gold' } },
      },
      { action: 'setCustomerNumber', customerNumber: customer.id },
      { action: 'setKey' },
    ]
    expect(await updated(customer, 1, ...nothing)).toEqual(customer)
    expect(await updated(customer, 1)).toEqual(customer)
  })

  it('works by key, and the key may change in the same request', async () => {
    const key = `key-${crypto.randomUUID()}`
    const customer = await created({ key })
    const actions: CustomerUpdateAction[] = [{ action: 'setKey', key: `${key}-2` }]
    const { body } = await customers
      .withKey({ key })
      .post({ body: { version: 1, actions } })
      .execute()
    expect(body).toMatchObject({ id: customer.id, key: `${key}-2`, version: 2 })
    const gone = await failure(
      customers
        .withKey({ key })
        .post({ body: { version: 2, actions } })
        .execute(),
    )
    expect(gone.statusCode).toBe(404)
  })

  it.each<[string, (customer: Customer) => CustomerUpdateAction, object]>([
    [
      'a number that is set again',
      () => ({ action: 'setCustomerNumber', customerNumber: 'another' }),
      {
        code: 'InvalidOperation',
        message: 'A Customer number already exists and cannot be set again.',
      },
    ],
    [
      'an unknown address',
      () => ({ action: 'removeAddress', addressId: 'nowhere' }),
      { code: 'InvalidOperation', message: 'Customer does not contain an address with the id nowhere.' },
    ],
    [
      'an unknown store',
      () => ({ action: 'addStore', store: { typeId: 'store', key: 'atlantis' } }),
      { code: 'ReferencedResourceNotFound', typeId: 'store', key: 'atlantis' },
    ],
    [
      'an unknown group',
      () => ({ action: 'setCustomerGroup', customerGroup: { typeId: 'customer-group', id: 'nobody' } }),
      { code: 'ReferencedResourceNotFound', typeId: 'customer-group', id: 'nobody' },
    ],
    [
      'a group that the customer is not in',
      () => ({
        action: 'removeCustomerGroupAssignment',
        customerGroup: { typeId: 'customer-group', key: 'silver' },
      }),
      { code: 'InvalidOperation' },
    ],
    [
      'a short password',
      () => ({ action: 'setAuthenticationMode', authMode: 'Password', password: 'short' }),
      { code: 'InvalidField', field: 'password' },
    ],
    [
      'a locale that the project has not',
      () => ({ action: 'setLocale', locale: 'nl-NL' }),
      {
        code: 'InvalidField',
        message: `The value '"nl-NL"' is not valid for field 'locale'.`,
        field: 'locale',
        invalidValue: 'nl-NL',
        allowedValues: ['en', 'de', 'fr', 'en-US', 'de-DE', 'fr-FR'],
      },
    ],
  ])('fails as a whole and stores nothing: %s', async (_what, does, error) => {
    const customer = await created({
      customerNumber: crypto.randomUUID(),
      customerGroupAssignments: [{ customerGroup: { typeId: 'customer-group', id: gold.id } }],
    })
    const request = updated(customer, 1, { action: 'setFirstName', firstName: 'Lost' }, does(customer))
    const { statusCode, body } = await failure(request)
    expect([statusCode, body.errors[0]]).toEqual([400, expect.objectContaining(error)])
    expect(await read(customer.id)).toEqual(customer)
  })

  it('to a taken e-mail, key or number is a DuplicateField', async () => {
    const taken = await created({ key: `key-${crypto.randomUUID()}`, customerNumber: crypto.randomUUID() })
    const customer = await created()
    const attempts: [CustomerUpdateAction, string, string | undefined][] = [
      [{ action: 'changeEmail', email: taken.email }, 'email', taken.email],
      [{ action: 'setKey', key: taken.key ?? '' }, 'key', taken.key],
      [
        { action: 'setCustomerNumber', customerNumber: taken.customerNumber ?? '' },
        'customerNumber',
        taken.customerNumber,
      ],
      [{ action: 'setCustomerNumber', customerNumber: (await created()).id }, 'customerNumber', undefined],
    ]
    for (const [action, field, duplicateValue] of attempts) {
      const { body } = await failure(updated(customer, 1, action))
      expect(body.errors[0]).toMatchObject({ code: 'DuplicateField', field })
      if (duplicateValue !== undefined) expect(body.errors[0]).toMatchObject({ duplicateValue })
    }
    expect(await read(customer.id)).toEqual(customer)
  })

  it('is refused for its shape, then for its version, then for its actions', async () => {
    const { id } = await created()
    const send = async (body: object) => {
      const answer = await call<Failure['body']>('POST', `/acme/customers/${id}`, { token, body })
      const [error] = answer.body.errors
      return [answer.status, error?.code, error?.['currentVersion']]
    }
    const wrong = [
      { action: 'addStore', store: { typeId: 'store', key: 'atlantis' } },
      { action: 'setAuthenticationMode', authMode: 'Password', password: 'short' },
      { action: 'removeAddress', addressId: 'nowhere' },
      { action: 'setLocale', locale: 'nl' },
    ]
    for (const action of wrong) {
      expect(await send({ version: 9, actions: [action, { action: 'fly' }] })).toEqual([
        400,
        'InvalidJsonInput',
        undefined,
      ])
      for (const version of [0, 9])
        expect(await send({ version, actions: [action] })).toEqual([409, 'ConcurrentModification', 1])
      expect((await send({ version: 1, actions: [action] }))[0]).toBe(400)
    }
  })

  it.each<[string, object]>([
    ['no version', { actions: [] }],
    ['a version that is text', { version: '1', actions: [] }],
    ['no actions', { version: 1 }],
    ['an action without a name', { version: 1, actions: [{}] }],
    ['501 actions', { version: 1, actions: Array.from({ length: 501 }, () => ({ action: 'setTitle' })) }],
    ['stores that are absent', { version: 1, actions: [{ action: 'setStores' }] }],
    ['a store that is absent', { version: 1, actions: [{ action: 'addStore' }] }],
    ['an unknown mode', { version: 1, actions: [{ action: 'setAuthenticationMode', authMode: 'Magic' }] }],
    [
      'a password mode without password',
      { version: 1, actions: [{ action: 'setAuthenticationMode', authMode: 'Password' }] },
    ],
    ['an empty number', { version: 1, actions: [{ action: 'setCustomerNumber', customerNumber: '' }] }],
    ...(
      [
        'changeAddress',
        'removeAddress',
        'addShippingAddressId',
        'addBillingAddressId',
        'removeShippingAddressId',
        'removeBillingAddressId',
      ] as const
    ).map((action): [string, object] => [
      `${action} without an address`,
      { version: 1, actions: [{ action, address: { country } }] },
    ]),
  ])('refuses %s as InvalidJsonInput', async (_what, body) => {
    const customer = await created()
    const answer = await call<Failure['body']>('POST', `/acme/customers/${customer.id}`, { token, body })
    expect([answer.status, answer.body.errors[0]?.code]).toEqual([400, 'InvalidJsonInput'])
    expect(await read(customer.id)).toEqual(customer)
  })

  it('twenty at once with one version: one gets through, nineteen learn the version that is current', async () => {
    const customer = await created()
    const attempts = Array.from({ length: 20 }, (_, index) =>
      call<Failure['body'] & Customer>('POST', `/acme/customers/${customer.id}`, {
        token,
        body: { version: 1, actions: [{ action: 'setExternalId', externalId: `${index}` }] },
      }),
    )
    const answers = await Promise.all(attempts)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const refused = answers.filter(({ status }) => status === 409)
    expect(refused).toHaveLength(19)
    for (const { body } of refused)
      expect(body.errors[0]).toEqual({
        code: 'ConcurrentModification',
        message: `Object ${customer.id} has a different version than expected. Expected: 1 - Actual: 2.`,
        currentVersion: 2,
      })
  })

  it('another way to sign in ends every session, and only the new way works', async () => {
    const customer = await created()
    const { email } = customer
    const session = await logIn('acme', { email, password })
    const alive = async (bearer: string) => (await call('GET', '/acme/me', { token: bearer })).status
    expect(await alive(session.access_token)).toBe(200)
    await updated(customer, 1, { action: 'setAuthenticationMode', authMode: 'ExternalAuth' })
    expect(await alive(session.access_token)).toBe(401)
    await expect(logIn('acme', { email, password })).rejects.toThrow('401')
    await updated(customer, 2, {
      action: 'setAuthenticationMode',
      authMode: 'Password',
      password: 'another horse',
    })
    await expect(logIn('acme', { email, password })).rejects.toThrow('401')
    expect((await logIn('acme', { email, password: 'another horse' })).access_token).toBeTypeOf('string')
  })

  it('is seen by the other dialect, with the same version', async () => {
    const customer = await created({ addresses: [{ country, city: 'Berlin' }], defaultShippingAddress: 0 })
    await updated(
      customer,
      1,
      { action: 'setCompanyName', companyName: 'Engines' },
      { action: 'setLocale', locale: 'de-DE' },
    )
    const { access_token } = await logIn('acme', { email: customer.email, password })
    const seen = await call('GET', '/customer/acme/me', {
      token: access_token,
      query: { expand: 'addresses' },
    })
    expect(seen.body).toMatchObject({
      id: customer.id,
      company: 'Engines',
      preferredLanguage: 'de_DE',
      contactEmail: customer.email,
      metadata: { version: 2 },
      addresses: [{ city: 'Berlin', tags: ['SHIPPING'] }],
    })
    await call('PATCH', '/customer/acme/me', { token: access_token, body: { firstName: 'Augusta' } })
    expect(await read(customer.id)).toMatchObject({
      version: 3,
      firstName: 'Augusta',
      lastModifiedBy: { customer: { typeId: 'customer', id: customer.id } },
    })
  })
})

describe('who did it', () => {
  const headers = (user: string) => ({ 'X-External-User-ID': user })

  it('a client names the user that it acts for; what is no visible text is nobody', async () => {
    for (const [user, kept] of [
      ['clerk-7', 'clerk-7'],
      ['x'.repeat(256), 'x'.repeat(256)],
      ['x'.repeat(257), undefined],
      ['a b', undefined],
    ] as const) {
      const body = { email: uniqueEmail(), password }
      const made = await call<{ customer: Customer }>('POST', '/acme/customers', {
        token,
        body,
        headers: headers(user),
      })
      const actor = {
        clientId: 'acme-admin',
        isPlatformClient: false,
        ...(kept === undefined ? {} : { externalUserId: kept }),
      }
      expect(made.body.customer).toMatchObject({ createdBy: actor, lastModifiedBy: actor })
      expect(made.body.customer.createdBy).toEqual(actor)
    }
  })

  it('a sign-up is the visitor’s, a change of the profile the customer’s, a change after it the shop’s', async () => {
    const anonymousId = crypto.randomUUID()
    const basic = { Authorization: `Basic ${btoa('acme-storefront:acme-storefront-secret')}` }
    const visitor = await call<{ access_token: string }>('POST', '/oauth/acme/anonymous/token', {
      form: { grant_type: 'client_credentials', anonymous_id: anonymousId },
      headers: basic,
    })
    const email = uniqueEmail()
    const signedUp = await call<{ customer: Customer }>('POST', '/acme/me/signup', {
      token: visitor.body.access_token,
      body: { email, password, stores: [{ typeId: 'store', key: 'berlin' }] },
    })
    const byVisitor = { clientId: 'acme-storefront', isPlatformClient: false, anonymousId }
    const { id } = signedUp.body.customer
    expect(signedUp.body.customer).toMatchObject({
      createdBy: byVisitor,
      lastModifiedBy: byVisitor,
      stores: [{ typeId: 'store', key: 'berlin' }],
    })
    const session = await call<{ access_token: string }>(
      'POST',
      '/oauth/acme/in-store/key=berlin/customers/token',
      {
        form: { grant_type: 'password', username: email, password },
        headers: basic,
      },
    )
    const changed = await call<Customer>('POST', '/acme/me', {
      token: session.body.access_token,
      body: { version: 1, actions: [{ action: 'setTitle', title: 'Dr' }] },
      headers: headers('agent'),
    })
    expect(changed.body).toMatchObject({
      createdBy: byVisitor,
      lastModifiedBy: {
        clientId: 'acme-storefront',
        isPlatformClient: false,
        customer: { typeId: 'customer', id },
        externalUserId: 'agent',
      },
    })
    const last = await updated(changed.body, 2, { action: 'setTitle' })
    expect(last.lastModifiedBy).toEqual({ clientId: 'acme-admin', isPlatformClient: false })
    expect(last.createdBy).toEqual(byVisitor)
  })
})

describe('deleting a customer', () => {
  const rowsOf = async (table: string, id: string) => {
    const column = table === 'messages' ? 'resource_id' : 'customer_id'
    const { results } = await env.DB.prepare(`SELECT * FROM ${table} WHERE ${column} = ?`).bind(id).all()
    return results
  }

  it('answers with the last state, by id and by key, and frees e-mail, key and number', async () => {
    const key = `key-${crypto.randomUUID()}`
    const draft = { email: uniqueEmail(), key, customerNumber: crypto.randomUUID() }
    const customer = await created(draft)
    const gone = await customers
      .withKey({ key })
      .delete({ queryArgs: { version: 1 } })
      .execute()
    expect(gone.body).toEqual(customer)
    expect((await failure(customers.withId({ ID: customer.id }).get().execute())).statusCode).toBe(404)
    const again = await created(draft)
    expect(again.id).not.toBe(customer.id)
    const second = customers.withId({ ID: again.id }).delete({ queryArgs: { version: 1 } })
    expect((await second.execute()).body).toEqual(again)
  })

  it('needs the version that is current', async () => {
    const { id } = await created()
    const path = `/acme/customers/${id}`
    const send = async (query: Record<string, string>) => {
      const { status, body } = await call<Failure['body']>('DELETE', path, { token, query })
      return [status, body.errors[0]?.code]
    }
    expect(await send({})).toEqual([400, 'InvalidInput'])
    expect(await send({ version: 'one' })).toEqual([400, 'InvalidInput'])
    expect(await send({ version: '1', dataErasure: 'yes' })).toEqual([400, 'InvalidInput'])
    expect(await send({ version: '2' })).toEqual([409, 'ConcurrentModification'])
    expect((await read(id)).version).toBe(1)
  })

  it('takes the way in and every personal record, and keeps what was said until messages expire', async () => {
    const customer = await created({ firstName: 'Secretiva', addresses: [{ country }] })
    const session = await logIn('acme', { email: customer.email, password })
    await updated(customer, 1, { action: 'setLastName', lastName: 'Secretson' })
    await customers
      .withId({ ID: customer.id })
      .delete({ queryArgs: { version: 2 } })
      .execute()
    expect((await call('GET', '/acme/me', { token: session.access_token })).status).toBe(401)
    for (const table of ['accounts', 'addresses', 'outbox'])
      expect(await rowsOf(table, customer.id)).toEqual([])
    const kept = await rowsOf('messages', customer.id)
    expect(kept.map(({ type }) => type)).toEqual([
      'CustomerCreated',
      'CustomerLoggedIn',
      'CustomerLastNameSet',
      'CustomerDeleted',
    ])
    expect(JSON.parse(String(kept.at(-1)?.['payload']))).toEqual({ email: customer.email })
    const tombstone = await env.DB.prepare('SELECT * FROM customers WHERE id = ?').bind(customer.id).first()
    expect(JSON.stringify(tombstone)).not.toContain('Secret')
  })

  it('with dataErasure leaves nothing that names the customer, in no table', async () => {
    const customer = await created({ firstName: 'Erasia', addresses: [{ country, city: 'Erasville' }] })
    await updated(customer, 1, { action: 'setLastName', lastName: 'Erason' })
    const moved = uniqueEmail('secret')
    await updated(customer, 2, { action: 'changeEmail', email: moved })
    await mailbox(customer.email, 'email-changed')
    const { access_token } = await anonymous('acme')
    await call('POST', '/customer/acme/password/reset', { token: access_token, body: { email: moved } })
    await mailbox(moved, 'password-reset')
    const queryArgs = { version: 3, dataErasure: true }
    await customers.withId({ ID: customer.id }).delete({ queryArgs }).execute()
    expect((await rowsOf('messages', customer.id)).map(({ type }) => type)).toEqual(['CustomerDeleted'])
    const tables = await env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
    ).all<{ name: string }>()
    expect(tables.results.length).toBeGreaterThan(5)
    for (const { name } of tables.results) {
      const { results } = await env.DB.prepare(`SELECT * FROM "${name}"`).all()
      const text = JSON.stringify(results)
      for (const trace of ['Erasia', 'Erason', 'Erasville', moved])
        expect(text.includes(trace), `${trace} in ${name}`).toBe(false)
    }
  })
})

describe('within a store', () => {
  const ofStore = (key: string) => ({ stores: [{ typeId: 'store' as const, key }] })

  it('a customer that is made belongs to it', async () => {
    const make = async (draft: object) =>
      (
        await inStore('berlin')
          .post({ body: { email: uniqueEmail(), password, ...draft } })
          .execute()
      ).body.customer.stores
    expect(await make({})).toEqual([{ typeId: 'store', key: 'berlin' }])
    expect(await make(ofStore('paris'))).toEqual([
      { typeId: 'store', key: 'paris' },
      { typeId: 'store', key: 'berlin' },
    ])
  })

  it('its own customers are got, queried, updated and deleted, by id and by key', async () => {
    const key = `key-${crypto.randomUUID()}`
    const customer = await created({ key, ...ofStore('berlin') })
    const [byId, byKey] = [inStore('berlin').withId({ ID: customer.id }), inStore('berlin').withKey({ key })]
    expect((await byId.get().execute()).body).toEqual(customer)
    expect((await byKey.get().execute()).body).toEqual(customer)
    const where = `key = "${key}"`
    const page = await inStore('berlin').get({ queryArgs: { where } }).execute()
    expect(page.body).toMatchObject({ count: 1, total: 1, results: [customer] })
    const body = { version: 1, actions: [{ action: 'setTitle' as const, title: 'Dr' }] }
    expect((await byId.post({ body }).execute()).body).toMatchObject({ version: 2, title: 'Dr' })
    const next = { version: 2, actions: [{ action: 'setTitle' as const }] }
    expect((await byKey.post({ body: next }).execute()).body.version).toBe(3)
    expect((await byKey.delete({ queryArgs: { version: 3 } }).execute()).body.id).toBe(customer.id)
    const other = await created(ofStore('berlin'))
    const request = inStore('berlin')
      .withId({ ID: other.id })
      .delete({ queryArgs: { version: 1 } })
    expect((await request.execute()).body).toEqual(other)
  })

  it('nobody else exists: customers of another store, of none, of no store at all', async () => {
    const where = (id: string) => `id = "${id}"`
    for (const draft of [ofStore('paris'), {}]) {
      const key = `key-${crypto.randomUUID()}`
      const customer = await created({ key, ...draft })
      for (const store of ['berlin', 'atlantis']) {
        const byId = inStore(store).withId({ ID: customer.id })
        const byKey = inStore(store).withKey({ key })
        const body = { version: 9, actions: [{ action: 'addStore', store: { key: 'atlantis' } }] } as never
        for (const request of [
          byId.get(),
          byId.post({ body }),
          byId.delete({ queryArgs: { version: 9 } }),
          byKey.get(),
          byKey.post({ body }),
          byKey.delete({ queryArgs: { version: 9 } }),
        ]) {
          const { statusCode, body: answer } = await failure(request.execute())
          expect([statusCode, answer.errors[0]?.code]).toEqual([404, 'ResourceNotFound'])
        }
      }
      const page = await inStore('berlin')
        .get({ queryArgs: { where: where(customer.id) } })
        .execute()
      expect(page.body).toMatchObject({ count: 0, total: 0 })
      expect(await read(customer.id)).toEqual(customer)
    }
  })

  it('that does not exist is 404 for queries and new customers too', async () => {
    const body = { email: uniqueEmail(), password }
    for (const request of [inStore('atlantis').get(), inStore('atlantis').post({ body })]) {
      const { statusCode, body: answer } = await failure(request.execute())
      expect([statusCode, answer.errors[0]]).toEqual([
        404,
        { code: 'ResourceNotFound', message: `The Resource with key 'atlantis' was not found.` },
      ])
    }
  })

  it('a client of one store reaches that store’s customers and nobody else', async () => {
    const limited = asShop({ scopes: ['manage_customers:acme:berlin'] })
    const customer = await created(ofStore('berlin'))
    const seen = await inStore('berlin', limited).withId({ ID: customer.id }).get().execute()
    expect(seen.body).toEqual(customer)
    for (const request of [
      inStore('paris', limited).get(),
      limited.customers().get(),
      limited.customers().withId({ ID: customer.id }).get(),
    ]) {
      const { statusCode, body } = await failure(request.execute())
      expect([statusCode, body.errors[0]?.code]).toEqual([403, 'insufficient_scope'])
    }
    const viewer = inStore('berlin', asShop({ scopes: ['view_customers:acme:berlin'] })).withId({
      ID: customer.id,
    })
    expect((await viewer.get().execute()).statusCode).toBe(200)
    expect((await failure(viewer.delete({ queryArgs: { version: 1 } }).execute())).statusCode).toBe(403)
  })
})

describe('a page of customers', () => {
  it('that is more than an answer can carry is refused, and smaller pages are not', async () => {
    const vatId = crypto.randomUUID()
    const weight = 'x'.repeat(1_000_000)
    await insert(
      'acme',
      Array.from({ length: 9 }, (_, n) => row(`${n + 1}`, { vatId, mixins: { weight } })),
    )
    const page = (limit: number) => ({ queryArgs: { where: `vatId = "${vatId}"`, limit } })
    const refused = await failure(customers.get(page(500)).execute())
    expect([refused.statusCode, refused.body.errors[0]?.code]).toEqual([413, 'ContentTooLarge'])
    expect(refused.body.message).toContain('limit')
    expect((await customers.get(page(8)).execute()).body).toMatchObject({ count: 8, total: 9 })
  })
})
