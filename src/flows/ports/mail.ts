/**
 * What the delivery of mail needs from the outside, as interfaces: the orders in the database, the queue between them and
 * the consumer, the words, and the transport with its verdict on each mail.
 */
import type {
  AddressedMail,
  DeliveryFailure,
  MailTemplate,
  OutboxEntry,
  UndeliverableAddress,
  UndeliverableReport,
} from '../../domain/mail/mail.ts'
import type { MailTemplateOverride, MailTranslation, MailWords } from '../../domain/mail/mail-template.ts'
import type { Violation } from '../../domain/base/result.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { DatabaseName, OrderRef, QueuedOrder } from './tenants.ts'

/** Orders for mail, in the database from the moment of the change until they are delivered or dropped. */
export interface Outbox {
  add(entry: OutboxEntry): Promise<void>
  /**
   * Takes an entry for `leaseSeconds`, which counts as an attempt; undefined when it is delivered already, has failed for
   * good, or another consumer has it.
   */
  claim(order: QueuedOrder, now: number, leaseSeconds: number): Promise<OutboxEntry | undefined>
  /** Gives an entry back after a failed attempt; its next message counts as lost from `dueAt` on. */
  release(order: OrderRef, dueAt: number, reason: string): Promise<void>
  /** Keeps an entry for the operator; it is not tried again. A failure that it has already stays. */
  fail(order: QueuedOrder, failure: DeliveryFailure): Promise<void>
  complete(order: OrderRef): Promise<void>
  /** Entries whose messages count as lost; they are due again at `nextDueAt`. */
  takeDue(database: DatabaseName, now: number, nextDueAt: number, limit: number): Promise<OrderRef[]>
  /** In all databases. */
  backlog(): Promise<OutboxBacklog>
}

/**
 * Addresses that take no mail, of all tenants: one account sends for all of them. A mark is the earliest
 * report since the operator allowed the address, so that repeats and the order of reports do not matter.
 */
export interface UndeliverableAddresses {
  mark(reports: readonly UndeliverableReport[]): Promise<void>
  /** Those of the addresses that are marked, in the spelling that was asked for. */
  find(emails: readonly string[]): Promise<UndeliverableAddress[]>
  /** Removes at most `limit` that are older, and says how many. */
  forget(before: ForgottenAddresses, limit: number): Promise<number>
}

/** Times in RFC 3339. */
export interface ForgottenAddresses {
  marked: string
  allowed: string
}

/** How much mail is not delivered yet. */
export interface OutboxBacklog {
  waiting: number
  /** Of those that wait: tried already, without success. */
  delayed: number
  /** Not tried again unless the operator says so. */
  failed: number
}

export interface OutboxQueue {
  send(orders: readonly OrderRef[]): Promise<void>
}

export interface Mail {
  /** Same for every attempt to deliver the same order. */
  id: string
  tenant: string
  template: MailTemplate
  to: string
  from: { name: string; email: string }
  subject: string
  text: string
  html: string
  token?: string
  link?: string
  createdAt: string
}

export interface EmailTransport {
  /**
   * Hands over one mail. A transport that can tell knows a second call by the mail's `id` and delivers nothing new.
   * Throws when it cannot tell what became of the mail, which is then tried again.
   */
  send(mail: Mail): Promise<SendOutcome>
}

/** What a transport says about a mail. Reasons are for the operator, they may hold the address. */
export type SendOutcome =
  | { kind: 'sent' }
  /** Not now; also when the account, the sender or the credentials are refused, which the operator can repair. */
  | { kind: 'retry'; reason: string; afterSeconds?: number | undefined }
  /** Never: this mail is refused. */
  | { kind: 'permanent'; reason: string }
  /** Never: the address takes no mail, or none from us. */
  | { kind: 'suppressed'; reason: string }

export interface MailRenderer {
  render(rendering: MailRendering): Mail
  /** What is wrong with words that a tenant wants to use; field names are those of the words. */
  check(template: MailTemplate, words: MailWords): Promise<Violation[]>
  /** One in each language that every tenant has. */
  builtIn(template: MailTemplate): readonly MailTranslation[]
}

export interface MailRendering {
  entry: Pick<OutboxEntry, 'id' | 'createdAt'>
  order: AddressedMail
  tenant: Tenant
  /** Of the order's token. */
  secret?: string | undefined
  /** Of the second link, by which a reader says that it was not they. */
  disowningSecret?: string | undefined
  /** The tenant's own words for this template. */
  overrides: readonly MailTranslation[]
}

/** Words of the tenants' own. */
export interface MailTemplateStore {
  /** As mails use them: remembered for a short while. */
  overridesOf(tenant: string, template: MailTemplate): Promise<readonly MailTemplateOverride[]>
  /** All of a tenant, as they are stored now. */
  list(tenant: string): Promise<MailTemplateOverride[]>
  save(tenant: string, override: MailTemplateOverride): Promise<void>
  /** False when there was none. */
  remove(tenant: string, template: MailTemplate, language: string): Promise<boolean>
}
