/**
 * Ports of the use cases in memory, as small as a use case needs them. They keep the promises of `flows/ports/index.ts` where a
 * use case depends on them (a claim holds for its lease, a repeated mail is delivered once) and can be made to fail.
 */
import { emailKey } from '../../src/domain/credentials/email-address.ts'
import type { DeliveryFailure, OutboxEntry, UndeliverableReport } from '../../src/domain/mail/mail.ts'
import type { MailTemplateOverride } from '../../src/domain/mail/mail-template.ts'
import type { OneTimeToken } from '../../src/domain/credentials/one-time-token.ts'
import {
  judgeAttempt,
  judgeHour,
  type AttemptState,
  type HourState,
} from '../../src/domain/tenant/attempts.ts'
import type { JsonObject } from '../../src/domain/base/json.ts'
import type { AnonymousLink } from '../../src/domain/customer/cart.ts'
import { fail, ok } from '../../src/domain/base/result.ts'
import type { Client, Tenant } from '../../src/domain/tenant/tenant.ts'
import type {
  AccountFinder,
  AccountMatch,
  AttemptLimiter,
  CartService,
  Clock,
  EmailTransport,
  Ids,
  Log,
  LogFields,
  LogLevel,
  Mail,
  MailRenderer,
  MailTemplateStore,
  OneTimeTokens,
  OrderRef,
  Outbox,
  OutboxQueue,
  QueuedOrder,
  SendOutcome,
  TenantDirectory,
  UndeliverableAddresses,
} from '../../src/flows/ports/index.ts'
import { messageLostSeconds } from '../../src/domain/mail/mail.ts'
import { now } from './records.ts'

export function settableClock(time = now): Clock & { time: number } {
  const clock = { time, now: () => clock.time }
  return clock
}

export interface RecordedLog extends Log {
  told: { level: LogLevel; event: string; about: LogFields }[]
  failures: { event: string; error: unknown; about: LogFields }[]
}

export function recordedLog(): RecordedLog {
  const log: RecordedLog = {
    told: [],
    failures: [],
    tell: (level, event, about) => void log.told.push({ level, event, about }),
    failure: (event, error, about) => void log.failures.push({ event, error, about }),
  }
  return log
}

/** `name 1`, `name 2`, … in the order in which they are asked for. */
export function countedIds(): Ids {
  let count = 0
  const next = (name: string) => () => `${name} ${(count += 1)}`
  return {
    customerId: next('customer'),
    addressId: next('address'),
    companyId: next('company'),
    accountId: next('account'),
    tokenId: next('token'),
    sessionId: next('session'),
    sessionKey: next('key'),
    operationId: next('operation'),
    resourceId: next('resource'),
  }
}

export function fixedTenants(tenants: Tenant[], clients: Client[] = []): TenantDirectory {
  return {
    findTenant: async (key) => tenants.find((tenant) => tenant.key === key),
    findClient: async (id) => clients.find((client) => client.id === id),
    async revokeServiceTokens(id) {
      const client = clients.find((known) => known.id === id)
      if (client) client.revokedAt = now
    },
    async listTenants(after, limit) {
      const sorted = tenants.filter(({ key }) => key > after).sort((a, b) => (a.key < b.key ? -1 : 1))
      const listed = sorted.slice(0, limit)
      const next = sorted.length > limit ? listed.at(-1)?.key : undefined
      return { tenants: listed, ...(next !== undefined && { next }) }
    },
  }
}

/** Accounts by tenant and e-mail key, both changeable between calls. */
export function fixedAccounts(
  accounts: Map<string, AccountMatch>,
): AccountFinder & { failing: Error | undefined } {
  const finder = {
    failing: undefined as Error | undefined,
    async findAccount(tenant: string, emailKey: string) {
      if (finder.failing) throw finder.failing
      return accounts.get(`${tenant} ${emailKey}`)
    },
    async findFormerOwner(tenant: string, emailKey: string) {
      return [...accounts]
        .filter(([key]) => key.startsWith(`${tenant} `))
        .map(([, account]) => account)
        .find(({ emailUndos }) => emailUndos.some((undo) => undo.emailKey === emailKey))
    },
  }
  return finder
}

interface Row {
  entry: OutboxEntry
  claimedUntil: number
  dueAt: number
  reason?: string | undefined
  failure?: DeliveryFailure
}

export function outboxInMemory(): Outbox & { rows: Map<string, Row>; failing: Error | undefined } {
  const rows = new Map<string, Row>()
  const outbox = {
    rows,
    failing: undefined as Error | undefined,
    async add(entry: OutboxEntry) {
      if (outbox.failing) throw outbox.failing
      rows.set(entry.id, {
        entry,
        claimedUntil: 0,
        dueAt: Date.parse(entry.createdAt) + messageLostSeconds * 1000,
      })
    },
    async claim({ id }: QueuedOrder, time: number, leaseSeconds: number) {
      const row = rows.get(id)
      if (!row || row.failure || row.claimedUntil > time) return undefined
      row.claimedUntil = row.dueAt = time + leaseSeconds * 1000
      return row.entry
    },
    async release({ id }: QueuedOrder, dueAt: number, reason: string) {
      const row = rows.get(id)
      if (row) rows.set(id, { ...row, claimedUntil: 0, dueAt, reason })
    },
    async fail({ id }: QueuedOrder, failure: DeliveryFailure) {
      const row = rows.get(id)
      if (row && !row.failure)
        rows.set(id, { ...row, claimedUntil: 0, reason: failure.reason ?? row.reason, failure })
    },
    async complete({ id }: QueuedOrder) {
      rows.delete(id)
    },
    async takeDue(_database: string, time: number, nextDueAt: number, limit: number) {
      const due = [...rows.values()]
        .filter((row) => !row.failure && row.dueAt <= time)
        .sort((a, b) => a.dueAt - b.dueAt)
        .slice(0, limit)
      for (const row of due) row.dueAt = nextDueAt
      return due.map(({ entry: { tenant, id } }) => ({ tenant, id }))
    },
    async backlog() {
      const all = [...rows.values()]
      const waiting = all.filter(({ failure }) => !failure)
      return {
        waiting: waiting.length,
        delayed: waiting.filter(({ reason }) => reason !== undefined).length,
        failed: all.length - waiting.length,
      }
    },
  }
  return outbox
}

/** Marks by the keys of the mailboxes; nothing is ever allowed. */
export function undeliverableInMemory(): UndeliverableAddresses & {
  marks: Map<string, UndeliverableReport>
} {
  const marks = new Map<string, UndeliverableReport>()
  return {
    marks,
    async mark(reports) {
      for (const report of reports) marks.set(emailKey(report.email), report)
    },
    async find(emails) {
      return emails.flatMap((email) => {
        const mark = marks.get(emailKey(email))
        return mark ? [{ email, since: new Date(mark.at).toISOString(), reason: mark.reason }] : []
      })
    },
    forget: async () => 0,
  }
}

export function queueInMemory(): OutboxQueue & { sent: OrderRef[]; failing: Error | undefined } {
  const queue = {
    sent: [] as OrderRef[],
    failing: undefined as Error | undefined,
    async send(orders: readonly OrderRef[]) {
      if (queue.failing) throw queue.failing
      queue.sent.push(...orders)
    },
  }
  return queue
}

/** The secret of a token is `secret of {id}`; the second one of a mail, which has the same id, is `disowning {id}`. */
export function tokensInMemory(): OneTimeTokens & { published: OneTimeToken[] } {
  const published: OneTimeToken[] = []
  const secretOf = ({ id, purpose }: OneTimeToken) =>
    purpose === 'disowning' ? `disowning ${id}` : `secret of ${id}`
  return {
    published,
    async publish(token) {
      published.push(token)
      return secretOf(token)
    },
    find: async (secret) => published.find((token) => secret === secretOf(token)),
  }
}

export function transportInMemory(): EmailTransport & {
  delivered: Mail[]
  /** What it says about the next mails instead of delivering them. */
  failing: Error | SendOutcome | undefined
} {
  const transport = {
    delivered: [] as Mail[],
    failing: undefined as Error | SendOutcome | undefined,
    async send(mail: Mail): Promise<SendOutcome> {
      if (transport.failing instanceof Error) throw transport.failing
      if (transport.failing) return transport.failing
      if (!transport.delivered.some(({ id }) => id === mail.id)) transport.delivered.push(mail)
      return { kind: 'sent' }
    },
  }
  return transport
}

/** Puts the order into a mail without words. */
export const plainRenderer: MailRenderer = {
  render: ({ entry, order, tenant, secret, overrides }) => ({
    id: entry.id,
    tenant: tenant.key,
    template: order.template,
    to: order.to,
    from: tenant.settings.sender,
    subject: [order.template, ...overrides.map(({ subject }) => subject)].join(': '),
    text: JSON.stringify(order.recipient),
    html: order.site ?? '',
    createdAt: entry.createdAt,
    ...(secret === undefined ? {} : { token: secret }),
  }),
  check: async () => [],
  builtIn: () => [],
}

export function templatesInMemory(): MailTemplateStore {
  const stored = new Map<string, MailTemplateOverride[]>()
  const list = async (tenant: string) => stored.get(tenant) ?? []
  const without = async (tenant: string, { template, language }: { template: string; language: string }) =>
    (await list(tenant)).filter((one) => one.template !== template || one.language !== language)
  return {
    list,
    overridesOf: async (tenant, template) => (await list(tenant)).filter((one) => one.template === template),
    save: async (tenant, override) =>
      void stored.set(tenant, [...(await without(tenant, override)), override]),
    async remove(tenant, template, language) {
      const [before, after] = [await list(tenant), await without(tenant, { template, language })]
      stored.set(tenant, after)
      return after.length < before.length
    },
  }
}

/** Counts by the rules of the domain; networks are refused by name. */
export function limiterInMemory(): AttemptLimiter & {
  /** What was asked, in order. */
  asked: string[]
  refusedNetworks: Set<string>
} {
  const attempts = new Map<string, AttemptState>()
  const hours = new Map<string, HourState>()
  const limiter = {
    asked: [] as string[],
    refusedNetworks: new Set<string>(),
    network: async (_tenant: Tenant, network: string | undefined) => {
      limiter.asked.push('network')
      return network !== undefined && limiter.refusedNetworks.has(network)
        ? fail({ kind: 'TooManyAttempts', retryAfterSeconds: 60 })
        : ok(undefined)
    },
    async account(tenant: Tenant, emailKey: string, time: number, clearedAt: number | undefined) {
      limiter.asked.push(`account ${emailKey}`)
      const name = `${tenant.key} ${emailKey}`
      const verdict = judgeAttempt(attempts.get(name), tenant.settings.limits, time, clearedAt)
      if (!verdict.allowed) return fail({ kind: 'TooManyAttempts', ...retryAfter(verdict) })
      attempts.set(name, verdict.state)
      return ok(undefined)
    },
    async recipient(tenant: Tenant, emailKey: string, time: number) {
      limiter.asked.push(`recipient ${emailKey}`)
      const name = `${tenant.key} ${emailKey}`
      const verdict = judgeHour(hours.get(name), tenant.settings.limits.mailsPerHour, time)
      if (!verdict.allowed) return fail({ kind: 'TooManyAttempts', ...retryAfter(verdict) })
      hours.set(name, verdict.state)
      return ok(undefined)
    },
  }
  return limiter satisfies AttemptLimiter
}

const retryAfter = ({ retryAfterSeconds }: { retryAfterSeconds: number }) => ({ retryAfterSeconds })

export function cartsInMemory(): CartService & {
  told: { customerId: string; link: AnonymousLink }[]
  cart: JsonObject | undefined
} {
  const carts = {
    told: [] as { customerId: string; link: AnonymousLink }[],
    cart: undefined as JsonObject | undefined,
    async link(_tenant: Tenant, customerId: string, link: AnonymousLink) {
      carts.told.push({ customerId, link })
      return carts.cart
    },
  }
  return carts
}
