/**
 * The queues between rows that order something (a mail, an event to a webhook) and their consumer. Messages say which
 * row of which tenant it is, and nothing else.
 */
import type { OutboxQueueMessage } from '../../env.ts'
import type { OutboxQueue } from '../../flows/ports/index.ts'

/** Most messages that one call to the platform takes. */
const batchMax = 100

export function outboxQueue(queue: Queue<OutboxQueueMessage>): OutboxQueue {
  return {
    async send(orders) {
      for (let start = 0; start < orders.length; start += batchMax) {
        const batch = orders.slice(start, start + batchMax)
        await queue.sendBatch(batch.map(({ tenant, id }) => ({ body: { tenant, id } })))
      }
    },
  }
}
