/**
 * Custom fields of customers and addresses against their Types: every type of field, through sign-up and update actions, with
 * the unmodified SDK.
 */
import type { MyCustomerUpdateAction } from '@commercetools/platform-sdk'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { call, serviceToken, signUp, uniqueEmail } from '../../support/client.ts'
import { asCustomer, asVisitor, failure, password } from '../../support/commercetools.ts'

interface Shown {
  id: string
  version: number
  key?: string
  custom?: { type: { id: string }; fields: Record<string, unknown> }
  addresses: { id: string; custom?: unknown }[]
}
interface Failure {
  statusCode: number
  errors: { code: string; message: string; [extra: string]: unknown }[]
}

let token: string
/** A Type with a field of every type, for customers; one for addresses; one with a required field. */
let everything: Shown
let place: Shown
let strict: Shown
let group: Shown

const field = (name: string, type: object, required = false) => ({
  name,
  type,
  label: { en: name },
  required,
})
const values = [{ key: 's', label: 'Small' }]

async function post<T = Shown>(path: string, body: object, tenant = 'acme'): Promise<T> {
  const bearer = tenant === 'acme' ? token : await serviceToken(tenant)
  const answer = await call<T>('POST', `/${tenant}${path}`, { token: bearer, body })
  if (answer.status >= 300) throw new Error(answer.text)
  return answer.body
}

function typeDraft(resourceTypeIds: string[], fieldDefinitions: object[]) {
  return { key: `type-${crypto.randomUUID()}`, name: { en: 'T' }, resourceTypeIds, fieldDefinitions }
}

beforeAll(async () => {
  token = await serviceToken('acme')
  group = await post('/customer-groups', { groupName: 'Gold' })
  everything = await post(
    '/types',
    typeDraft(
      ['customer'],
      [
        field('vip', { name: 'Boolean' }),
        field('nick', { name: 'String' }),
        field('motto', { name: 'LocalizedString' }),
        field('points', { name: 'Number' }),
        field('size', { name: 'Enum', values }),
        field('mood', { name: 'LocalizedEnum', values: [{ key: 'good', label: { en: 'Good' } }] }),
        field('credit', { name: 'Money' }),
        field('since', { name: 'Date' }),
        field('teatime', { name: 'Time' }),
        field('seen', { name: 'DateTime' }),
        field('group', { name: 'Reference', referenceTypeId: 'customer-group' }),
        field('friend', { name: 'Reference', referenceTypeId: 'customer' }),
        field('product', { name: 'Reference', referenceTypeId: 'product' }),
        field('sizes', { name: 'Set', elementType: { name: 'Enum', values } }),
        field('friends', { name: 'Set', elementType: { name: 'Reference', referenceTypeId: 'customer' } }),
      ],
    ),
  )
  place = await post('/types', typeDraft(['address'], [field('floor', { name: 'Number' })]))
  strict = await post(
    '/types',
    typeDraft(
      ['customer', 'address'],
      [field('code', { name: 'String' }, true), field('note', { name: 'String' })],
    ),
  )
})

/** A customer for everything that is refused: it stays as it is. */
let stubborn: Awaited<ReturnType<typeof newShopper>>
beforeAll(async () => {
  stubborn = await newShopper({ custom: { type: byId(everything), fields: {} } })
})

const byId = ({ id }: Shown) => ({ typeId: 'type' as const, id })
const byKey = ({ key = '' }: Shown) => ({ typeId: 'type' as const, key })

async function newShopper(draft: object = {}) {
  const email = uniqueEmail()
  const signedUp = await asVisitor()
    .me()
    .signup()
    .post({ body: { email, password, ...draft } })
    .execute()
  const me = asCustomer({ email, password }).me()
  return {
    customer: signedUp.body.customer,
    read: async () => (await me.get().execute()).body,
    change: async (version: number, actions: MyCustomerUpdateAction[]) =>
      (await me.post({ body: { version, actions } }).execute()).body,
  }
}

async function codeOf(request: Promise<unknown>) {
  const { statusCode, body } = await failure(request)
  return [statusCode, body.errors[0]?.code]
}

describe('custom fields', () => {
  it('come with a sign-up, of the customer and of its addresses, their Type by id or by key', async () => {
    const { customer, read } = await newShopper({
      custom: { type: byKey(everything), fields: { vip: true, nick: null } },
      addresses: [{ country: 'DE', custom: { type: byId(place), fields: { floor: 3 } } }, { country: 'FR' }],
    })
    expect(customer.version).toBe(1)
    expect(customer.custom).toEqual({ type: byId(everything), fields: { vip: true } })
    expect(customer.addresses[0]?.custom).toEqual({ type: byId(place), fields: { floor: 3 } })
    expect(customer.addresses[1]).not.toHaveProperty('custom')
    expect(await read()).toEqual(customer)
  })

  it('are set as a whole and one by one, and removed', async () => {
    const { change } = await newShopper()
    const set = await change(1, [
      { action: 'setCustomType', type: byKey(everything), fields: { points: 1, nick: 'Ada' } },
      { action: 'setCustomField', name: 'points', value: 2 },
      { action: 'setCustomField', name: 'vip', value: false },
      { action: 'setCustomField', name: 'nick', value: null },
    ])
    expect(set).toMatchObject({ version: 2 })
    expect(set.custom).toEqual({ type: byId(everything), fields: { points: 2, vip: false } })
    const same = await change(2, [{ action: 'setCustomField', name: 'points', value: 2 }])
    expect(same.version).toBe(2)
    const other = await change(2, [{ action: 'setCustomType', type: byId(strict), fields: { code: 'x' } }])
    expect(other.custom).toEqual({ type: byId(strict), fields: { code: 'x' } })
    expect(await change(3, [{ action: 'setCustomType' }])).not.toHaveProperty('custom')
  })

  it('of an address come and go with the address', async () => {
    const { change } = await newShopper()
    const address = (floor: unknown) => ({
      country: 'DE',
      key: 'home',
      custom: { type: byKey(place), fields: { floor } },
    })
    const added = await change(1, [{ action: 'addAddress', address: address(1) }])
    expect(added.addresses[0]?.custom).toEqual({ type: byId(place), fields: { floor: 1 } })
    const changed = await change(2, [{ action: 'changeAddress', addressKey: 'home', address: address(2) }])
    expect(changed.addresses[0]?.custom?.fields).toEqual({ floor: 2 })
    const wrong = change(3, [{ action: 'changeAddress', addressKey: 'home', address: address('two') }])
    expect(await codeOf(wrong)).toEqual([400, 'InvalidField'])
    const bare = await change(3, [
      { action: 'changeAddress', addressKey: 'home', address: { country: 'DE', key: 'home' } },
    ])
    expect(bare.addresses[0]).not.toHaveProperty('custom')
  })

  it('are told in messages', async () => {
    const { customer, change } = await newShopper()
    await change(1, [
      { action: 'setCustomType', type: byId(everything), fields: { points: 1 } },
      { action: 'setCustomField', name: 'points', value: 2 },
    ])
    const { results } = await env.DB.prepare(
      `SELECT type, payload FROM messages WHERE resource_id = ? AND type LIKE 'CustomerCustom%' ORDER BY sequence`,
    )
      .bind(customer.id)
      .all<{ type: string; payload: string }>()
    expect(results.map(({ type, payload }) => [type, JSON.parse(payload)])).toEqual([
      ['CustomerCustomTypeSet', { customFields: { type: byId(everything), fields: { points: 1 } } }],
      ['CustomerCustomFieldChanged', { name: 'points', value: 2, previousValue: 1 }],
    ])
  })
})

describe('a value', () => {
  it('of every type is kept as it is written', async () => {
    const friend = (await newShopper()).customer
    const fields = {
      vip: true,
      nick: 'Ada "the" Countess',
      motto: { en: 'Go', 'de-DE': 'Los' },
      points: 1.5,
      size: 's',
      mood: 'good',
      credit: { type: 'centPrecision', currencyCode: 'JPY', centAmount: -5, fractionDigits: 0 },
      since: '2024-02-29',
      teatime: '16:30:00.000',
      seen: '2026-01-01T00:00:00.000Z',
      group: { typeId: 'customer-group', id: group.id },
      friend: { typeId: 'customer', id: friend.id },
      product: { typeId: 'product', id: 'of-another-service' },
      sizes: ['s'],
      friends: [{ typeId: 'customer', id: friend.id }],
    }
    const { change, read } = await newShopper()
    const set = await change(1, [{ action: 'setCustomType', type: byId(everything), fields }])
    expect(set.custom?.fields).toEqual(fields)
    expect((await read()).custom?.fields).toEqual(fields)
  })

  it('of money is completed, and a set holds each element once', async () => {
    const { change } = await newShopper()
    const set = await change(1, [
      {
        action: 'setCustomType',
        type: byId(everything),
        fields: { credit: { currencyCode: 'EUR', centAmount: 100 }, sizes: ['s', 's'] },
      },
    ])
    expect(set.custom?.fields).toEqual({
      credit: { type: 'centPrecision', currencyCode: 'EUR', centAmount: 100, fractionDigits: 2 },
      sizes: ['s'],
    })
  })

  it.each<[string, unknown, object?]>([
    ['vip', 'true'],
    ['vip', 1],
    ['nick', 7],
    ['motto', 'Go'],
    ['motto', { en: 7 }],
    ['motto', { 'not a language': 'Go' }],
    ['points', '1'],
    ['size', 'm', { allowedValues: ['s'] }],
    ['size', ['s'], { allowedValues: ['s'] }],
    ['mood', 'bad', { allowedValues: ['good'] }],
    ['credit', 100],
    ['credit', { currencyCode: 'EUR', centAmount: 1.5 }],
    ['credit', { currencyCode: 'euro', centAmount: 1 }],
    ['credit', { centAmount: 1 }],
    ['since', '2023-02-29'],
    ['since', '29.02.2024'],
    ['since', '2024-02-29T00:00:00Z'],
    ['teatime', '24:00:00'],
    ['teatime', 'four'],
    ['seen', '2026-01-01'],
    ['seen', '2026-01-01T25:00:00Z'],
    ['seen', '2026-13-01T00:00:00Z'],
    ['group', { typeId: 'customer', id: 'x' }],
    ['group', 'gold'],
    ['sizes', 's', { allowedValues: ['s'] }],
    ['sizes', ['s', 'm'], { allowedValues: ['s'] }],
    ['unheard-of', 1],
    ['constructor', 1],
  ])('of %s cannot be %j', async (name, value, extra = {}) => {
    const { change, read } = stubborn
    const one = await failure(change(1, [{ action: 'setCustomField', name, value }]))
    expect(one.statusCode).toBe(400)
    expect(one.body.errors).toEqual([
      {
        code: 'InvalidField',
        message: expect.stringContaining(name),
        field: name,
        invalidValue: value,
        ...extra,
      },
    ])
    const whole = change(1, [{ action: 'setCustomType', type: byId(everything), fields: { [name]: value } }])
    expect(await codeOf(whole)).toEqual([400, 'InvalidField'])
    expect((await read()).version).toBe(1)
  })

  it.each([
    ['group', { typeId: 'customer-group', id: 'nothing' }, 'customer-group'],
    ['friend', { typeId: 'customer', id: '00000000' }, 'customer'],
    ['friends', [{ typeId: 'customer', id: '00000000' }], 'customer'],
  ])('of %s has to name something that exists', async (name, value, typeId) => {
    const { change } = stubborn
    const { statusCode, body } = await failure(change(1, [{ action: 'setCustomField', name, value }]))
    expect(statusCode).toBe(400)
    expect(body.errors[0]).toMatchObject({ code: 'ReferencedResourceNotFound', typeId })
  })

  it('cannot name anything of another project', async () => {
    const foreign = await post('/customer-groups', { groupName: 'Gold' }, 'globex')
    const stranger = await signUp('globex')
    const { change } = stubborn
    for (const [name, typeId, id] of [
      ['group', 'customer-group', foreign.id],
      ['friend', 'customer', stranger.id],
    ] as const) {
      const refused = change(1, [{ action: 'setCustomField', name, value: { typeId, id } }])
      expect(await codeOf(refused)).toEqual([400, 'ReferencedResourceNotFound'])
    }
  })

  it('that is required has to be there, and stays', async () => {
    const { change } = await newShopper()
    const { body } = await failure(change(1, [{ action: 'setCustomType', type: byId(strict) }]))
    expect(body.errors).toEqual([
      { code: 'RequiredField', message: 'A value is required for field code.', field: 'code' },
    ])
    await change(1, [{ action: 'setCustomType', type: byId(strict), fields: { code: 'x' } }])
    const removed = change(2, [{ action: 'setCustomField', name: 'code' }])
    expect(await codeOf(removed)).toEqual([400, 'RequiredField'])
    const address = { country: 'DE', custom: { type: byId(strict), fields: {} } }
    expect(await codeOf(change(2, [{ action: 'addAddress', address }]))).toEqual([400, 'RequiredField'])
  })

  it('may be wrong together with others, and all are told', async () => {
    const { change } = stubborn
    const { body } = await failure(
      change(1, [
        { action: 'setCustomType', type: byId(everything), fields: { vip: 1, points: 'x' } },
        {
          action: 'addAddress',
          address: { country: 'DE', custom: { type: byId(place), fields: { floor: '' } } },
        },
      ]),
    )
    expect(body.errors.map((error) => error['field'])).toEqual(['vip', 'points', 'floor'])
    expect(body).toMatchObject({ statusCode: 400, message: body.errors[0]?.message })
  })
})

describe('a Type', () => {
  it.each<[string, object, string]>([
    ['an id of nothing', { typeId: 'type', id: 'nothing' }, 'ReferencedResourceNotFound'],
    ['a key of nothing', { typeId: 'type', key: 'nothing' }, 'ReferencedResourceNotFound'],
    ['id and key', { typeId: 'type', id: 'a', key: 'b' }, 'InvalidJsonInput'],
    ['neither id nor key', { typeId: 'type' }, 'InvalidJsonInput'],
    ['another kind', { typeId: 'store', id: 'a' }, 'InvalidJsonInput'],
    ['a number', { typeId: 'type', id: 7 }, 'InvalidJsonInput'],
  ])('cannot be named by %s', async (_what, type, code) => {
    const email = uniqueEmail()
    const answer = await call<Failure>('POST', '/acme/me/signup', {
      token,
      body: { email, password, custom: { type, fields: {} } },
    })
    expect([answer.status, answer.body.errors[0]?.code], answer.text).toEqual([400, code])
    const { change } = stubborn
    const action = { action: 'setCustomType', type } as MyCustomerUpdateAction
    expect(await codeOf(change(1, [action]))).toEqual([400, code])
    const address = { country: 'DE', custom: { type } }
    const added = { action: 'addAddress', address } as MyCustomerUpdateAction
    expect(await codeOf(change(1, [added]))).toEqual([400, code])
  })

  it('that is for something else does not fit', async () => {
    const { change } = stubborn
    const customer = change(1, [{ action: 'setCustomType', type: byId(place), fields: { floor: 1 } }])
    expect(await codeOf(customer)).toEqual([400, 'InvalidOperation'])
    const address = { country: 'DE', custom: { type: byId(everything), fields: {} } }
    expect(await codeOf(change(1, [{ action: 'addAddress', address }]))).toEqual([400, 'InvalidOperation'])
  })

  it('of another project does not exist', async () => {
    const foreign = await post('/types', typeDraft(['customer'], []), 'globex')
    const { change } = stubborn
    for (const type of [byId(foreign), byKey(foreign)])
      expect(await codeOf(change(1, [{ action: 'setCustomType', type }]))).toEqual([
        400,
        'ReferencedResourceNotFound',
      ])
  })

  it('is needed before a field', async () => {
    const { change } = await newShopper()
    const early = change(1, [{ action: 'setCustomField', name: 'points', value: 1 }])
    expect(await codeOf(early)).toEqual([400, 'InvalidOperation'])
  })

  it('that has changed counts at once, and only for what is new', async () => {
    const type = await post('/types', typeDraft(['customer'], [field('grade', { name: 'Enum', values })]))
    const { change } = await newShopper({ custom: { type: byId(type), fields: { grade: 's' } } })
    const refused = change(1, [{ action: 'setCustomField', name: 'grade', value: 'xl' }])
    expect(await codeOf(refused)).toEqual([400, 'InvalidField'])
    await post(`/types/${type.id}`, {
      version: 1,
      actions: [{ action: 'addEnumValue', fieldName: 'grade', value: { key: 'xl', label: 'Huge' } }],
    })
    const set = await change(1, [{ action: 'setCustomField', name: 'grade', value: 'xl' }])
    expect(set.custom?.fields).toEqual({ grade: 'xl' })
    await post(`/types/${type.id}`, {
      version: 2,
      actions: [
        { action: 'removeFieldDefinition', fieldName: 'grade' },
        { action: 'addFieldDefinition', fieldDefinition: field('motto2', { name: 'String' }) },
        { action: 'addFieldDefinition', fieldDefinition: field('badge', { name: 'String' }, true) },
      ],
    })
    const later = await change(2, [{ action: 'setCustomField', name: 'motto2', value: 'Go' }])
    expect(later.custom?.fields).toEqual({ grade: 'xl', motto2: 'Go' })
    const tidied = await change(3, [{ action: 'setCustomField', name: 'grade' }])
    expect(tidied.custom?.fields).toEqual({ motto2: 'Go' })
  })
})

describe('a version that is stale', () => {
  it('is told before a Type or a value is looked at', async () => {
    const { change } = stubborn
    const type = { typeId: 'type' as const, key: 'nothing' }
    expect(await codeOf(change(9, [{ action: 'setCustomType', type }]))).toEqual([
      409,
      'ConcurrentModification',
    ])
    const wrong = change(9, [{ action: 'setCustomField', name: 'x', value: 1 }])
    expect(await codeOf(wrong)).toEqual([409, 'ConcurrentModification'])
  })
})
