/**
 * The customers of a service in memory: each has a real aggregate over one database, and what is passed to it and back is
 * copied, as between a Worker and an object. Accounts and customers are found by what the database has.
 */
import type { CustomerRecord } from '../../src/domain/changes/change.ts'
import type { Account } from '../../src/domain/credentials/credentials.ts'
import { ok } from '../../src/domain/base/result.ts'
import { CustomerAggregate } from '../../src/flows/object/customer-aggregate.ts'
import type {
  AccountFinder,
  AccountMatch,
  Clock,
  CustomerQuery,
  CustomerRef,
  Customers,
  StoredCustomer,
} from '../../src/flows/ports/index.ts'
import { recipientOf } from '../../src/domain/mail/mail.ts'
import { memoryPorts, type MemoryDatabase, type MemoryPorts } from './memory.ts'

export function customersInMemory(
  database: MemoryDatabase,
  clock: Clock,
): Customers & {
  /** What is around the aggregate of a customer. */
  portsOf(ref: CustomerRef): MemoryPorts
  /** The aggregates are gone, and what was only in their memory with them. */
  restart(): void
} {
  const around = new Map<string, MemoryPorts>()
  let aggregates = new Map<string, CustomerAggregate>()
  let ids = 0
  const nameOf = ({ tenant, customerId }: CustomerRef) => `${tenant}:${customerId}`
  const portsOf = (ref: CustomerRef): MemoryPorts => {
    const ports = around.get(nameOf(ref)) ?? memoryPorts(database, () => `entry ${(ids += 1)}`)
    around.set(nameOf(ref), ports)
    return ports
  }
  const aggregateOf = (ref: CustomerRef): CustomerAggregate => {
    const aggregate = aggregates.get(nameOf(ref)) ?? new CustomerAggregate(ref, portsOf(ref))
    aggregates.set(nameOf(ref), aggregate)
    return aggregate
  }
  const across = async <A extends unknown[], T>(call: (...given: A) => Promise<T>, ...given: A): Promise<T> =>
    structuredClone(await call(...structuredClone(given)))

  return {
    portsOf,
    restart: () => void (aggregates = new Map()),
    create: (tenant, creation, now) => {
      const aggregate = aggregateOf({ tenant: tenant.key, customerId: creation.id })
      return across((...given) => aggregate.create(...given), tenant, creation, now)
    },
    read: (ref, proof, now) => across((...given) => aggregateOf(ref).read(...given), proof, now),
    inspect: (ref, conditions) => across((given) => aggregateOf(ref).inspect(given), conditions),
    readRecord: (ref, proof, now) => across((...given) => aggregateOf(ref).readRecord(...given), proof, now),
    execute: (ref, command) => across((given) => aggregateOf(ref).execute(given), command),
    erase: (ref, command) => across((given) => aggregateOf(ref).erase(given), command),
    refresh: (ref, command) => across((given) => aggregateOf(ref).refresh(given), command),
    findSession: (ref, proof, now) =>
      across((...given) => aggregateOf(ref).findSession(...given), proof, now),
    wasSpent: (ref, tokenId) => aggregateOf(ref).wasSpent(tokenId, clock.now()),
    endSession: (ref, proof, now) => across((...given) => aggregateOf(ref).endSession(...given), proof, now),
    addMessage: (ref, message, now, operationId) =>
      across((...given) => aggregateOf(ref).addMessage(...given), message, now, operationId),
  }
}

export function accountsOf({ rows }: MemoryDatabase): AccountFinder {
  const findBy = (tenant: string, isWanted: (account: Account, record: CustomerRecord) => boolean) => {
    for (const { record } of present(rows)) {
      const { customer, credentials } = record
      const account = credentials.accounts.find((own) => isWanted(own, record))
      if (customer.tenant === tenant && account) return matchOf(account, record)
    }
    return undefined
  }
  return {
    findAccount: async (tenant, emailKey) => findBy(tenant, (account) => account.emailKey === emailKey),
    findFormerOwner: async (tenant, emailKey) =>
      findBy(tenant, ({ id }, { credentials: { emailUndos = [] } }) =>
        emailUndos.some((undo) => undo.accountId === id && undo.emailKey === emailKey),
      ),
  }
}

function matchOf(
  { id: accountId, emailKey: _key, ...account }: Account,
  record: CustomerRecord,
): AccountMatch {
  const { customer, credentials } = record
  return structuredClone({
    ...account,
    accountId,
    customerId: customer.id,
    credentialsRevision: credentials.revision,
    optInPending: credentials.optInPending ?? false,
    emailUndos: credentials.emailUndos ?? [],
    recipient: recipientOf(customer),
  })
}

/** Finds single customers; it has no pages. */
export function customerQueryOf({ rows }: MemoryDatabase): CustomerQuery {
  const find = async ({ tenant, customerId }: CustomerRef) =>
    present(rows).find(({ record: { customer } }) => customer.tenant === tenant && customer.id === customerId)
      ?.record.customer
  return {
    find: async (ref) => structuredClone(await find(ref)),
    findId: async (tenant, key) =>
      present(rows).find(({ record: { customer } }) => customer.tenant === tenant && customer.key === key)
        ?.record.customer.id,
    page: async () => ok({ items: [] }),
  }
}

function present(rows: Map<string, StoredCustomer>): StoredCustomer[] {
  return [...rows.values()].filter(({ erased }) => !erased)
}
