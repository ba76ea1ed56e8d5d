/**
 * Contact assignments of all customers, for the back office: a page of rows with the total, then the legal entities and
 * customers that they join. Assignments are written by their customer's object (`customer-store.ts`) and nowhere else.
 */
import { and, asc, count, eq, isNull, sql, type SQL, type SQLWrapper } from 'drizzle-orm'
import { fail, ok, type Result } from '../../domain/result.ts'
import type { Contact, ContactAssignmentQuery, ContactAssignmentView } from '../../flows/ports.ts'
import { jsonPlace, type Places } from './criteria-places.ts'
import { criteriaSql, orderSql, type CriteriaFailure } from './criteria-sql.ts'
import { toContactAssignment } from './contact-assignment-rows.ts'
import { ask, type Database } from './database.ts'
import { toLegalEntity } from './legal-entity-store.ts'
import { contactAssignments, legalEntities } from './company-schema.ts'
import { customers } from './schema.ts'

/** What the database takes for one statement. */
const parametersMax = 100

type Row = typeof contactAssignments.$inferSelect

export function contactAssignmentQuery(database: Database): ContactAssignmentQuery {
  return {
    async findAll(tenant, ids) {
      if (ids.length === 0) return []
      const rows = await ask(
        database
          .select()
          .from(contactAssignments)
          .where(and(existing(tenant), among(contactAssignments.id, ids))),
      )
      const byId = new Map((await withBothEnds(database, tenant, rows)).map((view) => [view.id, view]))
      return ids.flatMap((id) => byId.get(id) ?? [])
    },

    async page(tenant, { criteria, sort, limit, offset, withTotal }) {
      const condition = criteria ? criteriaSql(criteria, places) : undefined
      if (condition && !condition.ok) return refused(condition.error)
      const order = orderSql(sort, places)
      if (!order.ok) return refused(order.error)
      const where = and(existing(tenant), condition?.value)
      const page = database
        .select()
        .from(contactAssignments)
        .where(where)
        .orderBy(...order.value, asc(contactAssignments.id))
        .limit(limit)
        .offset(offset)
      if (page.toSQL().params.length > parametersMax) return fail({ kind: 'CriteriaTooComplex' })
      if (!withTotal) return ok({ contactAssignments: await withBothEnds(database, tenant, await ask(page)) })
      const all = database.select({ total: count() }).from(contactAssignments).where(where)
      const [rows, [counted]] = await ask(database.batch([page, all]))
      const views = await withBothEnds(database, tenant, rows)
      return ok({ contactAssignments: views, total: counted?.total ?? 0 })
    },
  }
}

/** What has lost an end in the meantime is left out. */
async function withBothEnds(
  database: Database,
  tenant: string,
  rows: Row[],
): Promise<ContactAssignmentView[]> {
  if (rows.length === 0) return []
  const profileText = (name: string) =>
    sql<string | null>`${customers.profile} ->> ${sql.raw(`'$.${name}'`)}`.as(name)
  const [entityRows, customerRows] = await ask(
    database.batch([
      database
        .select()
        .from(legalEntities)
        .where(
          and(
            eq(legalEntities.tenant, tenant),
            isNull(legalEntities.dissolvedAt),
            among(
              legalEntities.id,
              rows.map((row) => row.legalEntityId),
            ),
          ),
        ),
      database
        .select({
          id: customers.id,
          firstName: profileText('firstName'),
          lastName: profileText('lastName'),
          email: profileText('contactEmail'),
          phone: profileText('contactPhone'),
        })
        .from(customers)
        .where(
          and(
            eq(customers.tenant, tenant),
            isNull(customers.erasedAt),
            among(
              customers.id,
              rows.map((row) => row.customerId),
            ),
          ),
        ),
    ]),
  )
  const entities = new Map(entityRows.map((row) => [row.id, toLegalEntity(row)]))
  const contacts = new Map(customerRows.map((row) => [row.id, withoutNulls(row)]))
  return rows.flatMap((row) => {
    const legalEntity = entities.get(row.legalEntityId)
    const customer = contacts.get(row.customerId)
    return legalEntity && customer ? [{ ...toContactAssignment(row), legalEntity, customer }] : []
  })
}

const { id, customerId, legalEntityId, version, createdAt, modifiedAt, body } = contactAssignments

const places: Places = {
  id: { kind: 'column', type: 'text', value: id },
  customerId: { kind: 'column', type: 'text', value: customerId },
  legalEntityId: { kind: 'column', type: 'text', value: legalEntityId },
  version: { kind: 'column', type: 'number', value: version },
  createdAt: { kind: 'column', type: 'text', value: createdAt },
  modifiedAt: { kind: 'column', type: 'text', value: modifiedAt },
  type: jsonPlace(body, 'type'),
  primary: jsonPlace(body, 'primary'),
  mixins: { ...jsonPlace(body, 'mixins'), open: true },
}

/** The one condition that every query of existing assignments has. */
function existing(tenant: string): SQL | undefined {
  const live = sql`EXISTS (SELECT 1 FROM ${legalEntities} WHERE ${legalEntities.tenant} = ${contactAssignments.tenant} AND ${legalEntities.id} = ${contactAssignments.legalEntityId} AND ${legalEntities.dissolvedAt} IS NULL)`
  return and(eq(contactAssignments.tenant, tenant), live)
}

function among(column: SQLWrapper, ids: readonly string[]): SQL {
  return sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`
}

function withoutNulls({ id, ...texts }: { id: string } & Record<string, string | null>): Contact {
  return { id, ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== null)) }
}

function refused(failure: CriteriaFailure): Result<never> {
  return failure.kind === 'FieldUnknown' ? fail(failure) : fail({ kind: 'CriteriaTooComplex' })
}
