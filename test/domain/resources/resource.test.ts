/** Stores and customer groups by themselves, and the version of every kind of resource. */
import { describe, expect, it } from 'vitest'
import { changeCustomerGroup } from '../../../src/domain/resources/customer-group.ts'
import { changeResource, type Resource } from '../../../src/domain/resources/resource.ts'
import { changeStore, type Store, type StoreAction } from '../../../src/domain/resources/store.ts'
import { createdAt, frozen, now, valueOf } from '../../support/records.ts'

const actor = { clientId: 'client' }
const group: Resource<'customer-group'> = frozen({
  tenant: 'acme',
  kind: 'customer-group',
  id: 'group',
  key: 'gold',
  version: 3,
  createdAt,
  modifiedAt: createdAt,
  createdBy: { clientId: 'founder' },
  body: { name: 'Gold' },
})

describe('a resource', () => {
  const change = (...actions: Parameters<typeof changeCustomerGroup>[1][]) =>
    changeResource(group, actions, changeCustomerGroup, { now, actor })

  it('grows by one version for all actions together, and says who changed it', () => {
    const next = valueOf(change({ action: 'changeName', name: 'A' }, { action: 'changeName', name: 'B' }))
    expect(next).toEqual({
      ...group,
      version: 4,
      modifiedAt: new Date(now).toISOString(),
      modifiedBy: actor,
      body: { name: 'B' },
    })
  })

  it('stays the very same when nothing changes in the end', () => {
    expect(valueOf(change())).toBe(group)
    expect(valueOf(change({ action: 'setKey', key: 'x' }, { action: 'setKey', key: 'gold' }))).toBe(group)
  })

  it('loses its key without a trace', () => {
    expect(valueOf(change({ action: 'setKey', key: undefined }))).not.toHaveProperty('key')
  })
})

describe('a store', () => {
  const store: Store = frozen({ name: { en: 'Berlin' }, languages: ['de'], countries: [{ code: 'DE' }] })

  it.each<[StoreAction, Partial<Store>]>([
    [{ action: 'setName', name: { en: 'Potsdam' } }, { name: { en: 'Potsdam' } }],
    [{ action: 'setLanguages', languages: ['en', 'en'] }, { languages: ['en'] }],
    [
      { action: 'setCountries', countries: [{ code: 'FR' }, { code: 'FR' }] },
      { countries: [{ code: 'FR' }] },
    ],
    [{ action: 'addCountry', country: { code: 'FR' } }, { countries: [{ code: 'DE' }, { code: 'FR' }] }],
    [{ action: 'addCountry', country: { code: 'DE' } }, {}],
    [{ action: 'removeCountry', country: { code: 'DE' } }, { countries: [] }],
  ])('changes by %j', (action, expected) => {
    expect(valueOf(changeStore({ key: 'berlin', body: store }, action))).toEqual({
      key: 'berlin',
      body: { ...store, ...expected },
    })
  })

  it('loses its name, and never a country that it has not', () => {
    expect(
      valueOf(changeStore({ body: store }, { action: 'setName', name: undefined })).body,
    ).not.toHaveProperty('name')
    expect(changeStore({ body: store }, { action: 'removeCountry', country: { code: 'US' } })).toMatchObject({
      error: { kind: 'InvalidOperation' },
    })
  })
})
