/**
 * The ports around one customer's aggregate, in memory, and as strict as the platform: a write is all or nothing, a stale
 * one is an exception, an e-mail belongs to one account of a tenant. Writes can be made to fail before or after they
 * took place; in between they take a turn of the event loop, as a database does.
 */
import type { CustomerRecord } from '../../src/domain/changes/change.ts'
import { reservedEmails } from '../../src/domain/credentials/credentials.ts'
import { publishedSequences, type Message } from '../../src/domain/events/message.ts'
import { fail, ok, type DomainError, type Result } from '../../src/domain/base/result.ts'
import type { Session } from '../../src/domain/credentials/session.ts'
import type { AggregatePorts } from '../../src/flows/object/customer-aggregate.ts'
import type {
  CustomerRef,
  CustomerStore,
  LogFields,
  StoredCustomer,
  Write,
  Written,
} from '../../src/flows/ports/index.ts'
import { outboxInMemory, queueInMemory } from './ports.ts'

/** `before`: refused, nothing is written. `after`: written, but the answer is lost. */
export type Fault = 'before' | 'after'

export interface MemoryDatabase {
  store: CustomerStore
  outbox: ReturnType<typeof outboxInMemory>
  rows: Map<string, StoredCustomer>
  messages: Message[]
  /** What befalls the next writes, and the next loads. */
  writeFaults: (Fault | undefined)[]
  loadFaults: Fault[]
  loads: number
  /** The next writes stay under way until this is called. */
  hold(): () => void
}

const keyOf = ({ tenant, customerId }: CustomerRef) => `${tenant}:${customerId}`
const turn = () => new Promise((resolve) => setImmediate(resolve))

export function memoryDatabase(): MemoryDatabase {
  let gate: Promise<unknown> = Promise.resolve()
  const rows = new Map<string, StoredCustomer>()
  const messages: Message[] = []
  const outbox = outboxInMemory()

  const write = async (
    record: CustomerRecord,
    news: Message[],
    { operationId, mails }: Write,
    check: (stored: StoredCustomer | undefined) => DomainError | undefined,
    erased = false,
  ): Promise<Result<Written>> => {
    const fault = database.writeFaults.shift()
    await turn()
    await gate
    if (fault === 'before') throw new Error('The database is not there.')
    const key = keyOf({ tenant: record.customer.tenant, customerId: record.customer.id })
    const stored = rows.get(key)
    const refused = check(stored)
    if (refused) return fail(refused)
    const messageSequence = (stored?.messageSequence ?? 0) + news.length
    const publishedSequence = publishedSequences(stored?.publishedSequence ?? 0, news).last
    rows.set(key, structuredClone({ record, operationId, messageSequence, publishedSequence, erased }))
    messages.push(...news)
    for (const mail of mails) await outbox.add(mail)
    if (fault === 'after') throw new Error('The database has not answered.')
    return ok({ deliveries: [] })
  }

  const taken = ({ customer, credentials }: CustomerRecord, now: number): DomainError | undefined => {
    const others = [...rows.values()].filter(
      (row) => row.record.customer.tenant === customer.tenant && row.record.customer.id !== customer.id,
    )
    const known = new Set(
      others.flatMap(({ record: { credentials: theirs } }) => [
        ...theirs.accounts.map((own) => own.emailKey),
        ...reservedEmails(theirs).flatMap(({ emailKey, until }) => (until > now ? [emailKey] : [])),
      ]),
    )
    const account = credentials.accounts.find((own) => known.has(own.emailKey))
    return account && { kind: 'EmailTaken', email: account.email }
  }

  const current = (before: StoredCustomer, stored: StoredCustomer | undefined): void => {
    const sameVersion = stored?.record.customer.version === before.record.customer.version
    if (!sameVersion || stored?.operationId !== before.operationId) throw new Error('The writer is stale.')
  }

  const database: MemoryDatabase = {
    rows,
    messages,
    outbox,
    writeFaults: [],
    loadFaults: [],
    loads: 0,
    hold() {
      let release = (): void => undefined
      gate = new Promise<void>((resolve) => {
        release = resolve
      })
      return () => release()
    },
    store: {
      async load(ref) {
        database.loads += 1
        await turn()
        if (database.loadFaults.shift()) throw new Error('The database is not there.')
        return structuredClone(rows.get(keyOf(ref)))
      },
      insert: ({ record, messages: news }, operation) =>
        write(record, news, operation, (stored) =>
          stored ? { kind: 'CustomerIdTaken', customerId: record.customer.id } : taken(record, operation.now),
        ),
      save: (before, { record, messages: news }, operation) =>
        write(record, news, operation, (stored) => {
          current(before, stored)
          return taken(record, operation.now)
        }),
      erase: (before, news, operation) =>
        write(
          { ...before.record, credentials: { ...before.record.credentials, accounts: [] } },
          news,
          operation,
          (stored) => {
            current(before, stored)
            return undefined
          },
          true,
        ),
    },
  }
  return database
}

export interface MemoryPorts extends AggregatePorts {
  outboxQueue: ReturnType<typeof queueInMemory>
  webhookQueue: ReturnType<typeof queueInMemory>
  wakeUps: number[]
  /** Work that nothing waited for and that failed. */
  lost: { event: string; about: LogFields }[]
  sessionRows: Map<string, Session>
}

/** Everything around one aggregate but the database, which outlives it. */
export function memoryPorts({ store }: MemoryDatabase, newId = countedTexts('id')): MemoryPorts {
  const sessionRows = new Map<string, Session>()
  const ports: MemoryPorts = {
    store,
    wakeUps: [],
    sessionRows,
    sessions: {
      list: () => [...sessionRows.values()],
      put: (session) => void sessionRows.set(session.key, session),
      remove: (keys) => keys.forEach((key) => sessionRows.delete(key)),
    },
    outboxQueue: queueInMemory(),
    webhookQueue: queueInMemory(),
    wakeUp: {
      at: (time) => void ports.wakeUps.push(time),
    },
    newId,
    lost: [],
    defer: (work, event, about) => void work.catch(() => ports.lost.push({ event, about })),
  }
  return ports
}

function countedTexts(name: string): () => string {
  let count = 0
  return () => `${name} ${(count += 1)}`
}
