/**
 * Whether an address has an account is nobody's business: same answers, same work, and no second spelling of an address.
 * T18 answers, T19 work instead of time, T24 Unicode and letter case.
 */
import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { argon2, type Argon2Cost } from '../../src/adapters/crypto/argon2.ts'
import { passwordHasher } from '../../src/adapters/crypto/passwords.ts'
import { emailKey, isEmailAddress } from '../../src/domain/credentials/email-address.ts'
import { anonymous, call, logIn, mailbox, newCustomer, signUp, uniqueEmail } from '../support/client.ts'
import { visible } from './routes.ts'
import { interceptAll, newTenant, outboxEmpty, serviceWith, wideLimits } from './service.ts'

// Hashes as in production: what they cost is looked at here.
env.PASSWORD_HASH_COST = 'full'

const quickLock = { ...wideLimits, freeFailures: 2, failuresMax: 2, lockSeconds: 600 }
const wrongPassword = 'this is not the password'

/** One tenant that hides its accounts, with an address in every state that an address can be in. */
let tenant: string
let token: string
let addresses: Record<'known' | 'unverified' | 'blocked' | 'locked' | 'unknown' | 'locked unknown', string>

beforeAll(async () => {
  tenant = await newTenant({ optIn: 'double', revealExistingAccounts: false, limits: quickLock })
  token = (await anonymous(tenant)).access_token
  const [known, unverified, blocked, locked] = [
    await signUp(tenant, { token }),
    await signUp(tenant, { token }),
    await signUp(tenant, { token }),
    await signUp(tenant, { token }),
  ]
  const confirmed = [known, blocked, locked].map(({ id }) => id)
  for (const id of confirmed)
    await env.DB.prepare("UPDATE customers SET credentials = '{}' WHERE id = ?").bind(id).run()
  await env.DB.prepare(
    "UPDATE customers SET profile = json_set(profile, '$.onHold', json('true')) WHERE id = ?",
  )
    .bind(blocked.id)
    .run()
  addresses = {
    known: known.email,
    unverified: unverified.email,
    blocked: blocked.email,
    locked: locked.email,
    unknown: uniqueEmail('nobody'),
    'locked unknown': uniqueEmail('nobody'),
  }
  for (const email of [addresses.locked, addresses['locked unknown']])
    for (const _attempt of [1, 2]) await post('login', { email, password: wrongPassword })
  await outboxEmpty()
})

afterEach(() => void vi.useRealTimers())

const post = (path: string, body: object) => call('POST', `/customer/${tenant}/${path}`, { token, body })

describe('answers about an address', () => {
  it('T18 log-in: a wrong password is the same for every address that is not locked', async () => {
    const answers: ReturnType<typeof visible>[] = []
    for (const state of ['known', 'unverified', 'blocked', 'unknown'] as const)
      answers.push(visible(await post('login', { email: addresses[state], password: wrongPassword })))
    expect(answers[0]).toMatchObject({
      status: 401,
      text: '{"status":401,"type":"insufficient_credentials","message":"The e-mail or the password is not correct."}',
    })
    expect(answers).toEqual(answers.map(() => answers[0]))
  })

  it('T18 log-in: a locked address is the same with and without an account, right password or wrong', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const locks = [uniqueEmail(), (await signUp(tenant, { token })).email]
    for (const email of locks)
      for (const _attempt of [1, 2]) await post('login', { email, password: wrongPassword })
    const tries = locks.flatMap((email) => [
      { email, password: wrongPassword },
      { email, password: 'correct horse battery' },
    ])
    const answers: ReturnType<typeof visible>[] = []
    for (const body of tries) answers.push(visible(await post('login', body)))
    expect(answers[0]).toMatchObject({ status: 429 })
    expect(Object.fromEntries(answers[0]?.headers ?? [])).toHaveProperty('retry-after', '600')
    expect(answers).toEqual(answers.map(() => answers[0]))
  })

  it.each([
    ['password/reset', 204],
    ['signup/optin/refresh_token', 202],
  ])('T18 %s: the same for every address', async (path, status) => {
    const answers: ReturnType<typeof visible>[] = []
    for (const email of Object.values(addresses)) answers.push(visible(await post(path, { email })))
    expect(answers[0]).toMatchObject({ status, text: '' })
    expect(answers).toEqual(answers.map(() => answers[0]))
  })

  it('T18 sign-up: a taken address answers like a free one, and its owner is told', async () => {
    const before = await mailbox(addresses.known, undefined, 0)
    const states = ['unknown', 'known', 'unverified', 'locked'] as const
    const answers: ReturnType<typeof visible>[] = []
    for (const state of states) {
      const email = state === 'unknown' ? uniqueEmail() : addresses[state]
      const answer = visible(await post('signup', { email, password: 'the password of a stranger' }))
      answers.push({ ...answer, text: answer.text.replace(/\d{8}/, '{id}') })
    }
    expect(answers[0]).toMatchObject({ status: 201, text: '{"id":"{id}"}' })
    expect(answers).toEqual(answers.map(() => answers[0]))
    const mails = await mailbox(addresses.known, 'already-registered')
    expect(mails).toHaveLength(1)
    expect(before.some(({ template }) => template === 'already-registered')).toBe(false)
    const tried = await post('login', { email: addresses.known, password: 'the password of a stranger' })
    expect(tried.status).toBe(401)
  })

  it('T18 e-mail change: a taken address answers like a free one', async () => {
    const hiding = await newTenant({ revealExistingAccounts: false })
    const [own, other] = [await newCustomer(hiding), await newCustomer(hiding)]
    const { email, password } = own
    const answers: ReturnType<typeof visible>[] = []
    for (const newEmail of [uniqueEmail(), other.email])
      answers.push(
        visible(
          await call('POST', `/customer/${hiding}/me/accounts/internal/email/change`, {
            token: own.tokens.access_token,
            body: { email, password, newEmail },
          }),
        ),
      )
    expect(answers[0]).toMatchObject({ status: 204, text: '' })
    expect(answers[1]).toEqual(answers[0])
    expect(await mailbox(other.email, 'already-registered')).toHaveLength(1)
    expect(await mailbox(other.email, 'email-change', 0)).toEqual([])
  })

  it('T18 account assignment: a taken address answers like a free one', async () => {
    const hiding = await newTenant({ revealExistingAccounts: false })
    const [own, other] = [await newCustomer(hiding), await newCustomer(hiding)]
    const token = own.tokens.access_token
    const assign = async (email: string) =>
      visible(
        await call('POST', `/customer/${hiding}/me/accounts/internal`, {
          token,
          body: { email, password: own.password },
        }),
      )
    const [free, taken] = [await assign(uniqueEmail()), await assign(other.email)]
    expect(free).toMatchObject({ status: 201 })
    expect(taken).toEqual(free)
    expect(await mailbox(other.email, 'already-registered')).toHaveLength(1)
  })
})

describe('work for an address', () => {
  /** Everything that a request asks of the outside, in order, and every hash with its cost. */
  function watched() {
    const trace: string[] = []
    const hash = (password: Uint8Array, salt: Uint8Array, cost: Argon2Cost, bytes: number) => {
      trace.push(`argon2id ${JSON.stringify(cost)} ${bytes}`)
      return argon2(password, salt, cost, bytes)
    }
    const service = serviceWith((ports) =>
      interceptAll({ ...ports, passwords: passwordHasher(hash) }, (name) => void trace.push(name)),
    )
    return async (path: string, body: object) => {
      trace.length = 0
      await service.call('POST', `/customer/${tenant}/${path}`, { token, body })
      return [...trace]
    }
  }

  it.each([
    ['login', 1],
    ['password/reset', 0],
    ['signup/optin/refresh_token', 0],
  ])('T19 %s costs the same for known, unverified, blocked and unknown addresses', async (path, hashes) => {
    const work = watched()
    const states = ['known', 'unverified', 'blocked', 'unknown'] as const
    const fresh = path === 'login' ? await freshStates() : addresses
    const traces: string[][] = []
    for (const state of states)
      traces.push(await work(path, { email: fresh[state], password: wrongPassword }))
    expect(traces[0]?.length).toBeGreaterThan(4)
    expect(traces[0]?.filter((name) => name.startsWith('argon2id'))).toHaveLength(hashes)
    expect(traces).toEqual(traces.map(() => traces[0]))
  })

  it('T19 log-in at a locked address hashes nothing, with or without an account', async () => {
    const work = watched()
    const traces: string[][] = []
    for (const state of ['locked', 'locked unknown'] as const)
      traces.push(await work('login', { email: addresses[state], password: wrongPassword }))
    expect(traces[0]?.some((name) => name.startsWith('argon2id'))).toBe(false)
    expect(traces[1]).toEqual(traces[0])
  })

  it('T19 sign-up hashes once, whether the address is free or taken', async () => {
    const work = watched()
    const hashes: string[][] = []
    for (const email of [uniqueEmail(), addresses.known])
      hashes.push(
        (await work('signup', { email, password: 'a new password' })).filter((name) => /argon/.test(name)),
      )
    expect(hashes[0]).toHaveLength(1)
    expect(hashes[1]).toEqual(hashes[0])
  })

  /** Addresses whose failures have not been counted yet. */
  async function freshStates() {
    const [known, unverified, blocked] = [
      await signUp(tenant, { token }),
      await signUp(tenant, { token }),
      await signUp(tenant, { token }),
    ]
    await env.DB.prepare("UPDATE customers SET credentials = '{}' WHERE id IN (?, ?)")
      .bind(known.id, blocked.id)
      .run()
    await env.DB.prepare(
      "UPDATE customers SET profile = json_set(profile, '$.active', json('false')) WHERE id = ?",
    )
      .bind(blocked.id)
      .run()
    return {
      known: known.email,
      unverified: unverified.email,
      blocked: blocked.email,
      unknown: uniqueEmail(),
    }
  }
})

describe('spellings of an address', () => {
  it.each([
    ['full-width @', 'ada\uff20shop.example'],
    ['small @', 'ada\ufe6bshop.example'],
    ['a trailing dot', 'ada@shop.example.'],
    ['a dot at the end of the local part', 'ada.@shop.example'],
    ['two dots', 'ada..l@shop.example'],
    ['zero-width space', 'ada\u200b@shop.example'],
    ['zero-width joiner', 'ada\u200d@shop.example'],
    ['soft hyphen', 'a\u00adda@shop.example'],
    ['right-to-left override', '\u202eada@shop.example'],
    ['byte order mark', '\ufeffada@shop.example'],
    ['no-break space', 'ada\u00a0@shop.example'],
    ['quoted local part', '"ada"@shop.example'],
    ['quoted @', '"ada@evil"@shop.example'],
    ['two @', 'ada@evil@shop.example'],
    ['comment', 'ada(x)@shop.example'],
    ['display name', 'Ada <ada@shop.example>'],
    ['list', 'ada@shop.example,eve@shop.example'],
    ['address literal', 'ada@[127.0.0.1]'],
    ['source route', '@evil.example:ada@shop.example'],
    ['percent route', 'ada%evil@'],
    ['line break', 'ada@shop.example\r\nBcc: eve@shop.example'],
    ['NUL', 'ada\u0000@shop.example'],
    ['line separator', 'ada@shop.example\u2028'],
    ['no top level', 'ada@localhost'],
    ['hyphen first', 'ada@-shop.example'],
  ])('T24 are refused at the door: %s', async (_name, email) => {
    expect(isEmailAddress(email)).toBe(false)
    for (const path of ['signup', 'password/reset', 'signup/optin/refresh_token']) {
      const answer = await post(path, { email, password: 'correct horse battery' })
      expect(answer, path).toMatchObject({ status: 400 })
      expect(JSON.stringify(answer.body)).toContain('email')
    }
  })

  it.each([
    ['letter case', 'Ada@Shop.Example', 'aDA@sHOP.eXAMPLE'],
    ['letter case beyond ASCII', '\u00dcber@shop.example', '\u00fcber@shop.example'],
    ['decomposed letters', '\u00fcber@shop.example', 'u\u0308ber@shop.example'],
    ['Kelvin sign', 'kelvin@shop.example', '\u212aelvin@shop.example'],
    ['ideographic full stop', 'ada@shop.example', 'ada@shop\u3002example'],
    ['punycode', 'a@xn--bcher-kva.example', 'a@b\u00fccher.example'],
    ['capital sharp s', 'stra\u1e9ee@shop.example', 'stra\u00dfe@shop.example'],
  ])('T24 of one mailbox are one account: %s', (_name, one, other) => {
    expect(emailKey(one)).toBe(emailKey(other))
  })

  it.each([
    ['dotless i', 'ada.lovelace.i@x.example', 'ada.lovelace.\u0131@x.example'],
    ['capital dotted I', 'i@x.example', '\u0130@x.example'],
    ['long s', 's@x.example', '\u017f@x.example'],
    ['sharp s and ss', 'ss@x.example', '\u00df@x.example'],
    ['full-width letters', 'ada@x.example', '\uff41\uff44\uff41@x.example'],
    ['Cyrillic a', 'ada@x.example', '\u0430da@x.example'],
    ['ligature', 'ffi@x.example', '\ufb03@x.example'],
    ['superscript', 'a2@x.example', 'a\u00b2@x.example'],
    ['plus tag', 'a@x.example', 'a+tag@x.example'],
    ['dots in the local part', 'ab@x.example', 'a.b@x.example'],
  ])('T24 of two mailboxes are two accounts: %s', (_name, one, other) => {
    expect(emailKey(one)).not.toBe(emailKey(other))
  })

  it('T24 log in and reset by any letter case; the mail goes to the address as it was stored', async () => {
    const email = uniqueEmail('Ada.Lovelace').replace('shop', 'Shop')
    const { password } = await signUp('acme', { email })
    await logIn('acme', { email: email.toLowerCase(), password })
    await logIn('acme', { email: email.toUpperCase(), password })
    const visitor = (await anonymous('acme')).access_token
    const again = { email: email.toUpperCase(), password: 'another password' }
    expect(await call('POST', '/customer/acme/signup', { token: visitor, body: again })).toMatchObject({
      status: 409,
    })
    for (const spelled of [email.toUpperCase(), email.toLowerCase()])
      await call('POST', '/customer/acme/password/reset', { token: visitor, body: { email: spelled } })
    const mails = await mailbox(email, 'password-reset', 2)
    expect(mails.map(({ to }) => to)).toEqual([email, email])
  })

  it('T24 a look-alike gets no mail and causes none', async () => {
    const email = uniqueEmail('kiss')
    await signUp('acme', { email })
    const visitor = (await anonymous('acme')).access_token
    const lookAlikes = [
      email.replace('i', '\u0131'),
      email.replace('i', '\u0130'),
      email.replace('s', '\u017f'),
    ]
    for (const spelled of lookAlikes) {
      const answer = await call('POST', '/customer/acme/password/reset', {
        token: visitor,
        body: { email: spelled },
      })
      expect(answer.status).toBe(204)
    }
    await outboxEmpty()
    for (const address of [email, ...lookAlikes]) expect(await mailbox(address, undefined, 0)).toEqual([])
  })
})
