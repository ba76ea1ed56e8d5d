/**
 * The customer's rows as its object holds them: the copy in memory, the guarded batches that change both, and the messages
 * to the queues after a batch, which the sweeps replace when they get lost. Whatever goes wrong drops the copy, and the
 * operation id tells whether the batch was written. Called by the aggregate only, one call after the other.
 */
import type { Change } from '../../domain/changes/change.ts'
import type { AddressedMail, OutboxEntry } from '../../domain/mail/mail.ts'
import { publishedSequences, type Message } from '../../domain/events/message.ts'
import { ok, type Result } from '../../domain/base/result.ts'
import type {
  CustomerRef,
  CustomerStore,
  Defer,
  OutboxQueue,
  StoredCustomer,
  Write,
  Written,
} from '../ports/index.ts'

export interface WriterPorts {
  store: CustomerStore
  outboxQueue: OutboxQueue
  webhookQueue: OutboxQueue
  newId: () => string
  defer: Defer
}

/** When, by whom and as which operation something is written. */
export type Occasion = Omit<Write, 'mails'>

export class CustomerWriter {
  readonly #ref: CustomerRef
  readonly #ports: WriterPorts
  #stored: StoredCustomer | undefined

  constructor(ref: CustomerRef, ports: WriterPorts) {
    this.#ref = ref
    this.#ports = ports
  }

  /** The last acknowledged state, as far as it is in memory. */
  get remembered(): StoredCustomer | undefined {
    return this.#stored?.erased ? undefined : this.#stored
  }

  async load(): Promise<StoredCustomer | undefined> {
    this.#stored ??= await this.#ports.store.load(this.#ref)
    return this.remembered
  }

  /** What is left of an erased customer. */
  async loadErased(): Promise<StoredCustomer | undefined> {
    await this.load()
    return this.#stored?.erased ? this.#stored : undefined
  }

  insert(change: Change, occasion: Occasion, erased: StoredCustomer | undefined): Promise<Result<void>> {
    return this.#write(change, occasion, (write) => this.#ports.store.insert(change, write, erased))
  }

  save(stored: StoredCustomer, change: Change, occasion: Occasion): Promise<Result<void>> {
    return this.#write(change, occasion, (write) => this.#ports.store.save(stored, change, write))
  }

  async erase(
    stored: StoredCustomer,
    messages: Message[],
    occasion: Occasion,
    keepMessages: boolean,
  ): Promise<Result<void>> {
    const change = { record: stored.record, messages, mails: [] }
    const written = await this.#write(change, occasion, (write) =>
      this.#ports.store.erase(stored, messages, write, keepMessages),
    )
    if (written.ok) this.#stored = undefined
    return written
  }

  /** One batch, then the queue. On an exception the database decides whether it happened. */
  async #write(
    change: Change,
    occasion: Occasion,
    batch: (write: Write) => Promise<Result<Written>>,
  ): Promise<Result<void>> {
    const { operationId, now } = occasion
    const mails = change.mails.map((order) => this.#entry(order, now))
    const before = this.#stored
    try {
      const written = await batch({ ...occasion, mails })
      if (!written.ok) return written
      const messageSequence = (before?.messageSequence ?? 0) + change.messages.length
      this.#send(this.#ports.webhookQueue, 'webhook not queued', written.value.deliveries)
      const { last } = publishedSequences(before?.publishedSequence ?? 0, change.messages)
      const sequences = { messageSequence, publishedSequence: last }
      this.#stored = { record: change.record, operationId, ...sequences, erased: false }
    } catch (error) {
      this.#stored = undefined
      const found = await this.#ports.store.load(this.#ref)
      if (found?.operationId !== operationId) throw error
      this.#stored = found
    }
    this.#send(
      this.#ports.outboxQueue,
      'mail not queued',
      mails.map(({ id }) => id),
    )
    return ok(undefined)
  }

  /** What gets lost here is found by its row. */
  #send(queue: OutboxQueue, event: string, ids: readonly string[]): void {
    const { tenant } = this.#ref
    const orders = ids.map((id) => ({ tenant, id }))
    if (ids.length > 0) this.#ports.defer(queue.send(orders), event, { ...this.#ref, ids })
  }

  #entry(order: AddressedMail, now: number): OutboxEntry {
    const { tenant, customerId } = this.#ref
    return { id: this.#ports.newId(), tenant, customerId, order, createdAt: new Date(now).toISOString() }
  }
}
