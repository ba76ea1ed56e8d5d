/**
 * The aggregate: one customer in memory, the only writer of its rows, with its sessions.
 * Calls that change something wait for each other, because awaiting the database lets other calls in between; reads
 * take what is in memory. Holds no rule of what a change means: that is `domain/changes/apply.ts`. Hashes nothing: that would
 * stall every other call.
 */
import type { Actor } from '../../domain/base/actor.ts'
import { apply } from '../../domain/changes/apply.ts'
import { isUsable, type Change, type CustomerRecord } from '../../domain/changes/change.ts'
import { assignmentTo } from '../../domain/customer/company.ts'
import { createCustomer, type CustomerCreation } from '../../domain/changes/create.ts'
import type { Customer } from '../../domain/customer/customer.ts'
import type { Message } from '../../domain/events/message.ts'
import { fail, ok, type DomainError, type Result } from '../../domain/base/result.ts'
import { isAlive, isPresentable, judgeRefresh, type Session } from '../../domain/credentials/session.ts'
import { spentKey } from '../../domain/credentials/one-time-token.ts'
import { standingUndos, wasSpent, withSpentToken } from '../../domain/credentials/credentials.ts'
import { isOwnersAlone } from '../../domain/changes/owners-alone.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import { erasureRefusal, outcomeRefusal, refusal, refuseMissing } from './conditions.ts'
import { CustomerWriter, type WriterPorts } from './customer-writer.ts'
import type {
  Conditions,
  CustomerCommand,
  CustomerOutcome,
  CustomerRecordView,
  CustomerRef,
  EraseCommand,
  LiveSession,
  RefreshCommand,
  SessionProof,
  StoredCustomer,
} from '../ports/index.ts'
import { SessionBook, type SessionPorts } from './session-book.ts'

export type AggregatePorts = WriterPorts & SessionPorts

export class CustomerAggregate {
  readonly #ref: CustomerRef
  readonly #newId: () => string
  readonly #writer: CustomerWriter
  readonly #sessions: SessionBook
  #tail: Promise<unknown> = Promise.resolve()

  constructor(ref: CustomerRef, ports: AggregatePorts) {
    this.#ref = ref
    this.#newId = ports.newId
    this.#writer = new CustomerWriter(ref, ports)
    this.#sessions = new SessionBook(ports)
  }

  create(tenant: Tenant, creation: CustomerCreation, now: number): Promise<Result<Customer>> {
    return this.#serially(async () => {
      const erased = tenant.settings.reuseDeletedIds ? await this.#writer.loadErased() : undefined
      const change = createCustomer(tenant, creation, now, erased?.record)
      if (!change.ok) return change
      const occasion = { operationId: this.#newId(), now, actor: creation.actor }
      const written = await this.#writer.insert(change.value, occasion, erased)
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

  /** For the back office, which needs no session of the customer. */
  async inspect(conditions: Conditions): Promise<Result<CustomerRecord>> {
    const stored = await this.#coherent()
    if (!stored) return refuseMissing(conditions, this.#ref.customerId)
    const refused = this.#refusal(stored.record, conditions)
    return refused ? fail(refused) : ok(stored.record)
  }

  async findSession(proof: SessionProof, now: number): Promise<Result<LiveSession>> {
    const live = this.#live(await this.#coherent(), proof, now)
    return live.ok ? ok(liveSession(live.value.record, live.value.session)) : live
  }

  execute(command: CustomerCommand): Promise<Result<CustomerOutcome>> {
    return this.#serially(async () => {
      const stored = await this.#writer.load()
      if (!stored) return refuseMissing(command, this.#ref.customerId)
      const refused = this.#refusal(stored.record, command) ?? this.#unfit(stored.record, command)
      if (refused) return fail(refused)
      const actor = this.#actorOf(command)
      const { operationId, now } = command
      const { token } = command
      const spent = token ? [{ action: 'spendToken' as const, tokenId: spentKey(token) }] : []
      const change = apply(stored.record, [...command.actions, ...spent], now, actor)
      if (!change.ok) return change
      const { record } = change.value
      const beyond = outcomeRefusal(stored.record.customer, record.customer, command)
      if (beyond) return fail(beyond)
      if ((command.openSession || command.requireUsable) && !isUsable(record))
        return fail({ kind: 'AccountBlocked' })
      if (change.value.changed || change.value.mails.length > 0) {
        const written = await this.#writer.save(stored, causedIn(command.place, change.value), {
          operationId,
          now,
          actor,
        })
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

  erase({ keepMessages = false, ...conditions }: EraseCommand): Promise<Result<Customer>> {
    const { now } = conditions
    return this.#serially(async () => {
      const stored = await this.#writer.load()
      if (!stored) return refuseMissing(conditions, this.#ref.customerId)
      const refused =
        this.#refusal(stored.record, conditions) ??
        this.#unfit(stored.record, conditions) ??
        erasureRefusal(stored.record, conditions)
      if (refused) return fail(refused)
      const { customer } = stored.record
      const named = keepMessages && customer.email !== undefined ? { email: customer.email } : {}
      const messages = [{ type: 'CustomerDeleted' as const, payload: named }]
      const occasion = { operationId: this.#newId(), now, actor: this.#actorOf(conditions) }
      const { token } = conditions
      const { record } = stored
      const spent = token ? withSpentToken(record.credentials, spentKey(token), now) : record.credentials
      const last = { ...stored, record: { ...record, credentials: spent } }
      const written = await this.#writer.erase(last, messages, occasion, keepMessages)
      if (!written.ok) return written
      this.#sessions.clear()
      return ok(customer)
    })
  }

  /** Rotates by the rules of `domain/credentials/session.ts`. A stolen token ends the session, and a message says so. */
  refresh(command: RefreshCommand): Promise<Result<LiveSession>> {
    return this.#serially(async () => {
      const { now } = command
      const live = this.#live(await this.#writer.load(), command, now)
      if (!live.ok) return live
      const { record, session } = live.value
      const { presenter, legalEntityId } = command
      if (!isPresentable(session, presenter)) return fail({ kind: 'SessionEnded' })
      const outcome = judgeRefresh(session, command.counter, now)
      switch (outcome) {
        case 'stolen':
          this.#sessions.remove([session.key])
          await this.#addMessage(
            { type: 'CustomerSessionStolen', payload: { sessionId: session.sessionId } },
            now,
            this.#newId(),
          )
          return fail({ kind: 'SessionEnded' })
        case 'ended':
          return fail({ kind: 'SessionEnded' })
        case 'repeat':
        case 'rotate':
        case 'extend':
          if (legalEntityId !== undefined && !assignmentTo(record.customer.contactAssignments, legalEntityId))
            return fail({ kind: 'LegalEntityNotAssigned', legalEntityId })
          return ok(liveSession(record, this.#refreshed(session, outcome, now)))
      }
    })
  }

  async wasSpent(tokenId: string, now: number): Promise<boolean> {
    const stored = (await this.#coherent()) ?? (await this.#serially(() => this.#writer.loadErased()))
    return stored !== undefined && wasSpent(stored.record.credentials, tokenId, now)
  }

  async endSession(proof: SessionProof, now: number): Promise<Result<void>> {
    const live = this.#live(await this.#coherent(), proof, now)
    if (!live.ok) return live
    this.#sessions.remove([proof.sessionKey])
    return ok(undefined)
  }

  /** About what has happened beside the record; a repetition of the operation that came last adds nothing. */
  addMessage(message: Message, now: number, operationId: string): Promise<void> {
    return this.#serially(() => this.#addMessage(message, now, operationId))
  }

  /** Of the sessions that have come to their end nothing is kept, also when the customer stays away. */
  removeEndedSessions(now: number): void {
    this.#sessions.removeEnded(now)
  }

  /** Runs one changing call after the other. */
  #serially<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(work, work)
    this.#tail = run.catch(() => undefined)
    return run
  }

  /** For reads: what is in memory is the last acknowledged state, so they need not wait for writes under way. */
  async #coherent(): Promise<StoredCustomer | undefined> {
    return this.#writer.remembered ?? this.#serially(() => this.#writer.load())
  }

  /** The record and the session of a caller, or `SessionEnded`: the one place where liveness is decided. */
  #live(
    stored: StoredCustomer | undefined,
    proof: SessionProof,
    now: number,
  ): Result<{ record: CustomerRecord; session: Session }> {
    const session = this.#sessions.find(proof.sessionKey)
    return stored && isAlive(session, stored.record.credentials, now) && isUsable(stored.record)
      ? ok({ record: stored.record, session })
      : fail({ kind: 'SessionEnded' })
  }

  #refreshed(session: Session, outcome: 'repeat' | 'rotate' | 'extend', now: number): Session {
    if (outcome === 'repeat') return session
    if (outcome === 'extend') return this.#prolong(session, now)
    return this.#prolong({ ...session, counter: session.counter + 1, rotatedAt: now }, now)
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

  /** What a session may not do although it is alive: the customer's own matters, and an end that cannot be taken back. */
  #unfit(record: CustomerRecord, command: CustomerCommand | EraseCommand): DomainError | undefined {
    const session = command.proof && this.#sessions.find(command.proof.sessionKey)
    if (!session) return undefined
    const erases = !('actions' in command)
    if (session.assistedBy && (erases || command.actions.some(({ action }) => isOwnersAlone(action))))
      return { kind: 'SessionUnfit', reason: 'assisted' }
    const isInDoubt = standingUndos(record.credentials, command.now).some(({ proved }) => proved)
    return erases && isInDoubt ? { kind: 'SessionUnfit', reason: 'email_in_doubt' } : undefined
  }

  /** The holder of a customer's session acts as the customer, and it stays known who opened it. */
  #actorOf({ proof, actor }: Conditions): Actor | undefined {
    const session = proof && this.#sessions.find(proof.sessionKey)
    if (!session) return actor
    const { clientId } = session.grant
    const opener = session.assistedBy ?? (clientId === undefined ? {} : { clientId })
    return { ...opener, customerId: this.#ref.customerId, ...actor }
  }

  /** A message about something that changes nothing in the record. */
  async #addMessage(message: Message, now: number, operationId: string): Promise<void> {
    const stored = await this.#writer.load()
    if (!stored || stored.operationId === operationId) return
    const change = { record: stored.record, messages: [message], mails: [] }
    await this.#writer.save(stored, change, { operationId, now })
  }

  #outcome({ customer, credentials }: CustomerRecord, command: CustomerCommand): CustomerOutcome {
    const { revision: credentialsRevision } = credentials
    if (!command.openSession) return { customer, credentialsRevision }
    const session = this.#sessions.open(command.openSession, credentials, command.now)
    const account = credentials.accounts.find(({ id }) => id === session.accountId)
    return { customer, credentialsRevision, session, initialPassword: account?.initialPassword ?? false }
  }
}

function causedIn(place: string | undefined, change: Change): Change {
  return place === undefined ? change : { ...change, mails: change.mails.map((mail) => ({ ...mail, place })) }
}

function liveSession({ credentials, customer }: CustomerRecord, session: Session): LiveSession {
  const account = credentials.accounts.find(({ id }) => id === session.accountId)
  const { contactAssignments = [] } = customer
  return { session, email: account?.email ?? customer.email ?? '', contactAssignments }
}
