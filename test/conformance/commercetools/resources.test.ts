/**
 * What is beside customers, through the unmodified SDK: the project, stores, customer groups and Types. What all kinds
 * share is tested over all of them; what the SDK cannot send goes over plain HTTP.
 */
import type { StoreUpdateAction, TypeUpdateAction } from '@commercetools/platform-sdk'
import { evictAllDurableObjects } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { newTenant } from '../../security/service.ts'
import { anonymous, call, newCustomer, serviceToken, signUp, uniqueEmail } from '../../support/client.ts'
import { asShop, password } from '../../support/commercetools.ts'

interface Shown {
  id: string
  version: number
  key?: string
  [field: string]: unknown
}
interface Page {
  count: number
  total?: number
  results: Shown[]
}
interface Failure {
  statusCode: number
  errors: { code: string; message: string; [extra: string]: unknown }[]
}

const sdk = asShop()

let token: string
beforeAll(async () => {
  token = await serviceToken('acme')
})

const newKey = (name = 'key') => `${name}-${crypto.randomUUID().slice(0, 8)}`
const en = (text: string) => ({ en: text })

/** One kind of resource: what makes one, what shows of it, and a change. */
const kinds = [
  {
    segment: 'stores',
    draft: (key: string) => ({ key, name: en('Berlin'), languages: ['de-DE'], countries: [{ code: 'DE' }] }),
    shown: {
      name: en('Berlin'),
      languages: ['de-DE'],
      countries: [{ code: 'DE' }],
      distributionChannels: [],
      supplyChannels: [],
      productSelections: [],
    },
    action: { action: 'setName', name: en('Potsdam') },
    changed: { name: en('Potsdam') },
    where: 'name(en="Berlin") and languages contains any ("de-DE") and countries(code="DE")',
    refused: [
      ['nothing in it', {}],
      ['a key of one letter', { key: 'k' }],
      ['a country in small letters', { key: 'berlin', countries: [{ code: 'de' }] }],
      ['a language that is none', { key: 'berlin', languages: ['german!'] }],
      ['a name that is plain text', { key: 'berlin', name: 'Berlin' }],
    ],
    scopes: { view: 'view_stores', manage: 'manage_stores' },
  },
  {
    segment: 'customer-groups',
    draft: (key: string) => ({ key, groupName: 'Gold' }),
    shown: { name: 'Gold' },
    action: { action: 'changeName', name: 'Platinum' },
    changed: { name: 'Platinum' },
    where: 'name="Gold"',
    refused: [
      ['nothing in it', {}],
      ['a name that is a number', { groupName: 7 }],
      ['a key with a space', { groupName: 'Gold', key: 'a key' }],
    ],
    scopes: { view: 'view_customer_groups', manage: 'manage_customer_groups' },
  },
  {
    segment: 'types',
    draft: (key: string) => ({
      key,
      name: en('Loyalty'),
      resourceTypeIds: ['customer'],
      fieldDefinitions: [{ name: 'points', type: { name: 'Number' }, label: en('Points'), required: false }],
    }),
    shown: {
      name: en('Loyalty'),
      resourceTypeIds: ['customer'],
      fieldDefinitions: [
        {
          name: 'points',
          type: { name: 'Number' },
          label: en('Points'),
          required: false,
          inputHint: 'SingleLine',
        },
      ],
    },
    action: { action: 'changeName', name: en('Fidelity') },
    changed: { name: en('Fidelity') },
    where:
      'name(en="Loyalty") and resourceTypeIds contains all ("customer") and fieldDefinitions(name="points")',
    refused: [
      ['nothing in it', {}],
      ['no resource', { key: 'loyalty', name: en('L'), resourceTypeIds: [] }],
      ['an unknown resource', { key: 'loyalty', name: en('L'), resourceTypeIds: ['planet'] }],
      ['a field of a letter', type('x', { name: 'Number' })],
      ['a field type that does not exist', type('points', { name: 'Colour' })],
      ['an enumeration without values', type('points', { name: 'Enum' })],
      [
        'a set of sets',
        type('points', { name: 'Set', elementType: { name: 'Set', elementType: { name: 'Number' } } }),
      ],
      ['a reference to a planet', type('points', { name: 'Reference', referenceTypeId: 'planet' })],
    ],
    scopes: { view: 'view_types', manage: 'manage_types' },
  },
] as const

function type(name: string, fieldType: object, resourceTypeIds = ['customer']) {
  return {
    key: newKey('type'),
    name: en('T'),
    resourceTypeIds,
    fieldDefinitions: [{ name, type: fieldType, label: en(name), required: false }],
  }
}

async function created(segment: string, draft: object, tenant = 'acme'): Promise<Shown> {
  const answer = await call<Shown>('POST', `/${tenant}/${segment}`, {
    token: tenant === 'acme' ? token : await serviceToken(tenant),
    body: draft,
  })
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body
}

function update(path: string, version: number, actions: unknown[]) {
  return call<Shown & Failure>('POST', path, { token, body: { version, actions } })
}

describe.each(kinds)('$segment', ({ segment, draft, shown, action, changed, where, refused, scopes }) => {
  const base = `/acme/${segment}`

  it('are created with version 1 and found by id and by key', async () => {
    const key = newKey()
    const resource = await created(segment, draft(key))
    const at = expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/)
    const by = { clientId: 'acme-admin', isPlatformClient: false }
    const meta = { createdAt: at, lastModifiedAt: at, createdBy: by, lastModifiedBy: by }
    expect(resource).toEqual({ id: resource.id, version: 1, key, ...meta, ...shown })
    for (const ref of [resource.id, `key=${key}`]) {
      const { status, body } = await call('GET', `${base}/${ref}`, { token })
      expect({ status, body }).toEqual({ status: 200, body: resource })
      expect((await call('HEAD', `${base}/${ref}`, { token })).status).toBe(200)
    }
  })

  it('that do not exist are ResourceNotFound', async () => {
    for (const ref of ['nothing', 'key=nothing', 'key=']) {
      for (const [method, options] of [
        ['GET', {}],
        ['POST', { body: { version: 1, actions: [action] } }],
        ['DELETE', { query: { version: 1 } }],
      ] as const) {
        const { status, body } = await call<Failure>(method, `${base}/${ref}`, { token, ...options })
        expect([status, body.errors[0]?.code], `${method} ${ref}`).toEqual([404, 'ResourceNotFound'])
      }
      expect((await call('HEAD', `${base}/${ref}`, { token })).status).toBe(404)
    }
  })

  it('are queried by predicate, order and page', async () => {
    const keys = [newKey('a'), newKey('b'), newKey('c')]
    for (const key of keys) await created(segment, draft(key))
    const among = `key in (${keys.map((key) => `"${key}"`).join(',')})`
    const query = async (parameters: string) =>
      (await call<Page>('GET', `${base}?where=${encodeURIComponent(among)}&${parameters}`, { token })).body
    const first = await query(`where=${encodeURIComponent(where)}&sort=key%20desc&limit=2`)
    expect(first).toMatchObject({ limit: 2, offset: 0, count: 2, total: 3 })
    expect(first.results.map(({ key }) => key)).toEqual([keys[2], keys[1]])
    const rest = await query('sort=key&offset=2&withTotal=false')
    expect(rest.results.map(({ key }) => key)).toEqual([keys[2]])
    expect(rest).not.toHaveProperty('total')
    expect((await call('HEAD', `${base}?where=key%3D%22${keys[0]}%22`, { token })).status).toBe(200)
    expect((await call('HEAD', `${base}?where=key%3D%22nothing%22`, { token })).status).toBe(404)
    const unknown = await call<Failure>('GET', `${base}?where=body%3D1`, { token })
    expect([unknown.status, unknown.body.errors[0]?.code]).toEqual([400, 'InvalidInput'])
  })

  it('are changed by actions under their version, all or none', async () => {
    const resource = await created(segment, draft(newKey()))
    const path = `${base}/${resource.id}`
    const next = await update(path, 1, [action, action])
    expect(next.status, next.text).toBe(200)
    expect(next.body).toMatchObject({ version: 2, ...changed })
    expect((await update(`${base}/key=${resource.key}`, 2, [action])).body).toEqual(next.body)
    const stale = await update(path, 1, [action])
    expect(stale.status).toBe(409)
    expect(stale.body.errors[0]).toMatchObject({ code: 'ConcurrentModification', currentVersion: 2 })
    expect((await call('GET', path, { token })).body).toEqual(next.body)
  })

  it('of two changes at once one is made, the other is told the version', async () => {
    const { id } = await created(segment, draft(newKey()))
    const answers = await Promise.all([1, 2, 3, 4].map(() => update(`${base}/${id}`, 1, [action])))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
    for (const { status, body } of answers)
      if (status === 409) expect(body.errors[0]).toMatchObject({ currentVersion: 2 })
  })

  it('refuse actions that are unknown or malformed as InvalidJsonInput, before the version', async () => {
    const { id } = await created(segment, draft(newKey()))
    for (const actions of [[{ action: 'explode' }], [{}], [null], {}, [{ ...action, name: 7 }], undefined]) {
      const answer = await update(`${base}/${id}`, 99, actions as unknown[])
      expect([answer.status, answer.body.errors[0]?.code], JSON.stringify(actions)).toEqual([
        400,
        'InvalidJsonInput',
      ])
    }
  })

  it.each([...refused].map(([what, body]): [string, object] => [what, body]))(
    'refuses a draft with %s',
    async (_what, body) => {
      const answer = await call<Failure>('POST', base, { token, body })
      expect([answer.status, answer.body.errors[0]?.code], answer.text).toEqual([400, 'InvalidJsonInput'])
      expect(answer.body.errors[0]?.['detailedErrorMessage']).toMatch(/.+: .+/)
    },
  )

  it('keep their keys to themselves', async () => {
    const key = newKey()
    await created(segment, draft(key))
    const twice = await call<Failure>('POST', base, { token, body: draft(key) })
    expect(twice.status).toBe(400)
    expect(twice.body.errors[0]).toMatchObject({ code: 'DuplicateField', field: 'key', duplicateValue: key })
  })

  it('are deleted with their version, and the last state is answered', async () => {
    const resource = await created(segment, draft(newKey()))
    const path = `${base}/${resource.id}`
    expect((await call('DELETE', path, { token })).status).toBe(400)
    const stale = await call<Failure>('DELETE', path, { token, query: { version: 7 } })
    expect([stale.status, stale.body.errors[0]?.['currentVersion']]).toEqual([409, 1])
    const { status, body } = await call('DELETE', path, { token, query: { version: 1 } })
    expect({ status, body }).toEqual({ status: 200, body: resource })
    expect((await call('GET', path, { token })).status).toBe(404)
  })

  it('of another project do not exist', async () => {
    const key = newKey()
    const foreign = await created(segment, draft(key), 'globex')
    await created(segment, draft(key))
    expect((await call('GET', `${base}/${foreign.id}`, { token })).status).toBe(404)
    expect((await update(`${base}/${foreign.id}`, 1, [action])).status).toBe(404)
    const gone = await call('DELETE', `${base}/${foreign.id}`, { token, query: { version: 1 } })
    expect(gone.status).toBe(404)
    const all = await call<Page>('GET', `${base}?where=id%3D%22${foreign.id}%22`, { token })
    expect(all.body.count).toBe(0)
  })

  it('may be seen and changed with their own scopes only', async () => {
    const body = draft(newKey())
    const viewer = await serviceToken('acme', scopes.view)
    const manager = await serviceToken('acme', scopes.manage)
    const everybody = await serviceToken('acme', 'manage_project')
    expect((await call('GET', base, { token: viewer })).status).toBe(200)
    const refusal = await call<Failure>('POST', base, { token: viewer, body })
    expect([refusal.status, refusal.body.errors[0]?.code]).toEqual([403, 'insufficient_scope'])
    expect(refusal.body.errors[0]?.message).toContain(`${scopes.manage}:acme`)
    expect((await call('POST', base, { token: manager, body })).status).toBe(201)
    expect((await call('GET', base, { token: manager })).status).toBe(200)
    expect((await call('GET', base, { token: everybody })).status).toBe(200)
    const other = await serviceToken('acme', 'view_messages')
    expect((await call('GET', base, { token: other })).status).toBe(403)
    expect((await call('GET', base, { token: (await anonymous('acme')).access_token })).status).toBe(403)
  })
})

describe('the SDK', () => {
  it('shows the project', async () => {
    const { body } = await sdk.get().execute()
    expect(body).toMatchObject({
      key: 'acme',
      version: 1,
      languages: ['en', 'de', 'fr', 'en-US', 'de-DE', 'fr-FR'],
      currencies: ['EUR', 'USD'],
      messages: { enabled: true },
    })
    expect(body.createdAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
    expect((await sdk.head().execute()).statusCode).toBe(200)
  })

  it('keeps stores', async () => {
    const key = newKey('store')
    const { body: store } = await sdk.stores().post({ body: { key } }).execute()
    expect(store).toMatchObject({ key, languages: [], countries: [] })
    const actions: StoreUpdateAction[] = [
      { action: 'setName', name: en('Berlin') },
      { action: 'setLanguages', languages: ['de-DE', 'de-DE', 'en'] },
      { action: 'setCountries', countries: [{ code: 'DE' }] },
      { action: 'addCountry', country: { code: 'FR' } },
      { action: 'removeCountry', country: { code: 'DE' } },
    ]
    const one = sdk.stores().withKey({ key })
    const { body: changed } = await one.post({ body: { version: 1, actions } }).execute()
    expect(changed).toMatchObject({
      version: 2,
      name: en('Berlin'),
      languages: ['de-DE', 'en'],
      countries: [{ code: 'FR' }],
    })
    const { body: bare } = await one
      .post({ body: { version: 2, actions: [{ action: 'setName' }, { action: 'setLanguages' }] } })
      .execute()
    expect(bare).toMatchObject({ languages: [] })
    expect(bare).not.toHaveProperty('name')
    const absent = update(`/acme/stores/key=${key}`, 3, [
      { action: 'removeCountry', country: { code: 'US' } },
    ])
    expect((await absent).body.errors[0]?.code).toBe('InvalidOperation')
    await one.delete({ queryArgs: { version: 3 } }).execute()
    await expect(one.get().execute()).rejects.toMatchObject({ statusCode: 404 })
  })

  it('keeps customer groups', async () => {
    const { body: group } = await sdk
      .customerGroups()
      .post({ body: { groupName: 'Gold' } })
      .execute()
    expect(group).not.toHaveProperty('key')
    const one = sdk.customerGroups().withId({ ID: group.id })
    const key = newKey('group')
    const set = await one.post({ body: { version: 1, actions: [{ action: 'setKey', key }] } }).execute()
    expect(set.body).toMatchObject({ version: 2, key })
    const unset = await one.post({ body: { version: 2, actions: [{ action: 'setKey' }] } }).execute()
    expect(unset.body).not.toHaveProperty('key')
    const { body: found } = await sdk
      .customerGroups()
      .get({ queryArgs: { where: 'id=:id', 'var.id': group.id } })
      .execute()
    expect(found.results).toEqual([unset.body])
  })

  it('keeps Types, and every action on them', async () => {
    const key = newKey('type')
    const field = (name: string, fieldType: object) => ({
      name,
      type: fieldType as { name: 'String' },
      label: en(name),
      required: false,
    })
    const sizes = newKey('size')
    const moods = newKey('mood')
    const draft = {
      key,
      name: en('Everything'),
      resourceTypeIds: ['customer'],
      fieldDefinitions: [
        field(sizes, { name: 'Enum', values: [{ key: 's', label: 'Small' }] }),
        field(moods, {
          name: 'Set',
          elementType: { name: 'LocalizedEnum', values: [{ key: 'good', label: en('Good') }] },
        }),
      ],
    }
    const { body: made } = await sdk.types().post({ body: draft }).execute()
    const extra = newKey('extra')
    const nextKey = newKey('type')
    const actions: TypeUpdateAction[] = [
      { action: 'changeKey', key: nextKey },
      { action: 'changeName', name: en('All') },
      { action: 'setDescription', description: en('What there is') },
      { action: 'addFieldDefinition', fieldDefinition: field(extra, { name: 'Boolean' }) },
      { action: 'changeLabel', fieldName: extra, label: en('Extra') },
      { action: 'changeInputHint', fieldName: extra, inputHint: 'MultiLine' },
      { action: 'addEnumValue', fieldName: sizes, value: { key: 'l', label: 'Large' } },
      { action: 'changeEnumValueLabel', fieldName: sizes, value: { key: 's', label: 'Tiny' } },
      { action: 'changeEnumValueOrder', fieldName: sizes, keys: ['l', 's'] },
      { action: 'addLocalizedEnumValue', fieldName: moods, value: { key: 'bad', label: en('Bad') } },
      {
        action: 'changeLocalizedEnumValueLabel',
        fieldName: moods,
        value: { key: 'good', label: en('Fine') },
      },
      { action: 'changeLocalizedEnumValueOrder', fieldName: moods, keys: ['bad', 'good'] },
      { action: 'changeFieldDefinitionOrder', fieldNames: [extra, moods, sizes] },
      { action: 'removeFieldDefinition', fieldName: moods },
    ]
    const one = sdk.types().withId({ ID: made.id })
    const { body: all } = await one.post({ body: { version: 1, actions: actions.slice(0, -1) } }).execute()
    expect(all).toMatchObject({
      version: 2,
      key: nextKey,
      name: en('All'),
      description: en('What there is'),
      fieldDefinitions: [
        { name: extra, type: { name: 'Boolean' }, label: en('Extra'), inputHint: 'MultiLine' },
        {
          name: moods,
          type: {
            name: 'Set',
            elementType: {
              name: 'LocalizedEnum',
              values: [
                { key: 'bad', label: en('Bad') },
                { key: 'good', label: en('Fine') },
              ],
            },
          },
        },
        {
          name: sizes,
          type: {
            name: 'Enum',
            values: [
              { key: 'l', label: 'Large' },
              { key: 's', label: 'Tiny' },
            ],
          },
        },
      ],
    })
    const { body: less } = await one.post({ body: { version: 2, actions: actions.slice(-1) } }).execute()
    expect(less.fieldDefinitions.map(({ name }) => name)).toEqual([extra, sizes])
  })
})

describe('a Type', () => {
  it.each([
    [
      'a field twice',
      {
        action: 'addFieldDefinition',
        fieldDefinition: { name: 'size', type: { name: 'String' }, label: {} },
      },
      'DuplicateField',
    ],
    [
      'a value twice',
      { action: 'addEnumValue', fieldName: 'size', value: { key: 's', label: 'S' } },
      'DuplicateField',
    ],
    ['a field that it has not', { action: 'changeLabel', fieldName: 'none', label: {} }, 'InvalidOperation'],
    [
      'a value that it has not',
      { action: 'changeEnumValueLabel', fieldName: 'size', value: { key: 'x', label: 'X' } },
      'InvalidOperation',
    ],
    [
      'localised values of a plain enumeration',
      { action: 'addLocalizedEnumValue', fieldName: 'size', value: { key: 'x', label: {} } },
      'InvalidOperation',
    ],
    [
      'an order that leaves something out',
      { action: 'changeEnumValueOrder', fieldName: 'size', keys: [] },
      'InvalidOperation',
    ],
    [
      'an order that names something twice',
      { action: 'changeFieldDefinitionOrder', fieldNames: ['size', 'size'] },
      'InvalidOperation',
    ],
  ])('refuses %s', async (_what, action, code) => {
    const { id } = await created(
      'types',
      type('size', { name: 'Enum', values: [{ key: 's', label: 'Small' }] }, ['store']),
    )
    const answer = await update(`/acme/types/${id}`, 1, [{ action: 'changeName', name: en('Other') }, action])
    expect([answer.status, answer.body.errors[0]?.code], answer.text).toEqual([400, code])
    expect((await call<Shown>('GET', `/acme/types/${id}`, { token })).body.version).toBe(1)
  })

  it('gives a field name one type for each resource', async () => {
    const name = newKey('field')
    await created('types', type(name, { name: 'Number' }, ['customer', 'order']))
    const other = await call<Failure>('POST', '/acme/types', { token, body: type(name, { name: 'String' }) })
    expect([other.status, other.body.errors[0]?.code]).toEqual([400, 'InvalidOperation'])
    await created('types', type(name, { name: 'Number' }))
    const elsewhere = await created('types', type(name, { name: 'String' }, ['address']))
    expect(elsewhere.version).toBe(1)
  })
})

it('a page of Types that is more than an answer can carry is refused, and smaller pages are not', async () => {
  const tenant = await newTenant()
  await env.DB.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
     INSERT INTO resources (tenant, kind, id, version, created_at, modified_at, body)
     SELECT ?, 'type', 'type-' || i, 1, ?2, ?2, json_object('name', json_object('en', hex(zeroblob(110000))),
       'resourceTypeIds', json_array('customer'), 'fieldDefinitions', json_array()) FROM n`,
  )
    .bind(tenant, '2026-01-01T00:00:00.000Z')
    .run()
  const page = async (limit: number) =>
    call<Page & Failure>('GET', `/${tenant}/types?limit=${limit}`, { token: await serviceToken(tenant) })
  const refused = await page(40)
  expect([refused.status, refused.body.errors[0]?.code]).toEqual([413, 'ContentTooLarge'])
  expect((await page(30)).body).toMatchObject({ count: 30, total: 40 })
})

describe('while a customer names it', () => {
  it.each([
    [
      'stores',
      { key: newKey(), name: en('Berlin') },
      (it: Shown) => ({ stores: [{ typeId: 'store', key: it.key }] }),
    ],
    [
      'customer-groups',
      { groupName: 'Gold' },
      (it: Shown) => ({ customerGroup: { typeId: 'customer-group', id: it.id } }),
    ],
    [
      'customer-groups',
      { groupName: 'Silver' },
      (it: Shown) => ({
        customerGroupAssignments: [{ customerGroup: { typeId: 'customer-group', id: it.id } }],
      }),
    ],
    [
      'types',
      type('points', { name: 'Number' }),
      (it: Shown) => ({ custom: { type: { typeId: 'type', id: it.id }, fields: {} } }),
    ],
  ])('cannot be deleted: %s %j', async (segment, draft, naming) => {
    const resource = await created(segment, draft)
    const customer = await signUp('acme')
    const write = (profile: object) =>
      env.DB.prepare('UPDATE customers SET profile = json_patch(profile, ?) WHERE id = ?')
        .bind(JSON.stringify(profile), customer.id)
        .run()
    await write(naming(resource))
    const path = `/acme/${segment}/${resource.id}`
    const refused = await call<Failure>('DELETE', path, { token, query: { version: 1 } })
    expect([refused.status, refused.body.errors[0]?.code], refused.text).toEqual([400, 'ReferenceExists'])
    await write(Object.fromEntries(Object.keys(naming(resource)).map((name) => [name, null])))
    expect((await call('DELETE', path, { token, query: { version: 1 } })).status).toBe(200)
  })
})

describe('expand', () => {
  const all = [
    'customerGroup',
    'customerGroupAssignments[*].customerGroup',
    'stores[*]',
    'custom.type',
    'addresses[*].custom.type',
    'createdBy.customer',
    'lastModifiedBy.customer',
  ]

  async function referring() {
    const [store, group, type] = [
      await created('stores', { key: newKey() }),
      await created('customer-groups', { groupName: 'Gold' }),
      await created('types', newType(['customer', 'address'])),
    ]
    const friend = await signUp('acme')
    const { id, tokens } = await newCustomer('acme', {
      customerAddress: { contactName: 'A', street: 'S', zipCode: '1', city: 'C', country: 'DE' },
    })
    const custom = { type: { typeId: 'type', id: type.id }, fields: {} }
    const profile = {
      customerGroup: { typeId: 'customer-group', id: group.id },
      customerGroupAssignments: [{ customerGroup: { typeId: 'customer-group', id: group.id } }],
      stores: [
        { typeId: 'store', key: store.key },
        { typeId: 'store', key: 'gone' },
      ],
      custom,
      createdBy: { customerId: friend.id },
      modifiedBy: { customerId: id },
    }
    await env.DB.prepare('UPDATE customers SET profile = json_patch(profile, ?) WHERE id = ?')
      .bind(JSON.stringify(profile), id)
      .run()
    await env.DB.prepare(
      `UPDATE addresses SET body = json_set(body, '$.custom', json(?)) WHERE customer_id = ?`,
    )
      .bind(JSON.stringify(custom), id)
      .run()
    await evictAllDurableObjects()
    return { id, friend, store, group, type, token: tokens.access_token }
  }
  const newType = (resourceTypeIds: string[]) => type(newKey('f'), { name: 'Number' }, resourceTypeIds)

  it('shows what customers refer to, wherever customers are shown', async () => {
    const { id, friend, store, group, type } = await referring()
    const expanded = {
      customerGroup: { id: group.id, obj: group },
      customerGroupAssignments: [{ customerGroup: { id: group.id, obj: group } }],
      stores: [{ key: store.key, obj: store }, { key: 'gone' }],
      custom: { type: { id: type.id, obj: type } },
      addresses: [{ custom: { type: { id: type.id, obj: type } } }],
      createdBy: { customer: { obj: { id: friend.id, email: friend.email } } },
      lastModifiedBy: { customer: { obj: { id } } },
    }
    const one = await sdk
      .customers()
      .withId({ ID: id })
      .get({ queryArgs: { expand: all } })
      .execute()
    expect(one.body).toMatchObject(expanded)
    const page = await sdk
      .customers()
      .get({ queryArgs: { where: `id="${id}"`, expand: all } })
      .execute()
    expect(page.body.results).toEqual([one.body])
    expect(JSON.stringify(one.body)).not.toContain('passwordHash')
    const { id: ID, email, version } = one.body
    const { value: emailToken } = (
      await sdk
        .customers()
        .emailToken()
        .post({ body: { id: ID, ttlMinutes: 5 } })
        .execute()
    ).body
    const found = await sdk
      .customers()
      .withEmailToken({ emailToken })
      .get({ queryArgs: { expand: all } })
      .execute()
    expect(found.body).toMatchObject({ email, version, ...expanded })
  })

  it('shows what a new customer refers to, one level deeper', async () => {
    const group = await created('customer-groups', { groupName: 'Gold' })
    const customerGroup = { typeId: 'customer-group', id: group.id } as const
    const body = { email: uniqueEmail(), password, customerGroup }
    const queryArgs = { expand: ['customer.customerGroup', 'customerGroup'] }
    const answer = await sdk.customers().post({ body, queryArgs }).execute()
    expect(answer.body.customer.customerGroup).toEqual({ ...customerGroup, obj: group })
  })

  it('shows what a message is about to who may view customers, and to nobody else', async () => {
    const { id, email } = await signUp('acme')
    const read = async (scope: string) => {
      const query = { where: `resource(id="${id}")`, expand: 'resource' }
      const token = await serviceToken('acme', scope)
      const page = await call<Page>('GET', '/acme/messages', { token, query })
      const [message] = page.body.results
      const single = await call('GET', `/acme/messages/${message?.id}?expand=resource`, { token })
      expect(single.body).toEqual(message)
      return message
    }
    expect(await read('view_messages:acme view_customers:acme')).toMatchObject({
      resource: { typeId: 'customer', id, obj: { id, email } },
    })
    expect((await read('view_messages:acme'))?.['resource']).toEqual({ typeId: 'customer', id })
  })

  it('leaves alone what is unknown or not there', async () => {
    const { id } = await referring()
    const get = async (query: string) =>
      (await call<Shown>('GET', `/acme/customers/${id}${query}`, { token })).body
    const plain = await get('')
    expect(JSON.stringify(plain)).not.toContain('"obj"')
    for (const path of ['nothing', 'custom', 'custom.type.obj', '', 'addresses', '__proto__', 'stores'])
      expect(await get(`?expand=${path}`)).toEqual(plain)
    const { stores } = (await get('?expand=stores[*]')) as unknown as { stores: object[] }
    expect(stores[1]).toEqual({ typeId: 'store', key: 'gone' })
  })

  it('shows customers themselves, and no other customer', async () => {
    const { id, friend, type, token } = await referring()
    const query = all.map((path) => `expand=${encodeURIComponent(path)}`).join('&')
    const own = await call<Shown>('GET', `/acme/me?${query}`, { token })
    expect(own.body).toMatchObject({
      custom: { type: { obj: type } },
      createdBy: { customer: { id: friend.id } },
      lastModifiedBy: { customer: { obj: { id } } },
    })
    expect(own.text).not.toContain(friend.email)
    const body = { version: own.body.version, actions: [] }
    const same = await call('POST', `/acme/me?${query}`, { token, body })
    expect(same.body).toEqual(own.body)
  })
})

describe('the project', () => {
  it('may be seen by a shop and a visitor who may see it, and by nobody else', async () => {
    const { tokens } = await newCustomer('acme')
    expect((await call('GET', '/acme', { token })).status).toBe(200)
    const form = {
      grant_type: 'client_credentials',
      client_id: 'acme-storefront',
      client_secret: 'acme-storefront-secret',
    }
    const visitor = await call<{ access_token: string }>('POST', '/oauth/acme/anonymous/token', { form })
    expect((await call('GET', '/acme', { token: visitor.body.access_token })).status).toBe(200)
    expect((await call('GET', '/acme', { token: tokens.access_token })).status).toBe(403)
    expect((await call('POST', '/acme', { token, body: {} })).status).toBe(405)
    expect((await call('GET', '/acme', { token: await serviceToken('globex') })).status).toBe(401)
    expect((await call('GET', '/acme')).status).toBe(401)
    expect((await call<Failure>('GET', '/hooli', { token })).body.errors[0]?.code).toBe('ResourceNotFound')
  })
})
