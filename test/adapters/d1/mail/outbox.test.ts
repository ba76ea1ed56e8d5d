/**
 * Mail orders in the database: one consumer at a time has an entry, what is delivered is gone, and what has lost its
 * message is found once per round.
 */
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../../src/adapters/d1/database.ts'
import { oneDatabase } from '../../../../src/adapters/d1/databases.ts'
import { outboxTable } from '../../../../src/adapters/d1/mail/outbox.ts'
import { messageLostSeconds, type OutboxEntry } from '../../../../src/domain/mail/mail.ts'
import { now, tokenOf } from '../../../support/records.ts'

const outbox = outboxTable(oneDatabase(openDatabase(env.DB)))
const due = now + messageLostSeconds * 1000
let entries = 0

beforeEach(() => env.DB.prepare('DELETE FROM outbox').run())

function entryOf(more: Partial<OutboxEntry> = {}): OutboxEntry {
  return {
    id: `entry ${(entries += 1)}`,
    tenant: 'acme',
    customerId: '12345678',
    order: {
      kind: 'addressed',
      template: 'email-change',
      to: 'Ada@shop.example',
      recipient: { firstName: "O'Hara" },
      token: tokenOf('email_change'),
    },
    createdAt: new Date(now).toISOString(),
    ...more,
  }
}

async function added(more: Partial<OutboxEntry> = {}): Promise<OutboxEntry> {
  const entry = entryOf(more)
  await outbox.add(entry)
  return entry
}

describe('an entry', () => {
  it('is handed out as it was put in', async () => {
    const entry = await added()
    expect(await outbox.claim(entry, now, 60)).toEqual(entry)
  })

  it('of nobody in particular is handed out without a customer', async () => {
    const { customerId: _none, ...entry } = entryOf({
      order: {
        kind: 'requested',
        template: 'opt-in-resent',
        emailKey: 'a@x.example',
        tokenId: 't',
        requestedAt: now,
      },
    })
    await outbox.add(entry)
    expect(await outbox.claim(entry, now, 60)).toEqual(entry)
  })

  it('is one consumer’s for its lease, and anybody’s afterwards', async () => {
    const { id } = await added()
    expect(await outbox.claim({ tenant: 'acme', id }, now, 60)).toBeDefined()
    expect(await outbox.claim({ tenant: 'acme', id }, now + 59_999, 60)).toBeUndefined()
    expect(await outbox.claim({ tenant: 'acme', id }, now + 60_000, 60)).toBeDefined()
  })

  it('goes to one of ten who claim it at once', async () => {
    const { id } = await added()
    const claims = await Promise.all(
      Array.from({ length: 10 }, () => outbox.claim({ tenant: 'acme', id }, now, 60)),
    )
    expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1)
  })

  it('given back can be claimed at once', async () => {
    const { id } = await added()
    await outbox.claim({ tenant: 'acme', id }, now, 60)
    await outbox.release({ tenant: 'acme', id }, now + 5000, 'no answer')
    expect(await outbox.claim({ tenant: 'acme', id }, now, 60)).toBeDefined()
  })

  it('that is completed is gone, and completing or giving it back again is no matter', async () => {
    const { id } = await added()
    await outbox.complete({ tenant: 'acme', id })
    await outbox.complete({ tenant: 'acme', id })
    await outbox.release({ tenant: 'acme', id }, now, 'no answer')
    expect(await outbox.claim({ tenant: 'acme', id }, now, 60)).toBeUndefined()
  })

  it('that was never there cannot be claimed', async () => {
    expect(await outbox.claim({ tenant: 'acme', id: 'nothing' }, now, 60)).toBeUndefined()
  })

  it('that failed for good is kept with its reason, and is nobody’s and never due', async () => {
    const { id } = await added()
    await outbox.claim({ tenant: 'acme', id }, now, 60)
    await outbox.fail(
      { tenant: 'acme', id },
      { kind: 'permanent', failedAt: '2026-01-01T00:00:00.000Z', reason: 'refused' },
    )
    expect(await outbox.claim({ tenant: 'acme', id }, now + 60_000, 60)).toBeUndefined()
    expect(await outbox.takeDue('DB', due + 86_400_000, due, 10)).toEqual([])
    expect(await stored(id)).toMatchObject({
      failed_at: '2026-01-01T00:00:00.000Z',
      failure_kind: 'permanent',
      failure_reason: 'refused',
      attempts: 1,
    })
  })

  it('that failed keeps its first failure, and its last reason when there is no other', async () => {
    const { id } = await added()
    await outbox.claim({ tenant: 'acme', id }, now, 60)
    await outbox.release({ tenant: 'acme', id }, due, 'no answer')
    await outbox.fail({ tenant: 'acme', id }, { kind: 'exhausted', failedAt: '2026-01-01T00:00:00.000Z' })
    await outbox.fail(
      { tenant: 'acme', id },
      { kind: 'permanent', failedAt: '2027-01-01T00:00:00.000Z', reason: 'refused' },
    )
    expect(await stored(id)).toMatchObject({ failure_kind: 'exhausted', failure_reason: 'no answer' })
  })

  it('of a stranger’s request that failed belongs to the customer whose address it was', async () => {
    const { customerId: _none, ...entry } = entryOf()
    await outbox.add(entry)
    const failure = { kind: 'suppressed' as const, failedAt: '2026-01-01T00:00:00.000Z', reason: 'bounced' }
    await outbox.fail(entry, { ...failure, customerId: '12345678' })
    expect(await stored(entry.id)).toMatchObject({ customer_id: '12345678', failure_kind: 'suppressed' })
  })

  it('that cannot be written is an exception without anything personal in it', async () => {
    const entry = await added()
    const refused = await outbox.add(entry).then(
      () => 'was written',
      (error: unknown) => String(error),
    )
    expect(refused).toContain('UNIQUE')
    expect(refused).not.toMatch(/shop\.example|Hara|token/)
  })
})

async function stored(id: string) {
  return env.DB.prepare('SELECT * FROM outbox WHERE id = ?').bind(id).first()
}

describe('the backlog', () => {
  it('of an empty outbox is nothing', async () => {
    expect(await outbox.backlog()).toEqual({ waiting: 0, delayed: 0, failed: 0 })
  })

  it('counts what waits, what of that was tried in vain, and what has failed', async () => {
    const [first, second, third] = [await added(), await added(), await added()]
    await outbox.claim(first, now, 60)
    await outbox.release(first, due, 'no answer')
    await outbox.claim(second, now, 60)
    await outbox.fail(third, { kind: 'exhausted', failedAt: '2026-01-01T00:00:00.000Z' })
    expect(await outbox.backlog()).toEqual({ waiting: 2, delayed: 1, failed: 1 })
  })
})

describe('a lost message', () => {
  it('is one that has been under way for too long, and is found once per round', async () => {
    const { id } = await added()
    expect(await outbox.takeDue('DB', due - 1, due + 5000, 10)).toEqual([])
    expect(await outbox.takeDue('DB', due, due + 5000, 10)).toEqual([orderOf(id)])
    expect(await outbox.takeDue('DB', due + 4999, due + 9000, 10)).toEqual([])
    expect(await outbox.takeDue('DB', due + 5000, due + 9000, 10)).toEqual([orderOf(id)])
  })

  it('after a failed delivery is due when the next attempt should have been', async () => {
    const { id } = await added()
    await outbox.claim({ tenant: 'acme', id }, now, 60)
    await outbox.release({ tenant: 'acme', id }, due + 5000, 'no answer')
    expect(await outbox.takeDue('DB', due + 4999, due + 9000, 10)).toEqual([])
    expect(await outbox.takeDue('DB', due + 5000, due + 9000, 10)).toEqual([orderOf(id)])
  })

  it('of the longest wait is taken first where there are many', async () => {
    const ids: string[] = []
    for (const seconds of [3, 1, 2]) {
      const { id } = await added({ createdAt: new Date(now + seconds * 1000).toISOString() })
      ids[seconds] = id
    }
    expect(await outbox.takeDue('DB', due + 5000, due + 9000, 2)).toEqual(
      expect.arrayContaining([orderOf(ids[1]), orderOf(ids[2])]),
    )
    expect(await outbox.takeDue('DB', due + 5000, due + 9000, 2)).toEqual([orderOf(ids[3])])
  })

  it('is taken by one of several who look at once', async () => {
    for (let count = 0; count < 5; count += 1) await added()
    const rounds = await Promise.all(
      Array.from({ length: 4 }, () => outbox.takeDue('DB', due, due + 5000, 10)),
    )
    const taken = rounds.flat()
    expect(taken).toHaveLength(5)
    expect(new Set(taken.map(({ id }) => id)).size).toBe(5)
  })
})

function orderOf(id: string | undefined) {
  return { tenant: 'acme', id }
}
