/**
 * For how long the sessions of a customer are kept: until they end, and not until the customer comes back.
 */
import { beforeEach, expect, test } from 'vitest'
import type { Session } from '../../../src/domain/credentials/session.ts'
import { SessionBook } from '../../../src/flows/object/session-book.ts'
import { now } from '../../support/records.ts'

const rows = new Map<string, Session>()
let wakeUps: number[]
let book: SessionBook

/** As after a restart: only the rows are left. */
function open(): SessionBook {
  return new SessionBook({
    sessions: {
      list: () => [...rows.values()],
      put: (session) => void rows.set(session.key, session),
      remove: (keys) => keys.forEach((key) => rows.delete(key)),
    },
    wakeUp: { at: (time) => void wakeUps.push(time) },
  })
}

function sessionUntil(endsAt: number, key = `until ${endsAt - now}`): Session {
  return {
    ...{ key, sessionId: key, accountId: 'ada', credentialsRevision: 1, counter: 0, methods: ['pwd'] },
    ...{ rotatedAt: now, createdAt: now, authTime: now, refreshUntil: endsAt, endsAt },
    grant: { refresh: 'rotating', accessLifetimeSeconds: 60, refreshLifetimeSeconds: 60, scopes: [] },
  }
}

const keys = () => [...rows.keys()]

beforeEach(() => {
  rows.clear()
  wakeUps = []
  book = open()
})

test('the object is woken when the first session ends, and again for the next, until none is left', () => {
  for (const seconds of [30, 10, 20]) book.put(sessionUntil(now + seconds))
  expect(wakeUps).toEqual([now + 30, now + 10])
  book.removeEnded(now + 10)
  expect([keys(), wakeUps.at(-1)]).toEqual([['until 30', 'until 20'], now + 20])
  book.removeEnded(now + 25)
  expect([keys(), wakeUps.at(-1)]).toEqual([['until 30'], now + 30])
  book.removeEnded(now + 30)
  expect(keys()).toEqual([])
  expect(wakeUps).toHaveLength(4)
})

test('a session that is prolonged stays, and costs no other call for each refresh', () => {
  for (const seconds of [10, 20, 30]) book.put(sessionUntil(now + seconds, 'own'))
  expect(wakeUps).toEqual([now + 10])
  book.removeEnded(now + 10)
  expect([keys(), wakeUps]).toEqual([['own'], [now + 10, now + 30]])
})

test('an object that has been restarted is woken for what it finds, too', () => {
  book.put(sessionUntil(now + 10))
  wakeUps = []
  open().put(sessionUntil(now + 20))
  expect(wakeUps).toEqual([now + 10])
})

test('an object that is woken after all sessions have gone does nothing', () => {
  book.put(sessionUntil(now + 10))
  book.clear()
  book.removeEnded(now + 10)
  expect(wakeUps).toEqual([now + 10])
})
