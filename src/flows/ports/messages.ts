/**
 * The port around messages that have been written.
 */
import type { DatabaseName } from './tenants.ts'
import type { Page, PageRequest } from './page.ts'
import type { Actor } from '../../domain/base/actor.ts'
import type { Identifiers, PublishedMessage } from '../../domain/events/message.ts'
import type { Result } from '../../domain/base/result.ts'

export interface MessageStore {
  /** Internal messages are never found. */
  find(tenant: string, messageId: string): Promise<StoredMessage | undefined>
  /** One page of published messages, by default as things happened; fails with `CriteriaTooComplex`, `FieldUnknown` or `PageTooLarge`. */
  page(tenant: string, request: PageRequest): Promise<Result<Page<StoredMessage>>>
  /** Removes at most `limit` messages, internal ones too, from before what each tenant keeps, and says how many. */
  forget(database: DatabaseName, kept: readonly Kept[], limit: number): Promise<number>
}

export type StoredMessage = PublishedMessage & {
  id: string
  customerId: string
  /** Within what the message is about. */
  sequence: number
  resourceVersion: number
  createdAt: string
  createdBy?: Actor
  identifiers?: Identifiers
}

/** How far back a tenant keeps something. */
export interface Kept {
  tenant: string
  since: string
}
