/**
 * Composition: the ports over the platform, once per isolate and environment, and the aggregate inside its object.
 * The only file that knows all adapters.
 */
import type { Ports } from '../flows/ports/index.ts'
import { waitUntil } from 'cloudflare:workers'
import { sha256 } from '@noble/hashes/sha2.js'
import { encodeHex, encodeUtf8 } from '../domain/base/binary-text.ts'
import { readConfiguration, type Bindings } from '../env.ts'
import { CustomerAggregate } from '../flows/object/customer-aggregate.ts'
import { breachedPasswords } from './breached-passwords/pwned-range.ts'
import { cartService } from './carts/cart-service.ts'
import { accessTokens, remembered } from './crypto/access-tokens.ts'
import { clientSecrets } from './crypto/client-secrets.ts'
import { randomIds } from './crypto/ids.ts'
import { keyedHash } from './crypto/keyed-hash.ts'
import { argon2 } from './crypto/argon2.ts'
import { passwordHasher } from './crypto/passwords.ts'
import { anonymousRefreshTokens, pageSessions, refreshTokens } from './crypto/refresh-tokens.ts'
import { saasTokens } from './crypto/saas-tokens.ts'
import { accountFinder } from './d1/customer/account-finder.ts'
import { anonymousIds } from './d1/customer/anonymous-ids.ts'
import { emailSpellings } from './d1/customer/email-spellings.ts'
import { contactAssignmentQuery } from './d1/companies/contact-assignment-query.ts'
import { importedCustomers } from './d1/customer/imported-customers.ts'
import { customerQuery } from './d1/customer/customer-query.ts'
import { customerStore } from './d1/customer/customer-store.ts'
import { openDatabase } from './d1/database.ts'
import { oneDatabase } from './d1/databases.ts'
import { legalEntityStore } from './d1/companies/legal-entity-store.ts'
import { mailTemplateStore } from './d1/mail/mail-templates.ts'
import { messageStore } from './d1/customer/message-store.ts'
import { outboxTable } from './d1/mail/outbox.ts'
import { passwordMigrations } from './d1/tenants/password-migrations.ts'
import { resourceStore } from './d1/resource-store.ts'
import { tenantDirectory } from './d1/tenants/tenant-directory.ts'
import { undeliverableAddresses } from './d1/mail/undeliverable-addresses.ts'
import { webhookDeliveryTable } from './d1/webhooks/webhook-deliveries.ts'
import { webhookStore } from './d1/webhooks/webhook-store.ts'
import { attemptLimiter } from './durable-object/attempt-limiter.ts'
import type { ObjectParts } from './durable-object/customer-object.ts'
import { customerObjects } from './durable-object/customers.ts'
import { linkTo } from './email/links.ts'
import { mailRenderer } from './email/render.ts'
import type { Fetch } from './fetch/fetch-text.ts'
import { emailTransport } from './email/transports/transport.ts'
import { mixinSchemaValidator } from './json-schema/mixin-schemas.ts'
import { oneTimeTokens } from './kv/one-time-tokens.ts'
import { consoleLog } from './log/json-log.ts'
import { outboxQueue } from './queue/outbox-queue.ts'
import { webhookSecrets, webhookSender } from './webhook/sender.ts'

/** Throws `ConfigurationError` when a binding, secret or variable is missing, weak or a sample. */
export function composePorts(env: Bindings, log = consoleLog()): Ports {
  const configuration = readConfiguration(env)
  const { development, publicUrl, signingKeys, tokenSecret, passwordHashCost } = configuration
  const clock = { now: () => Date.now() }
  const databases = oneDatabase(openDatabase(env.DB))
  const hash = keyedHash(tokenSecret)
  const tokens = remembered(accessTokens({ publicUrl, signingKeys }, clock), clock)
  return {
    clock,
    ids: randomIds(),
    databases: databases.names,
    tenants: tenantDirectory(databases, clock),
    accounts: accountFinder(databases),
    customerQuery: customerQuery(databases),
    resources: resourceStore(databases),
    messages: messageStore(databases),
    legalEntities: legalEntityStore(databases),
    contactAssignments: contactAssignmentQuery(databases),
    passwords: passwordHasher(argon2, passwordHashCost),
    passwordMigrations: passwordMigrations(databases),
    breachedPasswords: breachedPasswords(outbound),
    accessTokens: tokens,
    saasTokens: saasTokens(publicUrl, hash, clock),
    clientSecrets: clientSecrets(),
    refreshTokens: refreshTokens(hash),
    pageSessions: pageSessions(hash),
    anonymousRefreshTokens: anonymousRefreshTokens(hash, clock),
    anonymousIds: anonymousIds(databases, clock),
    emailSpellings: emailSpellings(databases),
    oneTimeTokens: oneTimeTokens(env.TOKENS, hash.derive, clock),
    customers: customerObjects(env.CUSTOMERS),
    importedCustomers: importedCustomers(databases),
    outbox: outboxTable(databases),
    outboxQueue: outboxQueue(env.OUTBOX_QUEUE),
    webhooks: webhookStore(databases),
    webhookDeliveries: webhookDeliveryTable(databases),
    webhookQueue: outboxQueue(env.WEBHOOK_QUEUE),
    webhookSender: webhookSender({ development, fetch: outbound }),
    webhookSecrets: webhookSecrets(hash.derive),
    tokenLinks: { linkTo: (...token) => linkTo(publicUrl, ...token) },
    limiter: attemptLimiter(
      { standard: env.BURST_STANDARD, wide: env.BURST_WIDE },
      env.ATTEMPTS,
      async (text) => encodeHex(sha256(encodeUtf8(text))),
    ),
    mixinSchemas: mixinSchemaValidator({ development, clock, fetch: outbound }),
    carts: cartService(outbound, tokens),
    renderer: mailRenderer(publicUrl),
    mailTemplates: mailTemplateStore(databases, clock),
    transport: emailTransport(configuration, env, clock),
    undeliverableAddresses: undeliverableAddresses(databases),
    defer: (work, event, about) =>
      waitUntil(work.catch((error: unknown) => log.failure(event, error, about))),
    log,
    databaseProbe: async () => {
      await Promise.all(databases.names.map((name) => databases.named(name).run('SELECT 1')))
    },
  }
}

export function composeAggregate(
  env: Bindings,
  { ref, sessions, wakeUp, defer }: ObjectParts,
): CustomerAggregate {
  const storage = aggregateStorage.get(env) ?? composeAggregateStorage(env)
  aggregateStorage.set(env, storage)
  return new CustomerAggregate(ref, {
    ...storage,
    newId: () => crypto.randomUUID(),
    sessions,
    wakeUp,
    defer,
  })
}

const outbound: Fetch = (url, init) => fetch(url, init)

/** What all objects of an isolate share. */
const aggregateStorage = new WeakMap<Bindings, ReturnType<typeof composeAggregateStorage>>()

function composeAggregateStorage(env: Bindings) {
  const databases = oneDatabase(openDatabase(env.DB))
  return {
    store: customerStore(databases),
    outboxQueue: outboxQueue(env.OUTBOX_QUEUE),
    webhookQueue: outboxQueue(env.WEBHOOK_QUEUE),
  }
}
