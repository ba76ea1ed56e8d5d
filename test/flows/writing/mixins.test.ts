/** Mixins: each new or changed value has to have a schema and to satisfy it; what has not changed is not asked again. */
import type { MixinSchemaValidator } from '../../../src/flows/ports/index.ts'
import { describe, expect, it } from 'vitest'
import type { Customer } from '../../../src/domain/customer/customer.ts'
import type { Json } from '../../../src/domain/base/json.ts'
import { invalid, fail, ok } from '../../../src/domain/base/result.ts'
import type { CustomerAction } from '../../../src/domain/changes/update-action.ts'
import { checkMixins, touchesMixins } from '../../../src/flows/writing/mixins.ts'
import { addressOf, recordWith, tenantWith, tokenOf } from '../../support/records.ts'

const url = 'https://schema.example/size'

/** Accepts everything but the value `bad`, and knows no schema called `gone`. */
function validator() {
  const asked: [string, Json, string][] = []
  const schemas: MixinSchemaValidator = {
    async validate(_tenant, at, value, field) {
      asked.push([at, value, field])
      if (at.endsWith('gone')) return fail({ kind: 'Unavailable', dependency: at })
      return value === 'bad' ? invalid(`${field}.x`, 'is bad') : ok(undefined)
    },
  }
  return { schemas, asked }
}

const customer = (more: Partial<Customer>): Customer => recordWith(more).customer
const check = (schemas: MixinSchemaValidator, before: Customer | undefined, after: Customer) =>
  checkMixins(schemas, tenantWith(), before, after)

describe('mixins', () => {
  it('of a new customer and of each address are validated by the schema of the same name', async () => {
    const { schemas, asked } = validator()
    const after = customer({
      mixins: { size: 41 },
      mixinSchemas: { size: url, unused: 'https://schema.example/unused' },
      addresses: [addressOf('home', { mixins: { door: 'red' }, mixinSchemas: { door: `${url}2` } })],
    })
    expect(await check(schemas, undefined, after)).toEqual({ ok: true, value: undefined })
    expect(asked).toEqual([
      [url, 41, 'mixins.size'],
      [`${url}2`, 'red', 'address.mixins.door'],
    ])
  })

  it.each<[string, Partial<Customer>, Partial<Customer>, number]>([
    ['nothing', {}, {}, 0],
    ['another field', {}, { firstName: 'Grace' }, 0],
    ['the order of keys', {}, { mixins: { size: { b: 2, a: 1 } } }, 0],
    ['the value', {}, { mixins: { size: { a: 2 } } }, 1],
    ['the schema', {}, { mixinSchemas: { size: `${url}2` } }, 1],
    [
      'a mixin of an address only',
      {},
      { addresses: [addressOf('home', { mixins: { size: 2 }, mixinSchemas: { size: url } })] },
      1,
    ],
    [
      'the order of addresses',
      {},
      {
        addresses: [
          addressOf('work'),
          addressOf('home', { mixins: { size: 1 }, mixinSchemas: { size: url } }),
        ],
      },
      0,
    ],
    ['the removal of a mixin', {}, { mixins: {} }, 0],
  ])('that were there are not asked again when what changes is %s', async (_what, was, is, times) => {
    const base: Partial<Customer> = {
      mixins: { size: { a: 1, b: 2 } },
      mixinSchemas: { size: url },
      addresses: [addressOf('home', { mixins: { size: 1 }, mixinSchemas: { size: url } }), addressOf('work')],
    }
    const { schemas, asked } = validator()
    const result = await check(schemas, customer({ ...base, ...was }), customer({ ...base, ...is }))
    expect(result.ok).toBe(true)
    expect(asked).toHaveLength(times)
  })

  it.each(['size', 'constructor', 'toString'])('named %s need a schema of their own', async (name) => {
    const { schemas, asked } = validator()
    expect(await check(schemas, customer({}), customer({ mixins: { [name]: 1 } }))).toMatchObject({
      error: { kind: 'InvalidInput', violations: [{ field: `mixins.${name}`, type: 'invalid' }] },
    })
    expect(asked).toEqual([])
  })

  it('whose schema is taken away are refused, though their value stays', async () => {
    const before = customer({ mixins: { size: 1 }, mixinSchemas: { size: url } })
    const after = customer({ mixins: { size: 1 } })
    expect((await check(validator().schemas, before, after)).ok).toBe(false)
  })

  it('that are refused are all named', async () => {
    const after = customer({
      mixins: { a: 'bad', b: 'good', c: 'bad', d: 1 },
      mixinSchemas: { a: url, b: url, c: url },
    })
    const result = await check(validator().schemas, undefined, after)
    if (result.ok || result.error.kind !== 'InvalidInput') throw new Error('was not refused')
    expect(result.error.violations.map(({ field }) => field)).toEqual([
      'mixins.a.x',
      'mixins.c.x',
      'mixins.d',
    ])
  })

  it('cannot be accepted while a schema cannot be had', async () => {
    const after = customer({ mixins: { a: 1 }, mixinSchemas: { a: 'https://schema.example/gone' } })
    expect(await check(validator().schemas, undefined, after)).toEqual({
      ok: false,
      error: { kind: 'Unavailable', dependency: 'https://schema.example/gone' },
    })
  })
})

describe('an action', () => {
  it.each<[CustomerAction, boolean]>([
    [{ action: 'patchMixins', mixins: undefined, mixinSchemas: undefined }, true],
    [{ action: 'addAddress', addressId: 'a', address: { mixins: {} } }, true],
    [{ action: 'addAddress', addressId: 'a', address: { city: 'London' } }, false],
    [{ action: 'patchAddress', addressId: 'a', address: { mixins: null } }, false],
    [{ action: 'patchAddress', addressId: 'a', address: { mixinSchemas: { a: null } } }, true],
    [{ action: 'patchAddress', addressId: 'a', address: { isDefault: true } }, false],
    [{ action: 'removeAddress', addressId: 'a' }, false],
    [{ action: 'set', field: 'title', value: 'Dr' }, false],
    [{ action: 'completeEmailChange', undoToken: tokenOf('email_undo') }, false],
  ])('%j can change a mixin: %s', (action, touches) => {
    expect(touchesMixins(action)).toBe(touches)
  })
})
