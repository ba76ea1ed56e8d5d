/**
 * The Durable Object around one customer's aggregate: its remote methods, its session storage, its alarm.
 * Named `tenant:customerId`. Answers plain data, because classes and their fields are lost on the way out.
 */
import { DurableObject } from 'cloudflare:workers'
import type { CustomerCreation } from '../../domain/changes/create.ts'
import type { RequestedMailMessage } from '../../domain/events/message.ts'
import type { StoredSession } from '../../domain/credentials/session.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { CustomerAggregate } from '../../flows/object/customer-aggregate.ts'
import type {
  Conditions,
  CustomerCommand,
  CustomerRef,
  Defer,
  EraseCommand,
  Log,
  RefreshCommand,
  SessionProof,
  SessionStore,
  WakeUp,
} from '../../flows/ports/index.ts'
import { withStack } from './stack-in-object.ts'

export interface ObjectParts {
  ref: CustomerRef
  sessions: SessionStore
  wakeUp: WakeUp
  defer: Defer
}

/** The class for the Worker to export; `compose` gives it the aggregate with everything that it needs. */
export function customerObjectClass<E>(compose: (env: E, parts: ObjectParts) => CustomerAggregate, log: Log) {
  return class CustomerObject extends DurableObject<E> {
    readonly #aggregate: CustomerAggregate

    constructor(state: DurableObjectState, env: E) {
      super(state, env)
      this.#aggregate = compose(env, {
        ref: customerRefOf(state.id.name),
        sessions: sessionStore(state.storage),
        wakeUp: { at: (time) => void state.storage.setAlarm(time) },
        defer: (work, event, about) =>
          state.waitUntil(work.catch((error: unknown) => log.failure(event, error, about))),
      })
    }

    create(tenant: Tenant, creation: CustomerCreation, now: number) {
      return withStack(this.#aggregate.create(tenant, creation, now))
    }

    read(proof: SessionProof, now: number) {
      return withStack(this.#aggregate.read(proof, now))
    }

    readRecord(proof: SessionProof, now: number) {
      return withStack(this.#aggregate.readRecord(proof, now))
    }

    inspect(conditions: Conditions) {
      return withStack(this.#aggregate.inspect(conditions))
    }

    execute(command: CustomerCommand) {
      return withStack(this.#aggregate.execute(command))
    }

    erase(command: EraseCommand) {
      return withStack(this.#aggregate.erase(command))
    }

    refresh(command: RefreshCommand) {
      return withStack(this.#aggregate.refresh(command))
    }

    findSession(proof: SessionProof, now: number) {
      return withStack(this.#aggregate.findSession(proof, now))
    }

    wasSpent(tokenId: string) {
      return this.#aggregate.wasSpent(tokenId, Date.now())
    }

    endSession(proof: SessionProof, now: number) {
      return withStack(this.#aggregate.endSession(proof, now))
    }

    addMessage(message: RequestedMailMessage, now: number, operationId: string) {
      return withStack(this.#aggregate.addMessage(message, now, operationId))
    }

    override alarm() {
      this.#aggregate.removeEndedSessions(Date.now())
    }
  }
}

export function customerObjectName({ tenant, customerId }: CustomerRef): string {
  return `${tenant}:${customerId}`
}

/** A tenant's key has no colon; what a client gives as an id may have. */
function customerRefOf(name = ''): CustomerRef {
  const end = name.indexOf(':')
  const [tenant, customerId] = [name.slice(0, end), name.slice(end + 1)]
  if (end < 1 || customerId === '') throw new Error('A customer object is reached by its name only.')
  return { tenant, customerId }
}

const prefix = 'session:'

function sessionStore({ kv }: DurableObjectStorage): SessionStore {
  return {
    list: () => [...kv.list<StoredSession>({ prefix })].map(([, session]) => session),
    put: (session) => kv.put(prefix + session.key, session),
    remove: (keys) => {
      for (const key of keys) kv.delete(prefix + key)
    },
  }
}
