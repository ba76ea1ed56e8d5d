/**
 * A customer's record as rows of the tables, and back.
 */
import type { CustomerRecord } from '../../../domain/changes/change.ts'
import {
  reservedEmails,
  type Account,
  type Credentials,
  type Proved,
} from '../../../domain/credentials/credentials.ts'
import { loginEmail } from '../../../domain/credentials/email-address.ts'
import type { Customer } from '../../../domain/customer/customer.ts'
import type { CustomerRef, StoredCustomer } from '../../../flows/ports/index.ts'
import { toContactAssignment } from '../companies/contact-assignment-rows.ts'
import type { contactAssignments } from '../companies/company-schema.ts'
import type { accounts, addresses, customers } from '../schema.ts'

type StoredCredentials = (typeof customers.$inferSelect)['credentials']

export function accountRows({ tenant, customerId }: CustomerRef, list: Account[]) {
  return list.map((account, position) => ({
    tenant,
    customerId,
    position,
    id: account.id,
    emailKey: account.emailKey,
    email: account.email,
    passwordHash: account.passwordHash ?? null,
    initialPassword: account.initialPassword,
    clearedAt: account.clearedAt ?? null,
    provedAt: account.proved?.at ?? null,
    provedBy: account.proved?.by ?? null,
    addedAt: account.added?.at ?? null,
    addedBy: account.added?.sessionId ?? null,
  }))
}

export function addressRows({ tenant, customerId }: CustomerRef, customer: Customer) {
  return customer.addresses.map(({ id, ...body }, position) => ({ tenant, customerId, id, position, body }))
}

export function columnsOf({ customer, credentials }: CustomerRecord) {
  const { tenant, id, version, createdAt, modifiedAt, addresses, accounts, email, ...own } = customer
  const { contactAssignments: _rows, ...profile } = own
  const { accounts: _logins, revision, ...pending } = credentials
  return { createdAt, modifiedAt, profile, credentials: pending, credentialsRevision: revision }
}

export function toStored(
  row: typeof customers.$inferSelect,
  accountRowsFound: (typeof accounts.$inferSelect)[],
  addressRowsFound: (typeof addresses.$inferSelect)[],
  assignmentRowsFound: (typeof contactAssignments.$inferSelect)[],
): StoredCustomer {
  const list = accountRowsFound.map(
    ({ id, email, initialPassword, passwordHash, clearedAt, addedAt, addedBy, ...account }) => {
      const proved = provedOf(account)
      const sessionId = addedBy === null ? {} : { sessionId: addedBy }
      return {
        ...{ id, ...loginEmail(email), initialPassword },
        ...(passwordHash === null ? {} : { passwordHash }),
        ...(clearedAt === null ? {} : { clearedAt }),
        ...(proved && { proved }),
        ...(addedAt === null ? {} : { added: { at: addedAt, ...sessionId } }),
      }
    },
  )
  return {
    record: {
      customer: toCustomer(row, list, addressRowsFound, assignmentRowsFound),
      credentials: { ...respelled(row.credentials), revision: row.credentialsRevision, accounts: list },
    },
    operationId: row.operationId,
    messageSequence: row.messageSequence,
    publishedSequence: row.publishedSequence,
    erased: row.erasedAt !== null,
  }
}

/** With the keys of today, whatever wrote the entries. */
export function respelled(credentials: StoredCredentials): StoredCredentials {
  const { emailUndos, pendingAccounts } = credentials
  return {
    ...credentials,
    ...(emailUndos && { emailUndos: emailUndos.map((one) => ({ ...one, ...loginEmail(one.email) })) }),
    ...(pendingAccounts && {
      pendingAccounts: pendingAccounts.map((one) => ({ ...one, ...loginEmail(one.email) })),
    }),
  }
}

export function provedOf({
  provedAt,
  provedBy,
}: Pick<typeof accounts.$inferSelect, 'provedAt' | 'provedBy'>): Proved | undefined {
  return provedAt === null || provedBy === null ? undefined : { at: provedAt, by: provedBy }
}

/** The e-mails that the record's changes can be taken back to. */
export function reservedRows({ tenant, customerId }: CustomerRef, credentials: Credentials) {
  return reservedEmails(credentials).map(({ accountId, emailKey, until }) => ({
    ...{ tenant, customerId, accountId, emailKey, until },
  }))
}

/** Without secrets; the rows of accounts and addresses by position, assignments by their time. */
export function toCustomer(
  row: Pick<
    typeof customers.$inferSelect,
    'tenant' | 'id' | 'version' | 'createdAt' | 'modifiedAt' | 'profile'
  >,
  accountRowsFound: Pick<Account, 'email'>[],
  addressRowsFound: Pick<typeof addresses.$inferSelect, 'id' | 'body'>[],
  assignmentRowsFound: (typeof contactAssignments.$inferSelect)[],
): Customer {
  const { tenant, id, version, createdAt, modifiedAt, profile } = row
  const first = accountRowsFound[0]
  return {
    ...profile,
    ...{ tenant, id, version, createdAt, modifiedAt },
    addresses: addressRowsFound.map((address) => ({ ...address.body, id: address.id })),
    accounts: accountRowsFound.map(({ email }) => ({ email })),
    ...(first ? { email: first.email } : {}),
    ...(assignmentRowsFound.length > 0
      ? { contactAssignments: assignmentRowsFound.map(toContactAssignment) }
      : {}),
  }
}
