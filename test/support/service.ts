/**
 * All use cases over ports in memory, for tests of one of them at a time: a tenant, a visitor, customers who sign up and
 * log in, and their mails. A port that the tested use cases have no business with fails when it is touched.
 */
import { buildFlows } from '../../src/flows/index.ts'
import type { CustomerContext, VisitorContext } from '../../src/flows/context.ts'
import type { Mail, Ports } from '../../src/flows/ports/index.ts'
import type { CustomerRecord } from '../../src/domain/changes/change.ts'
import type { MailTemplate } from '../../src/domain/mail/mail.ts'
import type { Client, TenantSettings } from '../../src/domain/tenant/tenant.ts'
import type { CustomerTokens } from '../../src/flows/sessions/customer-session.ts'
import {
  accessTokensInMemory,
  anonymousIdsInMemory,
  anonymousRefreshTokensInMemory,
  readableClientSecrets,
  readablePasswords,
  readableSaasTokens,
  refreshTokensInMemory,
} from './credentials.ts'
import { accountsOf, customerQueryOf, customersInMemory } from './customers.ts'
import { memoryDatabase } from './memory.ts'
import {
  cartsInMemory,
  countedIds,
  fixedTenants,
  limiterInMemory,
  plainRenderer,
  queueInMemory,
  recordedLog,
  settableClock,
  templatesInMemory,
  tokensInMemory,
  transportInMemory,
  undeliverableInMemory,
} from './ports.ts'
import { tenantWith, valueOf } from './records.ts'
import { webhookSenderInMemory, webhooksInMemory } from './subscriptions.ts'

export const password = 'correct horse'
export const network = '192.0.2.1'

/** Owns every scope that a storefront has, and those named. */
export function clientOf(id: string, ...scopes: string[]): Client {
  return { id, tenant: 'acme', secretHash: `hash of ${id} secret`, scopes }
}
export const storefront = clientOf('acme-storefront', 'manage_my_profile', 'create_anonymous_token')

export type Service = ReturnType<typeof serviceInMemory>

export function serviceInMemory(settings: Partial<TenantSettings> = {}, clients: Client[] = [storefront]) {
  const tenant = tenantWith(settings)
  const clock = settableClock()
  const database = memoryDatabase()
  const parts = {
    clock,
    log: recordedLog(),
    ids: countedIds(),
    tenants: fixedTenants([tenant, tenantWith(settings, 'globex')], clients),
    accounts: accountsOf(database),
    customerQuery: customerQueryOf(database),
    customers: customersInMemory(database, clock),
    passwords: readablePasswords(),
    accessTokens: accessTokensInMemory(clock),
    saasTokens: readableSaasTokens,
    clientSecrets: readableClientSecrets,
    refreshTokens: refreshTokensInMemory(),
    anonymousRefreshTokens: anonymousRefreshTokensInMemory(clock),
    anonymousIds: anonymousIdsInMemory(),
    oneTimeTokens: tokensInMemory(),
    outbox: database.outbox,
    outboxQueue: queueInMemory(),
    webhooks: webhooksInMemory(),
    webhookQueue: queueInMemory(),
    webhookSender: webhookSenderInMemory(),
    limiter: limiterInMemory(),
    carts: cartsInMemory(),
    mailTemplates: templatesInMemory(),
    transport: transportInMemory(),
    undeliverableAddresses: undeliverableInMemory(),
  }
  const others: Partial<Ports> = {
    databases: [],
    legalEntities: { ...untouched<Ports['legalEntities']>('legalEntities'), names: async () => new Map() },
    resources: { ...untouched<Ports['resources']>('resources'), findAll: async () => [] },
    webhookSecrets: { secretOf: async ({ id }, number) => `secret ${number} of ${id}` },
    tokenLinks: { linkTo: (_tenant, _site, purpose, secret) => `https://shop.example/${purpose}#${secret}` },
    renderer: plainRenderer,
    defer: (work) => void work.catch(() => undefined),
  }
  const ports = new Proxy({ ...others, ...parts } as Ports, {
    get: (known, name) => Reflect.get(known, name) ?? untouched(String(name)),
  })
  const nothing = () => undefined
  const flows = buildFlows(ports, { emporix: nothing, commercetools: nothing, cloudevents: nothing })
  const visitor: VisitorContext = {
    tenant,
    network,
    sessionId: 'visit',
    actor: { clientId: storefront.id, anonymousId: 'visit' },
  }

  /** The mails that have been ordered since the last call. */
  const deliver = async (): Promise<Mail[]> => {
    parts.transport.delivered.length = 0
    for (const id of [...database.outbox.rows.keys()]) await flows.mailDelivery.deliver({ id }, 1)
    return [...parts.transport.delivered]
  }

  return {
    ...parts,
    ports,
    flows,
    tenant,
    database,
    visitor,
    deliver,

    async signUp(email = 'ada@shop.example', secret = password) {
      const draft = { firstName: 'Ada' }
      return valueOf(await flows.signUp.signUp(visitor, { email, password: secret, draft, addresses: [] }))
    },

    async logIn(email = 'ada@shop.example', secret = password) {
      return valueOf(await flows.signIn.signIn(visitor, { email, password: secret }))
    },

    /** As whom a request with the tokens comes. */
    async holding({ accessToken }: Pick<CustomerTokens, 'accessToken'>): Promise<CustomerContext> {
      const verdict = await parts.accessTokens.verify(accessToken)
      if (!verdict.ok || verdict.principal.kind !== 'customer') throw new Error('no token of a customer')
      const { principal } = verdict
      return { tenant, network, actor: { customerId: principal.customerId }, principal }
    },

    /** Whether a request with the tokens is let through. */
    async isLive(tokens: Pick<CustomerTokens, 'accessToken'>): Promise<boolean> {
      return (await flows.sessions.check(await this.holding(tokens))).ok
    },

    recordOf(customerId: string): CustomerRecord {
      const row = database.rows.get(`${tenant.key}:${customerId}`)
      if (!row) throw new Error(`no customer ${customerId}`)
      return row.record
    },

    /** The token of the mail that is ordered now; mails of other kinds are passed over. */
    async mailedToken(template: MailTemplate): Promise<string> {
      const mail = (await deliver()).find((one) => one.template === template)
      if (mail?.token === undefined) throw new Error(`no mail ${template} with a token`)
      return mail.token
    },
  }
}

function untouched<T extends object>(name: string): T {
  const refuse = () => {
    throw new Error(`These use cases have no business with the port ${name}.`)
  }
  return new Proxy({} as T, { get: refuse })
}
