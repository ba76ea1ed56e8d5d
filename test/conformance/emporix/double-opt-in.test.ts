/**
 * Heading "Double opt-in" of the customer-managed document, on a tenant that asks for it.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { anonymous, call, mailbox, mailedToken, signUp, uniqueEmail } from '../../support/client.ts'
import { later, storefrontOf } from '../../support/storefront.ts'
import {
  conform,
  conformEmpty,
  conformError,
  conformFault,
  conformViolations,
  Customer,
  CustomerToken,
} from './schemas.ts'

const tenant = 'globex'
const minute = 60_000
const resendPath = '/signup/optin/refresh_token'

const { shop, visitor } = storefrontOf(tenant)
const logIn = async (body: { email: string; password: string }) =>
  shop('POST', '/login', { token: await visitor(), body: { email: body.email, password: body.password } })
const optIn = async (token: string) => shop('GET', `/signup/optin/${token}`, { token: await visitor() })
const resend = async (body: unknown) => shop('POST', resendPath, { token: await visitor(), body })

async function waiting() {
  const customer = await signUp(tenant)
  return { ...customer, mailed: await mailedToken(customer.email, 'opt-in') }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('Creating a customer account with double opt-in', () => {
  it('refuses the log-in before, with 403', async () => {
    const customer = await waiting()
    conformError(await logIn(customer), 403, 'Forbidden')
    const wrong = await logIn({ ...customer, password: 'not the password' })
    conformError(wrong, 401, 'insufficient_credentials')
  })

  it('activates the account and logs in, in the session of the visitor', async () => {
    const { id, email, password, mailed } = await waiting()
    const session = await anonymous(tenant)
    const answer = await shop('GET', `/signup/optin/${mailed}`, { token: session.access_token })
    const tokens = conform(answer, 200, CustomerToken)
    expect(tokens).toMatchObject({ session_id: session.sessionId, initialPassword: false })
    const profile = conform(await shop('GET', '/me', { token: tokens.access_token }), 200, Customer)
    expect(profile).toMatchObject({ id, accounts: [{ id: email }] })
    conform(await logIn({ email, password }), 200, CustomerToken)
  })

  it('decodes the token in the path', async () => {
    const { mailed } = await waiting()
    const encoded = [...mailed].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('')
    conform(await optIn(encoded), 200, CustomerToken)
  })

  it('answers again for ten minutes, and then no more', async () => {
    const { mailed } = await waiting()
    const first = conform(await optIn(mailed), 200, CustomerToken)
    later(9 * minute)
    const again = conform(await optIn(mailed), 200, CustomerToken)
    expect(again.access_token).not.toBe(first.access_token)
    later(2 * minute)
    conformViolations(await optIn(mailed), { token: 'invalid_field' })
  })

  it('is not set off by looking at the link', async () => {
    const { mailed, ...customer } = await waiting()
    const path = `/signup/optin/${mailed}`
    conformEmpty(await shop('HEAD', path, { token: await visitor() }), 200)
    const headers = { 'Sec-Purpose': 'prefetch;prerender' }
    conformEmpty(await shop('GET', path, { token: await visitor(), headers }), 200)
    conformError(await logIn(customer), 403, 'Forbidden')
    conform(await optIn(mailed), 200, CustomerToken)
  })

  it('answers unknown, foreign and late tokens with one and the same 400', async () => {
    const { email, mailed } = await waiting()
    const foreign = (await anonymous('acme')).access_token
    conformEmpty(await shop('POST', '/password/reset', { token: await visitor(), body: { email } }), 204)
    const answers = [
      await optIn('made-up'),
      await optIn('A'.repeat(43)),
      await optIn(await mailedToken(email, 'password-reset')),
      await call('GET', `/customer/acme/signup/optin/${mailed}`, { token: foreign }),
    ]
    later(24 * 60 * minute + minute)
    answers.push(await optIn(mailed))
    for (const answer of answers) conformViolations(answer, { token: 'invalid_field' })
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  })

  it('needs a visitor', async () => {
    const { mailed } = await waiting()
    conformFault(await shop('GET', `/signup/optin/${mailed}`))
    const { access_token: token } = conform(await optIn(mailed), 200, CustomerToken)
    conformFault(await shop('GET', `/signup/optin/${mailed}`, { token }))
  })
})

describe('Resending an account activation link to a customer', () => {
  it('answers the same for waiting, active and unknown addresses, and writes to the waiting one only', async () => {
    const [pending, active, stranger] = [await waiting(), await waiting(), uniqueEmail('stranger')]
    conform(await optIn(active.mailed), 200, CustomerToken)
    for (const email of [stranger, active.email, pending.email]) conformEmpty(await resend({ email }), 202)
    expect(await mailbox(pending.email, 'opt-in-resent')).toHaveLength(1)
    expect((await mailbox(active.email)).map(({ template }) => template)).toEqual(['opt-in'])
    expect(await mailbox(stranger, undefined, 0)).toEqual([])
  })

  it('is the way on for somebody who signs up again before opting in, which is 409', async () => {
    const { email, password } = await waiting()
    const again = await shop('POST', '/signup', { token: await visitor(), body: { email, password } })
    conformError(again, 409, 'conflict_resource')
    conformEmpty(await resend({ email }), 202)
    conform(await optIn(await mailedToken(email, 'opt-in-resent')), 200, CustomerToken)
  })

  it('leaves the earlier link good until one of them is followed', async () => {
    const [early, late] = [await waiting(), await waiting()]
    for (const { email } of [early, late]) {
      conformEmpty(await resend({ email }), 202)
      await mailbox(email, 'opt-in-resent')
    }
    conform(await optIn(early.mailed), 200, CustomerToken)
    conformViolations(await optIn(await mailedToken(early.email, 'opt-in-resent')), {
      token: 'invalid_field',
    })
    conform(await optIn(await mailedToken(late.email, 'opt-in-resent')), 200, CustomerToken)
    conformViolations(await optIn(late.mailed), { token: 'invalid_field' })
  })

  it.each<[string, unknown, Record<string, string>]>([
    ['nothing', {}, { email: 'missing_field' }],
    ['an address that is none', { email: 'ada' }, { email: 'invalid_field' }],
  ])('refuses %s', async (_what, body, expected) => {
    conformViolations(await resend(body), expected)
  })

  it('needs a visitor', async () => {
    conformFault(await shop('POST', resendPath, { body: { email: uniqueEmail() } }))
  })
})
