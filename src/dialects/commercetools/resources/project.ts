/**
 * "Project": the tenant as commercetools shows it. Read only: settings are changed by the operator.
 */
import type { Tenant } from '../../../domain/tenant/tenant.ts'
import { endpoint, type Endpoint } from '../../../http/endpoint.ts'
import { localesOf } from '../locales.ts'

export const projectEndpoints: Endpoint[] = [
  endpoint({
    method: 'get',
    path: '/:tenant',
    heading: 'Get Project',
    access: {
      kinds: ['service', 'customer', 'anonymous'],
      scopes: ['view_project_settings'],
      checkSession: true,
    },
    handle: async ({ tenant }) => ({ status: 200, body: presentProject(tenant) }),
  }),
]

function presentProject(tenant: Tenant): object {
  const { key, createdAt, settings } = tenant
  const { name = key, countries, currencies } = settings
  return {
    version: 1,
    key,
    name,
    countries,
    currencies,
    languages: localesOf(tenant),
    createdAt,
    messages: { enabled: true, deleteDaysAfterCreation: settings.messageRetentionDays },
    ...withoutCarts,
  }
}

/** Carts, stock and discounts are not here; the vendor's type asks for their settings, these are the vendor's defaults. */
const withoutCarts = {
  carts: { deleteDaysAfterLastModification: 90 },
  inventory: { releaseExpiredReservations: false },
  discounts: { discountCombinationMode: 'Stacking' },
}
