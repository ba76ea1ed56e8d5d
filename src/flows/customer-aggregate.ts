/**
 * The aggregate: one customer in memory, the only writer of its rows, with its sessions.
 * Calls that change something wait for each other, because awaiting the database lets other calls in between. A write
 * is one guarded batch; whatever goes wrong drops the copy in memory, and the operation id tells whether it was written.
 * Holds no rule of what a change means: that is `domain/apply.ts`. Hashes nothing: that would stall every other call.
 */
import { apply } from '../domain/apply.ts'
import type { Change, CustomerRecord } from '../domain/change.ts'
import { createCustomer, type CustomerCreation } from '../domain/create.ts'
import type { Customer } from '../domain/customer.ts'
import { messageLostSeconds, type AddressedMail, type OutboxEntry } from '../domain/mail.ts'
import type { Message } from '../domain/message.ts'
import { fail, ok, type DomainError, type Result } from '../domain/result.ts'
import { isAlive, judgeRefresh, type Session } from '../domain/session.ts'
import type { Tenant } from '../domain/tenant.ts'
import { isUsable, refusal, refuseMissing } from './conditions.ts'
import type {
  Conditions,
  CustomerCommand,
  CustomerOutcome,
  CustomerRecordView,
  CustomerRef,
  CustomerStore,
  Defer,
  LiveSession,
  Outbox,
  OutboxQueue,
  RefreshCommand,
  SessionProof,
  SessionStore,
  StoredCustomer,
  WakeUp,
} from './ports.ts'
import { SessionBook } from './session-book.ts'

/** Pause between two looks at a customer's outbox while there is something in it. */
const outboxCheckSeconds = 60
/** More mails than these wait for one customer only when something is broken. */
const outboxTakeMax = 50

export interface AggregatePorts {
  store: CustomerStore
  sessions: SessionStore
  outbox: Outbox
  outboxQueue: OutboxQueue
  wakeUp: WakeUp
  newId: () => string
  defer: Defer
}

export class CustomerAggregate {
  readonly #ref: CustomerRef
  readonly #ports: AggregatePorts
  readonly #sessions: SessionBook
  #stored: StoredCustomer | undefined
  #tail: Promise<unknown> = Promise.resolve()

  constructor(ref: CustomerRef, ports: AggregatePorts) {
    this.#ref = ref
    this.#ports = ports
    this.#sessions = new SessionBook(ports.sessions)
  }

  create(tenant: Tenant, creation: CustomerCreation, now: number): Promise<Result<Customer>> {
    return this.#serially(async () => {
      const change = createCustomer(tenant, creation, now)
      if (!change.ok) return change
      const operationId = this.#ports.newId()
      const written = await this.#write(change.value, operationId, now, (write) =>
        this.#ports.store.insert(change.value, write),
      )
      return written.ok ? ok(change.value.record.customer) : written
    })
  }

  async read(proof: SessionProof, now: number): Promise<Result<Customer>> {
    const live = this.#live(await this.#coherent(), proof, now)
    return live.ok ? ok(live.value.record.customer) : live
  }

  async readRecord(proof: SessionProof, now: number): Promise<Result<CustomerRecordView>> {
    const live = this.#live(await this.#coherent(), proof, now)
    return live.ok ? ok({ ...live.value.record, session: live.value.session }) : live
  }

  async findSession(proof: SessionProof, now: number): Promise<Result<LiveSession>> {
    const live = this.#live(await this.#coherent(), proof, now)
    return live.ok ? ok(liveSession(live.value.record, live.value.session)) : live
  }

  execute(command: CustomerCommand): Promise<Result<CustomerOutcome>> {
    return this.#serially(async () => {
      const stored = await this.#load()
      if (!stored) return refuseMissing(command, this.#ref.customerId)
      const refused = this.#refusal(stored.record, command)
      if (refused) return fail(refused)
      const change = apply(stored.record, command.actions, command.now)
      if (!change.ok) return change
      const { record } = change.value
      if ((command.openSession || command.requireUsable) && !isUsable(record))
        return fail({ kind: 'AccountBlocked' })
      if (record !== stored.record || change.value.mails.length > 0) {
        const written = await this.#save(stored, change.value, command)
        if (!written.ok) return written
      }
      if (record.credentials.revision !== stored.record.credentials.revision)
        this.#sessions.keepOnly(
          command.endOwnSession ? undefined : command.proof?.sessionKey,
          record.credentials.revision,
        )
      return ok(this.#outcome(record, command))
    })
  }

  erase(conditions: Conditions): Promise<Result<Customer>> {
    const { now } = conditions
    return this.#serially(async () => {
      const stored = await this.#load()
      if (!stored) return refuseMissing(conditions, this.#ref.customerId)
      const refused = this.#refusal(stored.record, conditions)
      if (refused) return fail(refused)
      const messages = [{ type: 'CustomerDeleted' as const, payload: {} }]
      const change = { record: stored.record, messages, mails: [] }
      const written = await this.#write(change, this.#ports.newId(), now, (write) =>
        this.#ports.store.erase(stored, messages, write),
      )
      if (!written.ok) return written
      this.#stored = { ...stored, erased: true }
      this.#sessions.clear()
      return ok(stored.record.customer)
    })
  }

  /** Rotates by the rules of `domain/session.ts`. A stolen token ends the session, and a message says so. */
  refresh(command: RefreshCommand): Promise<Result<LiveSession>> {
    return this.#serially(async () => {
      const { now } = command
      const live = this.#live(await this.#load(), command, now)
      if (!live.ok) return live
      const { record, session } = live.value
      const { clientId } = command
      if (clientId !== undefined && (session.grant.clientId ?? clientId) !== clientId)
        return fail({ kind: 'SessionEnded' })
      switch (judgeRefresh(session, command.counter, now)) {
        case 'stolen':
          this.#sessions.remove([session.key])
          await this.#report(
            { type: 'CustomerSessionStolen', payload: { sessionId: session.sessionId } },
            now,
          )
          return fail({ kind: 'SessionEnded' })
        case 'ended':
          return fail({ kind: 'SessionEnded' })
        case 'repeat':
          return ok(liveSession(record, session))
        case 'rotate':
          return ok(
            liveSession(
              record,
              this.#prolong({ ...session, counter: session.counter + 1, rotatedAt: now }, now),
            ),
          )
        case 'extend':
          return ok(liveSession(record, this.#prolong(session, now)))
      }
    })
  }

  async endSession(proof: SessionProof, now: number): Promise<Result<void>> {
    const live = this.#live(await this.#coherent(), proof, now)
    if (!live.ok) return live
    this.#sessions.remove([proof.sessionKey])
    return ok(undefined)
  }

  /** Queues again what counts as lost, and comes back until the customer's outbox is empty. */
  async checkOutbox(now: number): Promise<void> {
    const { outbox, outboxQueue, wakeUp } = this.#ports
    const earliest = await outbox.earliestDue(this.#ref)
    if (earliest === undefined) return
    const nextLook = now + outboxCheckSeconds * 1000
    await wakeUp.at(Math.max(earliest, nextLook))
    const lost = await outbox.takeDue(now, nextLook, this.#ref, outboxTakeMax)
    if (lost.length > 0) await outboxQueue.send(lost)
  }

  /** Runs one changing call after the other. */
  #serially<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(work, work)
    this.#tail = run.catch(() => undefined)
    return run
  }

  /** Only within `#serially`: a load that overlaps a write would bring back the state before it. */
  async #load(): Promise<StoredCustomer | undefined> {
    this.#stored ??= await this.#ports.store.load(this.#ref)
    return this.#stored?.erased ? undefined : this.#stored
  }

  /** For reads: what is in memory is the last acknowledged state, so they need not wait for writes under way. */
  async #coherent(): Promise<StoredCustomer | undefined> {
    return this.#stored && !this.#stored.erased ? this.#stored : this.#serially(() => this.#load())
  }

  /** The record and the session of a caller, or `SessionEnded`: the one place where liveness is decided. */
  #live(
    stored: StoredCustomer | undefined,
    proof: SessionProof,
    now: number,
  ): Result<{ record: CustomerRecord; session: Session }> {
    const session = this.#sessions.find(proof.sessionKey)
    return stored && isAlive(session, stored.record.credentials.revision, now) && isUsable(stored.record)
      ? ok({ record: stored.record, session })
      : fail({ kind: 'SessionEnded' })
  }

  #prolong(session: Session, now: number): Session {
    const { refreshLifetimeSeconds, accessLifetimeSeconds } = session.grant
    const refreshUntil = now + refreshLifetimeSeconds * 1000
    const endsAt = Math.max(session.endsAt, refreshUntil, now + accessLifetimeSeconds * 1000)
    const next = { ...session, refreshUntil, endsAt }
    this.#sessions.put(next)
    return next
  }

  #refusal(record: CustomerRecord, conditions: Conditions): DomainError | undefined {
    const { proof } = conditions
    return refusal(record, proof && this.#sessions.find(proof.sessionKey), conditions)
  }

  #save(stored: StoredCustomer, change: Change, command: CustomerCommand): Promise<Result<void>> {
    return this.#write(change, command.operationId, command.now, (write) =>
      this.#ports.store.save(stored, change, write),
    )
  }

  /** One batch, then the queue. On an exception the database decides whether it happened. */
  async #write(
    change: Change,
    operationId: string,
    now: number,
    batch: (write: { operationId: string; now: number; mails: OutboxEntry[] }) => Promise<Result<void>>,
  ): Promise<Result<void>> {
    const mails = change.mails.map((order) => this.#entry(order, now))
    if (mails.length > 0) await this.#ports.wakeUp.at(now + messageLostSeconds * 1000)
    const before = this.#stored
    try {
      const written = await batch({ operationId, now, mails })
      if (!written.ok) return written
      const messageSequence = (before?.messageSequence ?? 0) + change.messages.length
      this.#stored = { record: change.record, operationId, messageSequence, erased: false }
    } catch (error) {
      this.#stored = undefined
      const found = await this.#ports.store.load(this.#ref)
      if (found?.operationId !== operationId) throw error
      this.#stored = found
    }
    if (mails.length > 0) this.#ports.defer(this.#ports.outboxQueue.send(mails.map(({ id }) => id)))
    return ok(undefined)
  }

  /** A message about something that changes nothing in the record. */
  async #report(message: Message, now: number): Promise<void> {
    const stored = await this.#load()
    if (!stored) return
    const change = { record: stored.record, messages: [message], mails: [] }
    await this.#write(change, this.#ports.newId(), now, (write) =>
      this.#ports.store.save(stored, change, write),
    )
  }

  #entry(order: AddressedMail, now: number): OutboxEntry {
    const { tenant, customerId } = this.#ref
    return { id: this.#ports.newId(), tenant, customerId, order, createdAt: new Date(now).toISOString() }
  }

  #outcome({ customer, credentials }: CustomerRecord, command: CustomerCommand): CustomerOutcome {
    if (!command.openSession) return { customer }
    const session = this.#sessions.open(command.openSession, credentials.revision, command.now)
    const account = credentials.accounts.find(({ id }) => id === session.accountId)
    return { customer, session, initialPassword: account?.initialPassword ?? false }
  }
}

function liveSession({ credentials, customer }: CustomerRecord, session: Session): LiveSession {
  const account = credentials.accounts.find(({ id }) => id === session.accountId)
  return { session, email: account?.email ?? customer.email ?? '' }
}
