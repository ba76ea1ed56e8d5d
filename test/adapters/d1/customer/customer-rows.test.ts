/**
 * A customer in rows: every field comes back as it was, a change writes the rows that it is about and no others, and a
 * deletion leaves nothing personal in any table (T62). The guard has a file of its own, `customer-store.test.ts`.
 */
import { oneDatabase } from '../../../../src/adapters/d1/databases.ts'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { customerStore } from '../../../../src/adapters/d1/customer/customer-store.ts'
import { undeliverableAddresses } from '../../../../src/adapters/d1/mail/undeliverable-addresses.ts'
import { addressTextFields } from '../../../../src/domain/customer/address.ts'
import { apply } from '../../../../src/domain/changes/apply.ts'
import type { CustomerRecord } from '../../../../src/domain/changes/change.ts'
import { profileTextFields } from '../../../../src/domain/customer/customer.ts'
import type { OutboxEntry } from '../../../../src/domain/mail/mail.ts'
import type { CustomerAction } from '../../../../src/domain/changes/update-action.ts'
import type { StoredCustomer, Write } from '../../../../src/flows/ports/index.ts'
import { observedDatabase } from '../../../support/observed-database.ts'
import {
  accountOf,
  addressOf,
  createdAt,
  now,
  recordWith,
  tokenOf,
  valueOf,
} from '../../../support/records.ts'

const observed = observedDatabase()
const store = customerStore(oneDatabase(observed.database))

function write(operationId = crypto.randomUUID(), mails: OutboxEntry[] = []): Write {
  return { operationId, now, mails }
}

/** Texts that an escape or an encoding could hurt. */
const odd = (name: string) => `${name} 'x' "y" \\ 😀 é \n {"a":1}`

/** A record with a value in every field there is. */
function fullRecord(id: string): CustomerRecord {
  const texts = Object.fromEntries(addressTextFields.map((field) => [field, odd(field)]))
  return recordWith(
    {
      ...Object.fromEntries(profileTextFields.map((field) => [field, odd(field)])),
      id,
      emailVerified: true,
      active: false,
      onHold: true,
      lastLoginAt: createdAt,
      mixins: { size: { shoe: 41.5, hat: null, list: [1, { a: true }] }, constructor: { a: 1 } },
      mixinSchemas: { size: 'https://schema.example/size' },
      addresses: [
        addressOf('z', {
          ...texts,
          tags: ['SHIPPING', 'x'],
          mixins: { a: [1] },
          mixinSchemas: { a: 'https://s.example' },
        }),
        addressOf('a', { tags: ['SHIPPING', 'BILLING'] }),
        addressOf('m'),
      ],
      shippingAddressIds: ['a', 'z'],
      billingAddressIds: ['a'],
      defaultAddressId: 'm',
      defaultShippingAddressId: 'z',
      defaultBillingAddressId: 'a',
    },
    {
      revision: 9,
      accounts: [
        accountOf(`Ada.${id}`, { emailKey: `ada.${id}@shop.example`, clearedAt: now, initialPassword: true }),
        withoutPassword(`bob.${id}`),
      ],
      optInPending: true,
      optInAccepted: { tokenId: 'token', at: now },
      emailChange: {
        tokenId: 'other',
        accountId: 'ada',
        newEmail: 'new@shop.example',
        syncContactEmail: true,
      },
    },
  )
}

function withoutPassword(name: string) {
  const { passwordHash: _none, ...account } = accountOf(name)
  return account
}

async function inserted(record: CustomerRecord): Promise<StoredCustomer> {
  valueOf(await store.insert({ record, messages: [], mails: [] }, write()))
  return loaded(record)
}

async function loaded({ customer }: CustomerRecord): Promise<StoredCustomer> {
  const found = await store.load({ tenant: customer.tenant, customerId: customer.id })
  if (!found) throw new Error('the customer is there')
  return found
}

describe('a customer', () => {
  it('with a value in every field comes back as it was', async () => {
    const record = fullRecord(crypto.randomUUID())
    expect((await inserted(record)).record).toEqual(record)
  })

  it('with nothing but what has to be there comes back without anything more', async () => {
    const id = crypto.randomUUID()
    const record = recordWith({ id }, { accounts: [accountOf(id)] })
    expect((await inserted(record)).record).toEqual(record)
  })

  it('is found under its own tenant only, though another has one of the same id and e-mail', async () => {
    const id = crypto.randomUUID()
    const here = recordWith({ id, firstName: 'Ada' }, { accounts: [accountOf(id)] })
    const there = recordWith({ id, firstName: 'Grace', tenant: 'globex' }, { accounts: [accountOf(id)] })
    await inserted(here)
    expect(await store.load({ tenant: 'globex', customerId: id })).toBeUndefined()
    await inserted(there)
    expect((await loaded(here)).record).toEqual(here)
    expect((await loaded(there)).record).toEqual(there)
  })
})

describe('a change', () => {
  it.each<[string, CustomerAction[], string[]]>([
    [
      'a field',
      [{ action: 'set', field: 'title', value: 'Dr' }],
      ['update customers', 'insert messages', 'insert webhook_deliveries'],
    ],
    [
      'a log-in',
      [{ action: 'recordLogin', accountId: 'first' }],
      ['update customers', 'update accounts', 'insert messages', 'insert webhook_deliveries'],
    ],
    [
      'a password',
      [{ action: 'setPassword', accountId: 'second', passwordHash: 'new', cause: 'change' }],
      ['update customers', 'update accounts', 'insert messages', 'insert webhook_deliveries'],
    ],
    [
      'a further account',
      [
        {
          action: 'addAccount',
          accountId: 'third',
          email: 'e@x.example',
          emailKey: 'e@x.example',
          passwordHash: '-',
        },
      ],
      ['update customers', 'insert accounts', 'insert messages', 'insert webhook_deliveries'],
    ],
    [
      'one address of three',
      [{ action: 'patchAddress', addressId: 'b', address: { city: 'Paris' } }],
      ['update customers', 'insert addresses', 'insert messages', 'insert webhook_deliveries'],
    ],
    [
      'the default, which is no matter of an address row',
      [{ action: 'patchAddress', addressId: 'b', address: { isDefault: true } }],
      ['update customers', 'insert messages', 'insert webhook_deliveries'],
    ],
    [
      'the last address away',
      [{ action: 'removeAddress', addressId: 'c' }],
      ['update customers', 'delete addresses', 'insert messages', 'insert webhook_deliveries'],
    ],
  ])('of %s writes these rows and no others', async (_what, actions, expected) => {
    const id = crypto.randomUUID()
    const record = recordWith(
      { id, addresses: ['a', 'b', 'c'].map((address) => addressOf(address)) },
      { accounts: ['first', 'second'].map((name) => ({ ...accountOf(`${name}.${id}`), id: name })) },
    )
    const before = await inserted(record)
    const change = valueOf(apply(before.record, unique(actions), now))
    observed.statements.length = 0
    valueOf(await store.save(before, change, write('the change')))
    expect(observed.statements).toEqual(expected)
    const after = await loaded(record)
    expect(after.record).toEqual(change.record)
    expect(after).toMatchObject({ operationId: 'the change', messageSequence: change.messages.length })
  })

  it('that moves an e-mail frees the old one and keeps the order of the accounts', async () => {
    const id = crypto.randomUUID()
    const pending = {
      tokenId: 'token',
      accountId: 'first',
      newEmail: `New.${id}@x.example`,
      syncContactEmail: false,
    }
    const accounts = ['first', 'second'].map((name) => ({ ...accountOf(`${name}.${id}`), id: name }))
    const before = await inserted(recordWith({ id }, { accounts, emailChange: pending }))
    const change = valueOf(
      apply(before.record, [{ action: 'completeEmailChange', undoToken: tokenOf('email_undo') }], now),
    )
    valueOf(await store.save(before, change, write()))
    expect((await loaded(change.record)).record).toEqual(change.record)
    const successor = recordWith({ id: crypto.randomUUID() }, { accounts: [accountOf(`first.${id}`)] })
    expect((await store.insert({ record: successor, messages: [], mails: [] }, write())).ok).toBe(true)
  })

  it('to an e-mail that somebody has taken meanwhile is refused by its name and writes nothing', async () => {
    const id = crypto.randomUUID()
    const owner = accountOf(`owner.${id}`)
    await inserted(recordWith({ id: crypto.randomUUID() }, { accounts: [owner] }))
    const account = { ...accountOf(id), id: 'ada' }
    const pending = { tokenId: 'token', accountId: 'ada', newEmail: owner.email, syncContactEmail: false }
    const before = await inserted(
      recordWith({ id }, { accounts: [account, accountOf(`second.${id}`)], emailChange: pending }),
    )
    const change = valueOf(
      apply(before.record, [{ action: 'completeEmailChange', undoToken: tokenOf('email_undo') }], now),
    )
    expect(await store.save(before, change, write())).toEqual({
      ok: false,
      error: { kind: 'EmailTaken', email: owner.email },
    })
    expect(await loaded(before.record)).toEqual(before)
  })

  it('that adds an e-mail which is the customer’s own already is refused by its name', async () => {
    const id = crypto.randomUUID()
    const account = accountOf(id)
    const before = await inserted(recordWith({ id }, { accounts: [account] }))
    const { email, emailKey } = account
    const add: CustomerAction = { action: 'addAccount', accountId: 'new', email, emailKey, passwordHash: '-' }
    const refused = { ok: false, error: { kind: 'EmailTaken', email } }
    expect(apply(before.record, [add], now)).toEqual(refused)
    const { credentials } = before.record
    const accounts = [...credentials.accounts, { ...account, id: 'new' }]
    const doubled = { ...before.record, credentials: { ...credentials, accounts } }
    const change = { record: doubled, messages: [], mails: [] }
    expect(await store.save(before, change, write()), 'by the index as well').toEqual(refused)
  })

  it('writes its messages in their order and numbers them without a gap', async () => {
    const id = crypto.randomUUID()
    const before = await inserted(recordWith({ id }, { accounts: [accountOf(id)] }))
    const actions = Array.from({ length: 25 }, (_, n): CustomerAction => ({
      action: 'set',
      field: 'title',
      value: `title ${n}`,
    }))
    valueOf(await store.save(before, valueOf(apply(before.record, actions, now)), write()))
    const { results } = await env.DB.prepare(
      'SELECT sequence, payload, resource_version FROM messages WHERE resource_id = ? ORDER BY sequence',
    )
      .bind(id)
      .all()
    expect(results).toEqual(
      Array.from({ length: 25 }, (_, n) => ({
        sequence: n + 1,
        payload: JSON.stringify({ title: `title ${n}` }),
        resource_version: 8,
      })),
    )
  })
})

it('a deletion leaves nothing personal in any table', async () => {
  const id = crypto.randomUUID()
  const canary = `canary-${id}`
  const record = recordWith(
    {
      id,
      firstName: canary,
      contactEmail: `${canary}@x.example`,
      mixins: { a: canary },
      addresses: [addressOf('home', { street: canary })],
    },
    {
      accounts: [accountOf(canary)],
      emailChange: {
        ...{ tokenId: 't', accountId: canary, syncContactEmail: true },
        newEmail: `${canary}-new@x.example`,
      },
      emailUndos: [
        {
          ...{
            tokenId: 'u',
            accountId: canary,
            since: now,
            until: now,
            proved: { at: 1, by: 'back_office' },
          },
          email: `${canary}-undo@x.example`,
          emailKey: `${canary}-undo@x.example`,
        },
      ],
    },
  )
  const order = {
    kind: 'addressed',
    template: 'opt-in',
    to: `${canary}@x.example`,
    recipient: { firstName: canary },
  } as const
  const mails: OutboxEntry[] = [{ id: crypto.randomUUID(), tenant: 'acme', customerId: id, order, createdAt }]
  const oldEmail = `${canary}-EARLIER@x.example`
  const messages = [
    { type: 'CustomerFirstNameSet' as const, payload: { firstName: canary } },
    { type: 'CustomerEmailChanged' as const, payload: { email: 'a@x.example', oldEmail } },
  ]
  valueOf(await store.insert({ record, messages, mails: [] }, write('create', mails)))
  const emails = ['', '-undo', '-new', '-earlier'].map((name) => `${canary}${name}@x.example`)
  const reports = emails.map((email) => ({ email, at: now, reason: 'bounced' as const, detail: canary }))
  await undeliverableAddresses(oneDatabase(observed.database)).mark(reports)
  for (const to of emails) {
    const mail = { ...{ id: crypto.randomUUID(), tenant: 'acme', to, subject: canary }, createdAt }
    await env.DB.prepare('INSERT INTO mailbox (id, recipient, created_at, mail) VALUES (?, ?, ?, ?)')
      .bind(mail.id, to, createdAt, JSON.stringify(mail))
      .run()
  }
  expect((await tablesWith(canary)).toSorted()).toEqual([
    'accounts',
    'addresses',
    'customers',
    'mailbox',
    'messages',
    'outbox',
    'undeliverable_addresses',
  ])

  const before = await loaded(record)
  valueOf(await store.erase(before, [{ type: 'CustomerDeleted', payload: {} }], write('erase')))
  expect(await tablesWith(canary)).toEqual([])
  expect(await loaded(record)).toMatchObject({ erased: true, operationId: 'erase', messageSequence: 3 })
  const { results } = await env.DB.prepare('SELECT type, sequence FROM messages WHERE resource_id = ?')
    .bind(id)
    .all()
  expect(results).toEqual([{ type: 'CustomerDeleted', sequence: 3 }])
})

/** The tables in which a text occurs anywhere. */
async function tablesWith(text: string): Promise<string[]> {
  const { results: tables } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_%' ESCAPE '\\'",
  ).all<{ name: string }>()
  const found: string[] = []
  for (const { name } of tables) {
    const { results } = await env.DB.prepare(`SELECT * FROM "${name}"`).all()
    if (JSON.stringify(results).includes(text)) found.push(name)
  }
  return found
}

/** The same actions with e-mails that no other test uses. */
function unique(actions: CustomerAction[]): CustomerAction[] {
  return actions.map((action) => {
    if (action.action !== 'addAccount') return action
    const email = `${crypto.randomUUID()}@x.example`
    return { ...action, email, emailKey: email }
  })
}
