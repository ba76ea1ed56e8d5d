/**
 * The port around messages that have been written.
 */
import type { DatabaseName } from './tenants.ts'
import type { Page, PageRequest } from './page.ts'
import type { PublishedMessage } from '../../domain/events/message.ts'
import type { Result } from '../../domain/base/result.ts'

export interface MessageStore {
  /** Internal messages are never found. */
  find(tenant: string, messageId: string): Promise<PublishedMessage | undefined>
  /** One page of published messages, by default as things happened; fails with `CriteriaTooComplex`, `FieldUnknown` or `PageTooLarge`. */
  page(tenant: string, request: PageRequest): Promise<Result<Page<PublishedMessage>>>
  /** Removes at most `limit` messages, internal ones too, from before what each tenant keeps, and says how many. */
  forget(database: DatabaseName, kept: readonly Kept[], limit: number): Promise<number>
}

/** How far back a tenant keeps something. */
export interface Kept {
  tenant: string
  since: string
}
