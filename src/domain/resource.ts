/**
 * What a tenant keeps beside its customers and customers refer to: Types, stores, customer groups.
 * Small, rarely changed and versioned like customers; each kind has a body of its own.
 */
import type { Actor } from './actor.ts'
import type { JsonObject } from './json.ts'

export const resourceKinds = ['type', 'store', 'customer-group'] as const
export type ResourceKind = (typeof resourceKinds)[number]

export interface Resource<B extends object = JsonObject> {
  tenant: string
  kind: ResourceKind
  id: string
  /** Chosen by the merchant, unique within tenant and kind. */
  key?: string
  version: number
  createdAt: string
  modifiedAt: string
  createdBy?: Actor
  modifiedBy?: Actor
  body: B
}

/** A resource by either of its names. */
export type ResourceRef = { id: string } | { key: string }

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
