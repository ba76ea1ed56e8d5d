/**
 * Refreshing a session (T4, T5): of all refresh tokens ever issued one is current, its predecessor is good for a few seconds, and
 * any other ends the session. By example and over random presentations.
 */
import { accountOf } from '../../support/records.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  clientOf,
  isAlive,
  isPresentable,
  isRecentLogin,
  judgeRefresh,
  recentLoginSeconds,
  refreshGraceSeconds,
  restoreSession,
  type Session,
} from '../../../src/domain/credentials/session.ts'
import { now } from '../../support/records.ts'

const day = 86_400_000
const graceMs = refreshGraceSeconds * 1000
const session: Session = {
  key: 'key',
  sessionId: 'session',
  accountId: 'ada',
  credentialsRevision: 3,
  counter: 5,
  rotatedAt: now,
  createdAt: now - day,
  authTime: now - day,
  methods: ['pwd'],
  refreshUntil: now + day,
  endsAt: now + 30 * day,
  grant: { refresh: 'rotating', accessLifetimeSeconds: 60, refreshLifetimeSeconds: 86_400, scopes: [] },
}

describe('a refresh token', () => {
  it.each([
    ['that is current rotates', 5, now, 'rotate'],
    ['that is current rotates late', 5, now + day - 1, 'rotate'],
    ['of before is good at once', 4, now, 'repeat'],
    ['of before is good until the grace is over', 4, now + graceMs, 'repeat'],
    ['of before is stolen after the grace', 4, now + graceMs + 1, 'stolen'],
    ['of two rotations ago is stolen at once', 3, now, 'stolen'],
    ['that was never issued is stolen', 6, now, 'stolen'],
    ['that is current is over with its time', 5, now + day, 'ended'],
  ])('%s', (_what, counter, time, outcome) => {
    expect(judgeRefresh(session, counter, time)).toBe(outcome)
  })

  it('is over with the session, whatever its own time', () => {
    expect(judgeRefresh({ ...session, endsAt: now }, 5, now)).toBe('ended')
  })

  it('never lives beside another current one, and a stolen one ends the session', () => {
    const step = fc.record({
      waitMs: fc.oneof(fc.integer({ min: 0, max: 2 * graceMs }), fc.constantFrom(0, graceMs, graceMs + 1)),
      age: fc.oneof(fc.constantFrom(0, 0, 0, 1, 1), fc.integer({ min: -1, max: 4 })),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let alive: Session | undefined = { ...session, counter: 0 }
        let time = now
        for (const { waitMs, age } of steps) {
          time += waitMs
          const counter: number = alive.counter - age
          const sinceRotation = time - alive.rotatedAt
          const outcome = judgeRefresh(alive, counter, time)
          const expected = age === 0 ? 'rotate' : age === 1 && sinceRotation <= graceMs ? 'repeat' : 'stolen'
          expect(outcome).toBe(expected)
          if (outcome === 'stolen') return
          if (outcome === 'rotate') {
            const replaced: Session = alive
            alive = { ...alive, counter: alive.counter + 1, rotatedAt: time }
            // From now on only one counter rotates: the new one.
            const rotating = Array.from({ length: alive.counter + 2 }, (_, candidate) => candidate).filter(
              (candidate) => alive && judgeRefresh(alive, candidate, time) === 'rotate',
            )
            expect(rotating).toEqual([alive.counter])
            expect(judgeRefresh(alive, replaced.counter, time + graceMs + 1)).toBe('stolen')
          }
        }
      }),
    )
  })
})

describe('a session', () => {
  it.each<[string, Session | undefined, number, number, boolean]>([
    ['is alive under its own revision', session, 3, now, true],
    ['is dead under a later revision', session, 4, now, false],
    ['is dead under an earlier revision', session, 2, now, false],
    ['is alive until its end', session, 3, session.endsAt - 1, true],
    ['is dead at its end', session, 3, session.endsAt, false],
    ['that is not known is dead', undefined, 3, now, false],
  ])('%s', (_what, present, revision, time, alive) => {
    const credentials = { revision, accounts: [accountOf('ada', { id: session.accountId })] }
    expect(isAlive(present, credentials, time)).toBe(alive)
  })

  it('is dead without the account that it was opened with, unless it was another way in', () => {
    const own = { ...accountOf('ada'), id: session.accountId }
    const added = { at: now }
    const identity = { id: own.id, kind: 'federated' as const, issuer: 'i', subject: 's', added }
    expect(isAlive(session, { revision: 3, accounts: [accountOf('bob')] }, now)).toBe(false)
    expect(isAlive(session, { revision: 3, accounts: [], identities: [identity] }, now)).toBe(true)
    expect(isAlive(session, { revision: 3, accounts: [own, accountOf('bob')] }, now)).toBe(true)
  })

  it('is dead once all sessions have been ended, and later ones live', () => {
    const credentials = {
      revision: 3,
      sessionEpoch: 1,
      accounts: [{ ...accountOf('ada'), id: session.accountId }],
    }
    expect(isAlive(session, credentials, now)).toBe(false)
    expect(isAlive({ ...session, epoch: 1 }, credentials, now)).toBe(true)
  })
})

describe('the client of a session', () => {
  const { grant } = session
  const named = { ...session, clientId: 'shop' }
  const proved = { ...named, grant: { ...grant, clientId: 'shop' } }
  const assisted = { ...session, clientId: 'office', assistedBy: { clientId: 'office' } }

  it('is the one that opened it, but for an employee’s', () => {
    expect([session, named, proved, assisted].map(clientOf)).toEqual([undefined, 'shop', 'shop', undefined])
  })

  it.each([
    ['that names no client is anybody’s', session, { clientId: 'app', withoutSecret: true }, true],
    ['of a client is its', named, { clientId: 'shop', withoutSecret: true }, true],
    ['of a client is its with the secret, too', named, { clientId: 'shop' }, true],
    ['of a client is no other’s', named, { clientId: 'app', withoutSecret: true }, false],
    ['of a client is no other’s with a secret', named, { clientId: 'app' }, false],
    ['of a client is good for a token that names none', named, { withoutSecret: true }, true],
    ['opened with a secret needs it', proved, { clientId: 'shop', withoutSecret: true }, false],
    ['opened with a secret needs it, whatever is not named', proved, { withoutSecret: true }, false],
    ['opened with a secret is good for it', proved, { clientId: 'shop' }, true],
    ['opened with a secret is no other’s', proved, { clientId: 'app' }, false],
    ['of an employee is for any storefront', assisted, { clientId: 'shop', withoutSecret: true }, true],
  ] as const)('decides on refreshing: one %s', (_what, of, presenter, presentable) => {
    expect(isPresentable(of, presenter)).toBe(presentable)
  })
})

describe('a recent log-in', () => {
  const recentMs = recentLoginSeconds * 1000
  it.each([
    ['of this moment', { authTime: now }, true],
    ['until its time is over', { authTime: now - recentMs }, true],
    ['not after it', { authTime: now - recentMs - 1 }, false],
    ['whatever was refreshed since', { authTime: now - recentMs - 1, rotatedAt: now }, false],
    ['not of the back office for the customer', { authTime: now, assistedBy: { clientId: 'office' } }, false],
    ['not of the back office without a name', { authTime: now, assistedBy: {} }, false],
  ])('is one %s', (_what, facts, recent) => {
    expect(isRecentLogin({ ...session, ...facts }, now)).toBe(recent)
  })
})

describe('a session that an earlier release stored', () => {
  const { authTime: _time, methods: _methods, ...stored } = session

  it('was logged in when it was opened, by nothing that is known', () => {
    expect(restoreSession(stored)).toEqual({ ...stored, authTime: stored.createdAt, methods: [] })
  })

  it('that knows all of it stays as it is', () => {
    const known = { ...session, authTime: now - 5, clientId: 'storefront' }
    expect(restoreSession(known)).toEqual(known)
  })
})
