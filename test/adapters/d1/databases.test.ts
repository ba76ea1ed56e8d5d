/**
 * Two databases with a tenant each: every function of every store keeps to the right one. The types of the tables below
 * demand that none is left out.
 */
import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { contactAssignmentQuery } from '../../../src/adapters/d1/companies/contact-assignment-query.ts'
import { legalEntityStore } from '../../../src/adapters/d1/companies/legal-entity-store.ts'
import { accountFinder } from '../../../src/adapters/d1/customer/account-finder.ts'
import { anonymousIds } from '../../../src/adapters/d1/customer/anonymous-ids.ts'
import { importedCustomers } from '../../../src/adapters/d1/customer/imported-customers.ts'
import { customerQuery } from '../../../src/adapters/d1/customer/customer-query.ts'
import { customerStore } from '../../../src/adapters/d1/customer/customer-store.ts'
import { messageStore } from '../../../src/adapters/d1/customer/message-store.ts'
import type { Databases } from '../../../src/adapters/d1/databases.ts'
import { mailTemplateStore } from '../../../src/adapters/d1/mail/mail-templates.ts'
import { outboxTable } from '../../../src/adapters/d1/mail/outbox.ts'
import { undeliverableAddresses } from '../../../src/adapters/d1/mail/undeliverable-addresses.ts'
import { resourceStore } from '../../../src/adapters/d1/resource-store.ts'
import { passwordMigrations } from '../../../src/adapters/d1/tenants/password-migrations.ts'
import { tenantDirectory } from '../../../src/adapters/d1/tenants/tenant-directory.ts'
import { webhookDeliveryTable } from '../../../src/adapters/d1/webhooks/webhook-deliveries.ts'
import { webhookStore } from '../../../src/adapters/d1/webhooks/webhook-store.ts'
import type { CustomerRecord } from '../../../src/domain/changes/change.ts'
import type { LegalEntity } from '../../../src/domain/customer/company.ts'
import type { Webhook } from '../../../src/domain/events/webhook.ts'
import type { OutboxEntry } from '../../../src/domain/mail/mail.ts'
import type { Resource } from '../../../src/domain/resources/resource.ts'
import type { ClaimedDelivery, CustomerStore, PageRequest, Ports } from '../../../src/flows/ports/index.ts'
import { observedDatabase } from '../../support/observed-database.ts'
import { settableClock } from '../../support/ports.ts'
import { accountOf, createdAt, now, recordWith, valueOf } from '../../support/records.ts'

const observed = { DB: observedDatabase(env.DB), OTHER_DB: observedDatabase(env.OTHER_DB) }
type Name = keyof typeof observed
const nameOf = (tenant: string): Name => (tenant === 'globex' ? 'OTHER_DB' : 'DB')
const databases: Databases = {
  directory: observed.DB.database,
  names: ['DB', 'OTHER_DB'],
  named: (name) => observed[name as Name].database,
  databaseOf: async (tenant) => observed[nameOf(tenant)].database,
}
const clock = settableClock()

beforeAll(async () => {
  const tables = env.TEST_MIGRATIONS.flatMap(({ queries }) => queries)
  await env.OTHER_DB.batch(tables.map((statement) => env.OTHER_DB.prepare(statement)))
})
beforeEach(() => Object.values(observed).forEach(({ statements }) => statements.splice(0)))

/** Which databases have been asked since the test began. */
const asked = () => Object.keys(observed).filter((name) => observed[name as Name].statements.length > 0)

type Calls<Store> = Record<keyof Store, () => unknown>
type Stores = Pick<
  Ports,
  | 'accounts'
  | 'anonymousIds'
  | 'contactAssignments'
  | 'importedCustomers'
  | 'customerQuery'
  | 'legalEntities'
  | 'mailTemplates'
  | 'messages'
  | 'passwordMigrations'
  | 'resources'
  | 'webhooks'
  | 'webhookDeliveries'
> & { customerStore: CustomerStore; outbox: Omit<Ports['outbox'], 'backlog'> }

/** One call of each function, about a tenant or, where it sweeps, about all of a database. */
function callsOf(tenant: string): { [Store in keyof Stores]: Calls<Stores[Store]> } {
  const database = nameOf(tenant)
  const request: PageRequest = { criteria: undefined, sort: [], limit: 10, offset: 0, withTotal: true }
  const [order, kept] = [{ tenant, id: 'x' }, [{ tenant, since: createdAt }]]
  const ref = { tenant, customerId: 'x' }

  const accounts = accountFinder(databases)
  const visitors = anonymousIds(databases, clock)
  const assignments = contactAssignmentQuery(databases)
  const imported = importedCustomers(databases)
  const query = customerQuery(databases)
  const store = customerStore(databases)
  const stored = storedOf(recordOf(tenant, 'x'))
  const change = { record: recordOf(tenant, 'y'), messages: [], mails: [] }
  const legalEntities = legalEntityStore(databases)
  const entity: LegalEntity = {
    ...{ tenant, id: 'x', version: 1, createdAt, modifiedAt: createdAt, name: 'X', type: 'COMPANY' },
    ...{ mixins: {}, mixinSchemas: {} },
  }
  const templates = mailTemplateStore(databases, clock)
  const words = { language: 'en', subject: 's', text: 't', html: 'h', modifiedAt: createdAt }
  const messages = messageStore(databases)
  const migrations = passwordMigrations(databases)
  const outbox = outboxTable(databases)
  const resources = resourceStore(databases)
  const resource: Resource<'customer-group'> = {
    ...{ tenant, kind: 'customer-group', id: 'x', version: 1, createdAt, modifiedAt: createdAt },
    body: { name: 'Gold' },
  }
  const hooks = webhookStore(databases)
  const hook: Webhook = {
    ...{
      id: crypto.randomUUID(),
      tenant,
      url: 'https://shop.example/',
      format: 'cloudevents',
      events: ['*'],
    },
    ...{ excludedFields: [], includeTokens: false, secretNumber: 1, createdAt, modifiedAt: createdAt },
  }
  const deliveries = webhookDeliveryTable(databases)
  const delivery: ClaimedDelivery = {
    ...{ id: 'x', eventId: 'e', event: 'customer.created', customerId: 'x', sequence: 1, createdAt },
    ...{ status: 'pending', attempts: 1, firstAttemptAt: now, webhook: hook },
  }
  const failure = { kind: 'exhausted', failedAt: createdAt } as const

  return {
    accounts: {
      findAccount: () => accounts.findAccount(tenant, 'ada@shop.example'),
      findFormerOwner: () => accounts.findFormerOwner(tenant, 'ada@shop.example'),
    },
    anonymousIds: {
      claim: () => visitors.claim(tenant, 'x'),
      revoke: () => visitors.revoke(tenant, 'x'),
      isRevoked: () => visitors.isRevoked(tenant, 'x'),
      wasRevoked: () => anonymousIds(databases, clock).wasRevoked(tenant, 'x', now),
      forget: () => visitors.forget(database, createdAt, 10),
    },
    contactAssignments: {
      findAll: () => assignments.findAll(tenant, ['x']),
      page: () => assignments.page(tenant, request),
    },
    importedCustomers: {
      lookUp: () => imported.lookUp(tenant, { emailKeys: ['ada@shop.example'], customerIds: ['x'] }),
      insertAll: () => imported.insertAll(tenant, [change], { operationId: 'o', now }),
    },
    customerQuery: {
      find: () => query.find(ref),
      findId: () => query.findId(tenant, 'key'),
      page: () => query.page(tenant, request),
    },
    customerStore: {
      load: () => store.load(ref),
      insert: () => store.insert({ ...change, record: recordOf(tenant, 'z') }, write('o')),
      save: () =>
        store.save(stored, { ...change, record: recordOf(tenant, 'x', 2) }, write('o')).catch(ignore),
      // Asks the directory, too: the marks on addresses are there.
      erase: () => 'see below',
    },
    legalEntities: {
      find: () => legalEntities.find(tenant, 'x'),
      names: () => legalEntities.names(tenant, ['x']),
      page: () => legalEntities.page(tenant, request),
      lineage: () => legalEntities.lineage(tenant, 'x'),
      insert: () => legalEntities.insert(entity),
      save: () => legalEntities.save({ ...entity, version: 2 }, 1),
      findOrInsert: () => legalEntities.findOrInsert({ ...entity, id: 'y' }, 'HRB 1'),
      dissolve: () => legalEntities.dissolve(tenant, 'x', now),
      leftovers: async () => [
        await legalEntities.leftovers({ tenant }, 10),
        await legalEntities.leftovers({ database }, 10),
      ],
      purge: async () => [await legalEntities.purge({ tenant }), await legalEntities.purge({ database })],
    },
    mailTemplates: {
      overridesOf: () => templates.overridesOf(tenant, 'welcome'),
      list: () => templates.list(tenant),
      save: () => templates.save(tenant, { ...words, template: 'welcome' }),
      remove: () => templates.remove(tenant, 'welcome', 'en'),
    },
    messages: {
      find: () => messages.find(tenant, 'x'),
      page: () => messages.page(tenant, request),
      forget: () => messages.forget(database, kept, 10),
    },
    outbox: {
      add: () => outbox.add(entryOf(tenant)),
      claim: () => outbox.claim(order, now, 60),
      release: () => outbox.release(order, now, 'later'),
      fail: () => outbox.fail(order, failure),
      complete: () => outbox.complete(order),
      takeDue: () => outbox.takeDue(database, now, now, 10),
    },
    passwordMigrations: {
      find: () => migrations.find(tenant),
      save: () =>
        migrations.save(tenant, { endDate: '2027-02-01', reminderDate: '2027-01-01', notifies: true }),
      remove: () => migrations.remove(tenant),
      due: () => migrations.due(database, '2027-01-01'),
      unmigrated: () => migrations.unmigrated(tenant, '', 10),
      markReminded: () => migrations.markReminded(tenant, 'x', false),
    },
    resources: {
      find: () => resources.find(tenant, 'customer-group', { id: 'x' }),
      findAll: () => resources.findAll(tenant, 'customer-group', [{ id: 'x' }]),
      page: () => resources.page(tenant, 'customer-group', request),
      insert: () => resources.insert(resource),
      save: () => resources.save({ ...resource, version: 2 }),
      remove: () => resources.remove(resource),
    },
    webhooks: {
      list: () => hooks.list(tenant),
      find: () => hooks.find(tenant, hook.id),
      insert: () => hooks.insert(hook),
      change: () => hooks.change(tenant, hook.id, { modifiedAt: createdAt }),
      rotateSecret: () => hooks.rotateSecret(tenant, hook.id, createdAt, now),
      remove: () => hooks.remove(tenant, hook.id),
      disable: () => hooks.disable(tenant, hook.id, createdAt, 'gone', entryOf(tenant)),
    },
    webhookDeliveries: {
      claim: () => deliveries.claim(order, now, 60),
      release: () => deliveries.release(delivery, { at: now }, now),
      conclude: () => deliveries.conclude(delivery, { at: now }, 'failed'),
      takeDue: async () => [
        await deliveries.takeDue({ tenant }, now, now, 10),
        await deliveries.takeDue({ database }, now, now, 10),
      ],
      page: () => deliveries.page(tenant, hook.id, { limit: 10 }),
      replay: () => deliveries.replay(tenant, hook.id, { eventId: 'e' }, now),
      forget: () => deliveries.forget(database, kept, 10),
    },
  }
}

describe.each(['acme', 'globex'])('what is asked about %s', (tenant) => {
  const all = Object.entries(callsOf(tenant)).flatMap(([store, calls]) =>
    Object.entries<() => unknown>(calls).map(([name, call]) => [`${store}.${name}`, call] as const),
  )
  it.each(all.filter(([name]) => name !== 'customerStore.erase'))(
    'by %s is asked of its database alone',
    async (_name, call) => {
      await call()
      expect(asked()).toEqual([nameOf(tenant)])
    },
  )
})

describe('the directory alone', () => {
  const tenants = tenantDirectory(databases, clock)
  const marks = undeliverableAddresses(databases)
  const calls: Calls<typeof tenants> & Calls<typeof marks> = {
    findTenant: () => tenants.findTenant('globex'),
    findClient: () => tenants.findClient('globex-storefront'),
    revokeServiceTokens: () => tenants.revokeServiceTokens('globex-storefront'),
    listTenants: () => tenants.listTenants('', 10),
    mark: () => marks.mark([{ email: 'ada@shop.example', at: now, reason: 'bounced' }]),
    find: () => marks.find(['ada@shop.example']),
    forget: () => marks.forget({ marked: createdAt, allowed: createdAt }, 10),
  }
  it.each(Object.entries(calls))('knows what %s asks for', async (_name, call) => {
    await call()
    expect(asked()).toEqual(['DB'])
  })

  it('has the order of a message that names no tenant', async () => {
    const [outbox, entry, other] = [outboxTable(databases), entryOf('acme'), entryOf('globex')]
    await outbox.add(entry)
    await outbox.add(other)
    expect(await outbox.claim({ id: entry.id }, now, 60)).toEqual(entry)
    expect(await outbox.claim({ id: other.id }, now, 60)).toBeUndefined()
    expect(await outbox.claim(other, now, 60)).toEqual(other)
  })
})

it('the backlog is that of all databases', async () => {
  const outbox = outboxTable(databases)
  const { waiting } = await outbox.backlog()
  await outbox.add(entryOf('acme'))
  await outbox.add(entryOf('globex'))
  expect(await outbox.backlog()).toMatchObject({ waiting: waiting + 2 })
})

describe.each([
  ['acme', 'globex'],
  ['globex', 'acme'],
])('a customer of %s who is erased', (tenant, elsewhere) => {
  const store = customerStore(databases)
  const marks = undeliverableAddresses(databases)
  const insert = async (record: CustomerRecord, messages: Parameters<typeof store.insert>[0]['messages']) =>
    valueOf(await store.insert({ record, messages, mails: [] }, write('insert')))

  it('takes the marks along, but for those of addresses that others sign in with in any database', async () => {
    const id = `erased-${tenant}`
    const record = recordOf(tenant, id, 1, [accountOf(`own-${id}`), accountOf(`shared-${id}`)])
    await insert(record, [
      {
        type: 'CustomerEmailChanged',
        payload: { email: `own-${id}@shop.example`, oldEmail: `EARLIER-${id}@shop.example` },
      },
    ])
    await insert(recordOf(elsewhere, `other-${id}`, 1, [accountOf(`shared-${id}`)]), [])
    const emails = ['own', 'shared', 'earlier'].map((name) => `${name}-${id}@shop.example`)
    const stranger = `stranger-${id}@shop.example`
    await marks.mark([...emails, stranger].map((email) => ({ email, at: now, reason: 'bounced' })))
    const before = await store.load({ tenant, customerId: id })
    if (!before) throw new Error('The customer is not there.')
    valueOf(await store.erase(before, [], write('erase'), false))
    const left = await marks.find([...emails, stranger])
    expect(left.map(({ email }) => email)).toEqual([`shared-${id}@shop.example`, stranger])
    expect(await store.load({ tenant, customerId: id })).toMatchObject({ erased: true })
    expect(await accountFinder(databases).findAccount(elsewhere, `shared-${id}@shop.example`)).toBeDefined()
  })
})

function recordOf(tenant: string, id: string, version = 1, accounts = [accountOf(`${tenant}-${id}`)]) {
  return recordWith({ tenant, id, version }, { accounts })
}

function storedOf(record: CustomerRecord) {
  return { record, operationId: 'before', messageSequence: 0, publishedSequence: 0, erased: false }
}

function write(operationId: string) {
  return { operationId, now, mails: [] }
}

function entryOf(tenant: string): OutboxEntry {
  const order = { kind: 'addressed', template: 'welcome', to: 'ada@shop.example', recipient: {} } as const
  return { id: crypto.randomUUID(), tenant, order, createdAt: new Date(now).toISOString() }
}

/** The customer is not there, which is of no matter to where it is looked for. */
function ignore(): void {}
