/**
 * References that a request makes to resources beside customers: found to exist, one query for all of a kind.
 * A request may name a resource by id or by key; what is kept is up to the caller, who gets the resources themselves.
 */
import type { Ports } from '../ports/index.ts'
import type { ResourceKind, ResourceRef } from '../../domain/base/names.ts'
import type { Resource } from '../../domain/resources/resource.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'

export type References = ReturnType<typeof referencesFlow>

export function referencesFlow({ resources }: Pick<Ports, 'resources'>) {
  return {
    /** The resources in the order of `refs`; fails with `ReferenceUnresolved` for the first one that does not exist. */
    async resolve<K extends ResourceKind>(
      { key: tenant }: Pick<Tenant, 'key'>,
      kind: K,
      refs: readonly ResourceRef[],
    ): Promise<Result<Resource<K>[]>> {
      const found = await resources.findAll(tenant, kind, refs)
      const resolved: Resource<K>[] = []
      for (const ref of refs) {
        const resource = found.find(({ id, key }) => ('id' in ref ? id === ref.id : key === ref.key))
        if (!resource) return fail({ kind: 'ReferenceUnresolved', of: kind, ...ref })
        resolved.push(resource)
      }
      return ok(resolved)
    },

    /** Those of the named ones that exist. */
    find<K extends ResourceKind>(
      { key: tenant }: Pick<Tenant, 'key'>,
      kind: K,
      refs: readonly ResourceRef[],
    ): Promise<Resource<K>[]> {
      return resources.findAll(tenant, kind, refs)
    },
  }
}
