/**
 * Where a browser's request comes from, for whatever a page's form or a cookie could be made to do by a page of another origin
 * (CSRF). `Sec-Fetch-Site` is decisive, because a page cannot set it; browsers without it send `Origin`.
 */

/** `unknown`: the client is no browser, or one that says nothing. */
export type Provenance = 'own' | 'foreign' | 'unknown'

/** `none` is a person's own doing, such as loading a page again. A neighbouring subdomain counts as foreign. */
export function provenanceOf({ headers, url }: Request): Provenance {
  const site = headers.get('Sec-Fetch-Site')
  if (site !== null) return site === 'same-origin' || site === 'none' ? 'own' : 'foreign'
  const origin = headers.get('Origin')
  if (origin === null) return 'unknown'
  return origin === new URL(url).origin ? 'own' : 'foreign'
}
