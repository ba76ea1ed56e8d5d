/**
 * Mails that a stranger asks for (T18, T19): the order is in the outbox before anybody gets an answer, holds no secret, and
 * is the same whether or not the address belongs to anybody.
 */
import { expect, it } from 'vitest'
import { requestedMailsFlow } from '../../../src/flows/mail/requested-mails.ts'
import { countedIds, outboxInMemory, queueInMemory, settableClock } from '../../support/ports.ts'
import { now, tenantWith } from '../../support/records.ts'

function flow() {
  const outbox = outboxInMemory()
  const outboxQueue = queueInMemory()
  const deferred: Promise<unknown>[] = []
  const ports = { outbox, outboxQueue, clock: settableClock(), ids: countedIds() }
  const { order } = requestedMailsFlow({ ...ports, defer: (work) => void deferred.push(work) })
  return { order, outbox, outboxQueue, deferred }
}

it.each([
  [undefined, {}],
  ['main', { site: 'main' }],
])('an order for the site %s is in the outbox when it is accepted', async (site, extra) => {
  const { order, outbox, outboxQueue, deferred } = flow()
  await order(tenantWith(), 'password-reset', 'ada@shop.example', site)
  expect([...outbox.rows.values()].map(({ entry }) => entry)).toEqual([
    {
      id: 'operation 1',
      tenant: 'acme',
      createdAt: new Date(now).toISOString(),
      order: {
        kind: 'requested',
        template: 'password-reset',
        emailKey: 'ada@shop.example',
        tokenId: 'token 2',
        requestedAt: now,
        ...extra,
      },
    },
  ])
  await Promise.all(deferred)
  expect(outboxQueue.sent).toEqual([{ tenant: 'acme', id: 'operation 1' }])
})

it('each order has a token id of its own', async () => {
  const { order, outbox } = flow()
  await order(tenantWith(), 'opt-in-resent', 'ada@shop.example')
  await order(tenantWith(), 'opt-in-resent', 'ada@shop.example')
  const ids = [...outbox.rows.values()].map(
    ({ entry }) => entry.order.kind === 'requested' && entry.order.tokenId,
  )
  expect(new Set(ids).size).toBe(2)
})

it('an order that could not be written is not accepted, and nothing is queued', async () => {
  const { order, outbox, outboxQueue, deferred } = flow()
  outbox.failing = new Error('no database')
  await expect(order(tenantWith(), 'opt-in-resent', 'ada@shop.example')).rejects.toThrow('no database')
  expect([deferred, outboxQueue.sent]).toEqual([[], []])
})

it('an order is accepted although the queue is out of order', async () => {
  const { order, outbox, outboxQueue, deferred } = flow()
  outboxQueue.failing = new Error('no queue')
  await order(tenantWith(), 'opt-in-resent', 'ada@shop.example')
  await Promise.allSettled(deferred)
  expect(outbox.rows.size).toBe(1)
})
