/**
 * The daily sweep: what has been kept long enough is removed, in bounded bites, the oldest backlog over several days. It
 * touches nothing that waits for a delivery (the outbox removes its own rows) and no counter, so the numbers of messages
 * go on where they were.
 */
import { allowedKeptSeconds, undeliverableKeptSeconds } from '../../domain/mail/mail.ts'
import { anonymousIdKeptSeconds } from '../../domain/tenant/tenant.ts'
import type { Kept, Ports } from '../ports/index.ts'

/** Rows of one statement, and statements of one sweep. */
const rowsMax = 2000
const statementsMax = 400
const tenantsMax = 500

export interface Swept {
  messages: number
  webhookDeliveries: number
  anonymousIds: number
  undeliverableAddresses: number
}

export function retentionFlow(ports: RetentionPorts) {
  const { tenants, messages, webhookDeliveries, anonymousIds, undeliverableAddresses, clock } = ports
  const ago = (seconds: number) => new Date(clock.now() - seconds * 1000).toISOString()

  return {
    async sweep(): Promise<Swept> {
      let statements = statementsMax
      /** Until there is nothing left, or the sweep has done its share. */
      const removeAll = async (remove: (limit: number) => Promise<number>): Promise<number> => {
        let all = 0
        while (statements > 0) {
          statements -= 1
          const removed = await remove(rowsMax)
          all += removed
          if (removed < rowsMax) break
        }
        return all
      }

      const swept: Swept = { messages: 0, webhookDeliveries: 0, anonymousIds: 0, undeliverableAddresses: 0 }
      let page = await tenants.listTenants('', tenantsMax)
      for (;;) {
        const kept = page.tenants.map(({ key, settings }): Kept => ({
          tenant: key,
          since: ago(settings.messageRetentionDays * 86_400),
        }))
        swept.messages += await removeAll((limit) => messages.forget(kept, limit))
        swept.webhookDeliveries += await removeAll((limit) => webhookDeliveries.forget(kept, limit))
        if (page.next === undefined || statements === 0) break
        page = await tenants.listTenants(page.next, tenantsMax)
      }
      const claimedBefore = ago(anonymousIdKeptSeconds)
      swept.anonymousIds = await removeAll((limit) => anonymousIds.forget(claimedBefore, limit))
      const addresses = { marked: ago(undeliverableKeptSeconds), allowed: ago(allowedKeptSeconds) }
      swept.undeliverableAddresses = await removeAll((limit) =>
        undeliverableAddresses.forget(addresses, limit),
      )
      return swept
    },
  }
}

type RetentionPorts = Pick<Ports, 'tenants' | 'messages' | 'anonymousIds' | 'clock'> & {
  webhookDeliveries: Pick<Ports['webhookDeliveries'], 'forget'>
  undeliverableAddresses: Pick<Ports['undeliverableAddresses'], 'forget'>
}
