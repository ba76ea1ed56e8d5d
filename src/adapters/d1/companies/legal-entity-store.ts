/**
 * Legal entities as rows. Each change is one statement that carries its own conditions: the version that it follows, a
 * parent that exists, no circle. Dissolving marks an entity and all below it at once; a marked row is left out by every
 * query, and goes for good when the last assignment that refers to it has gone.
 */
import { and, eq, getTableColumns, isNull, sql, type SQL } from 'drizzle-orm'
import { ancestorsMax, type LegalEntity } from '../../../domain/customer/company.ts'
import { fail, invalid, ok, type Result } from '../../../domain/base/result.ts'
import type { LegalEntityStore } from '../../../flows/ports/index.ts'
import { jsonPlace, jsonPlaces, type Places } from '../criteria/criteria-places.ts'
import { among, ask, databaseFailure, violatedIndex } from '../database.ts'
import { databaseOfExtent, within, type Databases } from '../databases.ts'
import { inOrder, pageClauses, readPage } from '../page.ts'
import { contactAssignments, legalEntities } from './company-schema.ts'

type Row = typeof legalEntities.$inferSelect

export function legalEntityStore(databases: Databases): LegalEntityStore {
  const { databaseOf } = databases
  const find = async (tenant: string, id: string) => {
    const database = await databaseOf(tenant)

    const [row] = await ask(
      database
        .select()
        .from(legalEntities)
        .where(and(existing(tenant), eq(legalEntities.id, id))),
    )
    return row && toLegalEntity(row)
  }

  const lineage = async (tenant: string, id: string) => {
    const database = await databaseOf(tenant)

    const { above, ids } = ancestry(tenant, sql`${id}`)
    const found = await ask(
      database.all<{ id: string }>(
        sql`${above} SELECT above.id AS id FROM above WHERE above.id IN (${ids}) ORDER BY above.depth`,
      ),
    )
    const lineIds = found.map((row) => row.id)
    const rows = await ask(
      database
        .select()
        .from(legalEntities)
        .where(and(existing(tenant), among(legalEntities.id, lineIds))),
    )
    return inOrder(lineIds, rows).map(toLegalEntity)
  }

  /** Why the condition on the parent does not hold. */
  const unfitParent = async ({ tenant, parentId }: LegalEntity): Promise<Result<never>> => {
    const above = parentId === undefined ? [] : await lineage(tenant, parentId)
    if (above.length === 0)
      return fail({ kind: 'ReferenceUnresolved', of: 'legal-entity', id: parentId ?? '' })
    return invalid('parentId', `A legal entity cannot be above itself, nor below more than ${ancestorsMax}.`)
  }

  return {
    find,
    lineage,

    async names(tenant, ids) {
      const database = await databaseOf(tenant)

      const { id, name } = legalEntities
      const rows = await ask(
        database
          .select({ id, name })
          .from(legalEntities)
          .where(and(existing(tenant), among(id, ids))),
      )
      return new Map(rows.map((row) => [row.id, row.name ?? '']))
    },

    async page(tenant, request) {
      const database = await databaseOf(tenant)

      const clauses = pageClauses(request, { existing: existing(tenant), places, id })
      if (!clauses.ok) return clauses
      const columns = getTableColumns(legalEntities)
      const page = await readPage(database, legalEntities, columns, clauses.value, request)
      return page.ok ? ok({ ...page.value, items: page.value.items.map(toLegalEntity) }) : page
    },

    async insert(entity) {
      const database = await databaseOf(entity.tenant)
      try {
        const written = await database.all(
          sql`${insertion(entity)} WHERE ${parentFits(entity)} RETURNING ${sql.identifier('id')}`,
        )
        return written.length === 1 ? ok(undefined) : unfitParent(entity)
      } catch (error) {
        if (violatedIndex(error) === undefined) throw databaseFailure(error)
        return fail({ kind: 'ValueTaken', field: 'id', value: entity.id })
      }
    },

    async save(next, expected) {
      const { tenant, id, version: _read, createdAt: _created, ...columns } = toRow(next)
      const { version } = legalEntities
      const database = await databaseOf(tenant)
      const follows = expected === undefined ? undefined : eq(version, expected)
      const written = await ask(
        database
          .update(legalEntities)
          .set({ ...columns, version: sql`${version} + 1` })
          .where(and(existing(tenant), eq(legalEntities.id, id), follows, parentFits(next)))
          .returning({ id: legalEntities.id }),
      )
      if (written.length === 1) return ok(undefined)
      const current = await find(tenant, id)
      const of = 'legal-entity' as const
      if (!current) return fail({ kind: 'ResourceNotFound', of, id })
      const { version: actual } = current
      return expected === undefined || expected === actual
        ? unfitParent(next)
        : fail({ kind: 'ResourceConflict', of, id, expected, actual })
    },

    async findOrInsert(entity, registrationId) {
      const database = await databaseOf(entity.tenant)
      const registered = and(existing(entity.tenant), eq(legalEntities.registrationId, registrationId))
      await ask(
        database.run(
          sql`${insertion(entity)} WHERE NOT EXISTS (SELECT 1 FROM ${legalEntities} WHERE ${registered})`,
        ),
      )
      const [row] = await ask(
        database
          .select()
          .from(legalEntities)
          .where(registered)
          // A company before its subsidiaries, then the oldest.
          .orderBy(sql`${legalEntities.parentId} IS NOT NULL`, legalEntities.createdAt, legalEntities.id)
          .limit(1),
      )
      return row ? toLegalEntity(row) : entity
    },

    async dissolve(tenant, id, now) {
      const database = await databaseOf(tenant)

      const marked = await ask(
        database.all(sql`
          WITH RECURSIVE below(id) AS (
            SELECT ${id}
            UNION
            SELECT child.id FROM ${legalEntities} AS child JOIN below ON child.parent_id = below.id
            WHERE child.tenant = ${tenant}
          )
          UPDATE ${legalEntities} SET dissolved_at = ${new Date(now).toISOString()}
          WHERE tenant = ${tenant} AND dissolved_at IS NULL AND id IN (SELECT id FROM below)
          AND EXISTS (
            SELECT 1 FROM ${legalEntities} AS head
            WHERE head.tenant = ${tenant} AND head.id = ${id} AND head.dissolved_at IS NULL
          )
          RETURNING id`),
      )
      return marked.length > 0
    },

    async leftovers(of, limit) {
      const database = await databaseOfExtent(databases, of)
      const { tenant: ofTenant, customerId, id: assignmentId } = contactAssignments
      const dissolved = sql`(${ofTenant}, ${contactAssignments.legalEntityId}) IN (SELECT ${legalEntities.tenant}, ${legalEntities.id} FROM ${legalEntities} WHERE ${legalEntities.dissolvedAt} IS NOT NULL)`
      return ask(
        database
          .select({ tenant: ofTenant, customerId, assignmentId })
          .from(contactAssignments)
          .where(and(within(ofTenant, of), dissolved))
          .limit(limit),
      )
    },

    async purge(of) {
      const database = await databaseOfExtent(databases, of)
      const referred = sql`EXISTS (SELECT 1 FROM ${contactAssignments} WHERE ${contactAssignments.tenant} = ${legalEntities.tenant} AND ${contactAssignments.legalEntityId} = ${legalEntities.id})`
      await ask(
        database
          .delete(legalEntities)
          .where(
            and(
              within(legalEntities.tenant, of),
              sql`${legalEntities.dissolvedAt} IS NOT NULL`,
              sql`NOT ${referred}`,
            ),
          ),
      )
    },
  }
}

const { id, version, createdAt, modifiedAt, parentId, name, registrationId, body } = legalEntities

const places: Places = {
  id: { kind: 'column', type: 'text', value: id },
  version: { kind: 'column', type: 'number', value: version },
  createdAt: { kind: 'column', type: 'text', value: createdAt },
  modifiedAt: { kind: 'column', type: 'text', value: modifiedAt },
  parentId: { kind: 'column', type: 'text', value: parentId },
  name: { kind: 'column', type: 'text', value: name },
  registrationId: { kind: 'column', type: 'text', value: registrationId },
  type: jsonPlace(body, 'type'),
  restrictions: jsonPlace(body, 'restrictions'),
  approvalGroup: jsonPlace(body, 'approvalGroup'),
  customerGroups: {
    ...jsonPlace(body, 'customerGroups'),
    elements: (element) => jsonPlaces(element, ['id', 'role']),
  },
  entitiesAddresses: {
    ...jsonPlace(body, 'entitiesAddresses'),
    elements: (element) => jsonPlaces(element, ['id']),
  },
  accountLimit: {
    ...jsonPlace(body, 'accountLimit'),
    members: jsonPlaces(body, ['currency', 'value'], ['accountLimit']),
  },
  legalInfo: {
    ...jsonPlace(body, 'legalInfo'),
    members: jsonPlaces(
      body,
      [
        'legalName',
        'registrationDate',
        'taxRegistrationNumber',
        'registrationAgency',
        'countryOfRegistration',
      ],
      ['legalInfo'],
    ),
  },
  mixins: { ...jsonPlace(body, 'mixins'), open: true },
}

/** The one condition that every query of existing legal entities has. */
function existing(tenant: string): SQL | undefined {
  return and(eq(legalEntities.tenant, tenant), isNull(legalEntities.dissolvedAt))
}

/** A walk upwards from `start` through what exists; stops above the limit, so a circle ends it too. */
function ancestry(tenant: string, start: SQL): { above: SQL; ids: SQL } {
  const above = sql`
    WITH RECURSIVE above(id, depth) AS (
      SELECT ${start}, 0
      UNION ALL
      SELECT parent.parent_id, above.depth + 1 FROM ${legalEntities} AS parent JOIN above ON parent.id = above.id
      WHERE parent.tenant = ${tenant} AND parent.dissolved_at IS NULL AND parent.parent_id IS NOT NULL
      AND above.depth <= ${ancestorsMax}
    )`
  const ids = sql`SELECT living.id FROM ${legalEntities} AS living WHERE living.tenant = ${tenant} AND living.dissolved_at IS NULL`
  return { above, ids }
}

/** The parent exists, and neither is the entity among its ancestors nor are there too many of them. */
function parentFits({ tenant, id, parentId }: LegalEntity): SQL {
  if (parentId === undefined) return sql`1`
  const { above, ids } = ancestry(tenant, sql`${parentId}`)
  return sql`(${parentId} IN (${ids}) AND NOT EXISTS (${above} SELECT 1 FROM above WHERE above.id = ${id} OR above.depth >= ${ancestorsMax}))`
}

/** Without its end: the condition under which the row is inserted. */
function insertion(entity: LegalEntity): SQL {
  const { tenant, id, parentId, version, createdAt, modifiedAt, body } = toRow(entity)
  return sql`INSERT INTO ${legalEntities} (tenant, id, parent_id, version, created_at, modified_at, body) SELECT ${tenant}, ${id}, ${parentId}, ${version}, ${createdAt}, ${modifiedAt}, ${JSON.stringify(body)}`
}

function toRow({ tenant, id, parentId, version, createdAt, modifiedAt, ...body }: LegalEntity) {
  return { tenant, id, parentId: parentId ?? null, version, createdAt, modifiedAt, body }
}

export function toLegalEntity({
  tenant,
  id,
  parentId,
  version,
  createdAt,
  modifiedAt,
  body,
}: Row): LegalEntity {
  return { ...body, ...(parentId !== null && { parentId }), tenant, id, version, createdAt, modifiedAt }
}
