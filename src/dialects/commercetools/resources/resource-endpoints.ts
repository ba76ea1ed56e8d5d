/**
 * The endpoints that every kind of resource beside customers has: create, query, get, update and delete, by id or by
 * `key=`. `HEAD` comes with every `GET`.
 */
import type { ResourceKind } from '../../../domain/base/names.ts'
import { z } from 'zod'
import type { FieldNames } from '../../../domain/base/criteria.ts'
import type { Resource, ResourceAction, ResourceContent } from '../../../domain/resources/resource.ts'
import type { Flows } from '../../../flows/index.ts'
import type { ResourceFlow } from '../../../flows/office/resources.ts'
import { endpoint, type Access, type Endpoint } from '../../../http/endpoint.ts'
import { pageReply, refOf } from '../query/paging.ts'
import { PageQuery } from '../query/query-parameters.ts'
import { reply } from '../reply.ts'
import { version, VersionQuery } from '../schema.ts'
import { presentActor } from '../translate.ts'

/** One kind of resource on the wire. */
interface ResourceWire<K extends ResourceKind> {
  /** The path's word, and the vendor's name of the kind. */
  segment: string
  name: string
  /** Scopes, any one of which is enough. */
  view: readonly string[]
  manage: readonly string[]
  fields: FieldNames
  draft: z.ZodType<ResourceContent<K>>
  action: z.ZodType<ResourceAction<K>>
  flow(flows: Flows): ResourceFlow<K>
  present(resource: Resource<K>): object
}

/** Fields of every resource that predicates and sort orders may name. */
export const resourceFields: FieldNames = {
  id: { type: 'text', path: ['id'] },
  key: { type: 'text', path: ['key'] },
  version: { type: 'number', path: ['version'] },
  createdAt: { type: 'instant', path: ['createdAt'] },
  lastModifiedAt: { type: 'instant', path: ['modifiedAt'] },
}

const actionsMax = 500

export function resourceEndpoints<K extends ResourceKind>(wire: ResourceWire<K>): Endpoint[] {
  const { segment, name, fields, draft, present } = wire
  const viewer: Access<'service'> = { kinds: ['service'], scopes: wire.view }
  const manager: Access<'service'> = { kinds: ['service'], scopes: wire.manage }
  const collection = `/:tenant/${segment}`
  const single = `${collection}/:ref`
  const update = z.object({ version, actions: z.array(wire.action).max(actionsMax) })

  return [
    endpoint({
      method: 'get',
      path: collection,
      heading: `Query ${name}s`,
      access: viewer,
      query: PageQuery,
      handle: ({ tenant, query, request, flows }) =>
        pageReply(
          { query, request, fields },
          (wanted) => wire.flow(flows).page(tenant, wanted),
          (resources) => resources.map(present),
        ),
    }),

    endpoint({
      method: 'post',
      path: collection,
      heading: `Create ${name}`,
      access: manager,
      body: draft,
      async handle({ tenant, office, body, flows }) {
        return reply(201, await wire.flow(flows).create(tenant, body, office.actor), present)
      },
    }),

    endpoint({
      method: 'get',
      path: single,
      heading: `Get ${name}`,
      access: viewer,
      async handle({ tenant, parameters, flows }) {
        return reply(200, await wire.flow(flows).find(tenant, refOf(parameters)), present)
      },
    }),

    endpoint({
      method: 'post',
      path: single,
      heading: `Update ${name}`,
      access: manager,
      body: update,
      async handle({ tenant, office, parameters, body, flows }) {
        const updated = await wire
          .flow(flows)
          .update(tenant, refOf(parameters), body.version, body.actions, office.actor)
        return reply(200, updated, present)
      },
    }),

    endpoint({
      method: 'delete',
      path: single,
      heading: `Delete ${name}`,
      access: manager,
      query: VersionQuery,
      async handle({ tenant, parameters, query, flows }) {
        return reply(200, await wire.flow(flows).remove(tenant, refOf(parameters), query.version), present)
      },
    }),
  ]
}

/** What all kinds show, around what each shows of its own. */
export function presentResource({ id, key, version, ...resource }: Resource, body: object): object {
  const { createdAt, modifiedAt, createdBy, modifiedBy } = resource
  return {
    id,
    version,
    createdAt,
    lastModifiedAt: modifiedAt,
    ...(createdBy && { createdBy: presentActor(createdBy) }),
    ...(modifiedBy && { lastModifiedBy: presentActor(modifiedBy) }),
    ...(key !== undefined && { key }),
    ...body,
  }
}
