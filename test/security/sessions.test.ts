/**
 * Sessions: what a refresh token is worth after its use, and what is left of a session when it should be over.
 * T4 replay, T5 refreshes at once, T6 end of sessions, T7 fixation; T4 and T5 also with an object that has lost its memory.
 */
import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  anonymous,
  call,
  logIn,
  mailedToken,
  newCustomer,
  uniqueEmail,
  type Answer,
  type CustomerTokens,
  type SignedUp,
} from '../support/client.ts'
import { expectFault } from './routes.ts'

afterEach(() => void vi.useRealTimers())

const read = (token: string) => call('GET', '/customer/acme/me', { token })
const validate = (token: string) => call('GET', '/customer/acme/validateauthtoken', { token })

async function refresh(refreshToken: string, token?: string): Promise<Answer<CustomerTokens>> {
  const bearer = token ?? (await anonymous('acme')).access_token
  return call('GET', '/customer/acme/refreshauthtoken', { token: bearer, query: { refreshToken } })
}

function later(seconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })
}

/** The object forgets what it had in memory, as after a restart. */
const restarted = (id: string) => evictDurableObject(env.CUSTOMERS.getByName(`acme:${id}`))

const memories: [string, (id: string) => Promise<void>][] = [
  ['in memory', async () => undefined],
  ['after a restart of the object', restarted],
]

describe('a refresh token that was used before', () => {
  it.each(memories)('T4 ends the whole session after ten seconds: %s', async (_name, between) => {
    const { id, tokens: first } = await newCustomer('acme')
    const second = (await refresh(first.refresh_token)).body
    later(11)
    await between(id)
    expectFault(await refresh(first.refresh_token))
    await between(id)
    for (const { access_token, refresh_token } of [first, second]) {
      expectFault(await read(access_token))
      expectFault(await validate(access_token))
      expectFault(await refresh(refresh_token))
    }
  })

  it('T4 ends the session at once when it is two rotations old', async () => {
    const { tokens: first } = await newCustomer('acme')
    const second = (await refresh(first.refresh_token)).body
    const third = (await refresh(second.refresh_token)).body
    expectFault(await refresh(first.refresh_token))
    expectFault(await read(third.access_token))
    expectFault(await refresh(third.refresh_token))
  })

  it('T4 leaves one message that says which session was stolen', async () => {
    const { id, tokens } = await newCustomer('acme')
    await refresh(tokens.refresh_token)
    later(11)
    for (let replay = 0; replay < 3; replay += 1) expectFault(await refresh(tokens.refresh_token))
    const { results } = await env.DB.prepare(
      `SELECT payload FROM messages WHERE tenant = 'acme' AND resource_id = ? AND type = 'CustomerSessionStolen'`,
    )
      .bind(id)
      .all<{ payload: string }>()
    expect(results.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual([
      { sessionId: tokens.session_id },
    ])
  })

  it('T4 leaves the other sessions of the customer alone', async () => {
    const { email, password, tokens: stolen } = await newCustomer('acme')
    const other = await logIn('acme', { email, password })
    await refresh(stolen.refresh_token)
    later(11)
    expectFault(await refresh(stolen.refresh_token))
    expect(await read(other.access_token)).toMatchObject({ status: 200 })
    expect(await refresh(other.refresh_token)).toMatchObject({ status: 200 })
  })

  it.each(memories)('T5 answers with the current pair for ten seconds: %s', async (_name, between) => {
    const { id, tokens: first } = await newCustomer('acme')
    const second = (await refresh(first.refresh_token)).body
    later(9)
    await between(id)
    const again = await refresh(first.refresh_token)
    expect(again).toMatchObject({ status: 200, body: { refresh_token: second.refresh_token } })
    expect(await read(again.body.access_token)).toMatchObject({ status: 200 })
    expect(await refresh(second.refresh_token)).toMatchObject({ status: 200 })
  })
})

describe('twenty refreshes at once', () => {
  it.each(memories)('T5 all get one and the same current pair, and it works: %s', async (_name, between) => {
    const { id, tokens } = await newCustomer('acme')
    const bearer = (await anonymous('acme')).access_token
    await between(id)
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(tokens.refresh_token, bearer)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const [current, ...others] = new Set(answers.map(({ body }) => body.refresh_token))
    expect(others).toEqual([])
    expect(current).not.toBe(tokens.refresh_token)
    await between(id)
    for (const { body } of answers) {
      expect(body.session_id).toBe(tokens.session_id)
      expect(await read(body.access_token)).toMatchObject({ status: 200 })
    }
    expect(await refresh(current ?? '')).toMatchObject({ status: 200 })

    later(11)
    expectFault(await refresh(tokens.refresh_token))
    for (const { body } of answers) expectFault(await read(body.access_token))
  })

  it('T5 do not need a bearer that is still valid', async () => {
    const { tokens } = await newCustomer('acme')
    const bearer = await anonymous('acme')
    later(3601)
    expectFault(
      await call('GET', '/customer/acme/me', { token: bearer.access_token }),
      'Access Token expired',
    )
    expect(await refresh(tokens.refresh_token, bearer.access_token)).toMatchObject({ status: 200 })
  })
})

describe('the end of a session', () => {
  type Customer = SignedUp & { tokens: CustomerTokens }
  const ask = async (customer: Customer) => {
    const newEmail = uniqueEmail('new')
    const { email, password, tokens } = customer
    await call('POST', '/customer/acme/me/accounts/internal/email/change', {
      token: tokens.access_token,
      body: { email, password, newEmail },
    })
    return mailedToken(newEmail, 'email-change')
  }
  const confirm = (bearer: string, token: string) =>
    call('POST', '/customer/acme/me/accounts/internal/email/change/confirm', {
      token: bearer,
      body: { token },
    })

  /** Event, what causes it, and which sessions live on. */
  const events: [string, (customer: Customer) => Promise<Answer>, { own: boolean; others: boolean }][] = [
    [
      'log-out',
      ({ tokens: { access_token: token } }) =>
        call('GET', '/customer/acme/logout', { token, query: { accessToken: token } }),
      { own: false, others: true },
    ],
    [
      'a password change',
      ({ password, tokens }) =>
        call('POST', '/customer/acme/password/change', {
          token: tokens.access_token,
          body: { currentPassword: password, newPassword: 'another secret' },
        }),
      { own: true, others: false },
    ],
    [
      'a password reset',
      async ({ email, token }) => {
        await call('POST', '/customer/acme/password/reset', { token, body: { email } })
        const body = { token: await mailedToken(email, 'password-reset'), password: 'another secret' }
        return call('POST', '/customer/acme/password/reset/update', { token, body })
      },
      { own: false, others: false },
    ],
    [
      'an e-mail change that is confirmed while logged in',
      async (customer) => confirm(customer.tokens.access_token, await ask(customer)),
      { own: true, others: false },
    ],
    [
      'an e-mail change that is confirmed from elsewhere',
      async (customer) => confirm(customer.token, await ask(customer)),
      { own: false, others: false },
    ],
    [
      'the deletion of the account',
      async ({ email, token, tokens }) => {
        await call('DELETE', '/customer/acme/me', { token: tokens.access_token })
        const query = { token: await mailedToken(email, 'deletion') }
        return call('DELETE', '/customer/acme/me', { token, query })
      },
      { own: false, others: false },
    ],
  ]
  const cases = events.flatMap(([name, cause, lives]) =>
    memories.map(([memory, between]) => ({ name, cause, lives, memory, between })),
  )

  it.each(cases)('T6 is immediate after $name, $memory', async ({ cause, lives, between }) => {
    const customer = await newCustomer('acme')
    const other = await logIn('acme', customer)
    for (const { access_token } of [customer.tokens, other])
      expect(await read(access_token)).toMatchObject({ status: 200 })
    const answer = await cause(customer)
    expect(answer.status, answer.text).toBeLessThan(300)
    await between(customer.id)
    for (const [tokens, alive] of [
      [customer.tokens, lives.own],
      [other, lives.others],
    ] as const) {
      const answers = [
        await read(tokens.access_token),
        await validate(tokens.access_token),
        await refresh(tokens.refresh_token),
      ]
      expect(answers.map(({ status }) => status)).toEqual(Array(3).fill(alive ? 200 : 401))
    }
  })

  it('T6 reaches access tokens that were refreshed from it before', async () => {
    const { tokens } = await newCustomer('acme')
    const next = (await refresh(tokens.refresh_token)).body
    await call('GET', '/customer/acme/logout', {
      token: next.access_token,
      query: { accessToken: next.access_token },
    })
    expectFault(await read(tokens.access_token))
    expectFault(await refresh(next.refresh_token))
  })

  it('T6 cannot be brought about for somebody else', async () => {
    const [own, other] = [await newCustomer('acme'), await newCustomer('acme')]
    const answer = await call('GET', '/customer/acme/logout', {
      token: own.tokens.access_token,
      query: { accessToken: other.tokens.access_token },
    })
    expect(answer).toMatchObject({ status: 400 })
    expect(await read(other.tokens.access_token)).toMatchObject({ status: 200 })
  })

  it('T6 comes by itself: a refresh token lasts a day, an access token thirty', async () => {
    const { tokens } = await newCustomer('acme')
    later(86_400)
    expectFault(await refresh(tokens.refresh_token))
    later(29 * 86_400)
    expectFault(await read(tokens.access_token), 'Access Token expired')
  })
})

describe('a session that somebody else has begun', () => {
  it('T7 gives its beginner nothing when a customer logs in with it', async () => {
    const planted = await anonymous('acme')
    const victim = await newCustomer('acme', { token: planted.access_token })
    const tokens = await logIn('acme', { ...victim, token: planted.access_token })
    expect(tokens.session_id).toBe(planted.sessionId)

    const seen = await read(planted.access_token)
    expect(seen.body).toMatchObject({ id: '00000000', accounts: [] })
    expectFault(await validate(planted.access_token))
    expectFault(await call('GET', '/customer/acme/me/addresses', { token: planted.access_token }))
    for (const refreshToken of [planted.refresh_token, planted.sessionId, tokens.session_id])
      expectFault(await refresh(refreshToken, planted.access_token))
    const query = {
      tenant: 'acme',
      client_id: 'acme-storefront',
      refresh_token: planted.refresh_token,
    }
    const renewed = await call<{ access_token: string }>('GET', '/customerlogin/auth/anonymous/refresh', {
      query,
    })
    expect(await read(renewed.body.access_token)).toMatchObject({ body: { id: '00000000' } })
  })

  it('T7 has a new key at each log-in, and neither key nor refresh token is the public id', async () => {
    const planted = await anonymous('acme')
    const victim = await newCustomer('acme', { token: planted.access_token })
    const credentials = { ...victim, token: planted.access_token }
    const [one, two] = [await logIn('acme', credentials), await logIn('acme', credentials)]
    const keys = [one, two].map(({ access_token }) => String(decodeJwt(access_token)['key']))
    expect(new Set([...keys, planted.sessionId]).size).toBe(3)
    await call('GET', '/customer/acme/logout', {
      token: one.access_token,
      query: { accessToken: one.access_token },
    })
    expectFault(await read(one.access_token))
    expect(await read(two.access_token)).toMatchObject({ status: 200 })
  })
})
