/**
 * Scopes as clients own them and as they are written. Emporix's have a dot and stand as they are. commercetools' are
 * written with their project, and some with a store behind it (`manage_customers:acme:berlin`); kept is what a tenant's
 * own client needs: the name, and the store after a colon. Which scope a customer's or a visitor's token needs is decided
 * here for both dialects.
 */

/** What a customer, or a visitor who is to become one, needs: to look at the own profile, and for everything else. */
export const profileScopes = {
  view: ['customer.customerprofile_view'],
  edit: ['manage_my_profile', 'customer.customerprofile_edit'],
  addAccount: ['customer.customer_update', 'customer.customer_manage'],
} as const

/** commercetools has one scope where Emporix has these; it includes them all. */
const partsOfMyProfile: readonly string[] = [
  'customer.customerprofile_view',
  'customer.customerprofile_edit',
  'customer.customer_update',
]

/** The scopes that a client may hold for one store only. */
const storeScopes: readonly string[] = ['manage_customers', 'view_customers']

/** The scope as it is kept; undefined when it is one of another project. */
export function readScope(text: string, tenant: string): string | undefined {
  const [name = '', project, ...store] = text.split(':')
  if (project === undefined) return text
  if (project === tenant) return [name, ...store].join(':')
  return name.includes('.') ? text : undefined
}

/** The scope as commercetools writes it. */
export function scopeOfProject(scope: string, tenant: string): string {
  const [name = '', ...store] = scope.split(':')
  return name.includes('.') ? scope : [name, tenant, ...store].join(':')
}

/** A client that owns a scope for the whole project may ask for it in one store. */
export function ownsScope(owned: readonly string[], scope: string): boolean {
  const [name = '', store] = scope.split(':')
  return owned.includes(scope) || (!!store && storeScopes.includes(name) && owned.includes(name))
}

/** Any of these is enough: the scopes, what includes them, and within a store their forms for that store. */
export function sufficientScopes(scopes: readonly string[], store?: string): string[] {
  const sufficient = scopes.flatMap(including)
  const limited = sufficient.filter((scope) => store !== undefined && storeScopes.includes(scope))
  return [...sufficient, ...limited.map((scope) => `${scope}:${store}`)]
}

/** The stores that any of the scopes is held for; undefined when one is held without such a limit. */
export function storesHeld(held: readonly string[], scopes: readonly string[]): string[] | undefined {
  const sufficient = sufficientScopes(scopes)
  if (sufficient.some((scope) => held.includes(scope))) return undefined
  return held.flatMap((scope) => {
    const [name = '', store] = scope.split(':')
    return store !== undefined && sufficient.includes(name) ? [store] : []
  })
}

/**
 * In commercetools' scopes, which have no dot, managing includes viewing and the project includes everything. Among
 * Emporix's, only editing the own profile includes looking at it.
 */
function including(scope: string): string[] {
  if (scope.includes('.')) {
    const edit = scope === 'customer.customerprofile_view' ? ['customer.customerprofile_edit'] : []
    return [scope, ...edit, ...(partsOfMyProfile.includes(scope) ? including('manage_my_profile') : [])]
  }
  return [...new Set([scope, scope.replace(/^view_/, 'manage_'), 'manage_project'])]
}
