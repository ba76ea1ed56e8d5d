/**
 * Everything that the use cases need of the outside, by name.
 */

import type { AttemptLimiter } from './attempts.ts'
import type { ContactAssignmentQuery, LegalEntityStore } from './companies.ts'
import type {
  AccessTokens,
  AnonymousIds,
  EmailSpellings,
  AnonymousRefreshTokens,
  BreachedPasswords,
  ClientSecrets,
  OneTimeTokens,
  PasswordHasher,
  PageSessions,
  RefreshTokens,
  SaasTokens,
} from './credentials.ts'
import type { AccountFinder, CustomerQuery } from './customer-query.ts'
import type { ImportedCustomers, Customers } from './customers.ts'
import type {
  EmailTransport,
  MailRenderer,
  MailTemplateStore,
  Outbox,
  OutboxQueue,
  UndeliverableAddresses,
} from './mail.ts'
import type { MessageStore } from './messages.ts'
import type { CartService, MixinSchemaValidator } from './neighbours.ts'
import type { PasswordMigrations } from './password-migrations.ts'
import type { ResourceStore } from './resources.ts'
import type { Clock, Defer, Ids, Log } from './runtime.ts'
import type { DatabaseName, TenantDirectory } from './tenants.ts'
import type { TokenLinks, WebhookDeliveries, WebhookSecrets, WebhookSender, Webhooks } from './webhooks.ts'

export interface Ports {
  clock: Clock
  ids: Ids
  /** Each sweep goes through all of them. */
  databases: readonly DatabaseName[]
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
  pageSessions: PageSessions
  anonymousRefreshTokens: AnonymousRefreshTokens
  anonymousIds: AnonymousIds
  emailSpellings: EmailSpellings
  oneTimeTokens: OneTimeTokens
  customers: Customers
  importedCustomers: ImportedCustomers
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
  log: Log
  /** Rejects when a database does not answer. */
  databaseProbe(): Promise<void>
}
