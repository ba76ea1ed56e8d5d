/**
 * The locales of a project: its languages, which a customer's locale is one of. A locale that the customer has from
 * elsewhere stays; Emporix takes any for the same field.
 */
import { languageTag } from '../../domain/customer.ts'
import { fail, ok, type Result, type Violation } from '../../domain/result.ts'
import type { Tenant } from '../../domain/tenant.ts'
import type { OfficeAction } from '../../flows/customer-management.ts'

export function localesOf({ settings }: Tenant): string[] {
  return [...new Set(settings.languages.map(languageTag))]
}

/** Fails with `InvalidInput` for a draft that has a locale which the project has not. */
export function checkLocale(tenant: Tenant, draft: { locale?: string | null | undefined }): Result<void> {
  return check(tenant, draft.locale == null ? [] : [draft.locale])
}

/** The same for what update actions would set. */
export function checkLocalesSet(tenant: Tenant, actions: readonly OfficeAction[]): Result<void> {
  return check(
    tenant,
    actions.flatMap((action) =>
      'field' in action && action.field === 'language' && action.value !== undefined
        ? [action.value]
        : [],
    ),
  )
}

function check(tenant: Tenant, locales: string[]): Result<void> {
  const allowed = localesOf(tenant)
  const violations = locales
    .filter((locale) => !allowed.includes(locale))
    .map((value): Violation => {
      const message = `The value '"${value}"' is not valid for field 'locale'.`
      return { field: 'locale', type: 'invalid', message, value, allowed }
    })
  return violations.length > 0 ? fail({ kind: 'InvalidInput', violations }) : ok(undefined)
}
