/**
 * One mailbox, one spelling (P8): what is written in other letters, composed otherwise, by the other name of its host or
 * with spaces around is one account and one recipient, in each field of both dialects.
 */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/adapters/d1/database.ts'
import { oneDatabase } from '../../src/adapters/d1/databases.ts'
import { emailSpellings } from '../../src/adapters/d1/customer/email-spellings.ts'
import { spellingsFlow } from '../../src/flows/upkeep/spellings.ts'
import { anonymous, call, logIn, mailbox, serviceToken, signUp } from '../support/client.ts'
import { newTenant, wideLimits } from './service.ts'

const password = 'correct horse battery'
const hosts = {
  plain: ['shop.example', '\uff53hop.example', '\u017fhop.example', 'SHOP\u3002example'],
  international: [
    'b\u00fccher.example',
    'xn--bcher-kva.example',
    'B\u00dcCHER.example',
    'bu\u0308cher.example',
    'XN--BCHER-KVA.example',
  ],
}
/** Of one mailbox; the first one is a stored spelling. */
const spellings = Object.values(hosts).map((names) => [
  ...names.map((host) => (name: string) => `${name}.\u00fcber@${host}`),
  (name: string) => `  ${name}.u\u0308ber@${names[0]}\t`,
  (name: string) => `\u00a0${name.toUpperCase()}.\u00dcBER@${names[1]} `,
])
const pairs = spellings.flatMap((all) => all.map((other) => [all[0] ?? other, other] as const))
const unique = () => `ada${crypto.randomUUID().slice(0, 8)}`
const basic = (tenant: string) => ({
  Authorization: `Basic ${btoa(`${tenant}-storefront:${tenant}-storefront-secret`)}`,
})

let visitor: string
let office: string
beforeAll(async () => {
  visitor = (await anonymous('acme')).access_token
  office = await serviceToken('acme')
})

describe.each(pairs.map(([one, other]) => [other('ada'), one, other] as const))(
  'T24, P8 %j',
  (_shown, one, other) => {
    it('is taken at the sign-up of either dialect, and is taken there by any other spelling', async () => {
      const [first, second] = [unique(), unique()]
      await signUp('acme', { email: one(first) })
      await signUp('acme', { email: other(second) })
      for (const email of [other(first), one(second)]) {
        const body = { email, password }
        const answers = [
          await call('POST', '/customer/acme/signup', { token: visitor, body }),
          await call('POST', '/acme/me/signup', { token: visitor, body }),
          await call('POST', '/acme/customers', { token: office, body }),
        ]
        expect(answers.map(({ status }) => status)).toEqual([409, 400, 400])
        expect(answers.slice(1).map(({ text }) => text)).toEqual([
          expect.stringContaining('DuplicateField'),
          expect.stringContaining('DuplicateField'),
        ])
      }
    })

    it('signs in, by every way that takes an e-mail', async () => {
      const name = unique()
      const { id } = await signUp('acme', { email: one(name), password })
      const email = other(name)
      const form = { grant_type: 'password', username: email, password }
      const answers = [
        await call('POST', '/customer/acme/login', { token: visitor, body: { email, password } }),
        await call('POST', '/acme/me/login', { token: visitor, body: { email, password } }),
        await call('POST', '/acme/login', { token: office, body: { email, password } }),
        await call('POST', '/oauth/acme/customers/token', { form, headers: basic('acme') }),
        await call('POST', '/acme/customers/password-token', { token: office, body: { email } }),
      ]
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
      const where = `email="${one(name)}"`
      const found = await call<{ results: { id: string }[] }>('GET', '/acme/customers', {
        token: office,
        query: { where },
      })
      expect(found.body.results.map((customer) => customer.id)).toEqual([id])
    })

    it('gets the mails of the mailbox, at the address that is stored', async () => {
      const name = unique()
      await signUp('acme', { email: one(name) })
      const body = { email: other(name) }
      const asked = await call('POST', '/customer/acme/password/reset', { token: visitor, body })
      expect(asked.status).toBe(204)
      const [mail] = await mailbox(other(name), 'password-reset')
      expect(mail?.to).toBe(one(name).trim().normalize('NFC'))
    })
  },
)

it.each(spellings)('T24, P8 limits count all spellings as one', async (...all) => {
  const strict = {
    ...wideLimits,
    freeFailures: 1,
    failuresMax: all.length,
    lockSeconds: 600,
    mailsPerHour: 2,
  }
  const tenant = await newTenant({ limits: strict })
  const token = (await anonymous(tenant)).access_token
  const [locked, mailed] = [unique(), unique()]
  const customer = await signUp(tenant, { email: all[0]?.(locked) ?? '', token })
  const tries = []
  for (const spelled of all) {
    const body = { email: spelled(locked), password: 'not the password' }
    tries.push((await call('POST', `/customer/${tenant}/login`, { token, body })).status)
  }
  expect(tries).toContain(429)
  const own = { token, body: { email: customer.email, password } }
  expect(await call('POST', `/customer/${tenant}/login`, own)).toMatchObject({ status: 429 })

  const asked = []
  for (const spelled of all) {
    const body = { email: spelled(mailed) }
    asked.push((await call('POST', `/customer/${tenant}/password/reset`, { token, body })).status)
  }
  expect(asked).toEqual(all.map((_spelled, place) => (place < 2 ? 204 : 429)))
})

it.each([
  ['a domain that is none', 'ada@a\u200cb.example'],
  ['a mark that hides a path', 'ada@\u2100.example'],
  ['an escape', 'ada@sh%6fp.example'],
  ['a port', 'ada@shop.example:80'],
])(
  'T24, P8 what the parser of URLs takes for no host name is refused in every field: %s',
  async (_what, email) => {
    const body = { email, password, site: undefined }
    const form = { grant_type: 'password', username: email, password }
    const answers = await Promise.all([
      ...['signup', 'login', 'password/reset', 'signup/optin/refresh_token'].map((path) =>
        call('POST', `/customer/acme/${path}`, { token: visitor, body }),
      ),
      ...['me/signup', 'me/login'].map((path) => call('POST', `/acme/${path}`, { token: visitor, body })),
      ...['customers', 'login', 'customers/password-token'].map((path) =>
        call('POST', `/acme/${path}`, { token: office, body }),
      ),
      call('POST', '/oauth/acme/customers/token', { form, headers: basic('acme') }),
    ])
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 400))
  },
)

describe('T24, P8 an account from before a domain had one spelling', () => {
  const database = oneDatabase(openDatabase(env.DB))
  const flow = spellingsFlow({ emailSpellings: emailSpellings(database) })
  const keyOf = (id: string) =>
    env.DB.prepare('SELECT email_key FROM accounts WHERE customer_id = ?').bind(id).first('email_key')
  const asBefore = async (tenant: string, id: string, key: string) => {
    const statement = 'UPDATE accounts SET email_key = ? WHERE tenant = ? AND customer_id = ?'
    await env.DB.prepare(statement).bind(key, tenant, id).run()
  }
  const sweep = () => flow.sweep(database.names[0] ?? '')

  it('is found by every spelling after the sweep, and keeps its e-mail, version and sessions', async () => {
    const tenant = await newTenant()
    const email = 'Ada@b\u00fccher.example'
    const { id } = await signUp(tenant, { email })
    const tokens = await logIn(tenant, { email, password })
    await asBefore(tenant, id, 'ada@b\u00fccher.example')
    const lost = { token: (await anonymous(tenant)).access_token, body: { email, password } }
    expect((await call('POST', `/customer/${tenant}/login`, lost)).status).toBe(401)

    await sweep()
    expect(await keyOf(id)).toBe('ada@xn--bcher-kva.example')
    for (const spelled of [email, 'ada@xn--bcher-kva.example'])
      await logIn(tenant, { email: spelled, password })
    const me = await call<{ email: string }>('GET', `/${tenant}/me`, { token: tokens.access_token })
    expect(me).toMatchObject({ status: 200, body: { email, version: 1 } })
  })

  it('gets the key with the next write of the account, even while its object remembers the old one', async () => {
    const tenant = await newTenant()
    const email = 'ada@b\u00fccher.example'
    const { id } = await signUp(tenant, { email })
    const { access_token: token } = await logIn(tenant, { email, password })
    await asBefore(tenant, id, email)
    const body = { currentPassword: password, newPassword: 'another horse battery' }
    expect((await call('POST', `/customer/${tenant}/password/change`, { token, body })).status).toBe(204)
    expect(await keyOf(id)).toBe('ada@xn--bcher-kva.example')
    await logIn(tenant, { email, password: body.newPassword })
  })

  it('leaves the mailbox to the customer who has its key, and hinders no other', async () => {
    const tenant = await newTenant()
    const first = await signUp(tenant, { email: 'ada@b\u00fccher.example' })
    const old = await signUp(tenant, { email: 'bob@shop.example' })
    const other = await signUp(tenant, { email: 'eve@b\u00fccher.example' })
    await asBefore(tenant, old.id, 'ada@b\u00fccher.example')
    await asBefore(tenant, other.id, 'eve@b\u00fccher.example')
    await sweep()
    expect(await keyOf(first.id)).toBe('ada@xn--bcher-kva.example')
    expect(await keyOf(old.id)).toBe('ada@b\u00fccher.example')
    expect(await keyOf(other.id)).toBe('eve@xn--bcher-kva.example')
  })

  it('does not take an address that is reserved for another customer', async () => {
    const tenant = await newTenant()
    const old = await signUp(tenant, { email: 'ada@b\u00fccher.example' })
    await asBefore(tenant, old.id, 'ada@b\u00fccher.example')
    await env.DB.prepare('INSERT INTO reserved_emails VALUES (?, ?, ?, ?, ?)')
      .bind(tenant, 'ada@xn--bcher-kva.example', 'another', 'account', 8_000_000_000_000)
      .run()
    await sweep()
    expect(await keyOf(old.id)).toBe('ada@b\u00fccher.example')
  })
})
