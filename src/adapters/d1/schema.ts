/**
 * The tables, as drizzle reads them. `migrations/` is generated from this file and then never edited.
 * No cascading foreign keys (a generated table rebuild would empty the child table), additive changes only.
 * Those of companies, mail and webhooks are in files beside it. Owner, lifetime and an example of each table: `migrations/README.md`.
 */
import type { ProofWay, ResourceKind } from '../../domain/base/names.ts'
import { sql, type SQL, type SQLWrapper } from 'drizzle-orm'
import {
  foreignKey,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import type { Actor } from '../../domain/base/actor.ts'
import type { Address } from '../../domain/customer/address.ts'
import type { Credentials } from '../../domain/credentials/credentials.ts'
import type { Customer, ProfileTextField } from '../../domain/customer/customer.ts'
import type { Identifiers, Message, MessageType } from '../../domain/events/message.ts'
import type { ResourceBody } from '../../domain/resources/resource.ts'

export const tenants = sqliteTable('tenants', {
  key: text().primaryKey(),
  /** What differs from the defaults; validated on the way in and on the way out. */
  settings: text({ mode: 'json' }).notNull().$type<unknown>(),
  createdAt: text().notNull(),
  modifiedAt: text().notNull(),
})

export const clients = sqliteTable(
  'clients',
  {
    id: text().primaryKey(),
    tenant: text().notNull(),
    secretHash: text().notNull(),
    scopes: text({ mode: 'json' }).notNull().$type<string[]>(),
    createdAt: text().notNull(),
    /** Set: service tokens that were issued until then are good for nothing. */
    revokedAt: text(),
  },
  (table) => [index('clients_by_tenant').on(table.tenant)],
)

/** The profile without what has columns or tables of its own. */
export type StoredProfile = Omit<
  Customer,
  | 'tenant'
  | 'id'
  | 'version'
  | 'createdAt'
  | 'modifiedAt'
  | 'addresses'
  | 'accounts'
  | 'email'
  | 'contactAssignments'
>

/** The same expression, to the letter, as `criteria-sql.ts` writes; else no query uses the index. */
function profileField(profile: SQLWrapper, name: ProfileTextField): SQL {
  return sql`${profile} ->> ${sql.raw(`'$.${name}'`)}`
}

export const customers = sqliteTable(
  'customers',
  {
    tenant: text().notNull(),
    id: text().notNull(),
    /** NOT NULL is the guard: a batch that expects another version sets NULL, fails, and is rolled back. */
    version: integer().notNull(),
    operationId: text().notNull(),
    messageSequence: integer().notNull(),
    /** Of the messages about the customer that others get to see. */
    publishedSequence: integer().notNull().default(0),
    createdAt: text().notNull(),
    modifiedAt: text().notNull(),
    /** Set: a tombstone, everything else about the customer is gone. */
    erasedAt: text(),
    profile: text({ mode: 'json' }).notNull().$type<StoredProfile>(),
    credentials: text({ mode: 'json' }).notNull().$type<Omit<Credentials, 'accounts' | 'revision'>>(),
    credentialsRevision: integer().notNull(),
    // What has to be unique or is searched for is computed from the profile, so that it is written in one place only.
    key: text().generatedAlwaysAs(sql`profile ->> '$.key'`, { mode: 'virtual' }),
    customerNumber: text().generatedAlwaysAs(sql`coalesce(profile ->> '$.customerNumber', id)`, {
      mode: 'virtual',
    }),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.id] }),
    uniqueIndex('customers_by_key').on(table.tenant, table.key),
    uniqueIndex('customers_by_number').on(table.tenant, table.customerNumber),
    // What a back office searches and sorts by; the id stands behind it because it ends every order.
    index('customers_by_contact_email').on(
      table.tenant,
      profileField(table.profile, 'contactEmail'),
      table.id,
    ),
    index('customers_by_last_name').on(table.tenant, profileField(table.profile, 'lastName'), table.id),
    index('customers_by_company').on(table.tenant, profileField(table.profile, 'company'), table.id),
    index('customers_by_external_id').on(table.tenant, profileField(table.profile, 'externalId'), table.id),
    index('customers_by_created_at').on(table.tenant, table.createdAt, table.id),
    index('customers_by_modified_at').on(table.tenant, table.modifiedAt, table.id),
  ],
)

/** The same expression, to the letter, for index and queries; a text in SQL, because an index takes no parameters. */
export function isLegacy(passwordHash: SQLWrapper): SQL {
  return sql`substr(${passwordHash}, 1, 8) = '$legacy$'`
}

/** Whether a domain is not in ASCII, as no key spells one any more. The same for index and queries, like `isLegacy`. */
export function isSpelledBefore(emailKey: SQLWrapper): SQL {
  return sql`${emailKey} GLOB '*@*[^ -~]*'`
}

/** Login identities. The primary key is what makes an e-mail unique within a tenant. */
export const accounts = sqliteTable(
  'accounts',
  {
    tenant: text().notNull(),
    emailKey: text().notNull(),
    customerId: text().notNull(),
    id: text().notNull(),
    position: integer().notNull(),
    email: text().notNull(),
    passwordHash: text(),
    initialPassword: integer({ mode: 'boolean' }).notNull(),
    clearedAt: integer(),
    provedAt: integer(),
    provedBy: text().$type<ProofWay>(),
    addedAt: integer(),
    /** Id of the session that brought the account. */
    addedBy: text(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.emailKey] }),
    index('accounts_by_customer').on(table.tenant, table.customerId),
    // Of any tenant: who else signs in with an address.
    index('accounts_by_email').on(table.emailKey),
    index('accounts_with_legacy_password')
      .on(table.tenant, table.customerId)
      .where(isLegacy(sql`password_hash`)),
    index('accounts_spelled_before')
      .on(table.tenant, table.emailKey)
      .where(isSpelledBefore(sql`email_key`)),
    foreignKey({
      columns: [table.tenant, table.customerId],
      foreignColumns: [customers.tenant, customers.id],
    }),
  ],
)

/**
 * E-mails that a record can still be taken back to. Triggers on `accounts` keep them from every other record until then, in
 * milliseconds since the epoch.
 */
export const reservedEmails = sqliteTable(
  'reserved_emails',
  {
    tenant: text().notNull(),
    emailKey: text().notNull(),
    customerId: text().notNull(),
    accountId: text().notNull(),
    until: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.emailKey] }),
    index('reserved_emails_by_customer').on(table.tenant, table.customerId),
    index('reserved_emails_by_time').on(table.until),
    index('reserved_emails_spelled_before')
      .on(table.tenant, table.emailKey)
      .where(isSpelledBefore(sql`email_key`)),
  ],
)

/** Until when passwords of other systems are good, where a customer has any. Days as YYYY-MM-DD, in UTC. */
export const passwordMigrations = sqliteTable('password_migrations', {
  tenant: text().primaryKey(),
  endDate: text().notNull(),
  reminderDate: text().notNull(),
  notifies: integer({ mode: 'boolean' }).notNull(),
  /** Id of the customer who was reminded last. */
  remindedUpTo: text().notNull().default(''),
  remindedAll: integer({ mode: 'boolean' }).notNull().default(false),
})

export const addresses = sqliteTable(
  'addresses',
  {
    tenant: text().notNull(),
    customerId: text().notNull(),
    id: text().notNull(),
    position: integer().notNull(),
    body: text({ mode: 'json' }).notNull().$type<Omit<Address, 'id'>>(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.customerId, table.id] }),
    foreignKey({
      columns: [table.tenant, table.customerId],
      foreignColumns: [customers.tenant, customers.id],
    }),
  ],
)

/** Customers by their stores: an index over lists in the profiles, which triggers of the database keep. Never written here. */
export const customerStores = sqliteTable(
  'customer_stores',
  { tenant: text().notNull(), store: text().notNull(), customerId: text().notNull() },
  (table) => [
    primaryKey({ columns: [table.tenant, table.store, table.customerId] }),
    index('customer_stores_by_customer').on(table.tenant, table.customerId),
  ],
)

export const messages = sqliteTable(
  'messages',
  {
    tenant: text().notNull(),
    resourceId: text().notNull(),
    sequence: integer().notNull(),
    id: text().notNull(),
    resourceVersion: integer().notNull(),
    type: text().notNull().$type<MessageType>(),
    payload: text({ mode: 'json' }).notNull().$type<Message['payload']>(),
    createdAt: text().notNull(),
    createdBy: text({ mode: 'json' }).$type<Actor>(),
    /** The number that others see, within what the message is about; NULL: they do not get to see it. */
    publishedSequence: integer(),
    identifiers: text({ mode: 'json' }).$type<Identifiers>(),
    /** The token that the message is about, when it is not the customer. */
    tokenId: text().generatedAlwaysAs(sql`payload ->> '$.tokenId'`, { mode: 'virtual' }),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.resourceId, table.sequence] }),
    uniqueIndex('messages_by_id').on(table.tenant, table.id),
    index('messages_by_time').on(table.tenant, table.createdAt, table.sequence),
    index('messages_by_token')
      .on(table.tenant, table.tokenId)
      .where(sql`token_id IS NOT NULL`),
  ],
)

/** Types, stores and customer groups. The guard of a change is the version in its condition: each is one statement. */
export const resources = sqliteTable(
  'resources',
  {
    tenant: text().notNull(),
    kind: text().notNull().$type<ResourceKind>(),
    id: text().notNull(),
    key: text(),
    version: integer().notNull(),
    createdAt: text().notNull(),
    modifiedAt: text().notNull(),
    createdBy: text({ mode: 'json' }).$type<Actor>(),
    modifiedBy: text({ mode: 'json' }).$type<Actor>(),
    body: text({ mode: 'json' }).notNull().$type<ResourceBody>(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.kind, table.id] }),
    uniqueIndex('resources_by_key').on(table.tenant, table.kind, table.key),
  ],
)

/** Ids that clients chose for their visitors, so that none is chosen twice. */
export const anonymousIds = sqliteTable(
  'anonymous_ids',
  {
    tenant: text().notNull(),
    id: text().notNull(),
    createdAt: text().notNull(),
    /** Set: tokens of this visitor are good for nothing. */
    revokedAt: text(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.id] }),
    index('anonymous_ids_by_time').on(table.createdAt),
    index('anonymous_ids_revoked')
      .on(table.tenant, table.revokedAt)
      .where(sql`${table.revokedAt} IS NOT NULL`),
  ],
)
