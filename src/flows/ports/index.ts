/**
 * What the use cases need from the outside, as interfaces. Adapters implement them, one platform primitive each; tests
 * may implement them in memory. Times are milliseconds since the epoch, lifetimes are seconds.
 */
import type { AttemptLimits, Client, Tenant } from '../../domain/tenant/tenant.ts'
import type { Criteria, SortKey } from '../../domain/base/criteria.ts'
import type { Customer } from '../../domain/customer/customer.ts'
import type { AnonymousLink } from '../../domain/customer/cart.ts'
import type { Json, JsonObject } from '../../domain/base/json.ts'
import type { MailRecipient } from '../../domain/mail/mail.ts'
import type { Resource, ResourceKind, ResourceRef } from '../../domain/resources/resource.ts'
import type { Result } from '../../domain/base/result.ts'
import type { ContactAssignmentQuery, LegalEntityStore } from './companies.ts'
import type {
  AccessTokens,
  AnonymousRefreshTokens,
  BreachedPasswords,
  ClientSecrets,
  OneTimeTokens,
  PasswordHasher,
  RefreshTokens,
  SaasTokens,
} from './credentials.ts'
import type { CustomerIntake, CustomerRef, Customers } from './customers.ts'
import type { PasswordMigrations } from './password-migrations.ts'
import type {
  EmailTransport,
  MailRenderer,
  MailTemplateStore,
  Outbox,
  OutboxQueue,
  UndeliverableAddresses,
} from './mail.ts'
import type { MessageStore } from './messages.ts'
import type { TokenLinks, WebhookDeliveries, Webhooks, WebhookSecrets, WebhookSender } from './webhooks.ts'

export type * from './companies.ts'
export type * from './credentials.ts'
export type * from './customers.ts'
export type * from './mail.ts'
export type * from './messages.ts'
export type * from './password-migrations.ts'
export type * from './webhooks.ts'

export interface Clock {
  now(): number
}

/** Fresh identifiers; secrets among them have at least 128 bits. */
export interface Ids {
  /** Decimal digits, more of them with every collision. */
  customerId(collisions: number): string
  addressId(): string
  /** Of a legal entity or a contact assignment. */
  companyId(): string
  accountId(): string
  tokenId(): string
  sessionId(): string
  sessionKey(): string
  operationId(): string
  /** Of a Type, store or customer group. */
  resourceId(): string
}

/** Tenants and clients, remembered for a short while, so that no request waits for them. */
export interface TenantDirectory {
  findTenant(key: string): Promise<Tenant | undefined>
  findClient(id: string): Promise<Client | undefined>
  /** At most `limit` tenants by key, from `after` on; those whose settings are not valid are left out. */
  listTenants(after: string, limit: number): Promise<{ tenants: Tenant[]; next?: string }>
}

/** Finds the account that a login e-mail belongs to: one query, by the unique index. */
export interface AccountFinder {
  findAccount(tenant: string, emailKey: string): Promise<AccountMatch | undefined>
}

export interface AccountMatch {
  customerId: string
  accountId: string
  email: string
  passwordHash?: string
  initialPassword: boolean
  clearedAt?: number
  credentialsRevision: number
  optInPending: boolean
  recipient: MailRecipient
}

/** Customers as the database has them: the last acknowledged state. Who was erased is never found. */
export interface CustomerQuery {
  find(ref: CustomerRef): Promise<Customer | undefined>
  /** Id of the customer with the key. */
  findId(tenant: string, key: string): Promise<string | undefined>
  /** One page, in order; fails with `CriteriaTooComplex`, `FieldUnknown` or `PageTooLarge`. */
  page(tenant: string, request: PageRequest): Promise<Result<Page<Customer>>>
}

export interface PageRequest {
  /** Absent: all customers of the tenant. */
  criteria?: Criteria | undefined
  /** Ties and the rest are in the order of ids. */
  sort: readonly SortKey[]
  limit: number
  offset: number
  withTotal: boolean
}

export interface Page<T> {
  items: T[]
  /** How many there are on all pages; only when it was asked for. */
  total?: number
}

/** Types, stores and customer groups in the database. */
export interface ResourceStore {
  find<K extends ResourceKind>(tenant: string, kind: K, ref: ResourceRef): Promise<Resource<K> | undefined>
  /** Those of the named ones that exist, in any order, in one query; nothing is asked when none is named. */
  findAll<K extends ResourceKind>(
    tenant: string,
    kind: K,
    refs: readonly ResourceRef[],
  ): Promise<Resource<K>[]>
  page<K extends ResourceKind>(
    tenant: string,
    kind: K,
    request: PageRequest,
  ): Promise<Result<Page<Resource<K>>>>
  /** Fails with `ValueTaken` when the key is. */
  insert(resource: Resource): Promise<Result<void>>
  /** Writes the next version over the one before it; fails with `ResourceConflict` when that is not stored, and `ValueTaken`. */
  save(next: Resource): Promise<Result<void>>
  /** Fails with `ResourceConflict` when another version is stored. */
  remove(resource: Resource): Promise<Result<void>>
}

/** Ids of visitors that clients chose themselves; each can be chosen once. */
export interface AnonymousIds {
  /** False when the id has been claimed before. */
  claim(tenant: string, anonymousId: string): Promise<boolean>
  /** The visitor's session is not to be refreshed again, whoever chose its id. */
  revoke(tenant: string, anonymousId: string): Promise<void>
  isRevoked(tenant: string, anonymousId: string): Promise<boolean>
  /** Forgets at most `limit` claims that are older, and says how many. */
  forget(olderThan: string, limit: number): Promise<number>
}

/** Bounds on guessing and flooding. Each call is one attempt. */
export interface AttemptLimiter {
  /** Burst limit of a network (an IPv4 address or an IPv6 /64). */
  network(tenant: Tenant, network: string | undefined): Promise<Result<void>>
  /** Counts one attempt on an account, known or not, as a failure until `clearedAt` says otherwise. */
  account(tenant: Tenant, emailKey: string, now: number, clearedAt: number | undefined): Promise<Result<void>>
  /** Counts one mail that a stranger causes to a recipient. */
  recipient(tenant: Tenant, emailKey: string, now: number): Promise<Result<void>>
}

export interface AttemptCounter {
  attempt(limits: AttemptLimits, now: number, clearedAt: number | undefined): Promise<number>
  hourly(countMax: number, now: number): Promise<number>
}

export interface MixinSchemaValidator {
  /** Violations of `value` against the schema at `url`, with paths below `field`. */
  validate(tenant: Tenant, url: string, value: Json, field: string): Promise<Result<void>>
}

/** The carts of a tenant that has named a service for them. */
export interface CartService {
  /** The customer's cart after the log-in; undefined when there is none, or nobody to ask. */
  link(tenant: Tenant, customerId: string, link: AnonymousLink): Promise<JsonObject | undefined>
}

/** Work that the answer does not wait for and that nothing acknowledged depends on. */
export type Defer = (work: Promise<unknown>) => void

export interface Ports {
  clock: Clock
  ids: Ids
  tenants: TenantDirectory
  accounts: AccountFinder
  customerQuery: CustomerQuery
  resources: ResourceStore
  messages: MessageStore
  legalEntities: LegalEntityStore
  contactAssignments: ContactAssignmentQuery
  passwords: PasswordHasher
  passwordMigrations: PasswordMigrations
  breachedPasswords: BreachedPasswords
  accessTokens: AccessTokens
  saasTokens: SaasTokens
  clientSecrets: ClientSecrets
  refreshTokens: RefreshTokens
  anonymousRefreshTokens: AnonymousRefreshTokens
  anonymousIds: AnonymousIds
  oneTimeTokens: OneTimeTokens
  customers: Customers
  customerIntake: CustomerIntake
  outbox: Outbox
  outboxQueue: OutboxQueue
  webhooks: Webhooks
  webhookDeliveries: WebhookDeliveries
  webhookQueue: OutboxQueue
  webhookSender: WebhookSender
  webhookSecrets: WebhookSecrets
  tokenLinks: TokenLinks
  limiter: AttemptLimiter
  mixinSchemas: MixinSchemaValidator
  carts: CartService
  renderer: MailRenderer
  mailTemplates: MailTemplateStore
  transport: EmailTransport
  undeliverableAddresses: UndeliverableAddresses
  defer: Defer
  /** Rejects when the database does not answer. */
  databaseProbe(): Promise<void>
}
