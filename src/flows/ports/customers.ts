/**
 * The ports around one customer: what the Worker asks of the customer's object, and what the object itself needs.
 */
import type { Reach } from '../../domain/customer/reach.ts'
import type { Actor } from '../../domain/base/actor.ts'
import type { Change, CustomerRecord } from '../../domain/changes/change.ts'
import type { ContactAssignment } from '../../domain/customer/company.ts'
import type { CustomerCreation } from '../../domain/changes/create.ts'
import type { Customer } from '../../domain/customer/customer.ts'
import type { OutboxEntry } from '../../domain/mail/mail.ts'
import type { Message, RequestedMailMessage } from '../../domain/events/message.ts'
import type { OneTimeToken } from '../../domain/credentials/one-time-token.ts'
import type { Result } from '../../domain/base/result.ts'
import type { Presenter, Session, StoredSession } from '../../domain/credentials/session.ts'
import type { Tenant } from '../../domain/tenant/tenant.ts'
import type { CustomerAction } from '../../domain/changes/update-action.ts'

/** Where to find a customer; the names of objects and rows are made from it. */
export interface CustomerRef {
  tenant: string
  customerId: string
}

/** Proof that a caller holds a live session of the customer; comes from a verified access token. */
export interface SessionProof {
  sessionKey: string
}

/** One request to one customer: conditions, then actions, then a session; all of it or nothing. */
export interface CustomerCommand extends Conditions {
  operationId: string
  actions: CustomerAction[]
  /** Two letters of the country that the request came from, for the mails that it causes. */
  place?: string | undefined
  /** Every session ends with a change of credentials, the one of `proof` too. */
  endOwnSession?: boolean
  /** Refused with `AccountBlocked` when the account is inactive, on hold or waiting for its opt-in. */
  requireUsable?: boolean
  /** Session to open when everything else has succeeded; refused with `AccountBlocked`. */
  openSession?: NewSession
}

/** What has to be true of the customer for a request to be carried out. */
export interface Conditions {
  now: number
  proof?: SessionProof
  /** Who acts, when it is not the customer whose session is proved. */
  actor?: Actor
  /** Refused with `OneTimeTokenExpired` unless it can still be spent. */
  token?: OneTimeToken
  /** Refused with `CustomerNotFound` when the customer is not of this store. */
  store?: string
  /** Refused with `CustomerNotFound` when the customer is not within it. */
  reach?: Reach
  /** Refused with `ClientUnfit` when the change moves the customer into or out of a store that is none of these. */
  ownStores?: readonly string[]
  expectedVersion?: number
  /** Refused with `CredentialsRejected` unless the customer signs in at this store, or at none. */
  signInAt?: { store: string | undefined }
  /** Refused with `CredentialsRejected` when a password or login e-mail has changed since it was read. */
  expectedRevision?: number
  /** Refused with `RecentLoginRequired` when the session of `proof` is no recent log-in of the customer. */
  requireRecentLogin?: boolean
}

export interface EraseCommand extends Conditions {
  /** What was said about the customer stays for as long as messages are kept; the last one names its e-mail. */
  keepMessages?: boolean
}

export type NewSession = Pick<
  Session,
  | 'key'
  | 'sessionId'
  | 'accountId'
  | 'methods'
  | 'grant'
  | 'refreshUntil'
  | 'endsAt'
  | 'clientId'
  | 'assistedBy'
>

export interface CustomerOutcome {
  customer: Customer
  credentialsRevision: number
  session?: Session
  initialPassword?: boolean
}

export interface RefreshCommand {
  now: number
  sessionKey: string
  counter: number
  /** Who asks; refused with `SessionEnded` when the session keeps to another client, or to the secret of its client. */
  presenter: Presenter
  /** Refused with `LegalEntityNotAssigned`, and nothing is rotated, when the customer does not act for this company. */
  legalEntityId?: string
}

export interface LiveSession {
  session: Session
  /** Login e-mail of the account that the session was opened with. */
  email: string
  /** Whom the customer acts for at this moment; a legal entity among them may have been dissolved. */
  contactAssignments: ContactAssignment[]
}

/** The customers' objects: each call goes to the one object that writes and coherently reads that customer. */
export interface Customers {
  create(tenant: Tenant, creation: CustomerCreation, now: number): Promise<Result<Customer>>
  read(ref: CustomerRef, proof: SessionProof, now: number): Promise<Result<Customer>>
  /** For the back office, without a session; with secrets. */
  inspect(ref: CustomerRef, conditions: Conditions): Promise<Result<CustomerRecord>>
  /** With secrets: for checks that have to be made outside of the object. */
  readRecord(ref: CustomerRef, proof: SessionProof, now: number): Promise<Result<CustomerRecordView>>
  execute(ref: CustomerRef, command: CustomerCommand): Promise<Result<CustomerOutcome>>
  /** The last state. `OneTimeTokenRejected`, `SessionEnded` or `VersionConflict` when a condition does not hold. */
  erase(ref: CustomerRef, command: EraseCommand): Promise<Result<Customer>>
  refresh(ref: CustomerRef, command: RefreshCommand): Promise<Result<LiveSession>>
  findSession(ref: CustomerRef, proof: SessionProof, now: number): Promise<Result<LiveSession>>
  /** Whether the one-time token has succeeded of late; an erased customer's, too. */
  wasSpent(ref: CustomerRef, tokenId: string): Promise<boolean>
  endSession(ref: CustomerRef, proof: SessionProof, now: number): Promise<Result<void>>
  /** A message about something that changes nothing in the record. A repetition of the operation that came last is none. */
  addMessage(ref: CustomerRef, message: RequestedMailMessage, now: number, operationId: string): Promise<void>
}

export interface CustomerRecordView extends CustomerRecord {
  session: Session
}

/** The record in the database; only the customer's object calls it. */
export interface CustomerStore {
  load(ref: CustomerRef): Promise<StoredCustomer | undefined>
  /** In the place of `erased`, when it is given; the numbers of its messages go on. */
  insert(change: Change, write: Write, erased?: StoredCustomer): Promise<Result<Written>>
  /** Fails as a whole, with an exception, when the stored version is not the one of `before`. */
  save(before: StoredCustomer, change: Change, write: Write): Promise<Result<Written>>
  /**
   * Leaves a tombstone, so that the id is not given out again, and the message that says so; nothing personal, unless
   * the messages before it are to be kept.
   */
  erase(
    before: StoredCustomer,
    messages: Message[],
    write: Write,
    keepMessages?: boolean,
  ): Promise<Result<Written>>
}

/**
 * New customers in numbers, past their objects: no object has a copy of a customer who is not there yet, and an insert changes
 * no customer who is. Takes no mails and no id of an erased customer; those are for `Customers.create`.
 */
export interface ImportedCustomers {
  /** Who has the e-mails, and which of the ids are given out: one query. */
  lookUp(
    tenant: string,
    wanted: { emailKeys: readonly string[]; customerIds: readonly string[] },
  ): Promise<{ accounts: Map<string, KnownAccount>; customerIds: Set<string> }>
  /** All of them in one batch, or none and an exception. */
  insertAll(tenant: string, changes: readonly Change[], write: Omit<Write, 'mails'>): Promise<Written>
}

export interface KnownAccount {
  customerId: string
  passwordHash?: string
}

/** What the database made of a write beside its rows. */
export interface Written {
  /** Ids of the webhook deliveries that subscriptions made of the messages. */
  deliveries: string[]
}

export interface StoredCustomer {
  record: CustomerRecord
  /** Operation that wrote the record last; tells after a lost answer whether it was ours. */
  operationId: string
  /** How many messages it has had, and how many about the customer itself others got to see. */
  messageSequence: number
  publishedSequence: number
  erased: boolean
}

export interface Write {
  operationId: string
  now: number
  actor?: Actor | undefined
  mails: OutboxEntry[]
}

/** Sessions of one customer, kept beside its object. Reads and writes take no time and cannot fail on their own. */
export interface SessionStore {
  list(): StoredSession[]
  put(session: Session): void
  remove(keys: string[]): void
}

/** Wakes the customer's object later, even after a crash; the last time that is named counts. Like `SessionStore`. */
export interface WakeUp {
  at(time: number): void
}
