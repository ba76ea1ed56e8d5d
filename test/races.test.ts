/**
 * Many at once, over HTTP: one winner where there can be only one, nothing lost where there is room for all, and no gap
 * in versions or messages afterwards. The rows are looked at too, not only the answers.
 */
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import {
  anonymous,
  call,
  logIn,
  mailbox,
  mailedToken,
  newCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
} from './support/client.ts'
import { withToken, type Failure } from './support/commercetools.ts'

interface Profile {
  [field: string]: unknown
  metadata: { version: number }
  addresses: { city: string }[]
}

const me = '/customer/acme/me'
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('twenty updates at once', () => {
  test('of one version: one is accepted, the others are refused and leave nothing behind', async () => {
    const { id, tokens } = await newCustomer('acme')
    const { version } = (await profile(tokens.access_token)).metadata
    const before = await messagesOf('acme', id)
    const answers = await Promise.all(
      upTo(20).map((writer) =>
        call('PATCH', me, {
          token: tokens.access_token,
          body: { firstName: `writer ${writer}.`, company: `writer ${writer}.`, metadata: { version } },
        }),
      ),
    )
    const winner = answers.findIndex(({ status }) => status === 200)
    expect(tally(answers)).toEqual({ 200: 1, 409: 19 })

    const after = await profile(tokens.access_token)
    expect(after).toMatchObject({ firstName: `writer ${winner}.`, company: `writer ${winner}.` })
    expect(after.metadata.version).toBe(version + 1)
    const written = (await messagesOf('acme', id)).slice(before.length)
    expect(written.map((message) => message.payload)).toEqual([
      JSON.stringify({ firstName: `writer ${winner}.` }),
      JSON.stringify({ company: `writer ${winner}.` }),
    ])
    const row = await env.DB.prepare('SELECT profile FROM customers WHERE tenant = ? AND id = ?')
      .bind('acme', id)
      .first<{ profile: string }>()
    expect(row?.profile.match(/writer \d+\./g)).toEqual([`writer ${winner}.`, `writer ${winner}.`])
  })

  test('of one version, half of them in each dialect: one is accepted, the others learn the version', async () => {
    const { tokens } = await newCustomer('acme')
    const token = tokens.access_token
    const theirs = withToken(token).me()
    const requests = upTo(20).map(async (writer) => {
      const firstName = `writer ${writer}.`
      if (writer % 2 === 0) {
        const body = { firstName, metadata: { version: 1 } }
        return (await call('PATCH', me, { token, body })).status
      }
      const body = { version: 1, actions: [{ action: 'setFirstName' as const, firstName }] }
      return theirs
        .post({ body })
        .execute()
        .then(
          ({ statusCode }) => statusCode,
          ({ statusCode, body }: Failure) => {
            expect(body.errors).toMatchObject([{ code: 'ConcurrentModification', currentVersion: 2 }])
            return statusCode
          },
        )
    })
    const statuses = await Promise.all(requests)
    expect(tally(statuses.map((status = 0) => ({ status })))).toEqual({ 200: 1, 409: 19 })
    const winner = `writer ${statuses.indexOf(200)}.`
    expect(await profile(token)).toMatchObject({ firstName: winner, metadata: { version: 2 } })
    expect((await theirs.get().execute()).body).toMatchObject({ firstName: winner, version: 2 })
  })

  test('without a version: each is accepted and none is lost', async () => {
    const { id, tokens } = await newCustomer('acme')
    const token = tokens.access_token
    const { version } = (await profile(token)).metadata
    const fields = {
      title: 'MS',
      firstName: 'Augusta',
      middleName: 'King',
      lastName: 'Byron',
      contactPhone: '+44 20 7946 0000',
      company: 'Analytical Engines',
      preferredLanguage: 'de_DE',
      preferredCurrency: 'EUR',
      preferredSite: 'london',
      contactEmail: uniqueEmail('contact'),
    }
    const cities = upTo(10).map((place) => `city ${place}`)
    const answers = await Promise.all([
      ...Object.entries(fields).map(([name, value]) => call('PATCH', me, { token, body: { [name]: value } })),
      ...cities.map((city) =>
        call('POST', `${me}/addresses`, { token, body: { contactName: 'Ada', city, country: 'GB' } }),
      ),
    ])
    expect(tally(answers)).toEqual({ 200: 10, 201: 10 })

    const after = await profile(token)
    expect(after).toMatchObject(fields)
    expect(after.addresses.map(({ city }) => city).sort()).toEqual(cities)
    expect(after.metadata.version).toBe(version + 20)
    await expectGapless('acme', id, after.metadata.version)
  })
})

test('ten redemptions of one reset token set one password', async () => {
  const { email, token } = await signUp('acme')
  await call('POST', '/customer/acme/password/reset', { token, body: { email } })
  const secret = await mailedToken(email, 'password-reset')
  const passwords = upTo(10).map((person) => `horse of person ${person}`)
  const answers = await Promise.all(
    passwords.map((password) =>
      call('POST', '/customer/acme/password/reset/update', { token, body: { token: secret, password } }),
    ),
  )
  expect(tally(answers)).toEqual({ 204: 1, 400: 9 })
  const logIns = await Promise.all(
    passwords.map((password) => call('POST', '/customer/acme/login', { token, body: { email, password } })),
  )
  expect(logIns.map(({ status }) => status)).toEqual(
    answers.map(({ status }) => (status === 204 ? 200 : 401)),
  )
})

test('ten changes of a password for one version set one, and the others learn the version', async () => {
  const { id, email, password, tokens } = await newCustomer('acme')
  const token = await serviceToken('acme')
  const passwords = upTo(10).map((person) => `horse of person ${person}`)
  const answers = await Promise.all(
    passwords.map((newPassword) =>
      call('POST', '/acme/customers/password', {
        token,
        body: { id, version: 1, currentPassword: password, newPassword },
      }),
    ),
  )
  expect(tally(answers)).toEqual({ 200: 1, 409: 9 })
  for (const { status, body } of answers)
    if (status === 409) expect(body).toMatchObject({ errors: [{ currentVersion: 2 }] })
  expect((await call('GET', me, { token: tokens.access_token })).status).toBe(401)
  const visitor = (await anonymous('acme')).access_token
  const logIns = await Promise.all(
    passwords.map((each) =>
      call('POST', '/customer/acme/login', { token: visitor, body: { email, password: each } }),
    ),
  )
  expect(logIns.map(({ status }) => status)).toEqual(
    answers.map(({ status }) => (status === 200 ? 200 : 401)),
  )
})

test('ten sign-ups with one address make one customer, one mail and no orphan rows', async () => {
  const email = uniqueEmail('race')
  const token = (await anonymous('globex')).access_token
  const body = {
    email,
    password: 'correct horse battery',
    customerAddress: { contactName: 'Ada', country: 'GB' },
  }
  const answers = await Promise.all(
    upTo(10).map(() => call<{ id?: string }>('POST', '/customer/globex/signup', { token, body })),
  )
  expect(tally(answers)).toEqual({ 201: 1, 409: 9 })
  const id = answers.find(({ status }) => status === 201)?.body.id

  expect(await mailbox(email, 'opt-in')).toHaveLength(1)
  for (const [table, column] of [
    ['customers', 'id'],
    ['accounts', 'customer_id'],
    ['addresses', 'customer_id'],
    ['messages', 'DISTINCT resource_id'],
  ] as const) {
    const { results } = await env.DB.prepare(
      `SELECT ${column} AS id FROM ${table} WHERE tenant = 'globex'`,
    ).all()
    expect({ table, rows: results }).toEqual({ table, rows: [{ id }] })
  }
  const orders = await env.DB.prepare("SELECT customer_id FROM outbox WHERE tenant = 'globex'").all()
  expect(orders.results.filter((order) => order['customer_id'] !== id)).toEqual([])
})

test('log-ins, updates and log-outs at once keep versions and messages gapless, and end only what was ended', async () => {
  const customer = await newCustomer('acme')
  const { id } = customer
  const token = customer.tokens.access_token
  const { version } = (await profile(token)).metadata
  const leaving = await Promise.all(upTo(4).map(() => logIn('acme', customer)))

  const updates = upTo(8).map(async (round) => {
    const body = { firstName: `Ada ${round}`, lastName: `Byron ${round}` }
    return (await call('PATCH', me, { token, body })).status
  })
  const logOuts = leaving.map(async ({ access_token: accessToken }) => {
    const answer = await call('GET', '/customer/acme/logout', { token: accessToken, query: { accessToken } })
    return answer.status
  })
  const logIns = upTo(6).map(() => logIn('acme', customer))
  expect(await Promise.all(updates)).toEqual(upTo(8).map(() => 200))
  expect(await Promise.all(logOuts)).toEqual(upTo(4).map(() => 204))
  const arrived = await Promise.all(logIns)

  const after = await profile(token)
  expect(after.metadata.version).toBe(version + 8)
  await expectGapless('acme', id, after.metadata.version)
  const seen = (sessions: { access_token: string }[]) =>
    Promise.all(
      sessions.map(async (session) => (await call('GET', me, { token: session.access_token })).status),
    )
  expect(await seen(arrived)).toEqual(upTo(6).map(() => 200))
  expect(await seen(leaving)).toEqual(upTo(4).map(() => 401))
})

async function profile(token: string): Promise<Profile> {
  const { status, text, body } = await call<Profile>('GET', me, { token, query: { expand: 'addresses' } })
  expect(status, text).toBe(200)
  return body
}

function tally(answers: { status: number }[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

interface MessageRow {
  sequence: number
  resource_version: number
  payload: string
}

async function messagesOf(tenant: string, id: string): Promise<MessageRow[]> {
  const { results } = await env.DB.prepare(
    'SELECT sequence, resource_version, payload FROM messages WHERE tenant = ? AND resource_id = ? ORDER BY sequence',
  )
    .bind(tenant, id)
    .all<MessageRow>()
  return results
}

/** Sequence 1, 2, 3 …, and at least one message for each version from the first to the last. */
async function expectGapless(tenant: string, id: string, version: number): Promise<void> {
  const messages = await messagesOf(tenant, id)
  expect(messages.map(({ sequence }) => sequence)).toEqual(messages.map((_, index) => index + 1))
  const versions = messages.map((message) => message.resource_version)
  expect(versions).toEqual([...versions].sort((a, b) => a - b))
  expect([...new Set(versions)]).toEqual(upTo(version).map((index) => index + 1))
}
