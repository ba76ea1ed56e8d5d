/**
 * Contact assignments of all customers, for the back office: a page of rows with the total, then the legal entities and
 * customers that they join. Assignments are written by their customer's object (`customer-store.ts`) and nowhere else.
 */
import { and, eq, getTableColumns, isNull, sql, type SQL } from 'drizzle-orm'
import { ok } from '../../../domain/base/result.ts'
import type { Contact, ContactAssignmentQuery, ContactAssignmentView } from '../../../flows/ports/index.ts'
import { jsonPlace, type Places } from '../criteria/criteria-places.ts'
import { toContactAssignment } from './contact-assignment-rows.ts'
import { among, ask, type Database } from '../database.ts'
import type { Databases } from '../databases.ts'
import { inOrder, pageClauses, readPage } from '../page.ts'
import { toLegalEntity } from './legal-entity-store.ts'
import { contactAssignments, legalEntities } from './company-schema.ts'
import { customers } from '../schema.ts'

type Row = typeof contactAssignments.$inferSelect

export function contactAssignmentQuery({ databaseOf }: Databases): ContactAssignmentQuery {
  return {
    async findAll(tenant, ids) {
      if (ids.length === 0) return []
      const database = await databaseOf(tenant)

      const rows = await ask(
        database
          .select()
          .from(contactAssignments)
          .where(and(existing(tenant), among(contactAssignments.id, ids))),
      )
      return inOrder(ids, await withBothEnds(database, tenant, rows))
    },

    async page(tenant, request) {
      const database = await databaseOf(tenant)

      const clauses = pageClauses(request, { existing: existing(tenant), places, id })
      if (!clauses.ok) return clauses
      const columns = getTableColumns(contactAssignments)
      const page = await readPage(database, contactAssignments, columns, clauses.value, request)
      if (!page.ok) return page
      return ok({ ...page.value, items: await withBothEnds(database, tenant, page.value.items) })
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

function withoutNulls({ id, ...texts }: { id: string } & Record<string, string | null>): Contact {
  return { id, ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== null)) }
}
