/**
 * The tables of companies and of those who act for them; `schema.ts` has the others and the rules for all.
 */
import { sql } from 'drizzle-orm'
import {
  foreignKey,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import type { ContactAssignment, LegalEntity } from '../../../domain/customer/company.ts'
import { customers } from '../schema.ts'

/** The guard of a change is in its condition: each is one statement. */
export const legalEntities = sqliteTable(
  'legal_entities',
  {
    tenant: text().notNull(),
    id: text().notNull(),
    parentId: text(),
    version: integer().notNull(),
    createdAt: text().notNull(),
    modifiedAt: text().notNull(),
    /** Set: no query finds it any more; the row waits for the last assignment to go. */
    dissolvedAt: text(),
    body: text({ mode: 'json' })
      .notNull()
      .$type<Omit<LegalEntity, 'tenant' | 'id' | 'parentId' | 'version' | 'createdAt' | 'modifiedAt'>>(),
    name: text().generatedAlwaysAs(sql`body ->> '$.name'`, { mode: 'virtual' }),
    registrationId: text().generatedAlwaysAs(sql`body ->> '$.legalInfo.registrationId'`, { mode: 'virtual' }),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.id] }),
    index('legal_entities_by_name').on(table.tenant, table.name),
    index('legal_entities_by_registration').on(table.tenant, table.registrationId),
    index('legal_entities_by_parent').on(table.tenant, table.parentId),
    index('legal_entities_dissolved')
      .on(table.tenant, table.id)
      .where(sql`dissolved_at IS NOT NULL`),
  ],
)

/** Written in the batch of their customer's record; `legal_entity_id` is set to NULL, and so refused, when it does not exist. */
export const contactAssignments = sqliteTable(
  'contact_assignments',
  {
    tenant: text().notNull(),
    id: text().notNull(),
    customerId: text().notNull(),
    legalEntityId: text().notNull(),
    version: integer().notNull(),
    createdAt: text().notNull(),
    modifiedAt: text().notNull(),
    body: text({ mode: 'json' })
      .notNull()
      .$type<Omit<ContactAssignment, 'id' | 'legalEntityId' | 'version' | 'createdAt' | 'modifiedAt'>>(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.id] }),
    uniqueIndex('contact_assignments_by_customer').on(table.tenant, table.customerId, table.legalEntityId),
    index('contact_assignments_by_legal_entity').on(table.tenant, table.legalEntityId, table.id),
    foreignKey({
      columns: [table.tenant, table.customerId],
      foreignColumns: [customers.tenant, customers.id],
    }),
    foreignKey({
      columns: [table.tenant, table.legalEntityId],
      foreignColumns: [legalEntities.tenant, legalEntities.id],
    }),
  ],
)
