/**
 * The locales of a project: its languages, which a customer's locale is one of. A locale that the customer has from
 * elsewhere stays; Emporix takes any for the same field.
 */
import { languageTag } from '../../domain/base/language-tag.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { ProfileAction } from '../../domain/changes/update-action.ts'

export function localesOf({ settings }: Tenant): string[] {
  return [...new Set(settings.languages.map(languageTag))]
}

/** The actions of an update, with the locales that there are to choose from. */
export function withLocales<A extends object>(
  tenant: Tenant,
  actions: readonly (A | ProfileAction)[],
): (A | ProfileAction)[] {
  return actions.map((action) =>
    'field' in action && action.field === 'language' ? { ...action, languages: localesOf(tenant) } : action,
  )
}
