/**
 * Messages as management and the scheduled sweep see them; who writes them is `customer-store.ts`. What others may not see
 * has no published sequence and is never selected.
 */
import { and, asc, eq, isNotNull, sql, type SQL } from 'drizzle-orm'
import type { Criteria, SortKey } from '../../../domain/base/criteria.ts'
import {
  isPublished,
  resourceTypeOf,
  tokenMessageTypes,
  type PublishedMessage,
  type StoredMessage,
} from '../../../domain/events/message.ts'
import { ok, type Result } from '../../../domain/base/result.ts'
import type { MessageStore } from '../../../flows/ports/index.ts'
import { jsonPlace, jsonPlaces, type Among, type Places } from '../criteria/criteria-places.ts'
import { criteriaSql, orderSql, type CriteriaFailure } from '../criteria/criteria-sql.ts'
import { among, ask, type Database } from '../database.ts'
import type { Databases } from '../databases.ts'
import { inOrder, readMeasuredPage, refused } from '../page.ts'
import { forgetOld } from '../retention.ts'
import { messages } from '../schema.ts'

export function messageStore({ databaseOf, named }: Databases): MessageStore {
  return {
    async find(tenant, messageId) {
      const [message] = await read(await databaseOf(tenant), tenant, [messageId])
      return message
    },

    async page(tenant, request) {
      const database = await databaseOf(tenant)

      const where = messagesWhere(tenant, request.criteria)
      if (!where.ok) return refused(where.error)
      const order = messagesOrder(tenant, request.sort)
      if (!order.ok) return refused(order.error)
      const clauses = { where: where.value, order: order.value }
      const columns = { id: messages.id, document: messages.payload }
      const page = await readMeasuredPage(database, messages, columns, clauses, request)
      if (!page.ok) return page
      return ok({ ...page.value, items: await read(database, tenant, page.value.items) })
    },

    forget: (name, kept, limit) => forgetOld(named(name), messages, kept, limit),
  }
}

async function read(database: Database, tenant: string, ids: string[]): Promise<PublishedMessage[]> {
  if (ids.length === 0) return []
  const rows = await ask(
    database
      .select()
      .from(messages)
      .where(
        and(eq(messages.tenant, tenant), isNotNull(messages.publishedSequence), among(messages.id, ids)),
      ),
  )
  return inOrder(ids, rows).map(toMessage).filter(isPublished)
}

/**
 * Whatever the criteria say stands in brackets behind the tenant. Where they name a resource, a plus hides that tenant from
 * the planner: it would rather walk through all of the tenant's messages in their order than sort the few of the resource.
 */
function messagesWhere(tenant: string, criteria: Criteria | undefined): Result<SQL, CriteriaFailure> {
  const condition = criteria && criteriaSql(criteria, messagePlaces(tenant))
  if (condition && !condition.ok) return condition
  const hidden = sql.raw(criteria && namesResource(criteria) ? '+' : '')
  const published = sql`${hidden}${messages.tenant} = ${tenant} AND ${messages.publishedSequence} IS NOT NULL`
  return { ok: true, value: condition ? sql`${published} AND (${condition.value})` : published }
}

function namesResource(criteria: Criteria): boolean {
  if (criteria.kind === 'and') return criteria.of.some(namesResource)
  const isOneOf = criteria.kind === 'oneOf' || (criteria.kind === 'compare' && criteria.operator === '=')
  return isOneOf && criteria.path.join('.') === 'resource.id'
}

/** As things happened; the id comes last, so that the order is the same on every page. */
function messagesOrder(tenant: string, sort: readonly SortKey[]): Result<SQL[], CriteriaFailure> {
  const terms = orderSql(sort, messagePlaces(tenant))
  if (!terms.ok) return terms
  return {
    ok: true,
    value: [...terms.value, ...[messages.createdAt, messages.sequence, messages.id].map(asc)],
  }
}

/** The tenant only lets a search for a resource use its index; it keeps no row out. */
function messagePlaces(tenant: string): Places {
  const withResource = (ids: string[], among: Among) => {
    const ofTenant = sql`${messages.tenant} ${among([tenant])}`
    return sql`((${ofTenant} AND ${messages.resourceId} ${among(ids)} AND ${messages.tokenId} IS NULL)
      OR (${ofTenant} AND ${messages.tokenId} ${among(ids)}))`
  }
  const resourceType = sql`CASE ${messages.type} ${sql.join(
    tokenMessageTypes.map((type) => sql.raw(`WHEN '${type}' THEN '${resourceTypeOf(type)}'`)),
    sql` `,
  )} ELSE 'customer' END`
  const resourceId = sql`coalesce(${messages.tokenId}, ${messages.resourceId})`
  return {
    ...ownPlaces,
    resource: {
      ...jsonPlace(sql`json_object('id', ${messages.resourceId})`),
      members: {
        typeId: { kind: 'column', type: 'text', value: resourceType },
        id: { kind: 'column', type: 'text', value: resourceId, oneOf: withResource },
      },
    },
  }
}

const ownPlaces: Places = {
  id: { kind: 'column', type: 'text', value: messages.id },
  version: { kind: 'column', type: 'number', value: sql.raw('1') },
  sequence: { kind: 'column', type: 'number', value: messages.publishedSequence },
  resourceVersion: { kind: 'column', type: 'number', value: messages.resourceVersion },
  type: { kind: 'column', type: 'text', value: messages.type },
  createdAt: { kind: 'column', type: 'text', value: messages.createdAt },
  createdBy: {
    ...jsonPlace(messages.createdBy),
    members: jsonPlaces(messages.createdBy, ['clientId', 'customerId', 'anonymousId', 'externalUserId']),
  },
  identifiers: {
    ...jsonPlace(messages.identifiers),
    members: jsonPlaces(messages.identifiers, ['key', 'externalId', 'customerNumber']),
  },
}

/** A row has the payload of its type: `customer-store.ts` writes no others. */
export function toMessage(row: typeof messages.$inferSelect): StoredMessage {
  const { id, type, payload, resourceId, resourceVersion, createdAt, publishedSequence } = row
  return {
    ...{ id, type, payload, resourceVersion, createdAt },
    customerId: resourceId,
    ...(publishedSequence !== null && { publishedSequence }),
    ...(row.createdBy && { createdBy: row.createdBy }),
    ...(row.identifiers && { identifiers: row.identifiers }),
  } as StoredMessage
}
