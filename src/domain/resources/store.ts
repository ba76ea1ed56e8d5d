/**
 * Stores: the shops of a tenant that customers can belong to, as far as customers need them. What belongs to goods (channels,
 * product selections) is no concern of this service.
 */
import type { ChangeOf, LocalizedText } from './content.ts'
import { fail, ok } from '../base/result.ts'

export interface Store {
  name?: LocalizedText
  languages: string[]
  countries: StoreCountry[]
}

export interface StoreCountry {
  code: string
}

export type StoreAction =
  | { action: 'setName'; name: LocalizedText | undefined }
  | { action: 'setLanguages'; languages: string[] }
  | { action: 'setCountries'; countries: StoreCountry[] }
  | { action: 'addCountry'; country: StoreCountry }
  | { action: 'removeCountry'; country: StoreCountry }

export const changeStore: ChangeOf<Store, StoreAction> = (content, action) => {
  const { name: _previous, ...unnamed } = content.body
  const { countries } = content.body
  switch (action.action) {
    case 'setName':
      return ok({ ...content, body: action.name ? { ...unnamed, name: action.name } : unnamed })
    case 'setLanguages':
      return ok({ ...content, body: { ...content.body, languages: [...new Set(action.languages)] } })
    case 'setCountries':
      return ok({ ...content, body: { ...content.body, countries: distinct(action.countries) } })
    case 'addCountry':
      return ok({
        ...content,
        body: { ...content.body, countries: distinct([...countries, action.country]) },
      })
    case 'removeCountry': {
      const { code } = action.country
      const left = countries.filter((country) => country.code !== code)
      if (left.length === countries.length)
        return fail({ kind: 'InvalidOperation', reason: `The store does not have the country '${code}'.` })
      return ok({ ...content, body: { ...content.body, countries: left } })
    }
  }
}

/** Each country once. */
export function distinct(countries: readonly StoreCountry[]): StoreCountry[] {
  return Array.from(new Set(countries.map(({ code }) => code)), (code) => ({ code }))
}
