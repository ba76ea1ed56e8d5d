/**
 * The sessions of one customer: in memory, and beside the customer's object in the same step. The object is woken when the
 * first of them ends, so that nothing is left of a customer who does not come back.
 * Says nothing about whether a session may be used; see `isAlive`.
 */
import { isAlive, restoreSession, sessionsMax, type Session } from '../../domain/credentials/session.ts'
import type { Credentials } from '../../domain/credentials/credentials.ts'
import type { NewSession, SessionStore, WakeUp } from '../ports/index.ts'

export interface SessionPorts {
  sessions: SessionStore
  wakeUp: WakeUp
}

export class SessionBook {
  readonly #store: SessionStore
  readonly #wakeUp: WakeUp
  #known: Map<string, Session> | undefined
  /** What was asked for last; it is no later than the first end of a session. */
  #wakesAt = Number.POSITIVE_INFINITY

  constructor({ sessions, wakeUp }: SessionPorts) {
    this.#store = sessions
    this.#wakeUp = wakeUp
  }

  find(key: string): Session | undefined {
    return this.#sessions().get(key)
  }

  put(session: Session): void {
    this.#sessions().set(session.key, session)
    this.#store.put(session)
    this.#wake()
  }

  remove(keys: string[]): void {
    if (keys.length === 0) return
    for (const key of keys) this.#sessions().delete(key)
    this.#store.remove(keys)
  }

  clear(): void {
    this.remove([...this.#sessions().keys()])
  }

  /** When the object has been woken. */
  removeEnded(now: number): void {
    this.#wakesAt = Number.POSITIVE_INFINITY
    const ended = [...this.#sessions().values()].filter(({ endsAt }) => endsAt <= now)
    this.remove(ended.map(({ key }) => key))
    this.#wake()
  }

  /** Adds a session, and throws out the dead ones and then the oldest ones above the limit. */
  open(draft: NewSession, credentials: Credentials, now: number): Session {
    const { revision: credentialsRevision, sessionEpoch: epoch = 0 } = credentials
    const times = { authTime: now, rotatedAt: now, createdAt: now }
    const session: Session = { ...draft, ...times, credentialsRevision, epoch, counter: 0 }
    const [alive, dead] = partition([...this.#sessions().values()], (other) =>
      isAlive(other, credentials, now),
    )
    const surplus = alive.sort((a, b) => b.createdAt - a.createdAt).slice(sessionsMax - 1)
    this.remove([...dead, ...surplus].map(({ key }) => key))
    this.put(session)
    return session
  }

  /** After a change of credentials only the session that made it lives on, under the new revision. */
  keepOnly(key: string | undefined, credentialsRevision: number): void {
    const own = key === undefined ? undefined : this.find(key)
    this.remove([...this.#sessions().keys()].filter((other) => other !== own?.key))
    if (own) this.put({ ...own, credentialsRevision })
  }

  #wake(): void {
    const first = Math.min(...[...this.#sessions().values()].map(({ endsAt }) => endsAt))
    if (first >= this.#wakesAt) return
    this.#wakesAt = first
    this.#wakeUp.at(first)
  }

  #sessions(): Map<string, Session> {
    this.#known ??= new Map(this.#store.list().map((stored) => [stored.key, restoreSession(stored)]))
    return this.#known
  }
}

function partition<T>(items: T[], matches: (item: T) => boolean): [T[], T[]] {
  return [items.filter(matches), items.filter((item) => !matches(item))]
}
