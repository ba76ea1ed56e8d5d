/**
 * The daily sweep: what has been kept long enough is removed, in bounded bites, the oldest backlog over several days. It
 * touches nothing that waits for a delivery (the outbox removes its own rows) and no counter, so the numbers of messages
 * go on where they were.
 */
import { allowedKeptSeconds, undeliverableKeptSeconds } from '../../domain/mail/mail.ts'
import { anonymousIdKeptSeconds } from '../../domain/tenant/tenant.ts'
import type { DatabaseName, Kept, Ports } from '../ports/index.ts'

/** Rows of one statement, and statements of one sweep of a database. */
const rowsMax = 2000
const statementsMax = 400
const tenantsMax = 500

export interface Swept {
  messages: number
  webhookDeliveries: number
  anonymousIds: number
}

export function retentionFlow(ports: RetentionPorts) {
  const { tenants, messages, webhookDeliveries, anonymousIds, undeliverableAddresses, clock } = ports
  const ago = (seconds: number) => new Date(clock.now() - seconds * 1000).toISOString()

  return {
    /** What belongs to tenants, in one database. */
    async sweep(database: DatabaseName): Promise<Swept> {
      const share = newShare()
      const swept: Swept = { messages: 0, webhookDeliveries: 0, anonymousIds: 0 }
      let page = await tenants.listTenants('', tenantsMax)
      for (;;) {
        const kept = page.tenants.map(({ key, settings }): Kept => ({
          tenant: key,
          since: ago(settings.messageRetentionDays * 86_400),
        }))
        swept.messages += await share.removeAll((limit) => messages.forget(database, kept, limit))
        swept.webhookDeliveries += await share.removeAll((limit) =>
          webhookDeliveries.forget(database, kept, limit),
        )
        if (page.next === undefined || share.isUsedUp()) break
        page = await tenants.listTenants(page.next, tenantsMax)
      }
      const claimedBefore = ago(anonymousIdKeptSeconds)
      swept.anonymousIds = await share.removeAll((limit) =>
        anonymousIds.forget(database, claimedBefore, limit),
      )
      return swept
    },

    /** The marks on addresses, which belong to no tenant; returns how many were removed. */
    sweepMarks(): Promise<number> {
      const before = { marked: ago(undeliverableKeptSeconds), allowed: ago(allowedKeptSeconds) }
      return newShare().removeAll((limit) => undeliverableAddresses.forget(before, limit))
    },
  }
}

/** How much one sweep may do. */
function newShare() {
  let statements = statementsMax
  return {
    isUsedUp: () => statements === 0,

    /** Until there is nothing left, or the sweep has done its share. */
    async removeAll(remove: (limit: number) => Promise<number>): Promise<number> {
      let all = 0
      while (statements > 0) {
        statements -= 1
        const removed = await remove(rowsMax)
        all += removed
        if (removed < rowsMax) break
      }
      return all
    },
  }
}

type RetentionPorts = Pick<Ports, 'tenants' | 'messages' | 'anonymousIds' | 'clock'> & {
  webhookDeliveries: Pick<Ports['webhookDeliveries'], 'forget'>
  undeliverableAddresses: Pick<Ports['undeliverableAddresses'], 'forget'>
}
