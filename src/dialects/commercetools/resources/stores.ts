/**
 * "Stores", as far as customers belong to them. There are no channels and product selections here, so their lists are empty
 * and the actions on them are unknown.
 */
import { z } from 'zod'
import type { FieldNames } from '../../../domain/base/criteria.ts'
import type { Resource } from '../../../domain/resources/resource.ts'
import { distinct, type StoreAction } from '../../../domain/resources/store.ts'
import { presentResource, resourceEndpoints, resourceFields } from './resource-endpoints.ts'
import { action, country, key, locale, localized } from '../schema.ts'

const languages = z.array(locale).max(500)
const storeCountry = z.object({ code: country })
const countries = z.array(storeCountry).max(500)

const StoreDraft = z.object({
  key,
  name: localized.nullish(),
  languages: languages.nullish(),
  countries: countries.nullish(),
})

const StoreUpdateAction = z.discriminatedUnion('action', [
  action('setName', { name: localized.nullish() }),
  action('setLanguages', { languages: languages.nullish() }),
  action('setCountries', { countries: countries.nullish() }),
  action('addCountry', { country: storeCountry }),
  action('removeCountry', { country: storeCountry }),
])

export const storeFields: FieldNames = {
  ...resourceFields,
  name: { type: 'open', path: ['body', 'name'] },
  languages: { type: 'list', path: ['body', 'languages'] },
  countries: {
    type: 'objects',
    path: ['body', 'countries'],
    fields: { code: { type: 'text', path: ['code'] } },
  },
}

export const storeEndpoints = resourceEndpoints<'store'>({
  segment: 'stores',
  name: 'Store',
  view: ['view_stores'],
  manage: ['manage_stores'],
  fields: storeFields,
  draft: StoreDraft.transform(({ key, name, languages, countries }) => ({
    key,
    body: {
      ...(name && { name }),
      languages: [...new Set(languages ?? [])],
      countries: distinct(countries ?? []),
    },
  })),
  action: StoreUpdateAction.transform(toAction),
  flow: (flows) => flows.stores,
  present: presentStore,
})

export function presentStore(store: Resource<'store'>): object {
  const { name, languages, countries } = store.body
  return presentResource(store, {
    ...(name && { name }),
    languages,
    countries,
    distributionChannels: [],
    supplyChannels: [],
    productSelections: [],
  })
}

function toAction(action: z.infer<typeof StoreUpdateAction>): StoreAction {
  switch (action.action) {
    case 'setName':
      return { action: 'setName', name: action.name ?? undefined }
    case 'setLanguages':
      return { action: 'setLanguages', languages: action.languages ?? [] }
    case 'setCountries':
      return { action: 'setCountries', countries: action.countries ?? [] }
    case 'addCountry':
    case 'removeCountry':
      return action
  }
}
