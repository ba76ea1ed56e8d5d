/**
 * Customers in domain terms, as criteria see them in memory, and the same customers as rows of the real database.
 */
import { env } from 'cloudflare:workers'
import { customersOrder, customersWhere } from '../../src/adapters/d1/criteria/customer-criteria.ts'
import { openDatabase } from '../../src/adapters/d1/database.ts'
import { accounts, addresses, customers, type StoredProfile } from '../../src/adapters/d1/schema.ts'
import type { Criteria, SortKey } from '../../src/domain/base/criteria.ts'
import { emailKey } from '../../src/domain/credentials/email-address.ts'
import type { Json, JsonObject } from '../../src/domain/base/json.ts'

export interface Row {
  id: string
  version: number
  createdAt: string
  modifiedAt: string
  email?: string
  emailKey?: string
  accounts: { email: string }[]
  addresses: ({ id: string } & JsonObject)[]
  [field: string]: Json | undefined
}

export const database = openDatabase(env.DB)
export const day = (number: number) => `2026-01-0${number}T12:00:00.500Z`

/** With an e-mail the customer has two accounts, of which that is the first. */
export function row(id: string, more: Partial<Row>): Row {
  const created = day(Number(id))
  const logins = more.email === undefined ? [] : [more.email, `second-of-${id}@shop.example`]
  return {
    id,
    version: 1,
    createdAt: created,
    modifiedAt: created,
    emailVerified: false,
    shippingAddressIds: [],
    billingAddressIds: [],
    addresses: [],
    accounts: logins.map((email) => ({ email })),
    ...more,
    ...(more.email === undefined ? {} : { emailKey: emailKey(more.email) }),
  }
}

export async function insert(tenant: string, list: Row[], erasedAt: string | null = null): Promise<void> {
  for (const customer of list) {
    const { id, version, createdAt, modifiedAt, email: _email, emailKey: _key, ...more } = customer
    const { accounts: logins, addresses: book, ...profile } = more
    const ofCustomer = { tenant, customerId: id }
    await database.batch([
      database.insert(customers).values({
        tenant,
        id,
        version,
        createdAt,
        modifiedAt,
        erasedAt,
        operationId: 'test',
        messageSequence: 0,
        profile: profile as unknown as StoredProfile,
        credentials: {},
        credentialsRevision: 1,
      }),
      ...book.map(({ id: addressId, ...body }, position) =>
        database.insert(addresses).values({ ...ofCustomer, id: addressId, position, body: body as never }),
      ),
      ...logins.map((login, position) =>
        database.insert(accounts).values({
          ...ofCustomer,
          id: `${id}-${position}`,
          position,
          email: login.email,
          emailKey: emailKey(login.email),
          passwordHash: `$argon2id$secret-of-${id}`,
          initialPassword: false,
        }),
      ),
    ])
  }
}

/** Ids of those who are found, in order. */
export async function find(
  tenant: string,
  criteria: Criteria | undefined,
  sort: readonly SortKey[] = [],
): Promise<string[]> {
  const [where, order] = [customersWhere(tenant, criteria), customersOrder(tenant, sort, criteria)]
  if (!where.ok) throw new Error(JSON.stringify(where.error))
  if (!order.ok) throw new Error(JSON.stringify(order.error))
  const found = await database
    .select({ id: customers.id })
    .from(customers)
    .where(where.value)
    .orderBy(...order.value)
  return found.map(({ id }) => id)
}
