/**
 * The port around Types, stores and customer groups.
 */
import type { ResourceKind, ResourceRef } from '../../domain/base/names.ts'
import type { Result } from '../../domain/base/result.ts'
import type { Resource } from '../../domain/resources/resource.ts'
import type { Page, PageRequest } from './page.ts'

/** Types, stores and customer groups in the database. */
export interface ResourceStore {
  find<K extends ResourceKind>(tenant: string, kind: K, ref: ResourceRef): Promise<Resource<K> | undefined>
  /** Those of the named ones that exist, in any order, in one query; nothing is asked when none is named. */
  findAll<K extends ResourceKind>(
    tenant: string,
    kind: K,
    refs: readonly ResourceRef[],
  ): Promise<Resource<K>[]>
  page<K extends ResourceKind>(
    tenant: string,
    kind: K,
    request: PageRequest,
  ): Promise<Result<Page<Resource<K>>>>
  /** Fails with `ValueTaken` when the key is. */
  insert(resource: Resource): Promise<Result<void>>
  /** Writes the next version over the one before it; fails with `ResourceConflict` when that is not stored, and `ValueTaken`. */
  save(next: Resource): Promise<Result<void>>
  /** Fails with `ResourceConflict` when another version is stored. */
  remove(resource: Resource): Promise<Result<void>>
}
