/**
 * What a request asks for before the resources that it names have been found, and how it is settled then.
 * Dialects say what an action becomes, because they know what a request may name; the looking up happens here.
 */
import type { ResourceKind, ResourceRef } from '../../domain/base/names.ts'
import type { Resource } from '../../domain/resources/resource.ts'
import { ok, type Result } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { References } from './references.ts'

/** Settled already, or how to settle it once its resources have been found. */
export type Unresolved<A extends object> = A | Referring<A>

export interface Referring<A extends object> {
  kind: ResourceKind
  refs: readonly ResourceRef[]
  /** Given the resources in the order of `refs`. */
  settle(found: readonly Resource[]): A[]
}

/** All in order, with one query for each kind that is named; fails with `ReferenceUnresolved`. */
export async function settle<A extends object>(
  references: References,
  tenant: Tenant,
  unresolved: readonly Unresolved<A>[],
): Promise<Result<A[]>> {
  const found = new Map<ResourceKind, Resource[]>()
  for (const kind of new Set(unresolved.flatMap((one) => (isReferring(one) ? [one.kind] : [])))) {
    const refs = unresolved.flatMap((one) => (isReferring(one) && one.kind === kind ? one.refs : []))
    const resolved = await references.resolve(tenant, kind, refs)
    if (!resolved.ok) return resolved
    found.set(kind, resolved.value)
  }
  return ok(
    unresolved.flatMap((one) =>
      isReferring(one) ? one.settle(found.get(one.kind)?.splice(0, one.refs.length) ?? []) : [one],
    ),
  )
}

function isReferring<A extends object>(unresolved: Unresolved<A>): unresolved is Referring<A> {
  return 'settle' in unresolved
}
