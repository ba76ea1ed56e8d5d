/**
 * Where the tenant stands in a URL: which first words are the service's own, and behind which of them the tenant follows. The one
 * owner of that: the router, CORS and the rule for tenant keys all read it here.
 */

/** `path`: the second word is the tenant. `query`: a parameter names it. `none`: there is no tenant. */
const ownWords = {
  customer: 'path',
  'customer-management': 'path',
  customerlogin: 'query',
  oauth: 'path',
  identity: 'path',
  openid: 'path',
  admin: 'path',
  account: 'path',
  office: 'path',
  '.well-known': 'none',
  health: 'none',
  openapi: 'none',
  'openapi.json': 'none',
  docs: 'none',
  _dev: 'none',
} as const satisfies Record<string, 'path' | 'query' | 'none'>

/** In the order in which they are looked at. */
const queryParameters = ['tenant', 'hybris-tenant'] as const

/** A tenant whose key is such a word would be unreachable, or would shadow an endpoint. */
export function isReservedWord(word: string): word is keyof typeof ownWords {
  return Object.hasOwn(ownWords, word)
}

/** Whether the text can be a tenant's key. */
export function isTenantKey(text: string): boolean {
  return /^[a-z][a-z0-9_-]{1,35}$/.test(text) && !isReservedWord(text)
}

export function wordsOf(path: string): string[] {
  return path.split('/').filter((word) => word !== '')
}

/** The key as it is given, whether or not there is such a tenant. `parameter` reads the query. */
export function tenantKeyIn(
  path: string,
  parameter: (name: string) => string | undefined,
): string | undefined {
  const [first = '', second] = wordsOf(path)
  if (!isReservedWord(first)) return isTenantKey(first) ? first : undefined
  switch (ownWords[first]) {
    case 'path':
      return second
    case 'query':
      return tenantKeyInQuery(parameter)
    case 'none':
      return undefined
  }
}

export function tenantKeyInQuery(parameter: (name: string) => string | undefined): string | undefined {
  for (const name of queryParameters) {
    const key = parameter(name)
    if (key !== undefined) return key
  }
  return undefined
}
