/**
 * Two people play random sequences of the calls on each other's addresses: Ada, who reads her mailboxes and follows no
 * confirming link of what she has not asked for, and Eve, who does whatever she likes but reads her own mailbox only
 * (contract §7, P1 to P4 and P14). What belongs to Ada is told from her own acts, not from what the record says.
 * A failure prints its seed and path; `TWO_PEOPLE_SEED` and `TWO_PEOPLE_PATH` play it again.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DomainError, Result } from '../../../src/domain/base/result.ts'
import type { OneTimeToken } from '../../../src/domain/credentials/one-time-token.ts'
import type { TenantSettings } from '../../../src/domain/tenant/tenant.ts'
import type { CustomerTokens } from '../../../src/flows/sessions/customer-session.ts'
import type { Mail } from '../../../src/flows/ports/index.ts'
import { serviceInMemory } from '../../support/service.ts'

type Name = 'ada' | 'eve'
const [adas, evens] = ['ada@shop.example', 'eve@shop.example']
const readerOf = (email: string): Name => (email === evens ? 'eve' : 'ada')
const passwordOf = (name: Name) => `correct horse of ${name}`

const calls = [
  ...(['signUp', 'logIn', 'resend', 'askReset', 'askChange', 'changeEmail', 'addAccount'] as const),
  ...(['changePassword', 'askDeletion', 'logOut', 'refresh', 'block', 'day', 'threeDays'] as const),
  ...([
    'askReset',
    'addAccount',
    'changeEmail',
    'link',
    'link',
    'link',
    'link',
    'link',
    'page',
    'disown',
  ] as const),
]
const step = fc.record({
  who: fc.constantFrom<Name>('ada', 'eve'),
  call: fc.constantFrom(...calls),
  /** Eve names either address; Ada knows her own. */
  email: fc.constantFrom(adas, evens),
  /** Which of the mails or sessions, counted from the newest. */
  pick: fc.constantFrom(0, 0, 0, 0, 1, 2, 3),
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

function game(settings: Partial<TenantSettings>) {
  const service = serviceInMemory(settings)
  const { flows, database, tenant, oneTimeTokens } = service
  const inboxes: Record<Name, Mail[]> = { ada: [], eve: [] }
  const sessions: Record<Name, CustomerTokens[]> = { ada: [], eve: [] }
  const asked = new Map<string, Name>()
  const owned = new Set<string>()
  const used = new Set<string>()

  const known = <T>(result: Result<T>): T | undefined => {
    if (result.ok) return result.value
    const bad: DomainError['kind'][] = ['Unavailable']
    expect(bad).not.toContain(result.error.kind)
    return undefined
  }
  const visitorOf = (who: Name) => ({ ...service.visitor, sessionId: `visit of ${who}`, network: undefined })
  const keep = (who: Name, tokens: CustomerTokens | undefined) => {
    if (tokens) sessions[who].unshift(tokens)
  }
  const rows = () => [...database.rows.values()].filter(({ erased }) => !erased)
  const stateOf = (customerId: string) => {
    const row = database.rows.get(`${tenant.key}:${customerId}`)
    if (!row || row.erased) return undefined
    // A repeated opt-in opens a session of its own for ten minutes, which is a log-in and changes nothing else.
    const { spentTokens: _spent, accounts, ...credentials } = row.record.credentials
    return structuredClone({
      ...credentials,
      accounts: accounts.map(({ clearedAt: _logIn, ...account }) => account),
    })
  }

  /** Uses a token; one that has succeeded with the same button before must change nothing. */
  const use = async <T>(
    button: string,
    secret: string,
    token: OneTimeToken,
    act: () => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const before = stateOf(token.customerId)
    const result = await act()
    known(result)
    const name = `${button} ${secret}`
    if (used.has(name)) expect(stateOf(token.customerId), `${name} acted twice`).toEqual(before)
    if (result.ok) used.add(name)
    return result
  }

  /** The main link of a mail: by API, or on our page with the reader's password. */
  const follow = async (who: Name, mail: Mail, isPage: boolean) => {
    const secret = mail.token ?? ''
    const token = await oneTimeTokens.find(secret)
    if (!token) return
    const context = visitorOf(who)
    const { purpose, customerId } = token
    const mine = asked.get(purpose === 'opt_in' ? customerId : token.id) === who
    switch (purpose) {
      case 'opt_in': {
        if (who === 'ada' && !token.resent && !mine) return
        const again = (await stateOf(customerId))?.accounts.some(
          ({ id, proved }) => id === token.accountId && proved,
        )
        const done = isPage
          ? await use('opt-in', secret, token, () => flows.optIn.confirm(context, secret))
          : await use('opt-in', secret, token, () => flows.optIn.accept(context, secret))
        if (!done.ok) return
        if (typeof done.value === 'object') keep(who, done.value)
        else if (done.value !== undefined) {
          const [link] = [done.value]
          known(await flows.passwords.reset(context, link, passwordOf(who)))
        }
        if (who === 'ada' && !again) owned.add(customerId)
        return
      }
      case 'password_reset': {
        const done = await use(purpose, secret, token, () =>
          flows.passwords.reset(context, secret, passwordOf(who)),
        )
        if (done.ok && who === 'ada') owned.add(customerId)
        return
      }
      case 'email_change': {
        if (who === 'ada' && !mine) return
        await use(purpose, secret, token, () => flows.emailChange.confirm(context, undefined, secret))
        return
      }
      case 'email_confirmation':
      case 'account_confirmation':
        await use(purpose, secret, token, () =>
          flows.mailboxLinks.confirm(context, purpose, secret, passwordOf(who)),
        )
        return
      case 'email_undo':
        await use(purpose, secret, token, () => flows.emailChange.undo(context, secret))
        return
      case 'deletion':
        await use(purpose, secret, token, () => flows.deletion.confirm(context, secret))
        return
      case 'disowning':
      case 'email_verification':
        return
    }
  }

  const disown = async (who: Name, mail: Mail) => {
    const token = await oneTimeTokens.find(mail.token ?? '')
    if (!token) return
    const { purpose, id } = token
    const isOwn = purpose === 'email_confirmation' || purpose === 'account_confirmation'
    const secret = isOwn ? (mail.token ?? '') : `disowning ${id}`
    if (who === 'ada' && asked.get(purpose === 'opt_in' ? token.customerId : id) === 'ada') return
    await use('disown', secret, token, () =>
      flows.mailboxLinks.disown(visitorOf(who), isOwn ? purpose : 'disowning', secret),
    )
  }

  const play = async ({ who, call, email: named, pick }: Step) => {
    const email = who === 'ada' ? adas : named
    const context = visitorOf(who)
    const password = passwordOf(who)
    const mail = inboxes[who][pick]
    const tokens = sessions[who][pick] ?? sessions[who][0]
    const own = tokens && { ...(await service.holding(tokens)), network: undefined }
    switch (call) {
      case 'signUp': {
        const before = new Set(database.rows.keys())
        known(
          await flows.signUp.signUp(context, { email, password, draft: { firstName: who }, addresses: [] }),
        )
        for (const [key, { record }] of database.rows)
          if (!before.has(key)) {
            asked.set(record.customer.id, who)
            if (who === 'ada') owned.add(record.customer.id)
          }
        return
      }
      case 'logIn':
        return keep(who, known(await flows.signIn.signIn(context, { email, password })))
      case 'resend':
        return void known(await flows.optIn.resend(context, email))
      case 'askReset':
        return void known(await flows.passwords.requestReset(context, email))
      case 'link':
      case 'page':
        return mail && follow(who, mail, call === 'page')
      case 'disown':
        return mail && disown(who, mail)
      case 'day':
        service.clock.time += 25 * 3_600_000
        return
      case 'threeDays':
        service.clock.time += 73 * 3_600_000
        return
      case 'block':
        for (const active of [false, true])
          for (const { record } of rows()) {
            const ref = { tenant: tenant.key, customerId: record.customer.id }
            const operationId = service.ids.operationId()
            const actions = [{ action: 'setStatus' as const, active }]
            known(
              await service.customers.execute(ref, {
                now: service.clock.now(),
                operationId,
                actions,
                actor: {},
              }),
            )
          }
        return
      default:
        break
    }
    if (!own || !tokens) return
    switch (call) {
      case 'changePassword':
        return void known(await flows.passwords.change(own, { current: password, next: password }))
      case 'askChange': {
        const current = await flows.sessions.check(own)
        if (!current.ok) return
        const request = { email: current.value.email, password, newEmail: email, syncContactEmail: true }
        return void known(await flows.emailChange.request(own, request))
      }
      case 'changeEmail':
        return void known(await flows.profile.update(own, [{ action: 'changeEmail', email }]))
      case 'addAccount':
        return void known(await flows.accountAssignment.assign(own, email, password))
      case 'askDeletion':
        return void known(await flows.deletion.request(own))
      case 'logOut':
        return void known(await flows.sessions.end(own, tokens.accessToken))
      case 'refresh':
        return keep(who, known(await flows.sessions.refresh(own, {}, tokens.refreshToken)))
    }
  }

  /** The records that someone reads: by a session, or by logging in. */
  const readBy = async (who: Name): Promise<string[]> => {
    const live: string[] = []
    for (const tokens of sessions[who]) {
      const own = await service.holding(tokens)
      if ((await flows.sessions.check(own)).ok) live.push(tokens.customerId)
    }
    for (const { record } of rows())
      if (record.credentials.accounts.some(({ passwordHash }) => passwordHash?.includes(passwordOf(who))))
        if (!record.credentials.optInPending) live.push(record.customer.id)
    return live
  }

  const check = async () => {
    const evesRecords = await readBy('eve')
    expect(
      evesRecords.filter((id) => owned.has(id)),
      'Eve reads what is Ada’s',
    ).toEqual([])
    const keys = rows().flatMap(({ record }) => record.credentials.accounts.map(({ emailKey }) => emailKey))
    expect(new Set(keys).size, 'an address of two records').toBe(keys.length)
  }

  return async (steps: Step[]) => {
    for (const one of steps) {
      service.clock.time += 7 * 60_000
      await play(one)
      for (const mail of await service.deliver()) {
        inboxes[readerOf(mail.to)].unshift(mail)
        const token = mail.token === undefined ? undefined : await oneTimeTokens.find(mail.token)
        if (token && !asked.has(token.id)) asked.set(token.id, one.who)
      }
      await check()
    }
  }
}

const tenants: [string, Partial<TenantSettings>][] = [
  ['no opt-in is asked for', { optIn: 'none', revealExistingAccounts: true }],
  ['an opt-in is asked for', { optIn: 'double', revealExistingAccounts: true }],
  ['accounts are hidden', { optIn: 'double', revealExistingAccounts: false }],
]

const eveFirst = (...made: Step['call'][]): Step[] =>
  made.map((call) => ({ who: 'eve', call, email: adas, pick: 0 }))
/** Whose record it is that they play about; a way into another's takes too many steps to be come by often. */
const beginnings: Step[][] = [
  [],
  eveFirst('signUp', 'logIn'),
  [...eveFirst('signUp', 'logIn'), { who: 'eve', call: 'addAccount', email: evens, pick: 0 }],
  [
    { who: 'eve', call: 'signUp', email: evens, pick: 0 },
    { who: 'eve', call: 'link', email: evens, pick: 0 },
    { who: 'eve', call: 'logIn', email: evens, pick: 0 },
    ...eveFirst('changeEmail'),
  ],
]

describe('two people with two addresses', () => {
  const { TWO_PEOPLE_SEED: given, TWO_PEOPLE_PATH: path } = process.env
  const seed = given === undefined ? Date.now() % 0x7fffffff : Number(given)

  it.each(tenants)(
    'T20 whatever they do where %s: what its owner has proved is nobody else’s, and no link acts twice',
    async (_name, settings) => {
      console.info(`two people: seed ${seed}`)
      const sequences = fc
        .tuple(fc.constantFrom(...beginnings), fc.array(step, { minLength: 4, maxLength: 30, size: 'max' }))
        .map(([first, then]) => [...first, ...then])
      await fc.assert(
        fc.asyncProperty(sequences, (steps) => game(settings)(steps)),
        { seed, numRuns: 700, ...(path !== undefined && { path }) },
      )
    },
    60_000,
  )
})
