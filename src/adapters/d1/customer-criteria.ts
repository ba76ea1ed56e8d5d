/**
 * Where the fields of a customer are stored, and the one way to ask for customers by criteria.
 * `customersWhere` is the chokepoint: whatever the criteria say stands in brackets behind the tenant, and a customer that
 * was erased is never found. Secrets have no place here, so no criteria can read them.
 */
import { sql, type SQL, type SQLWrapper } from 'drizzle-orm'
import { addressTextFields } from '../../domain/address.ts'
import type { Criteria, SortKey } from '../../domain/criteria.ts'
import { profileTextFields } from '../../domain/customer.ts'
import { emailKey } from '../../domain/email-address.ts'
import type { Result } from '../../domain/result.ts'
import { jsonPlace, jsonPlaces, type Among, type Place, type Places } from './criteria-places.ts'
import { criteriaSql, orderSql, type CriteriaFailure } from './criteria-sql.ts'
import { accounts, addresses, customers } from './schema.ts'

/** The condition for the customers of a tenant that match; without criteria for all of them. */
export function customersWhere(tenant: string, criteria?: Criteria): Result<SQL, CriteriaFailure> {
  if (!criteria) return { ok: true, value: withinTenant(tenant, sql`1`) }
  const condition = criteriaSql(criteria, customerPlaces(tenant))
  return condition.ok ? { ok: true, value: withinTenant(tenant, condition.value) } : condition
}

/** The terms of ORDER BY; the id comes last, so that the order is the same on every page. */
export function customersOrder(tenant: string, sort: readonly SortKey[]): Result<SQL[], CriteriaFailure> {
  const terms = orderSql(sort, customerPlaces(tenant))
  return terms.ok ? { ok: true, value: [...terms.value, sql`${customers.id} ASC`] } : terms
}

export function withinTenant(tenant: string, condition: SQL): SQL {
  return sql`(${customers.tenant} = ${tenant} AND ${customers.erasedAt} IS NULL AND (${condition}))`
}

/** The tenant only lets a search for an e-mail use its index; it keeps nobody out. */
export function customerPlaces(tenant: string): Places {
  const firstAccountWith = (condition: SQL, among: Among) =>
    sql`${customers.id} IN (SELECT ${accounts.customerId} FROM ${accounts} WHERE ${accounts.tenant} ${among([tenant])} AND ${accounts.position} = 0 AND ${condition})`
  return {
    ...ownPlaces,
    email: {
      kind: 'column',
      type: 'text',
      value: ofFirstAccount(accounts.email),
      oneOf: (emails, among) =>
        firstAccountWith(
          sql`${accounts.emailKey} ${among(emails.map(emailKey))} AND ${accounts.email} ${among(emails)}`,
          among,
        ),
    },
    emailKey: {
      kind: 'column',
      type: 'text',
      value: ofFirstAccount(accounts.emailKey),
      oneOf: (keys, among) => firstAccountWith(sql`${accounts.emailKey} ${among(keys)}`, among),
    },
  }
}

function ofFirstAccount(column: SQLWrapper): SQL {
  return sql`(SELECT ${column} FROM ${accounts} WHERE ${accounts.tenant} = ${customers.tenant} AND ${accounts.customerId} = ${customers.id} AND ${accounts.position} = 0)`
}

/** Custom fields carry names that a merchant chose. */
function customPlace(document: SQLWrapper): Place {
  return {
    ...jsonPlace(document, 'custom'),
    members: {
      type: {
        ...jsonPlace(document, 'custom', 'type'),
        members: jsonPlaces(document, ['id', 'typeId'], ['custom', 'type']),
      },
      fields: { ...jsonPlace(document, 'custom', 'fields'), open: true },
    },
  }
}

const addressPlaces: Places = {
  id: { kind: 'column', type: 'text', value: addresses.id },
  ...jsonPlaces(addresses.body, [...addressTextFields, 'tags']),
  mixins: { ...jsonPlace(addresses.body, 'mixins'), open: true },
  custom: customPlace(addresses.body),
}

const ownPlaces: Places = {
  id: { kind: 'column', type: 'text', value: customers.id },
  version: { kind: 'column', type: 'number', value: customers.version },
  createdAt: { kind: 'column', type: 'text', value: customers.createdAt },
  modifiedAt: { kind: 'column', type: 'text', value: customers.modifiedAt },
  ...jsonPlaces(customers.profile, [
    ...profileTextFields,
    'emailVerified',
    'active',
    'onHold',
    'lastLoginAt',
    'shippingAddressIds',
    'billingAddressIds',
    'defaultAddressId',
    'defaultShippingAddressId',
    'defaultBillingAddressId',
  ]),
  key: { kind: 'column', type: 'text', value: customers.key },
  customerNumber: { kind: 'column', type: 'text', value: customers.customerNumber },
  authenticationMode: {
    kind: 'column',
    type: 'text',
    value: sql`coalesce(json_extract(${customers.profile}, '$.authenticationMode'), 'Password')`,
  },
  mixins: { ...jsonPlace(customers.profile, 'mixins'), open: true },
  custom: customPlace(customers.profile),
  customerGroup: {
    ...jsonPlace(customers.profile, 'customerGroup'),
    members: jsonPlaces(customers.profile, ['id', 'typeId'], ['customerGroup']),
  },
  stores: { ...jsonPlace(customers.profile, 'stores'), elements: ['key', 'typeId'] },
  addresses: {
    kind: 'rows',
    table: addresses,
    ofRecord: sql`${addresses.tenant} = ${customers.tenant} AND ${addresses.customerId} = ${customers.id}`,
    places: addressPlaces,
  },
}
