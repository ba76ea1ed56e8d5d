/**
 * What a tenant keeps beside its customers and customers refer to: Types, stores, customer groups.
 * Small, rarely changed and versioned like customers; each kind has a body and actions of its own.
 */
import type { ResourceKind } from '../base/names.ts'
import type { Actor } from '../base/actor.ts'
import type { ChangeOf, Content } from './content.ts'
import type { CustomType, CustomTypeAction } from './custom-type.ts'
import type { CustomerGroup, CustomerGroupAction } from './customer-group.ts'
import { jsonSizeBytes, sameJson } from '../base/json.ts'
import { invalid, ok, type Result } from '../base/result.ts'
import type { Store, StoreAction } from './store.ts'

interface Kinds extends Record<ResourceKind, { body: object; action: object }> {
  type: { body: CustomType; action: CustomTypeAction }
  store: { body: Store; action: StoreAction }
  'customer-group': { body: CustomerGroup; action: CustomerGroupAction }
}
export type ResourceBody<K extends ResourceKind = ResourceKind> = Kinds[K]['body']
export type ResourceAction<K extends ResourceKind = ResourceKind> = Kinds[K]['action']

export interface Resource<K extends ResourceKind = ResourceKind> {
  tenant: string
  kind: K
  id: string
  /** Chosen by the merchant, unique within tenant and kind. */
  key?: string
  version: number
  createdAt: string
  modifiedAt: string
  createdBy?: Actor
  modifiedBy?: Actor
  body: ResourceBody<K>
}

/** What a client decides about a resource of this kind. */
export type ResourceContent<K extends ResourceKind = ResourceKind> = Content<ResourceBody<K>>

/** How one action changes a resource of this kind. */
export type ChangeContent<K extends ResourceKind> = ChangeOf<ResourceBody<K>, ResourceAction<K>>

/** Bytes of JSON that one body may have: a few languages for each of many enumeration values, and no more than a row takes. */
export const resourceSizeMaxBytes = 256 * 1024

export function checkResourceSize({ kind, body }: Resource): Result<void> {
  return jsonSizeBytes(body) > resourceSizeMaxBytes
    ? invalid('', `A ${kind} has at most ${resourceSizeMaxBytes} bytes.`, 'too_large')
    : ok(undefined)
}

/** The resource after all actions, one version later unless nothing has changed; or the first action's failure. */
export function changeResource<K extends ResourceKind>(
  resource: Resource<K>,
  actions: readonly ResourceAction<K>[],
  change: ChangeContent<K>,
  { now, actor }: { now: number; actor: Actor },
): Result<Resource<K>> {
  const { key, body, ...rest } = resource
  let content: ResourceContent<K> = { key, body }
  for (const action of actions) {
    const changed = change(content, action)
    if (!changed.ok) return changed
    content = changed.value
  }
  if (sameJson(content, { key, body })) return ok(resource)
  return ok({
    ...rest,
    ...(content.key !== undefined && { key: content.key }),
    body: content.body,
    version: resource.version + 1,
    modifiedAt: new Date(now).toISOString(),
    modifiedBy: actor,
  })
}

/** How a record names a resource, in the form that commercetools shows and searches: groups and Types by id, … */
export interface Reference {
  typeId: ResourceKind
  id: string
}

/** … and stores by key. */
export interface KeyReference {
  typeId: ResourceKind
  key: string
}
