/**
 * What the back office does with the resources beside customers, the same for each kind. The rules of a kind come with it;
 * two writers at once are told apart by the version, in the statement that writes.
 */
import type { Page, PageRequest, Ports } from '../ports/index.ts'
import type { ResourceKind, ResourceRef } from '../../domain/base/names.ts'
import type { Actor } from '../../domain/base/actor.ts'
import type { Criteria } from '../../domain/base/criteria.ts'
import {
  changeResource,
  checkResourceSize,
  type ChangeContent,
  type Resource,
  type ResourceAction,
  type ResourceContent,
} from '../../domain/resources/resource.ts'
import { fail, ok, type Result } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'

/** What makes one kind of resource different from the others. */
export interface ResourceRules<K extends ResourceKind> {
  kind: K
  change: ChangeContent<K>
  /** The customers that name the resource: while there is one, it cannot be deleted. */
  namedBy(resource: Resource<K>): Criteria
  /** What has to be true of a new or changed resource, also with regard to the others of its kind. */
  check?(tenant: Tenant, next: Resource<K>): Promise<Result<void>>
}

export type ResourceFlow<K extends ResourceKind> = ReturnType<typeof resourceFlow<K>>

export function resourceFlow<K extends ResourceKind>(
  { resources, customerQuery, clock, ids }: ResourcePorts,
  { kind, change, namedBy, check = async () => ok(undefined) }: ResourceRules<K>,
) {
  const find = async (tenant: Tenant, ref: ResourceRef): Promise<Result<Resource<K>>> => {
    const found = await resources.find(tenant.key, kind, ref)
    return found ? ok(found) : fail({ kind: 'ResourceNotFound', of: kind, ...ref })
  }

  const findAt = async (tenant: Tenant, ref: ResourceRef, expected: number): Promise<Result<Resource<K>>> => {
    const found = await find(tenant, ref)
    if (!found.ok || found.value.version === expected) return found
    const { id, version: actual } = found.value
    return fail({ kind: 'ResourceConflict', of: kind, id, expected, actual })
  }

  const accept = async (tenant: Tenant, next: Resource<K>): Promise<Result<void>> => {
    const sized = checkResourceSize(next)
    return sized.ok ? check(tenant, next) : sized
  }

  return {
    find,

    page(tenant: Tenant, request: PageRequest): Promise<Result<Page<Resource<K>>>> {
      return resources.page(tenant.key, kind, request)
    },

    /** Fails with `ValueTaken` when the key is. */
    async create(
      tenant: Tenant,
      { key, body }: ResourceContent<K>,
      actor: Actor,
    ): Promise<Result<Resource<K>>> {
      const at = new Date(clock.now()).toISOString()
      const resource: Resource<K> = {
        tenant: tenant.key,
        kind,
        id: ids.resourceId(),
        ...(key !== undefined && { key }),
        version: 1,
        createdAt: at,
        modifiedAt: at,
        createdBy: actor,
        modifiedBy: actor,
        body,
      }
      const valid = await accept(tenant, resource)
      if (!valid.ok) return valid
      const written = await resources.insert(resource)
      return written.ok ? ok(resource) : written
    },

    /** All actions or none. Fails with `ResourceConflict` before any action is looked at. */
    async update(
      tenant: Tenant,
      ref: ResourceRef,
      expectedVersion: number,
      actions: readonly ResourceAction<K>[],
      actor: Actor,
    ): Promise<Result<Resource<K>>> {
      const before = await findAt(tenant, ref, expectedVersion)
      if (!before.ok) return before
      const after = changeResource(before.value, actions, change, { now: clock.now(), actor })
      if (!after.ok || after.value === before.value) return after
      const valid = await accept(tenant, after.value)
      if (!valid.ok) return valid
      const written = await resources.save(after.value)
      return written.ok ? after : written
    },

    /** The last state. Fails with `ResourceInUse` while a customer names it. */
    async remove(tenant: Tenant, ref: ResourceRef, expectedVersion: number): Promise<Result<Resource<K>>> {
      const before = await findAt(tenant, ref, expectedVersion)
      if (!before.ok) return before
      const naming = await customerQuery.page(tenant.key, {
        criteria: namedBy(before.value),
        sort: [],
        limit: 1,
        offset: 0,
        withTotal: false,
      })
      if (!naming.ok) return naming
      if (naming.value.items.length > 0) return fail({ kind: 'ResourceInUse', of: kind, id: before.value.id })
      const removed = await resources.remove(before.value)
      return removed.ok ? before : removed
    },
  }
}

type ResourcePorts = Pick<Ports, 'resources' | 'customerQuery' | 'clock' | 'ids'>
