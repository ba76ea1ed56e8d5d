/**
 * What becomes of the messages of each queue, and what the log says: a consumer that throws costs its own message a
 * repetition and nobody else anything.
 */
import { describe, expect, it } from 'vitest'
import type { OutboxQueueMessage } from '../src/env.ts'
import { consumeBatch, type QueueParts } from '../src/queues.ts'
import type { Delivery } from '../src/flows/mail/mail-delivery.ts'
import { recordedLog } from './support/ports.ts'
import { sendingEvent } from './support/sending-events.ts'

/** What happened to each message, by its place. */
function batchOf(queue: string, bodies: unknown[], attempts = 1) {
  const fates: unknown[] = bodies.map(() => undefined)
  const messages = bodies.map((body, place) => ({
    ...{ id: String(place), timestamp: new Date(0), body, attempts },
    ack: () => void (fates[place] = 'done'),
    retry: (options: unknown) => void (fates[place] = options),
  }))
  const all = (fate: unknown) => fates.forEach((_fate, place) => (fates[place] = fate))
  const batch = {
    queue,
    messages,
    metadata: {},
    ackAll: () => all('done'),
    retryAll: all,
  } as unknown as MessageBatch
  return { batch, fates }
}

function partsWith(answers: Record<string, Delivery | Error>) {
  const [log, calls] = [recordedLog(), [] as unknown[][]]
  let underWay = 0
  let most = 0
  const answer =
    (what: string) =>
    async ({ tenant, id }: OutboxQueueMessage, attempts: number) => {
      calls.push([what, tenant, id, attempts])
      most = Math.max(most, (underWay += 1))
      await new Promise((resolve) => setTimeout(resolve))
      underWay -= 1
      const given = answers[id] ?? { kind: 'settled' as const }
      if (given instanceof Error) throw given
      return given
    }
  const noted: unknown[] = []
  const parts = {
    log,
    flows: {
      mailDelivery: { deliver: answer('mail'), giveUp: answer('given up') },
      webhookDelivery: { deliver: answer('webhook') },
      deliveryReports: {
        note: async (reports: unknown[]) => {
          const failure = answers['note']
          if (failure instanceof Error) throw failure
          noted.push(...reports)
        },
      },
    },
  } as unknown as QueueParts
  return { parts, log, calls, noted, most: () => most }
}

const bodies = ['1', '2', '3'].map((id) => ({ tenant: 'acme', id }))

describe('a batch', () => {
  it.each([
    ['patron-outbox', 'mail', 1],
    ['patron-outbox-dead', 'given up', 1],
    ['patron-webhooks', 'webhook', 3],
  ])('of %s goes to its consumer (%s), and so many at a time: %i', async (queue, what, atOnce) => {
    const { parts, calls, log, most } = partsWith({})
    const { batch, fates } = batchOf(queue, bodies, 4)
    await consumeBatch(batch, parts)
    expect(calls).toEqual(bodies.map(({ id }) => [what, 'acme', id, 4]))
    expect(fates).toEqual(['done', 'done', 'done'])
    expect(most()).toBe(atOnce)
    expect([log.told, log.failures]).toEqual([[], []])
  })

  it('of an unknown queue is refused as a whole, and no message counts as done', async () => {
    const { parts, calls } = partsWith({})
    const { batch, fates } = batchOf('patron-typo', bodies)
    await expect(consumeBatch(batch, parts)).rejects.toThrow('patron-typo')
    expect([calls, fates]).toEqual([[], [undefined, undefined, undefined]])
  })
})

describe('a consumer that throws', () => {
  it.each([
    ['patron-outbox', 'mail'],
    ['patron-outbox-dead', 'mail'],
    ['patron-webhooks', 'webhook'],
  ])(
    'of %s is in the log with its error, its message comes again, and the others are done',
    async (queue, what) => {
      const error = new TypeError('a fault')
      const { parts, log } = partsWith({ 2: error })
      const { batch, fates } = batchOf(queue, bodies, 3)
      await consumeBatch(batch, parts)
      expect(fates).toEqual(['done', { delaySeconds: 40 }, 'done'])
      expect(log.failures).toEqual([
        { event: `${what} consumer`, error, about: { tenant: 'acme', [what]: '2', attempts: 3 } },
      ])
    },
  )

  it('of reports is in the log, and all of them come again', async () => {
    const error = new Error('no database')
    const { parts, log } = partsWith({ note: error })
    const { batch, fates } = batchOf('patron-email-events', [sendingEvent('bounced', 'ada@shop.example')], 2)
    await consumeBatch(batch, parts)
    expect(fates).toEqual([{ delaySeconds: 20 }])
    expect(log.failures).toEqual([{ event: 'email events again', error, about: { count: 1 } }])
  })
})

it('what is not delivered is told without the reason, which may hold an address', async () => {
  const { parts, log } = partsWith({
    1: { kind: 'failed', failure: 'permanent' },
    2: { kind: 'again', delaySeconds: 7 },
  })
  const { batch, fates } = batchOf('patron-outbox', bodies)
  await consumeBatch(batch, parts)
  expect(fates).toEqual(['done', { delaySeconds: 7 }, 'done'])
  expect(log.told).toEqual([
    {
      level: 'warn',
      event: 'mail failed',
      about: { tenant: 'acme', mail: '1', attempts: 1, failure: 'permanent' },
    },
    {
      level: 'warn',
      event: 'mail again',
      about: { tenant: 'acme', mail: '2', attempts: 1, delaySeconds: 7 },
    },
  ])
})
