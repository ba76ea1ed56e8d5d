/**
 * Who has proved what (contract §7): each takeover that was found by an audit, as the attacker would do it, over HTTP and with
 * the mails that were really delivered. T20 the five kinds of pre-hijacking, T30 changes without proof.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import {
  anonymous,
  call,
  logIn,
  mailbox,
  mailedToken,
  newCustomer,
  provedCustomer,
  serviceToken,
  signUp,
  uniqueEmail,
} from '../support/client.ts'
import { newTenant, outboxEmpty } from './service.ts'

const password = 'correct horse'
const attackers = 'password of the attacker'

const visitor = async (tenant = 'acme') => (await anonymous(tenant)).access_token

/** Status of a log-in. */
async function logInStatus(email: string, word: string, tenant = 'acme'): Promise<number> {
  const token = await visitor(tenant)
  const answer = await call('POST', `/customer/${tenant}/login`, { token, body: { email, password: word } })
  return answer.status
}

const changeEmail = (token: string, email: string, version: number, tenant = 'acme') =>
  call<{ email: string; version: number }>('POST', `/${tenant}/me`, {
    token,
    body: { version, actions: [{ action: 'changeEmail', email }] },
  })

/** The link of a reset that is asked for an address; undefined when no mail comes. */
const askReset = async (email: string, tenant = 'acme') =>
  call('POST', `/customer/${tenant}/password/reset`, { token: await visitor(tenant), body: { email } })

const reset = async (token: string, word: string, tenant = 'acme') =>
  call('POST', `/customer/${tenant}/password/reset/update`, {
    token: await visitor(tenant),
    body: { token, password: word },
  })

const page = (name: string, form: Record<string, string>, tenant = 'acme') =>
  call('POST', `/account/${tenant}/${name}`, { form })

/** The token of the second link of a mail. */
async function notMeToken(email: string, template: 'opt-in' | 'email-change'): Promise<string> {
  const [mail] = await mailbox(email, template)
  return /not-me\?token=([\w-]{43})/.exec(mail?.text ?? '')?.[1] ?? ''
}

const isAlive = async (token: string, tenant = 'acme') =>
  (await call('GET', `/customer/${tenant}/me`, { token })).status === 200

describe('an address of somebody else', () => {
  it('T20 on the record of an attacker: nothing of the attacker is left once its owner has proved it', async () => {
    const attacker = await newCustomer('acme', { password: attackers })
    const victim = uniqueEmail('victim')
    expect((await changeEmail(attacker.tokens.access_token, victim, 1)).status).toBe(200)
    const tokens = await logIn('acme', { email: victim, password: attackers })
    await askReset(victim)
    expect((await reset(await mailedToken(victim, 'password-reset'), password)).status).toBe(204)
    expect(await logInStatus(victim, password)).toBe(200)
    expect([await logInStatus(victim, attackers), await isAlive(tokens.access_token)]).toEqual([401, false])
    const [notice] = await mailbox(attacker.email, 'email-changed')
    expect(notice, 'an address that was never proved takes nothing back').not.toHaveProperty('link')
    const confirmation = await mailedToken(victim, 'email-confirmation')
    expect(await page('confirm-email', { token: confirmation, answer: 'not-me' })).toMatchObject({
      status: 400,
    })
    expect(await logInStatus(victim, password)).toBe(200)
  })

  it('T20 with a second account of an attacker: ends with the proof, and neither address opens the record before', async () => {
    const victim = await newCustomer('acme', { password: attackers })
    const second = uniqueEmail('second')
    const added = await call('POST', '/customer/acme/me/accounts/internal', {
      token: victim.tokens.access_token,
      body: { email: second, password: attackers },
    })
    expect(added.status).toBe(201)
    const token = await mailedToken(second, 'account-confirmation')
    expect(await page('confirm-account', { token, password: attackers })).toMatchObject({ status: 200 })
    expect(await logInStatus(second, attackers)).toBe(200)
    await askReset(victim.email)
    await reset(await mailedToken(victim.email, 'password-reset'), password)
    expect(await logInStatus(second, attackers)).toBe(401)
    expect(await logInStatus(victim.email, password)).toBe(200)
  })

  it('T20 as a further account of an attacker: reserves nothing, signs no one in, and its owner can decline', async () => {
    const attacker = await newCustomer('acme', { password: attackers })
    const victim = uniqueEmail('victim')
    const add = () =>
      call('POST', '/customer/acme/me/accounts/internal', {
        token: attacker.tokens.access_token,
        body: { email: victim, password: attackers },
      })
    expect((await add()).status).toBe(201)
    expect(await logInStatus(victim, attackers)).toBe(401)
    const token = await mailedToken(victim, 'account-confirmation')
    expect(await page('confirm-account', { token, answer: 'not-me' })).toMatchObject({ status: 200 })
    expect(await page('confirm-account', { token, password: attackers })).toMatchObject({ status: 400 })
    const owner = await call('POST', '/customer/acme/signup', {
      token: await visitor(),
      body: { email: victim, password },
    })
    expect(owner.status).toBe(201)
    expect((await add()).status).toBe(409)
  })

  it('T20 in an attacker’s sign-up: a resent link opens the record without the password of the sign-up', async () => {
    const attacker = await signUp('globex', { password: attackers })
    const resend = { token: await visitor('globex'), body: { email: attacker.email } }
    await call('POST', '/customer/globex/signup/optin/refresh_token', resend)
    const link = await mailedToken(attacker.email, 'opt-in-resent')
    const opened = await call<{ access_token: string }>('GET', `/customer/globex/signup/optin/${link}`, {
      token: await visitor('globex'),
    })
    expect(opened.status).toBe(200)
    expect(await logInStatus(attacker.email, attackers, 'globex')).toBe(401)
    const choose = await mailedToken(attacker.email, 'choose-password')
    expect((await reset(choose, password, 'globex')).status).toBe(204)
    expect(await logInStatus(attacker.email, password, 'globex')).toBe(200)
  })

  it('T20 a resent link in the session that signed up keeps the password', async () => {
    const own = await signUp('globex')
    await call('POST', '/customer/globex/signup/optin/refresh_token', {
      token: own.token,
      body: { email: own.email },
    })
    const link = await mailedToken(own.email, 'opt-in-resent')
    const opened = await call('GET', `/customer/globex/signup/optin/${link}`, { token: own.token })
    expect(opened.status).toBe(200)
    expect(await logInStatus(own.email, own.password, 'globex')).toBe(200)
  })

  it('T20 on our page a resent link asks for the new password at once', async () => {
    const attacker = await signUp('globex', { password: attackers })
    const resend = { token: await visitor('globex'), body: { email: attacker.email } }
    await call('POST', '/customer/globex/signup/optin/refresh_token', resend)
    const token = await mailedToken(attacker.email, 'opt-in-resent')
    const asked = await page('opt-in', { token }, 'globex')
    const choose = /name="token" value="([\w-]{43})"/.exec(asked.text)?.[1] ?? ''
    expect(asked.text).toContain('action="/account/globex/reset-password"')
    expect(await page('reset-password', { token: choose, password }, 'globex')).toMatchObject({ status: 200 })
    expect(await logInStatus(attacker.email, password, 'globex')).toBe(200)
    const older = await mailedToken(attacker.email, 'opt-in')
    expect(await page('opt-in', { token: older }, 'globex'), 'confirmed stays confirmed').toMatchObject({
      status: 200,
    })
  })
})

describe('"This was not me"', () => {
  it('T20 removes an account that nothing else speaks for, even after its main link was followed', async () => {
    for (const follow of [false, true]) {
      const attacker = await signUp('globex', { password: attackers })
      if (follow)
        expect(
          await page('opt-in', { token: await mailedToken(attacker.email, 'opt-in') }, 'globex'),
        ).toMatchObject({ status: 200 })
      const token = await notMeToken(attacker.email, 'opt-in')
      expect(await page('not-me', { token }, 'acme')).toMatchObject({ status: 400 })
      expect(await page('not-me', { token }, 'globex')).toMatchObject({ status: 200 })
      expect(await page('not-me', { token }, 'globex'), 'a double click').toMatchObject({ status: 200 })
      const again = { token: await visitor('globex'), body: { email: attacker.email, password } }
      expect((await call('POST', '/customer/globex/signup', again)).status).toBe(201)
    }
  })

  it('T20 does not remove an account whose mailbox was proved otherwise since', async () => {
    const owner = await signUp('globex')
    await askReset(owner.email, 'globex')
    await reset(await mailedToken(owner.email, 'password-reset'), password, 'globex')
    const token = await notMeToken(owner.email, 'opt-in')
    expect(await page('not-me', { token }, 'globex')).toMatchObject({ status: 400 })
    expect(await logInStatus(owner.email, password, 'globex')).toBe(200)
  })

  it('T20 takes a change of e-mail back, before it is made and after', async () => {
    for (const complete of [false, true]) {
      const customer = await provedCustomer('acme')
      const newEmail = uniqueEmail('new')
      await call('POST', '/customer/acme/me/accounts/internal/email/change', {
        token: customer.tokens.access_token,
        body: { email: customer.email, password: customer.password, newEmail },
      })
      const link = await mailedToken(newEmail, 'email-change')
      if (complete) expect(await page('change-email', { token: link })).toMatchObject({ status: 200 })
      const token = await notMeToken(newEmail, 'email-change')
      expect(await page('not-me', { token })).toMatchObject({ status: 200 })
      if (!complete) expect(await page('change-email', { token: link })).toMatchObject({ status: 400 })
      expect(await logInStatus(customer.email, customer.password)).toBe(complete ? 401 : 200)
      expect(await logInStatus(newEmail, customer.password)).toBe(401)
    }
  })

  it('T15 is a page that does nothing when it is looked at', async () => {
    const attacker = await signUp('globex')
    const token = await notMeToken(attacker.email, 'opt-in')
    for (const method of ['GET', 'HEAD'])
      expect(await call(method, '/account/globex/not-me', { query: { token } })).toMatchObject({
        status: 200,
      })
    expect(
      await page('opt-in', { token: await mailedToken(attacker.email, 'opt-in') }, 'globex'),
    ).toMatchObject({ status: 200 })
  })
})

describe('a stolen session that changes the e-mail', () => {
  it('T30 gets no reset: for three days it goes to the mailbox that was proved before', async () => {
    const owner = await provedCustomer('acme')
    const thief = uniqueEmail('thief')
    expect((await changeEmail(owner.tokens.access_token, thief, 2)).status).toBe(200)
    for (const asked of [thief, owner.email]) {
      const before = (await mailbox(owner.email, 'password-reset')).length
      await askReset(asked)
      await mailbox(owner.email, 'password-reset', before + 1)
    }
    await outboxEmpty()
    expect(await mailbox(thief, 'password-reset', 0)).toEqual([])
    const [mail] = await mailbox(owner.email, 'password-reset')
    expect((await reset(mail?.token ?? '', password)).status).toBe(204)
    expect(await logInStatus(thief, password)).toBe(200)
    const { body } = await call<{ isEmailVerified: boolean }>('GET', '/acme/me', {
      token: (await logIn('acme', { email: thief, password })).access_token,
    })
    expect(body.isEmailVerified, 'the reset came by the other mailbox').toBe(false)
  })

  it('T30 cannot take the old address, nor can anybody else, while it can be taken back', async () => {
    const owner = await provedCustomer('acme')
    await changeEmail(owner.tokens.access_token, uniqueEmail('thief'), 2)
    const signUpWith = async (email: string) =>
      (await call('POST', '/customer/acme/signup', { token: await visitor(), body: { email, password } }))
        .status
    expect(await signUpWith(owner.email)).toBe(409)
    const other = await newCustomer('acme')
    expect((await changeEmail(other.tokens.access_token, owner.email, 1)).status).toBe(400)
    const office = await serviceToken('acme')
    const made = await call('POST', '/acme/customers', {
      token: office,
      body: { email: owner.email, password },
    })
    expect(made.status).toBe(400)
    const [notice] = await mailbox(owner.email, 'email-changed')
    expect(await page('undo-email-change', { token: notice?.token ?? '' })).toMatchObject({ status: 200 })
    await reset((await mailbox(owner.email, 'password-reset', 2))[0]?.token ?? '', password)
    expect(await logInStatus(owner.email, password)).toBe(200)
  })

  it('T30 erases nothing: a deletion goes by a mail to the proved mailbox', async () => {
    const owner = await provedCustomer('acme')
    const thief = uniqueEmail('thief')
    await changeEmail(owner.tokens.access_token, thief, 2)
    const { access_token: token } = await logIn('acme', { email: thief, password: owner.password })
    const erased = await call('DELETE', '/acme/me', { token, query: { version: '3' } })
    expect(erased).toMatchObject({ status: 403 })
    expect((await call('DELETE', '/customer/acme/me', { token })).status).toBe(204)
    expect(await mailbox(owner.email, 'deletion')).toHaveLength(1)
    expect(await mailbox(thief, 'deletion', 0)).toEqual([])
  })

  it('T30 washes nothing out: whatever was added since goes with the undo', async () => {
    const owner = await provedCustomer('acme')
    const [thief, further] = [uniqueEmail('thief'), uniqueEmail('further')]
    await changeEmail(owner.tokens.access_token, thief, 2)
    const { access_token: token } = await logIn('acme', { email: thief, password: owner.password })
    await call('POST', '/customer/acme/me/accounts/internal', {
      token,
      body: { email: further, password: attackers },
    })
    const link = await mailedToken(further, 'account-confirmation')
    expect(await page('confirm-account', { token: link, password: owner.password })).toMatchObject({
      status: 200,
    })
    expect((await changeEmail(token, uniqueEmail('again'), 4)).status).toBe(200)
    const [notice] = await mailbox(owner.email, 'email-changed')
    expect(await page('undo-email-change', { token: notice?.token ?? '' })).toMatchObject({ status: 200 })
    expect([await logInStatus(further, attackers), await isAlive(token)]).toEqual([401, false])
  })

  it('T30 the new mailbox’s owner gives the address free', async () => {
    const owner = await provedCustomer('acme')
    const stranger = uniqueEmail('stranger')
    await changeEmail(owner.tokens.access_token, stranger, 2)
    const token = await mailedToken(stranger, 'email-confirmation')
    expect(await page('confirm-email', { token, answer: 'not-me' })).toMatchObject({ status: 200 })
    const own = await call('POST', '/customer/acme/signup', {
      token: await visitor(),
      body: { email: stranger, password },
    })
    expect(own.status).toBe(201)
  })

  it('T30 the record’s own password and the link confirm the new mailbox, and resets go there from then on', async () => {
    const owner = await provedCustomer('acme')
    const next = uniqueEmail('next')
    await changeEmail(owner.tokens.access_token, next, 2)
    const token = await mailedToken(next, 'email-confirmation')
    expect(await page('confirm-email', { token, password: 'not the password' })).toMatchObject({
      status: 400,
    })
    expect(await page('confirm-email', { token, password: owner.password })).toMatchObject({ status: 200 })
    await askReset(next)
    expect(await mailbox(next, 'password-reset')).toHaveLength(1)
    const [notice] = await mailbox(owner.email, 'email-changed')
    expect(
      await page('undo-email-change', { token: notice?.token ?? '' }),
      'it stays for its time',
    ).toMatchObject({ status: 200 })
  })
})

describe('where an opt-in is asked for', () => {
  it('T20 a change of e-mail waits for the new mailbox', async () => {
    const owner = await signUp('globex')
    await page('opt-in', { token: await mailedToken(owner.email, 'opt-in') }, 'globex')
    const { access_token: token } = await logIn('globex', owner)
    const next = uniqueEmail('next')
    const changed = await changeEmail(token, next, 2, 'globex')
    expect(changed).toMatchObject({ status: 200, body: { email: owner.email } })
    expect(await logInStatus(next, owner.password, 'globex')).toBe(401)
    expect(
      await page('change-email', { token: await mailedToken(next, 'email-change') }, 'globex'),
    ).toMatchObject({ status: 200 })
    expect(await logInStatus(next, owner.password, 'globex')).toBe(200)
  })
})

describe('where accounts are hidden', () => {
  let hiding: string
  beforeAll(async () => void (hiding = await newTenant({ optIn: 'double', revealExistingAccounts: false })))

  it('T18 an account that waits for its opt-in answers like a wrong password, in both dialects', async () => {
    const waiting = await signUp(hiding)
    const token = await visitor(hiding)
    const logInAs = (email: string) =>
      call('POST', `/customer/${hiding}/login`, { token, body: { email, password: waiting.password } })
    const [known, unknown] = [await logInAs(waiting.email), await logInAs(uniqueEmail())]
    expect([known.status, known.text]).toEqual([401, unknown.text])
    const flow = (email: string) =>
      call('POST', `/oauth/${hiding}/customers/token`, {
        headers: { Authorization: `Basic ${btoa(`${hiding}-storefront:${hiding}-storefront-secret`)}` },
        form: { grant_type: 'password', username: email, password: waiting.password },
      })
    const [first, second] = [await flow(waiting.email), await flow(uniqueEmail())]
    expect([first.status, first.text]).toEqual([second.status, second.text])
  })

  it('T18 a change to a taken address and a free one answer alike', async () => {
    const [owner, other] = [await signUp(hiding), await signUp(hiding)]
    await page('opt-in', { token: await mailedToken(owner.email, 'opt-in') }, hiding)
    const { access_token: token } = await logIn(hiding, owner)
    const [free, taken] = [
      await changeEmail(token, uniqueEmail(), 2, hiding),
      await changeEmail(token, other.email, 2, hiding),
    ]
    expect([taken.status, taken.body]).toEqual([free.status, free.body])
    expect(await mailbox(other.email, 'already-registered')).toHaveLength(1)
    const add = (email: string) =>
      call('POST', `/customer/${hiding}/me/accounts/internal`, { token, body: { email, password } })
    const [one, two] = [await add(uniqueEmail()), await add(other.email)]
    expect([two.status, two.text]).toEqual([one.status, one.text])
  })
})

describe('mails', () => {
  it('T29 one request changes the e-mail once at most', async () => {
    const { tokens } = await newCustomer('acme')
    const actions = Array.from({ length: 2 }, () => ({ action: 'changeEmail', email: uniqueEmail() }))
    const answer = await call('POST', '/acme/me', {
      token: tokens.access_token,
      body: { version: 1, actions },
    })
    expect(answer.status).toBe(400)
  })

  it('T29 changes and deletions count against the limit of the mailbox', async () => {
    const tenant = await newTenant({ limits: { mailsPerHour: 3 } })
    const { tokens } = await newCustomer(tenant)
    const statuses: number[] = []
    for (let round = 0; round < 5; round += 1)
      statuses.push((await call('DELETE', `/customer/${tenant}/me`, { token: tokens.access_token })).status)
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0)
    const moved = await changeEmail(tokens.access_token, uniqueEmail(), 1, tenant)
    expect(moved.status, 'the notice to the old address could not be sent').toBe(429)
  })
})

describe('a session that the shop has opened for the customer', () => {
  it('T30 changes no way in and erases nothing', async () => {
    const customer = await newCustomer('acme')
    const assisted = await call<{ accessToken: string }>('POST', '/customer/acme/assisted-buying-login', {
      token: await serviceToken('acme'),
      body: { customerNumber: customer.id },
    })
    const token = assisted.body.accessToken
    expect(await isAlive(token)).toBe(true)
    expect(await changeEmail(token, uniqueEmail(), 1)).toMatchObject({ status: 403 })
    const added = await call('POST', '/customer/acme/me/accounts/internal', {
      token,
      body: { email: uniqueEmail(), password },
    })
    expect(added.status).toBe(403)
    expect(await call('DELETE', '/acme/me', { token, query: { version: '1' } })).toMatchObject({
      status: 403,
    })
    expect(await call('DELETE', '/customer/acme/me', { token })).toMatchObject({ status: 403 })
    expect(await call('PATCH', '/customer/acme/me', { token, body: { firstName: 'Grace' } })).toMatchObject({
      status: 200,
    })
  })
})

describe('blocking', () => {
  it('T6 ends every session for good', async () => {
    const customer = await newCustomer('acme')
    const office = await serviceToken('acme')
    const path = `/customer/acme/customers/${customer.id}`
    for (const [off, on] of [
      [{ active: false }, { active: true }],
      [{ onHold: true }, { onHold: false }],
    ]) {
      const { access_token: token } = await logIn('acme', customer)
      expect(await isAlive(token)).toBe(true)
      await call('PATCH', path, { token: office, body: off })
      await call('PATCH', path, { token: office, body: on })
      expect(await isAlive(token)).toBe(false)
    }
    expect(await logInStatus(customer.email, customer.password)).toBe(200)
  })
})
