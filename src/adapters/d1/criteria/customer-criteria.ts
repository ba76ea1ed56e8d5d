/**
 * Where the fields of a customer are stored, and the one way to ask for customers by criteria.
 * `customersWhere` is the chokepoint: whatever the criteria say stands in brackets behind the tenant, and a customer that
 * was erased is never found. Secrets have no place here, so no criteria can read them.
 */
import { sql, type SQL, type SQLWrapper } from 'drizzle-orm'
import { addressTextFields } from '../../../domain/customer/address.ts'
import type { Criteria, SortKey } from '../../../domain/base/criteria.ts'
import { profileTextFields } from '../../../domain/customer/customer.ts'
import { asciiDomain, emailKey, tidyEmail } from '../../../domain/credentials/email-address.ts'
import type { Result } from '../../../domain/base/result.ts'
import { jsonPlace, jsonPlaces, type Among, type Place, type Places } from './criteria-places.ts'
import { criteriaSql, orderSql, type CriteriaFailure } from './criteria-sql.ts'
import { contactAssignments } from '../companies/company-schema.ts'
import { accounts, addresses, customers, customerStores } from '../schema.ts'

/** The condition for the customers of a tenant that match; without criteria for all of them. */
export function customersWhere(tenant: string, criteria?: Criteria): Result<SQL, CriteriaFailure> {
  if (!criteria) return { ok: true, value: withinTenant(tenant, sql`1`) }
  const condition = criteriaSql(criteria, customerPlaces(tenant))
  return condition.ok ? { ok: true, value: withinTenant(tenant, condition.value) } : condition
}

/**
 * The terms of ORDER BY; the id comes last, so that the order is the same on every page. Where nothing else orders the
 * customers that narrowing criteria find, a plus hides the id from the planner: it would rather walk through all of the
 * tenant's customers in the order of ids than sort the few that an index finds.
 */
export function customersOrder(
  tenant: string,
  sort: readonly SortKey[],
  criteria?: Criteria,
): Result<SQL[], CriteriaFailure> {
  const terms = orderSql(sort, customerPlaces(tenant))
  if (!terms.ok) return terms
  const isHidden = sort.length === 0 && criteria !== undefined && narrows(criteria)
  return {
    ok: true,
    value: [...terms.value, isHidden ? sql`+${customers.id} ASC` : sql`${customers.id} ASC`],
  }
}

/** Whether an index may find those who match. */
function narrows(criteria: Criteria): boolean {
  switch (criteria.kind) {
    case 'and':
      return criteria.of.some(narrows)
    case 'compare':
      return criteria.operator !== '!=' && typeof criteria.value !== 'boolean'
    default:
      return criteria.kind === 'oneOf'
  }
}

export function withinTenant(tenant: string, condition: SQL): SQL {
  return sql`(${customers.tenant} = ${tenant} AND ${customers.erasedAt} IS NULL AND (${condition}))`
}

/** The tenant only lets a search for an e-mail or a company use its index; it keeps no row out. */
export function customerPlaces(tenant: string): Places {
  const withAccount = (condition: SQL, among: Among) =>
    sql`${customers.id} IN (SELECT ${accounts.customerId} FROM ${accounts} WHERE ${accounts.tenant} ${among([tenant])} AND (${condition}))`
  const withFirstAccount = (condition: SQL, among: Among) =>
    withAccount(sql`${accounts.position} = 0 AND ${condition}`, among)
  return {
    ...ownPlaces,
    email: {
      ...textColumn(ofFirstAccount(accounts.email)),
      oneOf: (emails, among) => withFirstAccount(accountEmailAmong(emails, among), among),
    },
    emailKey: {
      ...textColumn(ofFirstAccount(accounts.emailKey)),
      oneOf: (keys, among) =>
        withFirstAccount(sql`${accounts.emailKey} ${among(keys.map(asciiDomain))}`, among),
    },
    stores: {
      kind: 'rows',
      some: (condition, among) =>
        sql`${customers.id} IN (SELECT ${customerStores.customerId} FROM ${customerStores} WHERE ${customerStores.tenant} ${among([tenant])} AND (${condition}))`,
      places: { key: textColumn(customerStores.store), typeId: textColumn(sql`'store'`) },
    },
    accounts: {
      kind: 'rows',
      some: withAccount,
      places: { email: { ...textColumn(accounts.email), oneOf: accountEmailAmong } },
    },
    // Without being told, the planner reads all of the tenant's from the index that covers the customers' ids.
    contactAssignments: {
      kind: 'rows',
      some: (condition, among) =>
        sql`${customers.id} IN (SELECT ${contactAssignments.customerId} FROM ${contactAssignments} INDEXED BY contact_assignments_by_legal_entity WHERE ${contactAssignments.tenant} ${among([tenant])} AND (${condition}))`,
      places: {
        id: textColumn(contactAssignments.id),
        legalEntityId: textColumn(contactAssignments.legalEntityId),
        selfAssigned: jsonPlace(contactAssignments.body, 'selfAssigned'),
      },
    },
  }
}

/** The key finds the account in any spelling, the stored local part settles the letter case before the @. */
function accountEmailAmong(emails: string[], among: Among): SQL {
  const local = sql`substr(${accounts.email}, 1, instr(${accounts.email}, '@'))`
  const domain = sql`substr(${accounts.emailKey}, instr(${accounts.emailKey}, '@') + 1)`
  return sql`${accounts.emailKey} ${among(emails.map(emailKey))} AND ${local} || ${domain} ${among(emails.map(withKeyDomain))}`
}

function withKeyDomain(email: string): string {
  const tidy = tidyEmail(email)
  return tidy.slice(0, tidy.lastIndexOf('@') + 1) + emailKey(tidy).split('@').at(-1)
}

function textColumn(value: SQLWrapper) {
  return { kind: 'column', type: 'text', value } as const
}

function ofFirstAccount(column: SQLWrapper): SQL {
  return sql`(SELECT ${column} FROM ${accounts} WHERE ${accounts.tenant} = ${customers.tenant} AND ${accounts.customerId} = ${customers.id} AND ${accounts.position} = 0)`
}

/** What stands in the profile, else what is shown for it. */
function profileTextOr(name: string, shown: SQLWrapper): SQL {
  return sql`coalesce(${customers.profile} ->> ${sql.raw(`'${jsonPlace(customers.profile, name).path}'`)}, ${shown})`
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
  id: textColumn(addresses.id),
  ...jsonPlaces(addresses.body, [...addressTextFields, 'tags']),
  mixins: { ...jsonPlace(addresses.body, 'mixins'), open: true },
  custom: customPlace(addresses.body),
}

const ownPlaces: Places = {
  id: textColumn(customers.id),
  version: { kind: 'column', type: 'number', value: customers.version },
  createdAt: textColumn(customers.createdAt),
  modifiedAt: textColumn(customers.modifiedAt),
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
  key: textColumn(customers.key),
  customerNumber: textColumn(customers.customerNumber),
  type: textColumn(profileTextOr('type', sql`'CUSTOMER'`)),
  restriction: jsonPlace(customers.profile, 'restriction'),
  authenticationMode: textColumn(profileTextOr('authenticationMode', sql`'Password'`)),
  mixins: { ...jsonPlace(customers.profile, 'mixins'), open: true },
  mixinSchemas: { ...jsonPlace(customers.profile, 'mixinSchemas'), open: true },
  custom: customPlace(customers.profile),
  customerGroup: {
    ...jsonPlace(customers.profile, 'customerGroup'),
    members: jsonPlaces(customers.profile, ['id', 'typeId'], ['customerGroup']),
  },
  customerGroupAssignments: {
    ...jsonPlace(customers.profile, 'customerGroupAssignments'),
    elements: (assignment) => ({
      customerGroup: {
        ...jsonPlace(assignment, 'customerGroup'),
        members: jsonPlaces(assignment, ['id', 'typeId'], ['customerGroup']),
      },
    }),
  },
  addresses: {
    kind: 'rows',
    some: (condition) =>
      sql`EXISTS (SELECT 1 FROM ${addresses} WHERE ${addresses.tenant} = ${customers.tenant} AND ${addresses.customerId} = ${customers.id} AND (${condition}))`,
    places: addressPlaces,
  },
}
