/**
 * The queues between rows that order something (a mail, an event to a webhook) and their consumer. Messages carry the id of
 * a row and nothing else.
 */
import type { OutboxQueueMessage } from '../../env.ts'
import type { OutboxQueue } from '../../flows/ports/index.ts'

/** Most messages that one call to the platform takes. */
const batchMax = 100

export function outboxQueue(queue: Queue<OutboxQueueMessage>): OutboxQueue {
  return {
    async send(ids) {
      for (let start = 0; start < ids.length; start += batchMax) {
        await queue.sendBatch(ids.slice(start, start + batchMax).map((id) => ({ body: { id } })))
      }
    },
  }
}
