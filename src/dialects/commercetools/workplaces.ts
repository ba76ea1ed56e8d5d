/**
 * Where the back office works: in the whole project, or in one of its stores under `/in-store/key=…`. The endpoints of both
 * are the same ones; a caller who keeps to a store sees, changes and makes customers of that store only.
 */
import type { Access, Endpoint } from '../../http/endpoint.ts'

export const keyPrefix = 'key='

/** A place, what the vendor's headings call it, and who may look and who may change something there. */
export interface Workplace {
  base: string
  where: string
  viewer: Access<'service'>
  manager: Access<'service'>
}

const inStore = {
  base: `/:tenant/in-store/:storeKey{${keyPrefix}[^/]+}`,
  where: ' in Store',
  within: { storeFrom: (parameters: Record<string, string>) => keyIn(parameters['storeKey']) },
}

const workplaces: Workplace[] = [{ base: '/:tenant', where: '', within: {} }, inStore].map(
  ({ base, where, within }) => ({
    base,
    where,
    viewer: { kinds: ['service'], scopes: ['view_customers'], ...within },
    manager: { kinds: ['service'], scopes: ['manage_customers'], ...within },
  }),
)

/** The same endpoints in every workplace. */
export function inWorkplaces(endpointsAt: (workplace: Workplace) => Endpoint[]): Endpoint[] {
  return workplaces.flatMap(endpointsAt)
}

/** `key=abc`, as it stands in a path, without its prefix. */
export function keyIn(text = ''): string {
  return text.slice(keyPrefix.length)
}
